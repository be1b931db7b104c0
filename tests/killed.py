"""Processes that end where a test says: by a kill, as by a power cut, or by a refusal."""

import os
import re
import resource
import signal
from collections.abc import Callable
from pathlib import Path


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


def with_a_disk_of(size: int) -> None:
    """No file gets longer than this, as when a disk is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
