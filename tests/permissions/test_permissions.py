"""Permissions inside the program: no until signed, kept as they were, canceled by a tap."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import NOW, SomeGroup, Someone
from tests.pages import Page, Phone
from webapp.accounts.models import Person
from webapp.consents.models import Disclosure, OutsideConsent
from webapp.core.data.db import db
from webapp.permissions import permission_text
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import COUNTED_FROM, PERMISSIONS
from webapp.permissions.queries import allows
from webapp.sharing.models import Consent
from webapp.sharing.queries import consent_for

pytestmark = pytest.mark.database

PhoneOf = Callable[[Someone], Phone]
Wrote = Callable[..., UUID]
# What each version of a text says, without names and dates. A version never changes its words.
TEXTS = {("quote", "1"): "ed63342e09ef175d", ("count", "3"): "19f728c93a53e57c"}
MAY, MAY_NOT = "May be quoted in the chart", "Don’t quote this patient’s words in the chart."


def permits(phone: Phone, name: str) -> Page:
    page = phone.get(f"/sharing/permissions/new/{name}")
    return phone.fill(page, having="signed_name", signed_name="Ana R.")


def allowed(app: Flask, person: Someone, name: str) -> bool:
    with app.app_context():
        return allows(db.session.get_one(Person, person.id), PERMISSIONS[name])


def test_nobody_is_quoted_until_they_sign_and_no_more_once_they_cancel(
    app: Flask, phone_of: PhoneOf, ana: Someone, cleo: Someone, evening: SomeGroup
) -> None:
    phone, desk = phone_of(ana), phone_of(cleo)
    at = f"/clinic/groups/{evening.id}/people/{ana.id}"
    assert MAY_NOT in desk.get(at).text
    permits(phone, "count")
    assert MAY_NOT in desk.get(at).text
    listed = permits(phone, "quote")
    assert MAY in desk.get(at).text
    with app.app_context():
        query = select(Permission.id).where(Permission.what == "quote")
        id = db.session.scalars(query).one()
    page = phone.fill(listed, f"/{id}/revocation")
    assert "Canceled. What is already in my chart stays there." in page.text
    assert MAY_NOT in desk.get(at).text
    assert allowed(app, ana, "count")


@pytest.mark.parametrize("name", PERMISSIONS)
def test_each_is_no_then_signed_then_kept_as_it_was_then_canceled(
    app: Flask, phone_of: PhoneOf, ana: Someone, name: str
) -> None:
    phone, kind = phone_of(ana), PERMISSIONS[name]
    assert not allowed(app, ana, name)
    assert f"/sharing/permissions/new/{name}" in phone.get("/sharing").links
    page = phone.get(f"/sharing/permissions/new/{name}")
    for said in ("Mine: Ana.", "The staff of Riverside Clinic, inside the program.",
                 str(kind.what), str(kind.undone), str(kind.without), "If I say no",
                 "At the end of Tuesday, November 23, 2027",
                 "You don’t have to sign."):  # fmt: skip
        assert said in page.text
    assert not allowed(app, ana, name)
    listed = permits(phone, name)
    assert allowed(app, ana, name)
    assert f"/sharing/permissions/new/{name}" not in listed.links
    kept = phone.get(next(link for link in listed.links if "/sharing/permissions/" in link
                          and "/new/" not in link))  # fmt: skip
    assert "Signed Monday, November 23, 2026 by Ana R." in kept.text
    assert f"Text version {kind.version}." in kept.text
    phone.fill(kept, "/revocation")
    assert not allowed(app, ana, name)
    assert "You canceled this on Monday, November 23." in phone.get(kept.address).text


def test_other_words_are_another_version(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission_text, "full_day", lambda _date: "…")
    for kind in PERMISSIONS.values():
        with app.app_context():
            ends = date(2027, 11, 23)
            text = permission_text.document(kind, patient="…", clinic="…", ends=ends)
            said = sha256(repr((str(kind.title), text)).encode()).hexdigest()[:16]
        assert said == TEXTS[kind.name, kind.version]


def test_what_is_signed_is_what_was_read(
    app: Flask, phone_of: PhoneOf, ana: Someone, clinic_sets: Callable[..., None]
) -> None:
    phone = phone_of(ana)
    page = phone.get("/sharing/permissions/new/quote")
    clinic_sets(clinic_name="Lakeside Clinic")
    again = phone.fill(page, having="signed_name", signed_name="Ana R.")
    assert again.status == 422
    assert "Nothing is signed yet." in again.text
    assert "The staff of Lakeside Clinic" in again.text
    phone.post("/sharing/permissions/new/quote", {"signed_name": "Ana R."})
    unsigned = phone.fill(again, having="signed_name", signed_name=" ")
    assert "Type your name to sign." in unsigned.text
    assert not allowed(app, ana, "quote")
    phone.fill(unsigned, having="signed_name", signed_name="Ana R.")
    assert allowed(app, ana, "quote")


def test_it_is_in_force_through_its_last_day_and_no_longer(
    app: Flask, phone_of: PhoneOf, ana: Someone, clock: time_machine.Traveller
) -> None:
    permits(phone_of(ana), "quote")
    clock.move_to(NOW.replace(year=2027, day=24, hour=4))  # 11 PM on the 23rd at the clinic
    assert allowed(app, ana, "quote")
    clock.shift(timedelta(hours=1))
    assert not allowed(app, ana, "quote")


@pytest.mark.parametrize("moved", [{"expires_at": NOW + timedelta(days=3650)}, {"what": "quote"}])
def test_whoever_changes_it_in_the_database_has_no_permission(
    app: Flask, phone_of: PhoneOf, ana: Someone, moved: dict[str, object]
) -> None:
    phone = phone_of(ana)
    permits(phone, "count")
    with app.app_context():
        db.session.execute(update(Permission).values(moved))
        db.session.commit()
    assert not allowed(app, ana, "quote")
    assert not allowed(app, ana, "count")
    assert phone.get("/sharing").status == 200


def test_signing_twice_is_one_permission(app: Flask, phone_of: PhoneOf, ana: Someone) -> None:
    phone = phone_of(ana)
    page = phone.get("/sharing/permissions/new/quote")
    for _tab in range(2):
        phone.fill(page, having="signed_name", signed_name="Ana R.")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Permission)) == 1


def test_nobody_else_reads_or_cancels_it(
    app: Flask, phone_of: PhoneOf, ana: Someone, ben: Someone, cleo: Someone, max_: Someone
) -> None:
    permits(phone_of(ana), "quote")
    with app.app_context():
        id = db.session.scalars(select(Permission.id)).one()
    for other in (ben, cleo, max_):
        phone = phone_of(other)
        assert phone.get(f"/sharing/permissions/{id}").status == 404
        assert phone.post(f"/sharing/permissions/{id}/revocation").status == 404
    assert phone_of(ana).get("/sharing/permissions/new/sell").status == 404
    assert allowed(app, ana, "quote")


def test_it_is_no_consent_and_stands_in_no_accounting(
    app: Flask, phone_of: PhoneOf, ana: Someone, cleo: Someone, evening: SomeGroup
) -> None:
    phone = phone_of(ana)
    permits(phone, "quote")
    assert "Nothing yet" in phone.get("/sharing/accounting").text
    staff = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}/consents")
    assert "Don’t give anything out." in staff.text
    with app.app_context():
        for table in (OutsideConsent, Disclosure):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.fixture
def sharers(
    somebody: Callable[..., Someone], put_into: Callable[..., None], evening: SomeGroup,
    wrote: Wrote, shared: Callable[..., object],
) -> list[Someone]:  # fmt: skip
    """Five patients who share a moment about a place for tonight."""
    people = [somebody(f"pat{number}") for number in range(COUNTED_FROM + 1)]
    put_into(evening, *people)
    for person in people:
        shared(person, wrote(person, situation="There", kinds=["place", "My street"]), evening)
    return people


def test_answers_are_counted_only_from_those_who_allow_it_and_from_four_on(
    app: Flask, phone_of: PhoneOf, cleo: Someone, evening: SomeGroup, sharers: list[Someone],
) -> None:  # fmt: skip
    desk, huddle = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    for person in sharers[: COUNTED_FROM - 1]:
        permits(phone_of(person), "count")
    permits(phone_of(sharers[-1]), "quote")
    assert "Shown once four or more people have shared" in desk.get(huddle).text
    fourth = phone_of(sharers[COUNTED_FROM - 1])
    listed = permits(fourth, "count")
    counted = desk.get(huddle).text
    assert "A place (4) From 4 people who let it be counted" in counted
    assert "My street (" not in counted, "words of one's own point at somebody"
    fourth.fill(listed, "/revocation")
    assert "Shown once four or more people have shared" in desk.get(huddle).text


def test_a_permission_that_cant_be_opened_counts_nobody_and_quotes_nobody(
    app: Flask, phone_of: PhoneOf, cleo: Someone, evening: SomeGroup, sharers: list[Someone],
) -> None:  # fmt: skip
    desk, huddle = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    for person in sharers[:COUNTED_FROM]:
        permits(phone_of(person), "count")
    for person in sharers[:2]:
        permits(phone_of(person), "quote")
    page = desk.get(huddle).text
    assert "(4) From 4 people who let it be counted" in page
    assert page.count("May be quoted") == 2
    altered = {"expires_at": NOW + timedelta(days=3650)}
    with app.app_context():
        db.session.execute(
            update(Permission).where(Permission.person_id == sharers[0].id).values(altered)
        )
        db.session.commit()
    page = desk.get(huddle).text
    assert "Shown once four or more people have shared" in page
    assert page.count("May be quoted") == 1


def test_of_two_signed_at_the_same_moment_one_tap_cancels_both(
    app: Flask, phone_of: PhoneOf, ana: Someone, evening: SomeGroup, wrote: Wrote,
    shared: Callable[..., UUID],
) -> None:  # fmt: skip
    """As on two phones, where neither has the other's yet."""
    phone = phone_of(ana)
    permits(phone, "quote")
    shared(ana, wrote(ana), evening)
    with app.app_context():
        for kind in (Permission, Consent):
            signed = db.session.scalars(select(kind)).one()
            open_ = [column.key for column in kind.__table__.columns if column.key != "sealed"]
            twin = kind(**{name: getattr(signed, name) for name in open_} | {"id": uuid4()})
            twin.signed_name, twin.document = signed.signed_name, signed.document
            db.session.add(twin)
        db.session.commit()
    for having in ("/sharing/permissions/", "/sharing/consents/"):
        page = phone.get("/sharing")
        at = next(link for link in page.links if link.startswith(having) and "/new/" not in link)
        phone.post(f"{at}/revocation")
    assert not allowed(app, ana, "quote")
    with app.app_context():
        assert consent_for(db.session.get_one(Person, ana.id), evening.id) is None
