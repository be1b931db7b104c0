"""Counting somebody's answers, and not any more."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete

from webapp.core import clock
from webapp.core.crypto.sealing import seal
from webapp.core.data.db import db, inserting
from webapp.core.quarters import quarter_of
from webapp.counting.models import Counted, Thinned, clinic_key, hash_of
from webapp.counting.queries import counted, last_settled


def count(
    person_id: UUID, group_id: UUID | None, point: str, answers: Mapping[str, int | str], day: date
) -> None:
    """Keep these answers, by their questions. `point` says when in somebody's way they were given;
    of the day only the quarter is kept."""
    key, quarter = clinic_key(), str(quarter_of(day))
    for question, value in answers.items():
        row = Counted(id=uuid4(), whose=hash_of(person_id))
        said = {"quarter": quarter, "group": str(group_id or ""), "point": point,
                "question": question, "value": value}  # fmt: skip
        row.answer = seal(said, key, row.bound)
        db.session.add(row)


def forget(person_id: UUID) -> None:
    """Nothing that somebody answered counts any more. What others answered in the same quarter
    isn't shown from here on, if it may have been: the difference would be this person's."""
    hers = Counted.whose == hash_of(person_id)
    latest = str(last_settled(clock.now()))
    seen = {(one.quarter, one.point) for one in counted(hers) if one.quarter <= latest}
    db.session.execute(delete(Counted).where(hers))
    if seen:
        rows = [{"quarter": quarter, "point": point} for quarter, point in sorted(seen)]
        db.session.execute(inserting(Thinned).values(rows).on_conflict_do_nothing())
