"""Dates, hours and zones are American wherever a person meets them, and made by one module."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.conftest import NOW, ZONE, root
from tests.house.everywhere import said
from tests.house.world import EVERY_WORD, World
from tests.pages import Page
from webapp.reminders import words
from webapp.reminders.schedule import Kind

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
)
WEEKDAYS = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)"
ZONES = r"\b(?:America|Europe|Pacific|Asia|Africa|Australia|Atlantic|Indian|Etc|US)/\w+"
HABITS = {
    "the day before its month": re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS})\b"),
    "a weekday that runs into its month": re.compile(
        rf"{WEEKDAYS}day (?:{MONTHS}|\d{{1,2}})\b(?!:)"
    ),
    "small or dotted letters for half a day": re.compile(r"\d ?(?:am|pm|[ap]\.m\.)(?!\w)"),
    "an hour that could break": re.compile(r"\d [AP]M\b"),
    "a space that some fonts lack": re.compile("\N{NARROW NO-BREAK SPACE}"),
    "an hour of twenty-four": re.compile(r"\b(?:0\d|1[3-9]|2[0-3]):[0-5]\d\b"),
    "a date for machines": re.compile(r"\b20\d\d-\d\d-\d\d\b"),
    "the id of a zone": re.compile(ZONES),
    "minutes that make hours": re.compile(r"\b(?:60|90|120|150|180|240) minutes\b"),
}

# A sentence of the catalog, and how a push will look.
EXAMPLES = re.compile(r"like 6:00 PM|You have something at \d+:\d\d [AP]M")


def habits_in(text: str) -> list[str]:
    return [habit for habit, shows in HABITS.items() if shows.search(text)]


@cache
def our_habits_in(text: str) -> list[str]:
    """Those that nobody wrote who is in the tests' world."""
    for word in EVERY_WORD:
        text = text.replace(word, " ")
    return habits_in(EXAMPLES.sub(" ", text))


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        ("Monday 23 November", "the day before its month"),
        ("23rd Nov", "the day before its month"),
        ("Monday November 23", "a weekday that runs into its month"),
        ("today at 6:00 pm", "small or dotted letters for half a day"),
        ("6 p.m.", "small or dotted letters for half a day"),
        ("6:00 PM", "an hour that could break"),
        ("at 18:00", "an hour of twenty-four"),
        ("since 2026-11-23", "a date for machines"),
        ("America/New_York", "the id of a zone"),
        ("180 minutes", "minutes that make hours"),
    ],
)
def test_each_habit_would_be_seen(text: str, habit: str) -> None:
    assert habit in habits_in(text)


@pytest.mark.parametrize(
    "text",
    ["Thursday, November 26", "Nov 26, 2025", "today at 6:00\xa0PM", "3 hours", "in 1 hr 35 min",
     "Eastern Time", "1 of 12", "45 minutes"],
)  # fmt: skip
def test_what_is_american_is_none(text: str) -> None:
    assert habits_in(text) == []


@pytest.mark.database
def test_no_page_has_a_hand_made_date(pages: list[tuple[str, Page]]) -> None:
    found, hours = set(), 0
    for who, page in pages:
        for element, text in said(page.outline):
            if element.tag in ("kbd", "textarea") or element.is_in("kbd"):
                continue
            hours += "\xa0PM" in text
            found |= {f"{page.address} ({who}): {habit}: {text}" for habit in our_habits_in(text)}
    assert hours > 100
    assert not found, "\n".join(sorted(found))


def test_what_is_sent_has_american_hours_and_spaces_of_a_keyboard(app) -> None:
    with app.app_context():
        told = [words.body(kind, NOW + timedelta(hours=2), ZONE) for kind in Kind]
    assert "You have something at 6:00 PM, Eastern Time." in told
    for text in told:
        assert not {*habits_in(text)} - {"an hour that could break"}, text
        assert text.isascii() or "’" in text, text


@pytest.mark.database
def test_a_calendar_has_no_hand_made_date(world: World) -> None:
    feed = world.phone("nobody").get(f"/calendar/{world.feed}.ics").response
    events = Calendar.from_ical(feed.get_data()).walk("VEVENT")
    assert events
    for event in events:
        for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"):
            assert habits_in(str(event.get(name, ""))) == [], event


# A date that is put together elsewhere would miss the next language.
HAND_MADE = {
    ".py": re.compile(r"(?<!-)%-?[dBbIp]\b|\.day\}? \{|_months|month_name"),
    ".html": re.compile(
        r"\.strftime|\|string\)\[|weekday\)?\[:|(?<!\{\{ form)\.zone \}\}|[( ]minutes=|\.year \}\}"
    ),
    ".js": re.compile(r"getDate\(\)|getMonth\(\)|getHours\(\)|toLocale\w*String\(\"(?!sv)|toFixed"),
}
MACHINES = ("webapp/demo/",)


def sources() -> Iterator[Path]:
    for folder in ("webapp", "templates", "static/js"):
        for file in sorted((root() / folder).rglob("*.*")):
            if file.suffix in HAND_MADE and not str(file.relative_to(root())).startswith(MACHINES):
                yield file


def test_no_source_puts_a_date_together_by_hand() -> None:
    found = [
        f"{file.relative_to(root())}:{number}: {line.strip()}"
        for file in sources()
        if file.name != "dates.py"
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if HAND_MADE[file.suffix].search(line)
    ]
    assert not found, "\n".join(found)
