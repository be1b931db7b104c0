"""500 lines on which nothing comes and 500 on which a byte comes each second, through our nginx.

python -m benchmarks.load slow-clients
"""

import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from benchmarks import clinic
from benchmarks.browser import Browser
from benchmarks.crowds import Heard, everyday
from benchmarks.pages import signed_in
from benchmarks.report import Result
from benchmarks.servers import serving
from tests.deploy.proxies import PROXIES, Proxy, proxied

SILENT, SLOW, LASTS, PACE = 500, 500, 45, 10  # lines; seconds; requests a second of others
EACH = 50  # lines of one thread
HEAD = b"POST /sync HTTP/1.1\r\nHost: localhost\r\n"
HEADERS, BODY = HEAD + b"Slow: ", HEAD + b"Content-Length: 500\r\n\r\n"


@dataclass
class ThroughProxy(Browser):
    """A browser that knows only the proxy."""

    proxy: Proxy | None = None

    def connection(self) -> HTTPConnection:
        assert self.proxy
        return HTTPSConnection("localhost", self.proxy.port, timeout=60, context=self.proxy.trust)


def run(url: str = "") -> list[Result]:
    """How long others wait, without them and with them. nginx cuts each off in time; it comes
    again at once."""
    if PROXIES["nginx"] is None:
        return []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-bench-")))
        made = clinic.fill(folder / "data", url=url)
        server = stack.enter_context(serving("wsgi:app", made.environ, "/healthz", folder / "log"))
        (folder / "proxy").mkdir()
        proxy = stack.enter_context(proxied("nginx", server.port, folder / "proxy"))
        people = []
        for name in made.patients:
            known = signed_in(server, name)
            people.append(ThroughProxy(server, known.cookies, proxy=proxy))
            people[-1].get("/journal/new")
        calm, meanwhile = Heard(), Heard()
        everyday(calm, people, LASTS, PACE)
        lines = _Lines(proxy)
        lines.open()
        try:
            everyday(meanwhile, people, LASTS, PACE)
        finally:
            opened = lines.close()
    calm.must_be_right()
    meanwhile.must_be_right()
    return [
        Result(
            "1,000 slow",
            f"p99 of others through nginx, beside {SILENT} lines without a word and {SLOW} with "
            "a byte a second", meanwhile.percentile(99), 1_000,
            f"{calm.percentile(99):.0f} ms without them; p95 {meanwhile.percentile(95):.0f} "
            f"against {calm.percentile(95):.0f} ms; {len(meanwhile.took)} requests, none refused; "
            f"{opened:,} lines in {LASTS} s", unit="ms",
        )
    ]  # fmt: skip


class _Lines:
    """All of them, each opened anew when it is cut off."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy, self._over, self._opened = proxy, threading.Event(), 0
        self._all_there = threading.Barrier((SILENT + SLOW) // EACH + 1)
        self._threads = [
            threading.Thread(target=self._keep, args=(make,))
            for make, count in ((self._silent, SILENT), (self._slow, SLOW))
            for _ in range(count // EACH)
        ]

    def open(self) -> None:
        """Return when all of them are there."""
        for thread in self._threads:
            thread.start()
        self._all_there.wait()

    def close(self) -> int:
        """How many there were in all."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self._opened

    def _silent(self) -> socket.socket:
        """A line that never begins to say who it is: half of a TLS handshake."""
        return socket.create_connection(("127.0.0.1", self._proxy.port), 60)

    def _slow(self) -> socket.socket:
        line = self._proxy.connected()
        line.sendall(HEADERS if self._opened % 2 else BODY)
        return line

    def _keep(self, make: Callable[[], socket.socket]) -> None:
        lines = [self._new(make) for _ in range(EACH)]
        self._all_there.wait()
        while not self._over.wait(1):
            lines = [line if _still(line) else self._new(make) for line in lines]
        for line in lines:
            line.close()

    def _new(self, make: Callable[[], socket.socket]) -> socket.socket:
        self._opened += 1
        line = make()
        line.setblocking(False)
        return line


def _still(line: socket.socket) -> bool:
    """Whether it is open: a byte on it, where that can be sent, and nothing that says otherwise."""
    try:
        if isinstance(line, ssl.SSLSocket):
            line.send(b"x")
        return line.recv(1) != b""
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
        return True
    except OSError:
        with suppress(OSError):
            line.close()
        return False
