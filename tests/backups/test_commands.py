"""What the operator types to be safe, and to come back."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import people_of, root, set_up, started, typed
from webapp.accounts.actions import make_person
from webapp.accounts.models import Role
from webapp.accounts.passwords import hash_password
from webapp.config import Settings
from webapp.core.data.db import db

pytestmark = pytest.mark.faults  # processes are started

HERE = {"GROUNDWORK_ADDRESS": "https://groundwork.example.org"}


def key_on(sheet: str) -> str:
    found = re.search(r"AGE-SECRET-KEY-[0-9A-Z]+", sheet)
    assert found is not None
    return found[0]


def restored(folder: Path, data: Path, keys: Path, key: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process of its own: it must not make keys of another clinic first."""
    return subprocess.run(
        [sys.executable, "-m", "webapp", "restore", data, keys],
        cwd=root(),
        env=os.environ | {"GROUNDWORK_DATA": str(folder), **HERE},
        input=f"{key}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_init_prints_the_sheet_and_keeps_its_key_nowhere(
    clinic: Flask, own_settings: Settings
) -> None:
    key = key_on(set_up(clinic))
    for file in own_settings.data.rglob("*"):
        if file.is_file():
            assert key.encode() not in file.read_bytes()


def test_a_clinic_comes_back_by_what_the_sheet_says(
    clinic: Flask, own_settings: Settings, tmp_path: Path
) -> None:
    key = key_on(set_up(clinic))
    with clinic.app_context():
        make_person("max", "Max", hash_password("lantern maple pocket river"), Role.ADMINISTRATOR)
        db.session.commit()
    said = typed(clinic, "backup", "--to", str(tmp_path / "stick"))
    assert "Backed up and read back" in said
    data, keys = sorted((tmp_path / "stick").glob("*.age"))
    done = restored(tmp_path / "another", data, keys, key)
    assert "Restored: 1 people" in done.stdout, done.stderr
    again = restored(tmp_path / "another", data, keys, key)
    assert again.returncode == 1
    assert "There is a database here already." in again.stderr
    settings = Settings.from_environment(HERE | {"GROUNDWORK_DATA": str(tmp_path / "another")})
    assert people_of(started(settings)) == ["max"]
    sealed_to = (tmp_path / "another" / "backup.pub").read_text()
    assert sealed_to == (own_settings.data / "backup.pub").read_text(), "tonight's needs a key, too"


def test_a_new_sheet_ends_the_one_before_for_new_backups(
    clinic: Flask, own_settings: Settings, tmp_path: Path
) -> None:
    former, key = key_on(set_up(clinic)), key_on(typed(clinic, "backup-key"))
    assert former != key
    typed(clinic, "backup")
    data, keys = sorted((own_settings.data / "backups").glob("*.age"))
    refused = restored(tmp_path / "another", data, keys, former)
    assert refused.returncode == 1
    assert "sealed to another key" in refused.stderr
    assert restored(tmp_path / "another", data, keys, key).returncode == 0


def test_without_a_key_there_is_no_backup(clinic: Flask, own_settings: Settings) -> None:
    set_up(clinic)
    (own_settings.data / "backup.pub").unlink()
    result = clinic.test_cli_runner().invoke(args=["backup"])
    assert result.exit_code == 1
    assert "groundwork backup-key" in result.output
    assert not (own_settings.data / "backups").exists()
