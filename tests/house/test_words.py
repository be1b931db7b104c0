"""Every word on a page can be translated, is easy to read, and blames nobody."""

import re
from functools import cache
from pathlib import Path

import pytest
import textstat
from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.messages.extract import extract_from_file

from tests.conftest import root
from tests.house.everywhere import said
from tests.house.world import EVENINGS, EVERY_WORD, LISTED, OUTSIDE_WORDS, World
from tests.pages import Page
from webapp.accounts.passwords import _word_list
from webapp.consents.consent_text import NOTICE, NOTICE_HEADER
from webapp.writing.kind import KINDS

EN = Locale("en")
BOX = root() / "webapp/questionnaires/box"
EVENINGS_SCORING = EVENINGS.with_name("evenings.scoring.toml")
NAMES = {
    name
    for width in ("wide", "abbreviated")
    for names in (get_day_names(width, locale=EN), get_month_names(width, locale=EN))
    for name in names.values()
}
# What people, the operator and the law wrote: it stands on a page as it is.
DATA = [
    *(part for line in NOTICE_HEADER for part in re.split(r"\{\w+\}", line)), "THE STAFF",
    *EVERY_WORD, *OUTSIDE_WORDS, NOTICE, "Evening IOP", "Morning IOP", "Third IOP",
    "Riverside Clinic", "Room 2", "My phone", "Nonsense", "Daily",
    "Whose information", "Mine: .", "Mine:", "Changed", "New words", "Other words", "Good to know.",
    *(f"zq-{word}" for word in ("goal", "step", "activity", "skill", "name", "newer", "newest",
                              "before", "marker", "did", "reason", "agenda", "covered-note",
                              "label", *(f"of-{kind}" for kind in KINDS))),
    "Zq-did", "Gone", "Pat", "Sage",
    "zq-plan-shared", "Somebody",
    "A new meeting", "Christmas", "Test", "Phone", "Browser", "Groundwork", LISTED,
    *re.findall(r'"(?:text|display|title)": "([^"]+)"', EVENINGS.read_text()), "Company",
    *re.findall(r'(?:intro|says) = "([^"]+)"', EVENINGS_SCORING.read_text()),
    *(words for file in BOX.glob("*.json")
      for words in re.findall(r'"(?:text|display)": "([^"]+)"', file.read_text())),
    *(words for file in BOX.glob("*.toml")
      for words in re.findall(r'(?:name|notice|says) = "([^"]+)"', file.read_text())),
]  # fmt: skip
PATTERNS = [
    r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b",  # the key of an authenticator app
    r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b",  # a code
    r"\bGroup [0-9a-f]{6}\b",
    r"\b[0-9a-f]{8}\b",  # the number by which the audit log knows a patient
    r"https?://localhost\S*",
    # Why a row wasn't read is kept with a list as it was said then.
    r"Row \d+ \(line \d+\): It has no slug\.",
    r"\b127\.0\.0\.1\b",
    # Usernames, beside the names where staff act.
    r"\b(?:ana|ben|cleo|kit|robin|max|gone|pat|sage)\b",
    # What the locale says by itself.
    r"\b\d{1,2}(?::\d\d)?\s[AP]M\b",
    r"\b\d+ (?:hours?|hr|minutes?|min|days?)\b",
    r"(?<=day),? and (?=\w+day)",
    r"\b(?:Eastern|Central|Mountain|Pacific|Alaska|Hawaii-Aleutian|Atlantic|Chamorro"
    r"|American Samoa)(?: Standard)? Time\b",
]


def not_translated(text: str, known: list[str]) -> str:
    """What is left of a text without what was translated and what is data."""
    rest, before = text, ""
    while rest != before:  # from the inside out
        rest, before = re.sub(r"⟦[^⟦⟧]*⟧", " ", rest), rest
    for word in known:
        rest = rest.replace(word, " ")
    for pattern in PATTERNS:
        rest = re.sub(pattern, " ", rest)
    left = re.findall(r"[^\W\d_]+", rest)
    return " ".join(word for word in left if word not in NAMES)


def test_every_text_of_ours_on_every_page_can_be_translated(
    pages_in_brackets: list[tuple[str, Page]], world: World
) -> None:
    people = [person.name for person in world.people.values()]
    known = sorted([*DATA, *people], key=len, reverse=True)
    left_of = cache(lambda text: not_translated(text, known))
    found, texts = set(), 0
    for who, page in pages_in_brackets:
        for element, text in said(page.outline):
            if element.tag in ("kbd", "textarea") or element.is_in("kbd"):
                continue
            texts += 1
            left = left_of(text)
            if left and not set(left.split()) <= set(_word_list()):  # the four words on offer
                found.add(f"{page.address} ({who}, {page.status}): {left!r} in {text[:80]!r}")
    assert texts > 3000
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("⟦Today⟧", ""),
        ("⟦Cleo opened it, ⟦today at 4:00 PM⟧.⟧", ""),
        ("Monday, November 23", ""),
        ("⟦Save⟧ now", "now"),
        ("Save", "Save"),
    ],
)
def test_what_was_not_translated_would_be_seen(text: str, left: str) -> None:
    assert not_translated(text, []) == left


