"""What a person does with an account. Actions add; the edge commits."""

import secrets
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, select, update

from webapp.accounts import known, passkeys, passwords, queries, totp
from webapp.accounts.models import (
    AppCode,
    Authenticator,
    HereFor,
    Passkey,
    PasswordReset,
    Person,
    RecoveryCode,
    Restoration,
    Role,
    SignIn,
    UsedChallenge,
)
from webapp.audit.actions import count_failure, record, record_once, record_wait
from webapp.audit.kinds import ActKind
from webapp.core import clock, limits, throttle
from webapp.core.codes import PUBLIC, find_open, use
from webapp.core.crypto.keys import AnySession, keyring
from webapp.core.data.db import db, inserting, short_transaction
from webapp.core.data.hanging import end_all_of
from webapp.core.errors import Conflict, TooMany
from webapp.core.folding import same_letters
from webapp.core.throttle import Counted, Lane

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
# A device that knows the person is in nobody else's way; the others are counted three ways.
KNOWN_DEVICE = Lane("known device", 10, 30 * SECOND, 15 * MINUTE, is_wiped=True)
NAME_FROM = Lane("name from", 10, 30 * SECOND, 15 * MINUTE, is_wiped=True)
NAME = Lane("name", 100, SECOND, 15 * MINUTE)
ADDRESS = Lane("address", 100, SECOND, MINUTE)
OWN_PASSWORD = Lane("own password", 10, 30 * SECOND, 15 * MINUTE, is_wiped=True)
SECOND_FACTOR = Lane("second factor", 10, 30 * SECOND, 15 * MINUTE, is_wiped=True)
CODE = Lane("code", 300, SECOND, 15 * MINUTE)
CODES_FROM = Lane("codes from", 100, SECOND, MINUTE)
MOST_ON_A_DEVICE = 100  # wrong ones in a row; after them a device isn't known any more
RESET_LASTS = timedelta(hours=24)
APP_CODE_LASTS = timedelta(minutes=10)
RECOVERY_CODES, RECOVERY_CODE_LASTS = 10, timedelta(days=3650)


def make_person(
    username: str, name: str, password_hash: str, role: Role, here_for: HereFor | None = None
) -> Person:
    """A new person with a key of their own."""
    person = Person(id=uuid4(), username=queries.plain_username(username), role=role)
    keyring(db.session).make(person.id)
    person.name, person.password_hash = name, password_hash
    person.here_for = here_for
    db.session.add(person)
    return person


def check_password(username: str, password: str, address: str, device: str) -> UUID | None:
    """Whose password this is, or None; counts the try first and takes as long either way.

    Raises TooMany while it has to wait. `device` is the cookie of a device that knows somebody: the
    tries of strangers, at this name or from this address, don't count there.
    """
    with short_transaction() as session:
        found = queries.credentials(session, username)
        tries = _tries(session, found[0] if found else None, username, address, device)
    try:
        throttle.count_try(*tries)
    except TooMany:
        _note_failure(found[0] if found else None)
        raise
    if not passwords.is_right(password, found[1] if found else None):
        _note_failure()
        return None
    assert found is not None
    with short_transaction() as session:
        throttle.passed(session, *tries)
    _renew_hash(found[0], found[1], password)
    return found[0]


def _note_failure(made_to_wait: UUID | None = None) -> None:
    """A wrong one, and whose account has to wait now; as much work for nobody's."""
    with short_transaction() as session:
        count_failure(session)
        record_wait(session, made_to_wait)


def _tries(
    session: AnySession, person_id: UUID | None, username: str, address: str, device: str
) -> list[Counted]:
    at = known.device_of(device, person_id) if person_id else None
    subject = f"{at}|{person_id}"
    if at and throttle.wrong_tries(session, KNOWN_DEVICE, subject) < MOST_ON_A_DEVICE:
        return [(KNOWN_DEVICE, subject)]
    name = queries.plain_username(username)
    return [(NAME_FROM, f"{name}|{address}"), (NAME, name), (ADDRESS, address)]


def code_tries(code: str, address: str) -> list[Counted]:
    """What a try with a code that can be read is counted as."""
    return [(CODE, code[:PUBLIC]), (CODES_FROM, address)]


