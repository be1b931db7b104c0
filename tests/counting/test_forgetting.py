"""Who takes back that they count leaves nothing behind that counts."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Someone
from webapp.core.data.db import db
from webapp.counting.actions import count, forget
from webapp.counting.models import Counted, Thinned

pytestmark = pytest.mark.database

SPRING = date(2026, 5, 4)


def test_who_takes_it_back_twice_has_nothing_counted_and_their_quarter_is_shown_no_more(
    app: Flask, clock, ana: Someone, ben: Someone
) -> None:
    with app.app_context():
        for person in (ana, ben):
            count(person.id, None, "first_week", {"going": 3, "worth": 4}, SPRING)
        for _ in range(2):
            forget(ana.id)
            db.session.flush()
            count(ana.id, None, "first_week", {"going": 2}, SPRING)
            db.session.flush()
        forget(ana.id)
        assert db.session.scalar(select(func.count()).select_from(Counted)) == 2
        thinned = db.session.execute(select(Thinned.quarter, Thinned.point)).all()
        assert thinned == [("2026-Q2", "first_week")]
