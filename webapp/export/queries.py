"""Everything that is kept about one person, table by table, a few rows at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, literal, or_, select, tuple_
from sqlalchemy.types import LargeBinary

from webapp.accounts.models import WITH_KEY, Passkey, Person, Role, SignIn
from webapp.aftercare.models import Asked, CallRequest
from webapp.attendance.models import Attendance, Authorisation, HeadsUp
from webapp.audit.kinds import SAID, ActKind
from webapp.audit.models import Act
from webapp.consents.models import Disclosure, OutsideConsent
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import Closed, SealedRow, opened_or_closed
from webapp.core.data.db import Base, db
from webapp.core.errors import RolledBack, report_unopened
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.discharge.models import Discharge, Position
from webapp.entries.models import Entry, EntryVersion, sealed_as
from webapp.entries.queries import IS_ROLLED_BACK
from webapp.homework.models import Homework
from webapp.meetings.models import Favourite, MeetingRhythm, Sheet
from webapp.permissions.models import Permission
from webapp.program.models import Group, GroupSession, LevelOfCare, Membership, OwnDays, Removal
from webapp.questionnaires.models import Answers, CheckInDraft
from webapp.ratings.models import Rated
from webapp.reminders.models import Notification, PushSubscription, Reminder, ReminderChoices
from webapp.sharing.models import (
    Consent,
    Course,
    Feedback,
    Reading,
    Share,
    SupervisorAnswer,
)
from webapp.week.models import CalendarFeed

Record = dict[str, Any]
Whose = Callable[[UUID], ColumnElement[bool]]
AT_ONCE = 50  # rows in memory: each may be of full length
UNOPENED = "cannot_be_opened"


def _by(column: Any) -> Whose:
    return lambda id: column == id


_GROUPS = Group.__table__.c
_SESSIONS, _MEMBERSHIPS = GroupSession.__table__.c, Membership.__table__.c
_ENTRIES, _VERSIONS = Entry.__table__.c, EntryVersion.__table__.c
_READINGS, _OWN_DAYS = Reading.__table__.c, OwnDays.__table__.c


def _own_entries(id: UUID) -> Select[Any]:
    return select(_ENTRIES.id).where(_ENTRIES.author_id == id)


def _while_a_member(id: UUID) -> ColumnElement[bool]:
    return exists().where(
        _MEMBERSHIPS.person_id == id,
        _MEMBERSHIPS.group_id == _SESSIONS.group_id,
        _MEMBERSHIPS.from_at <= _SESSIONS.ends_at,
        or_(_MEMBERSHIPS.until_at.is_(None), _MEMBERSHIPS.until_at > _SESSIONS.starts_at),
    )


@dataclass(frozen=True)
class Table:
    """One table. `name` stands in the JSON and is never changed; `secret` are columns that let
    somebody in. What is stored as bytes (seals, hashes, keys) is no part of a record."""

    name: str
    title: Any
    model: type[Base]
    whose: Whose
    by: tuple[Any, ...] = ()  # the order, ended by what is unique; the key, if it isn't said
    secret: tuple[str, ...] = ()

    @property
    def columns(self) -> list[Any]:
        """Those of a record."""
        return [
            column
            for column in self.model.__table__.columns
            if column.name not in self.secret and not isinstance(column.type, LargeBinary)
        ]


TABLES = (
    Table("account", _l("My account"), Person, _by(Person.__table__.c.id),
          secret=("password_hash",)),
    Table("entries", _l("What I wrote"), Entry, _by(_ENTRIES.author_id),
          by=(_ENTRIES.kind, _ENTRIES.happened_at, _ENTRIES.id)),
    Table("former_versions", _l("How it was before I changed it"), EntryVersion,
          lambda id: _VERSIONS.entry_id.in_(_own_entries(id))),
    Table("check_in_drafts", _l("Check-ins I haven’t finished"), CheckInDraft,
          _by(CheckInDraft.__table__.c.person_id)),
    Table("consents", _l("Consents I signed"), Consent, _by(Consent.__table__.c.person_id)),
    Table("consents_outside", _l("Consents for people outside the program"), OutsideConsent,
          _by(OutsideConsent.__table__.c.person_id)),
    Table("questions_asked", _l("When I was asked how life is going"), Asked,
          _by(Asked.__table__.c.person_id)),
    Table("call_requests", _l("When I asked for a call"), CallRequest,
          _by(CallRequest.__table__.c.person_id)),
    Table("permissions", _l("What I let my program do with what I share"), Permission,
          _by(Permission.__table__.c.person_id)),
    Table("disclosures", _l("What staff gave out"), Disclosure,
          _by(Disclosure.__table__.c.person_id)),
    Table("shares", _l("What I shared"), Share, _by(Share.__table__.c.author_id)),
    Table("courses", _l("What I shared over time"), Course, _by(Course.__table__.c.author_id)),
    Table("supervisor_answers", _l("What I answered about clinical supervisors"), SupervisorAnswer,
          _by(SupervisorAnswer.__table__.c.person_id)),
    Table("openings", _l("Who opened what I shared"), Reading,
          lambda id: _READINGS.entry_id.in_(_own_entries(id))),
    Table("replies", _l("Replies to me"), Feedback, _by(Feedback.__table__.c.patient_id)),
    Table("homework", _l("Homework I was given"), Homework,
          _by(Homework.__table__.c.patient_id)),
    Table("groups", _l("My groups"), Group, lambda id: _GROUPS.id.in_(
        select(_MEMBERSHIPS.group_id).where(_MEMBERSHIPS.person_id == id))),
    Table("memberships", _l("When I was in a group"), Membership, _by(_MEMBERSHIPS.person_id)),
    Table("removals", _l("When I was removed from a group"), Removal,
          _by(Removal.__table__.c.person_id)),
    Table("discharges", _l("When I left a group"), Discharge,
          _by(Discharge.__table__.c.person_id)),
    Table("discharge_positions", _l("Where each one stood on my leaving"), Position,
          _by(Position.__table__.c.person_id)),
    Table("levels_of_care", _l("How I came to a group, and how often I come"), LevelOfCare,
          _by(LevelOfCare.__table__.c.person_id)),
    Table("own_days", _l("The days I come"), OwnDays, lambda id: _OWN_DAYS.membership_id.in_(
        select(_MEMBERSHIPS.id).where(_MEMBERSHIPS.person_id == id))),
    Table("group_sessions", _l("My group sessions"), GroupSession, _while_a_member,
          by=(_SESSIONS.group_id, _SESSIONS.ends_at, _SESSIONS.id)),
    Table("heads_ups", _l("When I said I’d be late or not there"), HeadsUp,
          _by(HeadsUp.__table__.c.patient_id)),
    Table("attendance", _l("My attendance"), Attendance, _by(Attendance.__table__.c.patient_id)),
    Table("ratings", _l("Groups I rated, or skipped"), Rated,
          _by(Rated.__table__.c.person_id)),
    Table("authorizations", _l("What my insurance covers"), Authorisation,
          _by(Authorisation.__table__.c.patient_id)),
    Table("meeting_rhythm", _l("How often I want to go to meetings"), MeetingRhythm,
          _by(MeetingRhythm.__table__.c.person_id)),
    Table("meetings_kept", _l("Meetings I like"), Favourite,
          _by(Favourite.__table__.c.person_id)),
    Table("attendance_sheets", _l("Sheets I printed"), Sheet, _by(Sheet.__table__.c.person_id)),
    Table("reminders", _l("My reminders"), Reminder, _by(Reminder.__table__.c.person_id)),
    Table("reminder_choices", _l("When I want no reminders"), ReminderChoices,
          _by(ReminderChoices.__table__.c.person_id)),
    Table("reminders_due", _l("Reminders that were due"), Notification,
          _by(Notification.__table__.c.person_id), secret=("claimed_by",)),
    Table("devices", _l("Where I signed in"), SignIn, _by(SignIn.__table__.c.person_id),
          secret=("pin_hash",)),
    Table("passkeys", _l("My passkeys"), Passkey, _by(Passkey.__table__.c.person_id)),
    Table("phones_with_reminders", _l("Phones that get my reminders"), PushSubscription,
          _by(PushSubscription.__table__.c.person_id)),
    Table("calendars", _l("My calendar addresses"), CalendarFeed,
          _by(CalendarFeed.__table__.c.person_id)),
    Table("activity", _l("Activity on my account"), Act,
          lambda id: or_(Act.__table__.c.person_id == id, Act.__table__.c.actor_id == id)),
)  # fmt: skip
# What hangs on a person and isn't taken along, and why.
LEFT_OUT = {
    "records_key": "it opens what is kept after an account is erased; nobody has one before",
    "legal_hold": "why the clinic holds records; that it does stands in the account and activity",
    "data_key": "it opens everything, here and in backups",
    "password_reset": "a code; that it was made stands in the activity",
    "agenda_item": "staff's alone: in which order a group talks, and their own lines",
    "call_answerer": "staff's alone: who answers requests for a call",
    "authenticator": "staff's alone: the secret of a second factor",
    "recovery_code": "staff's alone: a code in place of one",
    "used_challenge": "nobody's: random bytes that a passkey answered",
    "app_code": "a code; that it was made stands in the activity",
    "delivery": "an attempt to reach a phone: what became of a reminder stands with it",
    "answer": "what a phone was told about a save: ids, and a hash of what is in the entry",
}
NEVER_OPENED = {"phones_with_reminders"}  # what is sealed there lets others send to a phone


class Known:
    """What the ids in a record stand for. Staff have names here; another patient never has."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, UUID], Record] = {}

    def of(self, table: str, id: UUID) -> Record:
        """The id, and by what somebody knows it."""
        if (table, id) not in self._found:
            self._found[table, id] = {"id": id} | _LOOK_UP[table](id)
        return self._found[table, id]