def start_sign_in(
    person: Person,
    *,
    device: str,
    own_phone: bool,
    lasts: timedelta,
    follows: str = "",
    before: str = "",
    by_password: bool = True,
    by_second_factor: bool = False,
    is_known: bool = True,
) -> SignIn:
    """Sign a device in. The raw token is on the row only until the cookie is made.

    `before` is the token that the device had: its lock stays. It is `follows`, too, for a sign-in
    that nobody ended: drafts of that one open again. One that isn't known yet is announced on the
    others.
    """
    locked = queries.former_sign_in(person, before) if before and own_phone else None
    now = clock.now()
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        id=uuid4(),
        person_id=person.id,
        person=person,
        token_hash=queries.token_hash(token),
        own_phone=own_phone,
        started_at=now,
        expires_at=now + lasts,
        locks=0,
        draft_salt=_draft_salt(queries.former_sign_in(person, follows)),
        confirmed_at=now if by_password else None,
        second_at=now if by_second_factor else None,
        pin_hash=locked.pin_hash if locked else None,
        pin_after=locked.pin_after if locked else 0,
    )
    sign_in.device = device
    sign_in.token = token
    db.session.add(sign_in)
    record(ActKind.SIGNED_IN, person=person.id, about=sign_in.id, by=person.id)
    others = [other for other in queries.open_sign_ins(person) if other.id != sign_in.id]
    if not is_known:
        for other in others:
            other.new_device_at = now
    for oldest in others[limits.DEVICES - 1 :]:
        # Its time is up. Nobody signed it out, so what it keeps stays on it (see `was_ended`).
        oldest.expires_at = now
    return sign_in


def end_former(token: str, person: Person, *, left: bool = False) -> None:
    """Whoever was signed in on the device where this person signs in now, isn't any more.

    If it was the same person, that one's time is up: it keeps what it would if it had run out.
    """
    now = clock.now()
    former = db.session.scalar(select(SignIn).where(_of(token)))
    if former is None:
        return
    if former.person_id == person.id:
        former.expires_at = min(former.expires_at, now)
        if left:  # without a network: nothing that was begun then opens again
            former.draft_salt = None
    else:
        former.ended_at, former.draft_salt = now, None
        record(ActKind.DEVICE_TAKEN_OVER, person=former.person_id, about=former.id, by=person.id)


def sign_out(token: str) -> None:
    """End the login that a cookie's token belongs to, whatever else that phone still has."""
    ended = update(SignIn).where(_of(token))
    db.session.execute(ended.values(ended_at=clock.now(), draft_salt=None))


def hide(token: str) -> None:
    """Whatever cookie there is of this login now, or comes late, is asked for the password."""
    once_more = SignIn.locks + 1
    query = update(SignIn).where(_of(token))
    db.session.execute(query.values(locks=once_more, hidden_as=once_more))


def lock(token: str) -> None:
    """The same, for the PIN where there is one."""
    db.session.execute(update(SignIn).where(_of(token)).values(locks=SignIn.locks + 1))


def set_pin(sign_in: SignIn, pin_hash: str, after: int) -> None:
    """Lock this device from here on, with this PIN or none, after so many minutes without use."""
    _set_lock(sign_in, ActKind.LOCK_SET, pin_hash=pin_hash, pin_after=after, pin_tries=0)
    end_lock_offer(sign_in.person_id)


def end_pin(sign_in: SignIn) -> None:
    """This device has no lock any more."""
    _set_lock(sign_in, ActKind.LOCK_ENDED, pin_hash=None, pin_after=0, pin_tries=0)


def set_label(person_id: UUID, label: str | None, by: Person) -> None:
    """By what staff tell a patient apart, beside the username; the patient can look it up."""
    person = db.session.get_one(
        Person, person_id, with_for_update=True, populate_existing=True
    )  # the patient may be changing their name
    if (person.label or "") != (label or ""):
        person.label = label or None
        record(ActKind.LABEL_SET, person=person_id, by=by.id)


def end_lock_offer(person_id: UUID) -> None:
    """Nobody offers a lock to this person any more."""
    person = db.session.get_one(Person, person_id)
    person.lock_offer_over, person.answered_at = True, clock.now().isoformat()


def dismiss(person_id: UUID, suggestion: str) -> None:
    """Today doesn't suggest this to somebody any more."""
    person = db.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    person.dismissed = sorted({*(person.dismissed or ()), suggestion})
    person.answered_at = clock.now().isoformat()


