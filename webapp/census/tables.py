"""The numbers as tables: what the page draws and the file holds is the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from webapp.aftercare.points import Point
from webapp.attendance.forms import PRESENCES
from webapp.attendance.models import CAME
from webapp.census import answers
from webapp.census.answers import QUESTIONS, Question, Told
from webapp.census.queries import InGroup, InQuarter, Records, records
from webapp.core.dates import number
from webapp.core.quarters import Quarter
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.counting.hiding import FEWEST, Shown
from webapp.discharge.forms import OUTCOMES
from webapp.program.hours import in_hours
from webapp.settings.current import clinic_settings

POINTS = {
    Point.FIRST_WEEK: _l("In the first week"),
    Point.DAY_90: _l("3 months after the program"),
    Point.DAY_180: _l("6 months after the program"),
    Point.DAY_365: _l("A year after the program"),
}
_GONE = "–"  # somebody canceled since
Line = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A heading, what the columns are called, and lines that begin with what they are about."""

    title: str
    heads: Line
    lines: list[Line]
    note: str = ""
    about: int = 1  # how many columns of a line say what it is about
    bars: list[tuple[str, int]] = field(default_factory=list)  # drawn besides, the first one first

    @property
    def parts(self) -> list[tuple[str, list[Line]]]:
        """The lines under what they have in common, each from its own last word on."""
        last = self.about - 1
        parts = groupby(self.lines, key=lambda line: ", ".join(line[:last]))
        return [(common, [line[last:] for line in lines]) for common, lines in parts]


@dataclass(frozen=True)
class Numbers:
    """All of the page."""

    program: list[Table]
    groups: list[Table]  # the latest quarter first
    answers: list[Table]
    answer_groups: list[Table]  # the same

    @property
    def all(self) -> list[Table]:
        """In the order of the page."""
        return [*self.program, *self.groups, *self.answers, *self.answer_groups]


def numbers(now: datetime) -> Numbers:
    """The program in numbers, as of now."""
    found = records(now)
    made_at = {str(id): found.made_at[id] for id, _name in found.groups if id}
    quarters, told = answers.told(now, made_at)
    names = {str(id): name for id, name in found.groups if id}
    return Numbers(
        [_care(found), _attendance(found), _weeks(found), _endings(found), _messages(found)],
        [_groups(found, one) for one in found.quarters] if found.groups else [],
        [table for point in Point if (table := _answers(point, quarters, told))],
        [table for quarter in quarters if (table := _by_group(quarter, told, names))],
    )


def named(quarter: Quarter) -> str:
    """Q3 2026."""
    return _("Q%(number)s %(year)s", number=quarter.number, year=quarter.year)


def _by_quarter(found: Records, *columns: tuple[Any, Any]) -> tuple[Line, list[Line]]:
    heads = (_("Quarter"), *(str(name) for name, _value in columns))
    lines = [
        (_named(one, found), *(_said(value(one)) for _name, value in columns))
        for one in found.quarters
    ]
    return heads, lines


def _named(one: InQuarter, found: Records) -> str:
    name = named(one.span.quarter)
    return _("%(quarter)s so far", quarter=name) if one is found.quarters[0] else name


def _said(value: int | float | str) -> str:
    return value if isinstance(value, str) else number(value)


def _bars(found: Records, name: str) -> list[tuple[str, int]]:
    return [(named(one.span.quarter), getattr(one, name)) for one in reversed(found.quarters)]


def _care(found: Records) -> Table:
    heads, lines = _by_quarter(
        found,
        (_l("In care at the end"), lambda one: one.in_care),
        (_l("In care during it"), lambda one: one.during),
        (_l("Admitted"), lambda one: one.admitted),
        (_l("Left"), lambda one: one.left),
    )
    note = _("Patients of at least one group. Moving to another group is neither.")
    return Table(_("People in care"), heads, lines, note, bars=_bars(found, "during"))


def _attendance(found: Records) -> Table:
    heads, lines = _by_quarter(
        found,
        *((name, lambda one, which=which: one.presences[which])
          for which, name in PRESENCES.items()),
        (_l("Came"), lambda one: _share(sum(one.presences[which] for which in CAME),
                                        one.presences.total())),
        (_l("Hours attended"), lambda one: in_hours(one.minutes)),
    )  # fmt: skip
    return Table(_("Attendance"), heads, lines, _("Only sessions where attendance was taken."))


def _share(some: int, of: int) -> str:
    return _("%(share)s%%", share=number(round(100 * some / of))) if of else "–"


