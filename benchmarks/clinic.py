"""A clinic to measure: one group of twelve, an evening that is about to begin, sixty shares."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import insert, select

from webapp.accounts.actions import make_person
from webapp.accounts.models import Person, Role
from webapp.accounts.passwords import hash_password
from webapp.app import create_app
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core import clock
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.journal.models import Trigger
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole, GroupSession, Membership
from webapp.sharing.actions import share, sign_consent
from webapp.sharing.models import Share

PASSWORD = "a lantern beside the river"
PATIENTS, WRITTEN, SHARED = 12, 50, 5  # people; entries a person; of them shared
ZONE = "America/New_York"
KINDS = ["place", "person", "feeling", "conflict", "time"]


@dataclass(frozen=True)
class Clinic:
    """What a bench has to know of it."""

    environ: dict[str, str]
    patients: list[str]
    facilitator: str
    tonight: UUID


def fill(
    folder: Path, others: int = 0, *, shared: int = SHARED, entries: int = 0, url: str = ""
) -> Clinic:
    """Make keys, database and people in a folder of its own. With so many others each is in three
    groups; the evening is the same. With so many entries in all, the others' can't be opened.
    `url` is for another database than a file there."""
    environ = {
        "GROUNDWORK_DATA": str(folder),
        "GROUNDWORK_DATABASE_URL": url or f"sqlite:///{folder / 'groundwork.db'}",
        "GROUNDWORK_PLAIN_HTTP": "1",
        "GROUNDWORK_ZONE": ZONE,
        # Signing in is not what is measured here.
        "GROUNDWORK_HASH_MEMORY": "8",
        "GROUNDWORK_HASH_PASSES": "1",
    }
    app = create_app(Settings.from_environment(environ))
    with app.app_context():
        migrate()
        tonight = _people_and_entries(app, shared)
        if others:
            _more_groups(others)
        if entries:
            db.session.flush()
            _more_entries(entries - PATIENTS * WRITTEN)
        db.session.commit()
        names = [f"patient{number:02d}" for number in range(PATIENTS)]
        made = Clinic(environ, names, "facilitator", tonight.id)
        db.session.remove()
        db.engine.dispose()
    return made


def _people_and_entries(app: Flask, shared: int) -> GroupSession:
    with app.test_request_context():
        hashed = hash_password(PASSWORD)
    now = clock.now()
    group = Group(id=uuid4(), name="Evening group", zone=ZONE, place="Room 2")
    tonight = GroupSession(
        id=uuid4(),
        group_id=group.id,
        starts_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=5),
    )
    last = GroupSession(
        group_id=group.id,
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(days=2) + timedelta(hours=3),
    )
    db.session.add_all([group, tonight, last])
    facilitator = make_person("facilitator", "Cleo", hashed, Role.FACILITATOR)
    join(group, facilitator, GroupRole.FACILITATOR).from_at = now - timedelta(days=60)
    for number in range(PATIENTS):
        patient = make_person(f"patient{number:02d}", f"Person {number}", hashed, Role.PATIENT)
        join(group, patient, GroupRole.PATIENT).from_at = now - timedelta(days=28)
        db.session.flush()
        _entries(patient, group, tonight, shared)
    return tonight


def _more_groups(others: int) -> None:
    """Everybody's second and third group; of the others, the first as well."""
    now = clock.now()
    groups = [Group(id=uuid4(), name=f"Group {number}", zone=ZONE) for number in range(20)]
    db.session.add_all(groups)
    db.session.add_all(
        GroupSession(group_id=group.id, starts_at=now + timedelta(days=day, hours=4),
                     ends_at=now + timedelta(days=day, hours=6))
        for group in groups for day in range(-7, 14, 2)
    )  # fmt: skip
    known = list(db.session.scalars(select(Person).where(Person.role == Role.PATIENT)))
    new = [make_person(f"other{n}", f"Other {n}", "", Role.PATIENT) for n in range(others)]
    db.session.flush()
    for number, person in enumerate(known + new):
        for step in range(2 if person in known else 3):
            membership = join(groups[(number + 7 * step) % 20], person, GroupRole.PATIENT)
            membership.from_at = now - timedelta(days=28)


def _entries(patient: Person, group: Group, tonight: GroupSession, shared: int) -> None:
    now = clock.now()
    consent = sign_consent(
        patient,
        group,
        patient.name or "",
        [["What", "Only what I share."]],
        now + timedelta(days=365),
    )
    for number in range(WRITTEN):
        at = now - timedelta(hours=9 * number + 1)
        entry = write(Trigger, patient, uuid4(), at, _content(number))
        if number < shared:
            db.session.flush()
            first = number == 0
            about = "what to do about paydays" if first else None
            share(entry, group, consent=consent, for_=tonight, bring_up=first, about=about)


def _more_entries(count: int) -> None:
    """Of the others, as weight: copies of one, every tenth shared in another group."""
    entry = dict(db.session.execute(select(Entry.__table__).limit(1)).one()._mapping)
    made = dict(db.session.execute(select(Share.__table__).limit(1)).one()._mapping)
    others = db.session.execute(
        select(Membership.person_id, Membership.group_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.username.startswith("other"))
    ).all()
    entries, shares = [], []
    for number in range(count):
        person_id, group_id = others[number % len(others)]
        at = entry["happened_at"] - timedelta(minutes=number)
        entries.append(entry | {"id": uuid4(), "author_id": person_id, "happened_at": at})
        if number % 10 == 0:
            shares.append(made | {
                "id": uuid4(), "entry_id": entries[-1]["id"], "author_id": person_id,
                "group_id": group_id, "group_session_id": None,
            })  # fmt: skip
    db.session.execute(insert(Entry.__table__), entries)
    db.session.execute(insert(Share.__table__), shares)


def _content(number: int) -> dict[str, object]:
    return {
        "urge": number * 3 % 11,
        "kinds": [KINDS[number % 5], KINDS[(number + 2) % 5]],
        "situation": "Walked home past the old place, and the light was on. Stood there a while.",
        "thought": "One time won’t matter, nobody would know.",
        "feelings": ["lonely", "tired"],
        "body": "Tight chest, restless hands",
        "did": "Called my sister and took the other street",
        "acted": "no",
        "after": number % 4,
        "zone": ZONE,
    }
