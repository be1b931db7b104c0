"""Sharing, taking back, consenting, opening, answering."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, func, select, update

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db, inserting
from webapp.core.errors import Ceiling, Conflict
from webapp.core.limits import A_DAY, SHARES_A_DAY
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.program.actions import accept
from webapp.program.models import Group, GroupRole, GroupSession, Membership
from webapp.program.queries import groups_of
from webapp.sharing.consent_text import VERSION, names_courses
from webapp.sharing.models import (
    A_MINUTE,
    NUMBERS,
    Consent,
    Course,
    Feedback,
    Mark,
    Reading,
    Share,
    SupervisorAnswer,
)
from webapp.sharing.queries import consent_for, open_until, shares_read_by
from webapp.signing.actions import cancel, keep

CONSENT_LASTS = timedelta(days=365)


class ConsentNeeded(Conflict):
    """Nothing leaves the patient without a signed consent in force."""


def share(
    entry: Entry,
    with_: Group,
    *,
    consent: Consent | None,
    for_: GroupSession | None = None,
    bring_up: bool = False,
    about: str | None = None,
) -> Share:
    """Open an entry to a group's facilitators: for one group session, or until taken back.

    A share of the same entry with the same group is replaced. Raises ConsentNeeded, and Ceiling
    when too much was shared within a day; a call for help always gets through.
    """
    if consent is None or consent.group_id != with_.id or consent.person_id != entry.author_id:
        raise ConsentNeeded
    now = clock.now()
    if not (entry.comes_through or may_share(entry.author_id)):
        raise Ceiling(
            _(
                "You’ve reached today’s limit for sharing. You can share this tomorrow. "
                "If you need help sooner, tap Help now."
            )
        )
    db.session.execute(
        update(Share)
        .where(Share.entry_id == entry.id, Share.group_id == with_.id, Share.ended_at.is_(None))
        .values(ended_at=now)
    )
    made = Share(
        id=uuid4(),
        entry_id=entry.id,
        author_id=entry.author_id,
        group_id=with_.id,
        group_session_id=for_.id if for_ else None,
        bring_up=bring_up,
        shared_at=now,
        closes_at=open_until(for_, consent) if for_ else None,
    )
    made.about = about
    db.session.add(made)
    record(ActKind.SHARED, person=entry.author_id, about=made.id, by=entry.author_id)
    return made


def share_while_saving(
    person: Person,
    entry: Entry,
    session_for: Callable[[Person, UUID], GroupSession | None],
    *,
    bring_up: bool,
) -> Group | None:
    """Share what is being saved with the group that somebody is in; None where it has to be asked:
    in several groups or none, without a consent, or when no session comes. Raises Ceiling."""
    groups = groups_of(person, GroupRole.PATIENT)
    consent = consent_for(person, groups[0].id) if len(groups) == 1 else None
    group_session = session_for(person, groups[0].id) if consent else None
    if group_session is None:
        return None
    share(entry, groups[0], consent=consent, for_=group_session, bring_up=bring_up)
    return groups[0]


def may_share(author_id: UUID) -> bool:
    """Whether somebody has shared less within a day than a person can."""
    lately = Share.author_id == author_id, Share.shared_at > clock.now() - A_DAY
    count = db.session.scalar(select(func.count()).select_from(Share).where(*lately))
    return (count or 0) < SHARES_A_DAY


def start_course(
    entry: Entry, with_: Group, *, consent: Consent | None, earlier: bool = False
) -> Course:
    """Open what entries like this one come to, each time, to a group's facilitators until it is
    stopped; `earlier`: also of those that are there. Of a group it is one at a time.

    Raises ConsentNeeded, also under a consent that doesn't speak of it.
    """
    author_id = entry.author_id
    if (
        consent is None
        or (consent.group_id, consent.person_id) != (with_.id, author_id)
        or not names_courses(consent.text_version)
    ):
        raise ConsentNeeded
    now = clock.now()
    _end((Course,), now, author_id=author_id, group_id=with_.id)
    made = Course(
        id=uuid4(), author_id=author_id, group_id=with_.id, kind=entry.kind, started_at=now
    )
    made.key, name = entry.course
    made.name = None if entry.course_words else name
    made.earlier = earlier
    db.session.add(made)
    record(ActKind.COURSE_STARTED, person=author_id, about=made.id, by=author_id)
    return made


def take_back(share: Share | Course) -> None:
    """Nobody can open it from the next request on."""
    if share.ended_at is None:
        share.ended_at = clock.now()
        act = ActKind.COURSE_ENDED if isinstance(share, Course) else ActKind.SHARE_ENDED
        record(act, person=share.author_id, about=share.id)


def end_shares_of(entry: Entry) -> None:
    """Nobody can open an entry any more, with whomever it was shared."""
    shares = select(Share).where(Share.entry_id == entry.id, Share.ended_at.is_(None))
    for share in db.session.scalars(shares):
        take_back(share)


def say_became(share: Share, what: Mark, for_: GroupSession | None) -> None:
    """What became of what somebody wanted to talk about, as they say themselves. It ends nothing;
    the last tap counts, whoever's it is."""
    share.mark, share.marked_at = what, clock.now()
    share.marked_by_id, share.marked_for_id = share.author_id, for_.id if for_ else None


