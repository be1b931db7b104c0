"""A statement that is compiled once answers each request from its own values."""

from flask import Flask
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from tests.conftest import Someone
from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.core.statements import Statement, _Kept

NAME_OF = Statement(select(Person.id, Person.username).where(Person.id == bindparam("id")))


def test_it_finds_who_is_asked_for_each_time(app: Flask, ana: Someone, ben: Someone) -> None:
    with app.app_context():
        for one in (ana, ben, ana):
            assert NAME_OF.run({"id": one.id}).one() == (one.id, one.username)


def test_it_sees_what_its_own_transaction_wrote(app: Flask, ana: Someone) -> None:
    with app.app_context():
        db.session.get_one(Person, ana.id).username = "anna"
        db.session.flush()
        assert NAME_OF.run({"id": ana.id}).one().username == "anna"
        db.session.rollback()
        assert NAME_OF.run({"id": ana.id}).one().username == "ana"


def test_another_database_never_gets_what_was_compiled_for_this_one() -> None:
    kept, here, there = _Kept(), sqlite.dialect(), postgresql.dialect()
    kept[here, "a long key"] = "for SQLite"
    assert kept.get((here, "whatever key")) == "for SQLite"
    assert kept.get((there, "a long key")) is None
