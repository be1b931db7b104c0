"""When it rings: over clock changes, quiet hours and pauses, in every zone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.clock import local
from webapp.program.recurrence import Weekly, occurrences
from webapp.reminders.schedule import (
    LAST_MOMENT,
    AtTimes,
    Kind,
    Outcome,
    Quiet,
    Result,
    State,
    SteadyClock,
    next_try,
    result_of,
    times_of,
    verdict,
)

NEW_YORK = "America/New_York"
ZONES = [NEW_YORK, "America/Phoenix", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe",
         "Asia/Kathmandu"]  # fmt: skip
START = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROM, TO = datetime(2024, 1, 1), datetime(2028, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
instants = st.datetimes(FROM, TO, timezones=st.just(UTC))
hours = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None))


@pytest.mark.parametrize("zone", ZONES)
def test_three_years_of_evenings_keep_their_hour_and_their_reminder(zone):
    rule = AtTimes((time(17, 0),), zone, date(2025, 1, 1), weekdays=(0, 2, 4))
    after, until = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    rings = list(times_of(rule, after, until))
    starts = sorted(
        start
        for day in (0, 2, 4)
        for start, _ in occurrences(
            Weekly(day, time(18, 0), 180, date(2025, 1, 1)), zone, after, until
        )
    )
    assert len(rings) == len(set(rings))
    assert all(local(ring, zone).time() == time(17, 0) for ring in rings)
    assert {ring + HOUR for ring in rings} >= set(starts[1:-1])


@pytest.mark.parametrize(
    ("day", "at", "rings"),
    [
        (date(2026, 3, 8), time(2, 30), "2026-03-08T07:30"),  # never happens: moves ahead
        (date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),  # happens twice: the first
    ],
)
def test_on_a_clock_change_night_it_rings_once(day, at, rings):
    rule = AtTimes((at,), NEW_YORK, day, until_day=day)
    got = list(times_of(rule, START - 400 * 24 * HOUR, START + 400 * 24 * HOUR))
    assert [moment.strftime("%Y-%m-%dT%H:%M") for moment in got] == [rings]


@given(instants, hours, hours, st.sampled_from(ZONES))
def test_quiet_hours_end_and_are_quiet_until_then(now, begins, ends, zone):
    quiet = Quiet(zone, begins, ends)
    until = quiet.ends(now)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=26)
    assert quiet.ends(until) is None or local(until, zone).utcoffset() != local(
        now, zone
    ).utcoffset()  # fmt: skip


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T21:59", None),
        ("2026-11-23T22:00", "2026-11-24T07:00"),
        ("2026-11-24T03:00", "2026-11-24T07:00"),
        ("2026-11-24T07:00", None),
        ("2026-11-24T12:00", None),
    ],
)
def test_the_night_is_one_quiet_time(now, until):
    quiet = Quiet("UTC", time(22), time(7))
    got = quiet.ends(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert got == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_a_pause_that_ends_at_night_lasts_until_the_morning():
    ends = datetime(2026, 11, 24, 2, tzinfo=UTC)
    quiet = Quiet("UTC", time(22), time(7), paused_until=ends)
    assert quiet.ends(START - 5 * HOUR) == datetime(2026, 11, 24, 7, tzinfo=UTC)


def _state(**changed):
    state = {
        "kind": Kind.GROUP, "occurs_at": START, "expires_at": START, "is_on": True,
        "is_wanted": True, "starts_at": START, "phones": 1,
    }  # fmt: skip
    return State(**state | changed)


DUE = START - HOUR
DECISIONS = [
    ({}, DUE, None),
    ({"is_on": False}, DUE, Outcome.OFF),
    ({"is_wanted": False}, DUE, Outcome.OFF),
    ({"is_cancelled": True}, DUE, Outcome.CANCELLED),
    ({"starts_at": START + HOUR}, DUE, Outcome.MOVED),
    ({"is_member": False}, DUE, Outcome.LEFT),
    ({"is_closed": True}, DUE, Outcome.CLOSED),
    ({}, START - LAST_MOMENT, Outcome.LATE),
    ({"attempts": 3}, START, Outcome.FAILED),
    ({"attempts": 3, "is_accepted": True}, START, Outcome.SENT),
    ({"phones": 0}, START, Outcome.NO_PHONE),
]


@pytest.mark.parametrize(("changed", "now", "outcome"), DECISIONS)
def test_what_is_decided_about_a_due_message(changed, now, outcome):
    decided = verdict(_state(**changed), now)
    assert decided.outcome == outcome
    assert decided.sends is (outcome is None)


def test_only_a_message_that_one_asks_for_to_try_the_phone_rings_in_quiet_hours():
    quiet = Quiet("UTC", from_hour=time(21), until_hour=time(23, 30))
    assert not verdict(_state(quiet=quiet), DUE).sends
    assert verdict(_state(quiet=quiet, kind=Kind.TEST), DUE).sends


@given(
    instants, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 2), st.integers(0, 3),
    st.none() | instants,
)  # fmt: skip
def test_nothing_is_ever_sent_after_the_start_or_against_the_state(
    now, on, cancelled, member, phones, attempts, paused
):
    state = _state(
        is_on=on, is_cancelled=cancelled, is_member=member, phones=phones, attempts=attempts,
        quiet=Quiet("UTC", paused_until=paused),
    )  # fmt: skip
    decided = verdict(state, now)
    if decided.sends:
        assert on
        assert member
        assert phones
        assert not cancelled
        assert now < START - LAST_MOMENT
        assert paused is None or paused <= now
    elif decided.until:
        assert now < decided.until <= START


@given(st.integers(1, 500), st.floats(0, 1), st.text(max_size=40))
def test_tries_come_at_reasonable_distances_whatever_a_service_says(attempts, chance, said):
    for result in Result:
        if not result.is_final:
            waits = next_try(result, attempts, START, said, chance) - START
            assert timedelta(0) <= waits <= 1.2 * HOUR


@given(st.none() | st.integers(100, 999), st.text(max_size=12))
def test_every_answer_means_something(status, trouble):
    result = result_of(status, trouble)
    assert (result == Result.ACCEPTED) is (status is not None and 200 <= status < 300)


def test_a_clock_that_leaps_is_not_believed_until_it_stays():
    steady = SteadyClock()
    assert steady.is_believed(START, 1_000)
    assert steady.is_believed(START + timedelta(seconds=60), 1_060)
    leapt = START + 2 * HOUR
    assert not steady.is_believed(leapt + timedelta(seconds=62), 1_062)
    assert not steady.is_believed(leapt + timedelta(seconds=150), 1_150)
    # Back again: as if nothing had been.
    assert steady.is_believed(START + timedelta(seconds=152), 1_152)
    # And one that stays is the truth after two minutes.
    assert not steady.is_believed(leapt + timedelta(seconds=200), 1_200)
    assert steady.is_believed(leapt + timedelta(seconds=321), 1_321)
    # Slow drift is followed.
    for step in range(100):
        assert steady.is_believed(leapt + timedelta(seconds=321 + step * 31), 1_321 + step * 30)
