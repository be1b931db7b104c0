"""What a browser fetches on its own account when somebody opens a page, for tests and benches."""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

NEEDED = re.compile(r'<(?:link|script|img|use)\b[^>]*\b(?:href|src)="([^"#]+)')
MODULE = re.compile(r'data-module="([^"]+)"')
IMPORTED = re.compile(r'\b(?:from|import\(?|importScripts\()"([^"]+)"')
STATIC = re.compile(r"/s/[0-9a-f]+/")


def needed(read: Callable[[str], str], address: str) -> set[str]:
    """Whatever the page at an address asks for at once: its links and modules, what those import,
    and the worker."""
    page = read(address)
    static = STATIC.search(page)
    assert static is not None
    modules = {module for names in MODULE.findall(page) for module in names.split()}
    found: set[str] = set()
    waiting = {urlsplit(urljoin(address, linked)).path for linked in NEEDED.findall(page)}
    waiting |= {f"{static[0]}js/modules/{name}.js" for name in modules}
    waiting |= {"/sw.js"} if "worker" in modules else set()
    while waiting:
        file = waiting.pop()
        found.add(file)
        if file.endswith(".js"):
            waiting |= {
                urljoin(file, imported) for imported in IMPORTED.findall(read(file))
            } - found
    return found


def is_code(address: str) -> bool:
    """Styles and scripts, which every page waits for."""
    return address.endswith((".css", ".js"))
