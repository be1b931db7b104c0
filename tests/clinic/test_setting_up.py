"""Setting a clinic up, and looking after a group."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.pages import Page, Phone
from webapp.core.data.db import db
from webapp.program.models import Group, GroupSession, Track

EVENING = {
    "name": "Late IOP",
    "track": "process",
    "days": ["0", "2", "4"],
    "starts": "18:00",
    "minutes": "180",
    "zone": "America/New_York",
    "place": "Room 2",
}


def make(desk: Phone, **typed: object) -> Page:
    return desk.fill(desk.get("/clinic/groups/new"), "/clinic/groups/new", **(EVENING | typed))


def group_sessions(app, name: str = "Late IOP") -> list[GroupSession]:
    with app.app_context():
        query = select(GroupSession).join(Group).where(Group.name == name)
        return list(db.session.scalars(query.order_by(GroupSession.starts_at)))


def test_max_makes_a_group_and_eight_weeks_of_sessions_stand_there(app, phone_of, max_, clock):
    page = make(phone_of(max_))
    assert "The group is set up." in page.text
    made = group_sessions(app)
    assert len(made) == 24
    assert {group_session.starts_at.weekday() for group_session in made} == {0, 2, 4}
    # Monday at six on the wall in New York, for three hours.
    assert made[0].starts_at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert {group_session.ends_at - group_session.starts_at for group_session in made} == {
        timedelta(hours=3)
    }
    with app.app_context():
        group = db.session.scalars(select(Group)).one()
        assert (group.track, group.place) == (Track.PROCESS, "Room 2")


def test_six_oclock_stays_six_oclock_when_the_clocks_change(app, phone_of, max_, clock):
    clock.move_to(datetime(2026, 10, 26, 12, 0, tzinfo=UTC))
    make(phone_of(max_), days=["6"])
    hours = [session.starts_at.hour for session in group_sessions(app)]
    assert hours == [23] * 8  # from 1 November on
    clock.move_to(datetime(2027, 3, 1, 12, 0, tzinfo=UTC))
    make(phone_of(max_), name="Spring", days=["6"])
    assert [session.starts_at.hour for session in group_sessions(app, "Spring")][:3] == [23, 22, 22]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "   "), ("name", "x" * 81), ("name", "\0"),
        ("track", "boxing"),
        ("days", []), ("days", ["7"]), ("days", ["-1"]), ("days", ["Monday"]),
        ("starts", ""), ("starts", "25:00"), ("starts", "six"),
        ("minutes", ""), ("minutes", "14"), ("minutes", "721"), ("minutes", "long"),
        ("zone", ""), ("zone", "New York"), ("zone", "EST"), ("zone", "EST5EDT/../../etc/passwd"),
        ("place", "x" * 201),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_the_field_and_the_rest_stays(
    app, phone_of, max_, field, value
):
    page = make(phone_of(max_), **{field: value})
    assert page.status == 422
    assert f"{field}-error" in page.ids
    kept = page.form(having="zone").fields
    for name, typed in EVENING.items():
        if name != field:
            assert kept.getlist(name) == (typed if isinstance(typed, list) else [typed])
    assert group_sessions(app) == []


@pytest.mark.parametrize("name", ["Evening IOP", "evening  iop", "Évening\u00a0IOP"])
def test_a_name_is_used_once(phone_of, max_, evening, name):
    page = make(phone_of(max_), name=name)
    assert page.status == 422
    assert "There’s already a group with this name." in page.text


def test_max_is_told_what_is_still_to_do(app, phone_of, max_, put_into, cleo, evening, clock):
    desk = phone_of(max_)
    make(desk)
    page = desk.get("/clinic")
    assert "Invite a facilitator for Late IOP" in page.text
    assert "Invite a facilitator for Evening IOP" not in page.text
    assert "Set the clinic’s own phone number" in page.text
    with app.app_context():
        late = db.session.scalars(select(Group).where(Group.name == "Late IOP")).one().id
    group = desk.get(f"/clinic/groups/{late}")
    assert "Added." in desk.fill(group, "/facilitators", person=str(cleo.id)).text
    page = desk.get("/clinic")
    assert "Invite a facilitator for" not in page.text
    assert "Facilitators invite patients from the group’s page." in page.text


def test_on_the_first_day_the_first_group_is_to_do(phone_of, max_):
    page = phone_of(max_).get("/clinic")
    assert "Create the first group" in page.text


def test_max_sees_no_patients_name_and_no_entry(
    phone_of, max_, ana, ben, cleo, evening, wrote, shared
):
    entry = wrote(ana, situation="For Cleo alone")
    shared(ana, entry, evening, bring_up=True, about="paydays")
    desk = phone_of(max_)
    for address in ("/clinic", f"/clinic/groups/{evening.id}", "/you"):
        page = desk.get(address)
        assert page.status == 200
        assert not any(name in page.html for name in ("Ana", "Ben", "For Cleo alone", "paydays"))
    for address in (
        f"/clinic/sessions/{evening.tonight}",
        f"/clinic/groups/{evening.id}/people/{ana.id}",
        f"/journal/{entry}",
    ):
        assert desk.get(address).status == 404
    assert desk.post(f"/clinic/groups/{evening.id}/people/{ana.id}/leaving").status == 404


def test_only_an_administrator_makes_groups_and_gives_them_facilitators(
    phone_of, ana, cleo, kit, evening
):
    for someone in (ana, cleo):
        phone = phone_of(someone)
        assert phone.get("/clinic/groups/new").status == 404
        assert phone.post("/clinic/groups/new", EVENING).status == 404
        added = phone.post(f"/clinic/groups/{evening.id}/facilitators", {"person": str(kit.id)})
        assert added.status == 404


@pytest.mark.parametrize("who", ["ana", "max_", "nobody"])
def test_only_a_facilitator_can_be_added_as_one(phone_of, max_, ana, cleo, kit, evening, who):
    ids = {"ana": ana.id, "max_": max_.id, "nobody": "not an id"}
    desk = phone_of(max_)
    page = desk.post(f"/clinic/groups/{evening.id}/facilitators", {"person": str(ids[who])})
    assert page.status == 404
    assert "Ana" not in desk.get(f"/clinic/groups/{evening.id}").text


def test_the_groups_page_says_when_and_where_it_meets(phone_of, max_, clock):
    page = make(phone_of(max_))
    assert "Wednesday" in page.text
    assert "Room 2 · Eastern Time" in page.text


def test_cleo_sees_her_patients_and_nobody_elses(phone_of, cleo, ana, ben, dana, evening, morning):
    desk = phone_of(cleo)
    page = desk.get(f"/clinic/groups/{evening.id}")
    assert "Ana" in page.text
    assert "Ben" in page.text
    assert "Dana" not in page.text
    assert desk.get(f"/clinic/groups/{morning.id}").status == 404
    assert desk.get(f"/clinic/groups/{evening.id}/people/{dana.id}").status == 404


def test_who_leaves_is_off_the_list_and_can_only_be_sent_by_their_own(
    phone_of, cleo, kit, ana, evening
):
    leaving = f"/clinic/groups/{evening.id}/people/{ana.id}/leaving"
    for other in (kit, ana):
        assert phone_of(other).post(leaving).status == 404
    desk = phone_of(cleo)
    page = desk.fill(desk.get(leaving), having="reason")
    assert "Removed from the group." in page.text
    assert "Ana" not in page.text.split("No longer in this group")[0]
    assert desk.post(leaving).status == 404


def test_a_facilitator_removed_a_second_ago_is_out(
    phone_of, max_, cleo, ana, evening, wrote, shared
):
    shared(ana, wrote(ana, situation="For Cleo"), evening)
    desk = phone_of(cleo)
    assert "For Cleo" in desk.get(f"/clinic/sessions/{evening.tonight}").text
    max_desk = phone_of(max_)
    asked = max_desk.get(f"/clinic/groups/{evening.id}/people/{cleo.id}/leaving")
    max_desk.fill(asked, having="reason")
    for address in (f"/clinic/sessions/{evening.tonight}", f"/clinic/groups/{evening.id}"):
        page = desk.get(address)
        assert page.status == 404
        assert "For Cleo" not in page.html


@pytest.mark.parametrize("words", ["", "   ", "x" * 1_001])
def test_an_answer_that_will_not_do_keeps_its_words(
    phone_of, ana, cleo, evening, wrote, shared, words
):
    entry = wrote(ana)
    shared(ana, entry, evening)
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    page = desk.fill(desk.get(address), "/feedback", entry=entry, back=address, words=words)
    assert page.status == 422
    assert "words-error" in page.ids
    assert page.form("/clinic/feedback").fields["words"].strip() == words.strip()
    fixed = desk.fill(page, "/clinic/feedback", words="Good that you called.")
    assert fixed.address == address
    assert "Good that you called." in phone_of(ana).get("/today").text


def test_nobody_answers_what_is_not_shared_with_them(
    phone_of, ana, cleo, kit, evening, wrote, shared
):
    mine, for_cleo = wrote(ana), wrote(ana)
    shared(ana, for_cleo, evening)
    for desk, entry in [(cleo, mine), (kit, for_cleo), (kit, mine), (cleo, "no id")]:
        sent = {"entry": str(entry), "words": "Somebody else’s answer"}
        assert phone_of(desk).post("/clinic/feedback", sent).status == 404
    assert "Somebody else’s answer" not in phone_of(ana).get("/today").text


def test_after_answering_one_comes_back_to_own_pages_only(
    phone_of, ana, cleo, evening, wrote, shared
):
    entry = wrote(ana)
    shared(ana, entry, evening)
    sent = {"entry": str(entry), "words": "Good", "back": "//evil.example"}
    page = phone_of(cleo).post("/clinic/feedback", sent, follow=False)
    assert page.response.headers["Location"] == "/clinic"
