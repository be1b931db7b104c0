"""Back, another tab, an undo: whatever the kind, no words are dropped without a word."""

import re
from dataclasses import dataclass, field

import pytest

PAGE = re.compile(r"^/(?!.*/(instruments|dates)/)[a-z/-]+/[0-9a-f]{8}-[0-9a-f-]{27}$")


@dataclass(frozen=True)
class Kind:
    """Where one is made, the field that its words go into, where they are listed, what else."""

    new: str
    words: str
    listed: str
    rest: dict[str, str] = field(default_factory=dict)
    edit: str = "/edit"


KINDS = {
    "trigger": Kind("/journal/new", "situation", "/journal", {"urge": "3"}),
    "practice": Kind("/mindfulness/log", "notes", "/mindfulness/practices", {"before": "3"}),
    "visit": Kind("/meetings/new", "takeaway", "/meetings"),
    "check-in": Kind("/check-ins/new", "note", "/check-ins", {"mood": "3"}),
    "medication": Kind("/medication/new", "dose", "/medication", {"name": "Sertraline"}),
    "appointment": Kind(
        "/week/appointments/new", "title", "/week", {"day": "2026-11-24", "starts": "09:00"}, ""
    ),
    "day count": Kind("/plan/days", "name", "/plan/days", {"since": "2026-11-01"}),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def sends(phone, page, kind, words):
    """Fill in the form and send it; whoever is shown both texts first saves again."""
    page = phone.fill(page, having=kind.words, **{kind.words: words}, **kind.rest)
    if page.status != 200:
        assert page.status in (409, 422), page.text
        assert words in page.html
        page = phone.fill(page, having=kind.words)
    assert page.status == 200, page.text
    return page


def only_one(phone, kind):
    """The page of the one that is listed, or None."""
    found = {link for link in phone.get(kind.listed).links if PAGE.match(link)}
    assert len(found) <= 1
    return phone.get(found.pop()) if found else None


@pytest.mark.parametrize("words", ["zq-first", "zq-second"])
def test_who_takes_it_away_goes_back_and_saves_again_wants_it(phone_of, ana, kind, words):
    phone = phone_of(ana)
    form = phone.get(kind.new)
    sends(phone, form, kind, "zq-first")
    phone.fill(only_one(phone, kind), "/removal")
    assert only_one(phone, kind) is None
    sends(phone, form, kind, words)
    assert words in only_one(phone, kind).html


def test_back_other_words_and_save_keeps_the_other_words_in_one(phone_of, ana, kind):
    phone = phone_of(ana)
    form = phone.get(kind.new)
    sends(phone, form, kind, "zq-first")
    sends(phone, form, kind, "zq-second")
    assert "zq-second" in only_one(phone, kind).html
    sends(phone, form, kind, "zq-second")  # sent once more, as a browser does
    assert "zq-second" in only_one(phone, kind).html


def test_two_tabs_show_both_and_decide_nothing(phone_of, ana, kind):
    phone = phone_of(ana)
    sends(phone, phone.get(kind.new), kind, "zq-first")
    address = only_one(phone, kind).address + kind.edit
    one, other = phone.get(address), phone.get(address)
    phone.fill(one, having=kind.words, **{kind.words: "zq-second"})
    both = phone.fill(other, having=kind.words, **{kind.words: "zq-third"})
    assert both.status in (409, 422)
    assert "zq-second" in both.text
    assert "zq-third" in both.html
    assert "zq-third" not in only_one(phone, kind).html
    phone.fill(both, having=kind.words)
    assert "zq-third" in only_one(phone, kind).html
