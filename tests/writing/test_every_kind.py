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
BEGUN = [name for name in KINDS if name not in ("dose",)]  # a dose is tapped on the page of a day
OFFLINE = [name for name, kind in KINDS.items() if kind.offline]
LISTED = [name for name, kind in KINDS.items() if kind.offline and kind.new]
SHARED = [name for name, kind in KINDS.items() if kind.shares]
Try = Callable[[str], Tried]


@pytest.mark.parametrize("name", BEGUN)
def test_what_is_written_is_on_its_page_and_only_its_authors(try_: Try, name: str) -> None:
    one = try_(name)
    page = one.saves(one.phone.get(one.begins_at), FIRST)
    assert page.status == 200
    assert FIRST in page.html
    assert FIRST not in page.html.split("</title>")[0]
    assert "Error:" not in page.html
    assert one.kept() == [(FIRST, 1, one.kept()[0][2], True)]


@pytest.mark.parametrize("name", BEGUN)
def test_saved_twice_is_one_and_back_other_words_save_is_a_change(try_: Try, name: str) -> None:
    one = try_(name)
    form = one.phone.get(one.begins_at)
    for words in (FIRST, FIRST, SECOND, SECOND):
        assert words in one.saves(form, words).html
    assert [kept[:2] for kept in one.kept()] == [(SECOND, 2)]
    assert one.former() == 1


@pytest.mark.parametrize("name", LISTED)
def test_back_another_time_save_is_a_change_too(try_: Try, name: str) -> None:
    one = try_(name)
    form = one.phone.get(one.begins_at)
    one.saves(form, FIRST)
    one.saves(form, FIRST, happened="2026-11-22T08:15")
    assert [kept[2] for kept in one.kept()] == [datetime(2026, 11, 22, 13, 15, tzinfo=UTC)]


@pytest.mark.parametrize("words", [FIRST, SECOND])
@pytest.mark.parametrize("name", BEGUN)
def test_who_takes_it_away_goes_back_and_saves_again_wants_it(
    try_: Try, name: str, words: str
) -> None:
    one = try_(name)
    form = one.phone.get(one.begins_at)
    one.saves(form, FIRST)
    one.phone.post(one.kind.address(one.id, "/removal"))
    assert [kept[3] for kept in one.kept()] == [False]
    assert words in one.saves(form, words).html
    assert [(kept[0], kept[3]) for kept in one.kept()] == [(words, True)]


@pytest.mark.parametrize("name", KINDS)
def test_it_is_changed_taken_away_and_put_back(try_: Try, name: str) -> None:
    one = try_(name)
    address = one.kind.address(one.written())
    changed = one.saves(one.phone.get(address + one.kind.edit), SECOND, **other(name))
    assert changed.status == 200
    assert [kept[1] for kept in one.kept()] == [2]
    assert one.former() == 1

    away = one.phone.fill(one.phone.get(address), "/removal")
    assert one.phone.get(address).status == 404
    assert one.phone.get(address + one.kind.edit).status == 404
    back = one.phone.fill(away, "/restoration")
    assert "Restored." in back.text
    assert one.phone.get(address).status == 200


@pytest.mark.parametrize("name", BEGUN)
def test_two_tabs_show_both_and_decide_nothing(try_: Try, name: str) -> None:
    one = try_(name)
    address = one.kind.address(one.written(), one.kind.edit)
    tab, other = one.phone.get(address), one.phone.get(address)
    one.saves(tab, SECOND)
    both = one.saves(other, THIRD)
    assert both.status == 409
    assert "This was changed somewhere else" in both.text
    assert SECOND in both.text
    assert both.form(having=one.field).fields[one.field].strip() == THIRD
    assert [kept[0] for kept in one.kept()] == [SECOND]
    one.phone.fill(both, having=one.field)  # who saves now has seen both
    assert [kept[:2] for kept in one.kept()] == [(THIRD, 3)]


