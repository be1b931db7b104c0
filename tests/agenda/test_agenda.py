"""What comes up tonight, in which order, and what became of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.accounts.models import Person, Role
from webapp.agenda.models import AgendaItem
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.plan.models import PlanSection, made_for
from webapp.program.models import GroupSession, Membership
from webapp.sharing.leaving import remove
from webapp.sharing.models import Share

pytestmark = pytest.mark.database


def in_order(page, *words):
    at = [page.text.index(word) for word in words]
    return at == sorted(at)


def test_cleo_puts_the_evening_in_order_and_only_her_colleagues_see_it(
    app, phone_of, ana, ben, cleo, kit, evening, wrote, shared, clock
):
    paydays = shared(ana, wrote(ana, situation="x"), evening, bring_up=True, about="paydays")
    clock.shift(timedelta(minutes=1))
    shared(ben, wrote(ben, situation="y"), evening, bring_up=True, about="the dentist")
    shared(ben, wrote(ben, situation="only shown"), evening)
    with app.app_context():
        person, today = db.session.get_one(Person, ana.id), NOW.date().isoformat()
        goals = [
            {"id": "g1", "words": "Call my brother", "review": today, "steps": []},
            {"id": "g2", "words": "Later goal", "review": "2030-01-01", "steps": []},
        ]
        plan = write(
            PlanSection, person, made_for("goals"), NOW, {"part": "goals", "goals": goals}
        ).id
        db.session.commit()
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}/agenda"
    assert "Call my brother" not in desk.get(address).text, "her plan is her own"
    shared(ana, plan, evening, tonight=False)

    page = desk.get(address)
    assert in_order(page, "paydays", "the dentist", "Call my brother")
    assert "Later goal" not in page.text
    assert "only shown" not in page.text
    assert "30 of 180 min" in page.text
    assert "Opened by Cleo" in phone_of(ana).get("/sharing").text

    gone = desk.client.post(f"{address}/{paydays}", data={"do": "down", "csrf_token": desk.token()})
    assert gone.location.endswith(f"#down-{paydays}"), "the keys go on from that button"
    page = desk.get(address)
    assert f"down-{paydays}" in page.ids
    assert in_order(page, "the dentist", "paydays", "Call my brother")
    desk.post(f"{address}/{paydays}", {"do": "more"})
    emoji = "Breathing 🌊"
    assert desk.post(address, {"words": emoji}).status == 200
    page = desk.get(address)
    assert in_order(page, "the dentist", "paydays", "Call my brother", emoji)
    assert "45 of 180 min" in page.text
    huddle = desk.get(f"/clinic/sessions/{evening.tonight}").text
    card = "Ben : the dentist Ana : paydays Ana : Call my brother goal to look at again " + emoji
    assert f"{card} Put in order 4 topics, 45 of 180 min" in huddle
    for bad in ("\0", "x" * 20_000, "   "):
        assert desk.post(address, {"words": bad}).status == 422
    assert desk.post(f"{address}/{paydays}", {"do": "fly"}).status == 422
    assert desk.post(f"{address}/{paydays}", {"do": "talked"}).status == 409, "not before group"

    for other in (phone_of(kit), phone_of(ana)):
        assert other.get(address).status == 404
        assert other.post(f"{address}/{paydays}", {"do": "up"}).status == 404
        assert other.post(address, {"words": "Mine"}).status == 404
    for page in ("/today", "/sharing", "/week"):
        assert emoji not in phone_of(ana).get(page).text
    with app.app_context():
        for item in db.session.scalars(select(AgendaItem)):
            assert emoji.encode() not in item.sealed
            assert item.author_id or not item.sealed, "a patient's words are never copied"


def test_a_ticket_is_marked_by_either_and_ana_sees_it_and_next_time_comes_again(
    app, phone_of, ana, cleo, evening, somebody, put_into, wrote, shared, clock
):
    lee = somebody("lee", Role.FACILITATOR)
    put_into(evening, lee)
    with app.app_context():
        wednesday = GroupSession(
            group_id=evening.id,
            starts_at=NOW + timedelta(days=2),
            ends_at=NOW + timedelta(days=2, hours=3),
        )
        db.session.add(wednesday)
        db.session.commit()
        wednesday_id = wednesday.id
    entry = wrote(ana, situation="x")
    ticket = shared(ana, entry, evening, tonight=False, bring_up=True, about="paydays")
    address = f"/clinic/sessions/{evening.tonight}/agenda"
    wednesday = f"/clinic/sessions/{wednesday_id}/agenda"
    clock.shift(timedelta(hours=3))  # group has begun
    desk, colleague = phone_of(cleo), phone_of(lee)
    desk.post(f"{address}/{ticket}", {"do": "talked"})
    assert "marked this: Talked about" in phone_of(ana).get(f"/journal/{entry}").text
    colleague.post(f"{address}/{ticket}", {"do": "next"})
    for phone in (phone_of(ana).get(f"/journal/{entry}"), phone_of(ana).get("/sharing")):
        assert "marked this: Next time" in phone.text, "the last tap counts"
    html = " ".join(desk.get(address).html.split())
    assert f'id="next-{ticket}" aria-pressed="true"' in html
    with app.app_context():
        assert db.session.get_one(Share, ticket).ended_at is None, "a mark stops no sharing"

    clock.shift(timedelta(hours=5))
    desk = phone_of(cleo)
    assert "paydays" in desk.get(wednesday).text
    # Un-shared while the page is open: gone from both, and a late tap says so.
    phone_of(ana).post(f"/shares/{ticket}/end")
    late = desk.post(f"{wednesday}/{ticket}", {"do": "up"})
    assert "isn’t on the agenda anymore" in late.text
    assert "paydays" not in late.text
    assert "paydays" not in desk.get(address).text
    assert "marked this: Next time" in phone_of(ana).get(f"/journal/{entry}").text


def test_whoever_is_removed_is_off_and_on_the_night_of_the_clock_change_nothing_is_out_of_order(
    app, phone_of, ana, ben, cleo, evening, wrote, shared, clock
):
    later = shared(ana, wrote(ana, situation="x"), evening, bring_up=True, about="said second")
    first = shared(ben, wrote(ben, situation="y"), evening, bring_up=True, about="said first")
    night = datetime(2027, 11, 7, 5, 0, tzinfo=UTC)  # 1 AM in New York, for the first time
    with app.app_context():
        tonight = db.session.get_one(GroupSession, evening.tonight)
        assert tonight.group.zone == "America/New_York"
        tonight.starts_at, tonight.ends_at = night, night + timedelta(hours=3)  # until 3 AM
        # 1:50 AM the first time, 1:10 AM the second time: by the clock on the wall, before.
        db.session.get_one(Share, first).shared_at = night + timedelta(minutes=50)
        db.session.get_one(Share, later).shared_at = night + timedelta(minutes=70)
        db.session.commit()
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}/agenda"
    page = desk.get(address)
    assert in_order(page, "said first", "said second")
    assert "20 of 180 min" in page.text
    with app.app_context():
        is_bens = Membership.person_id == ben.id, Membership.group_id == evening.id
        bens = db.session.scalars(select(Membership).where(*is_bens)).one()
        remove(bens, None, db.session.get_one(Person, cleo.id))
        db.session.commit()
    page = desk.get(address)
    assert "said first" not in page.text
    assert "10 of 180 min" in page.text
