"""Cleo gives something to do before the next group; what her patients do with it is theirs."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW
from tests.huddle.test_statements import counted
from webapp.core import clock as app_clock
from webapp.core.data.db import db
from webapp.homework.models import Homework
from webapp.homework.queries import given_for
from webapp.program.models import GroupSession

pytestmark = pytest.mark.database
TO_ALL = {"what": "exercise:feet", "words": "Twice a day", "who": "everyone"}


@pytest.fixture
def wednesday(app, weeks):
    """Evening IOP's next session after tonight's."""
    return on(app, 2)


def on(app, days):
    """Its session so many days from now."""
    with app.app_context():
        at = GroupSession.starts_at == NOW + timedelta(days=days, hours=2)
        return db.session.scalars(select(GroupSession.id).where(at)).one()


@pytest.fixture
def gives(phone_of, cleo, evening, wednesday):
    """Cleo gives it on tonight's page, before Wednesday unless she says otherwise."""

    def give(**fields):
        desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}/homework"
        return desk.fill(desk.get(address), having="what", **{**TO_ALL, **fields})

    return give


def taps(phone, tap, times=1):
    """Tap it on Today, as often; the page that follows."""
    page = phone.get("/today")
    form = next(
        form for form in page.forms if "/homework/" in form.action and form.fields["tap"] == tap
    )
    for _ in range(times):
        page = phone.post(form.action, form.fields)
    return page


def rows(app, **which):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Homework).filter_by(**which))


def test_each_decides_alone_what_cleo_hears(
    app, phone_of, ana, ben, dana, cleo, kit, somebody, put_into, evening, wednesday, gives, clock
):
    """Given to all: Ana tells, Ben keeps it, Fay says it isn't for her, Gus leaves it."""
    fay, gus = somebody("fay"), somebody("gus")
    put_into(evening, fay, gus)
    assert "Homework" not in phone_of(ana).get("/today").text
    page = gives()
    assert "For everyone" in page.text
    desk, wed = phone_of(cleo), f"/clinic/sessions/{wednesday}"
    before = desk.get(wed).text
    assert "Feet on the floor" in before
    assert "Feet on the floor" not in desk.get(f"/clinic/sessions/{evening.tonight}").text

    phones = {one.username: phone_of(one) for one in (ana, ben, fay, gus)}
    today = phones["ana"].get("/today")
    assert "From Cleo, before group Wed" in today.text
    assert "Twice a day" in today.text
    assert "/mindfulness/feet" in today.links
    asked = taps(phones["ana"], "done", 2)
    assert "Tell Cleo you did this?" in asked.text
    assert "everyone who leads Evening IOP can see it until Thu 12:00 PM." in asked.text
    taps(phones["ben"], "done")
    assert desk.get(wed).text == before, "done alone is nobody's business"
    assert "Homework" not in taps(phones["ana"], "tell", 2).text.replace("under What", "")
    taps(phones["ben"], "keep")
    taps(phones["fay"], "decline")
    for who in ("ben", "fay"):
        assert "Feet on the floor" not in phones[who].get("/today").text

    huddle = desk.get(wed)
    assert "Said they did it: Ana" in huddle.text
    assert huddle.text.replace("Said they did it: Ana ", "") == before, "of the others nothing"
    given = desk.get(f"/clinic/sessions/{evening.tonight}/homework")
    assert "Said they did it: Ana" in given.text
    # To a reader of the table, kept and not for me look alike, and nothing says when.
    assert rows(app, is_over=True, is_told=False) == 2
    # Dana is in another group, which Kit runs.
    mine = next(form.action for form in today.forms if "/homework/" in form.action)
    assert "Feet on the floor" not in phone_of(dana).get("/today").text
    for someone in (ben, dana, cleo):
        assert phone_of(someone).post(mine, {"tap": "tell"}).status == 404
    assert phone_of(ana).post(mine, {"tap": "nonsense"}).status == 422
    for address in (f"/clinic/sessions/{evening.tonight}/homework", wed):
        assert phone_of(kit).get(address).status == 404
    end = next(form.action for form in given.forms if form.action.endswith("/end"))
    assert phone_of(kit).post(end).status == 404

    # Ana stops it on /sharing; it doesn't come back to Today.
    shared = phones["ana"].get("/sharing")
    assert "Homework I said I did" in shared.text
    phones["ana"].fill(shared, mine)
    assert desk.get(wed).text == before
    assert "Feet on the floor" not in phones["ana"].get("/today").text
    taps(phones["gus"], "done")
    clock.shift(timedelta(days=2, hours=6))
    late = phone_of(gus).get("/today")
    assert "Feet on the floor" not in late.text


