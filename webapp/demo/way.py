"""The demo's way through the program: individual sessions beside a group, and less care."""

from datetime import datetime, time, timedelta

from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.demo.groups import meet
from webapp.demo.people import RUNS_MORNING
from webapp.program.actions import join, set_level
from webapp.program.models import Group, GroupRole, Track
from webapp.program.queries import memberships_of
from webapp.sharing.leaving import step

WED, THU = 2, 3


def go(people: dict[str, Person], morning: Group, now: datetime) -> None:
    """Dana meets Kit alone, too; Omar came from a hospital and comes once a week since today."""
    kit, dana = people[RUNS_MORNING], people["dana"]
    since = kit.created_at
    alone = Group(track=Track.INDIVIDUAL, zone=morning.zone, place="Room 5", made_at=since)
    fewer = Group(name="Continuing care", track=Track.SKILLS, zone=morning.zone, made_at=since)
    meet(alone, (WED,), time(15), now, timedelta(minutes=50))
    meet(fewer, (THU,), time(17), now, timedelta(minutes=90))
    for group in (alone, fewer):
        join(group, kit, GroupRole.FACILITATOR).from_at = since
    join(alone, dana, GroupRole.PATIENT).from_at = dana.created_at
    (omar,) = memberships_of(people["omar"])
    set_level(omar, kit, came_from="hospital", from_day=omar.from_at.date().isoformat())
    step(omar, fewer, kit, days=1, reason="Back at work", from_day=now.date().isoformat())
    db.session.flush()
