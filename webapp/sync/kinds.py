"""The kinds of operation: every kind of entry that goes onto the phone first, and two more."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid5

from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound, or_not_found
from webapp.entries.models import Entry, entry_id
from webapp.entries.queries import own, says, stood_there
from webapp.homework.actions import tapped
from webapp.homework.models import Tap
from webapp.homework.views import too_late
from webapp.plan import queries as plan
from webapp.plan.actions import answer, put_item
from webapp.plan.forms import AnswerForm, ItemForm
from webapp.plan.outline import PARTS, Part, Question
from webapp.plan.views import parts as plan_pages
from webapp.sharing.actions import take_back
from webapp.sharing.queries import own_shared
from webapp.sync.models import Outcome
from webapp.sync.sealed import Operation
from webapp.writing import kind as writing
from webapp.writing.actions import change, restore, write
from webapp.writing.pages import form_page, zone


@dataclass(frozen=True)
class Replayed:
    """What came of it, and the entry that it left behind, if any."""

    outcome: Outcome
    entry: Entry | None = None


class Kind(Protocol):
    """One kind of operation."""

    def replay(self, person: Person, operation: Operation) -> Replayed:
        """Do now what was done on the phone."""
        ...

    def page(self, person: Person, operation: Operation) -> ResponseReturnValue | None:
        """The form, filled in, for the author to decide; None when there is nothing to decide."""
        ...


@dataclass(frozen=True)
class Written:
    """An entry, new or changed: the form of its page decides what it may say."""

    kind: writing.Kind

    def replay(self, person: Person, operation: Operation) -> Replayed:
        """Write it, or change it if it is still what the author saw."""
        there = self._there(person, operation)
        form = self._form(operation, there, csrf=False)
        if not form.validate():
            return Replayed(Outcome.REJECTED)
        if there is None and operation.about is None:
            return Replayed(Outcome.SAVED, write(self.kind, person, operation.id, form))
        version = form.version.data or ""
        # Who saw the present version changes it, also back to what it was, or its time alone.
        is_seen = operation.about and there is not None and version == str(there.version)
        if there is not None and not is_seen and stood_there(there, form.typed):
            return self._again(person, operation, there, says(there, form.typed))
        if operation.about is None or there is None or version != str(there.version):
            return Replayed(Outcome.CONFLICT)
        if there.removed_at is not None:
            return Replayed(Outcome.CONFLICT)
        change(self.kind, person, there, form)
        return Replayed(Outcome.SAVED, there)

    def _again(
        self, person: Person, operation: Operation, there: Entry, is_last_word: bool
    ) -> Replayed:
        """It says this already; said once more after it was taken away, it is there again."""
        if there.removed_at is None or operation.about or operation.at <= there.removed_at:
            return Replayed(Outcome.ALREADY, there)
        if not is_last_word:  # it was changed before it was removed: the author decides
            return Replayed(Outcome.CONFLICT)
        restore(self.kind, person, there)
        return Replayed(Outcome.SAVED, there)

    def page(self, person: Person, operation: Operation) -> ResponseReturnValue:
        """What is here now above what was written there; saving it is the author's decision."""
        there = self._there(person, operation)
        form = self._form(operation, there, csrf=True)
        form.validate()
        if there is None or there.removed_at is not None:
            # Taken away meanwhile, or never there: what was written would become a new entry.
            form.id.data = str(
                uuid5(operation.id, "new") if operation.about or there else operation.id
            )
            _say_when(form, operation)
            return form_page(self.kind, form, operation=operation.id)
        form.version.data = str(there.version)
        return form_page(self.kind, form, entry=there, theirs=there, operation=operation.id)

    def _there(self, person: Person, operation: Operation) -> Entry | None:
        id = operation.about or entry_id(person.id, operation.id)
        return own(person, self.kind.model, id, removed=True)

    def _form(self, operation: Operation, there: Entry | None, *, csrf: bool) -> Any:
        return self.kind.form(
            MultiDict(operation.fields),
            zone=(there.content.get("zone") if there else None) or zone(),
            at=operation.at,
            meta={"csrf": csrf},
        )


