"""Dates, hours, lengths and zones are said as the reader's own language says them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from webapp.core import clock, dates

GROUP = datetime(2026, 11, 26, 23, tzinfo=UTC)  # 6 PM in New York
HERE = "America/New_York"
EN, ES, ES_US = "en", "es", "es_US"


@pytest.fixture(autouse=True)
def thanksgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: GROUP)


@pytest.fixture
def speak(app: Flask) -> Iterator[Callable[[str], Any]]:
    """Has the clinic speak another language."""
    with app.test_request_context(), ExitStack() as stack:
        yield lambda code: stack.enter_context(force_locale(code))


@pytest.mark.parametrize(
    ("said", "english", "spanish"),
    [
        (lambda: dates.day(GROUP, HERE), "Thursday, November 26", "jueves, 26 de noviembre"),
        (lambda: dates.day(date(2025, 11, 28)), "Friday, November 28, 2025",
         "viernes, 28 de noviembre de 2025"),
        (lambda: dates.full_day(GROUP, HERE), "Thursday, November 26, 2026",
         "jueves, 26 de noviembre de 2026"),
        (lambda: dates.short_day(GROUP, HERE), "Nov 26", "26 nov"),
        (lambda: dates.short_day(date(2025, 11, 28)), "Nov 28, 2025", "28 nov 2025"),
        (lambda: dates.short_full_day(date(2026, 11, 26)), "Nov 26, 2026", "26 nov 2026"),
        (lambda: dates.month(date(2026, 11, 1)), "November 2026", "noviembre de 2026"),
        (lambda: dates.hour(GROUP, HERE), "6:00 PM", "18:00"),
        (lambda: dates.wall(time(0, 5)), "12:05 AM", "0:05"),
        (lambda: dates.full_hour(12), "12 PM", "12"),
        (lambda: dates.weekday(0), "Monday", "lunes"),
        (lambda: dates.weekdays([0, 2, 4]), "Monday, Wednesday, and Friday",
         "lunes, miércoles y viernes"),
        (lambda: dates.weekdays([]), "", ""),
        (lambda: dates.zone_name(HERE), "Eastern Time", "hora oriental"),
        (lambda: dates.number(1234.5), "1,234.5", "1.234,5"),
        (lambda: dates.length(180), "3 hours", "3 horas"),
        (lambda: dates.length(60), "1 hour", "1 hora"),
        (lambda: dates.length(90), "1 hr 30 min", "1 h 30 min"),
        (lambda: dates.length(45), "45 minutes", "45 minutos"),
        (lambda: dates.length(1), "1 minute", "1 minuto"),
    ],
)  # fmt: skip
def test_each_is_said_by_the_locale(speak, said, english, spanish) -> None:
    speak(EN)
    assert dates.plain(said()) == english
    speak(ES)
    assert dates.plain(said()) == spanish


def test_spanish_in_the_united_states_has_halves_of_a_day(speak) -> None:
    speak(ES_US)
    assert dates.plain(dates.hour(GROUP, HERE)) == "6:00 p.m."


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (timedelta(0), "today at 6:00 PM"),
        (timedelta(days=1), "yesterday at 6:00 PM"),
        (timedelta(days=-1), "tomorrow at 6:00 PM"),
        (timedelta(days=5), "Sat 6:00 PM"),
        (timedelta(days=-2, hours=-8), "Sun 2:00 AM"),
        (timedelta(days=14), "Nov 12"),
        (timedelta(days=365), "Nov 26, 2025"),
    ],
)
def test_when_it_was_says_no_more_than_is_needed(speak, back, said) -> None:
    assert dates.plain(dates.when(GROUP - back, HERE)) == said


def test_a_weekday_with_its_hour_is_said_by_the_locale(speak) -> None:
    speak(ES)
    assert dates.when(GROUP + timedelta(days=2), HERE) == "sáb, 18:00"


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=5), "in 5 min"),
        (timedelta(hours=2), "in 2 hr"),
        (timedelta(minutes=95), "in 1 hr 35 min"),
        (timedelta(hours=23, minutes=59), "in 23 hr 59 min"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(days=9), "in 9 days"),
    ],
)
def test_how_long_until_is_two_units_at_most(speak, ahead, said) -> None:
    assert dates.until(GROUP + ahead) == said


@pytest.mark.parametrize("days", [0, 1, 2])
def test_an_hour_holds_together_on_a_page_and_is_typed_as_anyone_types(speak, days) -> None:
    on_page = dates.when(GROUP - timedelta(days=days), HERE)
    assert on_page.endswith("6:00\N{NO-BREAK SPACE}PM")
    assert dates.plain(on_page).endswith("6:00 PM")
