"""What comes over the wire, as served: a first visit with status lines, headers and bodies.

Lists of files are weighed by their bodies, since HTTP/2 in front sends equal headers once; what
they weigh with HTTP/1.1's is told beside.
"""

import gzip
import json
import re
import socket
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from benchmarks.pages import both_servers, signed_in
from benchmarks.report import Result
from benchmarks.servers import ROOT, Server

# What a browser fetches on its own account when it reads a page of ours.
NEEDED = re.compile(r'<(?:link|script|img|use)\b[^>]*\b(?:href|src)="([^"#]+)')
MODULE = re.compile(r'data-module="([^"]+)"')
SHELL = re.compile(r"^const SHELL=(\[.*\])$", re.MULTILINE)
STATIC = re.compile(r"/s/[0-9a-f]+/")
KB = 1024


def run() -> list[Result]:
    """Weigh both first visits, the scripts, and the worker's own install."""
    with both_servers() as (server, _bare, made):
        patient = signed_in(server, made.patients[0]).headers()
        sign_in, today = _visit(server, "/sign-in", {}), _visit(server, "/today", patient)
        scripts = files(server, _scripts(server))
        install = files(server, ["/sw.js", *_shell(server)])
    return [
        _result("sign-in", "A first visit of the sign-in page weighs", sign_in, 40),
        _result("/today first", "A first visit of /today weighs", today, 60),
        _result("scripts", "All JavaScript, the worker too, weighs", scripts[0], 20, scripts[1]),
        _result("worker", "The worker's own install weighs", install[0], 30, install[1]),
    ]


def _visit(server: Server, address: str, headers: dict[str, str]) -> int:
    page = _fetch(server, address, headers)
    text = _text(page)
    needed = {urlsplit(urljoin(address, one)).path for one in NEEDED.findall(text)}
    static = STATIC.search(text)
    assert static is not None
    modules = {one for names in MODULE.findall(text) for one in names.split()}
    needed |= {f"{static[0]}js/modules/{name}.js" for name in modules}
    if "worker" in modules:
        needed.add("/sw.js")
    return len(page) + _weigh(server, needed)


def _scripts(server: Server) -> list[str]:
    static = STATIC.search(_text(_fetch(server, "/sign-in")))
    assert static is not None
    files = (ROOT / "static").rglob("*.js")
    return ["/sw.js", *(static[0] + str(one.relative_to(ROOT / "static")) for one in files)]


def _shell(server: Server) -> list[str]:
    found = SHELL.search(_text(_fetch(server, "/sw.js")))
    assert found is not None
    shell: list[str] = json.loads(found[1])
    return shell


def _weigh(server: Server, addresses: Iterable[str]) -> int:
    return sum(len(_fetch(server, address)) for address in addresses)


def files(server: Server, addresses: Iterable[str]) -> tuple[int, str]:
    """What the bodies of some files weigh, and a word on their headers."""
    answers = [_fetch(server, address) for address in addresses]
    bodies = sum(len(one.partition(b"\r\n\r\n")[2]) for one in answers)
    return bodies, f"{sum(map(len, answers)) / KB:.1f} KB with HTTP/1.1 headers"


def _fetch(server: Server, address: str, headers: dict[str, str] | None = None) -> bytes:
    sent = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Accept-Encoding": "gzip",
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
    return (gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body).decode()


def _result(name: str, what: str, size: int, bar: int, more: str = "") -> Result:
    return Result(name, what, size / KB, bar, more, unit="KB")