class Answered:
    """An answer to one of the plan's questions, or one thing on a list of it."""

    def replay(self, person: Person, operation: Operation) -> Replayed:
        """Keep it, if what is there is still what the author saw."""
        asked = self._asked(operation)
        if asked is None:
            return Replayed(Outcome.REJECTED)
        form = plan_pages.form_of(*asked, operation.fields, csrf=False)
        if not form.validate():
            return Replayed(Outcome.REJECTED)
        # On a phone, what is done to a thing on a list has the thing's own id.
        item = {"id": str(operation.id), **form.value} if isinstance(form, ItemForm) else None
        if self._stands_there(person, asked, form, item):
            return Replayed(Outcome.ALREADY)
        if self._is_stale(person, asked, form, item):
            return Replayed(Outcome.CONFLICT)
        if item is not None:
            put_item(person, *asked, item)
        else:
            answer(person, *asked, form.value)
        return Replayed(Outcome.SAVED)

    def page(self, person: Person, operation: Operation) -> ResponseReturnValue | None:
        """The question, filled in as it was answered there."""
        asked = self._asked(operation)
        return plan_pages.came_back(*asked, operation.fields, operation.id) if asked else None

    def _asked(self, operation: Operation) -> tuple[Part, Question] | None:
        part = PARTS.get(operation.first("part"))
        question = part.question(operation.first("asked")) if part else None
        return (part, question) if part and question else None

    def _stands_there(
        self, person: Person, asked: tuple[Part, Question], form: AnswerForm, item: Any
    ) -> bool:
        if item is not None:
            return item in plan.items_of(person, *asked)
        entry = plan.part_of(person, asked[0])
        there = entry.content.get(asked[1].name) if entry else None
        return entry is not None and (there or None) == (form.value or None)

    def _is_stale(
        self, person: Person, asked: tuple[Part, Question], form: AnswerForm, item: Any
    ) -> bool:
        version = plan_pages.number(form.version.data)
        if item is not None:
            known = any(listed["id"] == item["id"] for listed in plan.items_of(person, *asked))
            if known != (version > 0):  # taken away meanwhile, or the same id for something else
                return True
            if not known:  # new, unless it was there once and was taken away again
                return plan.was_listed(person, *asked, item["id"])
        id = item["id"] if item is not None else None
        return plan.changed_since(plan.part_of(person, asked[0]), version, asked[1].name, id)


class TakenBack:
    """A share that nobody shall open any more."""

    def replay(self, person: Person, operation: Operation) -> Replayed:
        """End it. One that isn't there is as good as ended."""
        share = own_shared(person, operation.about) if operation.about else None
        if share is None or share.ended_at is not None:
            return Replayed(Outcome.ALREADY)
        take_back(share)
        return Replayed(Outcome.SAVED)

    def page(self, person: Person, operation: Operation) -> None:
        """There is nothing to decide about it."""


class Homework:
    """A tap on homework."""

    def replay(self, person: Person, operation: Operation) -> Replayed:
        """Do it, unless it was taken back meanwhile. What comes too late is told to nobody."""
        try:
            tap = Tap(operation.first("tap"))
            tapped(person, or_not_found(operation.about), tap, clock.now())
        except NotFound:
            return Replayed(Outcome.ALREADY)
        except (ValueError, Conflict):
            return Replayed(Outcome.REJECTED)
        return Replayed(Outcome.SAVED)

    def page(self, _person: Person, operation: Operation) -> ResponseReturnValue:
        """That nobody was told."""
        return too_late(operation.id)


# What is found by its name: all else has an id of chance, which nobody hits on.
GUESSABLE = {"plan"}
OWN: dict[str, Kind] = {"take-back": TakenBack(), "plan": Answered(), "homework": Homework()}


def kind_of(name: str) -> Kind | None:
    """What is done with an operation of this name."""
    entry = writing.KINDS.get(name)
    return Written(entry) if entry is not None and entry.offline else OWN.get(name)


def _say_when(form: Any, operation: Operation) -> None:
    """Now isn't when it happened any more."""
    if not form.happened.data and not form.happened.errors:
        at = clock.local(operation.at, form.zone)
        form.happened.raw_data = None
        form.happened.data = at.replace(tzinfo=None, second=0, microsecond=0)
