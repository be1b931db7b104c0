"""What a patient reads of her account, and what the administrator reads of everyone's acts."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD, SomeGroup, Someone
from tests.pages import Page, Phone
from webapp.accounts.actions import issue_reset
from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.core.limits import PAGE

Known = Callable[..., Phone]


def link(page: Page, part: str) -> str:
    return next(address for address in page.links if part in address)


@pytest.mark.database
def test_ana_sees_who_opened_what_she_shared_and_what_was_done_to_her_account(
    app: Flask,
    ana: Someone,
    cleo: Someone,
    evening: SomeGroup,
    wrote: Callable[..., UUID],
    shared: Callable[..., UUID],
    phone: Phone,
    phone_of: Known,
    clock: time_machine.Traveller,
) -> None:
    phone.fill(phone.get("/sign-in"), "/sign-in", username="ana", password=PASSWORD)
    for words in ("The bar", "Payday"):
        shared(ana, wrote(ana, situation=words), evening)
    desk = phone_of(cleo)
    clock.shift(timedelta(minutes=4))
    desk.get(f"/clinic/sessions/{evening.tonight}")
    clock.shift(timedelta(minutes=4))
    desk.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset")
    page = phone.get(link(phone.get("/sharing"), "/activity"))
    said = page.text
    in_order = (
        "Cleo made a reset code for your account.",
        "Cleo opened 2 entries you shared.",
        "You shared an entry.",
        "You signed a consent.",
        "Signed in on a device: Browser.",
    )
    assert [said.index(line) for line in in_order] == sorted(said.index(line) for line in in_order)
    assert "The bar" not in said


def test_ben_sees_nothing_of_what_happened_to_ana(
    ana: Someone, ben: Someone, phone_of: Known
) -> None:
    phone_of(ana).post("/sharing/stop")
    assert "You stopped sharing everything." in phone_of(ana).get("/sharing/activity").text
    assert "You stopped sharing everything." not in phone_of(ben).get("/sharing/activity").text


def test_a_long_activity_goes_on_page_by_page(
    app: Flask, ana: Someone, phone_of: Known, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        for _ in range(2 * PAGE):
            clock.shift(timedelta(seconds=1))
            record(ActKind.SHARED, person=ana.id, by=ana.id)
        db.session.commit()
    phone = phone_of(ana)
    page, lines = phone.get("/sharing/activity"), 0
    lines += page.text.count("You shared an entry.")
    while any("before=" in at for at in page.links):
        page = phone.get(link(page, "before="))
        lines += page.text.count("You shared an entry.")
    assert lines == 2 * PAGE


def test_a_patient_is_told_by_nobodys_name_but_staffs(
    app: Flask, ana: Someone, ben: Someone, phone_of: Known
) -> None:
    with app.app_context():
        record(ActKind.RESET_CODE_MADE, person=ana.id, by=ben.id)
        issue_reset(db.session.get_one(Person, ana.id), None)  # the operator
        db.session.commit()
    said = phone_of(ana).get("/sharing/activity").text
    assert said.count("Someone at the clinic made a reset code for your account.") == 2
    assert "Ben" not in said


def test_the_administrator_sees_staff_by_username_and_patients_by_number(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, max_: Someone, phone_of: Known
) -> None:
    phone_of(cleo).post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset")
    desk = phone_of(max_)
    page = desk.get(link(desk.get("/clinic"), "/audit"))
    assert "Made a reset code" in page.text
    assert "cleo" in page.text
    assert str(ana.id)[:8] in page.text
    assert not any(name in page.text for name in ("Ana", "ana ", "Cleo "))


def test_the_administrator_finds_acts_by_kind_and_by_person(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, max_: Someone, phone_of: Known
) -> None:
    phone_of(cleo).post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset")
    desk = phone_of(max_)
    by_kind = desk.get("/clinic/audit?kind=reset_code_made").html.split("<tbody>")[1]
    assert by_kind.count("<tr>") == 1
    about_max = desk.get(f"/clinic/audit?about={max_.id}").html.split("<tbody>")[1]
    assert about_max.count("<tr>") == about_max.count("Signed in") == 1
    for nonsense in ("kind=nonsense", "about=nonsense", "before=nonsense"):
        assert desk.get(f"/clinic/audit?{nonsense}").status == 200


def test_the_log_goes_on_page_by_page_with_what_was_chosen(
    app: Flask, max_: Someone, phone_of: Known
) -> None:
    with app.app_context():
        for _ in range(PAGE + 1):
            record(ActKind.BACKED_UP)
        record(ActKind.GROUP_MADE)
        db.session.commit()
    desk = phone_of(max_)
    page = desk.get("/clinic/audit?kind=backed_up")
    older = desk.get(link(page, "before="))
    rows = [shown.html.split("<tbody>")[1].count("Made a backup") for shown in (page, older)]
    assert rows == [PAGE, 1]


def test_looking_at_either_page_is_no_act(
    app: Flask, ana: Someone, max_: Someone, phone_of: Known
) -> None:
    desk, phone = phone_of(max_), phone_of(ana)
    with app.app_context():
        before = list(db.session.scalars(select(Act.number)))
    desk.get("/clinic/audit")
    phone.get("/sharing/activity")
    with app.app_context():
        assert list(db.session.scalars(select(Act.number))) == before


@pytest.mark.parametrize("address", ["/clinic/audit"])
def test_a_facilitator_has_no_audit_log(cleo: Someone, phone_of: Known, address: str) -> None:
    assert phone_of(cleo).get(address).status == 404
