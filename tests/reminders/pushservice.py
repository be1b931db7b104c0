"""A push service on this machine, with TLS, that answers as well or as badly as it is told.

It opens what it gets with `http-ece`, code that has nothing to do with ours. Run alone, for
benchmarks: `python -m tests.reminders.pushservice PORT FOLDER DELAY_MS`.
"""

import asyncio
import json
import os
import ssl
import struct
import sys
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.certificates import HERE, certify


@dataclass
class FakePhone:
    """A phone's own half of a subscription."""

    name: str
    origin: str = ""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        return f"{self.origin}/push/{self.name}"

    @property
    def p256dh(self) -> str:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return urlsafe_b64encode(point).decode().rstrip("=")

    @property
    def auth(self) -> str:
        return urlsafe_b64encode(self.secret).decode().rstrip("=")

    @property
    def fields(self) -> dict[str, str]:
        """What its browser sends to the app."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}

    def opened(self, body: bytes) -> dict[str, Any]:
        """The message inside."""
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        )
        return json.loads(plain)


@dataclass(frozen=True)
class Got:
    """One request, and when it came by the clock of whoever runs the service."""

    name: str
    headers: dict[str, str]
    body: bytes
    at: float


class PushService:
    """`answers[name]` says what a phone's endpoint answers: see `Ways`."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.authority = folder / "push-authority.pem"
        self._tls = _certificate(folder, self.authority)
        self._now = now
        self.answers: dict[str, Callable[..., Any]] = {}
        self.got: list[Got] = []
        self.connections = 0
        self.delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def phone(self, name: str, answer: Callable[..., Any] | None = None) -> FakePhone:
        """A phone whose endpoint is here."""
        if answer:
            self.answers[name] = answer
        return FakePhone(name, self.origin)

    def to(self, name: str) -> list[Got]:
        """What came for one phone."""
        return [got for got in self.got if got.name == name]

    def start(self, port: int = 0) -> None:
        self.port = port
        self._thread.start()
        self._started.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls, backlog=512)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = dict(line.split(": ", 1) for line in head[1:-2])
                body = await reader.readexactly(int(headers["Content-Length"]))
                name = head[0].split(" ")[1].rpartition("/")[2]
                self.got.append(Got(name, headers, body, self._now()))
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self.answers.get(name, Ways.status(201))(writer)
                await writer.drain()
        writer.close()


class Ways:
    """In which a push service can answer."""

    @staticmethod
    def status(code: int, *lines: str, body: bytes = b"") -> Callable[..., Any]:
        head = [f"HTTP/1.1 {code} X", *lines, f"Content-Length: {len(body)}", "", ""]
        raw = "\r\n".join(head).encode() + body

        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(raw)

        return answer

    @staticmethod
    async def hang(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    @staticmethod
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 X\r\nContent-Length: 1073741824\r\n\r\n")
        for _ in range(600):
            writer.write(b"x" * 64)
            await writer.drain()
            await asyncio.sleep(0.1)

    @staticmethod
    async def endless_head(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 X\r\n")
        for number in range(600):
            writer.write(b"X-%d: y\r\n" % number)
            await writer.drain()
            await asyncio.sleep(0.1)

    @staticmethod
    async def reset(writer: asyncio.StreamWriter) -> None:
        socket = writer.get_extra_info("socket")
        socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    @staticmethod
    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")

    @staticmethod
    def in_a_row(*ways: Callable[..., Any]) -> Callable[..., Any]:
        left = list(ways)

        async def answer(writer: asyncio.StreamWriter) -> None:
            await (left.pop(0) if len(left) > 1 else left[0])(writer)

        return answer

    @staticmethod
    def at_date(when: datetime) -> str:
        return f"Retry-After: {format_datetime(when.astimezone(UTC), usegmt=True)}"


@contextmanager
def push_service(folder: Path, now: Callable[[], float] = time.time) -> Iterator[PushService]:
    """Run one."""
    service = PushService(folder, now)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def decoded(text: str) -> bytes:
    """Base64 as the web push standards write it."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _certificate(folder: Path, authority: Path) -> ssl.SSLContext:
    both = folder / "push-service.pem"
    if not both.exists():
        years = timedelta(days=3_650)  # tests live in other ones than their machine does
        pem = certify(both, HERE, x509.DNSName("localhost"), ends_in=years, since=years)
        authority.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


def main() -> None:
    port, folder, delay = int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    service = PushService(folder)
    service.delay = delay / 1000
    service.start(port)
    print(service.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