@pytest.mark.parametrize("version", ["", "²", "99"])
@pytest.mark.parametrize("name", BEGUN)
def test_a_version_that_cannot_be_changes_nothing(try_: Try, name: str, version: str) -> None:
    one = try_(name)
    page = one.phone.get(one.kind.address(one.written(), one.kind.edit))
    answer = one.saves(page, SECOND, version=version)
    assert answer.status == 409
    assert SECOND in answer.html
    assert [kept[0] for kept in one.kept()] == [FIRST]


@pytest.mark.parametrize("name", BEGUN)
def test_an_id_that_cannot_be_is_refused(try_: Try, name: str) -> None:
    one = try_(name)
    assert one.saves(one.phone.get(one.begins_at), FIRST, id="1").status == 422
    assert one.kept() == []


@pytest.mark.parametrize("name", KINDS)
def test_saving_without_a_change_is_no_new_version(try_: Try, name: str) -> None:
    """Also on the night on which an hour comes twice: it stays the second one."""
    one = try_(name)
    second = datetime(2026, 11, 1, 6, 30, 17, tzinfo=UTC)
    page = one.phone.get(one.kind.address(one.written(at=second), one.kind.edit))
    one.phone.fill(page, having="version")
    assert one.kept() == [(FIRST, 1, second, True)]


@pytest.mark.parametrize("name", BEGUN)
def test_the_hour_that_comes_twice_survives_a_change_of_words(try_: Try, name: str) -> None:
    one = try_(name)
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    page = one.phone.get(one.kind.address(one.written(at=second), one.kind.edit))
    one.phone.fill(page, having="version", **{one.field: SECOND})
    assert one.kept() == [(SECOND, 2, second, True)]


@pytest.mark.parametrize("name", KINDS)
def test_nobody_else_opens_changes_or_removes_it(
    try_: Try, name: str, phone_of: Callable[[Someone], Phone], phone: Phone, ben: Someone,
    cleo: Someone, max_: Someone,
) -> None:  # fmt: skip
    one = try_(name)
    id = one.written()
    for someone in (ben, cleo, max_):
        theirs = phone_of(someone)
        for act in ("", one.kind.edit):
            page = theirs.get(one.kind.address(id, act))
            assert page.status == 404
            assert FIRST not in page.html
        for act in (one.kind.edit, "/removal", "/restoration"):
            assert theirs.post(one.kind.address(id, act), one.fields(SECOND)).status == 404
    assert FIRST not in phone.get(one.kind.address(id)).html
    assert one.kept() == [(FIRST, 1, NOW, True)]


@pytest.mark.parametrize("name", KINDS)
def test_a_refused_page_keeps_what_was_typed_and_tells_the_phone_that_it_arrived(
    try_: Try, name: str
) -> None:
    """It stands on the page, filled in; else it would come back from the phone a second time."""
    one, operation = try_(name), str(uuid4())
    sent = {one.field: "zq-long" * 5_000} | ({"answer": "doubled"} if name == "dose" else {})
    page = one.phone.get(one.kind.address(one.written(), one.kind.edit))
    more = {"operation": operation} if one.kind.offline else {}
    refused = one.saves(page, FIRST, **sent, **more)
    assert refused.status == 422
    assert "There is a problem" in refused.text
    assert "zq-long" in refused.html
    assert (f'data-done="{operation}"' in refused.html) == one.kind.offline
    assert one.kept() == [(FIRST, 1, NOW, True)]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_was_written_without_a_network_is_there_once(
    try_: Try, name: str, outbox_of: Callable[[Someone], Outbox], ana: Someone
) -> None:
    one, outbox = try_(name), outbox_of(ana)
    item = outbox.write(kind=name, **one.fields(FIRST))
    assert outbox.send() == ["saved"]
    assert outbox.send(item) == ["already"]
    id = entry_id(ana.id, UUID(item["id"]))
    assert FIRST in one.phone.get(one.kind.address(id)).html
    changed = outbox.write(kind=name, about=id, version="1", **one.fields(SECOND) | other(name))
    assert outbox.send(changed) == ["saved"]
    assert [kept[1] for kept in one.kept()] == [2]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_was_changed_meanwhile_comes_back_and_its_author_decides(
    try_: Try, name: str, outbox_of: Callable[[Someone], Outbox], ana: Someone
) -> None:
    one, outbox = try_(name), outbox_of(ana)
    id = one.written()
    item = outbox.write(kind=name, about=id, version="1", **one.fields(SECOND) | other(name))
    page = one.phone.get(one.kind.address(id, one.kind.edit))
    one.saves(page, THIRD, **({"answer": "later"} if name == "dose" else {}))
    assert outbox.send(item) == ["conflict"]
    both = one.phone.post("/sync/look", item)
    assert "This was changed somewhere else" in both.text
    saved = one.phone.fill(both, having=one.field)
    assert f'data-done="{item["id"]}"' in saved.html
    assert [kept[1] for kept in one.kept()] == [3]


