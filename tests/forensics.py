"""What somebody with a copy of a browser's profile reads in it: what was deleted, too.

Browsers only append: LevelDB's log and tables (IndexedDB, local and session storage) and the
session-restore files keep what was written over or deleted until they are tidied, much later.
"""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

BLOCK = 32 * 1024  # of a LevelDB log
FOOTER, MAGIC = 48, bytes.fromhex("57fb808b247547db")
# Of a browser without a keyring: the same everywhere.
ON_DESKS = PBKDF2HMAC(SHA1(), 16, b"saltysalt", 1).derive(b"peanuts")  # noqa: S303
TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{43,}={0,2}")
TAG = 16  # behind what AES-GCM seals
STARTS = (b'[["', b'{"f', b'{"a')  # of a draft, of a box to the server
BROWSERS_OWN = ("GPUCache", "Dawn", "GraphiteDawn", "GrShaderCache", "ShaderCache", "Crashpad")


def pieces_of(profile: Path) -> list[bytes]:
    """All that a profile holds, opened as far as it can be without a secret."""
    return [piece for file in files_of(profile) for piece in pieces(file)]


def files_of(profile: Path) -> list[Path]:
    """Every file of a profile but what holds drawings of pages' frames alone."""
    return [
        file
        for file in profile.rglob("*")
        if file.is_file() and not any(part in str(file) for part in BROWSERS_OWN)
    ]


def pieces(file: Path) -> Iterator[bytes]:
    """A file as it is, and what is packed or sealed with a known key inside it."""
    with suppress(FileNotFoundError):  # the browser goes on while we look
        whole = file.read_bytes()
        yield whole
        if file.suffix == ".log":
            yield from (values(batch) for batch in batches(whole))
        elif file.suffix == ".ldb":
            for block in blocks(whole):
                yield from (b"".join(block), *map(unpacked_value, block))
        elif "Sessions" in str(file):
            yield from commands(whole)
        else:
            yield from unzipped(whole)


def batches(log: bytes) -> Iterator[bytes]:
    """What was written into a LevelDB log, batch by batch, each made whole again."""
    batch = b""
    for start in range(0, len(log), BLOCK):
        block = log[start : start + BLOCK]
        while len(block) > 7:
            length, kind = int.from_bytes(block[4:6], "little"), block[6]
            part, block = block[7 : 7 + length], block[7 + length :]
            batch = part if kind in (1, 2) else batch + part
            if kind in (1, 4):
                yield batch


def values(batch: bytes) -> bytes:
    """A batch with what Chromium packed inside of it opened behind it."""
    return batch + unpacked_value(batch)


def blocks(table: bytes) -> Iterator[list[bytes]]:
    """The keys and values of each block of a LevelDB table, unpacked."""
    if table[-8:] != MAGIC:
        return
    _, at = number(table, len(table) - FOOTER)
    _, at = number(table, at)
    offset, at = number(table, at)
    size, _ = number(table, at)
    for _, handle in entries(block_at(table, offset, size)):
        offset, at = number(handle, 0)
        size, _ = number(handle, at)
        yield [part for entry in entries(block_at(table, offset, size)) for part in entry]


def block_at(table: bytes, offset: int, size: int) -> bytes:
    raw, how = table[offset : offset + size], table[offset + size]
    assert how in (0, 1), f"packed in a way that this tool doesn't know: {how}"
    return unsnapped(raw) if how else raw


def entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Key and value, each key whole: a block keeps only what differs from the one before."""
    end = len(block) - 4 - 4 * int.from_bytes(block[-4:], "little")
    at, key = 0, b""
    while at < end:
        shared, at = number(block, at)
        own, at = number(block, at)
        length, at = number(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + length]
        at += own + length


def number(data: bytes, at: int) -> tuple[int, int]:
    """A varint, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def unsnapped(packed: bytes) -> bytes:
    """Snappy's raw format."""
    size, at = number(packed, 0)
    out = bytearray()
    while at < len(packed):
        tag, at = packed[at], at + 1
        how, length = tag & 3, tag >> 2
        if how == 0:
            if length >= 60:
                more = length - 59
                length, at = int.from_bytes(packed[at : at + more], "little"), at + more
            out += packed[at : at + length + 1]
            at += length + 1
            continue
        if how == 1:
            length, back = 4 + (length & 7), (tag >> 5) << 8 | packed[at]
            at += 1
        else:
            width = 2 if how == 2 else 4
            length, back = length + 1, int.from_bytes(packed[at : at + width], "little")
            at += width
        for _ in range(length):
            out.append(out[-back])
    assert len(out) == size
    return bytes(out)


def unpacked_value(value: bytes) -> bytes:
    """IndexedDB packs a larger value by itself, behind a mark of its own."""
    found = b""
    for mark in re.finditer(b"\xff\x11\x02", value):
        with suppress(IndexError, AssertionError):
            found += unsnapped(value[mark.end() :])
    return found


def commands(session: bytes) -> Iterator[bytes]:
    """The commands of a session-restore file; those of an encrypted one opened."""
    at = 8
    while session[:4] == b"SNSS" and at + 2 < len(session):
        size = int.from_bytes(session[at : at + 2], "little")
        wide = int.from_bytes(session[at : at + 4], "little")
        sealed = session[at + 4 : at + 7] == b"v10"
        command = session[at + 4 : at + 4 + wide] if sealed else session[at + 2 : at + 2 + size]
        at += 4 + wide if sealed else 2 + size
        if sealed:
            opened = Cipher(algorithms.AES128(ON_DESKS), modes.CBC(b" " * 16)).decryptor()
            with suppress(ValueError):
                command = opened.update(command[3:]) + opened.finalize()
        yield command


def unzipped(data: bytes) -> Iterator[bytes]:
    """What a cached answer says, when it was packed for its way."""
    for mark in re.finditer(b"\x1f\x8b\x08", data):
        with suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(data[mark.start() :])


def says(pieces: Iterable[bytes], words: str) -> bool:
    """Whether these words can be read anywhere, in either of two encodings."""
    needles = (words.encode(), words.encode("utf-16-le"))
    return any(needle in piece for piece in pieces for needle in needles)


def keys_that_open(pieces: Iterable[bytes], boxes: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """Every key in a profile that opens one of these AES-256-GCM boxes (nonce, sealed) with JSON.

    Each 32 bytes at every place are tried, also inside of what is written as base64.
    """
    sealed = list(boxes)
    firsts = b"".join(nonce + bytes([0, 0, 0, 2]) for nonce, _ in sealed)
    found = []
    for key in set(_candidates(pieces)):
        stream = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(firsts)  # noqa: S305
        for at, (_, box) in enumerate(sealed):
            start = bytes(a ^ b for a, b in zip(stream[16 * at : 16 * at + 3], box, strict=False))
            # Among millions of candidates some make three bytes fit by chance, and no box of JSON.
            if start in STARTS and _opens(key, *sealed[at]):
                found.append(key)
    return found


def _opens(key: bytes, nonce: bytes, box: bytes) -> bool:
    counted = Cipher(algorithms.AES(key), modes.CTR(nonce + bytes([0, 0, 0, 2]))).decryptor()
    with suppress(ValueError):
        json.loads(counted.update(box[:-TAG]))
        return True
    return False


def _candidates(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for data in (piece, *map(_from_base64, TOKEN.findall(piece))):
            for at in range(len(data) - 31):
                key = data[at : at + 32]
                # Random bytes hardly ever repeat: text, zeros and lists of numbers do.
                if len(set(key)) > 22:
                    yield key


def _from_base64(token: bytes) -> bytes:
    text = token.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    text = text[: len(text) - (len(text) % 4 == 1)]  # one letter alone is no byte
    return base64.b64decode(text + b"=" * (-len(text) % 4))
