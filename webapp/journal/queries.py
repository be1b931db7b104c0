"""Looking through one's own journal."""

from itertools import islice

from webapp.accounts.models import Person
from webapp.core.folding import folded
from webapp.core.limits import PAGE, SEARCHED
from webapp.entries.paging import Place
from webapp.entries.queries import own_list
from webapp.journal.models import Trigger


def entries_matching(
    person: Person, word: str, kind: str, behind: Place | None = None
) -> tuple[list[Trigger], Trigger | None]:
    """One page of own entries that have a word and a kind, and behind which one to look further.

    The words are sealed, so each is opened here: until the page is full, or SEARCHED were opened.
    """
    looked, wanted = own_list(person, Trigger, behind=behind, most=SEARCHED + 1), folded(word)
    matches = (
        entry for entry in looked[:SEARCHED] if _has_kind(entry, kind) and _has_word(entry, wanted)
    )
    found = list(islice(matches, PAGE + 1))
    if len(found) > PAGE:
        return found[:PAGE], found[PAGE - 1]
    return found, looked[SEARCHED - 1] if len(looked) > SEARCHED else None


def _has_kind(entry: Trigger, kind: str) -> bool:
    return not kind or kind in (entry.kinds or [])


def _has_word(entry: Trigger, word: str) -> bool:
    listed = (entry.kinds, entry.feelings, entry.what)
    own = [text for texts in listed for text in texts or ()]
    texts = (entry.situation, entry.thought, entry.body, entry.did, *own)
    return not word or any(word in folded(text) for text in texts if text)
