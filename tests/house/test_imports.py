"""Who may import whom: the contracts of pyproject.toml, and the proof that each can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import root

UP = "Nobody calls up"
INSIDE = "Inside a feature: from HTTP down to what is stored"
NO_HTTP = "What is stored, done and read knows nothing of HTTP"


def lint(folder: Path) -> tuple[bool, str]:
    """Whether every contract is kept for the app in this folder, and what was said."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_every_line_of_the_house_imports_only_from_below() -> None:
    kept, said = lint(root())
    assert kept, said
    for contract in (UP, INSIDE, NO_HTTP):
        assert f"{contract} KEPT" in said


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        (UP, "core/clock.py", "from webapp.accounts import models"),
        (INSIDE, "journal/models.py", "from webapp.journal import forms"),
        (NO_HTTP, "sharing/actions.py", "from flask import request"),
    ],
)
def test_a_breach_is_seen(tmp_path: Path, contract: str, file: str, line: str) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root() / "webapp", tmp_path / "webapp", ignore=ignored)
    shutil.copy(root() / "pyproject.toml", tmp_path)
    with (tmp_path / "webapp" / file).open("a") as code:
        code.write(f"\n{line}\n")
    kept, said = lint(tmp_path)
    assert not kept
    assert f"{contract} BROKEN" in said