def _staff(id: UUID) -> Record:
    query = select(Person).where(Person.id == id, Person.role != Role.PATIENT).options(WITH_KEY)
    person = db.session.scalar(query)
    return {"name": person.name if person else None}


def _group(id: UUID) -> Record:
    group = db.session.get(Group, id)
    return {"name": group.name if group else None}


def _session(id: UUID) -> Record:
    return {
        "starts_at": db.session.scalar(select(_SESSIONS.starts_at).where(_SESSIONS.id == id)),
    }


_LOOK_UP = {"person": _staff, "group": _group, "group_session": _session}


def records_of(person_id: UUID, table: Table, known: Known) -> Iterator[Record]:
    """The rows of one table that are about somebody, ready to be written down."""
    opens = _OPENING.get(table.name)
    for row in _rows(person_id, table):
        record: Record = {}
        for column in table.columns:
            value = row._mapping[column]
            at = next((key.column.table.name for key in column.foreign_keys), "")
            if at in _LOOK_UP and value is not None and value != person_id:
                value = known.of(at, value)
            record[column.key] = value
        if opens is not None:
            record |= opens(person_id, row)
        elif "sealed" in table.model.__table__.c and table.name not in NEVER_OPENED:
            record |= _opened(person_id, table.model, row)
        if table.model is Act:
            record |= _said(person_id, row, known)
        yield record


