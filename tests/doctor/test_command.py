"""What an operator types, on a good day and on a bad one."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from tests.conftest import root
from tests.doctor.conftest import Clinic
from webapp.accounts.models import Person
from webapp.config import HelpLines
from webapp.core.version import version
from webapp.doctor import commands
from webapp.doctor.case import Case
from webapp.doctor.examining import CHECKS
from webapp.doctor.record import last_check
from webapp.program.models import Group


def typed(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command itself, in an environment of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDWORK")}
    return subprocess.run(
        [sys.executable, "-m", "webapp", *words],
        cwd=root(), env=kept | environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def looked_at(healthy: Clinic, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """The healthy clinic, as the command finds it."""
    monkeypatch.setattr(commands, "Case", lambda: healthy.case)
    return healthy


@pytest.mark.faults
def test_the_version_is_told_by_the_command() -> None:
    done = typed("--version")
    assert (done.returncode, done.stdout) == (0, f"Groundwork {version()}\n")


@pytest.mark.faults
def test_without_a_database_and_with_a_bad_setting_it_says_so_and_exits_with_1(
    tmp_path: Path,
) -> None:
    for environ in (
        {"GROUNDWORK_DATA": str(tmp_path / "var"), "GROUNDWORK_PLAIN_HTTP": "1"},
        {"GROUNDWORK_SIGN_IN_DAYS": "some"},
    ):
        done = typed("doctor", **environ)
        assert done.returncode == 1
        assert "Traceback" not in done.stdout + done.stderr
        assert "All is well" not in done.stdout
    assert "GROUNDWORK_SIGN_IN_DAYS must be a whole number" in done.stdout


def test_where_all_is_well_it_says_so_exits_with_0_and_keeps_what_it_found_outside(
    looked_at: Clinic,
) -> None:
    done = CliRunner().invoke(commands.doctor)
    assert done.exit_code == 0, done.output
    assert done.output.endswith("All is well.\n")
    kept = last_check(looked_at.settings.data)
    assert kept is not None
    assert {finding.name for finding in kept.findings} == {
        check.name for check in CHECKS.values() if check.slow
    }


def test_typed_as_root_it_leaves_nothing_that_the_service_cant_replace(
    looked_at: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: looked_at.settings.data.stat().st_uid + 1)
    CliRunner().invoke(commands.doctor)
    assert last_check(looked_at.settings.data) is None


def test_what_a_stranger_may_see_names_nothing_of_the_clinic(
    looked_at: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "canary"
    looked_at.do(update(Group).values(name=f"{canary} group", place=canary, zone=canary))
    looked_at.do(update(Person).values(username=canary))
    helps = HelpLines(*[canary] * len(HelpLines.__dataclass_fields__))
    looked_at.settings = replace(
        looked_at.settings,
        data=looked_at.settings.data.rename(looked_at.settings.data.parent / canary),
        address=f"https://{canary}.invalid", clinic_name=canary, short_name=canary,
        push_hosts=(canary,), push_ca=canary, push_contact=f"{canary}@{canary}.example",
        help_lines=helps,
    )  # fmt: skip
    looked_at.settings = replace(
        looked_at.settings, database_url=f"sqlite:///{looked_at.settings.data / 'groundwork.db'}"
    )
    looked_at.env_file = looked_at.env_file.rename(looked_at.env_file.with_name(f"{canary}.env"))
    looked_at.env_file.chmod(0o666)
    environ = {"GROUNDWORK_CLINIC_NAME": canary, f"GROUNDWORK_{canary}": canary, canary: canary}
    made = Case(environ, looked_at.settings, looked_at.env_file)
    monkeypatch.setattr(commands, "Case", lambda: made)
    said = CliRunner().invoke(commands.doctor, ["--support"])
    assert said.exit_code == 0, said.output
    assert canary not in said.output.lower()
    assert str(looked_at.env_file.parent) not in said.output
    assert "Settings: GROUNDWORK_CLINIC_NAME\n" in said.output
    assert "people: 1 or more, groups: 1 or more, entries: 0" in said.output
    assert f"Groundwork {version()}\n" in said.output
    problems = next(line for line in said.output.splitlines() if line.startswith("problem: "))
    assert {"settings_file", "zones", "address"} <= {*problems[9:].split(", ")}
    everything = CliRunner().invoke(commands.doctor).output  # where it may be named
    assert canary in everything


@pytest.mark.faults
def test_on_a_machine_where_nothing_works_a_stranger_still_sees_what_there_is(
    tmp_path: Path,
) -> None:
    done = typed("doctor", "--support", GROUNDWORK_DATA=str(tmp_path / "x"), GROUNDWORK_ZONE="no")
    assert done.returncode == 0
    assert f"Groundwork {version()}\n" in done.stdout
    assert "Settings: GROUNDWORK_DATA, GROUNDWORK_ZONE\n" in done.stdout
    assert str(tmp_path) not in done.stdout + done.stderr
