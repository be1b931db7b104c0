"""Reading answers that count."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import ColumnElement, Uuid, select, type_coerce

from webapp.core import clock
from webapp.core.crypto.sealing import Closed, opened_or_closed
from webapp.core.data.db import db
from webapp.core.quarters import Quarter, quarter_of
from webapp.counting.models import Counted, Thinned, bound, clinic_key
from webapp.settings.current import clinic_settings

# A quarter is shown when nobody can add to it any more: until then two looks would tell one answer.
# The days are for phones in another zone than the clinic's.
SETTLES = timedelta(days=2)
_said = itemgetter("quarter", "group", "point", "question", "value")


class Answer(NamedTuple):
    """One answer, of somebody whose hash alone is known: people are counted, not answers."""

    whose: bytes
    quarter: str
    group: str
    point: str
    question: str
    value: int | str


def counted(*which: ColumnElement[bool]) -> Iterator[Answer]:
    """Each answer, in no order. What can't be opened doesn't count. Whoever shows this goes by
    `hiding.shown`, leaves out what is `thinned`, and takes only quarters that are settled."""
    key = clinic_key()
    # By columns, ids as text: a hundred thousand rows that the session watches over take seconds.
    id = type_coerce(Counted.id, Uuid(as_uuid=False))
    rows = db.session.execute(
        select(id, Counted.whose, Counted.answer).where(*which).order_by(Counted.id)
    )
    for text, whose, answer in rows:
        said = opened_or_closed(answer, key, bound(text, whose))
        if not isinstance(said, Closed):
            yield Answer(whose, *_said(said))


def thinned() -> set[tuple[str, str]]:
    """The quarters and points of which nothing is shown any more."""
    return {(row[0], row[1]) for row in db.session.execute(select(Thinned.quarter, Thinned.point))}


def last_settled(now: datetime) -> Quarter:
    """The last quarter to which nobody can add."""
    return quarter_of(clock.local(now - SETTLES, clinic_settings().zone).date()).before()
