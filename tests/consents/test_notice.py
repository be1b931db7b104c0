"""The public notice to patients: found before one has an account, in the clinic's own name."""

from collections.abc import Callable

from tests.conftest import Someone
from tests.pages import Phone


def test_whoever_is_about_to_sign_in_finds_it_and_so_does_a_patient(
    phone: Phone, phone_of: Callable[[Someone], Phone], ana: Someone
) -> None:
    assert "/privacy-rights" in phone.get("/sign-in").links
    assert "/privacy-rights" in phone_of(ana).get("/you").links
    assert "/privacy-rights" in phone_of(ana).get("/sharing/outside/new").links


def test_it_names_the_clinic_its_number_the_rights_and_where_to_complain(
    phone: Phone, clinic_sets: Callable[..., None]
) -> None:
    page = phone.get("/privacy-rights")
    assert "Ask the staff of Riverside Clinic." in page.text
    assert "DISCUSS IT WITH THE STAFF AT Riverside Clinic IF YOU HAVE" in page.text
    clinic_sets(
        clinic_name="Lakeside Clinic", help_clinic="555-0199",
        privacy_contact="the privacy officer", privacy_email="privacy@lakeside.example",
    )  # fmt: skip
    page = phone.get("/privacy-rights")
    for said in (
        "Notice of Privacy Practices of Lakeside Clinic",
        "WITH the privacy officer AT 555-0199 AND privacy@lakeside.example IF YOU HAVE ANY",
        "HOW HEALTH INFORMATION ABOUT YOU MAY BE USED AND DISCLOSED",
        "This is how Lakeside Clinic must protect", "Ask Lakeside Clinic: 555-0199.",
        "Cancel a consent anytime", "a list of what was given out", "limit what it uses",
        "In a medical emergency", "child abuse or neglect", "a crime at the clinic",
        "a court orders it", "U.S. health department (HHS)",
        "In effect since",
    ):  # fmt: skip
        assert said in page.text
