"""Reading about sharing, for the patient and for the facilitators."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

from webapp.accounts.models import WITH_KEY, Person, supervisor_called
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core import clock
from webapp.core.crypto.keys import DataKey, keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.core.limits import PAGE
from webapp.entries.models import Entry
from webapp.entries.queries import IS_ROLLED_BACK, close
from webapp.program.models import Group, GroupRole, GroupSession, Membership, Removal
from webapp.program.queries import notes_done, supervisors
from webapp.sharing.access import IN_FORCE, IS_OPEN, VISIBLE, at
from webapp.sharing.consent_text import names_notes
from webapp.sharing.models import (
    NUMBERS,
    Consent,
    Course,
    Feedback,
    Mark,
    Reading,
    Share,
    SupervisorAnswer,
)


@dataclass(frozen=True)
class Opened:
    """Somebody opened the page with an entry."""

    reader: str
    first_at: datetime
    last_at: datetime
    is_line: bool = False  # only what it comes to, on a line over time


# It is the share's, which is loaded beside it. An inner join within the outer one would have SQLite
# put all of a clinic's sessions together first.
KNOWN_GROUP = lazyload(GroupSession.group)

_CONSENT = (
    select(Consent)
    .join(
        Membership,
        and_(Membership.group_id == Consent.group_id, Membership.person_id == Consent.person_id),
    )
    .where(
        Consent.person_id == bindparam("person"),
        Consent.group_id == bindparam("group"),
        IN_FORCE,
        Membership.part == GroupRole.PATIENT,
        Membership.from_at <= Consent.signed_at,
        Membership.until_at.is_(None) | (Membership.until_at > NOW),
    )
    .order_by(Consent.signed_at.desc())
    .limit(1)
)
_SIGNED_VERSION = Statement(_CONSENT.with_only_columns(Consent.text_version))


def consent_for(person: Person, group_id: UUID) -> Consent | None:
    """The consent in force for one group's facilitators; it ended if its signer left since."""
    return db.session.scalar(_CONSENT, _whose(person, group_id))


def next_end(person: Person, upcoming: GroupSession | None) -> datetime | None:
    """When what somebody shares now for that session will close."""
    if upcoming is None:
        return None
    signed = _SIGNED_VERSION.first(_whose(person, upcoming.group_id))
    return _open_until(upcoming, signed.text_version if signed else None)


def open_until(group_session: GroupSession, consent: Consent | None) -> datetime:
    """When what is shared for a session now closes."""
    return _open_until(group_session, consent.text_version if consent else None)


def _whose(person: Person, group_id: UUID) -> dict[str, Any]:
    return {"person": person.id, "group": group_id, "now": clock.now()}


def _open_until(group_session: GroupSession, signed: str | None) -> datetime:
    """After the facilitators' notes on it. A former consent doesn't speak of these; one that isn't
    signed yet will be as it reads today."""
    if signed is not None and not names_notes(signed):
        return group_session.closes_at
    return notes_done(group_session)


def consents_of(person: Person) -> list[Consent]:
    """Every consent that somebody ever signed, the newest first."""
    return list(
        db.session.scalars(
            select(Consent)
            .where(Consent.person_id == person.id)
            .options(joinedload(Consent.group))
            .order_by(Consent.signed_at.desc())
        )
    )


def shares_of(person: Person, *which: ColumnElement[bool], most: int | None = None) -> list[Share]:
    """What somebody shares right now, the newest first."""
    return _known(
        db.session.execute(
            select(Share, IS_ROLLED_BACK)
            .join(Share.entry)
            .where(Share.author_id == person.id, IS_OPEN, *which)
            .options(
                contains_eager(Share.entry),
                joinedload(Share.group),
                joinedload(Share.group_session).options(KNOWN_GROUP),
            )
            .order_by(Share.shared_at.desc(), Share.id)
            .limit(most),
            at(clock.now()),
        )
    )


def _known(rows: Iterable[Any]) -> list[Share]:
    """Shares, whose entries are named where they stand as they were before a known change."""
    found = []
    for share, is_rolled_back in rows:
        if is_rolled_back:
            close(share.entry)
        found.append(share)
    return found


AT_ONCE = 20  # topics, and as many others


@dataclass(frozen=True)
class Bringing:
    """What somebody brings to a group, or brought to the one that is over."""

    topics: list[Share]
    also: list[Share]
    over: GroupSession | None  # whose topics wait for what became of them


