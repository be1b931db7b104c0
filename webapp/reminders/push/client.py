"""Posting many small messages to few hosts: pooled TLS connections, `IN_FLIGHT` at once to each.

Written for hosts that mean harm. The name is resolved here and every address it stands for is
checked; then that very address is connected to, while TLS still asks for the name's certificate:
a resolver that answers differently a second later changes nothing. No redirect is followed, no
proxy is asked, an answer ends at 4 KiB, and one message takes under five seconds, whatever happens.
"""

import asyncio
import socket
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from webapp.reminders.push.endpoints import Endpoint, Hosts, NotAllowed
from webapp.reminders.push.messages import Message

IN_FLIGHT = 128
CONNECT, WHOLE, LAST_LOOK = 3.0, 4.3, 0.2  # seconds
SLOW = 0.3  # seconds: a host that takes longer gets no second round in the same batch
HEAD, BODY = 16_384, 4_096  # bytes
KEPT_OPEN, NAMES_KEPT = 20.0, 30.0  # seconds

Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True)
class PushAnswer:
    """What became of one message. `trouble` says in a word why there is no status."""

    status: int | None
    retry_after: str = ""
    trouble: str = ""

    @property
    def was_tried(self) -> bool:
        """Whether anything was sent at all; if not, its turn comes with the next batch."""
        return self.trouble != "no time"


@dataclass(frozen=True)
class Request:
    """A message that is sealed only when its turn comes, or says then why there is none."""

    endpoint: Endpoint
    seal: Callable[[], Message | PushAnswer]


# What waits for one host. A host that is slow, or down, holds up no other.
_Queue = deque[tuple[int, Request]]


@dataclass
class _Connection:
    """One open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: bool = False
    since: float = 0.0

    @property
    def is_alive(self) -> bool:
        fresh = time.monotonic() - self.since < KEPT_OPEN
        return fresh and not self.reader.at_eof() and not self.writer.is_closing()


class _Broken(Exception):
    """The other side ended a kept connection before it answered."""


class _Nonsense(Exception):
    """The answer isn't HTTP, or too much of it."""


