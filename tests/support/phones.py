"""What people do with their phones: sign in, write, share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.pages import Phone
from tests.support.people import NOW, ZONE, SomeGroup, Someone
from webapp.accounts.actions import start_sign_in
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.journal.models import Trigger
from webapp.program.models import Group, GroupSession
from webapp.sharing.actions import share, sign_consent
from webapp.sharing.queries import consent_for


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A phone on which nobody is signed in."""
    return Phone(app)


@pytest.fixture
def phone_of(app: Flask) -> Callable[[Someone], Phone]:
    """A phone on which somebody is signed in, made directly: the form is tested elsewhere."""

    def sign_in(someone: Someone) -> Phone:
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            made = start_sign_in(person, device="Test", own_phone=True, lasts=timedelta(days=30))
            token = made.token
            db.session.commit()
        return Phone(app, token)

    return sign_in


@pytest.fixture
def wrote(app: Flask) -> Callable[..., UUID]:
    """Somebody wrote something: `wrote(ana, situation="…", urge=7)`; returns the entry's id."""

    def do(someone: Someone, at: datetime | None = None, **content: object) -> UUID:
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            entry = write(Trigger, person, uuid4(), at or NOW, {"urge": 5, "zone": ZONE, **content})
            db.session.commit()
            return entry.id

    return do


@pytest.fixture
def shared(app: Flask) -> Callable[..., UUID]:
    """Somebody shares an entry, with consent: `shared(ana, entry, evening, tonight=True)`."""

    def do(
        someone: Someone,
        entry_id: UUID,
        group: SomeGroup,
        *,
        tonight: bool = True,
        bring_up: bool = False,
        about: str | None = None,
    ) -> UUID:
        with app.app_context():
            person = db.session.get_one(Person, someone.id)
            with_ = db.session.get_one(Group, group.id)
            consent = consent_for(person, with_.id) or sign_consent(
                person,
                with_,
                someone.name,
                [["What", "Only what I share."]],
                NOW + timedelta(days=365),
            )
            db.session.flush()
            made = share(
                db.session.get_one(Entry, entry_id),
                with_,
                consent=consent,
                for_=db.session.get(GroupSession, group.tonight) if tonight else None,
                bring_up=bring_up,
                about=about,
            )
            db.session.commit()
            return made.id

    return do
