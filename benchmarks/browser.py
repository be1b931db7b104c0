"""A small client: opens pages on loopback with cookies, fills in forms, makes load."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode

from benchmarks.servers import Server

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What came back."""

    status: int
    text: str


@dataclass
class Browser:
    """One person's browser."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    more: dict[str, str] = field(default_factory=dict)  # headers

    def get(self, path: str) -> Answer:
        """Open a page and remember its cookies and its form token."""
        answer = self._ask("GET", path)
        found = CSRF.search(answer.text)
        if found:
            self.token = unescape(found[1])
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode({"csrf_token": self.token, **fields}))

    def headers(self) -> dict[str, str]:
        """What this browser sends with every request."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        known = {"Cookie": cookies, "Accept": "text/html", "Accept-Encoding": "gzip"}
        return known | self.more

    def connection(self) -> HTTPConnection:
        """A new one: sync workers close after each answer."""
        return HTTPConnection("127.0.0.1", self.server.port, timeout=20)

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = self.connection()
        try:
            headers = self.headers() | ({"Content-Type": FORM} if body else {})
            connection.request(method, path, body, headers | {"Accept-Encoding": "identity"})
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or []:
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(response.status, response.read().decode())
        finally:
            connection.close()


@dataclass(frozen=True)
class Request:
    """One request of a load."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None = None

    def sent(self) -> bytes:
        """As it goes over the wire."""
        body = (self.body or "").encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Load:
    """What a load cost the server."""

    requests: int
    cpu_ms: float  # of the workers, a request
    per_second: float
    p95_ms: float


def load(
    server: Server,
    make: Callable[[int], Request],
    expected: int,
    *,
    at_once: int = 8,
    seconds: float = 1.0,
) -> Load:
    """Send what `make(number)` says from `at_once` clients, for some seconds.

    Raises RuntimeError for any answer but the expected one: a fast refusal is no page.
    """
    took: list[float] = []
    wrong: list[int] = []
    start, cpu = time.perf_counter(), server.cpu()
    numbers = iter(range(1_000_000))  # one iterator for all threads: each number once

    def ask() -> None:
        answer = bytearray(1_000_000)
        while not wrong:  # each at least once
            sent = make(next(numbers)).sent()
            begun = time.perf_counter()
            try:
                status = _exchange(server.port, sent, answer)
            except (OSError, ValueError):
                status = 0
            took.append((time.perf_counter() - begun) * 1000)
            if status != expected:
                wrong.append(status)
            if time.perf_counter() > start + seconds:
                return

    threads = [threading.Thread(target=ask) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"expected {expected}, got {wrong[0]}")
    lasted = time.perf_counter() - start
    used = (server.cpu() - cpu) * 1000
    p95 = statistics.quantiles(took, n=20)[-1]
    return Load(len(took), used / len(took), len(took) / lasted, p95)


def _exchange(port: int, sent: bytes, answer: bytearray) -> int:
    """Send a request and read its whole answer; says its status.

    By hand, since a client that works hard takes the CPU from the server that it asks. Sync
    workers close after each answer.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        room, read = memoryview(answer), 0
        while more := connection.recv_into(room[read:]):
            read += more
    return int(answer[9:12])
