"""Topics and readings of the coming sessions, typed on one page."""

import pytest
from sqlalchemy import select

from webapp.core.data.db import db
from webapp.program.models import GroupSession

pytestmark = pytest.mark.database


@pytest.fixture
def place(evening):
    """Where it stands."""
    return f"/clinic/groups/{evening.id}/topics"


@pytest.fixture
def said(app):
    """Topic and reading of a session."""

    def read(id) -> tuple[str, str]:
        with app.app_context():
            row = db.session.get_one(GroupSession, id)
            return row.topic, row.read_before

    return read


def field(page, id, name="topic") -> str:
    fields = page.form(having="s0-topic").fields
    return next(f"s{at}-{name}" for at in range(12) if fields.get(f"s{at}-of") == str(id))


def stands(page, id) -> str:
    return page.form(having="s0-topic").fields[field(page, id)]


def typed(page, id, topic, read_before="") -> dict[str, str]:
    return {field(page, id): topic, field(page, id, "read_before"): read_before}


def save(desk, page, **fields):
    return desk.fill(page, "/topics", **fields)


@pytest.fixture
def next_one(app, evening, cleo, phone_of):
    """One more session of Evening IOP, on Wednesday."""
    desk = phone_of(cleo)
    address = f"/clinic/groups/{evening.id}/sessions/new"
    desk.fill(desk.get(address), address, day="2026-11-25", starts="18:00", minutes="60",
              topic="Anger", place="Room 5")  # fmt: skip
    with app.app_context():
        which = GroupSession.group_id == evening.id, GroupSession.topic == "Anger"
        return db.session.scalar(select(GroupSession.id).where(*which))


def test_cleo_types_two_at_once_and_ana_reads_them(
    phone_of, ana, cleo, evening, next_one, place, said, app
):
    desk = phone_of(cleo)
    page = desk.get(place)
    assert stands(page, next_one) == "Anger"
    link = "https://example.org/sleep"
    tonight = typed(page, evening.tonight, "Sleep", link)
    save(desk, page, **tonight, **typed(page, next_one, "Grief"))
    assert said(evening.tonight) == ("Sleep", link)
    assert said(next_one) == ("Grief", "")
    with app.app_context():  # what else was said of it stays
        assert db.session.get_one(GroupSession, next_one).place == "Room 5"
    week = phone_of(ana).get(f"/week/sessions/{evening.tonight}")
    assert "Sleep" in week.text
    assert link in week.text


def test_what_a_colleague_changed_meanwhile_is_shown_and_nothing_is_lost(
    phone_of, put_into, cleo, kit, evening, next_one, place, said
):
    put_into(evening, kit)
    desk, colleague = phone_of(cleo), phone_of(kit)
    page, other = desk.get(place), colleague.get(place)
    save(colleague, other, **typed(other, evening.tonight, "Kit’s topic", "Kit’s pages"))
    again = save(
        desk, page, **typed(page, evening.tonight, "Cleo’s topic"), **typed(page, next_one, "Grief")
    )
    assert again.status == 422
    assert "A colleague changed this meanwhile." in again.text
    assert "Kit’s pages" in again.text
    assert stands(again, evening.tonight) == "Cleo’s topic"
    assert stands(again, next_one) == "Grief"
    assert said(evening.tonight) == ("Kit’s topic", "Kit’s pages")
    assert said(next_one) == ("Anger", "")  # nothing half done
    save(desk, again)  # she saw it, and means it
    assert said(evening.tonight)[0] == "Cleo’s topic"
    assert said(next_one)[0] == "Grief"


def test_a_colleagues_topic_isnt_undone_by_who_didnt_touch_it(
    phone_of, put_into, cleo, kit, evening, next_one, place, said
):
    put_into(evening, kit)
    desk, colleague = phone_of(cleo), phone_of(kit)
    page, other = desk.get(place), colleague.get(place)
    save(colleague, other, **typed(other, evening.tonight, "Kit’s topic"))
    assert save(desk, page, **typed(page, next_one, "Grief")).status == 200
    assert said(evening.tonight)[0] == "Kit’s topic"
    assert said(next_one)[0] == "Grief"


def test_what_was_typed_for_a_session_that_began_is_still_there(
    phone_of, cleo, evening, place, said, clock
):
    desk = phone_of(cleo)
    page = desk.get(place)
    clock.shift(2.5 * 3600)
    sent = dict(page.form(having="s0-topic").fields) | typed(page, evening.tonight, "Too late")
    del sent["csrf_token"]
    again = phone_of(cleo).post(place, sent)
    assert again.status == 422
    assert "This session started, or was removed." in again.text
    assert stands(again, evening.tonight) == "Too late"
    assert said(evening.tonight)[0] == ""


def test_a_topic_that_is_too_long_saves_none(phone_of, cleo, evening, next_one, place, said):
    desk = phone_of(cleo)
    page = desk.get(place)
    long = save(
        desk, page, **typed(page, evening.tonight, "x" * 201), **typed(page, next_one, "Ok")
    )
    assert long.status == 422
    assert "too long" in long.text
    assert said(next_one)[0] == "Anger"


def test_another_groups_session_stays_as_it_is(phone_of, cleo, morning, evening, place, said):
    desk = phone_of(cleo)
    sent = {"s0-of": str(morning.tonight), "s0-topic": "Mine now", "s1-of": "nonsense"}
    desk.post(place, sent)
    assert said(morning.tonight)[0] == ""


def test_kit_and_ana_have_no_such_page(phone_of, kit, ana, cleo, place):
    for who in (kit, ana):
        assert phone_of(who).get(place).status == 404
