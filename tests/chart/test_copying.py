"""The morning after: what Cleo copies for the chart, and who can't."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.accounts.models import Person, Role
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.plan.models import PlanSection, made_for
from webapp.program.actions import hand_over
from webapp.program.models import Group, GroupSession
from webapp.sharing.models import Reading

pytestmark = pytest.mark.database

OVER = timedelta(hours=5, minutes=30)  # half an hour after tonight's group


def permits(phone):
    page = phone.get("/sharing/permissions/new/quote")
    return phone.fill(page, having="signed_name", signed_name="Ana R.")


def copies(app):
    with app.app_context():
        query = select(Act).where(Act.kind == ActKind.CHART_COPIED).order_by(Act.number)
        return [(act.person_id, act.about_id) for act in db.session.scalars(query)]


def posted(desk, address, *ticks, who="all", **more):
    data = {"csrf_token": desk.token(), "tick": list(ticks), "who": who, **more}
    return desk.client.post(address, data=data)


def test_what_is_ticked_is_in_the_note_and_each_patient_reads_that_it_was_copied(
    app, phone_of, ana, ben, cleo, evening, wrote, shared, clock
):
    words = "Keg party <next door>"
    entry, bens = wrote(ana, situation=words), wrote(ben, situation="Payday")
    shared(ana, entry, evening, bring_up=True, about="the neighbors")
    shared(ben, bens, evening)
    with app.app_context():
        person, goals = db.session.get_one(Person, ana.id), [
            {"id": "g1", "words": "Call my brother", "steps": []}
        ]  # fmt: skip
        plan = write(
            PlanSection, person, made_for("goals"), NOW, {"part": "goals", "goals": goals}
        ).id
        db.session.get_one(GroupSession, evening.tonight).topic = "Sleep"
        db.session.commit()
    shared(ana, plan, evening)
    address, goal = f"/clinic/sessions/{evening.tonight}/chart", f"{plan}:g1"
    desk = phone_of(cleo)
    desk.post(f"/clinic/sessions/{evening.tonight}/agenda", {"words": "Breathing"})
    assert "once group is over" in desk.get(address).text
    assert posted(desk, address).status_code == 409
    assert address not in desk.get(f"/clinic/sessions/{evening.tonight}").links

    clock.shift(OVER)
    desk = phone_of(cleo)
    desk.post(
        f"/clinic/sessions/{evening.tonight}/attendance",
        {f"{ana.id}-presence": "present", f"{ben.id}-presence": "late",
         f"{ben.id}-arrived": "18:10"},
    )  # fmt: skip
    assert address in desk.get(f"/clinic/sessions/{evening.tonight}").links
    page = desk.get(address)
    for said in (words, "Payday", "the neighbors", "Sleep", "Present", "Breathing"):
        assert said in page.text
    # Without the permission nothing of hers can be ticked, and a forged tick copies nothing.
    assert f'value="{entry}"' not in page.html
    assert "Call my brother" not in page.html.partition('type="checkbox"')[0]
    for forged in (str(entry), goal, str(bens)):
        assert posted(desk, address, forged).status_code == 302
    assert "isn’t shared anymore" in desk.get(address).text
    assert copies(app) == []

    permits(phone_of(ana))
    page = desk.get(address)
    assert f'value="{entry}"' in page.html
    assert f'value="{bens}"' not in page.html
    assert " checked" not in page.html
    assert copies(app) == [], "looking copies nothing"
    assert posted(desk, address, who="nobody").status_code == 422
    nothing_ticked = posted(desk, address).text
    for kept in ("Keg party", "Call my brother", "the neighbors", "Payday", "Breathing"):
        assert kept not in nothing_ticked
    tonight = evening.tonight
    assert copies(app) == [(None, tonight), (ana.id, tonight), (ben.id, tonight)]
    assert "Cleo copied a note about you for the chart." in phone_of(ana).get(
        "/sharing/activity").text  # fmt: skip

    file = posted(desk, address, str(entry), goal, who=str(ana.id), **{"as": "file"})
    assert file.content_type == "text/plain; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="notes-2026-11-23.txt"'
    assert "no-store" in file.headers["Cache-Control"]
    for said in (
        "Ana\n", "Monday, November 23, 2026, 6:00 PM–9:00 PM\n", "Topic: Sleep\n", words,
        "Attendance: Present, 6:00 PM–9:00 PM\n", "Goals addressed:\n- Call my brother\n",
    ):  # fmt: skip
        assert said in file.text
    assert "Ben" not in file.text
    line = page.html.partition('name="tick" value="')[2].partition('"')[0]
    group = posted(desk, address, line, who="group", **{"as": "file"}).text
    assert "- Present: 1\n- Present, late: 1\n" in group
    assert "- Breathing\n" in group
    for name in ("Ana", "Ben", "Keg"):
        assert name not in group, "the group's note can go into anybody's chart"
    assert [person for person, _about in copies(app)[3:]] == [ana.id, None]


def test_what_was_stopped_or_canceled_while_the_page_was_open_is_not_copied(
    app, phone_of, ana, cleo, evening, wrote, shared, clock
):
    entry, phone = wrote(ana, situation="Keg party"), phone_of(ana)
    share = shared(ana, entry, evening)
    listed = permits(phone)
    address = f"/clinic/sessions/{evening.tonight}/chart"
    clock.shift(OVER)
    desk, phone = phone_of(cleo), phone_of(ana)
    assert "Keg party" in posted(desk, address, str(entry)).text
    (canceled,) = [link for link in listed.links if "/sharing/permissions/" in link
                   and "new" not in link][:1]  # fmt: skip
    phone.post(f"{canceled}/revocation")
    assert "Keg party" in desk.get(address).text
    assert posted(desk, address, str(entry)).status_code == 302
    permits(phone)
    assert "Keg party" in posted(desk, address, str(entry)).text
    phone.post(f"/shares/{share}/end")
    late = posted(desk, address, str(entry))
    assert late.status_code == 302
    assert "Keg party" not in desk.get(address).text
    assert len(copies(app)) == 4


def test_nobody_else_copies_and_who_stood_in_no_more_once_it_is_over(
    app, phone_of, ana, cleo, kit, somebody, evening, leaves, clock
):
    lee, max_ = somebody("lee", Role.FACILITATOR), somebody("max", Role.ADMINISTRATOR)
    address = f"/clinic/sessions/{evening.tonight}/chart"
    with app.app_context():
        hand_over(
            db.session.get_one(Group, evening.id), db.session.get_one(Person, lee.id),
            db.session.get_one(Person, cleo.id), NOW + OVER + timedelta(hours=1),
            db.session.get_one(GroupSession, evening.tonight),
        )  # fmt: skip
        db.session.commit()
    clock.shift(OVER)
    stands_in = phone_of(lee)
    for reader in (stands_in, phone_of(cleo)):
        start = reader.get("/clinic")
        assert address in start.links, "no way round by the group's page"
    assert "Evening IOP, today at 6:00 PM Open until tomorrow at 12:00 PM" in start.text
    assert address not in phone_of(kit).get("/clinic").links
    assert stands_in.client.get(address).headers["Refresh"] == "3601", "an open page finds out"
    assert posted(stands_in, address, who=str(ana.id)).status_code == 200
    assert stands_in.get(f"/clinic/sessions/{evening.friday}/chart").status == 404
    for other in (kit, max_, ana):
        assert phone_of(other).get(address).status == 404
        assert posted(phone_of(other), address).status_code == 404
    clock.shift(timedelta(hours=1))
    stands_in = phone_of(lee)
    assert stands_in.get(address).status == 404
    assert posted(stands_in, address, who=str(ana.id)).status_code == 404
    assert address not in stands_in.get("/clinic").links
    desk = phone_of(cleo)
    assert desk.get(address).status == 200
    leaves(evening, cleo)
    assert desk.get(address).status == 404
    assert posted(desk, address, who=str(ana.id)).status_code == 404
    assert address not in desk.get("/clinic").links
    assert len(copies(app)) == 1


def test_no_note_names_another_patient_and_an_individual_one_is_all_in_its_patients(
    app, phone_of, ana, ben, cleo, evening, group_of, put_into, wrote, shared, clock
):
    """Ana's chart never says who else is in her group; what does is read here, and not copied."""
    names, plain = wrote(ana, situation="BEN’S ride home"), wrote(ana, situation="Payday")
    for entry in (names, plain):
        shared(ana, entry, evening)
    permits(phone_of(ana))
    alone = group_of(None)
    put_into(alone, cleo, ana)
    with app.app_context():
        db.session.get_one(GroupSession, evening.tonight).topic = "Goodbye to Ben"
        db.session.commit()
    for id, line in ((evening.tonight, "Ben’s dentist"), (alone.tonight, "Ana’s dentist")):
        phone_of(cleo).post(f"/clinic/sessions/{id}/agenda", {"words": line})
    address = f"/clinic/sessions/{evening.tonight}/chart"
    clock.shift(OVER)
    desk = phone_of(cleo)
    page = desk.get(address)
    for said in ("Goodbye to Ben", "Ben’s dentist"):
        assert f"{said} Names a patient of the group" in page.text
    assert "BEN’S ride home Names a patient of the group" in page.text
    assert f'value="{names}"' not in page.html
    assert posted(desk, address, str(names)).status_code == 302
    for who in ("group", str(ana.id)):
        note = posted(desk, address, str(plain), who=who, **{"as": "file"}).text
        assert "Evening IOP" in note
        assert "ben" not in note.lower()
    assert "Goodbye to Ben" in posted(desk, address, who=str(ben.id), **{"as": "file"}).text
    assert posted(desk, address, **{"as": "file"}).status_code == 422, "a file is for one chart"

    address = f"/clinic/sessions/{alone.tonight}/chart"
    page = desk.get(address)
    line = page.html.partition('name="tick" value="')[2].partition('"')[0]
    assert posted(desk, address, line, who="group").status_code == 422
    one = posted(desk, address, line, **{"as": "file"})
    assert "Covered:\n- Ana’s dentist" in one.text


def test_a_note_that_quotes_newer_words_than_were_shown_has_opened_them(
    app, phone_of, ana, cleo, evening, wrote, shared, clock
):
    entry = wrote(ana, situation="Payday")
    shared(ana, entry, evening)
    permits(phone_of(ana))
    clock.shift(OVER)
    desk, phone = phone_of(cleo), phone_of(ana)
    address = f"/clinic/sessions/{evening.tonight}/chart"
    desk.get(address)
    phone.fill(phone.get(f"/journal/{entry}/edit"), "edit", situation="Payday, called my sister")

    note = posted(desk, address, str(entry), who=str(ana.id))

    assert "called my sister" in note.text
    with app.app_context():
        read = select(Reading.version).where(Reading.entry_id == entry)
        assert set(db.session.scalars(read)) == {1, 2}
