"""Counting wrong tries, in the database: shared by all workers, kept over a restart.

Nobody is ever locked out: after the free ones each wrong try makes the next wait longer, up to an
end, and no worker waits for it. What is right counts for nothing. Nothing that could name a person
is stored: the key is an HMAC of what is being tried.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import LargeBinary, case, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.keys import AnySession, keyed_hash
from webapp.core.data.db import Base, inserting, short_transaction
from webapp.core.data.types import UtcDateTime
from webapp.core.errors import TooMany

REMEMBERED = timedelta(days=1)  # after the last wrong try


class Tries(Base):
    """How often something was tried wrongly, and when it may be tried again."""

    __tablename__ = "tries"
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    open_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Lane:
    """What is counted together: how many wrong tries are free, and how the wait then grows."""

    kind: str
    free: int
    first: timedelta
    longest: timedelta
    is_wiped: bool = False  # a right one forgives the wrong ones before it, whoever made them

    def wait(self, wrong: int) -> timedelta:
        """How long the next one waits after so many wrong ones."""
        if wrong < self.free:
            return timedelta()
        return min(self.longest, self.first * (1 << min(wrong - self.free, 20)))


Counted = tuple[Lane, str]


def count_try(*tries: Counted) -> None:
    """Count one try in each of these, the narrowest first, before it is made: of many at the same
    time each is counted, and a crash afterwards doesn't undo it. `passed` does.

    Raises TooMany, with how long to wait and nothing counted, while one of them has to wait.
    """
    now = clock.now()
    with short_transaction() as session:
        session.execute(delete(Tries).where(Tries.last_at < now - REMEMBERED))
        for lane, subject in tries:
            key = _key(lane, subject)
            first = inserting(Tries).values(key=key, count=1, last_at=now, open_at=now)
            counted = first.on_conflict_do_update(
                index_elements=["key"],
                set_={"count": Tries.count + 1, "last_at": now},
                # No wait is longer than the longest: beyond it, the clock was ahead.
                where=or_(Tries.open_at <= now, Tries.open_at > now + lane.longest),
            ).returning(Tries.count)
            wrong = session.scalars(counted).one_or_none()
            if wrong is None:
                open_at = session.scalars(select(Tries.open_at).where(Tries.key == key)).one()
                raise TooMany(wait=open_at - now)
            opens = update(Tries).where(Tries.key == key).values(open_at=now + lane.wait(wrong))
            session.execute(opens)


def passed(session: AnySession, *tries: Counted) -> None:
    """It was right after all, so it doesn't count."""
    for lane, subject in tries:
        row = Tries.key == _key(lane, subject)
        if lane.is_wiped:
            session.execute(delete(Tries).where(row))
        else:
            less = case((Tries.count > 0, Tries.count - 1), else_=0)
            session.execute(update(Tries).where(row).values(count=less, open_at=clock.now()))


def network(address: str | None) -> str:
    """Where a try came from: a whole house has one IPv6 network, and each of its devices many
    addresses. One that wraps an IPv4 address is that one: all of them look like one network."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known, 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)


def wrong_tries(session: AnySession, lane: Lane, subject: str) -> int:
    """How many there were."""
    return session.scalar(select(Tries.count).where(Tries.key == _key(lane, subject))) or 0


def _key(lane: Lane, subject: str) -> bytes:
    return keyed_hash("throttle", f"{lane.kind}|{subject}".encode("utf-8", "replace"))
