"""The mood of check-ins stands on the same axis as the urges."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.insight.moods import along
from webapp.insight.patterns import Moment, patterns

FIRST = date(2026, 11, 2)


def axis(days: int, width: int = 1):
    """A time axis of so many days, as the patterns make it."""
    last = FIRST + timedelta(days=days - 1)
    some = [Moment(datetime(2026, 11, 2, 12, tzinfo=UTC), 5)]
    found = patterns(some, FIRST, last).points
    assert (found[0].last - found[0].first).days + 1 == width
    return found


@pytest.mark.parametrize(
    ("moods", "means"),
    [
        ([], []),
        ([(0, 1)], [0, None, None]),
        ([(0, 5), (2, 3)], [10, None, 5]),
        ([(1, 1), (1, 2)], [None, 1.25, None]),
        ([(-1, 5), (3, 5)], []),
    ],
)
def test_a_day_has_the_mean_of_its_check_ins(moods, means):
    told = [(FIRST + timedelta(days=day), mood) for day, mood in moods]
    assert along(axis(3), told) == means


def test_days_share_a_point_where_urges_do():
    assert along(axis(56, width=2), [(FIRST, 1), (FIRST + timedelta(days=1), 5)])[:2] == [5, None]
    assert along([], [(FIRST, 1)]) == []


@given(st.lists(st.tuples(st.integers(-5, 40), st.integers(1, 5))), st.integers(1, 35))
def test_it_never_leaves_the_axis(moods, days):
    points = patterns([Moment(datetime(2026, 11, 2, 12, tzinfo=UTC), 5)], FIRST,
                      FIRST + timedelta(days=days - 1)).points  # fmt: skip
    found = along(points, [(FIRST + timedelta(days=day), mood) for day, mood in moods])
    assert len(found) in (0, len(points))
    assert all(mean is None or 0 <= mean <= 10 for mean in found)


@pytest.fixture
def checked_in(app):
    """Somebody checked in: `checked_in(ana, NOW, 4)`."""

    def tap(someone, at, mood, zone=ZONE):
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            write(CheckIn, person, uuid4(), at, {"mood": mood, "zone": zone})
            db.session.commit()

    return tap


def test_her_mood_stands_beside_her_urges_and_nobody_elses(phone_of, ana, ben, wrote, checked_in):
    for day in range(5):
        wrote(ana, at=NOW - timedelta(days=day))
    checked_in(ben, NOW, 1)
    assert "Mood, from" not in phone_of(ana).get("/journal/patterns").text
    checked_in(ana, NOW, 5)
    page = phone_of(ana).get("/journal/patterns")
    assert page.html.count('<svg class="chart') == 3, "each on axes of its own"
    assert "Mood, from 1 to 5" in page.text
    assert '<polyline class="beside"' in page.html


def test_a_check_in_of_the_night_when_clocks_go_back_is_on_its_own_day(
    phone_of, ana, wrote, checked_in
):
    """23:30 on 31 October in New York is already November elsewhere."""
    for day in range(5):
        wrote(ana, at=datetime(2026, 10, 31, 16, tzinfo=UTC) + timedelta(days=day))
    checked_in(ana, datetime(2026, 11, 1, 3, 30, tzinfo=UTC), 5)
    checked_in(ana, datetime(2026, 11, 1, 6, 30, tzinfo=UTC), 1)
    html = phone_of(ana).get("/journal/patterns").html
    rows = {row.split("</th>")[0].split(">")[-1]: row for row in html.split("<tr>")}
    assert ">5<" in rows["Oct 31"]
    assert rows["Nov 1"].count(">1<") == 2, "one entry, and very low"