def _weeks(found: Records) -> Table:
    settings = clinic_settings()
    least, most = number(settings.week_hours_least), number(settings.week_hours_most)
    heads, lines = _by_quarter(
        found,
        (_("Under %(hours)s hours", hours=least), lambda one: one.weeks["under"]),
        (_("%(least)s–%(most)s hours", least=least, most=most), lambda one: one.weeks["in"]),
        (_("Over %(hours)s hours", hours=most), lambda one: one.weeks["over"]),
        (_l("In range"), lambda one: _share(one.weeks["in"], one.weeks.total())),
    )
    note = _("Whole weeks of one patient each, by hours attended in all groups. Only weeks for "
             "which their attendance was taken.")  # fmt: skip
    return Table(_("Weeks by hours"), heads, lines, note)


def _endings(found: Records) -> Table:
    heads, lines = _by_quarter(
        found,
        *((name, lambda one, which=which: one.endings[which]) for which, name in OUTCOMES.items()),
        (_l("No discharge recorded"), lambda one: one.endings[None]),
    )
    return Table(_("How care ended"), heads, lines, _("What the last discharge says."))


def _messages(found: Records) -> Table:
    heads, lines = _by_quarter(found, (_l("Messages"), lambda one: one.messages))
    note = _("Reminders and notices. Accepted doesn’t mean seen.")
    return Table(_("Accepted by push services"), heads, lines, note)


def _groups(found: Records, one: InQuarter) -> Table:
    is_now = one is found.quarters[0]
    title = _("By group, %(quarter)s", quarter=_named(one, found))
    heads = [
        _("Group"),
        _("In it now") if is_now else _("In it at the end"),
        _("Joined"),
        _("Left"),
    ]
    heads += [_("Came"), _("Hours attended")]
    if is_now:
        heads.append(_("Authorizations ending within two weeks"))
    lines = []
    for id, name in found.groups:
        short = [number(found.running_out[id])] if is_now else []
        lines.append((name or _("Individual sessions"), *_group(one.groups[id]), *short))
    note = _("Someone in several groups is in each. Ending means: used up, run out, or up for "
             "concurrent review.")  # fmt: skip
    return Table(title, tuple(heads), lines, note if is_now else "")


def _group(group: InGroup) -> Line:
    counts = (len(group.people), group.joined, group.left)
    share = _share(group.came, group.marked)
    return (*(number(count) for count in counts), share, in_hours(group.minutes))


def _answers(point: Point, quarters: list[Quarter], told: Told) -> Table | None:
    """One point's answers; nothing where no quarter has any to show."""
    columns = {
        question.name: [told[str(quarter), point, question.name] for quarter in quarters]
        for question in QUESTIONS
    }
    if not any(one is None or one.total for some in columns.values() for one in some):
        return None
    lines = [line for question in QUESTIONS for line in _lines(question, columns[question.name])]
    heads = (_("Question"), _("Answer"), *(named(quarter) for quarter in quarters))
    return Table(str(POINTS[point]), heads, lines, about=2)


def _lines(question: Question, columns: list[Shown[str] | None]) -> Iterator[Line]:
    for at, answer in enumerate(question.answers):
        yield (str(question.asked), str(answer), *(_cell(one, at) for one in columns))
    yield (str(question.asked), _("All answers"), *(_total(one) for one in columns))


def _cell(column: Shown[str] | None, at: int) -> str:
    if column is None:
        return _GONE
    return number(column.clinic[at]) if column.clinic else _("not shown")


def _total(column: Shown[str] | None) -> str:
    if column is None:
        return _GONE
    few = _("fewer than %(count)s", count=number(FEWEST))
    return number(column.total) if column.total else few


def _by_group(quarter: Quarter, told: Told, names: Mapping[str, str]) -> Table | None:
    """The groups of which everything about a question may be shown, where there are several."""
    found = [
        (point, question, one.groups)
        for point in Point
        for question in QUESTIONS
        if (one := told[str(quarter), point, question.name]) and one.groups
    ]
    ids = [id for id in names if any(id in groups for _point, _question, groups in found)]
    if len(names) < 2 or not ids:
        return None
    lines: list[Line] = []
    for point, question, groups in found:
        for at, answer in enumerate(question.answers):
            cells = (number(groups[id][at]) if id in groups else "–" for id in ids)
            lines.append((str(POINTS[point]), str(question.asked), str(answer), *cells))
    heads = (_("When"), _("Question"), _("Answer"), *(names[id] for id in ids))
    title = _("Answers by group, %(quarter)s", quarter=named(quarter))
    return Table(title, heads, lines, about=3)