def forgive_pin_tries(session: AnySession, id: UUID) -> None:
    """The password was right, or a passkey, in place of the PIN."""
    session.execute(update(SignIn).where(SignIn.id == id).values(pin_tries=0))


def open_by_pin(session: AnySession, id: UUID) -> None:
    """The PIN was right. It isn't the password: what that opened for some minutes is shut."""
    session.execute(update(SignIn).where(SignIn.id == id).values(pin_tries=0, confirmed_at=None))


def _set_lock(sign_in: SignIn, kind: ActKind, **values: Any) -> None:
    db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(**values))
    record(kind, person=sign_in.person_id, about=sign_in.id)


def end_sign_in(id: UUID) -> None:
    """End one device's login; it is out on its next request."""
    query = update(SignIn).where(SignIn.id == id, SignIn.ended_at.is_(None))
    ended = query.values(ended_at=clock.now(), draft_salt=None).returning(SignIn.person_id)
    if person_id := db.session.scalar(ended):
        record(ActKind.DEVICE_ENDED, person=person_id, about=id)


def end_all_sign_ins(person_id: UUID, but: UUID | None = None) -> None:
    """End every login of a person, or every other one."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but)
    db.session.execute(query.values(ended_at=clock.now(), draft_salt=None))


def see_new_device(sign_in: SignIn) -> None:
    """It was read here that there is one."""
    seen = update(SignIn).where(SignIn.id == sign_in.id)
    db.session.execute(seen.values(new_device_at=None))


def note_confirmed(session: AnySession, id: UUID) -> None:
    """The password was given on this device just now."""
    session.execute(update(SignIn).where(SignIn.id == id).values(confirmed_at=clock.now()))


def note_use(sign_in: SignIn) -> None:
    """Remember that a device was used, an hour at a time."""
    now = clock.now()
    if now - sign_in.last_used_at > timedelta(hours=1):
        query = update(SignIn).where(SignIn.id == sign_in.id)
        db.session.execute(query.values(last_used_at=now))


def issue_reset(person: Person, by: Person | None) -> str:
    """A code for a new password, to hand over after checking who it is. Earlier ones end."""
    _end(PasswordReset, person.id)
    reset = PasswordReset(
        person_id=person.id, made_by_id=by.id if by else None, expires_at=clock.now() + RESET_LASTS
    )
    code = reset.set_code()
    db.session.add(reset)
    record(ActKind.RESET_CODE_MADE, person=person.id, by=by.id if by else None)
    return code


def issue_app_code(person: Person) -> str:
    """A code for signing the installed app in. Earlier ones end.

    It stands for the password, so it is made only for whoever has just typed that, and soon ends.
    """
    _end(AppCode, person.id)
    row = AppCode(
        person_id=person.id, made_by_id=person.id, expires_at=clock.now() + APP_CODE_LASTS
    )
    code = row.set_code()
    db.session.add(row)
    record(ActKind.APP_CODE_MADE, person=person.id, by=person.id)
    return code


def end_app_codes(person_id: UUID) -> None:
    """No code for the installed app works any more."""
    _end(AppCode, person_id)


def end_codes_made_by(person_id: UUID) -> None:
    """What somebody made for others ends with their part in it."""
    _end(PasswordReset, person_id, PasswordReset.made_by_id)


def end_codes(person_id: UUID) -> None:
    """No code that was made before opens this account any more."""
    _end(AppCode, person_id)
    _end(PasswordReset, person_id)


def person_with_app_code(row: AppCode) -> Person:
    """Who may come in with this code. Raises Conflict if it was used."""
    if not use(db.session, row):
        raise Conflict
    return db.session.get_one(Person, row.person_id)


def reset_password(reset: PasswordReset, password_hash: str) -> Person:
    """Set the new password; every device is signed out. Raises Conflict if the code was used."""
    if not use(db.session, reset):
        raise Conflict
    person = db.session.get_one(Person, reset.person_id)
    set_password(person, password_hash)
    return person


def set_password(person: Person, password_hash: str, keep: UUID | None = None) -> None:
    """A new password, and every other way in ends."""
    person.password_hash = password_hash
    end_every_other_way_in(person, keep)
    kind = ActKind.PASSWORD_CHANGED if keep else ActKind.PASSWORD_RESET
    record(kind, person=person.id, by=person.id)


def set_second_factor(person: Person, secret: bytes, step: int, keep: UUID) -> list[str]:
    """Ask this person for the numbers of this secret from now on, the one of `step` not again.

    Other sign-ins, which were made without, end. Returns the codes for paper.
    """
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person.id))
    row = Authenticator(person_id=person.id, last_step=step)
    row.secret = secret.hex()
    db.session.add(row)
    end_all_sign_ins(person.id, but=keep)
    db.session.execute(update(SignIn).where(SignIn.id == keep).values(second_at=clock.now()))
    record(ActKind.SECOND_FACTOR_SET, person=person.id)
    return make_recovery_codes(person)


def make_recovery_codes(person: Person) -> list[str]:
    """Ten codes for paper; earlier ones end."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = []
    for _number in range(RECOVERY_CODES):
        row = RecoveryCode(
            person_id=person.id, made_by_id=person.id, expires_at=clock.now() + RECOVERY_CODE_LASTS
        )
        codes.append(row.set_code())
        db.session.add(row)
    record(ActKind.RECOVERY_CODES_MADE, person=person.id)
    return codes


