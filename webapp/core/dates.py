"""Dates, hours, lengths and zones in the reader's words: all of it from the locale's own data.

Babel's patterns cost more than the page around, so each text is made once and remembered. An hour
holds together on a page by its no-break space; what is sent, exported or compared takes `plain`.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from sys import maxsize
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_time,
    format_timedelta,
    get_day_names,
    get_timezone,
    get_timezone_name,
)
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask

from webapp.core import clock
from webapp.core.wording import gettext as _
from webapp.core.wording import language, speaker

Unit = Literal["day", "hour", "minute"]
Width = Literal["long", "short"]

HOUR, DAY = 60, 24 * 60
NO_BREAK = "\N{NO-BREAK SPACE}"


def init_app(app: Flask) -> None:
    """Make the words available to every template."""
    app.jinja_env.filters |= {
        "hour": hour,
        "day": day,
        "full_day": full_day,
        "short_day": short_day,
        "short_full_day": short_full_day,
        "month": month,
        "when": when,
        "exactly": exactly,
        "until": until,
        "lasting": length,  # `length` counts in Jinja
        "number": number,
        "wall": wall,
        "weekday": weekday,
        "short_weekday": short_weekday,
        "weekdays": weekdays,
        "zone_name": zone_name,
        "there": there,
    }


def plain(text: str) -> str:
    """With the spaces of a keyboard: for push texts, calendars, tables and what is searched."""
    return text.replace(NO_BREAK, " ")


def hour(instant: datetime, zone: str) -> str:
    """6:00 PM"""
    return wall(clock.local(instant, zone).time())


def wall(at: time) -> str:
    """6:00 PM, for a time on the wall"""
    return _hour(at.replace(second=0, microsecond=0), language())


def full_hour(at: int) -> str:
    """6 PM, for a full hour on the wall"""
    return _hour_alone(at, language())


def day(instant: datetime | date, zone: str = "") -> str:
    """Thursday, November 26; Friday, November 28, 2025 in another year"""
    at = _date(instant, zone)
    return _day(at, "day" if _is_this_year(at) else "full", language())


def full_day(instant: datetime | date, zone: str = "") -> str:
    """Thursday, November 26, 2026"""
    return _day(_date(instant, zone), "full", language())


def short_day(instant: datetime | date, zone: str = "") -> str:
    """Nov 26; Nov 28, 2025 in another year"""
    at = _date(instant, zone)
    return _day(at, "MMMd" if _is_this_year(at) else "yMMMd", language())


def short_full_day(instant: datetime | date, zone: str = "") -> str:
    """Nov 26, 2026"""
    return _day(_date(instant, zone), "yMMMd", language())


def month(day: date) -> str:
    """November 2026"""
    return _day(day, "yMMMM", language())


def weekday(number: int) -> str:
    """Monday, for 0"""
    return _weekdays(language(), "wide")[number]


def short_weekday(number: int) -> str:
    """Mon, for 0"""
    return _weekdays(language(), "abbreviated")[number]


def weekdays(numbers: Iterable[int]) -> str:
    """Monday, Wednesday, and Friday, for 0, 2 and 4"""
    return format_list([weekday(day_number) for day_number in numbers], locale=_locale(language()))


def zone_name(zone: str) -> str:
    """Eastern Time, for America/New_York"""
    return _zone_name(zone, language())


def there(said: str, zone: str, here: str) -> str:
    """6:00 PM Central Time, on a page that goes by the clock of another zone, `here`"""
    where = zone_name(zone)
    return said if where == zone_name(here) else f"{said} {where}"


def number(value: float) -> str:
    """1,234.5"""
    return _number(value, language())


def when(instant: datetime, zone: str, now: datetime | None = None) -> str:
    """today at 3:50 PM, yesterday at 11:05 PM, Sat 9:00 AM, Nov 12, Nov 12, 2025"""
    return _when(instant, zone, _today(now or clock.now(), zone), speaker(), language())


# A page says it of each of its lines, and mostly of the same ones as the last time.
@lru_cache(maxsize=4_096)
def _when(instant: datetime, zone: str, today: date, _speaker: object, code: str) -> str:
    at = clock.local(instant, zone)
    days = today.toordinal() - at.toordinal()
    if days == 0:
        return _("today at %(hour)s", hour=wall(at.time()))
    if days == 1:
        return _("yesterday at %(hour)s", hour=wall(at.time()))
    if days == -1:
        return _("tomorrow at %(hour)s", hour=wall(at.time()))
    if -7 < days < 7:
        return format_datetime(at, _with_hour("E", code), locale=_locale(code))
    return _day(at.date(), "MMMd" if at.year == today.year else "yMMMd", code)


def exactly(instant: datetime, zone: str, now: datetime | None = None) -> str:
    """The same, and never without the hour: Nov 12, 9:00 AM"""
    said, at = when(instant, zone, now), hour(instant, zone)
    return said if at in said else f"{said}, {at}"


def until(instant: datetime, now: datetime | None = None) -> str:
    """in 2 hr 10 min, in 5 min, in 3 days, now"""
    minutes = int((instant - (now or clock.now())).total_seconds() // 60)
    if minutes <= 0:
        return _("now")
    if minutes < DAY:
        return _("in %(length)s", length=_in_short(minutes, language()))
    return _("in %(length)s", length=_unit(round(minutes / DAY), "day", "long", language()))


def length(minutes: int) -> str:
    """3 hours, 45 minutes, 1 hr 30 min"""
    if minutes > HOUR and minutes % HOUR:
        return _in_short(minutes, language())
    if minutes < HOUR:
        return _unit(minutes, "minute", "long", language())
    return _unit(minutes // HOUR, "hour", "long", language())


def _date(instant: datetime | date, zone: str = "") -> date:
    if not isinstance(instant, datetime):
        return instant
    return (clock.local(instant, zone) if zone else instant).date()


def _is_this_year(at: date) -> bool:
    return at.year == clock.now().year


@lru_cache(maxsize=8)
def _today(now: datetime, zone: str) -> date:
    return clock.local(now, zone).date()


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def _spaced(text: str) -> str:
    # CLDR's narrow no-break space is missing in some fonts and unreadable to some voices.
    return text.replace("\N{NARROW NO-BREAK SPACE}", NO_BREAK)


@lru_cache(maxsize=2_048)
def _hour(at: time, code: str) -> str:
    return _spaced(format_time(at, "short", locale=_locale(code)))


@cache
def _hour_alone(at: int, code: str) -> str:
    return format_time(time(at), _with_hour("", code), locale=_locale(code))


def _has_halves(code: str) -> bool:
    return "a" in _locale(code).time_formats["short"].format


@cache
def _with_hour(day: Literal["", "E"], code: str) -> str:
    """The locale's pattern of an hour: alone, or to the minute after a weekday."""
    skeleton = day + ("h" if _has_halves(code) else "H") + ("m" if day else "")
    pattern = _locale(code).datetime_skeletons[skeleton].pattern
    return _spaced(pattern.replace(" a", f"{NO_BREAK}a"))


