"""What repeats in somebody's own entries. Pure: one pass over plain values, `today` an argument.

Times are wall-clock times where the person was, so an evening is an evening in any zone and on
any clock-change night. With few entries chance looks like a pattern, so below five entries
nothing is concluded, and what helped is told only from three times on.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from webapp.core.folding import folded

FEW, ENOUGH, STRONG = 5, 3, 7
BUCKETS, BLOCK = 28, 3  # points of a line; hours of a block in the week's map
HALT = ("hungry", "angry", "lonely", "tired")
LONGEST = 300  # characters of what somebody did that are looked at

_PARTS = re.compile(r"[,.;:!?\n]+|\band\b|\bthen\b|\band then\b", re.IGNORECASE)
_FILLERS = {"i", "a", "an", "the", "my", "went", "for", "to", "took", "did", "made", "had"}


class Part(StrEnum):
    """A part of the day, six hours each."""

    NIGHT = "night"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


PARTS = list(Part)


class Trend(StrEnum):
    """How the later half compares with the earlier one."""

    WEAKER = "weaker"
    STRONGER = "stronger"
    SAME = "same"


@dataclass(frozen=True)
class Moment:
    """One entry: when on the wall clock, how strong, and what was said about it."""

    at: datetime
    urge: int | None  # none where words were enough
    after: int | None = None
    kinds: tuple[str, ...] = ()
    feelings: tuple[str, ...] = ()
    did: str | None = None
    what: tuple[str, ...] = ()


@dataclass
class Mean:
    """How many there are, and the mean of those that have a number. Both grow."""

    count: int = 0
    rated: int = 0
    total: int = 0

    def add(self, value: int | None) -> None:
        """One more, with its number if it has one."""
        self.count += 1
        if value is not None:
            self.rated, self.total = self.rated + 1, self.total + value

    def merge(self, other: "Mean") -> None:
        """All of another one, too."""
        self.count, self.rated = self.count + other.count, self.rated + other.rated
        self.total += other.total

    @property
    def mean(self) -> float | None:
        """The mean, or None of no number."""
        return self.total / self.rated if self.rated else None


@dataclass(frozen=True)
class Point:
    """Some days on the time axis."""

    first: date
    last: date
    count: int
    mean: float | None


@dataclass(frozen=True)
class Helped:
    """Something that somebody did, how often, and by how much the urge fell on average."""

    what: str
    count: int
    drop: float
    fell: int  # how many times it fell


@dataclass(frozen=True)
class Hardest:
    """When strong urges came most: an hour, of one weekday if that can be said."""

    weekday: int | None
    hour: int
    count: int
    kinds: tuple[str, ...]  # what set off at least half of them


@dataclass
class Patterns:
    """Everything that the page tells."""

    count: int = 0
    strong: int = 0
    points: list[Point] = field(default_factory=list)
    moods: list[tuple[str, list[int]]] = field(default_factory=list)  # a feeling, times a point
    heat: list[list[Mean]] = field(
        default_factory=lambda: [[Mean() for _ in range(24 // BLOCK)] for _ in range(7)]
    )
    kinds: list[tuple[str, Mean]] = field(default_factory=list)
    what: list[tuple[str, Mean]] = field(default_factory=list)  # it was about, in own words
    halt: list[tuple[str, Mean]] = field(default_factory=list)
    helped: list[Helped] = field(default_factory=list)
    peak: tuple[bool | None, Part | None] | None = None  # on weekends?, part of the day
    hardest: Hardest | None = None
    trend: Trend | None = None
    since_strong: int | None = None
    between_strong: float | None = None

    @property
    def too_early(self) -> bool:
        """Whether there is too little to conclude anything."""
        return self.count < FEW


def patterns(moments: Iterable[Moment], first: date | None, today: date) -> Patterns:
    """Look once at each moment, in any order. `first` is the first day of the time axis."""
    found, tally = Patterns(), _Tally()
    for moment in moments:
        found.count += 1
        found.heat[moment.at.weekday()][moment.at.hour // BLOCK].add(moment.urge)
        tally.add(moment)
        if (moment.urge or 0) >= STRONG:
            found.strong += 1
    found.points, found.moods = tally.axis(first, today)
    found.kinds, found.what = _by_count(tally.kinds), _by_count(tally.what)
    found.halt = [(name, tally.feelings[name]) for name in HALT if name in tally.feelings]
    found.helped = tally.did.found()
    found.trend = tally.trend()
    found.peak = _peak(tally.strong_at)
    found.hardest = _hardest(tally.strong)
    days = sorted(tally.strong_days)
    if days:
        found.since_strong = max((today - days[-1]).days, 0)
    if len(days) >= ENOUGH:
        found.between_strong = median((later - former).days for former, later in pairwise(days))
    return found


def helped(moments: Iterable[tuple[str | None, int | None, int | None]]) -> list[Helped]:
    """What made urges fall, the most first: (what I did, before, after) of each moment."""
    tally = _Did()
    for did, before, after in moments:
        tally.add(did, before, after)
    return tally.found()


class _Did:
    """What was done, and by how much the urge fell.

    People write the same few things again, so a text is taken apart once, at the end.
    """

    def __init__(self) -> None:
        self.falls: dict[str, list[int]] = {}

    def add(self, did: str | None, before: int | None, after: int | None) -> None:
        if did and before is not None and after is not None:
            self.falls.setdefault(did[:LONGEST], []).append(before - after)

    def found(self) -> list[Helped]:
        words: dict[str, str] = {}
        falls: dict[str, list[int]] = {}
        for did, these in self.falls.items():
            for key, text in things(did).items():
                words[key] = min(words.get(key, text), text, key=_shorter)
                falls.setdefault(key, []).extend(these)
        rows = [
            Helped(
                words[key], len(these), sum(these) / len(these), sum(change > 0 for change in these)
            )
            for key, these in falls.items()
            if len(these) >= ENOUGH and sum(these) > 0
        ]
        return sorted(rows, key=lambda row: (-row.drop, -row.count, row.what))


def things(did: str) -> dict[str, str]:
    """The things in what somebody wrote that they did, as they are called and as they were put.

    "A walk" and "Went for a walk" are one.
    """
    found: dict[str, str] = {}
    for part in _PARTS.split(did[:LONGEST]):
        text = part.split()
        at = next((i for i, word in enumerate(text) if folded(word) not in _FILLERS), len(text))
        key, whole = folded(" ".join(text[at:]))[:60], " ".join(text)[:80]
        if key:
            found.setdefault(key, whole[0].upper() + whole[1:])
    return found


def _shorter(text: str) -> tuple[int, str]:
    return len(text), text


@dataclass
class _Tally:
    """What one pass collects."""

    days: dict[date, Mean] = field(default_factory=dict)
    felt: dict[str, Counter[date]] = field(default_factory=dict)
    feelings: dict[str, Mean] = field(default_factory=dict)
    kinds: dict[str, Mean] = field(default_factory=dict)
    what: dict[str, Mean] = field(default_factory=dict)
    strong_at: Counter[tuple[bool, Part]] = field(default_factory=Counter)
    strong_days: set[date] = field(default_factory=set)
    strong: list[Moment] = field(default_factory=list)
    did: _Did = field(default_factory=_Did)

    def add(self, moment: Moment) -> None:
        day = moment.at.date()
        self.days.setdefault(day, Mean()).add(moment.urge)
        for kind in moment.kinds:
            self.kinds.setdefault(kind, Mean()).add(moment.urge)
        for what in moment.what:
            self.what.setdefault(what, Mean()).add(moment.urge)
        for feeling in moment.feelings:
            self.feelings.setdefault(feeling, Mean()).add(moment.urge)
            self.felt.setdefault(feeling, Counter())[day] += 1
        self.did.add(moment.did, moment.urge, moment.after)
        if (moment.urge or 0) >= STRONG:
            self.strong_days.add(day)
            self.strong.append(moment)
            self.strong_at[day.weekday() >= 5, PARTS[moment.at.hour // 6]] += 1

    def axis(
        self, first: date | None, today: date
    ) -> tuple[list[Point], list[tuple[str, list[int]]]]:
        """At most 28 points from the first day to the last, and the feelings on the same axis."""
        if not self.days:
            return [], []
        first = min([first, *self.days] if first else self.days)
        last = max(today, max(self.days))
        width = -(-((last - first).days + 1) // BUCKETS)
        size = -(-((last - first).days + 1) // width)
        sums = [Mean() for _ in range(size)]
        for day, mean in self.days.items():
            sums[(day - first).days // width].merge(mean)
        points = []
        for number, bucket in enumerate(sums):
            start = first + timedelta(days=number * width)
            end = min(start + timedelta(days=width - 1), last)
            points.append(Point(start, end, bucket.count, bucket.mean))
        most = sorted(self.feelings, key=lambda name: (-self.feelings[name].count, name))[:3]
        return points, [(name, self._placed(name, first, width, size)) for name in most]

    def _placed(self, feeling: str, first: date, width: int, size: int) -> list[int]:
        row = [0] * size
        for day, times in self.felt[feeling].items():
            row[(day - first).days // width] += times
        return row

    def trend(self) -> Trend | None:
        """The mean of the later half against the earlier half; a point of ten is a difference."""
        half = sum(day.rated for day in self.days.values()) / 2
        if half * 2 < FEW:
            return None
        early, late, passed = Mean(), Mean(), 0
        for _day, mean in sorted(self.days.items()):
            into = early if passed + mean.rated / 2 <= half else late
            into.merge(mean)
            passed += mean.rated
        if early.mean is None or late.mean is None or min(early.rated, late.rated) < 2:
            return None
        change = late.mean - early.mean
        if abs(change) < 1:
            return Trend.SAME
        return Trend.WEAKER if change < 0 else Trend.STRONGER


def _by_count(tallied: dict[str, Mean]) -> list[tuple[str, Mean]]:
    return sorted(tallied.items(), key=lambda row: (-row[1].count, row[0]))


def _peak(strong: Counter[tuple[bool, Part]]) -> tuple[bool | None, Part | None] | None:
    """When more than half of the strong urges come, as narrowly as that can be said."""
    total = sum(strong.values())
    if total < FEW:
        return None
    narrow: dict[tuple[bool | None, Part | None], int] = {}
    for (weekend, part), times in strong.items():
        for key in ((weekend, part), (None, part), (weekend, None)):
            narrow[key] = narrow.get(key, 0) + times
    # Five days of seven are weekdays, so a majority on weekdays alone says nothing.
    narrow.pop((False, None), None)
    most = [key for key, times in narrow.items() if times * 2 > total]
    most.sort(key=lambda key: (None in key, key[1] is None, -narrow[key]))
    return most[0] if most else None


def _hardest(strong: list[Moment]) -> Hardest | None:
    """The hour around which strong urges came on several days; nothing if another one is as hard.

    A weekday's needs three of its days and a quarter of all, an hour's alone five days and half.
    """
    if len(strong) < FEW:
        return None
    for of_weekday, days, part in ((True, ENOUGH, 4), (False, FEW, 2)):
        around: dict[tuple[int | None, int], list[int]] = {}
        for number, moment in enumerate(strong):
            for away in (-1, 0, 1):
                at = moment.at + timedelta(hours=away, minutes=30)  # to the nearest full hour
                key = (at.weekday() if of_weekday else None, at.hour)
                around.setdefault(key, []).append(number)
        most = max(map(len, around.values()))
        numbers = {at: found for at, found in around.items() if len(found) == most}
        hardest = {at: [strong[number] for number in found] for at, found in numbers.items()}
        when, those = min(hardest.items(), key=lambda row: (_away(*row), row[0][0] or 0, row[0][1]))
        chosen = set(numbers[when])
        is_one = not any(chosen.isdisjoint(found) for found in numbers.values())
        is_part = most * part >= len(strong)
        if is_one and is_part and len({moment.at.date() for moment in those}) >= days:
            return Hardest(when[0], when[1], most, _mostly(those))
    return None


def _away(at: tuple[int | None, int], those: list[Moment]) -> int:
    """By how many hours they are away from an hour, all together."""
    hours = ((moment.at + timedelta(minutes=30)).hour - at[1] for moment in those)
    return sum(min(away % 24, -away % 24) for away in hours)


def _mostly(those: list[Moment]) -> tuple[str, ...]:
    counts = Counter(kind for moment in those for kind in set(moment.kinds))
    return tuple(sorted(kind for kind, times in counts.items() if times * 2 >= len(those)))