def passes_second_factor(person: Person, typed: str) -> bool:
    """Whether this is the number now, not taken yet, or an unused code; it is used up by that."""
    row = queries.authenticator_of(person.id)
    secret = row.secret if row else None  # nothing, if it can't be opened: paper still helps
    step = totp.step_of(bytes.fromhex(secret), typed, clock.now()) if secret else None
    if step is not None:
        # Of two with the same number at the same time, one gets in.
        own = update(Authenticator).where(Authenticator.person_id == person.id)
        taken = own.where(Authenticator.last_step < step).values(last_step=step)
        return bool(db.session.execute(taken).rowcount == 1)  # type: ignore[attr-defined]
    code = find_open(db.session, RecoveryCode, typed)
    if code is None or code.person_id != person.id or not use(db.session, code):
        return False
    record(ActKind.RECOVERY_CODE_USED, person=person.id, by=person.id)
    return True


def end_second_factor(person: Person) -> None:
    """For who lost the phone and the paper: the password alone opens the page to set up another."""
    _forget_second_factor(person.id)
    end_all_sign_ins(person.id)
    record(ActKind.SECOND_FACTOR_ENDED, person=person.id)


def close_account(person: Person, by: Person) -> None:
    """Somebody works here no more: they get in nowhere, and what hangs on the account ends.

    What they opened and did stays theirs. Raises Conflict when no administrator would be left.
    """
    administrators = select(Person.id).where(
        Person.role == Role.ADMINISTRATOR, Person.disabled_at.is_(None), Person.id != person.id
    )
    # Locked: of two administrators who close each other's account, the second one finds theirs so.
    if by.id not in set(db.session.scalars(administrators.order_by(Person.id).with_for_update())):
        raise Conflict
    person.disabled_at = person.handed_out_since = now = clock.now()
    end_all_of(db.session(), person.id, now)
    record(ActKind.ACCOUNT_CLOSED, person=person.id)


def note_restoration_seen() -> None:
    """An administrator has looked at whom going back to a backup let in again."""
    unseen = update(Restoration).where(Restoration.looked_at.is_(None))
    seen = db.session.execute(unseen.values(looked_at=clock.now()))
    if seen.rowcount:  # type: ignore[attr-defined]
        record(ActKind.RESTORATION_SEEN)


def add_passkey(person: Person, name: str, new: passkeys.New, keep: UUID) -> bool:
    """Have this one sign its owner in; False if it does already, or was made by an old challenge.

    Of the staff, whoever had no second step has one now: other sign-ins, made without, end.
    """
    known = select(Passkey.id).where(Passkey.credential_id == new.credential_id)
    if not _use_challenge(db.session, new.once) or db.session.scalar(known):
        return False
    if person.is_staff and not queries.has_second_factor(person.id):
        end_all_sign_ins(person.id, but=keep)
        db.session.execute(update(SignIn).where(SignIn.id == keep).values(second_at=clock.now()))
    row = Passkey(
        id=uuid4(), person_id=person.id, credential_id=new.credential_id,
        public_key=new.public_key, sign_count=new.sign_count,
    )  # fmt: skip
    row.name = name
    db.session.add(row)
    record(ActKind.PASSKEY_ADDED, person=person.id, about=row.id)
    return True


class Answered(NamedTuple):
    """Which passkey it was, and whose."""

    id: UUID
    person_id: UUID


