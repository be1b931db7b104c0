"""When a reminder rings, and what to do with it at the moment of sending. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from uuid import UUID

from webapp.core.clock import instant, local

STALE = timedelta(minutes=30)  # a reminder for a time of day isn't sent later than this
LAST_MOMENT = timedelta(seconds=5)  # what one attempt may take: none arrives after the start
LOOK_AGAIN = timedelta(minutes=2)  # nobody to send to yet
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SOONEST, LATEST = timedelta(seconds=15), timedelta(minutes=15)
AT_THEIR_WORD = timedelta(hours=1)  # the longest that a push service may make us wait


class Kind(StrEnum):
    """What a reminder is for. In clear, so it says nothing; names are sealed."""

    GROUP = "group"
    WRITE = "write"  # before group: a moment to write something down
    DAILY = "daily"  # a time of day: a feature's own, with its name sealed
    TEST = "test"
    CHANGED = "changed"  # a group is off, moved, or on again
    DEVICE = "device"  # the account was opened on a device that wasn't known


class Outcome(StrEnum):
    """What became of a notification."""

    SENT = "sent"
    FAILED = "failed"
    NO_PHONE = "no_phone"
    OFF = "off"
    CANCELLED = "cancelled"
    MOVED = "moved"
    LEFT = "left"
    NOT_EXPECTED = "not_expected"
    NOT_DUE = "not_due"
    LATE = "late"
    HELD = "held"
    CLOSED = "closed"


class Result(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    GONE = "gone"  # the phone's subscription doesn't exist any more
    REFUSED = "refused"  # for good, for this message
    NOT_ALLOWED = "not_allowed"  # not an address that we write to
    OUR_FAULT = "our_fault"  # our key or contact wasn't accepted
    TOO_BIG = "too_big"
    BUSY = "busy"
    UNREACHABLE = "unreachable"

    @property
    def is_final(self) -> bool:
        """Whether trying again makes no sense."""
        return self in (Result.ACCEPTED, Result.GONE, Result.REFUSED, Result.NOT_ALLOWED)


@dataclass(frozen=True)
class BeforeGroup:
    """Some minutes before each group session, one reminder for each lead time."""

    leads: tuple[int, ...] = (60,)
    kind: Kind = Kind.GROUP


@dataclass(frozen=True)
class AtTimes:
    """At times of day, on some days of the week. `about` is the feature's row that it is for."""

    times: tuple[time, ...]
    zone: str
    from_day: date
    about: UUID | None = None
    name: str = ""
    weekdays: tuple[int, ...] = EVERY_DAY
    until_day: date | None = None
    kind: Kind = Kind.DAILY


Rule = BeforeGroup | AtTimes