@pytest.mark.parametrize("name", OFFLINE)
def test_what_cannot_be_comes_back_filled_in(
    try_: Try, name: str, outbox_of: Callable[[Someone], Outbox], ana: Someone
) -> None:
    one, outbox = try_(name), outbox_of(ana)
    wrong = {"happened": "1643-01-01T10:00"}
    item = outbox.write(kind=name, **one.fields(FIRST) | wrong)
    assert outbox.send() == ["rejected"]
    page = one.phone.post("/sync/look", item)
    assert "This couldn’t be saved from your phone" in page.text
    assert "It can’t be that far away" in page.text
    assert FIRST in page.html
    assert one.kept() == []


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
    one, desk = try_(name), phone_of(cleo)
    if groups != "unsigned":
        shared(ana, wrote(ana), evening)  # she has signed
    if groups == "several":
        put_into(morning, ana)
    if groups == "none":
        leaves(evening, ana)
    if way == "page":
        form = one.phone.get(one.begins_at)
        if groups == "none":
            assert "share" not in form.form(having=one.field).names
        elif groups == "several":
            assert "Share with Evening IOP, Morning IOP" in form.text
            assert "After you save, you’ll choose which group" in form.text
        page = one.saves(form, FIRST, share="1", bring_up="1")
    else:
        outbox = outbox_of(ana)
        outbox.write(kind=name, share="1", bring_up="1", **one.fields(FIRST))
        assert outbox.send() == ["saved"]
        page = one.phone.get("/today")
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    assert (FIRST in huddle.html) == (groups == "one")
    if groups == "several" and way == "page":
        chosen = next(link for link in page.links if f"group={evening.id}" in link)
        assert one.phone.get(chosen).form(having="bring_up").fields.get("bring_up")
    if groups == "one":
        assert "Wants to talk about" in huddle.text
        assert way == "phone" or "Saved and shared with Evening IOP." in page.text
    elif way == "page":
        assert "Saved. One more step to share it." in page.text
    else:
        assert "You wanted to share this" in page.text
    assert FIRST in [kept[0] for kept in one.kept()]


@pytest.mark.parametrize("name", LISTED)
def test_older_ones_are_a_page_away(try_: Try, name: str) -> None:
    one = try_(name)
    ids = {str(one.written()) for _ in range(PAGE + 2)}
    met: list[str] = []
    page = one.phone.get(one.kind.at)
    while True:
        met += [link.rpartition("/")[2] for link in page.links if link.rpartition("/")[2] in ids]
        older = next((link for link in page.links if "before=" in link), None)
        if older is None:
            break
        page = one.phone.get(older)
    assert len(met) == len(ids)
    assert set(met) == ids
    for odd in ("-1", "x", "9" * 30, "2026~x"):
        assert one.phone.get(f"{one.kind.at}?before={odd}").status == 200


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
    one, desk = try_(name), phone_of(cleo)
    shared(ana, wrote(ana), evening)  # she has signed
    put_into(morning, ana)
    form = one.phone.get(one.begins_at)
    leaves(morning, ana)
    if way == "page":
        page = one.saves(form, FIRST, share="1", bring_up="1")
        assert "One more step to share it." in page.text
    else:
        outbox = outbox_of(ana)
        outbox.write(kind=name, share="1", **{"for": "ask"}, **one.fields(FIRST))
        assert outbox.send() == ["saved"]
        assert any("/share" in link for link in one.phone.get("/today").links)
    assert FIRST not in desk.get(f"/clinic/sessions/{evening.tonight}").html
