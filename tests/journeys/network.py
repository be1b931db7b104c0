"""A bad network: a proxy on loopback that cuts, delays, and answers what isn't ours."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.browser import PATIENCE

LONG = 6_000  # bytes
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date"}


class Trouble(Enum):
    """What a network can do to somebody."""

    NONE = auto()
    DEAD = auto()  # nobody answers
    CUT = auto()  # cut after the server has committed, before its answer arrives
    SLOW = auto()  # no answer until the network is better
    GARBAGE = auto()  # 200, and none of it ours
    BAD_GATEWAY = auto()  # a proxy's own error page
    PORTAL = auto()  # a hotel's login page
    TIGHT = auto()  # a proxy that lets nothing long through


@dataclass
class Network:
    """Between phone and server. `trouble` is what happens to requests that `hits` says."""

    address: str
    trouble: Trouble = Trouble.NONE
    hits: Callable[[str, str], bool] = lambda _method, _path: True
    asked: list[str] = field(default_factory=list)

    def goes(self, trouble: Trouble, method: str = "", path: str = "") -> None:
        """From now on, this happens: `goes(Trouble.CUT, "POST", "/journal")`."""
        self.trouble = trouble
        self.hits = lambda used, where: method in used and where.startswith(path)

    def until(self, asked: str) -> None:
        """Wait until a request has come this far: `until("POST /journal/new")`. A page that is on
        its way elsewhere can't be asked meanwhile."""
        end = time.monotonic() + PATIENCE / 1000
        while asked not in self.asked:
            assert time.monotonic() < end, f"nobody asked {asked}: {self.asked}"
            threading.Event().wait(0.05)

    def comes_back(self) -> None:
        """Everything goes through again."""
        self.trouble = Trouble.NONE


@contextmanager
def network_before(server: str) -> Iterator[Network]:
    """Stand between a browser and the server at this address."""
    network = Network("")
    target = urlsplit(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            network.asked.append(f"{self.command} {self.path}")
            hit = network.hits(self.command, self.path)
            trouble = network.trouble if hit else Trouble.NONE
            if trouble == Trouble.TIGHT and len(body) <= LONG:
                trouble = Trouble.NONE
            if trouble in (Trouble.NONE, Trouble.CUT, Trouble.SLOW):
                connection, response = self._ask(body)
                with connection:
                    if trouble == Trouble.SLOW:
                        self._wait_for_better()
                    if trouble == Trouble.CUT:
                        response.read()
                        self._hang_up()
                    else:
                        headers = [
                            header
                            for header in response.getheaders()
                            if header[0].lower() not in HOP_BY_HOP
                        ]
                        self._answer(response.status, headers, response.read())
            elif trouble == Trouble.DEAD:
                self._hang_up()
            elif trouble == Trouble.TIGHT:
                self._answer(413, [("Content-Type", "text/html")], b"Too long.")
            elif trouble == Trouble.PORTAL:
                self._answer(302, [("Location", "http://localhost:9/log-in-here")], b"")
            else:
                status = 502 if trouble == Trouble.BAD_GATEWAY else 200
                page = b"<!doctype html><title>Hotel</title><h1>Room and password, please</h1>"
                self._answer(status, [("Content-Type", "text/html")], page)

        do_GET = do_POST = do_HEAD = _pass_on

        def _ask(self, body: bytes) -> tuple["_Connection", HTTPResponse]:
            connection = _Connection(target.hostname or "", target.port, timeout=PATIENCE / 1000)
            headers = dict(self.headers.items())
            connection.request(self.command, self.path, body, headers)
            return connection, connection.getresponse()

        def _wait_for_better(self) -> None:
            while network.trouble == Trouble.SLOW:
                threading.Event().wait(0.05)

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def _hang_up(self) -> None:
            self.close_connection = True

        def log_message(self, format: str, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:  # the browser hung up
            ...

    proxy = Server(("127.0.0.1", 0), Handler)
    network.address = f"http://127.0.0.1:{proxy.server_port}"
    thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield network
    finally:
        network.comes_back()
        proxy.shutdown()
        proxy.server_close()
        thread.join()


class _Connection(HTTPConnection):
    """A connection that a `with` closes."""

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
