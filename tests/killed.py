"""Processes that end where a test says: by a kill, as by a power cut, or by a refusal."""

import os
import re
import resource
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event


def in_a_process(work: Callable[[], object]) -> int:
    """How it ended: 0 for done, 1 for a refusal in words, a negative number for a kill."""
    return end_of(begun(work))


def begun(work: Callable[[], object]) -> int:
    """The id of a process that does this."""
    child = os.fork()
    if not child:
        try:
            work()
        except (RuntimeError, OSError, SystemExit):
            os._exit(1)
        except BaseException:
            os._exit(2)
        os._exit(0)
    return child


def end_of(process: int) -> int:
    """See `in_a_process`."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


@contextmanager
def meanwhile(works: Iterable[Callable[[], object]], is_over: threading.Event) -> Iterator[None]:
    """Each of these goes on in a thread of its own, until it's told that it's over."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def wait_until_it_waits(process: int) -> None:
    """Until that process stands before a lock that another one holds."""
    waiting = re.compile(rf"-> FLOCK .* {process} ")
    while not waiting.search(Path("/proc/locks").read_text()):
        assert Path(f"/proc/{process}/stat").read_text().split()[2] != "Z", "it didn't wait"


def killed_at(step: int) -> Callable[..., None]:
    """To be called at each step: the so-many-eth is the process's last."""
    left = iter(range(step))

    def call(*_: object, **__: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return call


def at_each_step(call: Callable[..., None]) -> None:
    """In this process, which ends soon: call it before each statement, each program that is
    started, and each thing that files are told to do."""
    event.listen(Engine, "before_cursor_execute", call)

    def first(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            call()
            return do(*given, **named)

        return done

    for name in ("fsync", "replace", "link", "unlink"):
        setattr(os, name, first(getattr(os, name)))
    subprocess.run = first(subprocess.run)  # type: ignore[assignment]


def steps_of(work: Callable[[], object]) -> int:
    """How many steps it has; it is done."""
    here, there = os.pipe()

    def counted() -> None:
        at_each_step(lambda *_, **__: os.write(there, b"."))
        work()

    ended = in_a_process(counted)
    os.close(there)
    with os.fdopen(here, "rb") as told:
        steps = len(told.read())
    assert ended == 0
    return steps


def with_a_disk_of(size: int) -> None:
    """No file gets longer than this, as when a disk is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


class Disk:
    """What of a folder a power cut would leave: file contents and names, as of their last fsync.

    After each step (a call that changes files, a commit) `look` gets the folder as each kind of
    end would leave it: a kill loses nothing, a power cut what wasn't forced, and it may have kept
    the new names of files whose contents it lost.
    """

    def __init__(self, folder: Path, look: Callable[[dict[str, bytes]], None]) -> None:
        self.folder, self.look = folder, look
        self.names = self._names()
        self.contents = {inode: (folder / name).read_bytes() for name, inode in self.names.items()}

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("open", "fsync", "replace", "link", "unlink"):
            monkeypatch.setattr(os, name, self._then_step(getattr(os, name), name))

    def step(self) -> None:
        now, forced = self._names(), self.contents
        for names, contents in ((now, None), (self.names, forced), (now, forced)):
            left = {
                name: (self.folder / name).read_bytes() if contents is None
                else contents.get(inode, b"")
                for name, inode in names.items()
            }  # fmt: skip
            self.look(left)

    def _then_step(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def stepping(*given: Any, **named: Any) -> Any:
            done = call(*given, **named)
            if name == "fsync":
                self._forced(Path(os.readlink(f"/proc/self/fd/{given[0]}")))
            elif name == "open" and given[1] & os.O_CREAT:
                self.contents.setdefault(os.fstat(done).st_ino, b"")
            self.step()
            return done

        return stepping

    def _forced(self, path: Path) -> None:
        if path == self.folder:
            self.names = self._names()
        elif path.parent == self.folder and path.is_file():
            self.contents[path.stat().st_ino] = path.read_bytes()

    def _names(self) -> dict[str, int]:
        with os.scandir(self.folder) as found:
            return {file.name: file.stat().st_ino for file in found if file.is_file()}
