"""Ana is taken out of Evening IOP."""

import pytest
from sqlalchemy import select

from webapp.core.data.db import db
from webapp.sharing.models import Share


@pytest.fixture
def leaving(evening):
    """The page on which somebody is taken out of Evening IOP."""
    return lambda someone: f"/clinic/groups/{evening.id}/people/{someone.id}/leaving"


@pytest.fixture
def group_page(evening):
    return f"/clinic/groups/{evening.id}"


def take_out(desk, address: str, reason: str = ""):
    return desk.fill(desk.get(address), having="reason", reason=reason)


def open_shares(app) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Share).where(Share.ended_at.is_(None))).all())
