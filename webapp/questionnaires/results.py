"""What a score says: a sentence on how it moved, and what stands for which numbers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from webapp.core import clock
from webapp.core.dates import short_day
from webapp.core.wording import gettext as _
from webapp.questionnaires.chart import Chart, chart
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.queries import Past
from webapp.questionnaires.scoring import Better, Change, Scale, change, plain, reach


@dataclass(frozen=True)
class AnswerRow:
    """One time, for the table under the chart."""

    day: str
    value: str


@dataclass(frozen=True)
class Meaning:
    """What some numbers stand for, in a sentence."""

    first: str
    last: str
    says: str
    is_now: bool


@dataclass(frozen=True)
class ScaleResult:
    """One scale, told."""

    name: str
    sentence: str
    way: str
    value: str
    most: str
    chart: Chart
    rows: tuple[AnswerRow, ...]
    meanings: tuple[Meaning, ...]


def tell(instrument: Instrument, past: list[Past], zone: str) -> list[ScaleResult]:
    """Each scale that the latest time has; `past` is that time and those before it."""
    return [
        _scale(scale, instrument, [(at.at, at.scores[scale.name]) for at in past if scale.name in
                                 at.scores], zone)
        for scale in instrument.scoring.scales if past and scale.name in past[-1].scores
    ]  # fmt: skip


def _scale(
    scale: Scale, instrument: Instrument, points: list[tuple[datetime, Decimal]], zone: str
) -> ScaleResult:
    now = points[-1][1]
    ends = reach(scale, instrument.questionnaire)
    return ScaleResult(
        name=scale.name,
        sentence=_moved(scale, points, zone),
        way=_way(scale),
        value=plain(now),
        most=plain(ends[1]),
        chart=chart(points, ends, [(band.first, band.last) for band in scale.bands]),
        rows=tuple(AnswerRow(_day(at, zone), plain(value)) for at, value in reversed(points)),
        meanings=tuple(
            Meaning(plain(band.first), plain(band.last), band.says, band.first <= now <= band.last)
            for band in scale.bands
        ),
    )


def _moved(scale: Scale, points: list[tuple[datetime, Decimal]], zone: str) -> str:
    if len(points) < 2:
        return _("This is your first time. Next time, you’ll see here what changed.")
    (then, before), (_at, now) = points[-2], points[-1]
    moved = change(scale, before, now)
    values = {"now": plain(now), "before": plain(before), "day": _day(then, zone)}
    if scale.better == Better.HIGHER and moved == Change.EASIER:
        return _("Your score is %(now)s now. It was %(before)s on %(day)s. That’s better than "
                 "before.",
                 **values)  # fmt: skip
    if scale.better == Better.HIGHER and moved == Change.HARDER:
        return _("Your score is %(now)s now. It was %(before)s on %(day)s. That’s lower than "
                 "before. You can talk about it with your team.", **values)  # fmt: skip
    return {
        Change.SAME: _("Your score is %(now)s now. It was %(before)s on %(day)s. That’s about the "
                       "same.",
                       **values),
        Change.EASIER: _("Your score is %(now)s now. It was %(before)s on %(day)s. Things got "
                         "easier.",
                         **values),
        Change.HARDER: _("Your score is %(now)s now. It was %(before)s on %(day)s. Things got "
                         "harder. You "
                         "can talk about it with your team.", **values),
        Change.LOWER: _("Your score is %(now)s now. It was %(before)s on %(day)s. It went down.",
                        **values),
        Change.HIGHER: _("Your score is %(now)s now. It was %(before)s on %(day)s. It went up.",
                         **values),
    }[moved]  # fmt: skip


def _way(scale: Scale) -> str:
    if scale.better is None:
        return ""
    lower = scale.better == Better.LOWER
    return _("A lower score means things are easier.") if lower else _("A higher score is better.")


def _day(at: datetime, zone: str) -> str:
    return short_day(clock.local(at, zone).date())
