"""The PIN of a phone: four digits are found by trying, so five wrong ones in a row end it."""

from uuid import UUID

from sqlalchemy import update

from webapp.accounts import actions, passwords
from webapp.accounts.access import PIN_TRIES
from webapp.accounts.models import SignIn
from webapp.audit.actions import record_once
from webapp.audit.kinds import ActKind
from webapp.core.crypto.keys import keyed_hash
from webapp.core.data.db import short_transaction


def hash_pin(person_id: UUID, pin: str) -> str:
    """With a key of ours in it, too: whoever has the database alone could try all PINs."""
    return passwords.hash_password(_keyed(person_id, pin))


def opens(sign_in: SignIn, pin: str) -> bool:
    """Whether this is the PIN of this phone. It counts as wrong until it was right, so of many at
    the same time each is counted. Outside of any transaction.

    Whoever knows it may read, and is asked for the password before what is dangerous, also when
    that was given a moment before the phone was left.
    """
    row = update(SignIn).where(SignIn.id == sign_in.id)
    counted = row.where(SignIn.pin_tries < PIN_TRIES).values(pin_tries=SignIn.pin_tries + 1)
    with short_transaction() as session:
        tries = session.scalar(counted.returning(SignIn.pin_tries))
    if tries is None:
        return False
    if passwords.is_right(_keyed(sign_in.person_id, pin), sign_in.pin_hash):
        with short_transaction() as session:
            actions.open_by_pin(session, sign_in.id)
        return True
    if tries == PIN_TRIES:
        whose = sign_in.person_id
        record_once(ActKind.LOCK_TRIES, person=whose, by=whose, about=sign_in.id)
    return False


def _keyed(person_id: UUID, pin: str) -> str:
    return keyed_hash("phone lock", person_id.bytes + pin.encode("utf-8", "replace")).hex()
