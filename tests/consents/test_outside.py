"""A consent for somebody outside: chosen, read whole, signed, kept as it was, canceled by a tap."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import NOW, Someone
from tests.pages import Page, Phone
from webapp.accounts.models import Person, Restoration
from webapp.consents import consent_text, queries
from webapp.consents.models import OutsideConsent
from webapp.core import limits
from webapp.core.data.db import db

PhoneOf = Callable[[Someone], Phone]
TERMS = {
    "kind": "doctor", "recipient": "Dr. Paz Lee", "place": "12 Elm St", "purpose": "care",
    "what": ["attendance", "medication"], "ends": "2027-02-01",
}  # fmt: skip
# What each version of the text says, without names and dates. A version never changes its words.
TEXTS = {"1": "283c80d04bbb3700", "2": "5220c8e6abe57a06"}
NEW = "/sharing/outside/new"


def to_sign(phone: Phone, **terms: object) -> Page:
    return phone.post(NEW, TERMS | terms)


def signed(phone: Phone, **terms: object) -> Page:
    return phone.fill(to_sign(phone, **terms), having="signed_name", signed_name="Ana R.")


def in_force(app: Flask, person: Someone) -> list[str | None]:
    with app.app_context():
        found = queries.in_force(db.session.get_one(Person, person.id))
        return [consent.recipient for consent in found]


def test_every_element_that_the_law_asks_for_is_read_before_it_is_signed(
    app: Flask, phone_of: PhoneOf, ana: Someone
) -> None:
    page = to_sign(phone_of(ana))
    for said in (
        "Mine: Ana.",  # 2.31(a)(1)
        "The staff of Riverside Clinic.",  # (2)
        "listed here: • That I’m in this program, and which groups I came to • My",  # (3)
        "Dr. Paz Lee (A psychiatrist or doctor), 12 Elm St.",  # (4)
        "For my treatment: so they can coordinate my care.",  # (5)
        "with one tap under Sharing or a written note to the clinic",  # (6)
        "It can’t bring back what was already given out",
        "anything the clinic has already done because of it stays done",
        "At the end of Monday, February 1, 2027",  # (7)
        "Sign with your name",  # (8)
        "Today is Monday, November 23",  # (9)
        "may let a doctor or an insurer share it further",  # (10)
        "My records can’t be used against me in court",
        "I may have to pay",
    ):
        assert said in page.text
    assert in_force(app, ana) == []


@pytest.mark.database
def test_it_is_kept_as_it_was_signed_and_listed_with_its_end(
    app: Flask, phone_of: PhoneOf, ana: Someone
) -> None:
    phone = phone_of(ana)
    page = signed(phone)
    assert "Signed Monday, November 23, 2026 by Ana R." in page.text
    assert f"Text version {consent_text.VERSION}." in page.text
    assert "Print my copy" in page.text
    listed = phone.get("/sharing")
    assert "Dr. Paz Lee" in listed.text
    assert "Until the end of Monday, February 1, 2027." in listed.text
    assert in_force(app, ana) == ["Dr. Paz Lee"]


def test_other_words_are_another_version(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_text, "full_day", lambda _date: "…")
    with app.app_context():
        lists = consent_text.RECIPIENTS, consent_text.WHAT, consent_text.PURPOSES
        choices = [[str(words) for words in chosen.values()] for chosen in lists]
        terms = consent_text.Terms("…", "…", "…", ["…"], "…", date(2027, 2, 1))
        text = consent_text.document(terms, patient="…", clinic="…")
    said = sha256(repr((text, choices)).encode()).hexdigest()[:16]
    assert said == TEXTS[consent_text.VERSION]


def test_what_is_signed_is_what_was_read(
    app: Flask, phone_of: PhoneOf, ana: Someone, clinic_sets: Callable[..., None]
) -> None:
    phone = phone_of(ana)
    page = to_sign(phone)
    clinic_sets(clinic_name="Lakeside Clinic")
    again = phone.fill(page, having="signed_name", signed_name="Ana R.")
    assert "The staff of Lakeside Clinic." in again.text
    assert "Read and sign" in again.text
    assert "Nothing is signed yet." in again.text
    assert "Nothing is signed yet." not in page.text
    assert in_force(app, ana) == []
    swapped = phone.fill(page, having="signed_name", signed_name="Ana R.", recipient="Someone else")
    assert "Someone else (A psychiatrist or doctor)" in swapped.text
    assert in_force(app, ana) == []


def test_one_tap_cancels_it_for_good_and_says_what_it_can_not_undo(
    app: Flask, phone_of: PhoneOf, ana: Someone
) -> None:
    phone = phone_of(ana)
    signed(phone)
    page = phone.fill(phone.get("/sharing"), "/revocation")
    assert "What was already given out stays with who got it." in page.text
    assert in_force(app, ana) == []
    assert "canceled" in page.text
    kept = phone.get(next(link for link in page.links if "/sharing/outside/" in link
                          and not link.endswith("/new")))  # fmt: skip
    assert "You canceled this on Monday, November 23." in kept.text


def test_it_is_in_force_through_its_last_day_and_no_longer(
    app: Flask, phone_of: PhoneOf, ana: Someone, clock: time_machine.Traveller
) -> None:
    signed(phone_of(ana), ends="2026-11-24")
    clock.move_to(NOW.replace(day=25, hour=4))  # 11 PM on the 24th where the clinic is
    assert in_force(app, ana) == ["Dr. Paz Lee"]
    clock.shift(timedelta(hours=1))
    assert in_force(app, ana) == []
    assert "ended" in phone_of(ana).get("/sharing").text


@pytest.mark.database
def test_whoever_moves_its_end_in_the_database_has_no_consent(
    app: Flask, phone_of: PhoneOf, ana: Someone
) -> None:
    signed(phone_of(ana))
    with app.app_context():
        later = NOW + timedelta(days=3650)
        db.session.execute(update(OutsideConsent).values(expires_at=later))
        db.session.commit()
    assert in_force(app, ana) == []
    assert "can’t be opened" in phone_of(ana).get("/sharing").text


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("recipient", " "), ("kind", "court"), ("what", []), ("what", ["everything"]),
        ("purpose", ""), ("ends", "2026-11-22"), ("ends", "2027-11-24"), ("ends", "soon"),
    ],
)  # fmt: skip
def test_what_is_missing_or_not_on_offer_is_asked_for_again_and_nothing_is_signed(
    app: Flask, phone_of: PhoneOf, ana: Someone, field: str, given: object
) -> None:
    phone = phone_of(ana)
    shown = to_sign(phone).form(having="signed_name").fields["shown"]
    for step in ({}, {"shown": shown, "signed_name": "Ana R."}):
        page = phone.post(NEW, TERMS | {field: given} | step)
        assert page.status == 422
        assert "Consent for someone outside" in page.text
    assert in_force(app, ana) == []


def test_without_a_name_it_is_not_signed_and_what_was_chosen_stays(
    app: Flask, phone_of: PhoneOf, ana: Someone
) -> None:
    phone = phone_of(ana)
    page = phone.fill(to_sign(phone), having="signed_name", signed_name=" ")
    assert page.status == 422
    assert "Type your name to sign." in page.text
    assert in_force(app, ana) == []
    changed = phone.fill(page, having="signed_name", change="1")
    assert "Dr. Paz Lee" in changed.html
    assert "Next: read it" in changed.text
    phone.fill(page, having="signed_name", signed_name="Ana R.")
    assert in_force(app, ana) == ["Dr. Paz Lee"]


def test_nobody_else_reads_or_cancels_it(
    app: Flask, phone_of: PhoneOf, ana: Someone, ben: Someone, cleo: Someone, max_: Someone
) -> None:
    address = signed(phone_of(ana)).address
    for other in (ben, cleo, max_):
        phone = phone_of(other)
        assert phone.get(address).status == 404
        assert phone.post(f"{address}/revocation").status == 404
    assert in_force(app, ana) == ["Dr. Paz Lee"]


@pytest.mark.database
def test_nobody_signs_more_in_a_day_than_a_person_has_use_for(
    app: Flask, phone_of: PhoneOf, ana: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.consents.actions.CONSENTS_A_DAY", 1)
    phone = phone_of(ana)
    signed(phone)
    refused = signed(phone, recipient="Dr. Who")
    assert "You’ve reached the limit for consents." in refused.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutsideConsent)) == 1
    assert limits.CONSENTS_A_DAY > 1


@pytest.mark.database
def test_one_that_a_restore_ended_is_read_and_signed_again_as_it_was(
    app: Flask, phone_of: PhoneOf, ana: Someone, ben: Someone
) -> None:
    phone = phone_of(ana)
    address = signed(phone).address
    with app.app_context():
        db.session.execute(update(OutsideConsent).values(revoked_at=NOW))
        db.session.add(Restoration(taken_at=NOW, restored_at=NOW))
        db.session.commit()
    assert in_force(app, ana) == []
    page = phone.get(address)
    assert "This ended when Groundwork was restored from a backup." in page.text
    again = phone.get(next(link for link in page.links if "again=" in link))
    assert "Dr. Paz Lee" not in phone_of(ben).get(again.address).html
    assert "Dr. Paz Lee" not in phone.get(f"{NEW}?again=nothing").html
    read = phone.fill(again, having="recipient")
    assert "Dr. Paz Lee (A psychiatrist or doctor), 12 Elm St." in read.text
    assert "which groups I came to • My medication" in read.text
    assert in_force(app, ana) == []
    phone.fill(read, having="signed_name", signed_name="Ana R.")
    assert in_force(app, ana) == ["Dr. Paz Lee"]


def test_the_page_says_whom_to_ask_about_a_court(phone_of: PhoneOf, ana: Someone) -> None:
    page = phone_of(ana).get(NEW)
    assert "You can’t make that consent here." in page.text
    assert "Talk with a lawyer or legal aid first" in page.text
