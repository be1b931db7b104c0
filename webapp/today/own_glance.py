"""What Today reads of journal, plan and check-ins: one look, made of the latest entries."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property, partial
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, or_, select

from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core.crypto.sealing import Closed
from webapp.core.data.types import UtcDateTime
from webapp.entries.models import Entry
from webapp.entries.queries import SEALED, opened
from webapp.entries.words import Acted
from webapp.insight.coverage import Logged, coverage
from webapp.insight.patterns import Helped, helped
from webapp.journal.models import HARD, Trigger
from webapp.plan import queries as plan
from webapp.plan.outline import PLAN, SAFETY, STORIES, SUPPORTS
from webapp.today.suggest import Known, Suggestion, first_week, suggest

RECENT = timedelta(hours=12)  # how long "right now" may still be now
GLANCE = 25  # entries that Today looks at: the same few however many there are


@dataclass(frozen=True)
class Begun:
    """The first week in a group: how many days of it are over, what is there, plan aside, and when
    the last of it came."""

    days: int
    there: Set[Suggestion]
    last_at: datetime | None = None


@dataclass(frozen=True)
class OwnGlance:
    """What Today needs of journal and plan: the latest moments, and the plan's parts by name."""

    latest: list[tuple[datetime, dict[str, Any]]]
    parts: dict[str, dict[str, Any]]
    checked_in: list[CheckIn]  # lately, the newest first
    now: datetime
    today: date
    is_unopened: bool  # whether something of all this can't be opened
    had_follow_up: bool
    may_rate: bool  # how the last group was
    is_asked: bool  # whether it is time for the five questions
    begun: Begun | None
    may_lock: bool
    answered: Sequence[datetime]  # when suggestions were

    @cached_property
    def suggestion(self) -> Suggestion | None:
        """The one thing that Today suggests."""
        return suggest(self.known, self.now)

    @property
    def is_hard(self) -> bool:
        """Whether a hard moment is near."""
        return self.known.is_hard(self.now)

    @property
    def open_kind(self) -> str | None:
        """The recurring kind of trigger that has no response and comes up most."""
        return self._open_kind()

    @cached_property
    def _open_kind(self) -> Callable[[], str | None]:
        # It knows what it needs and not us: `known` holds it, and a ring waits for the collector.
        return cache(partial(_most_open, self.latest, self._answer("triggers", "triggers")))

    @cached_property
    def known(self) -> Known:
        """Plain values, for choosing one suggestion."""
        hard = [moment for moment, content in self.latest if (content.get("urge") or 0) >= HARD]
        hard += [check_in.happened_at for check_in in self.checked_in if check_in.is_hard]
        goals = self._answer("goals", "goals")
        return Known(
            hard_at=max(hard, default=None),
            has_safety="safety" in self.parts,
            open_kind=self._open_kind,
            review_due=any(self._is_due(goal) for goal in goals),
            has_plan=any(part.name in self.parts for part in PLAN),
            had_follow_up=self.had_follow_up,
            may_rate=self.may_rate,
            is_asked=self.is_asked,
            to_begin=self._to_begin(self.begun) if self.begun else None,
            may_lock=self.may_lock,
            answered_at=max(self.answered, default=None),
        )

    @property
    def unsafe(self) -> CheckIn | None:
        """The last answer about being safe, if it was no, or not sure, and not long ago."""
        last = next((check_in for check_in in self.checked_in if check_in.safety), None)
        if last is None or not last.is_unsafe:
            return None
        return last if self.now - last.happened_at < RECENT else None

    @property
    def has_used(self) -> bool:
        """Whether somebody said lately that they used."""
        since = self.now - RECENT
        acted = [(at, content.get("acted")) for at, content in self.latest]
        acted += [(check_in.happened_at, check_in.used) for check_in in self.checked_in]
        return any(said == Acted.YES and at > since for at, said in acted)

    @cached_property
    def helps_most(self) -> Helped | None:
        """What made urges drop most, if it was done often enough to say so."""
        moments = [
            (content.get("did"), content.get("urge"), content.get("after"))
            for _at, content in self.latest
        ]
        return next(iter(helped(moments)), None)

    @property
    def favourite(self) -> str | None:
        """The first of the coping skills that somebody says help most."""
        chosen = self._answer("skills", "skills")
        return next(
            (skill for skill in self._answer("skills", "favourites") if skill in chosen), None
        )

    def _to_begin(self, begun: Begun) -> Suggestion | None:
        planned = {
            Suggestion.MAKE_SAFETY: (SAFETY,),
            Suggestion.PEOPLE: (SUPPORTS,),
            Suggestion.STORY: STORIES,
        }
        there = {
            item
            for item, parts in planned.items()
            if any(part.name in self.parts for part in parts)
        }
        lock = set() if self.may_lock else {Suggestion.LOCK}
        return first_week(begun.days, there | begun.there | lock)

    def _answer(self, part: str, question: str) -> list[Any]:
        return self.parts.get(part, {}).get(question) or []

    def _is_due(self, goal: dict[str, Any]) -> bool:
        return bool(goal.get("review")) and date.fromisoformat(goal["review"]) <= self.today


