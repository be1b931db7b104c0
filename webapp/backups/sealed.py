"""Sealed archives: a tar that only the holder of a key kept elsewhere can open.

The format is age's (age-encryption.org/v1), so the `age` command opens one by hand, without us:
`age --decrypt -i key.txt FILE | tar x`. What is sealed is read back before it counts.
"""

import hashlib
import os
import secrets
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

import pyrage
from pyrage import x25519

from webapp.backups.errors import NoBackup
from webapp.core.crypto.key_files import force

Tick = Callable[[int], object]  # bytes done since the last one
PIECE = 1024 * 1024
BLOCK = 512  # tar's


def new_key() -> tuple[str, str]:
    """A pair: the public half, to which backups are sealed, and the private one, to keep away."""
    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def recipient_of(line: str) -> x25519.Recipient:
    """The public half. Raises NoBackup for what is none."""
    try:
        return x25519.Recipient.from_str(line.strip())
    except pyrage.RecipientError:
        raise NoBackup(
            "The backup key isn’t one: it must be a line that begins with age1."
        ) from None


def identity_of(text: str) -> x25519.Identity:
    """The private half, out of a file as `age-keygen` or the recovery sheet has it."""
    lines = [line.strip() for line in text.splitlines()]
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            with suppress(pyrage.IdentityError):
                return x25519.Identity.from_str(line)
    raise NoBackup("There is no private key in that file: a line that begins with AGE-SECRET-KEY-.")


def seal(
    file: Path, members: Iterable[tuple[str, bytes | Path]], to: x25519.Recipient, tick: Tick
) -> None:
    """Write the archive: under another name, read back, then under its own. In constant memory.

    The key that opens it isn't here, so a second one is made for this archive, opens it once, and
    is forgotten.
    """
    once = x25519.Identity.generate()
    making = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            source = _Reader(_tar(members), tick)
            pyrage.encrypt_io(source, out, [to, once.to_public()])
            out.flush()
            os.fsync(handle)
        if _digest(making, once, tick) != source.digest.digest():
            raise NoBackup(f"{file} can’t be read back as it was written. Look at its disk.")
        os.replace(making, file)
    finally:
        making.unlink(missing_ok=True)
    force(file.parent)


@contextmanager
def opened(file: Path, identity: x25519.Identity) -> Iterator[tarfile.TarFile]:
    """The archive, member by member in their order. Raises NoBackup for another key or a cut file.

    Until it was read to its end nothing of it is certain: each piece is, but not that it is whole.
    """
    read_end, write_end = os.pipe()
    trouble: list[Exception] = []

    def pour() -> None:
        try:
            with (
                os.fdopen(write_end, "wb") as out,
                file.open("rb") as source,
                suppress(BrokenPipeError),
            ):
                pyrage.decrypt_io(source, out, [identity])
        except Exception as error:
            trouble.append(error)

    pouring = Thread(target=pour, daemon=True)
    pouring.start()
    try:
        with (
            os.fdopen(read_end, "rb") as source,
            tarfile.open(fileobj=source, mode="r|") as archive,
        ):
            yield archive
            while source.read(PIECE):
                pass  # what stands behind the last member, and whether there is an end
    except (tarfile.TarError, EOFError) as error:
        trouble.append(error)
    pouring.join()
    if trouble:
        raise NoBackup(
            f"{file} can’t be opened: it is sealed to another key, cut, or altered. "
            "Nothing was changed."
        ) from trouble[0]


def copied(source: IO[bytes], into: Path, tick: Tick) -> None:
    """Write a member to the disk, for its owner alone."""
    handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        while piece := source.read(PIECE):
            out.write(piece)
            tick(len(piece))
        out.flush()
        os.fsync(handle)


class _Reader:
    """Pieces, read as from a file; remembers what it gave."""

    def __init__(self, pieces: Iterator[bytes], tick: Tick) -> None:
        self._pieces, self._tick, self._left = pieces, tick, b""
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        while not self._left:
            self._left = next(self._pieces, b"")
            if not self._left:
                return b""
        piece, self._left = self._left[:size], self._left[size:]
        self.digest.update(piece)
        self._tick(len(piece))
        return piece


class _Digest:
    """Takes what is written to it in, and keeps only its hash."""

    def __init__(self, tick: Tick) -> None:
        self._tick, self.held = tick, hashlib.sha256()

    def write(self, piece: bytes) -> int:
        self.held.update(piece)
        self._tick(len(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""


def _digest(file: Path, identity: x25519.Identity, tick: Tick) -> bytes:
    into = _Digest(tick)
    with file.open("rb") as source:
        pyrage.decrypt_io(source, into, [identity])
    return into.held.digest()


def _tar(members: Iterable[tuple[str, bytes | Path]]) -> Iterator[bytes]:
    for name, content in members:
        info = tarfile.TarInfo(name)
        info.mode = 0o600
        info.size = content.stat().st_size if isinstance(content, Path) else len(content)
        yield info.tobuf()
        yield from _pieces(content)
        yield bytes(-info.size % BLOCK)
    yield bytes(2 * BLOCK)


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
