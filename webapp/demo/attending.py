"""Who came to the sessions of four weeks, what insurers authorized, what the next ones are about,
a day without groups; and that Ana has reminders and visits of her own."""

from datetime import datetime, time, timedelta
from uuid import uuid5

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.attendance.actions import authorise, mark
from webapp.attendance.models import Attendance, Presence
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.demo.groups import held
from webapp.entries.actions import write
from webapp.program.actions import add_holiday
from webapp.program.models import Group, GroupSession
from webapp.program.queries import current_patients
from webapp.reminders.actions import remind
from webapp.reminders.schedule import BeforeGroup
from webapp.week.actions import reminders_follow
from webapp.week.models import Appointment, Care

# By the numbers of person and session: most were there.
OTHERWISE = {3: Presence.LATE, 7: Presence.EXCUSED, 11: Presence.LEFT_EARLY, 16: Presence.ABSENT}
AUTHORIZED = (("ana", 20, 12), ("femi", 16, 6), ("ivan", 24, 3), ("dana", 18, 9))
TOPICS = (
    ("Urges rise and fall", "One page: what an urge does in twenty minutes"),
    ("Saying no without a speech", ""),
    ("Sleep in early recovery", "Bring last week’s bedtimes"),
    ("People who help, people who don’t", ""),
    ("A plan for the worst evening", "Read your plan’s page on triggers"),
)
# Days from today, and what.
VISITS = (
    (-12, time(10), {"title": "Dr. Okafor", "care": Care.PSYCHIATRIST, "took_place": "yes"}),
    (3, time(16), {"title": "Maya, counselor", "care": Care.COUNSELOR, "remind": True}),
    (16, time(10), {"title": "Dr. Okafor", "care": Care.PSYCHIATRIST}),
)
TRAINING = timedelta(weeks=5, days=2)


def close_a_day(now: datetime, zone: str) -> None:
    """Before the weeks ahead are planned."""
    add_holiday(clock.local(now + TRAINING, zone).date(), "Staff training")


def attend(group: Group, reader: Person, now: datetime) -> None:
    """The roll of each session but the last one, which is still to be taken."""
    members, ended = current_patients(group, now), held(group, now)[:-1]
    with db.session.no_autoflush:
        for at, group_session in enumerate(ended):
            for number, member in enumerate(members):
                if member.from_at <= group_session.starts_at:
                    presence = OTHERWISE.get((number * 5 + at * 7) % 19, Presence.PRESENT)
                    mark(group_session, member.person_id, presence, by=reader)
    db.session.flush()
    ends = {group_session.id: group_session.ends_at for group_session in ended}
    for roll in db.session.scalars(select(Attendance).where(Attendance.group_session_id.in_(ends))):
        roll.marked_at = ends[roll.group_session_id]
    _authorize(group, reader, now)
    _tell_topics(group, now)


def look_after(person: Person, now: datetime, zone: str) -> None:
    """An hour before group, and who else looks after her."""
    remind(person, BeforeGroup())
    today = clock.local(now, zone).date()
    with reminders_follow(person):
        for days, starts, content in VISITS:
            at = clock.instant(today + timedelta(days=days), starts, zone)
            said = {"minutes": 50, "place": "Harbor Street Clinic", **content, "zone": zone}
            visit = write(Appointment, person, uuid5(person.id, f"appointment {days}"), at, said)
            written_at(min(at, now) - timedelta(days=6), visit)


def _authorize(group: Group, reader: Person, now: datetime) -> None:
    today = clock.local(now, group.zone).date()
    by_name = {member.person.username: member for member in current_patients(group, now)}
    for name, sessions, review in AUTHORIZED:
        if name in by_name:
            began = clock.local(max(by_name[name].from_at, now - timedelta(days=27)), group.zone)
            ends = today + timedelta(days=review)
            authorise(by_name[name], sessions, began.date(), ends, None, reader)


def _tell_topics(group: Group, now: datetime) -> None:
    coming = select(GroupSession).where(
        GroupSession.group_id == group.id, GroupSession.starts_at > now,
        GroupSession.cancelled_at.is_(None),
    )  # fmt: skip
    first = coming.order_by(GroupSession.starts_at).limit(len(TOPICS))
    past = held(group, now)[-len(TOPICS) :]
    for rows in (list(db.session.scalars(first)), past):
        for group_session, (topic, reading) in zip(rows, TOPICS, strict=False):
            group_session.topic, group_session.read_before = topic, reading
