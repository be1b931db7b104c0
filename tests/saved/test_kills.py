"""Saved means saved: processes are killed while eight people write, again and again.

Each client sends what it wrote until it hears that it is saved, as a phone does; what it heard is
compared with what is there.
"""

import http.client
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.conftest import PASSWORD, is_whole, set_up, started
from tests.deploy.proxies import free_port
from tests.killed import meanwhile
from tests.pages import Phone
from tests.saved.services import Services
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Role
from webapp.accounts.passwords import hash_password
from webapp.config import Settings
from webapp.core.data.db import db
from webapp.entries.models import Entry, entry_id

pytestmark = [pytest.mark.faults, pytest.mark.database]

WRITERS, EACH = 8, 5  # people for whom one of them writes: nobody writes a thousand in a day
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Writer:
    """Sends one entry after the other, each until it is saved."""

    port: int
    people: list[tuple[UUID, str, str]]  # whose, the cookie, the form's token
    is_over: threading.Event
    sent: list[UUID] = field(default_factory=list)  # ids of entries
    saved: list[UUID] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def write(self) -> None:
        for number in range(1_000_000):
            person, cookie, token = self.people[number % len(self.people)]
            made = uuid4()
            self.sent.append(entry_id(person, made))
            body = urlencode(
                {"id": str(made), "csrf_token": token, "urge": "6", "situation": "Tired"}
            )
            while not self._is_saved(body, cookie):
                if self.is_over.is_set() or self.refused:
                    return
            self.saved.append(self.sent[-1])
            if self.is_over.is_set():
                return

    def _is_saved(self, body: str, cookie: str) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("POST", "/journal/new", body, FORM | {"Cookie": cookie})
            status = line.getresponse().status
        except (OSError, http.client.HTTPException):
            return False  # whoever was to answer is gone
        finally:
            line.close()
        if status not in (302, 303, 503):
            self.refused.append(status)
        return status in (302, 303)


def signed_in(app: Flask) -> list[tuple[UUID, str, str]]:
    """People with their phones, made directly."""
    people = []
    with app.app_context():
        hashed = hash_password(PASSWORD)
        for number in range(WRITERS * EACH):
            person = make_person(f"person{number}", "Ana", hashed, Role.PATIENT)
            db.session.flush()
            made = start_sign_in(person, device="Test", own_phone=True, lasts=timedelta(days=30))
            people.append((person.id, made.token))
        db.session.commit()
    return [(id, *_cookie(Phone(app, token))) for id, token in people]


def _cookie(phone: Phone) -> tuple[str, str]:
    token = phone.token()
    cookies = phone.client._cookies.values()
    return "; ".join(f"{one.key}={one.value}" for one in cookies), token


@contextmanager
def writing(port: int, people: list[tuple[UUID, str, str]]) -> Iterator[list[Writer]]:
    is_over = threading.Event()
    writers = [Writer(port, people[n::WRITERS], is_over) for n in range(WRITERS)]
    with meanwhile((writer.write for writer in writers), is_over):
        yield writers


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ten portions in full, so that it is looked at what is there after each fiftieth kill."""
    if "portion" in metafunc.fixturenames:
        metafunc.parametrize("portion", range(10 if is_whole(metafunc.config) else 1))


def test_what_was_saved_is_there_however_often_processes_are_killed(
    another: Settings, tmp_path: Path, many: Callable[[int, int], int], portion: int
) -> None:
    app = started(another)
    set_up(app)
    people = signed_in(app)
    services = Services(another, free_port(), tmp_path / "services.log")
    kinds, often = ("worker", "web", "sender"), (6, 2, 2)
    chosen = random.Random(3 + portion).choices(kinds, often, k=many(4, 50))
    try:
        services.start()
        with writing(services.port, people) as writers:
            for which in chosen:
                _until_more_is_saved(writers)
                services.kill(which)
            _until_more_is_saved(writers)
    finally:
        services.end()
    assert [writer.refused for writer in writers] == [[]] * WRITERS
    with app.app_context():
        there = list(db.session.scalars(select(Entry.id)))
        if another.database_url.startswith("sqlite"):
            assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        db.session.remove()
        db.engine.dispose()
    saved = {id for writer in writers for id in writer.saved}
    assert saved <= set(there)
    assert len(there) == len(set(there))
    assert set(there) <= {id for writer in writers for id in writer.sent}
    assert len(saved) > len(chosen)


def _until_more_is_saved(writers: list[Writer]) -> None:
    """So that no kill finds nobody writing."""
    before = sum(len(writer.saved) for writer in writers)
    waited = threading.Event()
    while sum(len(writer.saved) for writer in writers) < before + WRITERS:
        assert not any(writer.refused for writer in writers)
        waited.wait(0.01)
