"""What a kind of entry says about itself, once; and all those that said it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from webapp.accounts.models import Person
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.entries import actions as entries
from webapp.entries.forms import shown
from webapp.entries.models import Entry

REMOVED = _l("Removed.")
Ask = TypeVar("Ask", bound=Callable[[Any], Mapping[str, Any]])


def _nothing(_person: Person, _entry: Any) -> None:
    """Nothing else follows."""


@dataclass(frozen=True)
class Kind:
    """One kind of entry: what is kept, what is asked, and where its pages are.

    `model.page` names them: "journal.show" is the page of one, "journal.new" the empty form,
    `journal/form.html` its template; "medication.edit_dose" belongs to "medication.create_dose".
    Where it really differs from the others, it brings a function of its own.
    """

    model: type[Entry]
    form: Any  # what is asked; None where other pages ask, and nothing is changed
    at: str  # the address of the list; one of them has its id behind it
    listed: str = ""  # where the list is, if it isn't there
    new: str = ""  # the address of the empty form; without one it is begun elsewhere
    edit: str = "/edit"  # behind the id; empty where the page of one is the form
    offline: bool = False  # it goes onto the phone first, and comes by /sync
    shares: bool = False  # its form can share it at once
    removed: Any = REMOVED

    # What the address that leads to the empty form says already.
    begun: Callable[[], dict[str, Any]] = dict
    # The values of the form that shows one again, on the clock of a zone.
    filled: Callable[[Any, str], Mapping[str, Any]] = shown
    # What else stands on the page of one.
    more: Callable[[Any], Mapping[str, Any]] = lambda _entry: {}
    change: Callable[[Any, int, datetime, dict[str, Any]], object] = entries.edit
    restore: Callable[[Any], object] = entries.restore
    # What is kept in step with the list, while it changes.
    around: Callable[[Person], AbstractContextManager[object]] = lambda _person: nullcontext()
    after: Callable[[Person, Any], object] = _nothing
    # Where it stands among others, when it has no page to go back to.
    among: Callable[[Any], str] | None = None
    said: Callable[[Any], str] = lambda _entry: _("Saved.")

    @cached_property
    def name(self) -> str:
        """What it is called in the database and on phones; it never changes."""
        return str(self.model.__mapper__.polymorphic_identity)

    @cached_property
    def room(self) -> str:
        """The blueprint and the folder of templates."""
        return self.model.page.partition(".")[0]

    @cached_property
    def suffix(self) -> str:
        """What tells its pages from those of another kind of the same room: "_dose"."""
        act = self.model.page.partition(".")[2]
        return act[act.find("_") :] if "_" in act else ""

    def endpoint(self, act: str) -> str:
        """The name of one of its pages: journal.new"""
        return f"{self.room}.{act}{self.suffix}"

    def template(self, what: str) -> str:
        """Its template: journal/form.html"""
        return f"{self.room}/{what}{self.suffix}.html"

    def address(self, id: UUID, act: str = "") -> str:
        """Where one of them is, or what is done to it: /journal/6f…/removal"""
        return f"{self.at}/{id}{act}"


BESIDE: dict[type[Entry], Callable[[Any], Mapping[str, Any]]] = {}


def beside(model: type[Entry]) -> Callable[[Ask], Ask]:
    """What a room above has to say on the page of one of this kind, or with `Entry` of every
    kind; the feature knows nothing."""

    def note(function: Ask) -> Ask:
        BESIDE[model] = function
        return function

    return note


def said_above(entry: Entry) -> dict[str, Any]:
    """What the rooms above have to say on the page of this one."""
    found: dict[str, Any] = {}
    for model in (Entry, type(entry)):
        found |= BESIDE[model](entry) if model in BESIDE else {}
    return found


KINDS: dict[str, Kind] = {}  # those with a form, by name, in the order of their registering
