"""As it is deployed: behind gunicorn with our settings, behind nginx with our file."""

import http.cookiejar
import os
import re
import shutil
import socket
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from gunicorn.config import Config

from tests.conftest import PASSWORD, root, set_up, settings_in, started
from tests.deploy.proxies import free_port, proxied, running, until_it_answers
from webapp.accounts.actions import make_person
from webapp.accounts.models import Role
from webapp.accounts.passwords import hash_password
from webapp.core.data.db import db

pytestmark = pytest.mark.faults

CODE = "K7QM-4RTX-9WPD"


@dataclass(frozen=True)
class Served:
    """A running gunicorn, and what it said."""

    port: int
    public: int  # where the proxy in front of it listens
    log: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A clinic with Ana in it, as systemd starts it: https is somebody else's."""
    folder = tmp_path_factory.mktemp("served")
    own_settings = settings_in(folder)
    clinic = started(own_settings)
    set_up(clinic)
    with clinic.app_context():
        make_person("ana", "Ana", hash_password(PASSWORD), Role.PATIENT)
        db.session.commit()
        db.engine.dispose()
    port, public, log = free_port(), free_port(), folder / "gunicorn.log"
    environ = {
        "GROUNDWORK_DATA": str(own_settings.data),
        "GROUNDWORK_ADDRESS": f"https://localhost:{public}",
        "GROUNDWORK_TRUSTED_PROXIES": "1",
        "GROUNDWORK_HASH_MEMORY": "8",
        "GROUNDWORK_HASH_PASSES": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    with (
        log.open("w") as said,
        running(command, cwd=root(), env=os.environ | environ, stdout=said) as gunicorn,
    ):
        until_it_answers(port, gunicorn)
        yield Served(port, public, log)


def raw(port: int, head: str) -> str:
    with closing(socket.create_connection(("127.0.0.1", port), 60)) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b"")).decode("latin-1")


def test_no_client_says_where_the_app_is_mounted(served: Served) -> None:
    head = "GET /help-now HTTP/1.1\nHost: localhost\nConnection: close"
    for name in ("SCRIPT_NAME: /elsewhere", "PATH_INFO: /you", "SCRIPT_NAME: /help-now"):
        answer = raw(served.port, f"{head}\n{name}")
        assert answer.startswith("HTTP/1.1 200"), answer[:200]
        assert 'href="/mindfulness"' in answer


def test_an_address_with_a_code_in_it_never_stands_in_the_servers_log(served: Served) -> None:
    for head in (f"GET /join/{CODE} HTTP/9.9\nHost: x", f"GET /join/{CODE} once more\nHost: x"):
        assert raw(served.port, head).startswith("HTTP/1.1 400")
    said = served.log.read_text()
    assert "a request that isn't HTTP" in said
    assert CODE not in said


def test_a_request_that_takes_too_long_is_logged_by_its_place_and_not_by_its_address(
    capfd: pytest.CaptureFixture[str],
) -> None:
    loader = SourceFileLoader("gunicorn_conf", str(root() / "gunicorn.conf.py"))
    module = module_from_spec(spec_from_loader("gunicorn_conf", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    log = module.logger_class(Config())
    try:
        raise SystemExit(f"words, at /join/{CODE}")
    except SystemExit:
        # As gunicorn/workers/base.py says it, of a worker that is told to give up.
        log.exception("Error handling request %s %s", "POST", f"/join/{CODE}")
    said = "".join(capfd.readouterr())
    assert "a request ended by SystemExit at " in said
    assert CODE not in said


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx on this machine")
def test_through_nginx_as_we_give_it_a_person_signs_in_on_any_port(
    served: Served, tmp_path: Path
) -> None:
    with proxied("nginx", served.port, tmp_path, port=served.public) as proxy:
        for says_where_from in (True, False):
            sign_in_over_https(proxy.address, proxy.certificate, says_where_from)


def sign_in_over_https(address: str, certificate: Path, says_where_from: bool) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trust),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
    )
    page = browser.open(f"{address}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    fields = {"csrf_token": token[1], "username": "ana", "password": PASSWORD}
    sent = urllib.request.Request(
        f"{address}/sign-in", urllib.parse.urlencode(fields).encode(),
        {"Referer": f"{address}/sign-in", "Origin": address} if says_where_from else {},
    )  # fmt: skip
    answer = browser.open(sent)
    assert (answer.status, answer.url) == (200, f"{address}/today")
    assert "Ana" in answer.read().decode()


def test_what_postgresql_takes_is_in_a_lock_of_its_own_with_the_same_versions() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (root() / name).read_text(), re.M))

    with_driver, without = pinned("requirements-postgres.lock"), pinned("requirements.lock")
    assert without < with_driver
    assert any(requirement.startswith("psycopg==") for requirement in with_driver - without)
