"""Max sets what holds for the whole clinic, in the browser."""

import pytest
from sqlalchemy import select

from webapp.core.data.db import db
from webapp.settings.current import look_again
from webapp.sharing.models import Consent

PAGE = "/clinic/settings"


def row(app):
    with app.app_context():
        return look_again()


def test_max_gives_the_clinic_a_name_and_a_number(app, phone_of, max_, phone):
    desk = phone_of(max_)
    page = desk.fill(desk.get(PAGE), having="clinic_name", clinic_name="Lakeside",
                     help_clinic="555-0199", week_hours_least="9")  # fmt: skip
    assert "Saved." in page.text
    assert (row(app).version, row(app).week_hours_least) == (1, 9)
    assert row(app).changed_by_id == max_.id
    assert "tel:5550199" in phone.get("/help-now").links
    assert "Lakeside" in phone.get("/join/0000-0000-0000").text
    assert "Changed the clinic’s settings" in desk.get("/clinic/audit").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("clinic_name", " "), ("clinic_name", "x" * 201), ("short_name", "thirteen-long"),
     ("zone", "Mars/Sea"), ("week_hours_least", "31"), ("week_hours_most", "169"),
     ("week_hours_most", "many"), ("help_emergency", ""), ("help_crisis_call", "911 or 112"),
     ("help_clinic", "ask at the desk"), ("help_clinic", "mailto:x@example.org"),
     ("help_crisis_chat", "javascript:alert(1)"), ("help_crisis_chat", "http://chat.example")],
)  # fmt: skip
def test_what_cant_be_meant_is_said_and_nothing_is_saved(app, phone_of, max_, field, value):
    desk = phone_of(max_)
    page = desk.fill(desk.get(PAGE), having="clinic_name", **{field: value})
    assert page.status == 422
    assert "Check this and try again" in page.text
    assert row(app).version == 0


def test_of_two_at_once_the_second_sees_what_changed_and_overwrites_nothing(
    app, phone_of, max_, somebody
):
    one, other = phone_of(max_), phone_of(max_)
    before = other.get(PAGE)
    one.fill(one.get(PAGE), having="clinic_name", clinic_name="Lakeside")
    page = other.fill(before, having="clinic_name", help_clinic="555-0199")
    assert page.status == 409
    assert "These settings have changed since you opened them" in page.text
    assert "The clinic’s phone number: 555-0199" in page.text
    assert (row(app).clinic_name, row(app).help_clinic, row(app).version) == ("Lakeside", "", 1)
    assert page.form(having="clinic_name").fields["clinic_name"] == "Lakeside"
    again = other.fill(page, having="clinic_name", help_clinic="555-0199")
    assert "Saved." in again.text
    assert (row(app).clinic_name, row(app).help_clinic) == ("Lakeside", "555-0199")


def test_a_preview_shows_what_a_phone_calls_and_saves_nothing(app, phone_of, max_):
    desk = phone_of(max_)
    page = desk.fill(
        desk.get(PAGE), having="clinic_name", help_clinic="(555) 555-0142", preview="1"
    )
    assert page.status == 200
    assert "5555550142" in page.text
    assert row(app).version == 0


def test_a_signed_consent_keeps_the_name_and_a_new_one_has_the_new_name(
    app, phone_of, max_, ana, ben, wrote, evening
):
    def signs(person):
        phone = phone_of(person)
        page = phone.get(f"/entries/{wrote(person)}/share")
        phone.fill(page, having="signed_name", signed_name=person.name)

    signs(ana)
    desk = phone_of(max_)
    desk.fill(desk.get(PAGE), having="clinic_name", clinic_name="Lakeside")
    signs(ben)
    with app.app_context():
        consents = db.session.scalars(select(Consent)).all()
        texts = {consent.person_id: str(consent.document) for consent in consents}
    assert "Riverside Clinic" in texts[ana.id]
    assert "Lakeside" not in texts[ana.id]
    assert "Lakeside" in texts[ben.id]
    assert "Riverside" not in texts[ben.id]


