"""What the demo people shared, what their facilitator opened and answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, select, update

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.groups import held
from webapp.demo.moments.moment import NEXT, NO, STANDING, THEN
from webapp.demo.people import Member
from webapp.demo.telling import DemoMoment
from webapp.permissions import permission_text
from webapp.permissions.actions import permit
from webapp.permissions.permission_text import COUNT, QUOTE
from webapp.program.models import Group, GroupSession, Membership
from webapp.program.next_and_last import next_of_group
from webapp.settings.current import clinic_settings
from webapp.sharing.actions import CONSENT_LASTS, answer, share, sign_consent
from webapp.sharing.consent_text import document
from webapp.sharing.models import Consent, Reading, Share

LOOKS_IN = timedelta(hours=3)  # so long ago the facilitator had a first look at what's coming
AHEAD_OF_GROUP = timedelta(minutes=8)
AT_HAND = timedelta(minutes=5)
REVOKED = timedelta(days=2)


@dataclass(frozen=True)
class Calendar:
    """A group's dates around now."""

    held: list[GroupSession]
    coming: GroupSession | None
    now: datetime

    def looks_at(self, made: Share) -> list[datetime]:
        """When the facilitator opened a page that showed this: before groups, and lately."""
        looks = [
            group_session.starts_at - AHEAD_OF_GROUP
            for group_session in self.held
            if made.group_session_id in (None, group_session.id)
        ]
        if made.group_session_id is None or made.group_session_id == _id(self.coming):
            looks.append(self.now - LOOKS_IN)
        return sorted(look for look in looks if _was_open(made, look))

    def after(self, moment: datetime) -> GroupSession | None:
        """The first date that somebody could share this for."""
        later = (
            group_session
            for group_session in self.held
            if group_session.starts_at - AHEAD_OF_GROUP - AT_HAND > moment
        )
        return next(later, self.coming)


def show(
    told: list[DemoMoment],
    group: Group,
    reader: Person,
    members: tuple[Member, ...],
    now: datetime,
    chance: Random,
) -> None:
    """Consents, shares, readings and answers, each after what it needs."""
    people = {
        telling.entry.author_id: db.session.get_one(Person, telling.entry.author_id)
        for telling in told
    }
    signs = {member.username: member for member in members if member.signed}
    consents = {
        id: _sign(person, group, reader)
        for id, person in people.items()
        if person.username in signs
    }
    calendar = Calendar(held(group, now), next_of_group(group.id, now), now)
    for telling in told:
        if telling.moment.shared is not NO:
            made = _share(telling, group, consents[telling.entry.author_id], calendar, chance)
            _open(telling, made, reader, calendar)
            if telling.moment.answer:
                _answer(telling, made, reader, calendar, chance)
    db.session.flush()
    _mark_seen(reader, group)
    for id, consent in consents.items():
        if signs[people[id].username].revoked:
            _take_back_everything(consent, now - REVOKED)


def _mark_seen(reader: Person, group: Group) -> None:
    """Whoever runs the group marked all as seen when they last looked."""
    looks = select(func.max(Reading.first_at)).where(Reading.reader_id == reader.id)
    db.session.execute(
        update(Membership)
        .where(Membership.group_id == group.id, Membership.person_id == reader.id)
        .values(all_seen_at=looks.scalar_subquery())
    )


def _sign(person: Person, group: Group, reader: Person) -> Consent:
    signed_at = person.created_at + timedelta(days=1, minutes=17)
    ends = signed_at + CONSENT_LASTS
    name = person.called
    text = document(
        patient=name,
        group=group.name,
        clinic=clinic_settings().clinic_name,
        readers=[reader.called],
        ends=clock.local(ends, group.zone).date(),
    )
    consent = sign_consent(person, group, name, text, ends)
    consent.signed_at = signed_at
    _permit(person, name, signed_at)
    return consent


def _permit(person: Person, name: str, at: datetime) -> None:
    """Who shares lets answers be counted; two of three also let staff quote them."""
    zone = clinic_settings().zone
    day = clock.local(at, zone).date() + timedelta(days=365)
    for kind in (COUNT, QUOTE) if len(name) % 3 else (COUNT,):
        text = permission_text.document(
            kind, patient=name, clinic=clinic_settings().clinic_name, ends=day
        )
        ends = clock.start_of_day(day + timedelta(days=1), zone)
        permit(person, kind, name, text, ends).signed_at = at


def _share(
    told: DemoMoment, group: Group, consent: Consent, calendar: Calendar, chance: Random
) -> Share:
    """Share a moment as its author did: soon, or when thinking of the group that comes."""
    moment, written_at = told.moment, told.entry.updated_at
    shared_at = written_at + timedelta(minutes=chance.randint(2, 5))
    if moment.shared is NEXT:
        shared_at = _lately(shared_at, calendar, chance, early=moment.early)
    for_ = {THEN: calendar.after(shared_at), NEXT: calendar.coming, STANDING: None}[moment.shared]
    made = share(
        told.entry,
        group,
        consent=consent,
        for_=for_,
        bring_up=bool(moment.about),
        about=moment.about or None,
    )
    made.shared_at = shared_at
    if moment.taken_back:
        made.ended_at = shared_at + AT_HAND
    return made


def _lately(first: datetime, calendar: Calendar, chance: Random, *, early: bool) -> datetime:
    """Between the last group and now: before the facilitator's first look, or after it."""
    look = calendar.now - LOOKS_IN
    if calendar.held:
        home = calendar.held[-1].ends_at + timedelta(minutes=30)
        first = max(first, home) if home < look else first
    if early and first < look:
        return min(first + timedelta(minutes=chance.randint(2, 45)), look - AT_HAND)
    last = calendar.now - AT_HAND
    return last - (last - max(first, look + AT_HAND)) * chance.random()


def _open(told: DemoMoment, made: Share, reader: Person, calendar: Calendar) -> None:
    """The facilitator's page showed it: for its own date, or standing, at the first look after."""
    for look in calendar.looks_at(made)[:1]:
        db.session.add(
            Reading(
                reader_id=reader.id,
                entry_id=told.entry.id,
                version=told.entry.version,
                first_at=look,
                last_at=look + timedelta(minutes=6),
            )
        )


def _answer(
    told: DemoMoment, made: Share, reader: Person, calendar: Calendar, chance: Random
) -> None:
    """Answered once it was opened. The patient has put older answers away, not the newest."""
    looks = calendar.looks_at(made)
    feedback = answer(told.entry, told.moment.answer, by=reader)
    opened = looks[0] if looks else made.shared_at
    feedback.written_at = min(opened + AT_HAND, calendar.now)
    if told.moment.shared is THEN:
        seen = feedback.written_at + timedelta(minutes=chance.randint(250, 900))
        feedback.seen_at = min(seen, calendar.now)


def _take_back_everything(consent: Consent, at: datetime) -> None:
    consent.revoked_at = at
    db.session.execute(
        update(Share)
        .where(Share.author_id == consent.person_id, Share.ended_at.is_(None))
        .values(ended_at=at)
    )


def _was_open(made: Share, at: datetime) -> bool:
    return made.shared_at < at and (made.ended_at is None or at < made.ended_at)


def _id(group_session: GroupSession | None) -> UUID | None:
    return group_session.id if group_session else None