@dataclass(frozen=True)
class Quiet:
    """When a person wants no sound: hours of the day, and everything until some instant."""

    zone: str
    from_hour: time | None = None
    until_hour: time | None = None
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether everything waits until some instant."""
        return self.paused_until is not None and self.paused_until > now

    def ends(self, now: datetime) -> datetime | None:
        """When it may ring again, if it may not now."""
        ends = self._hours_end(now)
        if self.paused_until is not None and self.paused_until > now:
            after = self._hours_end(self.paused_until) or self.paused_until
            ends = max(after, ends or after)
        return ends

    def _hours_end(self, now: datetime) -> datetime | None:
        if self.from_hour is None or self.until_hour is None or self.from_hour == self.until_hour:
            return None
        today = local(now, self.zone).date()
        for day in (today - timedelta(days=1), today):
            begins = instant(day, self.from_hour, self.zone)
            last = day if self.from_hour < self.until_hour else day + timedelta(days=1)
            ends = instant(last, self.until_hour, self.zone)
            if begins <= now < ends:
                return ends
        return None


@dataclass(frozen=True)
class State:
    """All that decides about one due notification, as it stands now."""

    kind: Kind
    occurs_at: datetime
    expires_at: datetime
    is_on: bool
    is_wanted: bool  # this lead or time is still part of the rule
    starts_at: datetime | None = None  # of its group session, as planned now
    is_cancelled: bool = False
    is_member: bool = True
    is_expected: bool = True  # on this one of the group's days
    is_due: bool = True  # what it is about is asked for on that day
    is_closed: bool = False  # the account
    quiet: Quiet | None = None
    phones: int = 0
    attempts: int = 0
    is_accepted: bool = False  # by one phone's service at least


@dataclass(frozen=True)
class Verdict:
    """Send it, or hold it until an instant, or be done with it."""

    outcome: Outcome | None = None
    until: datetime | None = None

    @property
    def sends(self) -> bool:
        """Whether to send it now."""
        return self.outcome is None and self.until is None


def verdict(state: State, now: datetime) -> Verdict:
    """What to do with a due notification."""
    ended = _why_not_at_all(state)
    if ended:
        return Verdict(ended)
    quiet_ends = state.quiet.ends(now) if state.quiet and state.kind != Kind.TEST else None
    if now >= state.expires_at - LAST_MOMENT:
        return Verdict(_why_never(state, held=quiet_ends is not None))
    if quiet_ends:
        return Verdict(until=min(quiet_ends, state.expires_at - LAST_MOMENT))
    if not state.phones:
        return Verdict(until=min(now + LOOK_AGAIN, state.expires_at - LAST_MOMENT))
    return Verdict()


def _why_not_at_all(state: State) -> Outcome | None:
    if state.is_closed:
        return Outcome.CLOSED
    if not (state.is_on and state.is_wanted):
        return Outcome.OFF
    if state.is_cancelled:
        return Outcome.CANCELLED
    if state.starts_at is not None and state.starts_at != state.occurs_at:
        return Outcome.MOVED
    if not state.is_member:
        return Outcome.LEFT
    if not state.is_due:
        return Outcome.NOT_DUE
    return None if state.is_expected else Outcome.NOT_EXPECTED


def _why_never(state: State, *, held: bool) -> Outcome:
    if state.is_accepted:
        return Outcome.SENT
    if state.attempts:
        return Outcome.FAILED
    if held:
        return Outcome.HELD
    return Outcome.LATE if state.phones else Outcome.NO_PHONE


def times_of(rule: AtTimes, after: datetime, until: datetime) -> Iterator[datetime]:
    """Each instant in [after, until) at which a rule for times of day rings."""
    day = max(rule.from_day, local(after, rule.zone).date() - timedelta(days=1))
    last = local(until, rule.zone).date()
    if rule.until_day is not None:
        last = min(last, rule.until_day)
    while day <= last:
        if day.weekday() in rule.weekdays:
            for at in rule.times:
                rings = instant(day, at, rule.zone)
                if after <= rings < until:
                    yield rings
        day += timedelta(days=1)


def result_of(status: int | None, trouble: str = "") -> Result:
    """What a push service's answer means (RFC 8030, and what the services do beyond it)."""
    if status is None:
        return Result.NOT_ALLOWED if trouble == "refused" else Result.UNREACHABLE
    if 200 <= status < 300:
        return Result.ACCEPTED
    named = {
        401: Result.OUR_FAULT, 403: Result.OUR_FAULT, 404: Result.GONE, 410: Result.GONE,
        408: Result.BUSY, 413: Result.TOO_BIG, 429: Result.BUSY,
    }  # fmt: skip
    return named.get(status, Result.BUSY if status >= 500 else Result.REFUSED)


def next_try(
    result: Result, attempts: int, now: datetime, retry_after: str, chance: float
) -> datetime:
    """When to try again after `attempts` that failed. `chance` from 0 to 1 spreads the crowd."""
    if result == Result.TOO_BIG and attempts < 2:
        return now
    waits = min(SOONEST * 2 ** min(attempts - 1, 10), LATEST) * (0.5 + chance)
    asked = _asked(retry_after, now) if result == Result.BUSY else None
    if asked is not None:
        waits = max(min(asked, AT_THEIR_WORD), timedelta(seconds=1)) * (1 + chance / 10)
    again: datetime = now + waits
    return again


def _asked(retry_after: str, now: datetime) -> timedelta | None:
    """What a Retry-After header says: seconds, or a date."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        return parsedate_to_datetime(text) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


class SteadyClock:
    """Wall time that isn't believed right after a jump.

    A machine's clock can leap for a minute (a virtual machine that wakes, a time server gone
    wrong). Nothing is sent on the strength of it until it stayed where it is for two minutes.
    """

    BELIEVED_AFTER, JUMP = 120.0, 30.0  # seconds

    def __init__(self) -> None:
        self.is_new = True  # another one is believed than before, or the first: somebody may look
        self._wall_ahead: float | None = None
        self._doubtful: tuple[float, float] | None = None  # how far it was then, and since when

    def is_believed(self, wall: datetime, monotonic: float) -> bool:
        """Whether `wall` can be trusted, as seen at `monotonic`. To be asked again and again."""
        ahead = wall.timestamp() - monotonic
        if self._wall_ahead is None or abs(ahead - self._wall_ahead) < self.JUMP:
            # Slow drift, as time servers correct it, is followed.
            self._wall_ahead, self._doubtful = ahead, None
            return True
        if self._doubtful is None or abs(ahead - self._doubtful[0]) >= self.JUMP:
            self._doubtful = ahead, monotonic
        elif monotonic - self._doubtful[1] >= self.BELIEVED_AFTER:
            self._wall_ahead, self._doubtful, self.is_new = ahead, None, True
            return True
        return False
