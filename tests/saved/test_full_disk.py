"""Saved means saved: on a full disk nobody is told so, everybody can read, and what was sent is
saved as soon as there is room again, by the same processes."""

import http.client
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import set_up, started
from tests.deploy.proxies import free_port
from tests.house.test_failing_server import fill, small_disk
from tests.saved.services import Services
from tests.saved.test_kills import FORM, signed_in
from tests.support.apps import settings_in
from webapp.config import Settings
from webapp.core.data.db import db
from webapp.entries.models import Entry

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk"),
]
PAGES = ("/today", "/week", "/journal", "/plan", "/journal/new", "/you", "/help-now", "/sign-in")
SAVED = 302
WORDS = "What happened that evening, at some length. " * 60


def count(app: Flask) -> int:
    """How many entries there are, asked by nobody who writes."""
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Entry))
        db.session.remove()
        db.engine.dispose()
    return found or 0


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[Services]:
    services = Services(settings, free_port(), folder / "services.log")
    try:
        services.start()
        yield services
    finally:
        services.end()


def asked(
    services: Services, cookie: str, address: str, body: str | None = None
) -> tuple[int, str | None, str]:
    """Status, Retry-After, and page."""
    line = http.client.HTTPConnection("127.0.0.1", services.port, timeout=60)
    how = FORM | {"Cookie": cookie}
    line.request("POST" if body else "GET", address, body, how)
    answer = line.getresponse()
    page = answer.read().decode()
    line.close()
    return answer.status, answer.getheader("Retry-After"), page


def entry(token: str, id: UUID) -> str:
    """As the form sends it."""
    return urlencode({"id": str(id), "csrf_token": token, "urge": "6", "situation": WORDS})


def test_on_a_full_disk_everybody_reads_and_nobody_is_told_that_it_is_saved(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "small", {}) as disk:
        own = settings_in(disk)
        app = started(own)
        set_up(app)
        _, cookie, token = signed_in(app)[0]
        with serving(own, tmp_path) as services:
            assert asked(services, cookie, "/today")[0] == 200  # it has started by then
            pids = services.workers()
            ballast, saved, sent = fill(disk), 0, entry(token, uuid4())
            # Into the room that its files have anyway.
            while (answer := asked(services, cookie, "/journal/new", sent))[0] == SAVED:
                saved, sent = saved + 1, entry(token, uuid4())
                assert saved < 1_000
            assert answer[:2] == (507, "60")
            assert "Nothing was saved" in answer[2]
            assert count(app) == saved
            for address in PAGES * 3:
                assert asked(services, cookie, address)[0] == 200, address
            assert asked(services, cookie, "/journal/new", sent)[0] == 507
            assert count(app) == saved

            ballast.unlink()
            assert asked(services, cookie, "/journal/new", sent)[0] == SAVED
            assert count(app) == saved + 1
            assert services.workers() == pids
            assert services.sender
            assert services.sender.poll() is None
