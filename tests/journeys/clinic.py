"""A clinic on a live server: its people, made directly, and their phones and desks."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.conftest import PASSWORD, ZONE, SomeGroup, Someone, empty_tables
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Person, Role
from webapp.accounts.passwords import hash_password
from webapp.core import clock
from webapp.core.data.db import db
from webapp.days.chapters import SINCE
from webapp.days.models import Milestone
from webapp.entries.actions import write
from webapp.journal.models import Trigger
from webapp.plan.actions import answer
from webapp.plan.outline import PARTS
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole, GroupSession
from webapp.sharing.actions import share, sign_consent
from webapp.sharing.queries import consent_for

# In the real time that the browser knows, too.
UNTIL_GROUP = timedelta(hours=2, minutes=10, seconds=30)


@dataclass(frozen=True)
class Clinic:
    """The app behind the address that the browser opens."""

    app: Flask
    address: str

    def empty(self) -> None:
        """As on the first day: nobody, and nothing written."""
        with self.app.app_context():
            empty_tables()

    def person(self, username: str, role: Role = Role.PATIENT) -> Someone:
        """Make a person: `clinic.person("ana")`."""
        with self.app.app_context():
            made = make_person(username, username.title(), hash_password(PASSWORD), role)
            db.session.commit()
            return Someone(made.id, username, username.title(), role)

    def group(self, name: str, *people: Someone) -> SomeGroup:
        """A group that met three days ago and meets in two hours, with these people in it."""
        tonight = clock.now() + UNTIL_GROUP
        with self.app.app_context():
            group = Group(name=name, zone=ZONE, place="Room 2")
            db.session.add(group)
            db.session.flush()
            group_sessions = [
                GroupSession(group_id=group.id, starts_at=at, ends_at=at + timedelta(hours=3))
                for at in (tonight - timedelta(days=3), tonight, tonight + timedelta(days=2))
            ]
            db.session.add_all(group_sessions)
            for person in people:
                part = GroupRole.PATIENT if person.role == Role.PATIENT else GroupRole.FACILITATOR
                membership = join(group, db.session.get_one(Person, person.id), part)
                membership.from_at = tonight - timedelta(days=28)
            db.session.commit()
            return SomeGroup(group.id, group_sessions[1].id, group_sessions[0].id, name)

    def wrote(self, by: Someone, at: datetime | None = None, **content: object) -> UUID:
        """Somebody wrote something: `clinic.wrote(ana, situation="…", urge=7)`."""
        with self.app.app_context():
            person = db.session.get_one(Person, by.id)
            filled = {"urge": 5, "zone": ZONE, **content}
            entry = write(Trigger, person, uuid4(), at or clock.now(), filled)
            db.session.commit()
            return entry.id

    def planned(self, by: Someone, part: str, **answers: Any) -> None:
        """Somebody answered questions of the plan: `clinic.planned(ana, "why", why="My kids")`."""
        with self.app.app_context():
            person = db.session.get_one(Person, by.id)
            for name, said in answers.items():
                question = PARTS[part].question(name)
                assert question is not None
                answer(person, PARTS[part], question, said)
                db.session.flush()
            db.session.commit()

    def counts(self, by: Someone, **content: Any) -> UUID:
        """Somebody counts days: `clinic.counts(ana, name="Without", since="2026-11-01")`."""
        with self.app.app_context():
            person = db.session.get_one(Person, by.id)
            made = write(Milestone, person, uuid4(), clock.now(), {"way": SINCE, **content})
            db.session.commit()
            return made.id

    def shares(self, by: Someone, entry: UUID, group: SomeGroup, about: str | None = None) -> None:
        """Somebody shares an entry for tonight, with consent."""
        with self.app.app_context():
            person, with_ = db.session.get_one(Person, by.id), db.session.get_one(Group, group.id)
            ends = clock.now() + timedelta(days=365)
            document = [["What", "Only what I share."]]
            consent = consent_for(person, with_.id) or sign_consent(
                person, with_, by.name, document, ends
            )
            db.session.flush()
            share(
                db.session.get_one(Trigger, entry),
                with_,
                consent=consent,
                for_=db.session.get_one(GroupSession, group.tonight),
                bring_up=about is not None,
                about=about,
            )
            db.session.commit()

    def cookie_of(self, someone: Someone) -> dict[str, Any]:
        """The cookie of a device on which somebody signed in; the form is tried elsewhere."""
        with self.app.app_context():
            person = db.session.get_one(Person, someone.id)
            made = start_sign_in(person, device="Test", own_phone=True, lasts=timedelta(days=30))
            token = made.token
            db.session.commit()
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        kept = {"_user_id": token, "_fresh": True, "seen": int(time.time()), "_permanent": True}
        name = self.app.config["SESSION_COOKIE_NAME"]
        return {"name": name, "value": serializer.dumps(kept), "url": self.address}

    def entries(self) -> int:
        """How many entries there are."""
        with self.app.app_context():
            return db.session.query(Trigger).count()
