"""A clinic in which all is well: set up, backed up, tried, planned, sending, behind a proxy."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.certificates import HERE, certify
from tests.conftest import ZONE, set_up, settings_in, started
from webapp import check_start
from webapp.accounts.actions import make_person
from webapp.accounts.models import Role
from webapp.backups.record import DEFAULT_FOLDER, note_drill
from webapp.config import Settings
from webapp.core import clock as our_clock
from webapp.core.data.db import db
from webapp.doctor.case import Case
from webapp.doctor.examining import Finding, State, examine
from webapp.program.actions import add_pattern
from webapp.program.models import Group
from webapp.program.planner import plan_ahead
from webapp.program.recurrence import Weekly
from webapp.reminders.models import Sender


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Tests say what they found."""


@dataclass
class Proxy:
    """TLS in front of the app, as nginx would be: `forwards` is what it does with a request."""

    folder: Path
    app: Flask | None = None
    forwards: Callable[[dict[str, Any]], None] = lambda _: None

    def start(self, ends_in: timedelta = timedelta(days=60)) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(self.folder, ends_in))
        self.server = make_server(
            "127.0.0.1", 0, self, threaded=True, ssl_context=context, request_handler=Quiet
        )
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self.server.server_port

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        assert self.app is not None
        self.forwards(environ)
        return self.app.wsgi_app(environ, start_response)

    def renew(self, ends_in: timedelta) -> None:
        """Another certificate at the same address."""
        self.server.socket.context.load_cert_chain(certificate(self.folder, ends_in))


def as_nginx(environ: dict[str, Any]) -> None:
    environ["HTTP_X_FORWARDED_FOR"] = environ["REMOTE_ADDR"]
    environ["HTTP_X_FORWARDED_PROTO"] = "https"


@dataclass
class Clinic:
    """An installation, and everything around it that can be broken."""

    settings: Settings
    proxy: Proxy
    env_file: Path
    environ: dict[str, str]

    @property
    def app(self) -> Flask:
        assert self.proxy.app is not None
        return self.proxy.app

    @property
    def file(self) -> Path:
        return self.settings.data / "groundwork.db"

    @property
    def case(self) -> Case:
        known = None if self.environ else self.settings
        authority = str(self.proxy.folder / "authority.pem")
        return Case(self.environ, known, self.env_file, authority)

    def set(self, **changes: Any) -> None:
        """Restart it with other settings."""
        self.settings = replace(self.settings, **changes)
        self.restart()

    def restart(self) -> None:
        self.let_go()
        self.proxy.app = started(self.settings)

    def let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def store(self, *rows: object) -> None:
        with self.app.app_context():
            db.session.add_all(rows)
            db.session.commit()

    def do(self, statement: Any) -> None:
        with self.app.app_context():
            db.session.execute(statement)
            db.session.commit()

    def examined(self, slow: bool | None = None) -> dict[str, Finding]:
        return {finding.name: finding for finding in examine(self.case, slow=slow)}

    def wrong(self) -> dict[str, Finding]:
        """What isn't well, and isn't only good to know."""
        well = (State.WELL, State.KNOWN)
        return {name: found for name, found in self.examined().items() if found.state not in well}


@pytest.fixture
def healthy(tmp_path: Path) -> Iterator[Clinic]:
    """Nothing is wrong here."""
    proxy = Proxy(tmp_path, forwards=as_nginx)
    port = proxy.start()
    settings = replace(
        settings_in(tmp_path),
        plain_http=False,
        address=f"https://127.0.0.1:{port}",
        trusted_proxies=1,
        push_contact="it@clinic.example.org",
        zone=ZONE,
    )
    env_file = tmp_path / "groundwork.env"
    env_file.touch(0o640)
    proxy.app = started(settings)
    made = Clinic(settings, proxy, env_file, {})
    set_up(made.app)
    check_start(made.app)
    _fill(made)
    yield made
    proxy.server.shutdown()
    proxy.server.server_close()
    made.let_go()


def _fill(made: Clinic) -> None:
    now = our_clock.now()
    backups = made.settings.data / DEFAULT_FOLDER
    backups.mkdir(mode=0o700)
    for kind in ("data", "keys"):
        (backups / f"groundwork-{now:%Y%m%dT%H%M%SZ}.{kind}.age").touch(0o600)
    note_drill(made.settings.data)
    with made.app.app_context():
        group = Group(name="Evening IOP", zone=ZONE)
        db.session.add(group)
        add_pattern(group, Weekly(0, our_clock.EARLIEST.time(), 180, now.date()))
        db.session.flush()
        plan_ahead(group)
        make_person("max", "Max", "no password", Role.ADMINISTRATOR)
        db.session.add(Sender(started_at=now, last_tick_at=now))
        db.session.commit()


def certificate(folder: Path, ends_in: timedelta) -> Path:
    """One for 127.0.0.1; its authority is in `authority.pem`."""
    both = folder / "proxy.pem"
    pem = certify(both, HERE, ends_in=ends_in, since=timedelta(days=90))
    (folder / "authority.pem").write_bytes(pem)
    return both
