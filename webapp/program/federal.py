"""The public holidays of the United States, by rule: 5 U.S.C. 6103(a), as amended through 2021.

Who works Monday to Friday has the Friday before one that falls on a Saturday (6103(b)(1)), and the
Monday after one that falls on a Sunday (Executive Order 11582, section 3). Inauguration Day,
6103(c), is Washington's alone.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from webapp.core.wording import lazy_gettext as _l

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6


class FederalHoliday(NamedTuple):
    """A holiday, and the day off for it."""

    name: Any  # in whoever's language reads it
    day: date
    observed: date


def federal_holidays(year: int) -> list[FederalHoliday]:
    """The eleven of a year. New Year's Day may be observed on the last day of the year before."""
    by_rule = {
        _l("New Year’s Day"): date(year, 1, 1),
        _l("Birthday of Martin Luther King, Jr."): _nth(3, MONDAY, year, 1),
        _l("Washington’s Birthday"): _nth(3, MONDAY, year, 2),
        _l("Memorial Day"): _nth(1, MONDAY, year, 6) - timedelta(weeks=1),  # the last one in May
        _l("Juneteenth"): date(year, 6, 19),
        _l("Independence Day"): date(year, 7, 4),
        _l("Labor Day"): _nth(1, MONDAY, year, 9),
        _l("Columbus Day"): _nth(2, MONDAY, year, 10),
        _l("Veterans Day"): date(year, 11, 11),
        _l("Thanksgiving Day"): _nth(4, THURSDAY, year, 11),
        _l("Christmas Day"): date(year, 12, 25),
    }
    return [FederalHoliday(name, day, _observed(day)) for name, day in by_rule.items()]


def _nth(number: int, weekday: int, year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=number - 1)


def _observed(day: date) -> date:
    return day + timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0))
