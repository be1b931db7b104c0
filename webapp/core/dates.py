"""Dates in words. Hand-made from Babel's names: its patterns cost more than the page around."""

from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names, get_timezone, get_timezone_name
from flask import Flask

from webapp.core import clock
from webapp.core.wording import gettext as _
from webapp.core.wording import language, ngettext, speaker


def init_app(app: Flask) -> None:
    """Make the words available to every template."""
    app.jinja_env.filters |= {
        "hour": hour,
        "day": day,
        "when": when,
        "until": until,
        "wall": wall,
        "weekday": weekday,
        "zone_name": zone_name,
    }


def hour(instant: datetime, zone: str) -> str:
    """6:00 pm"""
    at = clock.local(instant, zone)
    return _hour(at)


def wall(at: time) -> str:
    """6:00 pm, for a time on the wall"""
    return _hour(at)


def day(instant: datetime | date, zone: str = "") -> str:
    """Monday 23 November"""
    at = clock.local(instant, zone) if zone and isinstance(instant, datetime) else instant
    return f"{_days('wide')[at.weekday()]} {at.day} {_months()[at.month]}"


def short_day(day: date) -> str:
    """23 Nov"""
    return f"{day.day} {_months('abbreviated')[day.month]}"


def weekday(number: int) -> str:
    """Monday, for 0"""
    return _days("wide")[number]


def zone_name(zone: str) -> str:
    """Eastern Time, for America/New_York"""
    return _zone_name(zone, language())


def when(instant: datetime, zone: str, now: datetime | None = None) -> str:
    """today 3:50 pm, yesterday 11:05 pm, Sat 9:00 am, 12 Nov, 12 Nov 2025"""
    return _when(instant, zone, _today(now or clock.now(), zone), speaker())


# A page says it of each of its lines, and mostly of the same ones as the last time.
@lru_cache(maxsize=4_096)
def _when(instant: datetime, zone: str, today: date, _speaker: object) -> str:
    at = clock.local(instant, zone)
    days = today.toordinal() - at.toordinal()
    if days == 0:
        return _("today %(hour)s", hour=_hour(at))
    if days == 1:
        return _("yesterday %(hour)s", hour=_hour(at))
    if days == -1:
        return _("tomorrow %(hour)s", hour=_hour(at))
    if -7 < days < 7:
        return f"{_days('abbreviated')[at.weekday()]} {_hour(at)}"
    short = f"{at.day} {_months('abbreviated')[at.month]}"
    return short if at.year == today.year else f"{short} {at.year}"


def until(instant: datetime, now: datetime | None = None) -> str:
    """in 2 h 10, in 5 min, in 3 days, now"""
    minutes = int((instant - (now or clock.now())).total_seconds() // 60)
    if minutes <= 0:
        return _("now")
    if minutes < 60:
        return _("in %(minutes)s min", minutes=minutes)
    if minutes < 24 * 60:
        return _("in %(hours)s h %(minutes)02d", hours=minutes // 60, minutes=minutes % 60)
    return ngettext("in %(num)s day", "in %(num)s days", round(minutes / 1440))


@lru_cache(maxsize=8)
def _today(now: datetime, zone: str) -> date:
    return clock.local(now, zone).date()


def _hour(at: datetime | time) -> str:
    half = _("am") if at.hour < 12 else _("pm")
    return f"{at.hour % 12 or 12}:{at.minute:02d} {half}"


def _days(width: str) -> dict[int, str]:
    return _day_names(width, language())


def _months(width: str = "wide") -> dict[int, str]:
    return _month_names(width, language())


@cache
def _zone_name(zone: str, code: str) -> str:
    # Arizona's is no Mountain Time: that changes in summer.
    winter, summer = (datetime(2026, month, 1, tzinfo=ZoneInfo(zone)) for month in (1, 7))
    changes = winter.utcoffset() != summer.utcoffset()
    variant: Literal["generic", "standard"] = "generic" if changes else "standard"
    return get_timezone_name(get_timezone(zone), zone_variant=variant, locale=code)


@cache
def _day_names(width: str, code: str) -> dict[int, str]:
    return dict(get_day_names(width, locale=code))  # type: ignore[arg-type]


@cache
def _month_names(width: str, code: str) -> dict[int, str]:
    return dict(get_month_names(width, locale=code))  # type: ignore[arg-type]
