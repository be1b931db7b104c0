"""Reading one's own entries of a kind: one of them, or a page of them by day."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.errors import or_not_found
from webapp.core.limits import PAGE
from webapp.entries.models import Entry
from webapp.entries.paging import Place
from webapp.entries.queries import own, own_even_unopened, own_list

Written = TypeVar("Written", bound=Entry)


def one_of(
    person: Person,
    model: type[Written],
    id: UUID,
    *,
    removed: bool = False,
    even_unopened: bool = False,
) -> Written:
    """One of somebody's own; one that was removed, or can't be opened, only when asked for.

    Raises NotFound, or Unopened.
    """
    look_up = own_even_unopened if even_unopened else own
    return or_not_found(look_up(person, model, id, removed=removed))


def page_of(
    person: Person, model: type[Written], behind: Place | None = None, most: int = PAGE
) -> tuple[list[Written], bool]:
    """One page of somebody's own, the newest first, and whether there is an older one."""
    found = own_list(person, model, behind=behind, most=most + 1)
    return found[:most], len(found) > most


def by_day(entries: Iterable[Any], zone: str) -> list[tuple[date, list[Any]]]:
    """Entries under their days where they were, in the order given."""
    found = groupby(
        entries, lambda entry: clock.local(entry.happened_at, entry.zone or zone).date()
    )
    return [(day, list(some)) for day, some in found]
