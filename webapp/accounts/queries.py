"""Reading about accounts."""

import hashlib
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from webapp.accounts.models import Person, SignIn
from webapp.core import clock
from webapp.core.db import db
from webapp.core.keys import AnySession, DataKey, keyring
from webapp.core.types import NOW

_BY_TOKEN = (
    select(SignIn, DataKey)
    .join(DataKey, DataKey.person_id == SignIn.person_id)
    .join(SignIn.person)
    .where(
        SignIn.token_hash == bindparam("hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > NOW,
        Person.disabled_at.is_(None),
    )
    .options(contains_eager(SignIn.person))
)


def sign_in_by_token(token: str) -> SignIn | None:
    """The open sign-in that a cookie's token belongs to, with person and key, in one statement."""
    values = {"hash": token_hash(token), "now": clock.now()}
    found = db.session.execute(_BY_TOKEN, values).one_or_none()
    if found is None:
        return None
    sign_in, key = found
    keyring(db.session).hold(key)
    return sign_in


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


def credentials(session: AnySession, username: str) -> tuple[UUID, str] | None:
    """The id and password hash behind a username, if it may sign in."""
    found = session.execute(
        select(Person.id, Person.password_hash).where(
            Person.username == plain_username(username), Person.disabled_at.is_(None)
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def is_taken(username: str) -> bool:
    """Whether somebody has this username."""
    query = select(Person.id).where(Person.username == plain_username(username))
    return db.session.scalar(query) is not None


def plain_username(text: str) -> str:
    """Usernames are compared without case and outer spaces."""
    return text.strip().casefold()


def token_hash(token: str) -> bytes:
    """What the database knows of a cookie's token. 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
