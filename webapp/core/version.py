"""Which version this is. No public page tells: it would say what to try."""

import tomllib
from functools import cache

from webapp.config import ROOT


@cache
def version() -> str:
    """As the project's own file has it, the one place where it is written."""
    written: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return written
