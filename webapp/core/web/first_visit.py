"""Whoever comes from elsewhere has nothing of ours yet: what the first frame needs stands in the
page, by its hash in the policy. Each file of its own would be another round trip.

Who comes from a page of ours, or through the worker, has the files already, and gets links.
"""

import base64
import hashlib
import re
import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, current_app, request

from webapp.core.web.headers import CONTENT_SECURITY_POLICY

_LINKED = re.compile(
    rb'<link rel="stylesheet" href="/s/\w+/(?P<sheet>css/\w+\.css)">'
    rb'|<script type="module" blocking="render"(?= src="/s/\w+/js/app\.js">)'
)
ROOM = "js/room.js"
_SCRIPT = b'<script type="module" blocking="render">%s</script><script type="module"'
_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # of a gzip file: no name, no time
_LARGEST = 0xFFFF  # bytes of a block that isn't compressed


class Part(NamedTuple):
    """A piece of a page, as it reads and as it is sent; of a file, what the policy says of it."""

    plain: bytes
    sent: bytes
    rule: str = ""


def init_app(app: Flask) -> None:
    """Registered first, so that it comes last: the page is whole by then."""
    app.after_request(_in_the_page)


def _in_the_page(response: Response) -> Response:
    """Personal pages aren't compressed, or their size would tell of their words. Files are, each
    by itself, between blocks that aren't."""
    # Asked first, since it costs least: most pages are opened from one of ours.
    if not _comes_from_elsewhere() or response.content_encoding:
        return response
    parts = parts_of(response) if request.accept_encodings.quality("gzip") else []
    if len(parts) > 1:
        plain = b"".join(part.plain for part in parts)
        end = b"\1\0\0\xff\xff" + struct.pack("<LL", zlib.crc32(plain), len(plain))
        response.set_data(b"".join([_HEAD, *(part.sent for part in parts), end]))
        response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def parts_of(response: Response) -> list[Part]:
    """The page around the files that go into it, for whom they do; its policy then says so."""
    if not _comes_from_elsewhere() or response.mimetype != "text/html":
        return []
    page, parts, at = response.get_data(), [], 0
    for linked in _LINKED.finditer(page):
        name = linked["sheet"] or ROOM.encode()
        parts += [_text(page[at : linked.start()]),
                  _file(current_app.config["STATIC_FOLDER"], name.decode())]  # fmt: skip
        at = linked.end()
    if parts:
        response.headers["Content-Security-Policy"] = _policy(part.rule for part in parts)
    return [*parts, _text(page[at:])]


def _policy(rules: Iterable[str]) -> str:
    """Ours, and each file by its hash."""
    policy = CONTENT_SECURITY_POLICY
    for kind, _, said in (rule.partition(" ") for rule in rules if rule):
        policy = policy.replace(f"{kind} 'self'", f"{kind} 'self' {said}")
    return policy


def _comes_from_elsewhere() -> bool:
    """From the home screen, a slip's code, or another site; the worker isn't there yet."""
    asked = request.headers
    return (
        request.method == "GET"
        and asked.get("Sec-Fetch-Dest") == "document"
        and asked.get("Sec-Fetch-Site") != "same-origin"
    )


@lru_cache
def _file(folder: Path, name: str) -> Part:
    """A sheet, or what the first frame asks of a script: the script itself comes after it."""
    text = (folder / name).read_bytes()
    said = base64.b64encode(hashlib.sha256(text).digest()).decode()
    kind, tag = ("script", _SCRIPT) if name == ROOM else ("style", b"<style>%s</style>")
    plain = tag % text
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    # Flushed in full, it can stand anywhere: it ends with a byte, and points at nothing before it.
    packed = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    return Part(plain, packed, f"{kind}-src 'sha256-{said}'")


def _text(plain: bytes) -> Part:
    """In blocks that aren't compressed."""
    pieces = (plain[at : at + _LARGEST] for at in range(0, len(plain), _LARGEST))
    return Part(plain, b"".join(
        struct.pack("<BHH", 0, len(piece), len(piece) ^ _LARGEST) + piece for piece in pieces
    ))  # fmt: skip