# Whatever a patient may come to read; the clinic's pages are for those who work there.
PATIENTS = [
    "templates/plan", "templates/insight", "webapp/plan", "webapp/insight",
    "templates/journal", "templates/meetings", "templates/sharing", "templates/today",
    "templates/consents/new.html", "templates/consents/sign.html",
    "templates/consents/show.html", "templates/consents/accounting.html", "webapp/consents",
    "templates/pwa",
    "templates/accounts", "templates/errors", "templates/components",
    "templates/layouts/patient.html", "templates/layouts/plain.html", "templates/layouts/base.html",
    "templates/joining/join.html", "templates/joining/with_account.html",
    "templates/joining/code.html", "templates/week", "templates/attendance/own.html",
    "templates/attendance/covered_sessions.html", "templates/program/expect.html", "webapp/week",
    "webapp/program/expect.py", "webapp/attendance/forms.py", "webapp/accounts", "webapp/journal",
    "webapp/meetings", "templates/mindfulness", "webapp/mindfulness",
    "templates/medication", "webapp/medication",
    "webapp/meetings",
    "templates/check_ins", "webapp/check_ins",
    "webapp/sharing",
    "webapp/joining", "webapp/entries", "webapp/today", "webapp/core", "webapp/pwa",
]  # fmt: skip
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
VALUES = {
    "names": "Cleo and Kim",
    "name": "Cleo",
    "group": "Evening Group",
    "when": "today at 6:00 PM",
}
BLAMES = re.compile(
    r"\b(relaps\w*|slips?|slipped|dirty|clean|sober(ed)?|addicts?|addicted|alcoholics?|junkies?"
    r"|abus(e|er|ers)|fail(ed|ure|s)?|missed|streaks?|should have|must not|non-?complian\w*)\b",
    re.IGNORECASE,
)


def files() -> list[Path]:
    found = []
    for place in (root() / patient for patient in PATIENTS):
        found += [place] if place.is_file() else sorted(place.rglob("*.*"))
    return [file for file in found if file.suffix in (".html", ".py")]


@cache
def sentences(file: Path) -> list[str]:
    """Every text of ours in a file, with everyday values filled in."""
    method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
    return [
        re.sub(r"%\((\w+)\)\w+", lambda found: VALUES.get(found[1], "5"), message)
        for _line, messages, *_ in extract_from_file(method, file, keywords=KEYWORDS)
        for message in ([messages] if isinstance(messages, str) else messages)
    ]


grade = cache(textstat.flesch_kincaid_grade)


def test_patients_read_at_sixth_grade() -> None:
    whole = []
    for file in files():
        long = [sentence for sentence in sentences(file) if len(sentence.split()) >= 5]
        text = "\n".join(sentence if sentence[-1] in ".?:" else f"{sentence}." for sentence in long)
        assert grade(text) <= 6.5, f"{file.name} reads at grade {grade(text):.1f}: {hardest(long)}"
        whole += long
    assert len(whole) > 100
    assert grade("\n".join(whole)) <= 6


def hardest(texts: list[str]) -> list[str]:
    return [f"{grade(text):.1f} {text}" for text in sorted(texts, key=grade, reverse=True)[:5]]


def test_no_word_blames_anybody_and_nothing_shouts() -> None:
    for file in files():
        for text in sentences(file):
            assert not BLAMES.search(text), f"{file.name}: {text}"
            assert "!" not in text, f"{file.name}: {text}"
            assert not re.search(r"\b[A-Z]{6,}\b", text.replace("GROUNDWORK", "")), text


def test_texts_are_typed_as_in_print() -> None:
    for file in files():
        for text in sentences(file):
            assert not re.search(r"\w'\w|\.\.\.| - ", text), f"{file.name}: {text}"


def test_easy_and_hard_texts_are_told_apart() -> None:
    easy = "The cat sat on the mat. The dog ran up to it. They both sat down."
    law = (
        "The aforementioned authorization may be revoked in writing at any time, notwithstanding "
        "disclosures previously effectuated in reliance thereupon by the participating provider."
    )
    assert grade(easy) < 2
    assert grade(law) > 16
    ours = "Any time: one tap under Sharing, or a written note to the clinic. It counts at once."
    assert grade(ours) < 6