@lru_cache(maxsize=4_096)
def _day(at: date, width: str, code: str) -> str:
    if width in ("day", "full"):
        return format_date(at, _wide(code) if width == "day" else width, locale=_locale(code))
    return format_skeleton(width, at, locale=_locale(code))


@cache
def _wide(code: str) -> str:
    """The pattern of a day without its year. CLDR has it with short names, to be written out."""
    known = _locale(code).datetime_skeletons
    pattern = known.get("MMMMEd") or known["MMMEd"]
    written_out = {"E": "EEEE", "M": "MMMM", "L": "LLLL"}
    return re.sub("'[^']*'|E+|M+|L+", lambda it: written_out.get(it[0][0], it[0]), pattern.pattern)


@cache
def _weekdays(code: str, width: Literal["abbreviated", "wide"]) -> dict[int, str]:
    return dict(get_day_names(width, locale=_locale(code)))


@lru_cache(maxsize=2_048)
def _in_short(minutes: int, code: str) -> str:
    hours, rest = divmod(minutes, HOUR)
    said = [_unit(hours, "hour", "short", code)] if hours else []
    said += [_unit(rest, "minute", "short", code)] if rest else []
    return format_list(said, style="unit-narrow", locale=_locale(code))


@lru_cache(maxsize=2_048)
def _unit(count: int, unit: Unit, width: Width, code: str) -> str:
    # Not `format_unit`: it says "1 horas" where Spanish has one short form for every number.
    return format_timedelta(
        timedelta(**{f"{unit}s": count}),
        granularity=unit,
        threshold=maxsize,
        format=width,
        locale=_locale(code),
    )


@lru_cache(maxsize=2_048)
def _number(value: float, code: str) -> str:
    return format_decimal(value, locale=_locale(code))


@cache
def _zone_name(zone: str, code: str) -> str:
    # Arizona's is no Mountain Time: that changes in summer.
    winter, summer = (datetime(2026, month, 1, tzinfo=ZoneInfo(zone)) for month in (1, 7))
    changes = winter.utcoffset() != summer.utcoffset()
    variant: Literal["generic", "standard"] = "generic" if changes else "standard"
    return get_timezone_name(get_timezone(zone), zone_variant=variant, locale=_locale(code))
