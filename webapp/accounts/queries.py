"""Reading about accounts."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, union
from sqlalchemy.orm import joinedload

from webapp.accounts.models import (
    WITH_KEY,
    Authenticator,
    Passkey,
    PasswordReset,
    Person,
    RecoveryCode,
    Restoration,
    Role,
    SignIn,
    by_name,
)
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core import clock, codes
from webapp.core.codes import Row as Code
from webapp.core.crypto.keys import AnySession, DataKey, keyed_hash, keyring
from webapp.core.data.db import db
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW, UtcDateTime
from webapp.core.folding import same_letters
from webapp.settings.current import settings_are_at
from webapp.settings.queries import VERSION

_person, _key = Person.__table__.c, DataKey.__table__.c
_SIGN_IN = (
    SignIn.id, SignIn.person_id, SignIn.own_phone, SignIn.last_used_at, SignIn.locks,
    SignIn.draft_salt, SignIn.confirmed_at, SignIn.second_at, SignIn.new_device_at,
    SignIn.hidden_as, SignIn.pin_hash, SignIn.pin_after, SignIn.pin_tries,
)  # fmt: skip
_OF_PERSON = (
    _person.username, _person.role, _person.created_at, _person.sealed,
    _person.erase_at, _person.held_at, _key.outer_id, _key.wrapped,
)  # fmt: skip
_BY_TOKEN = Statement(
    select(*_SIGN_IN, *_OF_PERSON, VERSION.label("settings_version"))
    .join_from(SignIn, Person.__table__, _person.id == SignIn.person_id)
    .join(DataKey.__table__, _key.person_id == SignIn.person_id)
    .where(
        SignIn.token_hash == bindparam("hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > NOW,
        _person.disabled_at.is_(None),
    )
)


def sign_in_by_token(token: str) -> SignIn | None:
    """The open sign-in that a cookie's token belongs to, with its person, in one statement.

    Both are to be read: whoever changes one of them fetches it by its id.
    """
    row = _BY_TOKEN.first({"hash": token_hash(token), "now": clock.now()})
    if row is None:
        return None
    settings_are_at(row.settings_version)
    ring, id = keyring(db.session), row.person_id
    ring.hold(row)
    person = Person.seen(
        row.sealed, ring.key_of(id), str(id),
        id=id, username=row.username, role=row.role, created_at=row.created_at,
        erase_at=row.erase_at, held_at=row.held_at,
    )  # fmt: skip
    return SignIn.drawn(
        {column.key: getattr(row, column.key) for column in _SIGN_IN} | {"person": person}
    )


def was_ended(token: str) -> bool:
    """Whether a device was signed out by hand, from elsewhere; not only for its time being up."""
    ended = select(SignIn.ended_at).where(SignIn.token_hash == token_hash(token))
    return db.session.scalar(ended) is not None


def former_sign_in(person: Person, token: str) -> SignIn | None:
    """Somebody's own sign-in by its token, whatever became of it."""
    query = select(SignIn).where(
        SignIn.token_hash == token_hash(token), SignIn.person_id == person.id
    )
    return db.session.scalar(query)


def draft_key(sign_in: SignIn) -> str:
    """What a device seals drafts with. It is stored nowhere: pages bring it, in memory alone."""
    salt = sign_in.draft_salt
    return base64.b64encode(keyed_hash("drafts", salt)).decode() if salt else ""


def open_sign_ins(person: Person) -> list[SignIn]:
    """Where somebody is signed in, the latest first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(
                SignIn.person_id == person.id,
                SignIn.ended_at.is_(None),
                SignIn.expires_at > clock.now(),
            )
            .order_by(SignIn.last_used_at.desc())
        )
    )


def own_sign_in(person: Person, id: UUID) -> SignIn | None:
    """One of somebody's own sign-ins."""
    return db.session.scalar(select(SignIn).where(SignIn.id == id, SignIn.person_id == person.id))


def new_device(here: SignIn) -> tuple[str, datetime] | None:
    """The device not known before on which its owner signed in elsewhere: its name, if it's still
    in the list, and when. Asks the database only when there is one."""
    if here.new_device_at is None:
        return None
    is_that = SignIn.person_id == here.person_id, SignIn.started_at == here.new_device_at
    found = db.session.scalar(select(SignIn).where(*is_that, SignIn.id != here.id).limit(1))
    if found is not None and found.ended_at is not None:
        return None  # it was signed out again
    return (found and found.device) or "", here.new_device_at


