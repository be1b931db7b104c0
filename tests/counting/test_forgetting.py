"""A quarter from which somebody's answers are taken isn't shown any more, whoever else goes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.core.data.db import db
from webapp.core.quarters import quarter_of
from webapp.counting.actions import count, forget
from webapp.counting.models import Counted, Thinned


@pytest.mark.database
def test_two_who_go_from_one_quarter_thin_it_once(app, ana, ben, clock):
    day = (NOW - timedelta(days=200)).date()
    with app.app_context():
        for someone in (ana, ben):
            count(someone.id, None, "first", {"nights": 3}, day)
        for someone in (ana, ben):
            forget(someone.id)
        thinned = [(row.quarter, row.point) for row in db.session.scalars(select(Thinned))]
        assert thinned == [(str(quarter_of(day)), "first")]
        assert db.session.scalars(select(Counted)).all() == []
