"""Words, names, and secrets of a whole evening, errors included, are nowhere they don't belong.

Not in a log, an argument of a program, an address, a cookie, a page about an error, the database's
files, a backup, or what a push service gets. What a phone's browser keeps:
`tests/journeys/test_copied_phone.py`.
"""

import base64
import json
import logging
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import make_url, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import NOW, PASSWORD
from tests.house.test_routes import IN_TURN, POLICY, rule_for
from tests.house.world import EVERY_WORD, OUTSIDE_WORDS, REMINDED, World
from tests.reminders.conftest import no_loop_of_a_browser, sender, service
from tests.reminders.pushservice import PushService
from webapp.backups.commands import back_up
from webapp.config import Settings
from webapp.core.data.db import db
from webapp.core.web import routes

pytestmark = pytest.mark.database
__all__ = ["no_loop_of_a_browser", "sender", "service"]  # fixtures
TYPED = "New words"  # what `World.fields` types into each form
CANARIES = (*EVERY_WORD, *OUTSIDE_WORDS, TYPED, PASSWORD)

ARGUMENTS: list[str] = []


@pytest.fixture(scope="session")
def watched() -> None:
    """From here on, what any program was started with is known. A hook can't be taken off."""

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen":
            ARGUMENTS.append(repr(arguments[:2]))

    sys.addaudithook(note)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line of every log, with its arguments and what was raised."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logging.Formatter().format(record))

    root, kept = logging.getLogger(), Kept(logging.DEBUG)
    root.addHandler(kept)
    yield lines
    root.removeHandler(kept)


def in_headers(answer: TestResponse) -> str:
    """Where an answer leads to, and what it puts into a cookie, unpacked."""
    said = [answer.request.url, answer.headers.get("Location", "")]
    for cookie in answer.headers.getlist("Set-Cookie"):
        said.append(cookie)
        packed, _, _ = cookie.partition("=")[2].lstrip(".").partition(".")
        try:
            raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
            said += [
                raw.decode("utf-8", "replace"),
                zlib.decompress(raw).decode("utf-8", "replace"),
            ]
        except (ValueError, zlib.error):
            continue
    return "\n".join(said)


def an_evening(
    world: World, rules: list[Rule], monkeypatch: pytest.MonkeyPatch, every: int
) -> list[str]:
    """Everything that anybody may do is done, and a page fails with her words on its way.

    Returns what stood in addresses and cookies."""
    seen = []
    for who in IN_TURN:
        phone = world.phone(who)
        for method, address in list(POLICY)[::every]:
            rule = rule_for(rules, method, address)
            if method == "HEAD" or rule.endpoint in ("accounts.sign_out", "accounts.hide"):
                continue
            seen.append(in_headers(world.send(phone, method, rule, who, world.address(rule))))

    return seen + everything_fails(world, rules, monkeypatch, every + every // 2)


def everything_fails(
    world: World, rules: list[Rule], monkeypatch: pytest.MonkeyPatch, every: int
) -> list[str]:
    """Each page breaks when all that stands on it is made: in our code, or in the database.

    Returns what stood in addresses, cookies, and the pages that say so."""

    def broken(made: object) -> None:
        raise RuntimeError(f"no such thing: {made} {EVERY_WORD}")

    def refused(made: object) -> None:
        db.session.execute(text("SELECT :w FROM nowhere"), {"w": f"{made} {EVERY_WORD}"})

    monkeypatch.setitem(world.app.config, "PROPAGATE_EXCEPTIONS", False)
    seen = []
    for who, wrong in (("ana", broken), ("ana", refused), ("cleo", broken), ("cleo", refused)):
        monkeypatch.setattr(routes, "make_response", wrong)
        phone, failed = world.phone(who), 0
        for method, address in list(POLICY)[::every]:
            rule = rule_for(rules, method, address)
            if rule.endpoint not in ("accounts.sign_out", "accounts.hide", "static_files.former"):
                answer = world.send(phone, method, rule, who, world.address(rule))
                failed += answer.status_code == 500
                # What its own sender typed stands there, to be copied.
                said = answer.get_data(as_text=True).replace(TYPED, "")
                seen.append(in_headers(answer) + said)
        assert failed > 10
    return seen


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.fuzz
def test_no_canary_leaves_where_it_belongs(
    world: World,
    rules: list[Rule],
    settings: Settings,
    sheet: str,
    watched: None,
    logged: list[str],
    monkeypatch: pytest.MonkeyPatch,
    many: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    assert len(CANARIES) >= 40
    seen = an_evening(world, rules, monkeypatch, many(7, 1))
    with world.app.app_context():
        back_up(settings, tmp_path)
    assert any("RuntimeError" in line for line in logged), "the failures were logged"
    places = {
        "logs": "\n".join(logged).encode(),
        "arguments": "\n".join(ARGUMENTS).encode(),
        "addresses and cookies": "\n".join(seen).encode(),
        **files_of(tmp_path),
        **files_of(settings.data),
    }
    if not settings.database_url.startswith("postgresql"):
        places |= files_of(Path(make_url(settings.database_url).database or "").parent)
    assert any(name.endswith(".data.age") for name in places)
    if not settings.database_url.startswith("postgresql"):
        assert any(name.endswith("groundwork.db") for name in places)
        assert any(name.endswith("-wal") for name in places)
    found = {
        (place, canary)
        for place, content in places.items()
        for canary in CANARIES
        if canary.encode() in content
    }
    assert not found


def test_what_a_phone_is_pushed_has_her_own_words_for_it_and_no_others(
    world: World, service: PushService, sender: Callable[[], int], clock: time_machine.Traveller
) -> None:
    """Opened as the phone opens it: some days of everything that reminds Ana."""
    phone, fake = world.phone("ana"), service.phone("ana")
    assert phone.post("/reminders/phone", fake.fields).status == 200
    chosen = {"group": "y", "leads": ["60", "1440"], "write": "y", "text": "own", "words": REMINDED}
    phone.fill(phone.get("/reminders"), having="leads", **chosen)
    for hour in range(5 * 24):
        clock.move_to(NOW + timedelta(hours=hour, seconds=2))
        sender()
    opened = [fake.opened(got.body) for got in service.to("ana")]
    for message in opened:
        message["notification"].pop("tag")  # made by a key: any few letters may stand in it
    told = [json.dumps(message) for message in opened]
    assert any(REMINDED in message for message in told)
    assert len(told) > 1
    open_ = [json.dumps([got.name, got.headers]) for got in service.got]
    for canary in (*CANARIES, "Ana", "Cleo", "Evening IOP", "Riverside"):
        assert canary == REMINDED or not any(canary in message for message in told), canary
        # Their tokens are made by chance, too.
        by_chance = len(canary) < 6
        assert by_chance or not any(canary in message for message in open_), canary
