"""How something that the system check looks at is broken for real, and what must then be said."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.doctor.conftest import Clinic


@dataclass
class Tools:
    """What a break needs besides the clinic, and undoes afterwards."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)


Break = Callable[[Clinic, Tools], object]


class Breaks(list[tuple[str, str, Break]]):
    """Ways to break what the checks look at, each with its sentence."""

    def __call__(self, check: str, sentence: str) -> Callable[[Break], Break]:
        """Register a way to break what `check` looks at; it must then say `sentence`, whole, or
        that and its mend. No sentence may lack one: tests/doctor/test_sentences.py."""

        def register(how: Break) -> Break:
            self.append((check, sentence, how))
            return how

        return register


def settings_of(clinic: Clinic) -> dict[str, str]:
    return {
        "GROUNDWORK_DATA": str(clinic.settings.data),
        "GROUNDWORK_ADDRESS": clinic.settings.address,
    }


def pretend_sqlite(tools: Tools, version: str) -> None:
    tools.monkeypatch.setattr(sqlite3, "sqlite_version", version)
    info = tuple(map(int, version.split(".")))
    tools.monkeypatch.setattr(sqlite3, "sqlite_version_info", info)


def pretend_timedatectl(tools: Tools, answer: str) -> None:
    program = tools.folder / "bin" / "timedatectl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    tools.monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
