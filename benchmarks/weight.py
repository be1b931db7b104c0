"""What comes over the wire, as served: a first visit with status lines, headers and bodies.

What the worker fetches ahead is weighed by its bodies, since HTTP/2 in front sends equal headers
once; what it weighs with HTTP/1.1's is told beside.
"""

import gzip
import json
import re
import socket
from collections.abc import Iterable

import brotli

from benchmarks.pages import both_servers, signed_in
from benchmarks.report import Result
from benchmarks.servers import Server
from tests.weight import is_code, needed

SHELL = re.compile(r"^const SHELL=(\[.*\])$", re.MULTILINE)
# As a browser asks for a page that nothing of ours led to (core/web/first_visit.py).
FIRST = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
KB = 1024


def run() -> list[Result]:
    """Weigh both first visits, their styles and scripts, and the worker's own install."""
    with both_servers() as (server, _bare, made):
        patient = signed_in(server, made.patients[0]).headers()
        install, more = files(server, ["/sw.js", *_shell(server)])
        return [
            *_visit(server, "/sign-in", {}, 40, 26),
            *_visit(server, "/today", patient, 60, 32),
            _result("worker", "The worker's own install weighs", install, 30, more),
        ]


def _visit(
    server: Server, address: str, headers: dict[str, str], bar: int, code_bar: int
) -> list[Result]:
    def read(file: str) -> str:
        return _text(_fetch(server, file, headers | FIRST if file == address else None))

    page = len(_fetch(server, address, headers | FIRST))
    within = page - len(_fetch(server, address, headers))
    sizes = {file: len(_fetch(server, file)) for file in needed(read, address)}
    code = [size for size in sizes if is_code(size)]
    what = f"Styles and scripts of a first visit of {address}, the worker too, weigh"
    more = f"{within / KB:.1f} KB of it in the page, in place of its links"
    visit = page + sum(sizes.values())
    first = within + sum(sizes[file] for file in code)
    return [
        _result(address, f"A first visit of {address} weighs", visit, bar),
        _result(f"{address} code", what, first, code_bar, more),
    ]


def _shell(server: Server) -> list[str]:
    found = SHELL.search(_text(_fetch(server, "/sw.js")))
    assert found is not None
    shell: list[str] = json.loads(found[1])
    return shell


def files(server: Server, addresses: Iterable[str]) -> tuple[int, str]:
    """What the bodies of some files weigh, and a word on their headers."""
    answers = [_fetch(server, address) for address in addresses]
    bodies = sum(len(answer.partition(b"\r\n\r\n")[2]) for answer in answers)
    return bodies, f"{sum(map(len, answers)) / KB:.1f} KB with HTTP/1.1 headers"


def _fetch(server: Server, address: str, headers: dict[str, str] | None = None) -> bytes:
    sent = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Accept-Encoding": "gzip, br",
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as wire:
        wire.sendall(f"GET {address} HTTP/1.1\r\n{lines}\r\n".encode())
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{address}: {answer[:40]!r}")
    return answer


def _text(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    coding = re.search(rb"content-encoding: (\w+)", head.lower())
    opened = {b"gzip": gzip.decompress, b"br": brotli.decompress}
    return (opened[coding[1]](body) if coding else body).decode()


def _result(name: str, what: str, size: int, bar: int, more: str = "") -> Result:
    return Result(name, what, size / KB, bar, more, unit="KB")
