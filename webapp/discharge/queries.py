"""Reading about a discharge, for the patient and for who runs the group."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from webapp.accounts.models import Person
from webapp.attendance.models import CAME
from webapp.attendance.queries import covered_sessions_of, own_attendances
from webapp.core.crypto.keys import Keyring, keyring
from webapp.core.data.db import db
from webapp.core.dates import day, full_day
from webapp.core.errors import NotFound, or_not_found
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext
from webapp.discharge.models import About, Chair, Discharge, Outcome, Position, Readiness, Stand
from webapp.entries.queries import IS_ROLLED_BACK, close, own_contents, own_list
from webapp.plan.library import in_words
from webapp.plan.queries import parts_of
from webapp.program.hours import CoveredSessions
from webapp.program.models import UNDO_FOR, WITH_PERSON, GroupRole, Membership, Removal
from webapp.program.queries import group_of
from webapp.sharing.access import VISIBLE, at
from webapp.sharing.models import Share
from webapp.writing.kind import KINDS

PAST = 10  # discharges on the page of one's own
PROPOSED = 30
Line = tuple[About, str]


@dataclass(frozen=True)
class Seat:
    """One chair, what it says last, and who recorded that."""

    chair: Chair
    position: Position | None
    by: str = ""


@dataclass(frozen=True)
class Board:
    """A membership, its discharge, if anybody said a word of one, and the four chairs."""

    membership: Membership
    discharge: Discharge | None = None
    seats: list[Seat] = field(default_factory=lambda: [Seat(chair, None) for chair in Chair])

    @property
    def missing(self) -> list[Chair]:
        """Who hasn't said anything yet."""
        return [seat.chair for seat in self.seats if seat.position is None]

    @property
    def payer(self) -> Position | None:
        """What the payer says."""
        return next(seat.position for seat in self.seats if seat.chair == Chair.PAYER)

    @property
    def payer_ended(self) -> bool:
        """Whether the payer ended the benefits."""
        said = self.payer is not None and self.payer.stand == Stand.ENDED
        found = self.discharge
        return said or (
            found is not None and found.is_over and found.outcome == Outcome.PAYER_ENDED
        )

    @property
    def is_over(self) -> bool:
        """Whether the membership ended."""
        return self.membership.until_at is not None


def in_care(facilitator: Person, group_id: UUID, person_id: UUID, now: datetime) -> Membership:
    """A patient's time in a group that somebody runs now: it goes on, or they were taken out of it
    and that can still be undone. Raises NotFound."""
    if group_of(facilitator, GroupRole.FACILITATOR, group_id) is None:
        raise NotFound
    found = db.session.scalar(
        select(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.person_id == person_id,
            Membership.part == GroupRole.PATIENT,
            Membership.needs_yes.is_(False),
            Membership.from_at <= now,
            or_(
                Membership.until_at.is_(None),
                exists().where(
                    Removal.membership_id == Membership.id,
                    Removal.undone_at.is_(None),
                    Removal.made_at > now - UNDO_FOR,
                ),
            ),
        )
        .options(WITH_PERSON, joinedload(Membership.group))
        .order_by(Membership.until_at.is_(None).desc(), Membership.until_at.desc())
        .limit(1)
    )
    return or_not_found(found)


def board_of(membership: Membership) -> Board:
    """The four chairs of one membership."""
    return _boards([membership])[0]


def own_boards(person: Person) -> list[Board]:
    """Of each group that somebody is in, and of those they were discharged from; the groups of now
    first."""
    rows = db.session.scalars(
        select(Membership)
        .outerjoin(Discharge, Discharge.membership_id == Membership.id)
        .where(
            Membership.person_id == person.id,
            Membership.part == GroupRole.PATIENT,
            or_(Membership.until_at.is_(None), Discharge.id.is_not(None)),
        )
        .options(joinedload(Membership.group))
        .order_by(Membership.until_at.is_(None).desc(), Membership.until_at.desc())
        .limit(PAST)
    )
    return _boards(list(rows))


def own_membership(person: Person, id: UUID) -> Membership | None:
    """One of somebody's own that goes on."""
    return db.session.scalar(
        select(Membership).where(
            Membership.id == id,
            Membership.person_id == person.id,
            Membership.part == GroupRole.PATIENT,
            Membership.until_at.is_(None),
        )
    )


def own_discharge(person: Person, id: UUID) -> Discharge | None:
    """One of somebody's own."""
    query = select(Discharge).where(Discharge.id == id, Discharge.person_id == person.id)
    return db.session.scalar(query)


def by_removal(removals: list[Removal]) -> dict[UUID, Board]:
    """The discharges that these removals made."""
    boards = _boards([removal.membership for removal in removals])
    ended = [(board, board.discharge.removal_id) for board in boards if board.discharge]
    return {removal: board for board, removal in ended if removal}


# What staff recorded, and the patient didn't dismiss on Today.
NEWS = (
    select(Discharge)
    .where(Discharge.person_id == bindparam("person"), Discharge.seen_at.is_(None))
    .options(joinedload(Discharge.membership).joinedload(Membership.group))
)


def news_of(person: Person) -> list[Board]:
    """Discharges about which something was recorded."""
    found = db.session.scalars(NEWS, {"person": person.id})
    return _boards([discharge.membership for discharge in found])


