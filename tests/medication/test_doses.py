"""When doses are due, on nights with an hour too many and an hour too few."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import clock
from webapp.medication.doses import (
    EVERY_DAY,
    InForce,
    Ring,
    Times,
    dose_id,
    due_on,
    due_then,
    may_be_due_on,
    rings,
)

NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"
ZONES = [NEW_YORK, LORD_HOWE, "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
LONG_AGO = date(2020, 1, 1)
PLANS = st.builds(
    Times,
    st.just("It"),
    st.lists(st.times().map(lambda at: at.replace(second=0, microsecond=0)), max_size=6).map(tuple),
    st.sampled_from(ZONES),
    st.just(LONG_AGO),
    st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
)
DAYS = st.dates(LONG_AGO, date(2037, 12, 31))


def plan(*times, zone=NEW_YORK, from_day=LONG_AGO, weekdays=EVERY_DAY):
    return Times("It", tuple(time.fromisoformat(at) for at in times), zone, from_day, weekdays)


def instants(plan, day):
    return [dose.at.strftime("%H:%M") for dose in due_on(plan, date.fromisoformat(day))]


@pytest.mark.parametrize(
    ("times", "day", "at"),
    [
        (("08:00", "20:00"), "2026-11-23", ["13:00", "01:00"]),
        (("20:00", "08:00", "08:00"), "2026-11-23", ["13:00", "01:00"]),  # in order, each once
        (("08:00",), "2026-07-01", ["12:00"]),  # the wall clock leads, not the world's
        (("01:30",), "2026-11-01", ["05:30"]),  # 1:30 comes twice: the first
        (("02:30",), "2026-03-08", ["07:30"]),  # 2:30 never comes: 3:30
        (("02:30", "03:30"), "2026-03-08", ["07:30", "07:30"]),  # two doses, at the same instant
        ((), "2026-11-23", []),
    ],
)
def test_a_day_of_doses_by_the_clock_on_the_wall(times, day, at):
    assert instants(plan(*times), day) == at


def test_half_an_hours_change_and_a_day_that_never_was():
    assert instants(plan("02:15", zone=LORD_HOWE), "2026-10-04") == ["15:45"]  # moved to 2:45
    # Samoa had no 30 December 2011: whatever was due then moves to the next day.
    (skipped,) = due_on(plan("08:00", zone="Pacific/Apia", from_day=date.min), date(2011, 12, 30))
    assert clock.local(skipped.at, "Pacific/Apia").date() == date(2011, 12, 31)


def test_only_on_its_days_and_not_before_it_was_on_the_list():
    weekly = plan("08:00", weekdays=(0, 3), from_day=date(2026, 11, 24))
    due = [day for day in range(20, 31) if due_on(weekly, date(2026, 11, day))]
    assert due == [26, 30]  # Thursday, Monday; Monday 23 was before


@given(PLANS, DAYS)
def test_each_time_of_each_of_its_days_is_due_once(plan, day):
    due = due_on(plan, day)
    wanted = set(plan.times) if day.weekday() in plan.weekdays else set()
    assert [dose.time for dose in due] == sorted(wanted)
    assert [dose.at for dose in due] == sorted(dose.at for dose in due)
    for dose in due:
        assert dose.at.tzinfo is UTC
        wall = clock.local(dose.at, plan.zone).replace(tzinfo=None)
        moved = wall - datetime.combine(day, dose.time)
        assert timedelta(0) <= moved <= timedelta(hours=1)  # later by the gap, or not at all


@given(PLANS, PLANS, DAYS, st.times(), st.data())
def test_a_change_keeps_what_was_answered_and_asks_for_no_more_than_either_plan(
    old, new, day, at, data
):
    new = replace(new, zone=old.zone)
    changed = InForce(clock.instant(day, at, old.zone), new)
    history = [InForce(clock.instant(LONG_AGO, time(0), old.zone), old), changed]
    said = data.draw(st.sets(st.sampled_from([*history[0].times_on(day), time(23, 59)])))
    due = [dose.time for dose in due_then(history, day, said)]
    assert due == sorted(set(due))
    assert said & may_be_due_on(history, day) <= set(due) <= may_be_due_on(history, day)
    most = max(len(change.times_on(day)) for change in history)
    assert said >= {time(23, 59)} or len(due) <= most
    for other, plan in ((day - timedelta(days=1), old), (day + timedelta(days=1), new)):
        assert due_then(history, other, set()) == due_on(plan, other) or day == LONG_AGO


@given(DAYS, st.times(), DAYS, st.times())
def test_a_dose_is_known_by_its_day_and_time_and_by_nothing_else(day, at, other_day, other_at):
    medication, at, other_at = (
        UUID(int=1),
        *(moment.replace(second=0, microsecond=0) for moment in (at, other_at)),
    )
    same = (day, at) == (other_day, other_at)
    assert (dose_id(medication, day, at) == dose_id(medication, other_day, other_at)) == same
    assert dose_id(medication, day, at) != dose_id(UUID(int=2), day, at)


def test_a_time_of_day_rings_once_for_all_that_is_due_then():
    morning = Times("A", (time(8),), NEW_YORK, LONG_AGO)
    both = Times("B", (time(8), time(20)), NEW_YORK, LONG_AGO, (0, 2))
    weekly = Times("C", (time(20),), NEW_YORK, LONG_AGO, (4,))
    away = Times("A", (time(8),), "Europe/Berlin", LONG_AGO)
    assert rings([morning, both, weekly, away]) == {
        (NEW_YORK, time(8)): Ring(EVERY_DAY, ("A", "B")),
        (NEW_YORK, time(20)): Ring((0, 2, 4), ("B", "C")),
        ("Europe/Berlin", time(8)): Ring(EVERY_DAY, ("A",)),
    }


@given(st.lists(PLANS, max_size=5))
def test_whatever_is_due_rings(plans):
    found = rings(plans)
    for listed in plans:
        for at in listed.times:
            assert set(listed.weekdays) <= set(found[listed.zone, at].weekdays)
    assert set(found) == {(listed.zone, at) for listed in plans for at in listed.times}
