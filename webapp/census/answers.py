"""What patients answered who let it be counted, as far as it may be shown."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.aftercare.points import Point
from webapp.core import clock
from webapp.core.quarters import Quarter
from webapp.core.wording import lazy_gettext as _l
from webapp.counting.hiding import Shown, shown
from webapp.counting.queries import Answer, counted, last_settled, thinned
from webapp.settings.current import clinic_settings

QUARTERS = 4  # a year, of quarters to which nobody can add any more


@dataclass(frozen=True)
class Question:
    """What was asked, and the answers put together in two, so that enough people gave each."""

    name: str
    asked: Any
    answers: Mapping[Any, frozenset[int | str]]  # what it is called: which values it has


def _from(first: int, last: int) -> frozenset[int | str]:
    return frozenset(range(first, last + 1))


QUESTIONS = (
    Question("days_used", _l("Drank or used in the last 30 days"), {
        _l("On no day"): _from(0, 0), _l("On one day or more"): _from(1, 30),
    }),
    Question("going", _l("How life is going"), {
        _l("OK or better"): _from(3, 5), _l("Not well or badly"): _from(1, 2),
    }),
    Question("occupied", _l("Working, in school, or caring for home or family"), {
        _l("Yes"): frozenset(("full", "part", "home")), _l("No"): frozenset(("no",)),
    }),
    Question("nights", _l("Nights in a hospital in the last 30 days"), {
        _l("None"): _from(0, 0), _l("One or more"): _from(1, 30),
    }),
    Question("law", _l("Arrested or charged in the last 30 days"), {
        _l("No"): frozenset(("no",)), _l("Yes"): frozenset(("yes",)),
    }),
    Question("safety_plan", _l("Has a safety plan, in the app or on paper"), {
        _l("Yes"): frozenset(("yes",)), _l("No"): frozenset(("no",)),
    }),
    Question("app", _l("Used this app in the last 30 days"), {
        _l("On most days"): frozenset(("most",)),
        _l("Less often"): frozenset(("some", "hardly")),
    }),
)  # fmt: skip
_AT = {
    (question.name, value): at
    for question in QUESTIONS
    for at, values in enumerate(question.answers.values())
    for value in values
}
Groups = dict[str, list[int]]  # people by answer, by group; "" is all individual sessions
Told = dict[tuple[str, Point, str], Shown[str] | None]  # by quarter, point and question


def told(now: datetime, made_at: Mapping[str, datetime]) -> tuple[list[Quarter], Told]:
    """The quarters, the latest first, and what may be shown of each question; None where somebody
    canceled since. `made_at` says which groups there are besides the individual ones."""
    latest = last_settled(now)
    quarters = [latest.before(count) for count in range(QUARTERS)]
    people = _people(quarters)
    gone = thinned()
    return quarters, {
        (str(quarter), point, question.name): None
        if (str(quarter), point) in gone
        else _shown(
            people.get((str(quarter), point, question.name), {}), question, quarter, made_at
        )
        for quarter in quarters
        for point in Point
        for question in QUESTIONS
    }


def _people(quarters: Iterable[Quarter]) -> dict[tuple[str, str, str], Groups]:
    """How many people gave which answer. Whoever was asked twice in a quarter is one of them."""
    found: dict[tuple[str, str, str], Groups] = {}
    for one in _once(counted(), {str(quarter) for quarter in quarters}):
        at = _AT.get((one.question, one.value))
        if at is not None:
            groups = found.setdefault((one.quarter, one.point, one.question), {})
            groups.setdefault(one.group, [0, 0])[at] += 1
    return found


def _once(answers: Iterable[Answer], quarters: set[str]) -> Iterator[Answer]:
    heard = set()
    for one in answers:
        key = one.whose, one.quarter, one.point, one.question
        if one.quarter in quarters and key not in heard:
            heard.add(key)
            yield one


def _shown(
    groups: Groups, question: Question, quarter: Quarter, made_at: Mapping[str, datetime]
) -> Shown[str]:
    """With every group that there was by then, whether anybody of it answered or not."""
    end = clock.start_of_day(quarter.next.first, clinic_settings().zone)
    rows = {id: [0, 0] for id, at in sorted(made_at.items()) if at < end}
    for id, people in groups.items():
        row = rows.setdefault(id if id in rows else "", [0, 0])
        for at, count in enumerate(people):
            row[at] += count
    return shown(rows, len(question.answers))