def _most_open(latest: list[tuple[datetime, dict[str, Any]]], planned: list[Any]) -> str | None:
    logged = [
        Logged(tuple(content.get("kinds") or ()), content.get("urge")) for _at, content in latest
    ]
    first = next(iter(coverage(logged, planned)), None)
    return first.kind if first and first.is_open else None


_entry = Entry.__table__.c
OWN = select(*SEALED, _entry.updated_at).where(
    _entry.author_id == bindparam("author"), _entry.removed_at.is_(None)
)
_TRIGGER, _CHECK_IN = (kind.__mapper__.polymorphic_identity for kind in (Trigger, CheckIn))


def of_kind(kind: str | None) -> ColumnElement[bool]:
    """Those of one kind."""
    # Written into the statement: as a value it would be handed over anew each time.
    return _entry.kind == literal_column(f"'{kind}'")


_LATEST = OWN.where(of_kind(_TRIGGER)).order_by(_entry.happened_at.desc()).limit(GLANCE)
# For a statement that Today runs anyway, with `:author` and `:since`.
GLANCED = (
    _LATEST.subquery().select(),
    OWN.where(or_(*map(of_kind, plan.PART_KINDS))),
    OWN.where(of_kind(_CHECK_IN), _entry.happened_at > bindparam("since", type_=UtcDateTime)),
)


def own_glance(
    person: Person,
    rows: Iterable[Any],
    now: datetime,
    today: date,
    *,
    had_follow_up: bool = False,
    may_rate: bool = False,
    is_asked: bool = False,
    begun: Begun | None = None,
    may_lock: bool = False,
    answered: Sequence[datetime] = (),
) -> OwnGlance:
    """The latest entries and the plan, from rows of GLANCED: as fast with 5,000 entries as with
    ten."""
    latest, checked_in = [], []
    parts: dict[str, dict[str, Any]] = {}
    is_unopened = False
    rows, answered = list(rows), list(answered)
    # A part of the plan that is new was what a suggestion wanted.
    answered += [row.happened_at for row in rows if row.kind in plan.PART_KINDS]
    for kind, happened_at, content in opened(rows, person):
        if isinstance(content, Closed):
            is_unopened = True
            if kind == SAFETY.group:  # it is there, whatever it says
                parts[SAFETY.name] = content
        elif kind == _TRIGGER:
            latest.append((happened_at, content))
        elif kind == _CHECK_IN:
            checked_in.append(CheckIn.told(content, happened_at=happened_at))
        else:
            parts[content.get("part", "")] = content
    checked_in.sort(key=lambda check_in: check_in.happened_at, reverse=True)
    return OwnGlance(
        latest, parts, checked_in, now, today, is_unopened, had_follow_up, may_rate, is_asked,
        begun, may_lock, answered,
    )  # fmt: skip