def test_for_one_in_own_words_taken_back_and_what_no_form_takes(
    app, phone_of, ana, ben, cleo, evening, wednesday, gives
):
    only = {"what": "words:", "who": str(ana.id), "words": "Call one person 📞"}
    page = gives(**only)
    assert "For Ana" in page.text
    assert "Call one person 📞" in phone_of(ana).get("/today").text
    assert "Call one person" not in phone_of(ben).get("/today").text
    for bad in (
        {"words": ""}, {"words": "x" * 20_000}, {"words": "\x00"}, {"what": "exercise:nothing"},
        {"who": str(uuid4())}, {"who": str(cleo.id)}, {"due": str(evening.friday)},
    ):  # fmt: skip
        assert gives(**only | bad).status == 422, bad
    assert gives(**only, id="nonsense").status == 422
    assert rows(app) == 1
    with app.app_context():
        assert b"Call" not in db.session.scalars(select(Homework)).one().sealed
    # Tapped twice, it is given once.
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}/homework"
    form = desk.get(address)
    for _ in range(2):
        assert desk.fill(form, having="what", **TO_ALL).status == 200
    assert rows(app) == 3

    taps(phone_of(ana), "done")
    taps(phone_of(ana), "tell")
    page, bens = desk.get(address), phone_of(ben)
    open_at_bens = [form for form in bens.get("/today").forms if "/homework/" in form.action]
    for form in [form for form in page.forms if form.action.endswith("/end")]:
        other = form.action.replace(str(evening.tonight), str(wednesday))
        assert desk.post(other).status == 404, "it was given on another session's page"
        assert desk.post(form.action).status == 200
        assert desk.post(form.action).status == 404
    assert rows(app) == 0
    assert "Homework" not in phone_of(ana).get("/today").text
    assert {bens.post(form.action, form.fields).status for form in open_at_bens} == {404}


def test_every_kind_opens_where_it_is_done(app, phone_of, ana, evening, wednesday, gives):
    with app.app_context():
        db.session.get_one(GroupSession, wednesday).read_before = "Two pages"
        db.session.commit()
    weekly = "questionnaire:" + next(
        value.split(":", 1)[1]
        for value in re.findall(r'value="([^"]+)"', gives(what="plan:signs").html)
        if value.startswith("questionnaire:")
    )
    for what in (weekly, f"reading:{wednesday}", "reading:expect", "plan:intro", "exercise:box"):
        gives(what=what)
    phone = phone_of(ana)
    card = phone.get("/today").html.split("Homework</h2>")[1].split("</section>")[0]
    links = re.findall(r'href="([^"]+)"', card)
    assert len(links) == 6
    for link in links:
        assert phone.get(link).status == 200, link
    assert "Two pages" in phone.get(f"/week/sessions/{wednesday}").text


def test_it_ends_with_the_group_and_with_leaving_it(
    app, phone_of, ana, ben, cleo, somebody, put_into, leaves, evening, wednesday, gives, clock
):
    gives()
    phone, desk = phone_of(ana), phone_of(cleo)
    taps(phone, "done")
    ask = phone.get("/today")
    mine = next(form for form in ask.forms if "/homework/" in form.action)
    taps(phone_of(ben), "done")
    taps(phone_of(ben), "tell")
    wed = f"/clinic/sessions/{wednesday}"
    assert "Said they did it: Ben" in desk.get(wed).text
    # Ben leaves: what he told leaves, too, and coming back brings nothing again.
    leaves(evening, ben)
    assert "Said they" not in desk.get(wed).text
    clock.shift(timedelta(minutes=1))
    late = somebody("late")
    put_into(evening, ben, late, since=app_clock.now())
    assert "Said they" not in desk.get(wed).text
    for someone in (ben, late):
        assert "Feet on the floor" not in phone_of(someone).get("/today").text
    assert "Homework I said I did" not in phone_of(ben).get("/sharing").text
    # Ana leaves before she answers: the question is gone, and her answer tells nobody.
    leaves(evening, ana)
    assert "Tell Cleo" not in phone.get("/today").text
    assert "no one will see it" in phone.post(mine.action, {"tap": "tell"}).text
    assert rows(app, is_told=True) == 1  # Ben's, which nobody sees
    assert "Said they" not in desk.get(f"/clinic/sessions/{evening.tonight}/homework").text


