"""Whatever the kind: what is written is kept once, no words are dropped without a word, and what
was taken away can be put back. A new kind is tried as soon as it is registered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import NOW, SomeGroup, Someone
from tests.pages import Phone
from tests.sync.conftest import Outbox
from tests.writing.conftest import Tried
from webapp.core.limits import PAGE
from webapp.entries.models import entry_id
from webapp.writing.kind import KINDS

FIRST, SECOND, THIRD = "zq-first", "zq-second", "zq-third"
# A dose is tapped on the page of a day; the five questions are asked on one of their own.
BEGUN = [name for name in KINDS if name not in ("dose", "life")]
OFFLINE = [name for name, kind in KINDS.items() if kind.offline]
LISTED = [name for name, kind in KINDS.items() if kind.offline and kind.new]
SHARED = [name for name, kind in KINDS.items() if kind.shares]
Try = Callable[[str], Tried]


@pytest.mark.parametrize("name", BEGUN)
def test_what_is_written_is_on_its_page_and_only_its_authors(try_: Try, name: str) -> None:
    tried = try_(name)
    page = tried.saves(tried.phone.get(tried.begins_at), FIRST)
    assert page.status == 200
    assert FIRST in page.html
    assert FIRST not in page.html.split("</title>")[0]
    assert "Error:" not in page.html
    assert tried.kept() == [(FIRST, 1, tried.kept()[0][2], True)]


@pytest.mark.parametrize("name", BEGUN)
def test_saved_twice_is_one_and_back_other_words_save_is_a_change(try_: Try, name: str) -> None:
    tried = try_(name)
    form = tried.phone.get(tried.begins_at)
    for words in (FIRST, FIRST, SECOND, SECOND):
        assert words in tried.saves(form, words).html
    assert [kept[:2] for kept in tried.kept()] == [(SECOND, 2)]
    assert tried.former() == 1


@pytest.mark.parametrize("name", LISTED)
def test_back_another_time_save_is_a_change_too(try_: Try, name: str) -> None:
    tried = try_(name)
    form = tried.phone.get(tried.begins_at)
    tried.saves(form, FIRST)
    tried.saves(form, FIRST, happened="2026-11-22T08:15")
    assert [kept[2] for kept in tried.kept()] == [datetime(2026, 11, 22, 13, 15, tzinfo=UTC)]


@pytest.mark.parametrize("words", [FIRST, SECOND])
@pytest.mark.parametrize("name", BEGUN)
def test_who_takes_it_away_goes_back_and_saves_again_wants_it(
    try_: Try, name: str, words: str
) -> None:
    tried = try_(name)
    form = tried.phone.get(tried.begins_at)
    tried.saves(form, FIRST)
    tried.phone.post(tried.kind.address(tried.id, "/removal"))
    assert [kept[3] for kept in tried.kept()] == [False]
    assert words in tried.saves(form, words).html
    assert [(kept[0], kept[3]) for kept in tried.kept()] == [(words, True)]


@pytest.mark.parametrize("name", KINDS)
def test_it_is_changed_taken_away_and_put_back(try_: Try, name: str) -> None:
    tried = try_(name)
    address = tried.kind.address(tried.written())
    changed = tried.saves(tried.phone.get(address + tried.kind.edit), SECOND, **other(name))
    assert changed.status == 200
    assert [kept[1] for kept in tried.kept()] == [2]
    assert tried.former() == 1

    away = tried.phone.fill(tried.phone.get(address), "/removal")
    assert tried.phone.get(address).status == 404
    assert tried.phone.get(address + tried.kind.edit).status == 404
    back = tried.phone.fill(away, "/restoration")
    assert "Restored." in back.text
    assert tried.phone.get(address).status == 200


@pytest.mark.parametrize("name", BEGUN)
def test_two_tabs_show_both_and_decide_nothing(try_: Try, name: str) -> None:
    tried = try_(name)
    address = tried.kind.address(tried.written(), tried.kind.edit)
    tab, other = tried.phone.get(address), tried.phone.get(address)
    tried.saves(tab, SECOND)
    both = tried.saves(other, THIRD)
    assert both.status == 409
    assert "This was changed somewhere else" in both.text
    assert SECOND in both.text
    assert both.form(having=tried.field).fields[tried.field].strip() == THIRD
    assert [kept[0] for kept in tried.kept()] == [SECOND]
    tried.phone.fill(both, having=tried.field)  # who saves now has seen both
    assert [kept[:2] for kept in tried.kept()] == [(THIRD, 3)]


@pytest.mark.parametrize("version", ["", "²", "99"])
@pytest.mark.parametrize("name", BEGUN)
def test_a_version_that_cannot_be_changes_nothing(try_: Try, name: str, version: str) -> None:
    tried = try_(name)
    page = tried.phone.get(tried.kind.address(tried.written(), tried.kind.edit))
    answer = tried.saves(page, SECOND, version=version)
    assert answer.status == 409
    assert SECOND in answer.html
    assert [kept[0] for kept in tried.kept()] == [FIRST]


@pytest.mark.parametrize("name", BEGUN)
def test_an_id_that_cannot_be_is_refused(try_: Try, name: str) -> None:
    tried = try_(name)
    assert tried.saves(tried.phone.get(tried.begins_at), FIRST, id="1").status == 422
    assert tried.kept() == []


@pytest.mark.parametrize("name", KINDS)
def test_saving_without_a_change_is_no_new_version(try_: Try, name: str) -> None:
    """Also on the night on which an hour comes twice: it stays the second one."""
    tried = try_(name)
    second = datetime(2026, 11, 1, 6, 30, 17, tzinfo=UTC)
    page = tried.phone.get(tried.kind.address(tried.written(at=second), tried.kind.edit))
    tried.phone.fill(page, having="version")
    assert tried.kept() == [(FIRST, 1, second, True)]


@pytest.mark.parametrize("name", BEGUN)
def test_the_hour_that_comes_twice_survives_a_change_of_words(try_: Try, name: str) -> None:
    tried = try_(name)
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    page = tried.phone.get(tried.kind.address(tried.written(at=second), tried.kind.edit))
    tried.phone.fill(page, having="version", **{tried.field: SECOND})
    assert tried.kept() == [(SECOND, 2, second, True)]


@pytest.mark.parametrize("name", KINDS)
def test_nobody_else_opens_changes_or_removes_it(
    try_: Try, name: str, phone_of: Callable[[Someone], Phone], phone: Phone, ben: Someone,
    cleo: Someone, max_: Someone,
) -> None:  # fmt: skip
    tried = try_(name)
    id = tried.written()
    for someone in (ben, cleo, max_):
        theirs = phone_of(someone)
        for act in ("", tried.kind.edit):
            page = theirs.get(tried.kind.address(id, act))
            assert page.status == 404
            assert FIRST not in page.html
        for act in (tried.kind.edit, "/removal", "/restoration"):
            assert theirs.post(tried.kind.address(id, act), tried.fields(SECOND)).status == 404
    assert FIRST not in phone.get(tried.kind.address(id)).html
    assert tried.kept() == [(FIRST, 1, NOW, True)]


@pytest.mark.parametrize("name", KINDS)
def test_a_refused_page_keeps_what_was_typed_and_tells_the_phone_that_it_arrived(
    try_: Try, name: str
) -> None:
    """It stands on the page, filled in; else it would come back from the phone a second time."""
    tried, operation = try_(name), str(uuid4())
    sent = {tried.field: "zq-long" * 5_000} | ({"answer": "doubled"} if name == "dose" else {})
    page = tried.phone.get(tried.kind.address(tried.written(), tried.kind.edit))
    more = {"operation": operation} if tried.kind.offline else {}
    refused = tried.saves(page, FIRST, **sent, **more)
    assert refused.status == 422
    assert "Check this and try again" in refused.text
    assert "zq-long" in refused.html
    assert (f'data-done="{operation}"' in refused.html) == tried.kind.offline
    assert tried.kept() == [(FIRST, 1, NOW, True)]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_was_written_without_a_network_is_there_once(
    try_: Try, name: str, outbox_of: Callable[[Someone], Outbox], ana: Someone
) -> None:
    tried, outbox = try_(name), outbox_of(ana)
    item = outbox.write(kind=name, **tried.fields(FIRST))
    assert outbox.send() == ["saved"]
    assert outbox.send(item) == ["already"]
    id = entry_id(ana.id, UUID(item["id"]))
    assert FIRST in tried.phone.get(tried.kind.address(id)).html
    changed = outbox.write(kind=name, about=id, version="1", **tried.fields(SECOND) | other(name))
    assert outbox.send(changed) == ["saved"]
    assert [kept[1] for kept in tried.kept()] == [2]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_was_changed_meanwhile_comes_back_and_its_author_decides(
    try_: Try, name: str, outbox_of: Callable[[Someone], Outbox], ana: Someone
) -> None:
    tried, outbox = try_(name), outbox_of(ana)
    id = tried.written()
    item = outbox.write(kind=name, about=id, version="1", **tried.fields(SECOND) | other(name))
    page = tried.phone.get(tried.kind.address(id, tried.kind.edit))
    tried.saves(page, THIRD, **({"answer": "later"} if name == "dose" else {}))
    assert outbox.send(item) == ["conflict"]
    both = tried.phone.post("/sync/look", item)
    assert "This was changed somewhere else" in both.text
    saved = tried.phone.fill(both, having=tried.field)
    assert f'data-done="{item["id"]}"' in saved.html
    assert [kept[1] for kept in tried.kept()] == [3]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_cannot_be_comes_back_filled_in(
    try_: Try, name: str, outbox_of: Callable[[Someone], Outbox], ana: Someone
) -> None:
    tried, outbox = try_(name), outbox_of(ana)
    wrong = {"happened": "1643-01-01T10:00"}
    item = outbox.write(kind=name, **tried.fields(FIRST) | wrong)
    assert outbox.send() == ["rejected"]
    page = tried.phone.post("/sync/look", item)
    assert "This couldn’t be saved from your phone" in page.text
    assert "It can’t be that far away" in page.text
    assert FIRST in page.html
    assert tried.kept() == []


@pytest.mark.parametrize("name", KINDS)
def test_a_blank_form_is_the_same_for_everybody(name: str, phone: Phone) -> None:
    page = phone.get(f"/blank/{name}")
    assert page.status == (200 if name in LISTED else 404)
    for secret in ("csrf_token", 'name="id"', 'name="version"'):
        assert secret not in page.html or page.status == 404


@pytest.mark.parametrize("way", ["page", "phone"])
@pytest.mark.parametrize("groups", ["none", "one", "unsigned", "several"])
@pytest.mark.parametrize("name", SHARED)
def test_sharing_while_saving(
    try_: Try, name: str, groups: str, way: str, outbox_of: Callable[[Someone], Outbox],
    ana: Someone, cleo: Someone, phone_of: Callable[[Someone], Phone], evening: SomeGroup,
    morning: SomeGroup, wrote: Any, shared: Any, put_into: Any, leaves: Any,
) -> None:  # fmt: skip
    """At once with the one group whose consent is signed; else it is asked, and nothing leaves."""
    tried, desk = try_(name), phone_of(cleo)
    if groups != "unsigned":
        shared(ana, wrote(ana), evening)  # she has signed
    if groups == "several":
        put_into(morning, ana)
    if groups == "none":
        leaves(evening, ana)
    if way == "page":
        form = tried.phone.get(tried.begins_at)
        if groups == "none":
            assert "share" not in form.form(having=tried.field).names
        elif groups == "several":
            assert "Share with Evening IOP, Morning IOP" in form.text
            assert "After you save, you’ll choose which group" in form.text
        page = tried.saves(form, FIRST, share="1", bring_up="1")
    else:
        outbox = outbox_of(ana)
        outbox.write(kind=name, share="1", bring_up="1", **tried.fields(FIRST))
        assert outbox.send() == ["saved"]
        page = tried.phone.get("/today")
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    assert (FIRST in huddle.html) == (groups == "one")
    if groups == "several" and way == "page":
        chosen = next(link for link in page.links if f"group={evening.id}" in link)
        assert tried.phone.get(chosen).form(having="bring_up").fields.get("bring_up")
    if groups == "one":
        assert "Wants to talk about" in huddle.text
        assert way == "phone" or "Saved and shared with your facilitators." in page.text
    elif way == "page":
        assert "Saved. One more step to share it." in page.text
    else:
        assert "You wanted to share this" in page.text
    assert FIRST in [kept[0] for kept in tried.kept()]


@pytest.mark.parametrize("name", LISTED)
def test_older_ones_are_a_page_away(try_: Try, name: str) -> None:
    tried = try_(name)
    ids = {str(tried.written()) for _ in range(PAGE + 2)}
    met: list[str] = []
    page = tried.phone.get(tried.kind.at)
    while True:
        met += [link.rpartition("/")[2] for link in page.links if link.rpartition("/")[2] in ids]
        older = next((link for link in page.links if "before=" in link), None)
        if older is None:
            break
        page = tried.phone.get(older)
    assert len(met) == len(ids)
    assert set(met) == ids
    for odd in ("-1", "x", "9" * 30, "2026~x"):
        assert tried.phone.get(f"{tried.kind.at}?before={odd}").status == 200


def other(name: str) -> dict[str, str]:
    """A dose keeps its name; what is changed is the answer."""
    return {"answer": "skipped"} if name == "dose" else {}


@pytest.mark.parametrize("way", ["page", "phone"])
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.shares])
def test_who_was_to_choose_among_groups_chooses_whatever_is_left_of_them(
    try_: Try, name: str, way: str, outbox_of: Callable[[Someone], Outbox], ana: Someone,
    cleo: Someone, phone_of: Callable[[Someone], Phone], evening: SomeGroup, morning: SomeGroup,
    wrote: Any, shared: Any, put_into: Any, leaves: Any,
) -> None:  # fmt: skip
    tried, desk = try_(name), phone_of(cleo)
    shared(ana, wrote(ana), evening)  # she has signed
    put_into(morning, ana)
    form = tried.phone.get(tried.begins_at)
    leaves(morning, ana)
    if way == "page":
        page = tried.saves(form, FIRST, share="1", bring_up="1")
        assert "One more step to share it." in page.text
    else:
        outbox = outbox_of(ana)
        outbox.write(kind=name, share="1", **{"for": "ask"}, **tried.fields(FIRST))
        assert outbox.send() == ["saved"]
        assert any("/share" in link for link in tried.phone.get("/today").links)
    assert FIRST not in desk.get(f"/clinic/sessions/{evening.tonight}").html
