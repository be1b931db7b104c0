"""An administrator has staff need a second step sooner than two weeks after the update."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.accounts.test_second_factor import SET_UP, required
from tests.conftest import NOW
from tests.pages import Page, Phone
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.settings.models import ClinicSettings

SETTINGS = "/clinic/settings"


def choose(desk: Phone, day: str) -> Page:
    return desk.fill(desk.get(SETTINGS), "/second-step", day=day)


def since(app):
    with app.app_context():
        return db.session.scalar(select(ClinicSettings.second_factor_from))


@pytest.fixture
def planned(app, clock):
    """Staff need one from December 7 on."""
    required(app, NOW + timedelta(days=14))
    return NOW + timedelta(days=14)


def test_max_sets_an_earlier_day_and_staff_are_counted_down_to_it(
    app, phone_of, max_, cleo, planned, clock
):
    desk, other = phone_of(max_), phone_of(cleo)
    text = desk.get(SETTINGS).text
    assert "Staff need it from Monday, December 7" in text
    assert choose(desk, "2026-11-26").address == SETTINGS
    assert "Staff need it from Thursday, November 26" in desk.get(SETTINGS).text
    with app.app_context():
        last = db.session.scalar(select(Act.kind).order_by(Act.number.desc()).limit(1))
    assert last == ActKind.SETTINGS_CHANGED
    assert "3 days left" in other.get("/clinic").text
    clock.move_to(since(app) - timedelta(seconds=1))
    other = phone_of(cleo)
    assert other.get("/clinic").address == "/clinic"
    clock.shift(timedelta(seconds=1))
    assert other.get("/clinic").address.split("?")[0] == SET_UP


def test_today_is_at_once_and_for_who_set_it_too(app, phone_of, max_, planned):
    desk = phone_of(max_)
    assert choose(desk, "2026-11-23").address.split("?")[0] == SET_UP


@pytest.mark.parametrize(
    ("day", "says"),
    [("2026-12-08", "before the one that’s set"), ("2026-12-24", "before the one that’s set"),
     ("2026-11-22", "today or a later day"), ("", "Enter a date"),
     ("soon", "Check this and try again"), ("0001-01-01", "today or a later day"),
     ("9999-12-31", "before the one that’s set")],
)  # fmt: skip
def test_never_later_never_before_today_and_nothing_odd(app, phone_of, max_, planned, day, says):
    page = choose(phone_of(max_), day)
    assert page.status == 422
    assert says in page.text
    assert since(app) == planned


def test_once_it_is_needed_there_is_nothing_to_choose(app, phone_of, max_, clock):
    desk = phone_of(max_)
    assert desk.post(f"{SETTINGS}/second-step", {"day": "2026-11-24"}).status == 404
    assert "Second step" not in desk.get(SETTINGS).text  # where none is ever needed


def test_only_administrators_do(app, phone_of, cleo, ana, planned):
    for someone in (cleo, ana):
        posted = phone_of(someone).post(f"{SETTINGS}/second-step", {"day": "2026-11-26"})
        assert posted.status == 404
    assert since(app) == planned
