"""What staff give out: only under a consent in force, only what it allows, with the notice, and
where the patient sees it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import NOW, SomeGroup, Someone
from tests.consents.test_outside import signed
from tests.pages import Page, Phone
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.consents import actions, queries
from webapp.consents.consent_text import NOTICE
from webapp.consents.models import Disclosure, OutsideConsent
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.program.models import Group
from webapp.signing.actions import cancel

PhoneOf = Callable[[Someone], Phone]
GIVES = {"what": ["1"], "detail": "The list of November", "on": "2026-11-23"}


@pytest.fixture
def consent(app: Flask, phone_of: PhoneOf, ana: Someone) -> UUID:
    """Ana lets her doctor know that she attends, and what she takes."""
    signed(phone_of(ana))
    with app.app_context():
        return db.session.scalars(select(OutsideConsent.id)).one()


@pytest.fixture
def at(evening: SomeGroup, ana: Someone, cleo: Someone, consent: UUID) -> str:
    return f"/clinic/groups/{evening.id}/people/{ana.id}/consents/{consent}"


def given(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Disclosure)) or 0


def record(desk: Phone, at: str, **other: object) -> Page:
    return desk.post(at, GIVES | other)


def test_what_is_given_out_goes_with_the_notice_and_the_scope_and_the_patient_sees_it(
    phone_of: PhoneOf, ana: Someone, cleo: Someone, at: str
) -> None:
    desk = phone_of(cleo)
    listed = desk.get(at.rsplit("/", 1)[0])
    assert "Dr. Paz Lee" in listed.text
    page = record(desk, at)
    assert NOTICE in page.text
    assert "My medication: The list of November" in page.text
    scope = "That I’m in this program, and which groups I came to • My medication"
    assert f"Only what is listed here: • {scope}" in page.text
    phone = phone_of(ana)
    assert {"/sharing/accounting", "/sharing/activity"} <= set(phone.get("/you").links)
    hers = phone.get("/sharing/accounting")
    for said in (
        "Dr. Paz Lee", "12 Elm St", "Monday, November 23, 2026", "My medication",
        "The list of November", "For my treatment", "Recorded by Cleo",
    ):  # fmt: skip
        assert said in hers.text
    assert NOTICE not in hers.text  # a patient's own print carries none
    assert "Cleo gave out information under a consent you signed." in (
        phone.get("/sharing/activity").text
    )


def test_a_group_an_hour_east_reads_the_same_last_day_as_the_patient_signed(
    app: Flask, phone_of: PhoneOf, cleo: Someone, evening: SomeGroup, at: str
) -> None:
    with app.app_context():
        db.session.get_one(Group, evening.id).zone = "America/Halifax"
        db.session.commit()
    page = phone_of(cleo).get(at.rsplit("/", 1)[0])
    assert "Until the end of Monday, February 1, 2027." in page.text


def test_nothing_is_given_out_once_it_is_canceled_nor_is_the_notice_printed_again(
    app: Flask, phone_of: PhoneOf, ana: Someone, cleo: Someone, at: str
) -> None:
    desk = phone_of(cleo)
    cover = record(desk, at).address
    phone = phone_of(ana)
    phone.fill(phone.get("/sharing"), "/revocation")
    assert desk.get(at).status == 404
    assert record(desk, at).status == 404
    assert desk.get(cover).status == 404
    assert "Don’t give anything out." in desk.get(at.rsplit("/", 1)[0]).text
    assert given(app) == 1
    assert "Dr. Paz Lee" in phone.get("/sharing/accounting").text


def test_nothing_is_given_out_once_it_is_over(
    app: Flask, phone_of: PhoneOf, cleo: Someone, at: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(days=71))
    assert record(phone_of(cleo), at, on="2027-02-02").status == 404
    assert given(app) == 0


def test_nothing_is_given_out_under_one_whose_end_was_moved_in_the_database(
    app: Flask, phone_of: PhoneOf, cleo: Someone, at: str
) -> None:
    with app.app_context():
        db.session.execute(update(OutsideConsent).values(expires_at=NOW + timedelta(days=3650)))
        db.session.commit()
    assert record(phone_of(cleo), at).status == 404
    assert given(app) == 0


def test_what_the_consent_does_not_allow_is_refused(
    app: Flask, cleo: Someone, consent: UUID
) -> None:
    with app.app_context():
        found = db.session.get_one(OutsideConsent, consent)
        by = db.session.get_one(Person, cleo.id)
        with pytest.raises(Conflict):
            actions.give(found, ["My diagnosis"], None, NOW.date(), by)
        cancel(found, ActKind.CONSENT_REVOKED)
        with pytest.raises(Conflict):
            actions.give(found, found.what or [], None, NOW.date(), by)


@pytest.mark.parametrize(
    ("field", "value"),
    [("what", []), ("what", ["2"]), ("what", ["-1"]), ("on", "2026-11-24"), ("on", "2026-11-22"),
     ("on", "")],
)  # fmt: skip
def test_what_is_missing_or_not_allowed_is_asked_for_again(
    app: Flask, phone_of: PhoneOf, cleo: Someone, at: str, field: str, value: object
) -> None:
    page = record(phone_of(cleo), at, **{field: value})
    assert page.status == 422
    assert given(app) == 0


def test_only_who_runs_a_group_of_the_patient_records_or_reads_it(
    app: Flask, phone_of: PhoneOf, ana: Someone, ben: Someone, cleo: Someone, kit: Someone,
    max_: Someone, at: str,
) -> None:  # fmt: skip
    cover = record(phone_of(cleo), at).address
    for other in (ana, ben, kit, max_):
        phone = phone_of(other)
        for address in (at, at.rsplit("/", 1)[0], cover):
            assert phone.get(address).status == 404
        assert record(phone, at).status == 404
    assert "Dr. Paz Lee" not in phone_of(ben).get("/sharing/accounting").text
    assert given(app) == 1


def test_nobody_records_for_one_patient_under_the_consent_of_another(
    app: Flask, phone_of: PhoneOf, ana: Someone, ben: Someone, cleo: Someone, at: str
) -> None:
    assert record(phone_of(cleo), at.replace(str(ana.id), str(ben.id))).status == 404
    assert given(app) == 0


def test_after_the_last_group_its_facilitators_go_on_giving_out_what_is_allowed_for_13_months(
    app: Flask, phone_of: PhoneOf, ana: Someone, cleo: Someone, kit: Someone, max_: Someone,
    somebody: Callable[..., Someone], put_into: Callable[..., None],
    leaves: Callable[..., None], evening: SomeGroup, morning: SomeGroup, consent: UUID, at: str,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    robin, listed = somebody("robin", cleo.role), at.rsplit("/", 1)[0]
    put_into(evening, robin)
    assert phone_of(robin).get(at).status == 200
    leaves(evening, ana)
    leaves(evening, robin)
    desk, phone = phone_of(cleo), phone_of(ana)
    assert listed in desk.get(f"/clinic/groups/{evening.id}").links
    assert listed not in phone_of(max_).get(f"/clinic/groups/{evening.id}").links
    page = record(desk, at)
    assert NOTICE in page.text
    assert "Recorded by Cleo" in phone.get("/sharing/accounting").text
    after = phone.get("/aftercare")
    assert "your consents for people outside" in after.text
    assert "/sharing#outside" in after.links
    for other in (robin, kit, max_, ana):
        for address in (at, listed, page.address):
            assert phone_of(other).get(address).status == 404, other.username
        assert record(phone_of(other), at).status == 404
    assert "Recorded disclosures" in desk.get(listed).text
    phone.fill(phone.get("/sharing"), "/revocation")
    assert record(desk, at).status == 404
    assert given(app) == 1
    assert "Recorded disclosures" not in desk.get(listed).text, "she left, and canceled it"
    clock.move_to(NOW + timedelta(days=395))
    assert "No consent in force" in phone_of(cleo).get(listed).text
    clock.shift(timedelta(days=2))
    assert phone_of(cleo).get(listed).status == 404
    clock.move_to(NOW + timedelta(days=30))
    put_into(morning, ana)
    assert phone_of(cleo).get(listed).status == 404, "she is the other group's now"
    assert "No consent in force" in phone_of(kit).get(listed.replace(
        str(evening.id), str(morning.id))).text  # fmt: skip


def test_sharing_says_what_was_given_out_lately_and_leads_to_all_of_it(
    phone_of: PhoneOf, ana: Someone, cleo: Someone, at: str, clock: time_machine.Traveller
) -> None:
    phone = phone_of(ana)
    before = phone.get("/sharing")
    assert "What the clinic gave out Nothing yet." in before.text
    for number in range(1, 5):
        clock.shift(timedelta(minutes=1))
        record(phone_of(cleo), at, detail=f"List {number}")
        page = phone.get("/sharing")
        assert ("Everything the clinic gave out" in page.text) == (number == 4)
    assert page.text.index("List 4") < page.text.index("List 3") < page.text.index("List 2")
    assert "List 1" not in page.text
    assert page.text.count("Recorded by Cleo, Monday, November 23, 2026") == 3
    phone.fill(page, "/revocation")
    assert "List 4" in phone.get("/sharing").text, "what was given out stays said"
    assert "List 1" in phone.get("/sharing/accounting").text


def test_who_gave_out_much_finds_all_of_it_page_by_page(
    monkeypatch: pytest.MonkeyPatch, phone_of: PhoneOf, cleo: Someone, clock, at: str
) -> None:
    monkeypatch.setattr(queries.accounting_of, "__defaults__", (None, 2))
    desk = phone_of(cleo)
    for number in range(3):
        record(desk, at, detail=f"List {number}")
        clock.shift(60)
    latest = desk.get(at.rsplit("/", 1)[0])
    assert "List 2" in latest.text
    assert "List 0" not in latest.text
    (older,) = [link for link in latest.links if "before=" in link]
    assert "List 0" in desk.get(older).text
    assert "List 2" not in desk.get(older).text
