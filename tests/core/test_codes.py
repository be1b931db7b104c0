"""Codes on paper: read by tired eyes, typed with thumbs, used once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW, SomeGroup, Someone
from tests.pages import Phone
from webapp.accounts.actions import CODE, issue_reset
from webapp.accounts.models import PasswordReset, Person, Role
from webapp.core import codes
from webapp.core.data.db import db, short_transaction
from webapp.core.errors import TooMany
from webapp.core.throttle import Lane, count_try, passed, wrong_tries
from webapp.joining.actions import invite
from webapp.joining.models import Invitation
from webapp.program.models import Group

CODES = st.text(codes.ALPHABET, min_size=12, max_size=12)


@given(CODES)
def test_a_code_is_read_back_as_it_stands_on_paper(code: str) -> None:
    assert codes.typed(codes.shown(code)) == code


@given(CODES, st.lists(st.integers(0, 12), max_size=6))
def test_spaces_dashes_case_and_look_alikes_are_forgiven(code: str, gaps: list[int]) -> None:
    typed = list(code.lower().replace("1", "l").replace("0", "o"))
    for at in sorted(gaps, reverse=True):
        typed.insert(at, " -\t"[at % 3])
    assert codes.typed("".join(typed)) == code


@pytest.mark.parametrize(
    "text", ["", "K7QM", "K7QM-4RTX-9WPDX", "K7QM-4RTX-9WP!", "K7QM-4RTX-9WPß", "٣" * 12, "\0" * 12]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert codes.typed(text) is None


@given(st.text(max_size=40))
def test_anything_else_typed_is_a_code_or_none(text: str) -> None:
    code = codes.typed(text)
    assert code is None or (len(code) == 12 and set(code) <= set(codes.ALPHABET))


@pytest.fixture
def slip(app: Flask, evening: SomeGroup) -> Callable[[], str]:
    """A new invitation's code."""

    def make() -> str:
        with app.app_context():
            code = invite(Role.PATIENT, db.session.get_one(Group, evening.id), None)
            db.session.commit()
            return code

    return make


def finds(app: Flask, code: str) -> bool:
    with app.app_context():
        return codes.find_open(db.session, Invitation, code) is not None


@pytest.mark.database
def test_a_code_opens_once_and_not_after_a_week(
    app: Flask, slip: Callable[[], str], clock: time_machine.Traveller
) -> None:
    used, late = slip(), slip()
    assert finds(app, used)
    with app.app_context():
        row = codes.find_open(db.session, Invitation, used)
        assert row is not None
        assert codes.use(db.session, row)
        assert not codes.use(db.session, row)
        db.session.commit()
    assert not finds(app, used)
    clock.move_to(NOW + timedelta(days=7, seconds=-1))
    assert finds(app, late)
    clock.move_to(NOW + timedelta(days=7))
    assert not finds(app, late)


def test_the_right_beginning_with_a_wrong_end_finds_nothing(
    app: Flask, slip: Callable[[], str]
) -> None:
    code = slip()
    last = "0" if code[-1] != "0" else "1"
    assert not finds(app, code[:-1] + last)
    assert not finds(app, code[:4])
    assert finds(app, code.lower())


def test_the_database_does_not_know_the_secret_half(app: Flask, slip: Callable[[], str]) -> None:
    code = codes.typed(slip())
    assert code is not None
    with app.app_context():
        row = db.session.query(Invitation).one()
        assert row.public == code[:4]
        assert code[4:].encode() not in row.secret_hash
        values = [str(getattr(row, column.key)) for column in row.__table__.columns]
    assert code[4:] not in " ".join(values)


def test_a_code_for_one_thing_is_none_for_another(app: Flask, ana: Someone) -> None:
    with app.app_context():
        code = issue_reset(db.session.get_one(Person, ana.id), None)
        db.session.commit()
        assert codes.find_open(db.session, Invitation, code) is None
        assert codes.find_open(db.session, PasswordReset, code) is not None