def test_a_group_that_is_off_or_not_on_ones_days_ends_nothing(
    app, phone_of, ana, ben, cleo, evening, wednesday, gives, comes_on, clock
):
    """Ben comes on Fridays alone, and has until then."""
    comes_on(ben, evening, 4)
    friday = on(app, 4)
    gives()
    assert "before group Wed" in phone_of(ana).get("/today").text
    assert "before group Fri" in phone_of(ben).get("/today").text
    with app.app_context():
        db.session.get_one(GroupSession, wednesday).cancelled_at = NOW
        db.session.commit()
    assert "before group Fri" in phone_of(ana).get("/today").text
    desk = phone_of(cleo)
    assert "Feet on the floor" in desk.get(f"/clinic/sessions/{friday}").text
    assert "Feet on the floor" not in desk.get(f"/clinic/sessions/{wednesday}").text
    with app.app_context():
        found = given_for(db.session.get_one(GroupSession, evening.tonight), NOW)
        assert [given.to for given in found] == [{ana.id, ben.id}]
        db.session.rollback()
    taps(phone_of(ana), "done")
    taps(phone_of(ana), "tell")
    clock.shift(timedelta(days=4, hours=5, minutes=1))  # Friday's group is over for a minute
    assert "Homework" not in phone_of(ben).get("/today").text
    assert "Said they did it: Ana" in phone_of(cleo).get(f"/clinic/sessions/{friday}").text
    said = "Everyone who leads Evening IOP can see that you did it, until Mon 12:00 PM."
    assert said in phone_of(ana).get("/sharing").text
    clock.shift(timedelta(days=2, hours=14, minutes=58))  # Monday, a minute before noon
    assert "Said they did it: Ana" in phone_of(cleo).get(f"/clinic/sessions/{friday}").text
    clock.shift(timedelta(minutes=1))
    assert "Said they" not in phone_of(cleo).get(f"/clinic/sessions/{friday}").text
    assert "Homework I said I did" not in phone_of(ana).get("/sharing").text


def test_taps_without_a_network_count_once_and_never_too_late(
    app, phone_of, ana, ben, cleo, evening, wednesday, gives, outbox_of, clock
):
    gives()
    outbox = outbox_of(ana)
    form = next(form for form in outbox.phone.get("/today").forms if "/homework/" in form.action)
    id = UUID(form.action.rsplit("/", 1)[1])
    done = outbox.write(kind="homework", about=id, tap="done")
    assert outbox.send(done) == ["saved"]
    assert outbox.send(done) == ["already"]
    tell = outbox.write(kind="homework", about=id, tap="tell")
    nonsense = outbox.write(kind="homework", about=id, tap="x")
    thief = outbox_of(ben)
    assert thief.send(thief.write(kind="homework", about=id, tap="tell")) == ["already"]
    assert rows(app, is_told=True) == 0
    assert outbox.send(nonsense) == ["rejected"]
    clock.shift(timedelta(days=2, hours=6))
    assert outbox.send(tell) == ["rejected"]
    assert rows(app, is_told=True) == 0
    assert "This wasn’t sent" in outbox_of(ana).phone.post("/sync/look", tell).text


def test_who_has_none_costs_today_no_statement_and_the_huddle_one_for_all(
    app, phone_of, ana, ben, cleo, somebody, put_into, evening, wednesday, gives
):
    phone, desk, wed = phone_of(ana), phone_of(cleo), f"/clinic/sessions/{wednesday}"
    for one, address in ((phone, "/today"), (desk, wed)):
        one.get(address)
    with counted(app) as none:
        phone.get("/today")
    with counted(app) as empty:
        desk.get(wed)
    gives()
    with counted(app) as some:
        phone.get("/today")
    put_into(evening, *(somebody(f"p{number}") for number in range(8)))
    gives(what="plan:why")
    taps(phone, "done")
    with counted(app) as full:
        desk.get(wed)
    assert len(some) == len(none) + 1
    assert len(full) == len(empty)
