"""Reading answers that count."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from webapp.core.crypto.sealing import Closed, opened_or_closed
from webapp.core.data.db import db
from webapp.counting.models import Counted, clinic_key


def counted() -> Iterator[dict[str, Any]]:
    """Each answer with its quarter, group, point and question, in no order. What can't be opened
    doesn't count. Whoever shows this says nothing of fewer than `COUNTED_FROM` people."""
    key = clinic_key()
    for row in db.session.scalars(select(Counted)):
        said = opened_or_closed(row.answer, key, row.bound)
        if not isinstance(said, Closed):
            yield said
