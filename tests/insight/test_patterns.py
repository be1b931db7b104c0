"""What repeats, by tables and by chance."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.entries.words import FEELINGS, TRIGGER_KINDS
from webapp.insight.patterns import BUCKETS, Moment, Part, Trend, helped, patterns, things

TODAY = date(2026, 11, 23)  # a Monday
FIRST = TODAY - timedelta(days=27)
NEW_YORK = ZoneInfo("America/New_York")


def at(day: int, hour: int) -> datetime:
    """That many days ago, at an hour."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=NEW_YORK) - timedelta(days=day)


moments = st.lists(
    st.builds(
        Moment,
        st.integers(0, 27 * 24).map(lambda hours: at(0, 23) - timedelta(hours=hours)),
        st.none() | st.integers(0, 10),
        st.none() | st.integers(0, 10),
        st.lists(st.sampled_from(list(TRIGGER_KINDS)), unique=True).map(tuple),
        st.lists(st.sampled_from(list(FEELINGS)), unique=True).map(tuple),
        st.none()
        | st.sampled_from(["A walk", "walk", "Called Sam, then tea", "called sam", " ", "?!"]),
    ),
    max_size=60,
)


@given(moments)
def test_every_entry_is_counted_once_everywhere(some):
    found = patterns(some, FIRST, TODAY)
    assert found.count == len(some)
    assert sum(cell.count for row in found.heat for cell in row) == len(some)
    assert sum(point.count for point in found.points) == len(some)
    rated = [moment.urge for moment in some if moment.urge is not None]
    assert sum(cell.total for row in found.heat for cell in row) == sum(rated)
    assert sum(cell.rated for row in found.heat for cell in row) == len(rated)
    assert len(found.points) <= BUCKETS
    for kind, mean in found.kinds:
        assert mean.count == sum(kind in moment.kinds for moment in some)
    for name, row in found.moods:
        assert sum(row) == sum(name in moment.feelings for moment in some)


@given(moments)
def test_the_order_in_which_entries_come_changes_nothing(some):
    assert patterns(some, FIRST, TODAY) == patterns(reversed(some), FIRST, TODAY)


@given(moments)
def test_little_is_concluded_from_little(some):
    found = patterns(some, FIRST, TODAY)
    if found.count < 5:
        assert found.too_early
        assert found.trend is None
    if found.strong < 5:
        assert found.peak is None
    assert all(told.count >= 3 and told.drop > 0 for told in found.helped)


def test_nothing_is_nothing():
    found = patterns([], FIRST, TODAY)
    assert (found.count, found.points, found.kinds, found.helped) == (0, [], [], [])
    assert found.since_strong is None


@pytest.mark.parametrize(
    ("days", "hour", "peak"),
    [
        ([0, 3, 4, 5, 6], 19, (False, Part.EVENING)),
        ([1, 2, 8, 9, 15], 3, (True, Part.NIGHT)),
        ([0, 1, 2, 3, 4, 8], 8, (None, Part.MORNING)),
    ],
)
def test_when_most_strong_urges_come(days, hour, peak):
    found = patterns([Moment(at(day, hour), 8) for day in days], FIRST, TODAY)
    assert found.peak == peak


def test_at_many_times_is_no_pattern():
    some = [Moment(at(day, hour), 8) for day, hour in enumerate((2, 8, 14, 20, 3, 9, 15, 21))]
    assert patterns(some, FIRST, TODAY).peak is None


@pytest.mark.parametrize(
    ("urges", "trend"),
    [
        ([8, 8, 8, 3, 3, 3], Trend.WEAKER),
        ([3, 3, 3, 8, 8, 8], Trend.STRONGER),
        ([5, 6, 5, 6, 5, 6], Trend.SAME),
        ([9, 1, 1, 1], None),
    ],
)
def test_the_later_half_against_the_earlier(urges, trend):
    some = [Moment(at(20 - number, 12), urge) for number, urge in enumerate(urges)]
    assert patterns(some, FIRST, TODAY).trend == trend


