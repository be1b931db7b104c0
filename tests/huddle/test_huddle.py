"""Cleo opens the huddle four minutes before the door opens."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, delete, func, select, update
from sqlalchemy.exc import OperationalError

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.huddle import views
from webapp.program.models import GroupSession
from webapp.sharing.models import Reading, Share


def test_cleo_sees_what_ana_shared_and_ana_sees_that_she_did(
    phone_of, ana, cleo, evening, wrote, shared
):
    entry = wrote(ana, situation="Walked past the old place", urge=7, did="A walk", after=4)
    shared(ana, entry, evening, bring_up=True, about="paydays")

    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")

    assert huddle.status == 200
    assert "Walked past the old place" in huddle.text
    assert "Wants to talk about: paydays" in huddle.text
    assert "1 new." in huddle.text
    today = phone_of(ana).get("/today")
    assert "Cleo opened what you shared, today at 4:00 PM" in today.text


def test_new_stays_new_until_cleo_marks_it_seen_or_the_next_group(
    app, phone_of, ana, ben, cleo, kit, evening, wrote, shared, clock
):
    shared(ana, wrote(ana, situation="Payday", urge=5), evening, tonight=False)
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    for _ in range(2):
        page = desk.get(address)
        assert "1 new." in page.text, "a reload makes nothing old"
        clock.shift(timedelta(minutes=5))
    assert "new" in desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}").text
    page = desk.fill(page, "/seen")
    assert "0 new." in page.text
    assert "Mark all seen" not in page.text

    clock.shift(timedelta(minutes=5))
    shared(ben, wrote(ben, situation="The bus stop"), evening)
    assert "1 new." in desk.get(address).text
    # The evening is over: at the next one it is old, though nobody marked it.
    clock.shift(timedelta(hours=10))
    assert "0 new." in phone_of(cleo).get(f"/clinic/sessions/{evening.friday}").text
    assert phone_of(kit).post(address + "/seen").status == 404


def test_the_open_page_hears_of_news_and_asking_opens_nothing_and_is_no_use(
    app, phone_of, ana, cleo, evening, wrote, shared, clock
):
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    assert f'data-from="{address}/news"' in desk.get(address).html
    assert desk.client.get(address + "/news").status_code == 204
    entry = wrote(ana, situation="The bus stop")
    shared(ana, entry, evening)
    assert desk.client.get(address + "/news").text == "1 new since you opened"
    assert "opened" not in phone_of(ana).get(f"/journal/{entry}").text
    # However often it asks, the desk that nobody touches is covered in time.
    for _ in range(4):
        clock.shift(timedelta(minutes=5))
        last = desk.client.get(address + "/news")
    assert last.status_code in (302, 401)


def test_what_was_opened_is_not_new_until_it_is_changed(
    phone_of, ana, cleo, evening, wrote, shared, clock
):
    entry = wrote(ana, situation="Payday", urge=5)
    shared(ana, entry, evening)
    desk, phone = phone_of(cleo), phone_of(ana)
    page = desk.fill(desk.get(f"/clinic/sessions/{evening.tonight}"), "/seen")
    assert "0 new." in page.text

    phone.fill(phone.get(f"/journal/{entry}/edit"), "edit", situation="Payday, called my sister")

    huddle = desk.get(f"/clinic/sessions/{evening.tonight}")
    assert "1 new." in huddle.text
    assert "called my sister" in huddle.text


def test_what_is_not_shared_is_not_even_counted(phone_of, ana, cleo, evening, wrote):
    wrote(ana, situation="Mine alone")
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert "Mine alone" not in huddle.html
    assert "0 entries shared" in huddle.text


def test_taking_back_takes_effect_on_the_next_request(phone_of, ana, cleo, evening, wrote, shared):
    entry = wrote(ana, situation="Not any more")
    shared(ana, entry, evening)
    desk, phone = phone_of(cleo), phone_of(ana)
    assert "Not any more" in desk.get(f"/clinic/sessions/{evening.tonight}").text

    phone.fill(phone.get("/sharing"), "/end")

    assert "Not any more" not in desk.get(f"/clinic/sessions/{evening.tonight}").html


def test_once_the_notes_are_due_the_shares_for_that_evening_are_closed(
    phone_of, ana, cleo, evening, wrote, shared, clock
):
    entry = wrote(ana, situation="Only for tonight")
    shared(ana, entry, evening)
    noon = NOW + timedelta(hours=20)  # on Tuesday
    clock.move_to(noon - timedelta(minutes=1))
    assert "Only for tonight" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    clock.move_to(noon)
    assert "Only for tonight" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html


def test_who_leaves_and_comes_back_does_not_wake_old_shares(
    phone_of, ana, cleo, evening, wrote, shared, leaves, put_into, clock
):
    entry = wrote(ana, situation="Before I left")
    shared(ana, entry, evening, tonight=False)
    leaves(evening, ana)
    assert "Before I left" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").html
    clock.shift(timedelta(minutes=5))
    put_into(evening, ana, since=NOW + timedelta(minutes=5))
    desk = phone_of(cleo)
    assert "Before I left" not in desk.get(f"/clinic/sessions/{evening.tonight}").html


def test_another_groups_facilitator_finds_nothing_there(phone_of, ana, kit, evening, wrote, shared):
    shared(ana, wrote(ana, situation="For Cleo"), evening)
    page = phone_of(kit).get(f"/clinic/sessions/{evening.tonight}")
    assert page.status == 404
    assert "For Cleo" not in page.html


def test_a_prefetch_is_nobody_reading(phone_of, ana, cleo, evening, wrote, shared):
    shared(ana, wrote(ana), evening)
    desk = phone_of(cleo)
    ahead = desk.get(f"/clinic/sessions/{evening.tonight}", headers={"Sec-Purpose": "prefetch"})
    assert ahead.status == 404
    assert "opened the page" not in phone_of(ana).get("/today").text


def test_cleo_answers_and_ana_finds_it_on_today(phone_of, ana, cleo, evening, wrote, shared):
    entry = wrote(ana, situation="Fight about the car")
    shared(ana, entry, evening)
    desk, phone = phone_of(cleo), phone_of(ana)

    page = desk.get(f"/clinic/sessions/{evening.tonight}")
    assert "replied" not in page.text
    assert any(link.endswith(f"?entry={entry}#e{entry}") for link in page.links)
    sent = desk.fill(
        page, "/feedback", entry=entry, back=page.address, words="Good that you called somebody."
    )
    assert "replied" in sent.text  # nobody answers a second time without knowing

    today = phone.get("/today")
    assert "Cleo replied to" in today.text
    assert "Good that you called somebody." in today.text
    phone.fill(today, "/seen")
    assert "Good that you called somebody." not in phone.get("/today").text
    assert "Good that you called somebody." in phone.get(f"/journal/{entry}").text


@pytest.mark.database
def test_cleo_changes_or_deletes_her_reply_until_ana_has_seen_it(
    phone_of, put_into, ana, ben, cleo, kit, evening, wrote, shared
):
    put_into(evening, kit)
    entry = wrote(ana, situation="Fight about the car")
    shared(ana, entry, evening)
    desk, phone, colleague = phone_of(cleo), phone_of(ana), phone_of(kit)
    address = f"/clinic/groups/{evening.id}/people/{ana.id}"
    for words in ("Good that you hit somebody.", "Meant for Ben"):
        page = desk.fill(desk.get(address), having="entry", words=words)
        assert page.response.request.query_string == f"entry={entry}".encode(), "the same place"
    first, wrong = (
        next(form for form in page.forms if form.fields.get("words", "") == words)
        for words in ("Good that you hit somebody.", "Meant for Ben")
    )

    # Hers alone, and only words that will do.
    assert "Delete reply" not in colleague.get(address).text
    for other in (colleague, phone, phone_of(ben)):
        for sent in (first.action, f"{first.action}/delete"):
            assert other.post(sent, {"words": "Somebody else’s"}).status == 404
    again = desk.fill(page, first.action, words=" ")
    assert again.status == 422
    stale = phone.get("/today")  # with both as they were
    desk.fill(again, first.action, words="Good that you called somebody.", suggests="y")
    desk.post(f"{wrong.action}/delete", wrong.fields)

    today = phone.get("/today").text
    assert "Good that you called somebody." in today
    assert "Add to my goals" in today
    assert "Good that you hit somebody." not in today
    for place in (phone.get(f"/journal/{entry}"), phone.get("/today"), desk.get(address)):
        assert "Meant for Ben" not in place.html
    said = phone.get("/sharing/activity").text
    assert "Cleo changed a reply." in said
    assert "Cleo deleted a reply." in said
    # What is gone can't be put away, and Ana hears why.
    seen, gone = (form.action.removeprefix("/clinic") + "/seen" for form in (first, wrong))
    assert "This reply was deleted." in phone.fill(stale, gone).text

    phone.fill(stale, seen)
    assert "Delete reply" not in desk.get(address).text
    for sent in (first.action, f"{first.action}/delete"):
        late = desk.post(sent, {"words": "Too late"})
        assert (late.status, "This reply can’t be changed anymore." in late.text) == (409, True)
    assert "Good that you called somebody." in phone.get(f"/journal/{entry}").text


@pytest.mark.parametrize("because", ["no longer shared", "no longer hers", "on legal hold"])
def test_a_reply_stays_as_it_is(app, phone_of, ana, cleo, evening, wrote, shared, leaves, because):
    shared(ana, wrote(ana), evening)
    desk = phone_of(cleo)
    page = desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}")
    form = desk.fill(page, having="entry", words="As it is").form("/clinic/feedback/")
    if because == "no longer hers":
        leaves(evening, cleo)
    with app.app_context():
        if because == "no longer shared":
            db.session.execute(update(Share).values(ended_at=NOW))
        if because == "on legal hold":
            db.session.execute(update(Person).where(Person.id == ana.id).values(held_at=NOW))
        db.session.commit()
    for sent in (form.action, f"{form.action}/delete"):
        status = desk.post(sent, {"words": "Changed"}).status
        assert status == (409 if because == "on legal hold" else 404)
    assert "As it is" in phone_of(ana).get("/today").text


def test_a_reply_that_comes_back_shows_the_entry_as_it_is_now_and_that_is_opening_it(
    app, phone_of, ana, cleo, evening, wrote, shared, clock
):
    entry = wrote(ana, situation="Payday")
    shared(ana, entry, evening)
    desk, phone = phone_of(cleo), phone_of(ana)
    desk.get(f"/clinic/sessions/{evening.tonight}")
    phone.fill(phone.get(f"/journal/{entry}/edit"), "edit", situation="Payday, called my sister")
    clock.shift(timedelta(minutes=5))

    page = desk.post("/clinic/feedback", {"entry": entry, "words": ""})

    assert page.status == 422
    assert "called my sister" in page.text
    with app.app_context():
        read = select(Reading.version).where(Reading.entry_id == entry)
        assert set(db.session.scalars(read)) == {1, 2}
    assert "Cleo opened what you shared, today at 4:05 PM" in phone.get("/today").text


def test_what_another_groups_facilitator_answered_stays_with_them(
    phone_of, put_into, ana, cleo, kit, evening, morning, wrote, shared
):
    put_into(morning, ana)
    entry = wrote(ana, situation="For both groups")
    shared(ana, entry, evening, tonight=False)
    shared(ana, entry, morning, tonight=False)
    desk = phone_of(kit)
    page = desk.get(f"/clinic/groups/{morning.id}/people/{ana.id}")
    desk.fill(page, "/clinic/feedback", words="Said in the morning group")

    assert "Said in the morning group" in desk.get(page.address).text
    evenings = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}")
    assert "For both groups" in evenings.text
    assert "Said in the morning group" not in evenings.html
    assert "replied" not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text


def test_an_extra_hour_right_before_hides_nothing(app, phone_of, ana, cleo, evening, wrote, shared):
    with app.app_context():
        at = NOW + timedelta(hours=1)
        hours = {"starts_at": at, "ends_at": at + timedelta(hours=3)}
        db.session.add(GroupSession(group_id=evening.id, **hours))
        db.session.commit()
    shared(ana, wrote(ana, situation="Until I take it back"), evening, tonight=False)
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert "Until I take it back" in huddle.text


def test_each_thing_that_ana_said_stands_under_its_own_name(
    phone_of, ana, cleo, evening, wrote, shared
):
    entry = wrote(ana, situation="Payday", kinds=["money"], thought="One is fine", body="Tight")
    shared(ana, entry, evening)
    page = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}")
    for name, said in (("Trigger", "Money"), ("Thought", "One is fine"), ("Body", "Tight")):
        assert f'<dt>{name}</dt><dd class="words">{said}</dd>' in page.html


@pytest.mark.database
def test_whose_key_was_erased_takes_nobody_elses_words_along(
    app, phone_of, ana, ben, cleo, evening, wrote, shared
):
    shared(ana, wrote(ana, situation="Erased for good"), evening)
    shared(ben, wrote(ben, situation="Still here"), evening)
    with app.app_context():
        db.session.execute(delete(DataKey).where(DataKey.person_id == ana.id))
        db.session.commit()
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert huddle.status == 200
    assert "Still here" in huddle.text
    assert "1 entry shared" in huddle.text


@pytest.mark.database
def test_what_was_taken_back_while_the_page_was_drawn_counts_as_opened(
    app, settings, phone_of, ana, cleo, evening, wrote, shared, monkeypatch
):
    shared(ana, wrote(ana, situation="Seen by then"), evening)
    another, draw = create_engine(settings.database_url), views.render_template

    def draw_meanwhile(*template, **values):
        # Where a database has one writer at a time, taking back waits its turn.
        with suppress(OperationalError), another.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.execute(update(Share).values(ended_at=NOW))
        return draw(*template, **values)

    monkeypatch.setattr(views, "render_template", draw_meanwhile)
    assert "Seen by then" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    another.dispose()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reading)) == 1


@pytest.mark.database
def test_one_tap_says_what_ana_did_and_asks_her_and_her_no_leaves_no_trace(
    app, phone_of, ana, ben, cleo, evening, wrote, shared, clock
):
    entry, other = wrote(ana, situation="Payday"), wrote(ana, situation="The bus stop")
    shared(ana, entry, evening)
    shared(ana, other, evening, tonight=False)
    desk, phone = phone_of(cleo), phone_of(ana)
    address = f"/clinic/groups/{evening.id}/people/{ana.id}"

    def taps(which, **tap) -> None:
        page = desk.get(address)
        desk.fill(page, "/feedback", having="begun", entry=which, words="Half a reply", **tap)
        clock.shift(timedelta(minutes=1))

    taps(entry, reaction="reached")
    assert "You reached out to someone." in phone.get("/today").text
    assert "Half a reply" not in phone.get("/today").text
    page = desk.get(address)
    desk.post(f"{page.form('/feedback/').action}/delete", {})
    assert "Cleo replied" not in phone.get("/today").text + desk.get(address).text
    assert desk.post("/clinic/feedback", {"entry": entry, "reaction": "nonsense"}).status == 422

    # Not now: all stays as it looked before she answered.
    taps(entry, asks="y")
    before = desk.get(address).text
    today = phone.get("/today")
    assert "Could we raise this in group?" in today.text
    question = today.form("/seen").action
    assert phone_of(ben).post(question, {"yes": "y"}).status == 404
    phone.fill(today, "/seen")
    assert "Could we raise" not in phone.get("/today").text
    assert desk.get(address).text == before
    assert "Wants to talk about" not in desk.get(address).text
    kept = desk.get(address).form("/feedback/").action
    assert desk.post(kept, {"words": "Changed"}).status == 409
    desk.post(f"{kept}/delete", {})
    assert "Could we raise" not in phone.get(f"/journal/{entry}").text

    # Yes marks the entry, as her own sharing of it does; once it isn't shared, she is asked to.
    for which in (entry, other):
        taps(which, asks="y")
        phone.fill(phone.get("/today"), "/seen", yes="y")
        assert desk.get(address).text.count("Wants to talk about this") == 1 + (which == other)
    assert "You want to talk about 2 entries." in phone.get("/today").text
    taps(other, asks="y")
    with app.app_context():
        db.session.execute(update(Share).values(ended_at=NOW))
        db.session.commit()
    page = phone.fill(phone.get("/today"), "/seen", yes="y")
    assert page.address == f"/entries/{other}/share?bring_up=1"