def of_membership(membership: Membership) -> Discharge | None:
    """The discharge of one membership."""
    return db.session.scalar(
        select(Discharge)
        .where(Discharge.membership_id == membership.id)
        .options(joinedload(Discharge.removal))
    )


def proposed(person: Person, lines: list[Readiness], zone: str, now: datetime) -> list[Line]:
    """Lines from somebody's own plan and calendar that aren't on the list yet."""
    parts = parts_of(person)

    def answer(part: str, question: str) -> list[Any]:
        entry = parts.get(part)
        return (entry.content.get(question) if entry is not None else None) or []

    tools = answer("skills", "favourites") or answer("skills", "skills")
    found = [(About.TOOLS, in_words(tool)) for tool in tools]
    found += [(About.PEOPLE, one.get("name") or "") for one in answer("supports", "supports")]
    found += [
        (About.APPOINTMENTS, f"{content.get('title')}, {day(starts, content.get('zone') or zone)}")
        for starts, content in own_contents(person, KINDS["appointment"].model, now)
    ]
    there = {line.note for line in lines}
    return [(about, words) for about, words in found if words and words not in there][:PROPOSED]


def coverages(person: Person, now: datetime) -> list[tuple[Board, CoveredSessions | None]]:
    """What a payer still covers: of each group of now, and of those that a payer ended."""
    return [
        (board, None if board.is_over else covered_sessions_of(board.membership, now))
        for board in own_boards(person)
        if not board.is_over or board.payer_ended
    ]


def progress(person: Person, zone: str) -> list[str]:
    """What somebody can put on paper about their time here, line by line. No line names a group, a
    clinic, or what it is for."""
    came = [
        group_session.starts_at
        for group_session, marked in own_attendances(person)
        if marked.presence in CAME
    ]
    found = []
    if came:
        since = full_day(min(came), zone)
        found.append(
            ngettext(
                "I came %(num)s time since %(day)s.",
                "I came %(num)s times since %(day)s.",
                len(came),
                day=since,
            )
        )
    goals = parts_of(person).get("goals")
    for goal in (goals.content.get("goals") if goals is not None else None) or []:
        found.append(_("My goal: %(words)s", words=goal.get("words") or ""))
        found += [
            _("Done: %(words)s", words=step.get("words") or "")
            for step in goal.get("steps") or []
            if step.get("done")
        ]
    found += [line.note for line in reversed(own_list(person, Readiness)) if line.note]
    return list(dict.fromkeys(found))


def lines_shared(reader: Person, membership: Membership, now: datetime) -> list[Readiness]:
    """The lines of a patient's own list that a reader may open now."""
    rows = db.session.execute(
        select(Readiness, IS_ROLLED_BACK)
        .join(Share, Share.entry_id == Readiness.id)
        .where(
            Share.group_id == membership.group_id,
            Share.author_id == membership.person_id,
            VISIBLE,
        )
        .order_by(Readiness.created_at, Readiness.id),
        at(now, reader),
    )
    found = []
    for line, is_rolled_back in rows:
        if is_rolled_back:
            close(line)
        found.append(line)
    return found


_by = aliased(Person)


def _boards(memberships: list[Membership]) -> list[Board]:
    ids = [membership.id for membership in memberships]
    discharges = {
        discharge.membership_id: discharge
        for discharge in db.session.scalars(
            select(Discharge)
            .where(Discharge.membership_id.in_(ids))
            .options(joinedload(Discharge.removal))
        )
    }
    seats: dict[tuple[UUID, Chair], Seat] = {}
    rows = db.session.execute(
        select(Position, _by)
        .outerjoin(_by, _by.id == Position.recorded_by_id)
        .options(joinedload(_by.key))
        .where(Position.discharge_id.in_([discharge.id for discharge in discharges.values()]))
        .order_by(Position.recorded_at, Position.id)
    )
    for position, by in rows:  # the last one of a chair takes the place of those before
        name = by.called if by is not None else ""
        chair = Chair(position.chair)
        seats[position.discharge_id, chair] = Seat(chair, position, name)
    return [
        Board(membership, found, [
            seats.get((found.id, chair), Seat(chair, None)) if found else Seat(chair, None)
            for chair in Chair
        ])
        for membership in memberships
        for found in [discharges.get(membership.id)]
    ]  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How somebody's time in a group ended, by what was recorded of it."""

    person_id: UUID
    at: datetime
    outcome: str | None  # of `Outcome`; None where it can't be opened any more


def ended_since(after: datetime) -> list[Ended]:
    """Every discharge that is over, by when the time in the group ended. Nobody's name."""
    rows = db.session.execute(
        select(Discharge.__table__, Membership.until_at)
        .join(Membership, Membership.id == Discharge.membership_id)
        .join(Removal, Removal.id == Discharge.removal_id)
        .where(Removal.undone_at.is_(None), Membership.until_at >= after)
        .order_by(Membership.until_at)
    ).all()
    ring = keyring(db.session)
    ring.fill({row.person_id for row in rows})
    return [Ended(row.person_id, row.until_at, _outcome(row, ring)) for row in rows]


def _outcome(row: Any, ring: Keyring) -> str | None:
    key = ring.held(row.person_id)
    as_drawn = Discharge.drawn(row._asdict()).sealed_as
    return Discharge.seen(row.sealed, key, as_drawn).outcome if key else None
