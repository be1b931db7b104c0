"""The same text in another spelling, and what a name may be made of. Pure.

Every place that compares what people typed folds both sides here, so that a phone's curly
apostrophe, a missing accent or a decomposed letter is never the reason that nothing is found.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST_RUN = 30  # of marks, as in Unicode's own stream-safe text (UAX 15)
MOST_MARKS = 3  # on one letter: more than any living language needs, fewer than reach other lines
_PLAIN = str.maketrans(
    dict.fromkeys("’‘‛ʼʻʹ′´`＇", "'")
    | dict.fromkeys("“”„‟″＂", '"')
    | dict.fromkeys("‐‑‒–—―−－", "-")
    # Letters that Unicode doesn't take apart, as people type them without their own keyboard.
    | {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Letters that can't be told from others on a screen: Cyrillic, Greek, and our own I, l, 1 and O, 0.
_ALIKE = str.maketrans(
    "аеорсухіјѕһкмтвнԁԛԝгαορνικτυβγη" + "i1|0",
    "aeopcyxljshkmtbhdqwraopvlktubyn" + "lllo",
)
# What has no shape, or sends the text after it in another direction. Joiners are looked at apart.
_SHAPELESS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Between letters beyond Latin a joiner shapes them (Persian, Hindi, a family of emoji).
_LETTER = "[\u0300-\u200b\u200e-\U0010ffff]"
_IDLE_JOINER = re.compile(f"(?<!{_LETTER})[\u200c\u200d]|[\u200c\u200d](?!{_LETTER})")


def one_line(text: str | None) -> str | None:
    """A name or title as it may stand beside others: single spaces, nothing that can't be seen,
    nothing that turns the line's direction or covers its neighbors. None if nothing is left."""
    if text is None or (text.isascii() and text.isprintable() and "  " not in text):
        return (text or "").strip() or None
    plain = unicodedata.normalize("NFC", short_runs(text))
    plain = _IDLE_JOINER.sub("", _SHAPELESS.sub("", plain))
    plain = " ".join(_with_few_marks(plain).split())
    return plain if any(_is_seen(character) for character in plain) else None


def folded(text: str) -> str:
    """How text is compared: without case, accents, kinds of quotes, dashes and spaces."""
    plain = text.translate(_PLAIN)
    if not plain.isascii():
        # Some letters are taken apart only when small, others become capitals by it.
        small = unicodedata.normalize("NFKD", short_runs(plain)).casefold()
        plain = _told(unicodedata.normalize("NFKD", small)).translate(_PLAIN)
    return " ".join(plain.lower().split())


def looks(name: str) -> str:
    """What a name looks like at a glance: two people for whom this is the same are told apart."""
    return name_keys(name)[1]


@lru_cache(maxsize=2_000)
def name_keys(name: str) -> tuple[str, str]:
    """What a name is sorted by, and what it looks like."""
    plain = folded(name)
    alike = plain.translate(_ALIKE)
    return plain, "".join(character for character in alike if character.isalnum()) or alike


def same_letters(text: str) -> str:
    """The same characters in one encoding, and nothing else: a phone and a desktop send `ü`
    differently. For what must stay distinct: usernames and passwords."""
    return unicodedata.normalize("NFKC", short_runs(text))


def short_runs(text: str) -> str:
    """No run of marks longer than any language has: putting them in order takes quadratic time,
    inside the library, and half a megabyte of them would hold a worker for minutes."""
    if text.isascii():
        return text
    marks = "".join(filter(_joins, set(text)))
    if not marks:
        return text
    return re.sub(f"([{marks}]{{{LONGEST_RUN}}})[{marks}]+", r"\1", text)


@lru_cache(maxsize=4_096)
def _joins(character: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0


def place_name(name: str) -> str:
    """How the name of a place is compared: no punctuation, and Saint, Mount, Fort written out."""
    bare = re.sub(r"[^\w\s]", " ", folded(name).replace("'", ""))
    return " ".join(_WRITTEN_OUT.get(word, word) for word in bare.split())


_WRITTEN_OUT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def _with_few_marks(text: str) -> str:
    found, marks = [], MOST_MARKS  # a mark at the beginning has no letter to sit on
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            found.append(character)
    return "".join(found)


def _told(text: str) -> str:
    """Each character is looked at once, however often it stands there: a text may be long."""
    untold = {ord(character): None for character in set(text) if not _is_told(character)}
    return text.translate(untold) if untold else text


def _is_told(character: str) -> bool:
    return character.isascii() or unicodedata.category(character) not in ("Mn", "Me", "Cf")


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS"
