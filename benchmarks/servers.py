"""Starting a server the way `make run` does, asking what it cost, and always ending it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
PATIENCE = 90  # seconds for a server to start, or to end


@dataclass(frozen=True)
class Server:
    """A running gunicorn on loopback."""

    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        pid = self.process.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    def cpu(self) -> float:
        """The CPU seconds that its workers have used so far."""
        return sum(_on_cpu(pid) for pid in self.workers()) / 1e9


@contextmanager
def serving(app: str, environ: Mapping[str, str], ready: str, log: Path) -> Iterator[Server]:
    """Serve a WSGI app with two sync workers until the block is left, however it is left."""
    port = _free_port()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", app),
                *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)),
                *("--log-level", "warning", "--no-control-socket"),
                *("--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"),  # noqa: S108
            ],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            server = Server(process, port)
            _wait_until_ready(server, ready, log)
            yield server
        finally:
            _end(process)


def _wait_until_ready(server: Server, ready: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended at once: {log.read_text()}")
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        try:
            connection.request("GET", ready)
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError(f"the server didn't answer: {log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    # Its own process group, made above: nobody else's process is in it.
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(PATIENCE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _on_cpu(pid: int) -> int:
    # In nanoseconds, of every thread: `stat` counts in hundredths, too coarse for a short round.
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)
