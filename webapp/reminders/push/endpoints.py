"""Where a push message may go: known push services only, by name and by address.

A phone's browser tells us its endpoint, so it is input: somebody could name a machine inside the
clinic's network instead. It is checked when it is kept, and again each time before it is used.
Pure: names and addresses in, a verdict out; asking the resolver is the client's business.
"""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from webapp.core.addresses import is_public

# Chromium and Android (builds without Google's own services use the second name), Firefox,
# Safari and iPhones, Edge on Windows.
SERVICES = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
LONGEST = 2_048

_VISIBLE = re.compile(r"[!-~]+")
_NAME = re.compile(r"(?!.*xn--)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class NotAllowed(ValueError):
    """This is no address that we write to. Says which rule, never the address."""


@dataclass(frozen=True)
class Endpoint:
    """A checked address of a push service."""

    host: str
    port: int
    target: str  # path and query

    @property
    def origin(self) -> str:
        """Scheme, host and any unusual port: what a VAPID token names as its audience."""
        return f"https://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and any unusual port: what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


@dataclass(frozen=True)
class Hosts:
    """The push services that may be written to: the known ones, and those the operator named.

    `push.example.org` (port 443), `*.example.org`, `push.example.org:8443`, `127.0.0.1:8443`. An
    address inside the own machine or network is used only when it is named itself.
    """

    named: tuple[str, ...] = ()

    def check(self, url: str) -> Endpoint:
        """Take an endpoint apart. Raises NotAllowed."""
        if not isinstance(url, str) or len(url) > LONGEST or not _VISIBLE.fullmatch(url):
            raise NotAllowed("length or characters")
        if not url.startswith("https://") or "\\" in url or "#" in url:
            raise NotAllowed("scheme")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise NotAllowed("host or port") from None
        if parts.netloc.lower() not in (host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"):
            raise NotAllowed("spelling")
        endpoint = Endpoint(host, port or 443, parts.path + (f"?{parts.query}" * bool(parts.query)))
        if port == 0 or not endpoint.target.startswith("/"):
            raise NotAllowed("port or path")
        if not self._is_listed(endpoint):
            raise NotAllowed("host")
        return endpoint

    def check_address(self, endpoint: Endpoint, address: str) -> None:
        """Whether a name may stand for this address right now. Raises NotAllowed."""
        if self._names_itself(endpoint):
            return
        if not is_public(address):
            raise NotAllowed("private address")

    def _is_listed(self, endpoint: Endpoint) -> bool:
        if endpoint.authority in self.named:
            return True
        if endpoint.port != 443 or not _NAME.fullmatch(endpoint.host):
            return False
        return any(_fits(endpoint.host, service) for service in (*SERVICES, *self.named))

    def _names_itself(self, endpoint: Endpoint) -> bool:
        return endpoint.authority in self.named and (
            endpoint.host == "localhost" or _is_address(endpoint.host)
        )


def check_keys(p256dh: str, auth: str) -> None:
    """Whether these can be a browser's keys: a point on P-256, 16 bytes. Raises NotAllowed."""
    try:
        point, secret = _decoded(p256dh), _decoded(auth)
        if len(point) != 65 or len(secret) != 16:
            raise NotAllowed("length of the keys")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise NotAllowed("keys") from None


def _decoded(text: str) -> bytes:
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}={0,2}", text):
        raise NotAllowed("characters of the keys")
    bare = text.rstrip("=")
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def _fits(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
