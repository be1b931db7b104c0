"""A throw-away PostgreSQL for the tests: made in a temporary folder, gone afterwards.

    python -m tests.databases -- COMMAND...   run COMMAND beside one, exit with its code
    python -m tests.databases --find          print where PostgreSQL's programs are, or fail

`make test` uses the first: one server is started for the whole run, its address goes to the
command in GROUNDWORK_TEST_DATABASE_URL, and each pytest-xdist worker asks `worker_database` for a
database of its own on it. A bare `pytest --database postgresql` works too, only slower: without
that variable, each worker starts a server for itself.

The server listens on a socket in its own folder and nowhere else, and keeps nothing safe.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

VARIABLE = "GROUNDWORK_TEST_DATABASE_URL"
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


class NoPostgreSQL(Exception):
    """There is no PostgreSQL on this machine that could be started."""


def find_programs() -> Path:
    """The folder of `initdb` and `pg_ctl`: Debian's newest, else whatever is on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("pg_ctl")
    others = [Path(on_path).resolve().parent] if on_path else []
    for folder in [*debian, *others]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise NoPostgreSQL("PostgreSQL's server programs (initdb, pg_ctl) are not on this machine.")


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())


@dataclass
class Server:
    """A server of our own, in a temporary folder."""

    folder: Path
    programs: Path
    as_whom: dict[str, Any]
    options: str = FAST

    @property
    def url(self) -> str:
        """Its first database."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    @property
    def pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"

    def run(self, program: str, *arguments: str) -> None:
        # pg_ctl's server keeps these files open, so its output goes to a file, not to a pipe.
        with open(self.folder / "said", "a+") as said:
            done = subprocess.run(
                [self.programs / program, "-D", str(self.folder / "data"), *arguments],
                cwd=self.folder,
                env={name: value for name, value in os.environ.items() if name[:2] != "PG"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                **self.as_whom,
            )
            if done.returncode:
                said.seek(0)
                raise NoPostgreSQL(f"PostgreSQL's {program} failed: {said.read()[-2000:].strip()}")

    def start(self) -> None:
        options = f"-c listen_addresses= -k {self.folder} {self.options}"
        self.run("pg_ctl", "start", "-w", "-o", options)

    def crash(self, how: int = signal.SIGKILL) -> None:
        """End it as nobody should; return when nothing of it is left."""
        os.kill(int(self.pid_file.read_text().split()[0]), how)
        while self._is_there():
            pass
        for lock in (self.pid_file, *self.folder.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)  # whom nobody waited for may be counted as there for long

    def _is_there(self) -> bool:
        for process in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):
                if process.readlink() == self.folder / "data":
                    return True
        return False


@contextmanager
def throwaway_server(options: str = FAST) -> Iterator[Server]:
    """Start a server, and take it all away."""
    programs = find_programs()
    # PostgreSQL refuses to run as root. TMPDIR may be a folder that only root can enter; and a
    # socket's path has to be short.
    as_whom = _somebody_else() if os.geteuid() == 0 else {}
    server = Server(
        Path(tempfile.mkdtemp(prefix="groundwork-pg-", dir="/tmp")), programs, as_whom, options
    )
    if as_whom:
        os.chown(server.folder, as_whom["user"], as_whom["group"])
    try:
        who_and_how = "-U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
        server.run("initdb", *who_and_how.split())
        try:
            server.start()
            yield server
        finally:
            if server.pid_file.exists():
                server.run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)


@contextmanager
def throwaway_postgresql() -> Iterator[str]:
    """The SQLAlchemy URL of the first database of one."""
    with throwaway_server() as server:
        yield server.url


def _somebody_else() -> dict[str, Any]:
    """Arguments for subprocess that drop root's rights."""
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise NoPostgreSQL("PostgreSQL won't run as root, and there is no user postgres or nobody.")


def create_database(
    server_url: str, name: str, *, template: str = "template0", tablespace: str = "pg_default"
) -> str:
    """Make an empty database (or a copy of `template`) on the server; return its URL."""
    import psycopg

    parts = urlsplit(server_url)
    with psycopg.connect(
        host=parse_qs(parts.query)["host"][0], user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        names = [psycopg.sql.Identifier(one) for one in (name, template, tablespace)]
        connection.execute(
            psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0])
        )
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {} TABLESPACE {}").format(*names)
        )
    return parts._replace(path=f"/{name}").geturl()


@contextmanager
def worker_database(worker: str) -> Iterator[str]:
    """The URL of an empty database for one pytest-xdist worker ("gw0", "main").

    It goes when its server goes.
    """
    if VARIABLE in os.environ:
        yield create_database(os.environ[VARIABLE], f"test_{worker}")
    else:
        with throwaway_postgresql() as server_url:
            yield create_database(server_url, f"test_{worker}")


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["--find"]:
            print(find_programs())
            return 0
        if arguments[:1] != ["--"] or len(arguments) < 2:
            print(__doc__, file=sys.stderr)
            return 2
        # Being told to stop is no reason to leave a server behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        with throwaway_postgresql() as url:
            return subprocess.call(arguments[1:], env=os.environ | {VARIABLE: url})
    except NoPostgreSQL as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
