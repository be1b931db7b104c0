"""One patient in several groups at once: a group, individual sessions, a medication track."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW, ZONE
from tests.joining.test_joining import code_on
from tests.reminders.pushservice import FakePhone
from tests.week.test_feed import made, read
from webapp.accounts.models import Role
from webapp.core.data.db import db
from webapp.program.models import Group, GroupSession, Track
from webapp.reminders.models import Notification
from webapp.sharing.models import Share

TIMES = {"days": ["1"], "starts": "15:00", "minutes": "50", "zone": ZONE, "place": "Room 5"}


@pytest.fixture
def individual(app, phone_of, kit, clock):
    """Kit's individual sessions, on Tuesdays at three, for nobody yet: where they stand."""
    desk = phone_of(kit)
    page = desk.fill(desk.get("/clinic/groups/individual"), "/clinic/groups/individual", **TIMES)
    assert "Individual sessions are set up." in page.text
    with app.app_context():
        id = db.session.scalars(select(Group.id).where(Group.typed_name.is_(None))).one()
    return f"/clinic/groups/{id}"


@pytest.fixture
def shared_with(app):
    """The groups with which somebody shares something now, one for each share."""

    def names(someone):
        with app.app_context():
            found = db.session.scalars(
                select(Share).where(Share.author_id == someone.id, Share.ended_at.is_(None))
            )
            return sorted(share.group.typed_name or "Individual" for share in found)

    return names


def slip(desk, group):
    return "/join/" + code_on(desk.fill(desk.get(f"{group}/invitations"), "/invitations"))


def test_individual_sessions_are_called_by_who_is_in_them(
    phone_of, kit, ana, ben, max_, evening, individual
):
    desk, phone = phone_of(kit), phone_of(ana)
    address, another = slip(desk, individual), slip(desk, individual)
    page = phone.fill(phone.get(f"{address}/with-account"), f"{address}/with-account")
    for path in ("/week", "/sharing"):
        text = phone.get(path).text
        assert "Individual with Kit" in text, path
        assert "Evening IOP" in text, path
    assert "Process group" in phone.get("/today").text
    # Kit calls them by Ana, but never where a browser keeps what it was called.
    page = desk.get(individual)
    assert "Individual with Ana" in page.text
    assert "<title>Individual sessions · Groundwork</title>" in page.html
    # One patient, ever: whoever else has a slip is told so, with an account and without.
    other = phone_of(ben)
    refused = other.fill(other.get(f"{another}/with-account"), f"{another}/with-account")
    assert refused.status == 422
    assert "These individual sessions are someone else’s." in refused.text
    typed = {"username": "ben"}
    refused = desk.fill(desk.get(f"{individual}/people/add"), having="username", **typed)
    assert "These individual sessions are someone else’s." in refused.text
    # Max sees who meets how many, and nobody's name.
    page = phone_of(max_).get("/clinic")
    assert "Individual (Kit), 1 person" in page.text
    assert "Ana" not in page.text
    assert "Individual (Kit)" in phone_of(max_).get("/clinic/staff").text
    assert "Ana" not in phone_of(max_).get(individual).text


@pytest.fixture
def one_evening(app, somebody, put_into, group_of, ana, cleo, evening):
    """Ana's Monday: Kim alone at 4:30, Evening IOP at 6, Pat's family group at 9:30."""

    def make(name, runs, starts, minutes, track, typed_name=None):
        group, person = group_of(name, NOW + starts), somebody(runs, Role.FACILITATOR)
        put_into(group, person, ana)
        with app.app_context():
            row = db.session.get_one(Group, group.id)
            row.typed_name, row.track = typed_name, track
            tonight = db.session.get_one(GroupSession, group.tonight)
            tonight.ends_at = tonight.starts_at + timedelta(minutes=minutes)
            db.session.commit()
        return group, person

    half = timedelta(minutes=30)
    return [
        make("Alone", "kim", half, 50, Track.INDIVIDUAL),
        (evening, cleo),
        make("Family", "pat", 11 * half, 60, Track.FAMILY, "Family night"),
    ]


