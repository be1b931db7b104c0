"""Recording what was done."""

import hashlib
import re
from collections.abc import Iterable, Set
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from webapp.audit.chain import Noted, note
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act, Failures
from webapp.core import clock
from webapp.core.data.db import db, inserting, must_write, short_transaction, writing
from webapp.core.errors import unopened_rows

ACTOR = "actor"  # in a session's info
QUARTER = timedelta(minutes=15)
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def acting(person_id: UUID) -> None:
    """Whose request this is: from here on, what is recorded was done by them."""
    db.session().info[ACTOR] = person_id


def record(
    kind: ActKind,
    *,
    person: UUID | None = None,
    about: UUID | None = None,
    ids: Iterable[UUID] | None = None,
    by: UUID | None = None,
) -> None:
    """Say that something is done, in the transaction in which it is. Of many things (`ids`) how
    many, and a hash by which it can be shown later which ones."""
    must_write()
    session = db.session()
    note(session, _noted(kind, by or session.info.get(ACTOR), person, about, ids))


def record_once(
    kind: ActKind,
    *,
    by: UUID | None = None,
    person: UUID | None = None,
    about: UUID | None = None,
    ids: Iterable[UUID] | None = None,
) -> bool:
    """Record what outlives a refusal, in a transaction of its own: once in a quarter of an hour,
    so that nobody fills the table by trying on. Returns whether this time was the one."""
    with writing(allowed=False), db.engine.begin() as connection:
        if connection.execute(_lately(kind, by, person)).first():
            return False
    with short_transaction() as session:
        note(session, _noted(kind, by, person, about, ids))
    return True


def record_unopened(by: UUID | None = None, known: Set[UUID] = frozenset()) -> Set[UUID]:
    """That rows couldn't be opened, for whoever met them, unless all of them are `known`. Returns
    which ones are then."""
    rows = unopened_rows()
    ids = {UUID(id) for row in rows for id in ID.findall(row)[:1]}
    if not rows or (ids and ids <= known):
        return known
    is_recorded = record_once(ActKind.UNOPENED, by=by, about=min(ids, default=None), ids=ids)
    return known | ids if is_recorded else known


def count_failure(session: Session) -> None:
    """One more wrong password or code, by whoever isn't signed in."""
    now = clock.now()
    close_quarters(session)
    first = inserting(Failures).values(quarter_at=_quarter(now), count=1)
    session.execute(
        first.on_conflict_do_update(
            index_elements=["quarter_at"], set_={"count": Failures.count + 1}
        )
    )


def record_wait(session: Session, person: UUID | None) -> None:
    """That an account has to wait, once in a quarter of an hour. Asked for nobody's just as well:
    how long a refusal takes tells no one who has an account."""
    is_recorded = session.execute(_lately(ActKind.MADE_TO_WAIT, None, person or uuid4())).first()
    if person and not is_recorded:
        note(session, _noted(ActKind.MADE_TO_WAIT, None, person, None, None))


def close_quarters(session: Session) -> None:
    """What was counted in quarters of an hour that are over is an act each, from their start."""
    over = delete(Failures).where(Failures.quarter_at < _quarter(clock.now()))
    for quarter_at, count in session.execute(over.returning(Failures.quarter_at, Failures.count)):
        note(session, Noted(quarter_at, ActKind.WRONG_TRIES, count=count))


def _lately(kind: ActKind, by: UUID | None, person: UUID | None) -> Select[int]:
    same = (Act.kind == kind, Act.actor_id == by, Act.person_id == person)
    return select(Act.number).where(Act.at >= _quarter(clock.now()), *same).limit(1)


def _noted(
    kind: ActKind,
    by: UUID | None,
    person: UUID | None,
    about: UUID | None,
    ids: Iterable[UUID] | None,
) -> Noted:
    listed = None if ids is None else sorted(id.bytes for id in ids)
    return Noted(
        clock.now(), kind, by, person, about,
        None if listed is None else len(listed),
        None if listed is None else hashlib.sha256(b"".join(listed)).digest(),
    )  # fmt: skip


def _quarter(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
