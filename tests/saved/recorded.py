"""What a process told its files, in order: recorded by strace, read by `disk.py`."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import root

CALLS = (
    "openat,close,write,pwrite64,lseek,ftruncate,fsync,fdatasync,"
    "unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,sendfile,copy_file_range"
)
# Of a file that the system fills itself, a copy here wouldn't know.
UNSEEN = ("sendfile", "copy_file_range", "link", "linkat")
# Built anew at any start: SQLite's index of its log, and the files for browsers.
BUILT = re.compile(r"-shm$|/var/static(/|-|$)")
LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?.*")
HEX = re.compile(r"\\x(..)")
FLAGS = {"O_CREAT": "make", "O_TRUNC": "cut"}
FILE = re.compile(r"(\d+)<([^>]*)>")


@dataclass(frozen=True)
class Step:
    """One thing that was asked of the disk, or a word (`acknowledged`) that a person was told."""

    does: str  # make, write, cut, sync, remove, rename, say
    name: str
    at: int = 0  # where it is written, or the length it is cut to
    data: bytes = b""
    to: str = ""


def recorded(folder: Path, *arguments: str, fails: str = "") -> list[Step]:
    """Run a program of the tests' own and return what became of the files below `folder`.

    It says what it has acknowledged by writing into the file `said` there. `fails` is what the
    system refuses meanwhile, as strace is told: "fdatasync:error=EIO:when=9+3".
    """
    log = folder.with_suffix(".strace")
    subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-xx", "-y", "-s", "20000000", "-e", f"trace={CALLS}",
         *(("-e", f"inject={fails}") if fails else ()),
         "-o", log, sys.executable, "-m", *arguments],
        cwd=root(), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with log.open() as lines:
        steps = list(_steps(lines, str(folder.resolve())))
    log.unlink()
    return steps


def _steps(lines: Iterator[str], below: str) -> Iterator[Step]:
    position: dict[str, int] = {}  # of each open file, by process and number
    for line in lines:
        if "unfinished ..." in line or "resumed>" in line:
            assert below not in _text(line), "one thread writes"
            continue
        found = LINE.fullmatch(line.rstrip())
        if not found or found[4].startswith("-"):
            continue
        pid, call, arguments, result = found[1], found[2], found[3], int(found[4])
        yield from _of(call, arguments, result, _text(found[5] or ""), below, position, pid)


def _of(
    call: str,
    arguments: str,
    result: int,
    made: str,
    below: str,
    position: dict[str, int],
    pid: str,
) -> Iterator[Step]:
    if call == "openat":
        position[f"{pid} {result}"] = 0
        if made.startswith(below) and not BUILT.search(made):
            yield from (Step(does, made) for flag, does in FLAGS.items() if flag in arguments)
        return
    paths = _paths(call, arguments)
    if not paths or not paths[0].startswith(below) or BUILT.search(paths[0]):
        return
    assert call not in UNSEEN, f"{call} isn't understood here"
    name, key = paths[0], f"{pid} {arguments.partition('<')[0]}"
    if call == "lseek":
        position[key] = result
    elif call in ("write", "pwrite64"):
        data = _bytes(arguments)[:result]
        at = int(arguments.rpartition(", ")[2]) if call == "pwrite64" else position.get(key, 0)
        if call == "write":
            position[key] = at + result
        yield Step("say" if name.endswith("/said") else "write", name, at, data)
    elif call == "ftruncate":
        yield Step("cut", name, int(arguments.rpartition(", ")[2]))
    elif call in ("fsync", "fdatasync"):
        yield Step("sync", name)
    elif call.startswith("unlink"):
        yield Step("remove", name)
    elif call.startswith("rename"):
        yield Step("rename", name, to=paths[1])


def _paths(call: str, arguments: str) -> list[str]:
    if call.startswith(("unlink", "rename", "mkdir")):
        return [_text(one) for one in re.findall(r'"([^"]*)"', arguments)]
    found = FILE.match(arguments)
    return [_text(found[2])] if found else []


def _bytes(arguments: str) -> bytes:
    start = arguments.index('"') + 1
    return bytes.fromhex(arguments[start : arguments.index('"', start)].replace("\\x", ""))


def _text(escaped: str) -> str:
    return HEX.sub(lambda found: chr(int(found[1], 16)), escaped)
