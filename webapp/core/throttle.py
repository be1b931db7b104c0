"""Counting tries, in the database: shared by all workers, kept over a restart.

Nothing that could name a person is stored: the key is an HMAC of what is being tried.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, delete
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.db import Base, inserting, short_transaction
from webapp.core.errors import TooMany
from webapp.core.keys import app_secrets
from webapp.core.types import UtcDateTime

WINDOW = timedelta(minutes=15)


class Tries(Base):
    """How often something was tried since `since`."""

    __tablename__ = "tries"
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    count: Mapped[int] = mapped_column(default=0)


def count_try(kind: str, subject: str, *, allowed: int) -> None:
    """Count one try before it is made; a crash or a refusal afterwards doesn't undo the count.

    Raises TooMany from the try after `allowed` within 15 minutes.
    """
    now, key = clock.now(), _key(kind, subject)
    first = inserting(Tries).values(key=key, since=now, count=1)
    # In one statement: of many first tries at the same time, each is counted.
    counted = first.on_conflict_do_update(
        index_elements=["key"], set_={"count": Tries.count + 1}
    ).returning(Tries.count)
    with short_transaction() as session:
        session.execute(delete(Tries).where(Tries.since < now - WINDOW))
        too_many = session.scalars(counted).one() > allowed
    if too_many:
        raise TooMany


def forget_tries(kind: str, subject: str) -> None:
    """A success wipes the count, so that the right person isn't held up by older mistakes."""
    with short_transaction() as session:
        session.execute(delete(Tries).where(Tries.key == _key(kind, subject)))


def _key(kind: str, subject: str) -> bytes:
    return hmac.digest(app_secrets().derived("throttle"), f"{kind}|{subject}".encode(), "sha256")
