"""The one function that fetches a feed from the world, and what it never does.

Only https, only on public addresses, and the address that was checked is the one connected to (a
name that answers differently a second later changes nothing). Redirects are checked the same way.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from threading import Thread, Timer
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from webapp.core.addresses import is_public
from webapp.core.wording import gettext as _
from webapp.meetings.errors import NotImported
from webapp.meetings.formats import TAKEN

MEGABYTE = 1024 * 1024
WAIT = 15.0  # seconds: for the next bytes
REDIRECTS = 3
CHUNK = 64 * 1024
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Bounds:
    """How much is fetched at most, and how long it may take."""

    size: int  # bytes
    whole: float  # seconds, for everything


AT_NIGHT = Bounds(64 * MEGABYTE, 120.0)  # some 100,000 meetings
WHILE_SOMEONE_WAITS = Bounds(4 * MEGABYTE, 10.0)


class FeedRefused(NotImported):
    """Nothing was fetched."""


class TooLarge(FeedRefused):
    """There is more of it than is taken."""


def fetch(address: str, bounds: Bounds | None = None) -> Iterator[bytes]:
    """The body of a feed, in chunks. Raises FeedRefused."""
    bounds = bounds or AT_NIGHT
    until = monotonic() + bounds.whole
    for _hop in range(REDIRECTS + 1):
        parts = _checked(address)
        connection = _Connection(parts, until)
        try:
            response = connection.ask(parts)
            if response.status not in _MOVED:
                yield from _body(response, connection, bounds.size)
                return
            address = urljoin(address, response.getheader("Location") or "")
        finally:
            connection.hang_up()
    raise FeedRefused(_("The feed redirects too many times."))


def fetch_while_waiting(address: str) -> bytes:
    """The body, for a page that somebody waits for: a name that isn't found in time, too, ends it.

    Raises FeedRefused.
    """
    bounds, found = WHILE_SOMEONE_WAITS, Future[bytes]()

    def read() -> None:
        try:
            found.set_result(b"".join(fetch(address, bounds)))
        except Exception as trouble:
            found.set_exception(trouble)

    # Within this request's language.
    Thread(target=copy_context().run, args=(read,), daemon=True).start()
    try:
        return found.result(bounds.whole + 1)
    except TimeoutError:
        raise FeedRefused(_("The feed took too long.")) from None
    except TooLarge as refused:
        at_server = _("Whoever runs the server can import it: groundwork import-meetings.")
        raise FeedRefused(f"{refused} {at_server}") from None


class _Connection(http.client.HTTPSConnection):
    """A connection to the checked address of a host, for as long as we are ready to wait."""

    def __init__(self, parts: SplitResult, until: float) -> None:
        host, port = parts.hostname or "", parts.port or 443
        self._where = _public_address(host, port)
        self._tls = ssl.create_default_context()
        self._timer = Timer(until - monotonic(), self._give_up)
        self._timer.daemon = True
        self._has_given_up = False
        self._line: ssl.SSLSocket | None = None
        super().__init__(host, port, timeout=WAIT)

    def connect(self) -> None:
        """To the address that was checked; the certificate must be the name's."""
        self._timer.start()
        plain = socket.create_connection(self._where, timeout=WAIT)
        self._line = self.sock = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        if self._has_given_up:  # before there was a line to cut
            raise TimeoutError
        self._line.do_handshake()

    def ask(self, parts: SplitResult) -> http.client.HTTPResponse:
        """The answer's head."""
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            self.request("GET", path, headers=headers | {"User-Agent": "Groundwork"})
            return self.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FeedRefused(self.trouble(error)) from None

    def next_bytes(self, response: http.client.HTTPResponse) -> bytes:
        """Some more of the body; none at its end."""
        try:
            chunk = response.read1(CHUNK)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FeedRefused(self.trouble(error)) from None
        if not chunk and (self._has_given_up or response.length):
            raise FeedRefused(self.trouble(EOFError()))
        return chunk

    def trouble(self, error: Exception) -> str:
        """What went wrong, in a sentence."""
        if self._has_given_up or isinstance(error, TimeoutError):
            return _("The feed took too long.")
        if isinstance(error, ssl.SSLCertVerificationError):
            return _("The feed’s server doesn’t have a trusted certificate.")
        return _("The feed’s server can’t be reached or closed the connection.")

    def hang_up(self) -> None:
        """Let go of the line. (http.client calls `close` itself while a body is still coming.)"""
        self._timer.cancel()
        self.close()
        if self._line is not None:
            self._line.close()

    def _give_up(self) -> None:
        self._has_given_up = True
        if self._line is not None:
            # Past the TLS layer: another thread is waiting inside it.
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        good = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        good = False
    if not good:
        raise FeedRefused(_("A feed’s address must start with https:// and include a host."))
    if parts.username or parts.password:
        raise FeedRefused(_("A feed’s address can’t include a username."))
    if not address.isascii() or any(
        character.isspace() or ord(character) < 32 for character in address
    ):
        raise FeedRefused(_("The feed’s address has a character that isn’t allowed."))
    return parts


def _public_address(host: str, port: int) -> tuple[str, int]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FeedRefused(_("Host not found: %(host)s.", host=host)) from None
    addresses = [str(info[4][0]) for info in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise FeedRefused(_("%(host)s is on a private network. Feeds must be public.", host=host))
    return addresses[0], port


def _body(
    response: http.client.HTTPResponse, connection: _Connection, size: int
) -> Iterator[bytes]:
    if response.status != 200:
        raise FeedRefused(_("The feed’s server answered %(status)s.", status=response.status))
    kind = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
    if not (kind.endswith("json") or kind in ("", "text/plain", "application/octet-stream")):
        sent = kind or _("nothing")
        raise FeedRefused(
            _("The feed’s server sent %(sent)s, not JSON. %(taken)s", sent=sent, taken=TAKEN)
        )
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise FeedRefused(_("The feed’s server sent compressed data. Ask it for plain JSON."))
    length = response.getheader("Content-Length") or ""
    left, too_large = size, _("The feed is larger than %(size)s MB.", size=size // MEGABYTE)
    if length.isdigit() and int(length) > left:
        raise TooLarge(too_large)
    while chunk := connection.next_bytes(response):
        left -= len(chunk)
        if left < 0:
            raise TooLarge(too_large)
        yield chunk
