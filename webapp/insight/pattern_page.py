"""The page that tells what repeats, in sentences first."""

from datetime import timedelta
from typing import Any

from flask import render_template

from webapp.accounts.access import current_person
from webapp.core import clock
from webapp.core.dates import full_hour, short_day, weekday
from webapp.core.limits import COUNTED
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.words import FEELINGS, TRIGGER_KINDS
from webapp.insight import queries
from webapp.insight.forms import ResponseForm
from webapp.insight.patterns import BLOCK, FEW, STRONG, Hardest, Part, Patterns, Trend, patterns
from webapp.settings.current import clinic_settings

PERIODS = {
    "4w": (_l("4 weeks"), 28),
    "12w": (_l("12 weeks"), 84),
    "year": (_l("1 year"), 364),
    "all": (_l("All"), None),
}


def pattern_page(period: str) -> str:
    """What repeats in one's own entries of this period."""
    if period not in PERIODS:
        period = "4w"
    zone, now = clinic_settings().zone, clock.now()
    today = clock.local(now, zone).date()
    days = PERIODS[period][1]
    first = today - timedelta(days=days - 1) if days else None
    found = patterns(queries.moments_of(current_person, first, zone), first, today)
    return render_template(
        "insight/patterns.html",
        found=found,
        mood=queries.moods_along(current_person, found.points, zone),
        said=_sentences(found),
        hardest=_hardest(found.hardest),
        form=ResponseForm(formdata=None),
        period=period,
        periods=PERIODS,
        feelings_in_words=FEELINGS,
        kinds_in_words=TRIGGER_KINDS,
        counted=COUNTED,
        hours=[full_hour(at) for at in range(0, 24, BLOCK)],
        strong=STRONG,
        dates=_dates(found),
    )


def _hardest(hardest: Hardest | None) -> dict[str, Any] | None:
    """When it was hardest, in words, and what is planned for it. Never what will be."""
    if hardest is None:
        return None
    hour = full_hour(hardest.hour)
    named = {"day": weekday(hardest.weekday) if hardest.weekday is not None else "", "hour": hour}
    if hardest.weekday is None:
        when, says = _("around %(hour)s", **named), _("Around %(hour)s has been your hardest hour.")
    else:
        when = _("%(day)s around %(hour)s", **named)
        says = _("%(day)s around %(hour)s has been your hardest hour.")
    return {
        "when": when,
        "says": says % named,
        "count": hardest.count,
        "plans": queries.plans_for(current_person, hardest),
    }


def _sentences(found: Patterns) -> dict[str, str]:
    """What each chart says, in a sentence; careful with small numbers."""
    if found.too_early:
        return {}
    return {
        "when": _when(found),
        "trend": {
            Trend.WEAKER: _("Your urges are weaker than before"),
            Trend.STRONGER: _("Your urges are stronger than before"),
            Trend.SAME: _("Your urges are about as strong as before"),
            None: _("Your urges over time"),
        }[found.trend],
    }


def _when(found: Patterns) -> str:
    if found.peak is None:
        many = found.strong >= FEW
        return _("Your urges come at many different times") if many else _("When your urges come")
    weekend, part = found.peak
    sentences: dict[tuple[bool | None, Part | None], str] = {
        (False, Part.NIGHT): _("Most of your strong urges come on weekday nights"),
        (False, Part.MORNING): _("Most of your strong urges come on weekday mornings"),
        (False, Part.AFTERNOON): _("Most of your strong urges come on weekday afternoons"),
        (False, Part.EVENING): _("Most of your strong urges come on weekday evenings"),
        (True, Part.NIGHT): _("Most of your strong urges come on weekend nights"),
        (True, Part.MORNING): _("Most of your strong urges come on weekend mornings"),
        (True, Part.AFTERNOON): _("Most of your strong urges come on weekend afternoons"),
        (True, Part.EVENING): _("Most of your strong urges come on weekend evenings"),
        (None, Part.NIGHT): _("Most of your strong urges come at night"),
        (None, Part.MORNING): _("Most of your strong urges come in the morning"),
        (None, Part.AFTERNOON): _("Most of your strong urges come in the afternoon"),
        (None, Part.EVENING): _("Most of your strong urges come in the evening"),
    }
    return sentences.get((weekend, part), _("Most of your strong urges come on weekends"))


def _dates(found: Patterns) -> list[dict[str, Any]]:
    return [
        {
            "first": short_day(point.first),
            "last": short_day(point.last) if point.last != point.first else "",
            "mean": point.mean,
            "count": point.count,
        }
        for point in found.points
    ]
