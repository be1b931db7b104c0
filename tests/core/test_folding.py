"""The same text in another spelling is the same text; a name is one line that can be seen."""

import re
import unicodedata
from pathlib import Path

import pytest

from webapp.core import folding
from webapp.core.folding import folded, looks, one_line, place_name, same_letters
from webapp.meetings import reading


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("cafe", "Café"),
        ("CAFÉ", "cafe\u0301"),
        ("Muñoz", "Mun\u0303oz"),
        ("don't", "I don’t want to"),
        ("don´t", "don't"),
        ("straße", "STRASSE"),
        ("malmø", "Malmo"),
        ("łodz", "Łódź"),
        ("istanbul", "İstanbul"),
        ("two words", "two\u00a0\u3000words"),
        ("twenty-one", "twenty\u2011one"),
        ("fine", "ﬁne"),
        ("ab", "a\u200bb"),
    ],
)
def test_another_spelling_is_found(typed: str, kept: str) -> None:
    assert folded(typed) in folded(kept)
    assert folded(unicodedata.normalize("NFD", typed)) in folded(kept)


@pytest.mark.parametrize(("one", "other"), [("cafe", "cave"), ("José", "Josef"), ("ана", "она")])
def test_other_words_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "other",
    ["ben", "BEN", " Ben ", "Bén", "Be\u0301n", "B en", "Ben\u00a0", "Ben\u200b", "Веn", "Bеn"],
)
def test_a_name_that_looks_like_another_is_noticed(other: str) -> None:
    assert looks(other) == looks("Ben")


def test_names_that_differ_at_a_glance_are_left_alone() -> None:
    assert looks("Ben") != looks("Bea")
    assert looks("Anna") != looks("Ana")
    assert looks("👻") != looks("🐟")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   Maria ", "Ana Maria"),
        ("Ana\nMaria", "Ana Maria"),
        ("Ana\u2028Maria", "Ana Maria"),
        ("\u202eneB", "neB"),
        ("Ana\u2066 (Cleo)\u2069", "Ana (Cleo)"),
        ("A\u200bna\u200d", "Ana"),
        ("a\u200d\u200d\u200db", "ab"),
        ("Z" + "\u0335\u0300\u0301" * 9, "Z\u0335\u0335\u0335"),
        ("\u0301Ana", "Ana"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("Nguyễn", "Nguyễn"),
        ("נועה", "נועה"),
    ],
)
def test_a_line_keeps_what_can_be_seen(typed: str, kept: str) -> None:
    assert one_line(typed) == kept
    assert one_line(kept) == kept


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\u3164", "\u2800\u00a0", "\u202e", "\u0301"])
def test_nothing_that_can_be_seen_is_nothing(typed: str) -> None:
    assert one_line(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("San Jose", "San José"),
        ("montreal", "Montréal"),
        ("O’Fallon", "O'Fallon"),
        ("OFallon", "O'Fallon"),
        ("Saint Louis", "St. Louis"),
        ("ST LOUIS", "Saint Louis"),
        ("Sault Sainte Marie", "Sault Ste. Marie"),
        ("Fort Wayne", "Ft. Wayne"),
    ],
)
def test_a_town_is_known_in_each_spelling(typed: str, kept: str) -> None:
    assert place_name(typed) == place_name(kept) == place_name(place_name(kept))


def test_usernames_and_passwords_keep_their_accents() -> None:
    assert same_letters("u\u0308") == same_letters("ü") != same_letters("u")


def as_listed(text: str) -> str:
    """As a list of recovery meetings has it, from wherever that comes."""
    return reading.text(text, 255)


@pytest.mark.parametrize("compare", [folded, one_line, same_letters, as_listed])
def test_no_run_of_marks_reaches_the_library_that_takes_quadratic_time_for_it(compare, monkeypatch):
    given: list[int] = []
    ordered = unicodedata.normalize

    def watched(form: str, text: str) -> str:
        runs = re.findall("[\u0300-\u036f]+", text)
        given.append(max(map(len, runs), default=0))
        return ordered(form, text)

    monkeypatch.setattr(folding.unicodedata, "normalize", watched)
    compare("a" + "\u0301\u0316" * 20_000 + "b")
    assert max(given) <= folding.LONGEST_RUN


def test_no_one_else_puts_letters_into_one_encoding() -> None:
    """Whoever does is tried above; of a phone number only so many characters are looked at."""
    sources = Path(folding.__file__).parents[1].rglob("*.py")
    callers = {one.name for one in sources if "unicodedata.normalize" in one.read_text("utf-8")}
    assert callers == {"folding.py", "phones.py", "reading.py"}
