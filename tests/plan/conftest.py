"""Parts of a plan, shared."""

from collections.abc import Callable

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
def shared_part(app: Flask, shared_any: Callable[..., None]) -> Callable[..., None]:
    """Somebody shares a part of the plan: `shared_part(ana, "goals", evening)`."""

    def share_it(someone: Someone, name: str, group: SomeGroup) -> None:
        with app.app_context():
            entry = part_of(db.session.get_one(Person, someone.id), PARTS[name])
            assert entry is not None
            id = entry.id
        shared_any(someone, id, group)

    return share_it


@pytest.fixture
def shared_any(phone_of: Callable[..., object]) -> Callable[..., None]:
    """Somebody shares an entry of any kind, by the form."""

    def share_it(someone: Someone, id: object, group: SomeGroup) -> None:
        phone = phone_of(someone)
        page = phone.get(f"/entries/{id}/share?group={group.id}")  # type: ignore[attr-defined]
        form = page.form("", having="until")
        extra = {"signed_name": someone.name} if "signed_name" in form.names else {}
        page = phone.fill(page, having="until", until="taken_back", **extra)  # type: ignore[attr-defined]
        assert page.status == 200

    return share_it
