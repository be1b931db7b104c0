"""Asking the clinic's own address, as a phone would: what answers there, and as whom it sees us.

The question carries a mark that only a holder of our keys can make, and that is worth nothing two
minutes later. The address is the one that was set; no redirect and no proxy is followed.
"""

import hmac
import json
import secrets
import ssl
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any

from webapp.core.crypto.keys import Secrets
from webapp.doctor.case import Case

MARK = "Groundwork-Check"
SEEN = "/healthz/seen"
FORGED = "192.0.2.77"  # no machine has it (RFC 5737): a client that lies about where it is
SECONDS, LASTS = 4, 120
MOST = 4_096


class Unreachable(Exception):
    """Nothing answered there. Its word is the kind of trouble."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str

    @property
    def told(self) -> dict[str, Any] | None:
        """What the app says of the question, if it was the app."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) and self.status == 200 else None


def mark(held: Secrets) -> str:
    """Made anew for each question."""
    said = f"{int(time.time())}.{secrets.token_hex(8)}"
    return f"{said}.{_signed(held, said)}"


def is_ours(held: Secrets, given: str) -> bool:
    """Whether a mark was made with our keys a moment ago."""
    said, _dot, signed = given.rpartition(".")
    at = said.partition(".")[0]
    is_one = given.isascii() and hmac.compare_digest(signed, _signed(held, said))
    return is_one and abs(time.time() - int(at)) <= LASTS


def ask(case: Case, path: str, headers: dict[str, str]) -> Answer:
    """Get one page. Raises Unreachable, or SSLError for a certificate that doesn't hold."""
    with closing(_connection(case)) as connection:
        try:
            connection.request("GET", path, headers=headers | {"Connection": "close"})
            response = connection.getresponse()
            return Answer(response.status, response.read(MOST).decode(errors="replace"))
        except ssl.SSLError:
            raise
        except (OSError, HTTPException) as trouble:
            raise Unreachable(type(trouble).__name__) from None


def certificate_ends(case: Case) -> float:
    """When the address's certificate ends. Raises as `ask` does."""
    with closing(_connection(case)) as connection:
        try:
            connection.connect()
            tls: Any = connection.sock
            return ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
        except ssl.SSLError:
            raise
        except OSError as trouble:
            raise Unreachable(type(trouble).__name__) from None


def _connection(case: Case) -> HTTPConnection:
    host, port = case.address.hostname or "", case.address.port
    if case.address.scheme != "https":
        return HTTPConnection(host, port, timeout=SECONDS)
    context = ssl.create_default_context()
    if case.authorities:
        context.load_verify_locations(case.authorities)
    return HTTPSConnection(host, port, timeout=SECONDS, context=context)


def _signed(held: Secrets, said: str) -> str:
    return hmac.digest(held.derived("system check"), said.encode(), "sha256").hex()
