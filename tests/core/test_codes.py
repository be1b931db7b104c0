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
from webapp.accounts.actions import issue_reset
from webapp.accounts.models import PasswordReset, Person, Role
from webapp.core import codes
from webapp.core.db import db
from webapp.core.errors import TooMany
from webapp.core.throttle import count_try, forget_tries
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


def test_guessing_at_a_code_is_stopped_after_five_tries(
    app: Flask, slip: Callable[[], str], clock: time_machine.Traveller
) -> None:
    code = slip()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    fields = {"username": "eve", "name": "Eve", "password": "copper valley window sail"}
    for _ in range(5):
        assert Phone(app).post(f"/join/{wrong}", fields).status == 422
    assert Phone(app).post(f"/join/{wrong}", fields).status == 429
    assert Phone(app).post(f"/join/{code}", fields).status == 429  # no luck at the sixth either
    clock.shift(timedelta(minutes=16))
    assert Phone(app).post(f"/join/{code}", fields).status == 200


def test_tries_are_counted_by_what_is_tried_and_forgotten_on_success(app: Flask) -> None:
    with app.app_context():
        for _ in range(3):
            count_try("account", "ana", allowed=3)
        count_try("account", "ben", allowed=3)
        with pytest.raises(TooMany):
            count_try("account", "ana", allowed=3)
        forget_tries("account", "ana")
        count_try("account", "ana", allowed=3)