def credentials(session: AnySession, username: str) -> tuple[UUID, str] | None:
    """The id and password hash behind a username, if it may sign in."""
    found = session.execute(
        select(Person.id, Person.password_hash)
        .where(_has_username(username), Person.disabled_at.is_(None))
        .order_by(Person.username == plain_username(username))
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def patient_called(username: str) -> Person | None:
    """The patient who has this username and an open account, with their key."""
    return db.session.scalar(
        select(Person)
        .where(
            Person.username == plain_username(username),
            Person.role == Role.PATIENT,
            Person.disabled_at.is_(None),
        )
        .options(WITH_KEY)
    )


def staff_member(username: str) -> Person | None:
    """Who of the staff has this username and an open account."""
    return db.session.scalar(
        select(Person).where(
            _has_username(username), Person.role != Role.PATIENT, Person.disabled_at.is_(None)
        )
    )


def staff(*which: ColumnElement[bool]) -> list[Person]:
    """Everybody of the staff to whom this applies, with their keys, by name."""
    query = select(Person).where(Person.role != Role.PATIENT, *which).options(WITH_KEY)
    return by_name(db.session.scalars(query))


def colleague(person: Person, id: UUID) -> Person | None:
    """Somebody else of the staff, with an open account."""
    is_other = Person.id == id, Person.id != person.id, Person.disabled_at.is_(None)
    return next(iter(staff(*is_other)), None)


def with_second_factor(people: Iterable[Person]) -> set[UUID]:
    """Who of them has one."""
    ids = [person.id for person in people]
    have = (
        select(kind.person_id).where(kind.person_id.in_(ids)) for kind in (Authenticator, Passkey)
    )
    return set(db.session.scalars(union(*have)))


def last_sign_ins(people: Iterable[Person]) -> dict[UUID, datetime]:
    """When each of them was last signed in, of those sign-ins that are still known."""
    ids = [person.id for person in people]
    used = select(SignIn.person_id, func.max(SignIn.last_used_at)).where(SignIn.person_id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(used.group_by(SignIn.person_id))}


def is_taken(username: str) -> bool:
    """Whether somebody has this username."""
    return db.session.scalar(select(Person.id).where(_has_username(username)).limit(1)) is not None


def open_reset(code: str, username: str) -> PasswordReset | None:
    """The code for a new password, if it is this person's and can be used."""
    row = open_code(PasswordReset, code)
    if row is None:
        return None
    person = db.session.get_one(Person, row.person_id)
    maker = db.session.get(Person, row.made_by_id) if row.made_by_id else None
    may = maker is None or (maker.is_administrator if person.is_staff else maker.is_facilitator)
    is_theirs = person.disabled_at is None and person.username in _spellings(username)
    return row if may and is_theirs else None


def open_code(kind: type[Code], text: str) -> Code | None:
    """A code that can be used. One whose maker may do nothing any more ended with that."""
    row = codes.find_open(db.session, kind, text)
    if row is None or row.made_by_id is None:  # the operator's own
        return row
    maker = db.session.get_one(Person, row.made_by_id)
    return row if maker.disabled_at is None else None


def plain_username(text: str) -> str:
    """Usernames are compared without case and outer spaces, in one encoding."""
    return same_letters(same_letters(text.strip()).casefold())


def _has_username(text: str) -> ColumnElement[bool]:
    return Person.username.in_(_spellings(text))


def _spellings(text: str) -> tuple[str, str]:
    """As it is kept; and as it was before, of two that would have become the same one."""
    return plain_username(text), text.strip().casefold()


def token_hash(token: str) -> bytes:
    """What the database knows of a cookie's token. 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def author_mark(person: Person) -> str:
    """Whose things lie on a phone. Without our key it can't be led back to anyone."""
    return keyed_hash("author mark", person.id.bytes)[:16].hex()


RESETS = (
    select(PasswordReset.made_at, Person)
    .join(Person, Person.id == PasswordReset.made_by_id)
    .options(WITH_KEY)
    .where(
        PasswordReset.person_id == bindparam("person"),
        PasswordReset.made_at > bindparam("since", type_=UtcDateTime),
    )
    .order_by(PasswordReset.made_at.desc())
)


def resets_of(person: Person, since: datetime) -> list[tuple[str, datetime]]:
    """Who made a code for a new password for this account, and when, used or not.

    Such a code opens everything, so whoever it opens has to hear of it.
    """
    found = []
    for made_at, by in db.session.execute(RESETS, {"person": person.id, "since": since}):
        found.append((by.called, made_at))
    return found


TOLD_FOR = timedelta(days=90)
HALF_LASTS = 10 * 60  # seconds


def authenticator_of(person_id: UUID) -> Authenticator | None:
    """Somebody's authenticator app, if there is one."""
    found = db.session.execute(
        select(Authenticator, DataKey)
        .join(DataKey, DataKey.person_id == Authenticator.person_id)
        .where(Authenticator.person_id == person_id)
    ).one_or_none()
    return found[0] if found else None


def second_factors(person_id: UUID) -> tuple[bool, bool]:
    """Whether somebody has an authenticator app, and whether a passkey."""
    app = select(Authenticator).where(Authenticator.person_id == person_id).exists()
    passkey = select(Passkey).where(Passkey.person_id == person_id).exists()
    has_app, has_passkey = db.session.execute(select(app, passkey)).one()
    return bool(has_app), bool(has_passkey)


def has_second_factor(person_id: UUID) -> bool:
    """Whether somebody's password alone isn't enough."""
    return any(second_factors(person_id))


def passkeys_of(person_id: UUID) -> list[Passkey]:
    """Somebody's passkeys, the latest first."""
    query = select(Passkey).where(Passkey.person_id == person_id)
    return list(db.session.scalars(query.order_by(Passkey.made_at.desc(), Passkey.id)))


def own_passkey(person_id: UUID, id: UUID) -> Passkey | None:
    """One of somebody's own passkeys."""
    query = select(Passkey).where(Passkey.id == id, Passkey.person_id == person_id)
    return db.session.scalar(query)


def passkey_ids(person_id: UUID) -> list[bytes]:
    """By what a device knows somebody's passkeys."""
    query = select(Passkey.credential_id).where(Passkey.person_id == person_id)
    return list(db.session.scalars(query))


def recovery_codes_left(person_id: UUID) -> int:
    """How many codes on somebody's paper still work."""
    unused = select(func.count()).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(unused) or 0


def ended_second_factors(person_id: UUID) -> list[tuple[str | None, datetime]]:
    """Who ended this person's second factor, and when; nobody's name for the operator."""
    since = clock.now() - TOLD_FOR
    rows = db.session.execute(
        select(Act.at, Person)
        .outerjoin(Person, Person.id == Act.actor_id)
        .options(joinedload(Person.key))
        .where(Act.person_id == person_id, Act.kind == ActKind.SECOND_FACTOR_ENDED, Act.at > since)
        .order_by(Act.at.desc())
    )
    return [(by.called if by else None, at) for at, by in rows]


def lost_second_factor_since_last_here(person: Person) -> bool:
    """Whether it was ended after their last sign-in began."""
    last = db.session.scalar(
        select(func.max(SignIn.started_at)).where(SignIn.person_id == person.id)
    )
    return any(last is None or at > last for _by, at in ended_second_factors(person.id))


def half_mark(person: Person, at: int, own_phone: bool) -> list[object]:
    """For the cookie of who gave the password and not yet the number; ends with the password."""
    bound = f"{person.id}|{at}|{person.password_hash}".encode()
    return [person.id.hex, at, own_phone, keyed_hash("half signed in", bound).hex()]


def half_signed_in(kept: object, now: int) -> tuple[Person, bool] | None:
    """Who that is, and whether they stay signed in."""
    if not isinstance(kept, list) or len(kept) != 4 or not 0 <= now - kept[1] < HALF_LASTS:
        return None
    id, at, own_phone, _mark = kept
    person = db.session.get(Person, UUID(id))
    if person is None or person.disabled_at is not None:
        return None
    return (person, own_phone) if half_mark(person, at, own_phone) == kept else None


def last_restoration() -> Restoration | None:
    """When the clinic last went back to a backup, while people may still wonder: for four weeks."""
    lately = Restoration.restored_at > clock.now() - timedelta(days=28)
    return db.session.scalar(
        select(Restoration).where(lately).order_by(Restoration.restored_at.desc()).limit(1)
    )


def restored_unseen() -> Restoration | None:
    """The last time the clinic went back, if no administrator has looked at it since."""
    unseen = select(Restoration).where(Restoration.looked_at.is_(None))
    return db.session.scalar(unseen.order_by(Restoration.restored_at.desc()).limit(1))


def ended_by_restoring(at: datetime | None) -> bool:
    """Whether what ended then did so because the clinic went back to a backup."""
    return at is not None and db.session.get(Restoration, at) is not None