async def system_resolver(host: str, port: int) -> list[str]:
    """Every address that a name stands for."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


class PushClient:
    """The way out. Belongs to one event loop."""

    def __init__(
        self,
        hosts: Hosts,
        authorities: str = "",
        resolve: Resolve = system_resolver,
        in_flight: int = IN_FLIGHT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts, self._resolve, self._monotonic = hosts, resolve, monotonic
        self._tls = ssl.create_default_context()
        if authorities:
            self._tls.load_verify_locations(authorities)
        self._in_flight = in_flight
        self._idle: dict[tuple[str, int], list[_Connection]] = {}
        self._names: dict[tuple[str, int], tuple[float, asyncio.Task[list[str]]]] = {}

    async def send_all(self, requests: Iterable[Request | PushAnswer]) -> list[PushAnswer]:
        """Send them all, many at once; the answers in the same order.

        Each is sealed when its turn comes, so one is encrypted while others are under way. What
        can't be sent at all has its answer in its place.
        """
        answers: dict[int, PushAnswer] = {}
        queues: dict[tuple[str, int], _Queue] = {}
        for number, request in enumerate(requests):
            if isinstance(request, PushAnswer):
                answers[number] = request
                continue
            where = request.endpoint.host, request.endpoint.port
            queues.setdefault(where, _Queue()).append((number, request))
        async with asyncio.TaskGroup() as tasks:
            for queue in queues.values():
                for _ in range(min(len(queue), self._in_flight)):
                    tasks.create_task(self._send_queue(queue, answers))
        return [answers[number] for number in range(len(answers))]

    async def send(self, message: Message) -> PushAnswer:
        """Send one message. Never raises for anything that the other side can do."""
        if self._monotonic() > message.until:
            return PushAnswer(None, trouble="late")
        try:
            async with _within(WHOLE):
                return await self._send(message)
        except TimeoutError:
            return PushAnswer(None, trouble="timeout")
        except NotAllowed:
            return PushAnswer(None, trouble="inner address")
        except ssl.SSLError:
            return PushAnswer(None, trouble="tls")
        except socket.gaierror:
            return PushAnswer(None, trouble="name")
        except (OSError, _Broken, asyncio.IncompleteReadError):
            return PushAnswer(None, trouble="connection")
        except (_Nonsense, asyncio.LimitOverrunError, ValueError):
            return PushAnswer(None, trouble="answer")

    async def _send_queue(self, queue: _Queue, answers: dict[int, PushAnswer]) -> None:
        took = 0.0
        while queue:
            number, request = queue.popleft()
            if took > SLOW:
                # The rest of the batch doesn't wait for another round; these go with the next one.
                answers[number] = PushAnswer(None, trouble="no time")
                continue
            began, message = self._monotonic(), request.seal()
            answers[number] = (
                message if isinstance(message, PushAnswer) else await self.send(message)
            )
            took = self._monotonic() - began

    async def close(self) -> None:
        """Hang up everywhere."""
        for connections in self._idle.values():
            for connection in connections:
                connection.writer.transport.abort()
        self._idle.clear()
        await asyncio.sleep(0)

    async def _send(self, message: Message) -> PushAnswer:
        connection = await self._connection(message.endpoint)
        try:
            return await self._exchange(connection, message)
        except _Broken:
            # A kept connection that had ended meanwhile: nothing was answered, so once more.
            return await self._exchange(await self._connect(message.endpoint), message)

    async def _exchange(self, connection: _Connection, message: Message) -> PushAnswer:
        keep = False
        try:
            connection.writer.write(_as_http(message))
            await connection.writer.drain()
            status, headers = await _head(connection)
            keep = await _drained(connection.reader, status, headers)
            return PushAnswer(status, headers.get("retry-after", ""))
        except (ConnectionError, asyncio.IncompleteReadError):
            if connection.used:
                raise _Broken from None
            raise
        finally:
            if keep:
                connection.used, connection.since = True, time.monotonic()
                where = message.endpoint.host, message.endpoint.port
                self._idle.setdefault(where, []).append(connection)
            else:
                connection.writer.transport.abort()

    async def _connection(self, endpoint: Endpoint) -> _Connection:
        idle = self._idle.get((endpoint.host, endpoint.port), [])
        while idle:
            connection = idle.pop()
            if connection.is_alive:
                return connection
            connection.writer.transport.abort()
        return await self._connect(endpoint)

    async def _connect(self, endpoint: Endpoint) -> _Connection:
        addresses = await asyncio.shield(self._addresses(endpoint))
        for address in addresses:
            self._hosts.check_address(endpoint, address)
        trouble: OSError = socket.gaierror()
        async with asyncio.timeout(CONNECT):
            for address in addresses[:2]:
                try:
                    reader, writer = await asyncio.open_connection(
                        address, endpoint.port, ssl=self._tls, server_hostname=endpoint.host,
                        limit=HEAD,
                    )  # fmt: skip
                    return _Connection(reader, writer)
                except OSError as error:
                    trouble = error
        raise trouble

    def _addresses(self, endpoint: Endpoint) -> asyncio.Task[list[str]]:
        where, now = (endpoint.host, endpoint.port), time.monotonic()
        until, task = self._names.get(where, (0.0, None))
        if task is None or now > until or (task.done() and task.exception() is not None):
            task = asyncio.ensure_future(self._ask(endpoint))
            self._names[where] = now + NAMES_KEPT, task
        return task

    async def _ask(self, endpoint: Endpoint) -> list[str]:
        return await self._resolve(endpoint.host, endpoint.port)


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    """A time limit that a sleep of the whole machine doesn't use up.

    On waking, the end of the time and an answer that came meanwhile are there at once; whoever
    didn't read it would send the message again.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:
        ends = loop.call_later(seconds, lambda: limit.reschedule(loop.time() + LAST_LOOK))
        try:
            yield
        finally:
            ends.cancel()


def _as_http(message: Message) -> bytes:
    lines = [f"POST {message.endpoint.target} HTTP/1.1", f"Host: {message.endpoint.authority}"]
    lines += [f"{name}: {value}" for name, value in message.headers.items()]
    lines += [f"Content-Length: {len(message.body)}", "", ""]
    return "\r\n".join(lines).encode("ascii") + message.body


async def _head(connection: _Connection) -> tuple[int, dict[str, str]]:
    for _interim in range(4):
        raw = await connection.reader.readuntil(b"\r\n\r\n")
        first, *rest = raw[:-4].decode("latin-1").split("\r\n")
        version, _, after = first.partition(" ")
        if not version.startswith("HTTP/1.") or not after[:3].isdigit():
            raise _Nonsense
        if not after.startswith("1"):
            pairs = (line.partition(":") for line in rest)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            headers.setdefault("connection", "close" if version == "HTTP/1.0" else "")
            return int(after[:3]), headers
    raise _Nonsense


async def _drained(reader: asyncio.StreamReader, status: int, headers: dict[str, str]) -> bool:
    """Read what little an answer may hold; whether the connection can be used again.

    What the status says is known by now, so trouble here is no trouble.
    """
    if "close" in headers["connection"].lower():
        return False
    length = headers.get("content-length", "0" if status == 204 else "")
    if length == "0" and "transfer-encoding" not in headers:
        return True
    try:
        async with asyncio.timeout(1):
            if "chunked" in headers.get("transfer-encoding", "").lower():
                return await _chunks_end(reader)
            if not length.isdigit() or int(length) > BODY:
                return False
            await reader.readexactly(int(length))
    except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
        return False
    except asyncio.LimitOverrunError:
        return False
    return True


async def _chunks_end(reader: asyncio.StreamReader) -> bool:
    left = BODY
    while left > 0:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if size == 0:
            return await reader.readuntil(b"\r\n") == b"\r\n"
        left -= size
        if left > 0:
            await reader.readexactly(size + 2)
    return False