def test_with_three_groups_on_one_evening_each_is_known_everywhere(
    app, phone, phone_of, ana, ben, one_evening, wrote, shared, clock
):
    mine, others = phone_of(ana), phone_of(ben)
    tonight = [group.tonight for group, _runs in one_evening]
    # The week: each in its place, and their hours together: 50 minutes, three hours, one hour.
    week = mine.get("/week").text
    places = [week.index(f"{name} ") for name in ("Individual with Kim", "Evening IOP", "Family")]
    assert places == sorted(places)
    assert "4.83 hours of group scheduled." in week
    assert "3 hours of group scheduled." in others.get("/week").text
    # The calendar: three times, which say nothing; each can be taken alone, by her only.
    events = read(phone, made(mine)).values()
    on_monday = [one["DTSTART"].dt.astimezone(UTC) for one in events if one["DTSTART"].dt > NOW]
    assert sorted(on_monday) == [NOW + timedelta(minutes=at) for at in (30, 120, 330)]
    assert not [one for one in events if "Kim" in str(one) or "Family" in str(one)]
    for id in tonight:
        assert mine.get(f"/week/sessions/{id}.ics").status == 200
    assert others.get(f"/week/sessions/{tonight[2]}.ics").status == 404
    # Reminders: one before each that hasn't begun, an hour ahead; the one in half an hour is late.
    mine.post("/reminders/phone", FakePhone("ana", "https://fcm.googleapis.com").fields)
    with app.app_context():
        rings = db.session.execute(select(Notification.group_session_id, Notification.next_at))
        hour_before = {tonight[1]: NOW + timedelta(hours=1), tonight[2]: NOW + timedelta(hours=4.5)}
        assert dict(rings.all()) == hour_before
    # Sharing: each by itself. What one opens, the others don't.
    for number, (group, _runs) in enumerate(one_evening):
        shared(ana, wrote(ana, situation=f"zq-{number}"), group)
    listed = mine.get("/sharing").text
    for (group, runs), name in zip(
        one_evening, ("Individual with Kim", "Evening IOP", "Family night"), strict=True
    ):
        assert name in listed
        huddle = phone_of(runs).get(f"/clinic/sessions/{group.tonight}").text
        assert [f"zq-{number}" in huddle for number in range(3)] == [
            one == group.tonight for one in tonight
        ]
        for id in tonight:
            status = phone_of(runs).get(f"/clinic/sessions/{id}").status
            assert status == (200 if id == group.tonight else 404)
    # Attendance: each marks their own; the hours come together for her alone.
    for minutes, (group, runs) in zip((80, 300, 390), one_evening, strict=True):
        clock.move_to(NOW + timedelta(minutes=minutes))
        desk = phone_of(runs)
        desk.fill(desk.get(f"/clinic/sessions/{group.tonight}/attendance"), "/attendance",
                  rest="1")  # fmt: skip
    mine = phone_of(ana)
    assert "4.83 hours of group scheduled, 4.83 attended." in mine.get("/week").text
    record = mine.get("/week/attendance").text
    assert [record.count(name) for name in ("with Kim", "Evening IOP", "Family night")] == [1, 1, 1]


def test_sharing_proposes_the_group_that_meets_next_and_takes_two_at_once(
    app, phone_of, kit, ana, cleo, evening, individual, wrote, shared_with
):
    desk, phone = phone_of(kit), phone_of(ana)
    address = slip(desk, individual)
    phone.fill(phone.get(f"{address}/with-account"), f"{address}/with-account")
    entry = wrote(ana)
    page = phone.get(f"/entries/{entry}/share")
    assert "Share with Evening IOP" in page.text  # tonight; Kit is there tomorrow
    assert "Cleo can open it before group" in page.text
    assert "Share with these, too" not in page.text  # Kit has no consent yet
    kits = individual.removeprefix("/clinic/groups/")
    chosen = f"/entries/{entry}/share?group={kits}"
    assert "Kit can open it before group" in phone.get(chosen).text
    phone.fill(phone.get(chosen), having="until", signed_name="Ana")
    page = phone.get(f"/entries/{wrote(ana)}/share")
    assert "Individual with Kit: Kit can open it" in page.text
    page = phone.fill(page, having="until", signed_name="Ana", also=[kits])
    assert "Shared with your facilitators." in page.text
    assert shared_with(ana) == ["Evening IOP", "Individual", "Individual"]


def test_individual_sessions_are_for_one_so_one_invitation_is_made_at_once(
    phone_of, kit, individual
):
    desk, address = phone_of(kit), f"{individual}/invitations"
    assert "many" not in desk.get(address).form(having="labels").fields
    made = desk.post(address, {"many": "5", "labels": "A.\nB."})
    assert made.text.count("It works once") == 1
