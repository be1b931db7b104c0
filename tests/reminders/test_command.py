"""`flask deliver-reminders` as a system runs it: a process, and a word to stop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.reminders.pushservice import PushService, Ways, push_service
from webapp import create_app
from webapp.accounts.actions import make_person, start_sign_in
from webapp.accounts.models import Role
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core.data.db import db
from webapp.reminders import actions
from webapp.reminders.models import Notification, Sender

pytestmark = pytest.mark.faults

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def push(tmp_path: Path) -> Iterator[PushService]:
    """A push service."""
    with push_service(tmp_path) as running:
        yield running


@pytest.fixture
def clinic(tmp_path: Path, push: PushService) -> Flask:
    """A clinic of its own with one phone, for which a message is due."""
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'g.db'}")
    app = create_app(replace(settings, plain_http=True))
    with app.app_context():
        migrate()
        person = make_person("ana", "Ana", "x", Role.PATIENT)
        db.session.flush()
        signed_in = start_sign_in(person, device="T", own_phone=True, lasts=timedelta(days=1))
        db.session.flush()
        fake = push.phone("ana")
        actions.test_phone(
            actions.connect_phone(person, signed_in, fake.endpoint, fake.p256dh, fake.auth)
        )
        db.session.commit()
    return app


@pytest.fixture
def start(tmp_path: Path, push: PushService) -> Iterator[Start]:
    """Start the command on that clinic."""
    started: list[subprocess.Popen[str]] = []
    surroundings = os.environ | {
        "GROUNDWORK_DATA": str(tmp_path),
        "GROUNDWORK_DATABASE_URL": f"sqlite:///{tmp_path / 'g.db'}",
        "GROUNDWORK_PLAIN_HTTP": "1",
        "GROUNDWORK_PUSH_HOSTS": f"127.0.0.1:{push.port}",
        "GROUNDWORK_PUSH_CA": str(push.authority),
    }

    def go(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "deliver-reminders", *words]
        process = subprocess.Popen(
            command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield go
    for left in started:
        left.kill()
        left.wait(10)


def test_once_sends_what_is_due_and_ends(clinic, push, start):
    said, _ = start("--once").communicate(timeout=60)
    assert said.strip() == "Messages attempted: 1."
    assert len(push.got) == 1
    assert _left(clinic) == ["sent"]


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_is_under_way_and_leaves_nothing_claimed(
    clinic, push, start, word
):
    under_way, goes_on = threading.Event(), threading.Event()

    async def slowly(writer) -> None:
        under_way.set()
        goes_on.wait(60)
        await Ways.status(201)(writer)

    push.answers["ana"] = slowly
    sender = start()
    assert under_way.wait(60)
    sender.send_signal(word)
    goes_on.set()
    said, _ = sender.communicate(timeout=60)
    assert sender.returncode == 0, said
    assert len(push.got) == 1
    assert _left(clinic) == ["sent"]


def _left(app: Flask) -> list[str]:
    with app.app_context():
        messages = db.session.scalars(select(Notification)).all()
        assert all(message.claimed_by is None for message in messages)
        assert all(sender.ended_at for sender in db.session.scalars(select(Sender)))
        return [str(message.outcome) for message in messages]