def take_all_back(person: Person) -> None:
    """Stop every share at once."""
    _end((Share, Course), clock.now(), author_id=person.id)
    record(ActKind.SHARES_ENDED, person=person.id)


def answer_supervisor(person: Person, supervision: Membership, *, opens: bool) -> None:
    """Whether a clinical supervisor may also open what this patient shared before they began."""
    which = {"membership_id": supervision.id, "person_id": person.id}
    said = db.session.get(SupervisorAnswer, which)
    was_open = said is not None and said.opens_earlier
    if said is None:
        said = SupervisorAnswer(**which)
        db.session.add(said)
    said.opens_earlier, said.answered_at = opens, clock.now()
    if opens or was_open:
        act = ActKind.EARLIER_OPENED if opens else ActKind.EARLIER_CLOSED
        record(act, person=person.id, about=supervision.id)


def sign_consent(
    person: Person, group: Group, signed_name: str, document: list[list[str]], ends: datetime
) -> Consent:
    """Keep the consent exactly as it was shown, with the name typed as signature. What is seen over
    time under another one ends, and is chosen anew."""
    _end((Course,), clock.now(), author_id=person.id, group_id=group.id)
    consent = Consent(
        id=uuid4(),
        person_id=person.id,
        group_id=group.id,
        text_version=VERSION,
        expires_at=ends,
    )
    keep(consent, signed_name, document, ActKind.CONSENT_SIGNED)
    # Whoever signs that a group's facilitators may read said yes to the group, too.
    theirs = Membership.person_id == person.id, Membership.group_id == group.id
    added = db.session.scalar(select(Membership).where(*theirs, Membership.needs_yes))
    if added is not None:
        accept(added)
    return consent


def revoke_consent(consent: Consent) -> None:
    """Take the consent back; every share that stood on it ends with it, for good."""
    cancel(consent, ActKind.CONSENT_REVOKED, Consent.group_id)
    end_shares(consent.person_id, consent.group_id, clock.now())


def end_shares(person_id: UUID, group_id: UUID, now: datetime) -> None:
    """Whatever somebody shares with a group ends, for good: nothing later wakes it up."""
    _end((Share, Course), now, author_id=person_id, group_id=group_id)


def _end(kinds: tuple[type[Share | Course], ...], now: datetime, **whose: UUID) -> None:
    for kind in kinds:
        still = update(kind).filter_by(**whose, ended_at=None)
        db.session.execute(still.values(ended_at=now))


