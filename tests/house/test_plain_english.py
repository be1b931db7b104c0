"""Every sentence is plain American English: no translated phrase, one name a thing, sixth grade.

A row that is red names the text; `tests/house/test_plain_english.py -k journal` asks one room.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
import textstat
from babel.messages.extract import extract_from_file

from tests.conftest import NOW, root
from tests.house.everywhere import said
from tests.house.world import EVERY_WORD, World
from tests.pages import Element, Outline, Page
from webapp.consents.consent_text import NOTICE, NOTICE_HEADER
from webapp.sharing.consent_text import document

# What reads as translated, each with what a native editor would write.
PHRASES = {
    r"\bstands? (?:here|there|on|in|beside|as|by itself)\b": "is on, shows up",
    r"\blies\b|\blie (?:here|open|there)\b": "is stored",
    r"\bbeg[au]n\b": "started",
    r"\bgo(?:es)? on\b(?! the)": "continue, next",
    r"\bpull(?:s|ed|ing)?\b": "urge",
    r"\b(?:some|no)body\b": "someone, no one, your facilitator",
    r"\balso (?:without|when|while|if)\b": "even without",
    r"\bbecame of\b": "status",
    r"\b(?:take|takes|took|taken|taking)(?: \w+)? back\b": "stop sharing, undo",
    r"\bput(?:s)?(?: \w+)? away\b": "dismiss, Got it",
    r"\bhanded (?:over|to)\b": "sent",
    r"\b(?:is|are|am|be|was|were) told\b|^Told\b": "notified, shown",
    r"\b[Ww]rote of\b": "wrote about",
    r"\bmutual[- ]help\b": "recovery meeting",
    r"\bopened the page with\b": "opened what you shared",
    r"\bthen it ends\b": "until, with its real end",
    r"\bin between\b": "between groups",
    r"\b(?:not|no|nothing|\w+n’t)\b[^.]*\bany more\b": "no longer",
    r"\b[Ww]hose words\b|\bpass(?:es)? them on\b|\bPassing on\b": "whose information",
    r"\bto be known\b": "so my facilitator knows",
    r"\bis not watched\b|\bwatche[sd] \w+ (?:between|around)": "no one monitors",
    r"\bcode from my browser\b": "sign-in code",
    r"\b[Nn]ame to be called\b": "What should we call you?",
    r"\bseal(?:s|ed)?\b": "encrypted",
    r"\b(?:without|no|have|needs?|has) (?:a )?network\b|\bthere is a network\b": "offline, online",
    r"\blies around\b": "unattended",
    r"\balmost no room\b": "almost no storage",
    r"\bdark hour\b|\bgetting dark\b": "hardest moments, warning signs",
    r"\bGood hours\b": "Good things",
    r"\bOne a line\b": "One per line",
    r"\bhelp enough\b": "isn’t enough",
    r"\bno answer yet\b": "no plan yet",
    r"\bWhen this comes\b": "When this happens",
    r"\bThe same as a table\b": "Show as a table",
    r"\bclosed eyes\b": "with eyes open",
    r"^In words$": "The steps",
    r"\b[Oo]nce more\b": "again",
    r"\bhas to be better\b": "It’s OK if nothing feels different yet.",
    r"\bround and round\b": "keep circling",
    r"\bhalf as strong\b": "drop by half",
    r"\bThe more color\b": "Darker means more",
    r"\bclock where\b|\bby the clock in\b": "Times are local.",
    r"\b[Ww]hat (?:pulled|held)\b": "Made it harder, Helped",
    r"\b[Pp]rogram plans\b": "program schedules",
    r"^Noted\b|\bnot noted\b": "Saved, not entered",
    r"\bOne date\b|\b[Mm]ore dates?\b|\bDates of\b|\bNo date\b|\bThis date\b": "session, schedule",
    r"\bright for you\b": "It can’t give medical advice.",
    r"\bnames are theirs\b": "Names belong to their owners.",
    r"\bMore to choose from\b": "More filters",
    r"\bnot even that\b": "leave it blank",
    r"\b[Ll]ea?ve(?: it)? empty\b|\bleft empty\b": "leave blank",
    r"^Lasts$": "Length",
    r"\bday and night\b": "24/7",
    r"\bhelp there is\b": "find help",
    r"\bYour person\b": "Your loved one",
    r"\bcan bear\b": "tolerance",
    r"\b[Ss]omething came back\b|\bcame back from\b": "couldn’t be saved",
    r"\bon (?:its|their) way\b": "waiting to send",
    r"\bnot a promise\b": "but they can fail",
    r"\btells others\b": "Discreet",
    r"\b[Nn]othing rings\b": "No reminders",
    r"\bthree lengths\b": "three versions",
    r"\bquiet clock\b": "silent timer",
    r"\bare behind you\b": "done",
    r"\bchapter you are in\b": "current chapter",
    r"\bfit together\b": "isn’t right, is incorrect",
    r"\bThere is nothing here\b": "Page not found",
    r"\bopen too long\b": "You were signed out",
    r"\b\d+ h \d|\)s h\b": "1 hr 38 min",
    r"\bis recorded, and\b": "is logged",
    r"\bnew to you\b": "new",
    r"\b[Bb]ring(?: \w+)? up\b|\bbringing up\b": "wants to talk about",
    r"\bNothing marked\b|\bGroup weather\b": "Themes tonight",
    r"\bpoints at\b": "no one is singled out",
    r"\bcomes after\b": "aftercare",
    r"\bin front of you\b": "Verify the person’s identity",
    r"\breadable copy\b": "We can’t show this code again.",
    r"\b[Oo]wn days\b": "scheduled days",
    r"\b[Cc]over(?:ed)? sessions\b|\b[Ss]essions covered\b|\bis covered\b": "authorized sessions",
    r"\bCounted from\b": "Authorization starts",
    r"\bNext review\b|\bnext review\b": "concurrent review",
    r"\btook part\b": "attended",
    r"\bfor a spreadsheet\b": "Export attendance",
    r"\bStep down or up\b": "Change group or level of care",
    r"\bThe others are here\b": "Mark everyone else present",
    r"^One more\b": "Add a",
    r"\b(?:take|takes|took) place\b": "is on, reinstated",
    r"\bmoves? along\b": "move with it",
    r"\bif it is another one\b": "if different",
    r"\bTo read before\b|\bread before\b": "Reading",
    r"\bStop after today\b": "End after today",
    r"\bkeep their place\b|\bwall clock\b": "daylight saving time",
    r"\b[Tt]aken? out\b": "remove",
    r"\bin the list already\b": "already on the list",
    r"\bto be chosen\b": "open it themselves",
    r"\bEvery how many\b": "Repeat every",
    r"\bour words\b": "the standard text",
    r"\blooked for something\b": "Last checked",
    r"\btyping mistake\b": "mistyped",
    r"\bPlease (?:give|check|choose|type|say|use|sign|try)\b": "no please in errors: Enter, Choose",
    r"\bSkip to the page\b": "Skip to main content",
    r"\bexclamation mark\b|!": "no exclamation",
    r"\bhow (?:the|it|they|your) \w+ is called\b": "what it is called",
    r"\bstay where you are not alone\b": "stay with someone if you can",
    r"\bThrow(?:ing)? (?:it )?away\b": "delete, discard",
}
# The right name stands in docs/glossary.md; only what can mean nothing else is here.
NAMES = {
    r"\blog(?:ged)? in\b|\blogin\b": "sign in",
    r"\brecovery code\b": "reset code",
    r"\bclients?\b|\busers?\b": "patient",
    r"\badmins?\b": "administrator",
    r"\binstitutions?\b": "clinic",
    r"\bsurveys?\b": "check-in",
    r"\binstruments?\b": "questionnaire",
    r"\bcrisis plan\b": "safety plan",
    r"\bbiograph\w+\b": "my story",
    r"\bmeds\b": "medication",
    r"\bunshar\w+\b|\bpublish\w*\b": "stop sharing, share",
    r"\bbriefing\b|\bdashboard\b": "huddle, Today",
    r"\bSOS\b|\bcrisis page\b": "Help now",
    r"\bstreaks?\b|\bsobriety counter\b": "day count",
    r"\brelaps\w+\b|\blapsed?\b": "return to use",
    r"\bslipped\b": "used or acted on it",
    r"\bintensity\b": "how strong",
    r"\boccurrences?\b": "session",
    r"\bupgrades?\b": "update",
    r"\bcheck sheet\b": "attendance sheet",
}
WRONG = [(re.compile(habit, re.IGNORECASE), better) for habit, better in (PHRASES | NAMES).items()]

KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
QUOTED = re.compile(r'"([A-Za-z][^"\\{}<>/=]* [^"\\{}<>/=]*)"')


@cache
def wrong_in(text: str) -> list[str]:
    return [f"{shows[0]!r}: {better}" for habit, better in WRONG if (shows := habit.search(text))]


def rooms() -> list[str]:
    there = {path.name for place in ("webapp", "templates") for path in (root() / place).iterdir()}
    return sorted(
        {name for name in there if "." not in name and name[0] != "_"} - {"demo"} | {"js"}
    )


def files_of(room: str) -> Iterator[Path]:
    if room == "js":
        yield from sorted((root() / "static/js").rglob("*.js"))
    for place in ("webapp", "templates"):
        yield from sorted((root() / place / room).rglob("*.*"))


@cache
def texts_of(file: Path) -> list[str]:
    """Every text of ours in a file; of a script, whatever looks like one."""
    if file.suffix == ".js":
        return [] if file.name == "sw.js" else QUOTED.findall(file.read_text())
    if file.suffix not in (".py", ".html"):
        return []
    method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
    found = extract_from_file(method, file, keywords=KEYWORDS)
    return [
        *chain.from_iterable([text] if isinstance(text, str) else text for _, text, *_ in found)
    ]


@pytest.mark.parametrize("room", rooms())
def test_a_room_speaks_plain_american_english(room: str) -> None:
    found = [
        f"{file.relative_to(root())}: {wrong} in {text!r}"
        for file in files_of(room)
        for text in texts_of(file)
        for wrong in wrong_in(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    ["It stands here.", "What became of it?", "Nobody is told.", "How strong is the pull?",
     "You can take it back.", "Also without a network", "Please give a day.", "Own days",
     "Well done!", "Mutual-help meetings", "You had begun this.", "This is not shared any more."],
)  # fmt: skip
def test_a_translated_phrase_would_be_seen(text: str) -> None:
    assert wrong_in(text)


@pytest.mark.parametrize(
    "text",
    ["What’s going on?", "How strong is the urge?", "Stop sharing", "Even offline",
     "No one is notified of your answer.", "Lie down for ten minutes", "Got it",
     "Enter a start time, like 6:00 PM.", "Before you hand over a reset code"],
)  # fmt: skip
def test_a_native_one_is_left_alone(text: str) -> None:
    assert wrong_in(text) == []


LOOSE = {"words", "entry-row", "name", "offer"}  # what people wrote themselves
APART = {
    "address", "blockquote", "body", "button", "caption", "dd", "div", "dt", "fieldset",
    "figcaption", "form", "h1", "h2", "h3", "h4", "header", "label", "legend", "li", "main",
    "nav", "option", "p", "section", "summary", "td", "th", "tr", "ul",
}  # fmt: skip
LAW = [part for line in NOTICE_HEADER for part in re.split(r"\{\w+\}", line)]
TITLE = " (clinical supervisor)"  # stands with a name, as one
OTHERS = ("zq-", "http://", NOTICE, *LAW)  # words of the tests, an address, the law


def is_written_by_people(element: Element) -> bool:
    around = (element, *element.around)
    return any(
        outer.tag in ("textarea", "kbd", "blockquote")
        or set(outer.attrs.get("class", "").split()) & {*LOOSE}
        for outer in around
    )


@cache
def paragraphs(outline: Outline) -> list[str]:
    """The texts of ours on a page, each block's inline pieces together."""
    blocks: dict[Element, list[str]] = {}
    for element, text in said(outline):
        if is_written_by_people(element) or element.is_in("svg"):
            continue
        around = [outer for outer in (*element.around, element) if outer.tag in APART]
        apart = element if element.is_in("nav") or not around else around[-1]
        blocks.setdefault(apart, []).append(text)
    return [re.sub(r"\s+", " ", " ".join(texts)) for texts in blocks.values()]


