"""A statement that is compiled once answers each request from its own values."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import bindparam, column, select, table
from sqlalchemy.exc import DBAPIError

from tests.conftest import NOW as AT
from tests.conftest import Someone
from webapp.accounts.models import Person, SignIn
from webapp.core.data.db import db, inserting, writing
from webapp.core.data.statements import Statement
from webapp.core.data.types import NOW
from webapp.core.errors import Broken
from webapp.core.trouble import meaning
from webapp.program.models import Expectation

pytestmark = pytest.mark.database

NAME_OF = Statement(select(Person.id, Person.username).where(Person.id == bindparam("id")))


def test_it_finds_who_is_asked_for_each_time(app: Flask, ana: Someone, ben: Someone) -> None:
    with app.app_context():
        for someone in (ana, ben, ana):
            assert NAME_OF.first({"id": someone.id}) == (someone.id, someone.username)


def test_it_sees_what_its_own_transaction_wrote(app: Flask, ana: Someone) -> None:
    with app.app_context():
        db.session.get_one(Person, ana.id).username = "anna"
        db.session.flush()
        assert NAME_OF.run({"id": ana.id})[0].username == "anna"
        db.session.rollback()
        assert NAME_OF.run({"id": ana.id})[0].username == "ana"


def test_values_and_columns_keep_their_types(app: Flask, ana: Someone) -> None:
    sign_in = select(SignIn.id, SignIn.last_used_at, SignIn.own_phone)
    statement = Statement(sign_in.where(SignIn.last_used_at <= NOW, SignIn.ended_at.is_(None)))
    with app.app_context():
        db.session.add(
            SignIn(person_id=ana.id, token_hash=b"x" * 32, last_used_at=AT, expires_at=AT)
        )
        db.session.flush()
        row = statement.first({"now": AT})
        assert row is not None
        assert tuple(row) == db.session.execute(sign_in, {"now": AT}).one()
        assert (row.last_used_at, row.own_phone) == (AT, True)
        assert isinstance(row.id, UUID)
        assert statement.first({"now": AT - timedelta(microseconds=1)}) is None


def test_a_value_that_is_missing_is_a_mistake_and_not_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(KeyError):
        NAME_OF.run({})


def test_a_list_of_any_length_is_refused_at_its_first_run(app: Flask) -> None:
    with app.app_context(), pytest.raises(AssertionError):
        Statement(select(Person.id).where(Person.username.in_(["ana", "ben"]))).run({})


def test_another_database_never_gets_what_was_compiled_for_this_one(
    app: Flask, clinic: Flask, ana: Someone
) -> None:
    with clinic.app_context():
        db.create_all()
    for application, found in ((app, 1), (clinic, 0), (app, 1)):
        with application.app_context():
            assert len(NAME_OF.run({"id": ana.id})) == found


def test_what_goes_wrong_has_the_librarys_name_and_says_no_value(app: Flask) -> None:
    gone = table("gone", column("word"))
    nowhere = Statement(select(gone.c.word).where(gone.c.word == bindparam("word")))
    with app.app_context(), pytest.raises(DBAPIError) as raised:
        nowhere.run({"word": "a secret"})
    assert meaning(raised.value) is Broken
    assert "a secret" not in str(raised.value)


def test_a_connection_that_is_lost_is_given_up_and_the_next_request_has_another(
    app: Flask, ana: Someone
) -> None:
    with app.app_context():
        NAME_OF.run({"id": ana.id})
        driver = db.session.connection().connection.driver_connection
        assert driver is not None
        driver.close()
        with pytest.raises(DBAPIError) as raised:
            NAME_OF.run({"id": ana.id})
        assert raised.value.connection_invalidated
        db.session.rollback()
        assert len(NAME_OF.run({"id": ana.id})) == 1


def test_one_that_writes_is_refused_where_one_only_reads(app: Flask) -> None:
    with app.app_context():
        row = inserting(Expectation.__table__).values(part="safety", words="Call", changed_at=AT)
        adding = Statement(row.returning(Expectation.part))
        with writing(allowed=False), pytest.raises(RuntimeError, match="a reading route"):
            adding.run({})
        assert adding.run({})[0].part == "safety"
        assert db.session.get_one(Expectation, "safety").words == "Call"