@pytest.mark.database
def test_of_twenty_who_use_a_slip_at_once_one_gets_in(
    app: Flask, slip: Callable[[], str], evening: SomeGroup
) -> None:
    code, ready = slip(), Barrier(20)
    phones = [Phone(app) for _ in range(20)]
    tokens = [phone.token() for phone in phones]

    def join(number: int) -> int:
        ready.wait()
        fields = {
            "username": f"person{number}", "name": "Somebody", "csrf_token": tokens[number],
            "password": "copper valley window sail",
        }  # fmt: skip
        address = {"REMOTE_ADDR": f"10.0.0.{number}"}
        answer = phones[number].client.post(f"/join/{code}", data=fields, environ_base=address)
        return answer.status_code

    with ThreadPoolExecutor(20) as pool:
        outcomes = sorted(pool.map(join, range(20)))
    assert outcomes.count(302) == 1
    assert set(outcomes) <= {302, 422, 429}
    with app.app_context():
        assert db.session.query(Person).count() == 1


@pytest.mark.database
def test_of_twenty_who_use_a_row_at_once_one_wins(app: Flask, slip: Callable[[], str]) -> None:
    code, ready = slip(), Barrier(20)

    def use(_: int) -> bool:
        with app.app_context():
            row = codes.find_open(db.session, Invitation, code)
            db.session.rollback()
            ready.wait()
            won = row is not None and codes.use(db.session, row)
            db.session.commit()
            return won

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(use, range(20))) == 1


def test_guessing_at_a_code_is_slowed_down_whoever_guesses(
    app: Flask, slip: Callable[[], str], clock: time_machine.Traveller
) -> None:
    code = slip()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    fields = {"username": "eve", "name": "Eve", "password": "copper valley window sail"}
    with app.app_context():
        for _ in range(300):
            count_try((CODE, code[:4]))
    assert Phone(app).post(f"/join/{wrong}", fields).status == 429
    assert Phone(app).post(f"/join/{code}", fields).status == 429  # no luck with the right one
    clock.shift(timedelta(seconds=2))
    assert Phone(app).post(f"/join/{code}", fields).status == 200


OWN = Lane("own", 3, timedelta(seconds=1), timedelta(seconds=4), is_wiped=True)
ALL = Lane("all", 5, timedelta(seconds=1), timedelta(seconds=4))


def waits(*tries: tuple[Lane, str]) -> float:
    try:
        count_try(*tries)
    except TooMany as error:
        return error.wait.total_seconds()
    return 0


def test_each_wrong_try_makes_the_next_wait_longer_up_to_an_end(app: Flask, clock) -> None:
    ana, ben = (OWN, "ana"), (OWN, "ben")
    with app.app_context():
        assert [waits(ana) for _ in range(4)] == [0, 0, 0, 1]
        assert waits(ben) == 0  # what isn't tried has its own count
        waited = []
        for _ in range(4):
            waited.append(waits(ana))
            clock.shift(timedelta(seconds=waited[-1]))
            assert waits(ana) == 0
        assert waited == [1, 2, 4, 4]
        clock.shift(timedelta(days=1, seconds=1))
        assert [waits(ana) for _ in range(3)] == [0, 0, 0]


def test_what_has_to_wait_counts_nowhere(app: Flask, clock) -> None:
    with app.app_context():
        for _ in range(9):
            waits((OWN, "ana"), (ALL, "here"))
        assert waits((ALL, "here")) == 0


def test_what_was_right_counts_for_nothing(app: Flask, clock) -> None:
    with app.app_context():
        for _ in range(30):
            count_try((OWN, "ana"), (ALL, "here"))
            with short_transaction() as session:
                passed(session, (OWN, "ana"), (ALL, "here"))
        # It forgives the wrong tries before it at its own name, not those of others.
        count_try((OWN, "ana"), (ALL, "here"))
        with short_transaction() as session:
            passed(session, (OWN, "ana"))
            assert wrong_tries(session, *(OWN, "ana")) == 0
            assert wrong_tries(session, *(ALL, "here")) == 1
