"""What is recorded when nothing was done, and that nobody can fill the table by trying on."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from tests.conftest import SomeGroup, Someone
from tests.pages import Phone
from webapp.audit.actions import close_quarters
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act, Failures
from webapp.core.data.db import db

pytestmark = pytest.mark.database


def acts(app: Flask, *kinds: ActKind) -> list[Act]:
    with app.app_context():
        return list(db.session.scalars(select(Act).where(Act.kind.in_(kinds)).order_by(Act.number)))


def test_a_facilitator_who_tries_another_group_is_recorded_once_in_a_quarter_of_an_hour(
    app: Flask,
    evening: SomeGroup,
    kit: Someone,
    phone_of: Callable[..., Phone],
    clock: time_machine.Traveller,
) -> None:
    desk = phone_of(kit)
    for _ in range(5):
        assert desk.get(f"/clinic/sessions/{evening.tonight}").status == 404
    (refused,) = acts(app, ActKind.REFUSED)
    assert (refused.actor_id, refused.about_id) == (kit.id, evening.tonight)
    clock.shift(timedelta(minutes=15))
    desk.get("/clinic/groups/new")  # a guard's own refusal
    assert len(acts(app, ActKind.REFUSED)) == 2


def test_a_wrong_address_a_prefetch_and_a_stranger_leave_no_refusal(
    app: Flask, evening: SomeGroup, kit: Someone, phone: Phone, phone_of: Callable[..., Phone]
) -> None:
    desk = phone_of(kit)
    assert desk.get("/no-such-page").status == 404
    at = f"/clinic/sessions/{evening.tonight}"
    desk.client.get(at, headers={"Sec-Purpose": "prefetch"}, base_url=desk.base_url)
    desk.client.head(at, base_url=desk.base_url)
    phone.get("/calendar/nonsense.ics")
    for open_to_all in ("/s/0123456789abcdef/css/none.css", "/blank/nonsense"):
        assert desk.get(open_to_all).status == 404
    assert acts(app, ActKind.REFUSED) == []


def test_wrong_passwords_of_strangers_are_counted_by_the_quarter(
    app: Flask, ana: Someone, phone: Phone, clock: time_machine.Traveller
) -> None:
    for username in ("ana", "nobody", "ana"):
        phone.fill(phone.get("/sign-in"), "/sign-in", username=username, password="wrong " * 4)
    phone.fill(phone.get("/sign-in/code"), having="code", code="7777-7777-7777")
    assert acts(app, ActKind.WRONG_TRIES) == []
    with app.app_context():
        assert db.session.scalar(select(Failures.count)) == 4
    clock.shift(timedelta(minutes=15))
    phone.fill(phone.get("/sign-in"), "/sign-in", username="ana", password="wrong " * 4)
    (counted,) = acts(app, ActKind.WRONG_TRIES)
    assert (counted.count, counted.actor_id, counted.person_id) == (4, None, None)
    assert f"{counted.at:%H:%M:%S}" == "21:00:00"
    clock.shift(timedelta(minutes=15))
    with app.app_context():
        close_quarters(db.session())
        db.session.commit()
    assert [act.count for act in acts(app, ActKind.WRONG_TRIES)] == [4, 1]


def test_whose_account_is_tried_too_often_is_an_act(app: Flask, ana: Someone, phone: Phone) -> None:
    for _ in range(13):
        phone.fill(phone.get("/sign-in"), "/sign-in", username="ana", password="wrong " * 4)
    (waited,) = acts(app, ActKind.MADE_TO_WAIT)
    assert (waited.actor_id, waited.person_id) == (None, ana.id)


def test_who_types_a_wrong_password_too_often_while_signed_in_is_an_act(
    app: Flask, ana: Someone, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(ana)
    for _ in range(13):
        phone.post("/unlock", {"password": "wrong " * 4})
    (waited,) = acts(app, ActKind.MADE_TO_WAIT)
    assert (waited.actor_id, waited.person_id) == (ana.id, ana.id)


def test_a_row_that_cannot_be_opened_is_an_act_once_in_a_quarter(
    app: Flask, ana: Someone, wrote: Callable[..., UUID], phone_of: Callable[..., Phone]
) -> None:
    entry = wrote(ana, situation="The bar")
    with app.app_context():
        db.session.execute(text("UPDATE entry SET sealed = :junk"), {"junk": b"\x01" + b"x" * 40})
        db.session.commit()
    phone = phone_of(ana)
    for _ in range(3):
        assert phone.get("/journal").status == 200
    (unopened,) = acts(app, ActKind.UNOPENED)
    assert (unopened.actor_id, unopened.about_id, unopened.count) == (ana.id, entry, 1)


def test_what_is_signed_in_over_is_an_act_of_its_own(
    app: Flask, ana: Someone, ben: Someone, phone_of: Callable[..., Phone]
) -> None:
    phone = phone_of(ana)
    page = phone.get("/sign-in")
    phone.fill(page, "/sign-in", username="ben", password="lantern maple pocket river")
    (over,) = acts(app, ActKind.DEVICE_TAKEN_OVER)
    assert (over.actor_id, over.person_id) == (ben.id, ana.id)


@pytest.mark.parametrize("kind", [ActKind.SIGNED_IN])
def test_a_sign_in_that_is_rolled_back_leaves_no_act(
    app: Flask, ana: Someone, phone: Phone, kind: ActKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.accounts import views

    def fails(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(views, "say_what_was_restored", fails)
    page = phone.get("/sign-in")
    answer = phone.fill(page, "/sign-in", username="ana", password="lantern maple pocket river")
    assert answer.status == 500
    assert acts(app, kind) == []
