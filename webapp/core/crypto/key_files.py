"""Files that words depend on. Each is written whole, forced to the disk and read back by one
function, `put`; only then is anything sealed with what it holds.
"""

import fcntl
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar

log = logging.getLogger("groundwork")

Held = TypeVar("Held")


class BadKeyFile(RuntimeError):
    """A key file is missing, cut or another installation's. Says which one, and the mend."""

    mend = "Restore it from a backup (docs/operator.md, Key files)."

    def __init__(self, file: Path, trouble: str) -> None:
        self.says = f"{file} {trouble}."
        super().__init__(f"{self.says} {self.mend}")


def make_folder(folder: Path) -> None:
    """A folder for its owner alone that is still there after a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        force(folder.parent)


def put(file: Path, content: bytes, *, replace: bool = False) -> None:
    """Have `file` hold `content`, readable by its owner alone; without `replace`, unless it is
    there. On return it is on the disk, whichever process wrote it.

    Whole or not at all: another process may be reading it, and the power may go at any line.
    """
    making = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            if replace:  # typed as root, it stays the service's
                former = file.stat()
                os.fchown(handle, former.st_uid, former.st_gid)
            os.fsync(handle)
        if replace:
            os.replace(making, file)
        else:
            with suppress(FileExistsError):
                os.link(making, file)
    finally:
        making.unlink(missing_ok=True)
    force(file.parent)
    if file.read_bytes() != content and replace:
        raise BadKeyFile(file, "doesn't contain what was just written to it")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One process at a time adds a key: of two, the later would write the former's away."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        # What a process that was killed while writing left behind is a copy of keys.
        for left in folder.glob(".*.keys.*"):
            left.unlink()
        yield
    finally:
        os.close(handle)


class Followed(Generic[Held]):
    """What a key file holds; read anew when another process has put another one in its place."""

    def __init__(self, file: Path, read: Callable[[Path, bytes], Held]) -> None:
        self._file, self._read = file, read
        # Before the reading: a file that is replaced in between is read once more.
        self._stamp = _stamp(file)
        if self._stamp is None:
            raise BadKeyFile(file, "is missing")
        self._held = self._take_over()

    def now(self) -> Held:
        """What it holds. Costs one `stat` while nothing has changed."""
        stamp = _stamp(self._file)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._held = self._take_over()
            except (OSError, BadKeyFile) as trouble:
                # Going on with the keys that were right is right; a start would refuse, by name.
                log.error("key file %s: %s", self._file.name, type(trouble).__name__)
        return self._held

    def _take_over(self) -> Held:
        # Whoever put it there may not have forced its name to the disk yet.
        force(self._file.parent)
        return self._read(self._file, self._file.read_bytes())


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def force(path: Path) -> None:
    """Have the disk keep a file's content, or a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