def test_a_new_zone_moves_no_session_and_no_entry(app, phone_of, max_, cleo, evening):
    desk = phone_of(max_)
    before = phone_of(cleo).get(f"/clinic/groups/{evening.id}").text
    desk.fill(desk.get(PAGE), having="clinic_name", zone="America/Chicago")
    after = phone_of(cleo).get(f"/clinic/groups/{evening.id}").text
    assert "6:00 PM" in before
    assert "6:00 PM" in after


def test_a_consent_has_the_clinics_address_and_paragraph_and_says_which_version_it_was(
    app, phone_of, max_, ana, ben, wrote, evening
):
    def signs(person):
        phone = phone_of(person)
        page = phone.get(f"/entries/{wrote(person)}/share")
        phone.fill(page, having="signed_name", signed_name=person.name)
        return phone.get(next(link for link in phone.get("/sharing").links if "/consents/" in link))

    before, desk = signs(ana), phone_of(max_)
    desk.fill(desk.get(PAGE), having="clinic_name", clinic_address="12 Main Street, Springfield",
              consent_added="The clinic’s patient advocate is at the front desk.")  # fmt: skip
    after = signs(ben)
    assert "Riverside Clinic, 12 Main Street, Springfield, through this app." in after.text
    assert "Added by Riverside Clinic The clinic’s patient advocate is at" in after.text
    assert "If this says something different from what’s above, what’s above counts." in after.text
    assert "The clinic’s own part: version 2." in after.text
    again = phone_of(ana).get(before.address)
    assert again.text == before.text
    assert "Main Street" not in again.text
    assert "own part" not in again.text
    assert "Sign and share" not in phone_of(ana).get(f"/entries/{wrote(ana)}/share").text


def test_a_consent_for_somebody_outside_has_them_too(phone_of, max_, ana):
    desk = phone_of(max_)
    desk.fill(desk.get(PAGE), having="clinic_name", clinic_address="12 Main Street",
              consent_added="Ask the front desk for a paper copy.")  # fmt: skip
    phone = phone_of(ana)
    page = phone.post("/sharing/outside/new", {
        "kind": "doctor", "recipient": "Dr. Lee", "place": "12 Elm St", "purpose": "care",
        "what": ["attendance"], "ends": "2027-02-01",
    })  # fmt: skip
    assert "The staff of Riverside Clinic, 12 Main Street." in page.text
    assert "Ask the front desk for a paper copy." in page.text


def test_only_name_address_and_paragraph_make_a_new_version(app, phone_of, max_, ana):
    desk = phone_of(max_)
    for change in ({"help_clinic": "555-0199"}, {"clinic_address": "12 Main Street"},
                   {"clinic_address": "12 Main Street"}, {"clinic_name": "Lakeside"},
                   {"consent_added": "Ask us."}, {"consent_added": ""}):  # fmt: skip
        desk.fill(desk.get(PAGE), having="clinic_name", **change)
    assert row(app).consent_edition == 5
    assert "This is version 5 of the clinic’s own part." in desk.get(PAGE).text


@pytest.mark.parametrize(
    "contact", ["mailto:ops@example.org", "ops@localhost", "ops", "a@example.org,b@example.org"]
)
def test_a_contact_that_apple_would_refuse_is_said_where_it_is_typed(app, phone_of, max_, contact):
    desk = phone_of(max_)
    page = desk.fill(desk.get(PAGE), having="clinic_name", push_contact=contact)
    assert page.status == 422
    assert "push_contact-error" in page.ids
    assert row(app).push_contact == ""
    desk.fill(page, having="clinic_name", push_contact="it@clinic.example.org")
    assert row(app).push_contact == "it@clinic.example.org"


def test_the_part_with_a_mistake_in_it_is_open(phone_of, max_):
    desk = phone_of(max_)
    page = desk.get(PAGE)
    assert page.html.count("<details class=card open>") + page.html.count(
        '<details class="card" open>') == 1  # fmt: skip
    page = desk.fill(page, having="clinic_name", push_contact="ops")
    parts = page.html.split("<summary>Reminders</summary>")[0].rsplit("<details", 1)[1]
    assert "open" in parts
