"""The huddle asks the database as often for a full group as for two people."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import event

from webapp.core.data.db import db
from webapp.core.data.statements import Statement

pytestmark = pytest.mark.database


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Every statement that the app sends to its database meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    def run(statement, values):
        sent.append(str(statement))
        return really(statement, values)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    really = Statement.run
    try:
        with patch.object(Statement, "run", run):
            yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def fill(somebody, put_into, wrote, shared, evening):
    """Patients come, each sharing entries for tonight, the first of them to bring up."""

    def come(*names: str, entries: int) -> None:
        for name in names:
            patient = somebody(name)
            put_into(evening, patient)
            for number in range(entries):
                entry = wrote(patient, situation=f"Moment {number}")
                shared(patient, entry, evening, bring_up=number == 0, about="this one")

    return come


def test_sixty_entries_of_twelve_people_take_no_more_statements_than_four_of_two(
    app, phone_of, cleo, evening, fill
):
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    fill("ana", "ben", entries=2)
    with counted(app) as few:
        assert "4 entries shared" in desk.get(address).text

    fill(*(f"person{number}" for number in range(8)), entries=6)
    fill("cruz", "dana", entries=4)
    with counted(app) as many:
        page = desk.get(address).text

    assert "12 patients. 60 entries shared" in page
    assert len(many) == len(few)


def test_opening_it_again_takes_no_more_either(app, phone_of, cleo, evening, fill):
    desk, address = phone_of(cleo), f"/clinic/sessions/{evening.tonight}"
    fill("ana", "ben", entries=2)
    with counted(app) as first:
        desk.get(address)
    with counted(app) as again:
        desk.get(address)
    assert len(again) < len(first)
