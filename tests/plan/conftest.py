"""Parts of a plan, shared."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import SomeGroup, Someone
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.plan.outline import PARTS
from webapp.plan.queries import part_of


@pytest.fixture
def part_id(app: Flask) -> Callable[..., str]:
    """The id of a part of somebody's plan."""

    def find(someone: Someone, name: str) -> str:
        with app.app_context():
            entry = part_of(db.session.get_one(Person, someone.id), PARTS[name])
            assert entry is not None
            return str(entry.id)

    return find


@pytest.fixture
def shared_part(part_id: Callable[..., str], shared: Callable[..., UUID]) -> Callable[..., None]:
    """Somebody shares a part of the plan until taken back: `shared_part(ana, "goals", evening)`."""

    def share_it(someone: Someone, name: str, group: SomeGroup) -> None:
        shared(someone, UUID(part_id(someone, name)), group, tonight=False)

    return share_it
