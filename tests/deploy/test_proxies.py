"""In front of the app, with our own files: what a proxy must keep away, pass on, and say."""

import base64
import hashlib
import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.deploy.proxies import DEPLOY, PROXIES, WARNINGS, Proxy, free_port, in_front_of, proxied
from tests.house.everywhere import Outline, said
from tests.house.test_plain_english import wrong_in
from tests.house.test_words import BLAMES, grade
from webapp.config import HelpLines
from webapp.core import limits

pytestmark = pytest.mark.faults

CODE = "K7QM-4RTX-9WPD"
DOWN = DEPLOY / "down.html"
PATIENT = 40  # slow clients at a time; two of them would stop gunicorn alone


@dataclass
class App:
    """What stands where gunicorn would, and what reached it."""

    port: int
    asked: list[tuple[str, dict[str, str], int]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    whole: int = 0  # bodies that came to their end


@pytest.fixture
def app_there() -> Iterator[App]:
    heard = App(0)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.paths.add(self.path)
            length = int(self.headers.get("Content-Length", 0))
            chunked = self.headers.get("Transfer-Encoding") == "chunked"
            got = b"".join(self.chunks()) if chunked else self.rfile.read(length)
            heard.asked.append((self.path, dict(self.headers), len(got)))
            heard.whole += chunked or len(got) == length
            body = b"x" * 900_000 if self.path == "/large" else b"the app's own"
            self.send_response(503 if self.path == "/busy" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline(), 16):  # raises where it is cut off
                yield self.rfile.read(size)
                self.rfile.readline()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        heard.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield heard
        server.shutdown()


@pytest.fixture(params=PROXIES)
def proxy_name(request: pytest.FixtureRequest) -> str:
    if PROXIES[request.param] is None:
        pytest.skip(f"no {request.param} on this machine")
    return str(request.param)


@pytest.fixture
def proxy(proxy_name: str, app_there: App, tmp_path: Path) -> Iterator[Proxy]:
    with proxied(proxy_name, app_there.port, tmp_path) as there:
        yield there


@pytest.fixture
def alone(proxy_name: str, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy whose app was stopped."""
    with proxied(proxy_name, free_port(), tmp_path) as there:
        yield there


def asked(
    proxy: Proxy, path: str, body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    line = http.client.HTTPSConnection("localhost", proxy.port, timeout=60, context=proxy.trust)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request("GET" if body is None else "POST", path, body, named)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return answer, content


def written(proxy: Proxy) -> str:
    return "".join(file.read_text() for file in proxy.folder.glob("*.log"))


def test_while_the_app_is_down_a_page_says_where_help_is(alone: Proxy) -> None:
    for body in (None, b"words=mine"):
        answer, page = asked(alone, f"/join/{CODE}", body)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert page == DOWN.read_bytes()
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Groundwork" not in answer.headers, "the worker would take it for an answer"
        style = re.search(rb"<style>(.*?)</style>", page, re.S)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1]).digest()).decode()
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert CODE not in written(alone)


@pytest.mark.skipif(PROXIES["nginx"] is None, reason="no nginx on this machine")
def test_of_several_machines_one_that_is_gone_is_noticed_by_nobody(
    app_there: App, tmp_path: Path
) -> None:
    ports = [free_port(), app_there.port, free_port()]
    with in_front_of(ports, tmp_path, free_port()) as proxy:
        for _ in range(9):
            assert asked(proxy, "/today")[0].status == 200
            assert asked(proxy, "/journal/new", b"urge=7")[0].status == 200
    assert len(app_there.asked) == 18


def test_the_apps_own_pages_about_trouble_are_passed_on(proxy: Proxy) -> None:
    answer, page = asked(proxy, "/busy")
    assert (answer.status, page) == (503, b"the app's own")


def test_who_asks_is_said_by_the_proxy_and_by_no_client(proxy: Proxy, app_there: App) -> None:
    lies = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "http",
            "X_Forwarded_Host": "evil.example"}  # fmt: skip
    assert asked(proxy, "/today", **lies)[0].status == 200
    (_path, headers, _length), = app_there.asked  # fmt: skip
    told = {name.lower(): value for name, value in headers.items()}
    here = f"localhost:{proxy.port}"
    assert (told["host"], told["x-forwarded-host"], told["x-forwarded-proto"]) == (
        here,
        here,
        "https",
    )
    assert told["x-forwarded-for"] == "127.0.0.1"


def test_what_people_write_reaches_the_app_whole_and_no_disk_and_no_log(
    proxy: Proxy, app_there: App
) -> None:
    assert asked(proxy, f"/join/{CODE}", b"x" * limits.REQUEST)[0].status == 200
    assert app_there.asked[-1][2] == limits.REQUEST
    assert len(asked(proxy, "/large")[1]) == 900_000
    warnings = proxy.folder / WARNINGS
    assert not warnings.exists() or "temporary file" not in warnings.read_text()
    assert CODE not in written(proxy)


@pytest.mark.parametrize("framing", ["Content-Length: 9000000", "Transfer-Encoding: chunked"])
def test_more_than_the_app_takes_never_reaches_it_as_something_whole(
    proxy: Proxy, app_there: App, framing: str
) -> None:
    body, is_counted = b"x" * 9_000_000, framing.startswith("Content")
    with proxy.connected() as line:
        line.sendall(f"POST /sync HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n".encode())
        with suppress(OSError):  # it may hang up before all was sent
            line.sendall(body if is_counted else b"895440\r\n" + body + b"\r\n0\r\n\r\n")
        with suppress(OSError):
            assert line.recv(200).split()[1] in (b"413", b"503")
    assert not app_there.whole


def test_slow_clients_keep_no_one_else_waiting(proxy: Proxy, app_there: App) -> None:
    slow = [proxy.connected() for _ in range(2 * PATIENT)]
    for number, line in enumerate(slow):
        head = b"POST /sync HTTP/1.1\r\nHost: localhost\r\n"
        line.sendall(head + (b"Content-Length: 500\r\n\r\nx" if number % 2 else b"Slow: "))
    for _ in range(10):
        assert asked(proxy, "/today")[0].status == 200
    assert app_there.paths == {"/today"}, "gunicorn would wait for them"
    for line in slow:
        line.close()


@pytest.mark.parametrize("path", ["/readyz", "/readyz?x=1", "/%72eadyz", "/./readyz"])
def test_whether_it_is_ready_is_said_to_no_one_outside(
    proxy: Proxy, app_there: App, path: str
) -> None:
    assert asked(proxy, path)[0].status == 404
    assert not app_there.paths


def test_the_page_asks_no_one_else_for_anything_and_has_the_numbers() -> None:
    page = Outline(DOWN.read_text())
    leads = ("href", "src", "action")
    addresses = [it.attrs[name] for it in page.elements for name in leads if name in it.attrs]
    assert addresses == ["/", f"tel:{HelpLines.emergency}", f"tel:{HelpLines.crisis_call}",
                         f"sms:{HelpLines.crisis_text}"]  # fmt: skip
    assert not re.search(r"url\(|@import|<script|style=", DOWN.read_text())


def test_the_page_is_said_like_every_other() -> None:
    texts = [" ".join(text.split()) for _element, text in said(Outline(DOWN.read_text()))]
    assert len(texts) > 8
    for text in texts:
        assert not wrong_in(text)
        assert not BLAMES.search(text)
        assert not re.search(r"\w'\w|\.\.\.", text)
    assert grade(" ".join(text if text[-1] in ".?" else f"{text}." for text in texts)) <= 6
