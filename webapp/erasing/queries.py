"""What would go and what would stay, and whose week is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from webapp.accounts.models import Person, Role
from webapp.accounts.queries import plain_username, restored_unseen
from webapp.attendance.models import Attendance, Authorisation, HeadsUp
from webapp.consents.models import Disclosure, OutsideConsent
from webapp.core import clock
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.erasing.kept import KEPT, OPENED
from webapp.erasing.models import LegalHold
from webapp.meetings.models import Favourite, Sheet
from webapp.permissions.models import Permission
from webapp.program.models import Membership
from webapp.questionnaires.models import CheckInDraft
from webapp.reminders.models import Reminder
from webapp.sharing.models import Consent, Feedback
from webapp.week.models import CalendarFeed

NUMBER = 8  # letters of an id that the audit log shows
Counted = list[tuple[str, int]]


def going_of(id: UUID) -> Counted:
    """What goes, and how much of it there is."""
    never_opened = (Entry.__table__.c.author_id == id) & ~OPENED
    found = [(_("Entries that only you have opened"), _count(Entry, never_opened))]
    for said, model in (
        (_("Check-ins you haven’t finished"), CheckInDraft),
        (_("Meetings you like"), Favourite),
        (_("Attendance sheets you printed"), Sheet),
        (_("Reminders"), Reminder),
        (_("Calendar addresses"), CalendarFeed),
    ):
        found.append((said, _count(model, model.__table__.c.person_id == id)))
    return [line for line in found if line[1]]


def kept_of(id: UUID) -> Counted:
    """What stays, and how much of it there is."""
    by_model = {kept.model: _count(kept.model, kept.of(id)) for kept in KEPT}
    found = [
        (_("Entries that staff opened, as they opened them"), by_model[Entry]),
        (_("Replies to you"), by_model[Feedback]),
        (
            _("Consents and permissions you signed"),
            by_model[Consent] + by_model[OutsideConsent] + by_model[Permission],
        ),
        (_("What staff gave out with your consent"), by_model[Disclosure]),
        (_("Sessions in your attendance record"), by_model[Attendance]),
        (_("What your insurance covers"), by_model[Authorisation]),
        (_("Messages about coming late that staff opened"), by_model[HeadsUp]),
        (_("Times you were in a group"), by_model[Membership]),
    ]
    return [line for line in found if line[1]]


def _count(model: type, which: object) -> int:
    query = select(func.count()).select_from(model.__table__).where(which)  # type: ignore[attr-defined, arg-type]
    return db.session.scalar(query) or 0


def left_program_at(id: UUID, otherwise: datetime) -> datetime:
    """When somebody's last group ended; `otherwise` while one goes on, or if there was none."""
    query = select(func.max(func.coalesce(Membership.until_at, otherwise)))
    return db.session.scalar(query.where(Membership.person_id == id)) or otherwise


def due() -> Sequence[UUID]:
    """Whose week is over. No one's while nobody looked at a restore: a hold may be lost by it."""
    if restored_unseen():
        return []
    query = select(Person.id).where(
        Person.erase_at <= clock.now(), Person.erased_at.is_(None), Person.held_at.is_(None)
    )
    return db.session.scalars(query.order_by(Person.id)).all()


def erased() -> Sequence[tuple[UUID, datetime]]:
    """Of whom only records are kept, without a hold, and since when. No one's, as in `due`."""
    if restored_unseen():
        return []
    query = select(Person.id, Person.erased_at).where(
        Person.erased_at.is_not(None), Person.held_at.is_(None)
    )
    return [(id, at) for id, at in db.session.execute(query) if at is not None]


def patient_known_as(typed: str) -> Person | None:
    """A patient by username, or by the number in the audit log: how the id begins."""
    patients = select(Person).where(Person.role == Role.PATIENT)
    person = db.session.scalar(patients.where(Person.username == plain_username(typed)))
    if person is None and len(typed) >= NUMBER:
        ids = db.session.scalars(select(Person.id).where(Person.role == Role.PATIENT))
        found = [id for id in ids if str(id).startswith(typed)]
        person = db.session.get(Person, found[0]) if len(found) == 1 else None
    return person


def holds() -> list[LegalHold]:
    """Those that go on, the latest first."""
    query = (
        select(LegalHold, DataKey)
        .join(DataKey, DataKey.person_id == LegalHold.by_id)
        .where(LegalHold.ended_at.is_(None))
        .order_by(LegalHold.set_at.desc(), LegalHold.id)
    )
    return [hold for hold, _key in db.session.execute(query)]
