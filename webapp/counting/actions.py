"""Counting somebody's answers, and not any more."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete

from webapp.core.crypto.sealing import seal
from webapp.core.data.db import db
from webapp.counting.models import Counted, clinic_key, hash_of


def count(
    person_id: UUID, group_id: UUID | None, point: str, answers: Mapping[str, int | str], day: date
) -> None:
    """Keep these answers, by their questions. `point` says when in somebody's way they were given;
    of the day only the quarter is kept."""
    key, quarter = clinic_key(), f"{day.year}-Q{(day.month + 2) // 3}"
    for question, value in answers.items():
        row = Counted(id=uuid4(), whose=hash_of(person_id))
        said = {"quarter": quarter, "group": str(group_id or ""), "point": point,
                "question": question, "value": value}  # fmt: skip
        row.answer = seal(said, key, row.bound)
        db.session.add(row)


def forget(person_id: UUID) -> None:
    """Nothing that somebody answered counts any more."""
    db.session.execute(delete(Counted).where(Counted.whose == hash_of(person_id)))