def answers_of(person_id: UUID) -> Iterator[Answers]:
    """Each finished questionnaire that can be opened, also one that its author removed."""
    table = next(table for table in TABLES if table.model is Entry)
    key = keyring(db.session).key_of(person_id)
    for row in _rows(person_id, table, _ENTRIES.kind == "answers"):
        columns = {column.key: row._mapping[column] for column in table.columns}
        name = sealed_as(row.id, person_id, row.kind, row.version)
        entry = Answers.seen(row.sealed, key, name, **columns)
        if not (entry.is_unopened or row.is_rolled_back):
            yield entry


def _rows(person_id: UUID, table: Table, *which: ColumnElement[bool]) -> Iterator[Any]:
    """One page after another, each behind the last row of the one before."""
    columns = list(table.model.__table__.columns)
    query = select(*columns).where(table.whose(person_id), *which)
    if table.model is Entry:
        query = query.add_columns(IS_ROLLED_BACK.label("is_rolled_back"))
    if table.model is EntryVersion:
        query = query.join(Entry.__table__, _ENTRIES.id == _VERSIONS.entry_id)
        query = query.add_columns(_ENTRIES.kind.label("kind"))
    by = table.by or tuple(column for column in columns if column.primary_key)
    query = query.order_by(*by).limit(AT_ONCE)
    page = query
    while rows := db.session.execute(page).all():
        yield from rows
        if len(rows) < AT_ONCE:
            return
        behind = [literal(rows[-1]._mapping[column], column.type) for column in by]
        page = query.where(tuple_(*by) > tuple_(*behind))


def _opened(person_id: UUID, model: type[Base], row: Any) -> Record:
    assert issubclass(model, SealedRow)
    drawn = model.drawn({column.key: row._mapping[column] for column in model.__table__.columns})
    return _content(person_id, row.sealed, model.bound(drawn.sealed_as))


def _entry(person_id: UUID, row: Any) -> Record:
    if row.is_rolled_back:  # a later change of it is known, so it isn't told as if it stood
        report_unopened(RolledBack(f"entry|{row.id}"))
        return {"content": None, UNOPENED: True}
    name = sealed_as(row.id, person_id, row.kind, row.version)
    return _content(person_id, row.sealed, Entry.bound(name))


def _version(person_id: UUID, row: Any) -> Record:
    name = sealed_as(row.entry_id, person_id, row.kind, row.version)
    return {"kind": row.kind} | _content(person_id, row.sealed, Entry.bound(name))


_OPENING: dict[str, Callable[[UUID, Any], Record]] = {
    "entries": _entry,
    "former_versions": _version,
}


def _content(person_id: UUID, sealed: bytes, bound: bytes) -> Record:
    content = opened_or_closed(sealed, keyring(db.session).key_of(person_id), bound)
    if isinstance(content, Closed):
        return {"content": None, UNOPENED: True}
    return {"content": content}


def _said(person_id: UUID, row: Any, known: Known) -> Record:
    """An act, as *Activity* says it; what stands on no page of a patient's, as staff read it."""
    said = SAID[ActKind(row.kind)]
    by = known.of("person", row.actor_id) if row.actor_id not in (None, person_id) else None
    who = (by or {}).get("name") or _("Someone at the clinic")
    words = str(said.staff)
    if said.patient is not None:
        words = str(said.patient) % {"who": who, "device": _("no longer listed")}
    return {"actor_id": by or row.actor_id, "says": words}
