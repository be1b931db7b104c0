"""Nine years of entries cost no more than some weeks: rows that are opened and statements are
counted, not time. What can't be told without opening all is told of the newest."""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import cycle, islice
from uuid import uuid4

import pytest
from flask import Flask

from tests.conftest import NOW, ZONE, SomeGroup, Someone
from tests.house.test_work import counted
from tests.huddle.test_statements import counted as statements
from tests.pages import Page, Phone
from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.entries import queries as entries
from webapp.entries.actions import write
from webapp.insight import pattern_page
from webapp.journal import queries as journal
from webapp.journal.models import Trigger
from webapp.medication.models import Dose
from webapp.meetings.models import Visit
from webapp.mindfulness import queries as mindfulness
from webapp.mindfulness.models import Practice

pytestmark = pytest.mark.database

KINDS = (Trigger, CheckIn, Dose, Visit, Practice)
DAILY = (
    "/today", "/plan", "/plan/coverage", "/week", "/journal", "/journal/patterns", "/check-ins",
    "/medication", "/meetings", "/mindfulness", "/mindfulness/practices", "/sharing",
)  # fmt: skip
# Each grows with every day of a clinic.
GROWING = {
    "entry", "entry_version", "share", "reading", "answer", "act", "heads_up", "group_session",
    "feedback", "attendance", "homework", "delivery",
}  # fmt: skip
FEW = 30  # in place of the thousands that are opened at most
Write = Callable[[int], None]


@pytest.fixture
def long_ago(app: Flask, ana: Someone) -> Write:
    """Ana kept entries of each kind, all of them before the last year."""
    days = iter(range(400, 10_000))

    def kept(count: int) -> None:
        with app.app_context():
            person = db.session.get_one(Person, ana.id)
            for kind in islice(cycle(KINDS), count * len(KINDS)):
                at = NOW - timedelta(days=next(days))
                says = {"before": 7, "after": 3, "exercise": "breathing", "zone": ZONE}
                says = says if kind is Practice else {"zone": ZONE, "urge": 5, "situation": "Rain"}
                written_at(at, write(kind, person, uuid4(), at, says))
            db.session.commit()

    return kept


@pytest.fixture
def few_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (entries, "COUNTED"), (pattern_page, "COUNTED"), (journal, "SEARCHED"),
        (mindfulness, "PRACTICED"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, FEW)


def find(phone: Phone, word: str) -> Page:
    return phone.fill(phone.get("/journal"), "/journal", having="word", word=word)


@pytest.mark.usefixtures("few_are_opened")
@pytest.mark.parametrize("page", [*DAILY, "/journal/patterns?period=all"])
def test_a_page_of_many_years_opens_and_asks_no_more(
    app: Flask, ana: Someone, phone_of: Callable[[Someone], Phone], long_ago: Write, page: str
) -> None:
    phone, costs = phone_of(ana), []
    for _more in range(2):
        long_ago(45)
        phone.get(page)  # what is worked out once
        with counted() as work, statements(app) as asked:
            assert phone.get(page).status == 200
        costs.append((work.opened, len(asked)))
    assert costs[0] == costs[1]


@pytest.mark.usefixtures("few_are_opened")
def test_a_search_opens_some_and_goes_on_where_it_ended(
    ana: Someone,
    phone_of: Callable[[Someone], Phone],
    long_ago: Write,
    wrote: Callable[..., object],
) -> None:
    wrote(ana, at=NOW - timedelta(days=9_999), situation="The lake house")
    long_ago(2 * FEW)
    phone = phone_of(ana)
    with counted() as work:
        page = find(phone, "lake")
    assert work.opened < 3 * FEW, "the journal's own page and one search"
    for _window in range(2):
        assert "Nothing found so far Searched back to" in page.text
        assert page.form(having="word").fields["word"] == "lake"
        page = phone.fill(page, "/search", having="behind")
    assert "The lake house" in page.text
    assert not [form for form in page.forms if "behind" in form.names], "all was searched"


def test_a_search_through_long_entries_stops_sooner_and_finds_all_the_same(
    ana: Someone,
    phone_of: Callable[[Someone], Phone],
    wrote: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One letter may be eighteen when it is compared: a thousand such texts would take a worker
    for minutes, and two people searching would stop the clinic."""
    monkeypatch.setattr(journal, "SEARCHED_TEXT", 10_000)
    monkeypatch.setattr(journal, "AT_ONCE", 3)
    wrote(ana, at=NOW - timedelta(days=FEW + 1), situation="The lake house")
    for day in range(FEW):
        wrote(ana, at=NOW - timedelta(days=day), situation="\ufdfa" * 150)
    phone, windows = phone_of(ana), 0
    page = phone.get("/journal")
    with counted() as work:
        page = phone.fill(page, "/journal", having="word", word="lake")
    assert work.opened <= 6
    while "Nothing found so far Searched back to" in page.text:
        page, windows = phone.fill(page, "/search", having="behind"), windows + 1
    assert "The lake house" in page.text
    assert 5 < windows < FEW
    assert not [form for form in page.forms if "behind" in form.names], "all was searched"


@pytest.mark.usefixtures("few_are_opened")
def test_patterns_of_very_many_say_of_how_many_they_are(
    ana: Someone, phone_of: Callable[[Someone], Phone], long_ago: Write
) -> None:
    long_ago(FEW - 1)
    phone = phone_of(ana)
    assert "Based on 29 entries." in phone.get("/journal/patterns?period=all").text
    long_ago(FEW)
    assert "Based on your latest 30 entries." in phone.get("/journal/patterns?period=all").text


@pytest.mark.parametrize("who", ["ana", "cleo"])
def test_no_daily_page_looks_through_all_that_a_clinic_ever_kept(
    app: Flask,
    phone_of: Callable[[Someone], Phone],
    request: pytest.FixtureRequest,
    evening: SomeGroup,
    who: str,
) -> None:
    phone = phone_of(request.getfixturevalue(who))
    desk = ("/clinic", f"/clinic/groups/{evening.id}", f"/clinic/sessions/{evening.tonight}")
    found = {page: looked_through(app, phone, page) for page in (desk if who == "cleo" else DAILY)}
    assert {page: tables for page, tables in found.items() if tables} == {}


def looked_through(app: Flask, phone: Phone, page: str) -> set[str]:
    """The growing tables that SQLite reads from their first row to their last for a page."""
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    if engine.name != "sqlite":
        pytest.skip("how a database goes about it is asked of SQLite")
    with closing(engine.raw_connection()) as line:
        line.driver_connection.set_trace_callback(asked.append)
    try:
        assert phone.get(page).status == 200
    finally:
        with closing(engine.raw_connection()) as line:
            line.driver_connection.set_trace_callback(None)
            plans = [
                step[3]
                for sql in asked
                if sql.startswith(("SELECT", "WITH"))
                for step in line.cursor().execute(f"EXPLAIN QUERY PLAN {sql}")
            ]
    assert plans
    names = (re.match(r"SCAN ([a-z_]+?)(?:_\d+)?(?: |$)", step) for step in plans)
    return {name[1] for name in names if name} & GROWING