def record_readings(
    reader: Person,
    drawn: Iterable[Entry],
    now: datetime,
    *,
    page: UUID,
    numbers: Iterable[Entry] = (),
) -> None:
    """Note, in one statement, that a reader opened the page with these entries as they are drawn,
    and with what these `numbers` come to; and the page as one act (`page` is the session, the
    group, or the entry it is about).

    Of the entries themselves, not of what a second question would find: what was taken back
    meanwhile was shown all the same. A reload within the same minute changes nothing.
    """
    whole = {(entry.id, entry.version) for entry in drawn}
    rows = {
        (id, version): {
            "reader_id": reader.id,
            "entry_id": id,
            "version": version,
            "first_at": now,
            "last_at": now,
        }
        for id, version in whole | {(entry.id, NUMBERS) for entry in numbers}
    }
    if rows:
        # In one order for everybody, so that two readers never wait for each other crosswise.
        in_order = [rows[key] for key in sorted(rows)]
        statement = inserting(Reading.__table__)
        noted = statement.on_conflict_do_update(
            index_elements=["reader_id", "entry_id", "version"],
            set_={"last_at": statement.excluded.last_at},
            where=Reading.last_at < now - A_MINUTE,
        )
        counted = {"preserve_rowcount": True}
        done = db.session.execute(noted, in_order, execution_options=counted)
        if cast("CursorResult[Any]", done).rowcount:
            record(ActKind.OPENED, about=page, ids={id for id, _version in rows}, by=reader.id)


def answer(entry: Entry, words: str, by: Person, **about: Any) -> Feedback:
    """A facilitator's short answer; the patient finds it on Today. `about` is a goal: see there."""
    feedback = Feedback(id=uuid4(), entry_id=entry.id, patient_id=entry.author_id, author_id=by.id)
    _say(feedback, words, about)
    db.session.add(feedback)
    record(ActKind.REPLIED, person=entry.author_id, about=feedback.id, by=by.id)
    return feedback


def change_answer(feedback: Feedback, words: str, **about: Any) -> None:
    """Other words instead, with the time of the change. Raises Conflict as `_only_unseen` says,
    and for a question: it is asked or deleted."""
    _only_unseen(feedback, is_changed=True)
    _say(feedback, words, about)
    feedback.written_at = clock.now()
    record(
        ActKind.REPLY_CHANGED,
        person=feedback.patient_id, about=feedback.id, by=feedback.author_id,
    )  # fmt: skip


def delete_answer(feedback: Feedback) -> None:
    """Gone; that there was one is kept as an act. Raises Conflict as `_only_unseen` says."""
    _only_unseen(feedback)
    record(
        ActKind.REPLY_DELETED,
        person=feedback.patient_id, about=feedback.id, by=feedback.author_id,
    )  # fmt: skip
    db.session.delete(feedback)


def put_away(feedback: Feedback) -> None:
    """The patient has seen the answer; it stays with the entry. If its writer deleted it at the
    same moment, there is none to put away."""
    unseen = Feedback.id == feedback.id, Feedback.seen_at.is_(None)
    db.session.execute(update(Feedback).where(*unseen).values(seen_at=clock.now()))


def _say(feedback: Feedback, words: str, about: dict[str, Any]) -> None:
    feedback.words = words
    for name in ("goal", "agreed", "suggests", "asks"):
        setattr(feedback, name, about.get(name))


def raise_in_group(person: Person, feedback: Feedback) -> bool:
    """The patient's own yes to a question: what she shares of the entry with the asker's groups is
    to bring up. False when nothing of it is shared there anymore. Raises Ceiling."""
    shares = shares_read_by(person, feedback.entry_id, feedback.author_id)
    for shared in shares:
        if not shared.bring_up:
            share(
                shared.entry, shared.group,
                consent=consent_for(person, shared.group_id),
                for_=shared.group_session, bring_up=True,
            )  # fmt: skip
    return bool(shares)


def _only_unseen(feedback: Feedback, *, is_changed: bool = False) -> None:
    """Seen is what the patient answered with *Got it*: to open a page writes nothing, so whether
    it was read before isn't known, and *Activity* tells the patient of each change. What a legal
    hold keeps, or can't be opened, stays as it is; the sentence is the same, and gives no hold
    away. A question can be deleted whether it was answered or not: what can be done with it must
    not tell that the answer was *Not now*."""
    patient = db.session.get_one(Person, feedback.patient_id)
    is_closed = is_changed if feedback.asks else feedback.seen_at
    if is_closed or patient.held_at or feedback.is_unopened:
        raise Conflict(_("This reply can’t be changed anymore."))
