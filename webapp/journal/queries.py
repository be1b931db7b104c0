"""Looking through one's own journal."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.folding import folded
from webapp.core.limits import PAGE
from webapp.entries.paging import Place
from webapp.entries.queries import own_contents, own_list
from webapp.journal.models import Trigger
from webapp.journal.patterns import Moment


def matching(
    person: Person, word: str, kind: str, behind: Place | None = None
) -> tuple[list[Trigger], bool]:
    """One page of own entries that have a word and a kind, and whether there is an older one.

    The words are sealed, so each is opened here, until the page is full.
    """
    all_of_them, wanted = own_list(person, Trigger, behind=behind), folded(word)
    matches = (one for one in all_of_them if _has_kind(one, kind) and _has_word(one, wanted))
    found = list(islice(matches, PAGE + 1))
    return found[:PAGE], len(found) > PAGE


def moments_of(person: Person, first: date | None, zone: str) -> Iterator[Moment]:
    """Somebody's own moments since a day, as plain values on the clock where they were."""
    since = clock.start_of_day(first, zone) if first else clock.EARLIEST
    for happened_at, content in own_contents(person, Trigger, since):
        yield Moment(
            clock.local(happened_at, content.get("zone") or zone),
            content.get("urge") or 0,
            content.get("after"),
            tuple(content.get("kinds") or ()),
            tuple(content.get("feelings") or ()),
            content.get("did"),
        )


def _has_kind(entry: Trigger, kind: str) -> bool:
    return not kind or kind in (entry.kinds or [])


def _has_word(entry: Trigger, word: str) -> bool:
    texts = (entry.situation, entry.thought, entry.body, entry.did)
    return not word or any(word in folded(text) for text in texts if text)
