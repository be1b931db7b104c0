"""Looking through one's own journal."""

from collections.abc import Iterator

from webapp.accounts.models import Person
from webapp.core.folding import folded
from webapp.core.limits import PAGE, SEARCHED, SEARCHED_TEXT
from webapp.entries.paging import Place
from webapp.entries.queries import own_list
from webapp.journal.models import Trigger

AT_ONCE = 100  # entries in memory: each may be of full length


def entries_matching(
    person: Person, word: str, kind: str, behind: Place | None = None
) -> tuple[list[Trigger], Trigger | None]:
    """One page of own entries that have a word and a kind, and behind which one to look further.

    The words are sealed, so each is opened here: until the page is full, or SEARCHED were opened,
    or SEARCHED_TEXT was looked through.
    """
    found: list[Trigger] = []
    wanted, left, last = folded(word), SEARCHED_TEXT, None
    for number, entry in enumerate(_newest_first(person, behind)):
        if len(found) > PAGE:
            break
        if number == SEARCHED or left <= 0:
            return found, last
        texts = _texts(entry)
        if _has_kind(entry, kind):
            texts = [folded(text) for text in texts] if wanted else texts
            if not wanted or any(wanted in text for text in texts):
                found.append(entry)
        left, last = left - sum(map(len, texts)), entry
    return found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None


def _newest_first(person: Person, behind: Place | None) -> Iterator[Trigger]:
    some = own_list(person, Trigger, behind=behind, most=AT_ONCE)
    yield from some
    if len(some) == AT_ONCE:
        yield from _newest_first(person, (some[-1].happened_at, some[-1].id))


def _has_kind(entry: Trigger, kind: str) -> bool:
    return not kind or kind in (entry.kinds or [])


def _texts(entry: Trigger) -> list[str]:
    listed = (entry.kinds, entry.feelings, entry.what)
    own = [text for texts in listed for text in texts or ()]
    return [text for text in (entry.situation, entry.thought, entry.body, entry.did, *own) if text]
