"""Somebody starts the demo to see what this is."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import NOW, ZONE, Rows, all_rows, people_of, put_back
from tests.pages import Page, Phone
from webapp import demo
from webapp.accounts.models import Person, SignIn
from webapp.attendance.models import Attendance
from webapp.config import Settings
from webapp.core import clock as the_clock
from webapp.core.data.db import db
from webapp.demo.groups import EVENING_ID, full_hour, make_groups
from webapp.demo.moments import MOMENTS
from webapp.entries.models import Entry
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS
from webapp.meetings.models import Meeting
from webapp.program.models import GroupRole, GroupSession, Membership
from webapp.program.next_and_last import next_group_session, next_of_group
from webapp.sharing.models import Consent, Feedback, Reading, Share

NAMES = [
    "ana", "ben", "cleo", "cruz", "dana", "femi", "hana", "ivan", "joan", "kit", "luis", "max",
    "noor", "omar", "priya", "tess", "vera", "wes",
]  # fmt: skip

AROUND_THE_CLOCK = [
    NOW,  # Monday 4 pm
    NOW + timedelta(hours=1, minutes=30),  # half an hour before group
    NOW + timedelta(hours=3, minutes=20),  # in the middle of group
    NOW + timedelta(hours=5, minutes=10),  # just after it
    NOW + timedelta(hours=7, minutes=30),  # 23:30
    NOW - timedelta(hours=30),  # Sunday morning
    datetime(2026, 3, 8, 6, 20, tzinfo=UTC),  # 1:20, the hour before the clock goes ahead
    datetime(2026, 11, 1, 5, 40, tzinfo=UTC),  # 1:40, for the first time that night
]


SEEDED: dict[datetime, Rows] = {}


def seed(app: Flask) -> None:
    """Fill an empty clinic, as at any other start at this time."""
    now = the_clock.now()
    with app.app_context():
        if now in SEEDED:
            put_back(SEEDED[now])
        else:
            demo.seed()
            db.session.commit()
            SEEDED[now] = all_rows()


def top_up(app: Flask) -> None:
    with app.app_context():
        demo.top_up()
        db.session.commit()


def sign_in(app: Flask, username: str) -> Phone:
    phone = Phone(app)
    page = phone.get("/sign-in")
    phone.fill(page, having="password", username=username, password="groundwork-demo")
    return phone


def coming(
    app: Flask, username: str = "cleo", part: GroupRole = GroupRole.FACILITATOR
) -> tuple[UUID, datetime]:
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.username == username)).one()
        found = next_group_session(person, part)
        assert found is not None
        return found.id, found.starts_at


def not_begun(app: Flask) -> UUID:
    with app.app_context():
        found = next_of_group(EVENING_ID)
        assert found is not None
        return found.id


def number_before(text: str, words: str) -> int:
    return int(text.split(words)[0].split()[-1])


@pytest.mark.database
def test_an_empty_clinic_gets_the_people_that_the_readme_names(app, clock):
    seed(app)
    assert people_of(app) == NAMES
    with app.app_context():
        lines = "\n".join(demo.who_can_sign_in())
    assert "groundwork-demo" in lines
    assert all(name in lines for name in NAMES)


def test_saying_who_can_sign_in_leaves_the_database_to_the_app(app, clock):
    seed(app)
    with app.app_context():
        demo.who_can_sign_in()
        assert not db.session().in_transaction()


def test_everybody_can_sign_in_with_the_password_on_the_screen(app, clock):
    seed(app)
    for name in NAMES:
        page = sign_in(app, name).get("/you")
        assert page.status == 200
        assert name.title() in page.html
    with app.app_context():
        assert db.session.scalar(select(func.count(SignIn.id))) == len(NAMES)


def test_cleo_finds_a_huddle_coming_up_with_something_in_it(app, clock):
    seed(app)
    cleo = sign_in(app, "cleo")
    id, starts_at = coming(app)
    assert starts_at == NOW + timedelta(hours=1)
    assert f"/clinic/sessions/{id}" in cleo.get("/clinic").html

    huddle = cleo.get(f"/clinic/sessions/{id}")

    assert "18 entries shared" in huddle.text
    assert "Check-in. Mood: Good." in huddle.text
    assert "Wants to talk about: being asked if I drank" in huddle.text
    assert "Wants to talk about: the dentist, next week" in huddle.text
    assert "Wes" in huddle.text, "who shares nothing stands there too"
    assert 4 <= number_before(huddle.text, " new.") <= 12
    assert "6 topics, 60 of 180 min planned" in huddle.text
    side = huddle.html[huddle.html.index('class="side"') :]
    assert f"/clinic/sessions/{id}/agenda" in side, "between the two, it would part them on a desk"
    assert "Two minutes of breathing" in cleo.get(f"/clinic/sessions/{id}/agenda").text
    rated = cleo.get(f"/clinic/groups/{EVENING_ID}/ratings").text
    assert "Averages, from 1 (no) to 4 (yes)" in rated


@pytest.mark.fuzz
@pytest.mark.parametrize("now", AROUND_THE_CLOCK, ids=str)
def test_whenever_it_is_started_all_is_told_and_nothing_lies_in_the_future(app, now):
    with time_machine.travel(now, tick=False):
        seed(app)
        with app.app_context():
            for column in (
                Person.created_at, Membership.from_at, Entry.happened_at, Entry.created_at,
                Entry.updated_at, Consent.signed_at, Share.shared_at, Share.ended_at,
                Reading.first_at, Reading.last_at, Feedback.written_at, Feedback.seen_at,
            ):  # fmt: skip
                query = select(func.max(column))
                if column.class_ is Entry:  # a visit is told ahead
                    query = query.where(Entry.kind != "appointment")
                last = db.session.scalar(query)
                assert last is not None
                assert last <= now, column
            count = select(func.count(Entry.id)).where(Entry.kind != "appointment")
            before_it_happened = Entry.created_at < Entry.happened_at
            assert db.session.scalar(count.where(before_it_happened)) == 0
            members = count.join(Membership, Membership.person_id == Entry.author_id)
            first = Membership.after_id.is_(None)  # Omar moved on today
            before_they_came = Entry.happened_at < Membership.from_at
            assert db.session.scalar(members.where(first, before_they_came)) == 0
            shares = select(func.count(Share.id)).join(Share.entry)
            before_it_was_written = Share.shared_at < Entry.created_at
            assert db.session.scalar(shares.where(before_it_was_written)) == 0
            unseen = db.session.scalars(select(Feedback).where(Feedback.seen_at.is_(None))).all()
            assert len(unseen) == 1
        huddle = sign_in(app, "cleo").get(f"/clinic/sessions/{not_begun(app)}").text
        assert "Safety" in huddle
        assert "Used since last group" in huddle
        assert number_before(huddle, " entries shared") >= 12
        assert number_before(huddle, " new.") >= 4
        assert number_before(huddle, " new.") < number_before(huddle, " entries shared")
        assert "Would you tell the group how you did it?" in sign_in(app, "ana").get("/today").text


def test_ana_finds_four_weeks_of_her_own_words(app, clock):
    seed(app)
    phone = sign_in(app, "ana")
    assert "It’s Friday, and I didn’t even notice until four." in phone.get("/journal").text
    today = phone.get("/today").text
    assert "what you shared" in today
    assert "What helps you most" in today
    assert "Something to add to your plan" in today, "not under the heading of what helps"
    sharing = phone.get("/sharing").text
    assert "being asked if I drank" in sharing


def test_what_priya_shared_ended_with_her_consent(app, clock):
    seed(app)
    with app.app_context():
        priya = db.session.scalars(select(Person).where(Person.username == "priya")).one()
        consent = db.session.scalars(select(Consent).where(Consent.person_id == priya.id)).one()
        shares = db.session.scalars(select(Share).where(Share.author_id == priya.id)).all()
        assert shares
        assert {share.ended_at for share in shares} == {consent.revoked_at}


def test_it_never_moves_in_with_people_who_are_here(app, ana):
    with app.app_context():
        assert not demo.is_wanted()
        with pytest.raises(demo.SomebodyIsHere, match="needs an empty one"):
            demo.seed()
    assert people_of(app) == ["ana"]


def test_it_is_not_made_twice(app, clock):
    seed(app)
    with app.app_context(), pytest.raises(demo.SomebodyIsHere):
        demo.seed()


def test_a_real_evening_group_is_left_alone(app, ana, cleo, evening):
    top_up(app)
    with app.app_context():
        assert demo.who_can_sign_in() == []
        assert db.session.scalar(select(func.count(GroupSession.id))) == 2


@pytest.mark.parametrize("on", [True, False])
def test_it_comes_only_where_it_is_switched_on(app, settings, on, monkeypatch):
    wanted = Settings(data=settings.data, database_url=settings.database_url, demo=on)
    monkeypatch.setitem(app.extensions, "settings", wanted)
    with app.app_context():
        assert demo.is_wanted() is on


@pytest.mark.database
def test_two_starts_in_one_hour_make_one_more_evening(app, clock):
    seed(app)
    before = coming(app)
    with app.app_context():
        count = db.session.scalar(select(func.count(GroupSession.id)))
    top_up(app)
    clock.shift(timedelta(minutes=-20))
    top_up(app)
    assert coming(app) == before
    with app.app_context():
        assert db.session.scalar(select(func.count(GroupSession.id))) == count


def test_on_the_next_day_cleos_huddle_has_something_in_it_again(app, clock):
    seed(app)
    clock.shift(timedelta(hours=19))
    top_up(app)
    cleo = sign_in(app, "cleo")
    id, starts_at = coming(app)
    assert starts_at == NOW + timedelta(hours=20)
    assert "Wants to talk about: the dentist, next week" in cleo.get(f"/clinic/sessions/{id}").text


def test_whoever_plays_ana_decides_alone_what_she_brings(app, clock):
    seed(app)
    sign_in(app, "ana")
    clock.shift(timedelta(hours=19))
    top_up(app)
    id, _starts_at = coming(app)
    huddle = sign_in(app, "cleo").get(f"/clinic/sessions/{id}")
    assert "being asked if I drank" not in huddle.text


@pytest.mark.parametrize(
    ("now", "soon"),
    [
        ("2026-11-23 23:30-05:00", "2026-11-24 01:00-05:00"),
        ("2026-11-23 23:00-05:00", "2026-11-24 00:00-05:00"),
        ("2026-03-08 00:30-05:00", "2026-03-08 03:00-04:00"),  # 2:00 never comes
        ("2026-11-01 00:30-04:00", "2026-11-01 01:00-05:00"),  # an hour on, it is 1:00 again
        ("2026-11-01 00:00-04:00", "2026-11-01 01:00-04:00"),
    ],
)
def test_the_extra_group_is_at_a_full_hour_on_clock_change_nights_too(app, now, soon):
    now, soon = datetime.fromisoformat(now), datetime.fromisoformat(soon)
    with time_machine.travel(now, tick=False), app.app_context():
        make_groups(now, ZONE)
        demo.top_up()
        made = next_of_group(EVENING_ID)
        assert made is not None
        assert made.starts_at == soon
        assert made.ends_at - made.starts_at == timedelta(hours=3)
        assert the_clock.local(made.starts_at, ZONE).minute == 0
        db.session.rollback()


def test_a_full_hour_is_one_on_the_wall_of_any_zone():
    now = datetime(2026, 11, 23, 21, 10, 30, tzinfo=UTC)
    assert full_hour(now, "Asia/Kathmandu") == datetime(2026, 11, 23, 21, 15, tzinfo=UTC)
    assert full_hour(now, "Asia/Kolkata") == datetime(2026, 11, 23, 21, 30, tzinfo=UTC)


def test_every_moment_uses_words_that_the_form_knows():
    for moments in MOMENTS.values():
        assert 4 <= len(moments) <= 25
        for moment in moments:
            assert set(moment.kinds.split()) <= set(TRIGGER_KINDS)
            assert set(moment.feelings.split()) <= set(FEELINGS)
            assert moment.acted in ("", *ACTED)
            assert 0 <= moment.urge <= 10
            assert moment.kinds


def test_no_two_people_say_the_same():
    said = Counter(
        moment.situation for moments in MOMENTS.values() for moment in moments if moment.situation
    )
    assert len(said) >= 70
    assert set(said.values()) == {1}


def test_ana_finds_three_weeks_of_evenings_in_taps_most_of_them_her_own(app, clock):
    seed(app)
    page = sign_in(app, "ana").get("/check-ins")
    listed = [link for link in page.links if re.fullmatch(r"/check-ins/[0-9a-f-]{36}", link)]
    assert len(listed) == 14, "the first page of them"
    assert "Your urges are weaker than before" in page.text
    assert page.text.count("The last 7 days. Use:") == 3
    with app.app_context():
        hers = select(Person.id).where(Person.username == "ana").scalar_subquery()
        shared = (
            select(Share.id)
            .join(Share.entry)
            .where(Entry.kind == "check-in", Share.author_id == hers)
        )
        assert len(db.session.scalars(shared).all()) == 1


def test_anas_plan_is_begun_everywhere_that_matters_and_one_part_of_it_was_changed(app, clock):
    seed(app)
    ana = sign_in(app, "ana")
    plan = ana.get("/plan").text
    assert plan.count("started") >= 9
    assert "Continue: When the program ends" in plan
    page = ana.get("/plan/signs/changes")
    assert "I don’t sleep well" in page.text
    assert "No words to show" not in page.text
    for part in ("why", "goals", "safety"):
        assert "Changed" not in ana.get(f"/plan/{part}").text, "as it was first written"
    days = ana.get("/plan/days").text
    assert "longest stretch" in days
    assert "of the last 7 days" in days
    assert "in the car with the windows down" in ana.get("/plan/telling/tell").text


# What somebody who looks around opens, and what stands there then.
SHOWN = {
    "ana": {
        "/meetings": "Lantern Street Noon",
        "/meetings/rhythm": "Meetings per week",
        "/week/attendance": "Present",
        "/week/follow-ups": "Maya, counselor",
        "/week": "Lantern Street Noon",
        "/sharing/accounting": "Dr. Okafor",
        "/reminders": "group",
    },
    "cleo": {"/clinic": "Evening IOP"},
    "kit": {"/clinic": "Morning IOP"},
    "max": {
        "/clinic/meeting-lists": "made-up-meetings.json",
        "/clinic/holidays": "Staff training",
        "/clinic/audit": "",
    },
}


@pytest.mark.parametrize("who", SHOWN)
def test_whoever_looks_around_finds_no_page_empty(app: Flask, clock: object, who: str) -> None:
    seed(app)
    phone = sign_in(app, who)
    for address, words in SHOWN[who].items():
        page = phone.get(address)
        assert page.status == 200, address
        assert words in page.text, address
        assert 'class="empty"' not in page.html, address


def _reached(phone: Phone, first: str) -> Iterator[Page]:
    """Every page that links lead to, one of each kind."""
    waiting, known = [first], set()
    while waiting:
        address = waiting.pop(0).partition("#")[0]
        kind = re.sub(r"[0-9a-f-]{36}|\?.*|\d{4}-\d\d-\d\d", "", address)
        if kind in known or not address.startswith("/") or address.startswith("/s/"):
            continue
        known.add(kind)
        page = phone.get(address)
        waiting += page.links
        yield page


@pytest.mark.long
@pytest.mark.parametrize(("who", "least"), [("ana", 100), ("cleo", 40), ("kit", 35), ("max", 30)])
def test_no_page_that_links_lead_to_is_empty(
    app: Flask, clock: object, who: str, least: int
) -> None:
    seed(app)
    pages = list(_reached(sign_in(app, who), "/"))
    assert len(pages) > least
    nothing = [page.address for page in pages if 'class="empty"' in page.html]
    # Kit's Omar didn't sign, Priya took hers back: what that looks like belongs to the demo.
    assert [one for one in nothing if not (who == "kit" and one.endswith("/consents"))] == []


def test_meetings_are_found_and_they_are_made_up(app: Flask, clock: object) -> None:
    seed(app)
    phone = sign_in(app, "ana")
    page = phone.post("/meetings/find", {"day": "any"})
    for name in ("Quiet Harbor", "Kitchen Table Online"):
        assert name in page.text
    with app.app_context():
        for meeting in db.session.scalars(select(Meeting)):
            assert meeting.fellowship == "other"
            assert "00000" in meeting.address or "example.org" in meeting.conference_url


def test_somebody_new_still_sees_what_an_empty_page_says(app: Flask, clock: object) -> None:
    seed(app)
    phone = sign_in(app, "wes")
    for address in ("/meetings", "/week/follow-ups", "/sharing/accounting"):
        assert 'class="empty"' in phone.get(address).html


def test_the_roll_of_the_last_group_is_still_to_be_taken(app: Flask, clock: object) -> None:
    seed(app)
    with app.app_context():
        rolled = set(db.session.scalars(select(Attendance.group_session_id)))
        evening = db.session.scalars(
            select(GroupSession).where(
                GroupSession.group_id == EVENING_ID, GroupSession.starts_at < NOW
            ).order_by(GroupSession.starts_at)
        ).all()  # fmt: skip
    assert [session.id in rolled for session in evening] == [True] * (len(evening) - 1) + [False]


def test_phq_9_is_there_to_be_answered_and_asked_on_no_day_of_its_own(app, clock):
    seed(app)
    assert "Mood (PHQ-9)" in sign_in(app, "ana").get("/check-ins").text
    page = sign_in(app, "max").get("/clinic/questionnaires")
    assert "Mood (PHQ-9) no days yet: patients can answer anytime" in page.text