def bringing(person: Person, group_id: UUID | None, session_id: UUID | None) -> Bringing:
    """To their next session; until noon the one before, while anything of it waits. As many as one
    tells of: all of them are under Sharing."""
    now, shares = clock.now(), shares_of(person)
    over = [one for one in shares if one.group_session and one.group_session.ends_at <= now]
    waiting = [one for one in over if one.bring_up and one.mark is None]
    if waiting:
        last = waiting[0].group_session_id
        also = [one for one in over if one.group_session_id == last and one not in waiting]
        return Bringing(waiting[:AT_ONCE], also[:AT_ONCE], waiting[0].group_session)
    coming = [one for one in shares if one.group_id == group_id
              and one.group_session_id in (None, session_id)]  # fmt: skip
    topics = [one for one in coming if one.bring_up and one.mark != Mark.TALKED]
    also = [one for one in coming if one not in topics]
    return Bringing(topics[:AT_ONCE], also[:AT_ONCE], None)


def page_of_shares(person: Person, before: datetime | None) -> tuple[list[Share], bool]:
    """A page of what somebody shares right now, and whether there is an older one."""
    which = (Share.shared_at < before,) if before else ()
    found = shares_of(person, *which, most=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def shares_of_entry(person: Person, entry_id: UUID) -> list[Share]:
    """With whom one's own entry is shared right now."""
    return shares_of(person, Share.entry_id == entry_id)


def shares_read_by(person: Person, entry_id: UUID, reader_id: UUID) -> list[Share]:
    """What somebody shares of an own entry right now with the groups that this reader runs."""
    theirs = select(Membership.group_id).where(
        Membership.person_id == reader_id,
        Membership.part == GroupRole.FACILITATOR,
        Membership.until_at.is_(None) | (Membership.until_at > NOW),
    )
    return shares_of(person, Share.entry_id == entry_id, Share.group_id.in_(theirs))


def marked(person: Person, entry_id: UUID) -> Share | None:
    """The share of one's own entry of which a facilitator last said what became of it, also one
    that is over."""
    which = Share.author_id == person.id, Share.entry_id == entry_id, Share.mark.is_not(None)
    return db.session.scalar(select(Share).where(*which).order_by(Share.marked_at.desc()).limit(1))


def own_share(person: Person, id: UUID) -> Share | None:
    """One of somebody's own shares."""
    return db.session.scalar(select(Share).where(Share.id == id, Share.author_id == person.id))


def own_shared(person: Person, id: UUID) -> Share | Course | None:
    """The same, or one thing that somebody lets be seen over time."""
    theirs = Course.id == id, Course.author_id == person.id
    return own_share(person, id) or db.session.scalar(select(Course).where(*theirs))


def ended_shares(person: Person, since: timedelta = timedelta(days=30)) -> list[Share]:
    """What isn't shared any more, of the last weeks: taken back, over, or left."""
    now = clock.now()
    return _known(
        db.session.execute(
            select(Share, IS_ROLLED_BACK)
            .join(Share.entry)
            .where(Share.author_id == person.id, Share.shared_at > now - since, ~IS_OPEN)
            .options(
                contains_eager(Share.entry),
                joinedload(Share.group),
                joinedload(Share.group_session).options(KNOWN_GROUP),
            )
            .order_by(Share.shared_at.desc())
            .limit(50),
            at(now),
        )
    )


def ended_by(removal: Removal) -> list[Share]:
    """What ended when somebody was taken out of a group, and could be shared with it again."""
    group_id = removal.membership.group_id
    return _ended(removal.person_id, group_id, removal.made_at, group_id, removal.undone_at)


def ended_by_step(before: Membership, after: Membership) -> list[Share]:
    """The same of a move, with the group that somebody moved to."""
    at = after.from_at
    return _ended(after.person_id, before.group_id, at, after.group_id, at)


def _ended(
    person_id: UUID, group_id: UUID, at: datetime, to_id: UUID, since: datetime | None
) -> list[Share]:
    """What ended then: the entry is still there, isn't shared anew with `to_id`, and what it was
    shared for isn't over."""
    ended, anew = aliased(Share), aliased(Share)
    rows = db.session.execute(
        select(ended, IS_ROLLED_BACK)
        .join(ended.entry)
        .where(
            ended.author_id == person_id,
            ended.group_id == group_id,
            ended.ended_at == at,
            Entry.removed_at.is_(None),
            ~select(anew.id)
            .where(
                anew.id != ended.id,
                anew.entry_id == ended.entry_id,
                anew.group_id == to_id,
                anew.shared_at >= since,
            )
            .exists(),
        )
        .options(
            contains_eager(ended.entry),
            joinedload(ended.group),
            joinedload(ended.group_session).options(KNOWN_GROUP),
        )
        .order_by(Entry.happened_at.desc())
    )
    now = clock.now()
    return [share for share in _known(rows) if not share.is_over(now)]


_share, _supervises = aliased(Share), aliased(Membership)
# Whether whoever opened an entry did so as clinical supervisor of a group that it was shared with.
AS_SUPERVISOR = (
    select(_supervises.id)
    .where(
        *(_supervises.person_id == Reading.reader_id, _supervises.supervises),
        _supervises.from_at <= Reading.last_at,
        _supervises.until_at.is_(None) | (_supervises.until_at >= Reading.last_at),
        _supervises.group_id.in_(
            select(_share.group_id).where(_share.entry_id == Reading.entry_id).correlate(Reading)
        ),
    )
    .correlate(Reading)
    .exists()
    .label("as_supervisor")
)


def called(reader: Person, as_supervisor: bool) -> str:
    """How the author reads who opened something."""
    return supervisor_called(reader.called) if as_supervisor else reader.called


def openings(author: Person, entry_ids: list[UUID]) -> dict[UUID, list[Opened]]:
    """Who opened the page with these entries of one's own, by entry; any version counts."""
    if not entry_ids:
        return {}
    rows = db.session.execute(
        select(Reading, Person, AS_SUPERVISOR)
        .join(Entry, Entry.id == Reading.entry_id)
        .join(Person, Person.id == Reading.reader_id)
        .options(WITH_KEY)
        .where(Entry.author_id == author.id, Entry.id.in_(entry_ids))
        .order_by(Reading.last_at.desc())
    )
    found: dict[UUID, list[Opened]] = {}
    for reading, reader, as_supervisor in rows:
        is_line = reading.version == NUMBERS
        opened = Opened(called(reader, as_supervisor), reading.first_at, reading.last_at, is_line)
        found.setdefault(reading.entry_id, []).append(opened)
    return found


# The latest time that somebody opened the page with anything of `:person`, since then.
LAST_OPENING = (
    select(
        *(Reading.first_at, Reading.last_at, Person.username, Person.sealed),
        *(DataKey.person_id, DataKey.outer_id, DataKey.wrapped, AS_SUPERVISOR),
    )
    # Only what was shared was opened, and that is little beside all that somebody ever wrote.
    .join_from(Reading, Share, Share.entry_id == Reading.entry_id)
    .join(Person, Person.id == Reading.reader_id)
    .join(DataKey, DataKey.person_id == Person.id)
    .where(
        Share.author_id == bindparam("person"),
        Share.closes_at.is_(None)
        | (Share.closes_at > bindparam("opened_since", type_=UtcDateTime)),
        Reading.last_at > bindparam("opened_since", type_=UtcDateTime),
    )
    .order_by(Reading.last_at.desc())
    .limit(1)
)


def opening(row: Any) -> Opened:
    """Who opened something, from a row of LAST_OPENING."""
    ring = keyring(db.session)
    ring.hold(row)
    id = row.person_id
    reader = Person.seen(row.sealed, ring.key_of(id), str(id), id=id, username=row.username)
    return Opened(called(reader, row.as_supervisor), row.first_at, row.last_at)


UNSEEN_FEEDBACK = (
    select(Feedback, Person)
    .join(Person, Person.id == Feedback.author_id)
    .join(Entry, Entry.id == Feedback.entry_id)
    .where(Feedback.patient_id == bindparam("person"), Feedback.seen_at.is_(None))
    .order_by(Feedback.written_at)
    .options(contains_eager(Feedback.entry), WITH_KEY)
)


def unseen_feedback(person: Person) -> list[tuple[Feedback, str]]:
    """Answers that the patient hasn't put away yet, with the facilitator's name."""
    rows = db.session.execute(UNSEEN_FEEDBACK, {"person": person.id})
    return [(feedback, author.called) for feedback, author in rows]


def feedback_on(person: Person, entry_id: UUID) -> list[tuple[Feedback, str]]:
    """Every answer to one of one's own entries, the oldest first."""
    return with_names(Feedback.patient_id == person.id, Feedback.entry_id == entry_id)


def with_names(*which: ColumnElement[bool]) -> list[tuple[Feedback, str]]:
    """Answers with the names of those who wrote them, the oldest first."""
    rows = db.session.execute(
        select(Feedback, Person)
        .join(Person, Person.id == Feedback.author_id)
        .where(*which)
        .order_by(Feedback.written_at)
        .options(WITH_KEY)
    )
    return [(feedback, author.called) for feedback, author in rows]


Views = dict[str, list[tuple[Feedback, str]]]


def by_goal(answers: list[tuple[Feedback, str]], goals: Collection[str]) -> Views:
    """The team's views of each goal that is there, by its id; all other answers under ""."""
    found: Views = {}
    for feedback, name in answers:
        goal = feedback.goal if feedback.goal in goals else ""
        found.setdefault(goal or "", []).append((feedback, name))
    return found


def own_feedback(person: Person, id: UUID) -> Feedback | None:
    """An answer that was given to this patient."""
    query = select(Feedback).where(Feedback.id == id, Feedback.patient_id == person.id)
    return db.session.scalar(query)


def own_reply(writer: Person, id: UUID) -> tuple[Feedback, Entry] | None:
    """A reply of somebody's own, to change it, with its entry: while they may open that. No one
    else changes it, or taps *Got it*, meanwhile."""
    which = Feedback.id == id, Feedback.author_id == writer.id
    reply = db.session.scalar(select(Feedback).where(*which).with_for_update())
    entry = visible_entry(writer, reply.entry_id) if reply else None
    return (reply, entry) if reply and entry else None


def was_deleted(person: Person, id: UUID) -> bool:
    """Whether there was such an answer to this patient, which its writer deleted."""
    deleted = Act.kind == ActKind.REPLY_DELETED, Act.person_id == person.id, Act.about_id == id
    return db.session.scalar(select(Act.number).where(*deleted).limit(1)) is not None


_mine, _theirs, _runs = aliased(Membership), aliased(Membership), aliased(Membership)
_SINCE = bindparam("since", type_=UtcDateTime)
_NOT_OVER = _theirs.until_at.is_(None) | (_theirs.until_at > NOW)
_READS_ANYWAY = (
    select(_runs.id)
    .where(
        *(_runs.group_id == _theirs.group_id, _runs.person_id == _theirs.person_id),
        *(_runs.part == GroupRole.FACILITATOR, _runs.from_at <= NOW),
        _runs.until_at.is_(None) | (_runs.until_at > NOW),
    )
    .correlate(_theirs)
    .exists()
)
NEW_READERS = (
    select(Person, Group, _theirs, SupervisorAnswer.opens_earlier)
    .options(WITH_KEY)
    .join(_theirs, _theirs.person_id == Person.id)
    .join(_mine, _mine.group_id == _theirs.group_id)
    .join(Group, Group.id == _theirs.group_id)
    .outerjoin(
        SupervisorAnswer,
        and_(
            SupervisorAnswer.membership_id == _theirs.id,
            SupervisorAnswer.person_id == _mine.person_id,
        ),
    )
    .where(
        _mine.person_id == bindparam("person"),
        _mine.part == GroupRole.PATIENT,
        _mine.until_at.is_(None) | (_mine.until_at > NOW),
        _theirs.part == GroupRole.FACILITATOR,
        or_(
            and_(_NOT_OVER, _theirs.from_at > _SINCE, _theirs.from_at > _mine.from_at),
            # Taken out and back: who reads was said without them meanwhile.
            and_(
                _NOT_OVER,
                select(Removal.id)
                .where(Removal.membership_id == _theirs.id, Removal.undone_at > _SINCE)
                .correlate(_theirs)
                .exists(),
            ),
            # That nobody supervises anymore is told, too, but of who runs the group now.
            and_(
                *(_theirs.supervises, _theirs.until_at > _SINCE, _theirs.until_at <= NOW),
                *(_theirs.until_at > _mine.from_at, ~_READS_ANYWAY),
            ),
        ),
    )
)


class NewReader(NamedTuple):
    """Somebody who came into one of a patient's groups, or will stand in, or supervises it."""

    name: str
    group: Group
    theirs: Membership  # from when until when
    opens_earlier: bool | None  # what the patient answered about a supervisor


def new_readers(person: Person, since: datetime) -> list[NewReader]:
    """Since then, and those who will."""
    values = {"person": person.id, "since": since, "now": clock.now()}
    return [
        NewReader(reader.called, group, theirs, opens_earlier)
        for reader, group, theirs, opens_earlier in db.session.execute(NEW_READERS, values)
    ]


def supervisors_of(person: Person) -> list[tuple[Membership, bool]]:
    """The clinical supervisors of somebody's groups, or who will be, each with whether they may
    open what this patient shared before."""
    theirs = select(Membership.group_id).where(
        *(Membership.person_id == person.id, Membership.part == GroupRole.PATIENT),
        *(Membership.until_at.is_(None), Membership.needs_yes.is_(False)),
    )
    found = supervisors(Membership.group_id.in_(theirs))
    which = SupervisorAnswer.person_id == person.id, SupervisorAnswer.opens_earlier
    said = set(db.session.scalars(select(SupervisorAnswer.membership_id).where(*which)))
    return [(one, one.id in said) for one in found]


def visible_entry(reader: Person, entry_id: UUID) -> Entry | None:
    """A shared entry that this reader may open now, with its author's key."""
    found = db.session.execute(
        select(Entry, DataKey)
        .join(Share, Share.entry_id == Entry.id)
        .join(DataKey, DataKey.person_id == Entry.author_id)
        .where(Entry.id == entry_id, VISIBLE)
        .limit(1),
        at(clock.now(), reader),
    ).first()
    return found[0] if found else None