def check_passkey(
    answer: str, place: passkeys.Place,
    sign_in: UUID | None = None, person_id: UUID | None = None,
) -> Answered | None:  # fmt: skip
    """Whose passkey answered what we asked, or None; the challenge is used up by that.

    One whose count doesn't grow may be a copy. It is refused, and its owner reads of it.
    """
    claim = passkeys.claimed(answer)
    if claim is None or not passkeys.is_ours(claim, place, sign_in):
        return None
    with short_transaction() as session:
        row = session.execute(
            select(Passkey.id, Passkey.person_id, Passkey.public_key)
            .join(Person, Person.id == Passkey.person_id)
            .where(Passkey.credential_id == claim.credential_id, Person.disabled_at.is_(None))
        ).one_or_none()
    if row is None or person_id not in (None, row.person_id):
        return None
    count = passkeys.signed(answer, claim, place, row.public_key)
    if count is None or claim.user not in (None, row.person_id.bytes):
        return None
    with short_transaction() as session:
        if not _use_challenge(session, claim.once):
            return None
        if _count_grows(session, row.id, count):
            return Answered(row.id, row.person_id)
    record_once(ActKind.PASSKEY_REFUSED, person=row.person_id, about=row.id)
    return None


def end_passkey(passkey: Passkey, is_staff: bool) -> bool:
    """It opens nothing any more. The only second step of somebody of the staff stays."""
    id, person_id = passkey.id, passkey.person_id
    is_last = len(queries.passkey_ids(person_id)) == 1
    if is_staff and is_last and queries.authenticator_of(person_id) is None:
        return False
    db.session.delete(passkey)
    record(ActKind.PASSKEY_ENDED, person=person_id, about=id)
    return True


def _use_challenge(session: AnySession, once: bytes) -> bool:
    """Of many with the same one, the first."""
    old = clock.now() - passkeys.LASTS
    session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < old))
    first = inserting(UsedChallenge).values(challenge=once, used_at=clock.now())
    first = first.on_conflict_do_nothing(index_elements=["challenge"])
    return session.scalar(first.returning(UsedChallenge.challenge)) is not None


def _count_grows(session: AnySession, id: UUID, count: int) -> bool:
    """A passkey that is on several devices counts nothing, and says 0 each time."""
    grows = Passkey.sign_count < count if count else Passkey.sign_count == 0
    used = update(Passkey).where(Passkey.id == id, grows)
    values = {"sign_count": count, "last_used_at": clock.now()}
    return bool(session.execute(used.values(values)).rowcount == 1)  # type: ignore[attr-defined]


def _forget_second_factor(person_id: UUID) -> None:
    for kind in (Authenticator, RecoveryCode, Passkey):
        db.session.execute(delete(kind).where(kind.person_id == person_id))


def end_every_other_way_in(person: Person, keep: UUID | None) -> None:
    """Other devices, codes, and secret addresses that show something: `handed_out_since`. A
    patient's passkeys as well; one of the staff's is their second step, which no password ends."""
    person.handed_out_since = clock.now()
    if person.is_patient:
        db.session.execute(delete(Passkey).where(Passkey.person_id == person.id))
    end_codes(person.id)
    end_all_sign_ins(person.id, but=keep)


def _draft_salt(former: SignIn | None) -> bytes:
    """The salt of the sign-in before, which has it no longer: ending the new one ends it."""
    if former is None or former.draft_salt is None:
        return secrets.token_bytes(16)
    salt, former.draft_salt = former.draft_salt, None
    return salt


def _of(token: str) -> ColumnElement[bool]:
    return and_(SignIn.token_hash == queries.token_hash(token), SignIn.ended_at.is_(None))


def _end(kind: type[AppCode] | type[PasswordReset], person_id: UUID, whose: Any = None) -> None:
    column = kind.person_id if whose is None else whose
    used = update(kind).where(column == person_id, kind.used_at.is_(None))
    db.session.execute(used.values(used_at=clock.now()))


def _renew_hash(person_id: UUID, hashed: str, password: str) -> None:
    if passwords.needs_rehash(hashed) or password != same_letters(password):
        renewed = passwords.hash_password(password)
        with short_transaction() as session:
            session.execute(
                update(Person)
                .where(Person.id == person_id, Person.password_hash == hashed)
                .values(password_hash=renewed)
            )