def sentences(texts: list[str]) -> list[str]:
    """Those of five words and more, without what people wrote in the middle of one."""
    texts = [text.replace(TITLE, "") for text in texts]
    found = [part for text in texts for part in re.split(r"(?<=[.?!:;])\s+", text)]
    of_ours = [
        sentence
        for sentence in found
        if not any(word in sentence for word in (*EVERY_WORD, *OTHERS))
    ]
    return [sentence for sentence in of_ours if len(re.findall(r"\w+", sentence)) >= 5]


grade = cache(textstat.flesch_kincaid_grade)


def test_no_page_has_a_translated_phrase(pages: list[tuple[str, Page]]) -> None:
    found = {
        f"{re.sub('[0-9a-f-]{36}', '…', page.address)}: {wrong} in {text[:100]!r}"
        for _who, page in pages
        for text in paragraphs(page.outline)
        for wrong in wrong_in(text)
    }
    assert not found, "\n".join(sorted(found))


def hard_pages(pages: list[tuple[str, Outline]], law: str = "") -> Iterator[str]:
    """Of addresses and what is on each: pages over grade 6, sentences over 10."""
    for address, outline in pages:
        told = [one for one in sentences(paragraphs(outline)) if one not in law]
        whole = grade(
            " ".join(
                sentence if sentence[-1] in ".?!" else f"{sentence.rstrip(':;')}."
                for sentence in told
            )
        )
        if told and whole > 6:
            yield f"{address} reads at grade {whole:.1f}"
        yield from (
            f"{address}: {grade(sentence):.1f}: {sentence}"
            for sentence in told
            if grade(sentence) > 10
        )


def test_patients_read_each_page_at_sixth_grade(
    world: World, pages: list[tuple[str, Page]]
) -> None:
    patients = [
        (re.sub("[0-9a-f-]{36}", "…", page.address), page.outline)
        for who, page in pages
        if who not in ("cleo", "kit", "max") and "/clinic" not in page.address
    ]
    assert len(patients) > 100
    with world.app.app_context():
        who = {"patient": "Ana", "group": "Evening IOP", "clinic": "Riverside Clinic"}
        law = " ".join(chain(*document(**who, readers=["Cleo"], ends=NOW.date())))
    found = sorted(set(hard_pages(patients, law)))
    assert not found, "\n".join(found)


def test_easy_and_hard_pages_are_told_apart() -> None:
    easy = "<p>Your words stay on this phone. No one else can open them.</p>"
    law = (
        "<p>The aforementioned authorization may be revoked in writing at any time, "
        "notwithstanding disclosures previously effectuated by the participating provider.</p>"
    )
    assert not [*hard_pages([("/today", Outline(easy))])]
    assert len([*hard_pages([("/today", Outline(law))])]) == 2