@pytest.mark.parametrize(
    ("instant", "weekday", "block"),
    [
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 6, 0),  # 1:30, the first of two
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), 6, 0),  # 1:30 again
        (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), 6, 1),  # 3:30, where 2:30 never was
        (datetime(2026, 11, 2, 4, 30, tzinfo=UTC), 6, 7),  # still Sunday evening there
    ],
)
def test_an_hour_is_the_hour_on_the_wall(instant, weekday, block):
    found = patterns([Moment(instant.astimezone(NEW_YORK), 8)], None, TODAY)
    assert found.heat[weekday][block].count == 1


def test_days_between_strong_urges():
    found = patterns([Moment(at(day, 12), 7) for day in (10, 8, 3, 3)], FIRST, TODAY)
    assert (found.since_strong, found.between_strong) == (3, 3.5)


def test_hungry_angry_lonely_tired():
    some = [
        Moment(at(1, 12), 8, feelings=("tired", "sad")),
        Moment(at(2, 12), 4, feelings=("tired",)),
    ]
    [(name, mean)] = patterns(some, FIRST, TODAY).halt
    assert (name, mean.count, mean.mean) == ("tired", 2, 6)


@pytest.mark.parametrize(
    ("did", "keys"),
    [
        ("A walk", ["walk"]),
        ("I went for a walk.", ["walk"]),
        ("Called Sam, then a walk and tea", ["called sam", "walk", "tea"]),
        ("CALLED SAM AND THEN A Walk", ["called sam", "walk"]),
        ("the", []),
        ("  \n", []),
        ("Spazieren 🚶", ["spazieren 🚶"]),
    ],
)
def test_the_same_thing_in_other_words(did, keys):
    assert list(things(did)) == keys


def test_names_keep_their_capitals():
    [told] = helped([("called Sam", 8, 4), ("Called Sam", 8, 4), ("I called sam", 8, 4)])
    assert told.what == "Called Sam"


def test_what_helped_is_told_from_three_times_on():
    twice = [("A walk", 8, 4), ("walk", 7, 5)]
    assert helped(twice) == []
    [told] = helped([*twice, ("Went for a walk", 6, 6), ("Tea", 8, None), (None, 8, 1)])
    assert (told.what, told.count, told.drop, told.fell) == ("Walk", 3, 2, 2)
    assert helped([("Stayed home", 4, 6)] * 3) == []


@pytest.mark.parametrize(
    ("some", "weekday", "hour"),
    [
        # Three Fridays around 4 PM among other things: that's one hour of one day.
        ([(3, 15), (10, 16), (17, 17), (1, 8), (5, 22)], 4, 16),
        # Every day at about the same hour: no weekday stands out.
        ([(0, 21), (1, 22), (2, 21), (3, 22), (4, 21)], None, 21),
        # Around midnight is one time, whatever the date says.
        ([(0, 23), (1, 0), (2, 23), (3, 23), (5, 0)], None, 23),
        # The same evening three times is one evening.
        ([(3, 15), (3, 16), (3, 17), (1, 8), (5, 22)], None, None),
        # Two hours are as hard as each other.
        ([(3, 16), (10, 16), (17, 16), (1, 8), (8, 8), (15, 8)], None, None),
        # Four is too few.
        ([(3, 16), (10, 16), (17, 16), (24, 16)], None, None),
        # Three of many are a small part of them.
        ([(3, 16), (10, 16), (17, 16), *((day, day % 12) for day in range(28) if day % 7 != 3)],
         None, None),
    ],
)  # fmt: skip
def test_the_hardest_hour_is_named_only_when_it_is_one(some, weekday, hour):
    found = patterns([Moment(at(day, hour), 8, kinds=("money",)) for day, hour in some],
                     FIRST, TODAY).hardest  # fmt: skip
    assert (found.weekday, found.hour) == (weekday, hour) if hour is not None else found is None
    if found:
        assert found.kinds == ("money",)
