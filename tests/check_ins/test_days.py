"""Three weeks of taps, drawn and told."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.conftest import NOW, ZONE, Someone
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.check_ins.days import Trend, days
from webapp.check_ins.due import DueRhythm, due_since, is_due, next_day
from webapp.check_ins.models import CheckIn
from webapp.core.data.db import db
from webapp.entries.actions import write

PhoneOf = Callable[[Someone], Phone]
SUNDAYS = DueRhythm((6,))
DAILY = DueRhythm(tuple(range(7)), open_for=1)


def taps(*values: int) -> list[tuple[object, dict[str, int]]]:
    """Values day by day, the latest last, as they are read: the newest first."""
    return [(NOW - timedelta(days=back), {"craving": value, "mood": 3})
            for back, value in enumerate(reversed(values))]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ((8, 8, 4, 4), Trend.WEAKER),
        ((2, 2, 6, 6), Trend.STRONGER),
        ((5, 5, 5, 5), Trend.SAME),
        ((9, 9, 5, 1, 1), Trend.WEAKER),
    ],
)
def test_the_pull_is_told_by_its_halves(values: tuple[int, ...], trend: Trend) -> None:
    found = days(taps(*values))  # type: ignore[arg-type]
    assert found is not None
    assert found.trend == trend


def test_few_check_ins_say_nothing() -> None:
    assert days(taps(1, 2, 3)) is None  # type: ignore[arg-type]


def test_ana_sees_sentence_lines_and_table(
    app: Flask, ana: Someone, ben: Someone, phone_of: PhoneOf
) -> None:
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        for back, craving in enumerate((2, 3, 7, 8)):
            at = NOW - timedelta(days=back)
            write(CheckIn, person, uuid4(), at, {"craving": craving, "mood": 4, "zone": ZONE})
        db.session.commit()
    page = phone_of(ana).get("/check-ins")
    assert "Your urges are weaker than before" in page.text
    assert "They averaged 7.5 at first and 2.5 lately." in page.text
    assert page.html.count('<svg class="chart') == 2
    assert "Show as a table" in page.text
    assert "Your urges are" not in phone_of(ben).get("/check-ins").text


@pytest.mark.parametrize(
    ("rhythm", "today", "since"),
    [
        (DAILY, date(2026, 11, 23), date(2026, 11, 23)),
        (DueRhythm((0, 2), open_for=1), date(2026, 11, 24), None),
        (SUNDAYS, date(2026, 11, 22), date(2026, 11, 22)),
        (SUNDAYS, date(2026, 11, 28), date(2026, 11, 22)),
        (SUNDAYS, date(2026, 11, 29), date(2026, 11, 29)),
        (DueRhythm(()), date(2026, 11, 23), None),
        (DueRhythm((0,), 2, date(2026, 11, 23)), date(2026, 11, 30), None),
        (DueRhythm((0,), 2, date(2026, 11, 23)), date(2026, 12, 7), date(2026, 12, 7)),
    ],
)
def test_what_is_open_since_when(rhythm: DueRhythm, today: date, since: date | None) -> None:
    assert due_since(rhythm, today) == since


def test_it_is_due_until_it_is_answered_and_then_on_the_next_day_of_it() -> None:
    wednesday = date(2026, 11, 25)
    assert is_due(SUNDAYS, None, wednesday)
    assert is_due(SUNDAYS, date(2026, 11, 21), wednesday)
    assert not is_due(SUNDAYS, date(2026, 11, 22), wednesday)
    assert next_day(SUNDAYS, None, wednesday) == wednesday
    assert next_day(SUNDAYS, wednesday, wednesday) == date(2026, 11, 29)
    assert next_day(DAILY, wednesday, wednesday) == date(2026, 11, 26)
    assert next_day(DueRhythm(()), None, wednesday) is None
    quarterly = DueRhythm((0,), 12, date(2026, 11, 23))
    assert next_day(quarterly, date(2026, 11, 23), date(2026, 11, 24)) == date(2027, 2, 15)


def test_what_is_due_says_so_until_it_is_answered(
    clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    assert "It takes less than a minute." in phone.get("/check-ins").text
    phone.fill(phone.get("/check-ins/new"), having="mood", mood="3")
    assert "You’re all caught up." in phone.get("/check-ins").text
    clock.shift(timedelta(days=1))
    assert "It takes less than a minute." in phone.get("/check-ins").text
