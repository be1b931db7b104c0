"""What an operator copies from `deploy/`: one environment, one command, confined services."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import root
from webapp import __main__ as console
from webapp.config import BadSetting, Settings

DEPLOY = root() / "deploy"
SYSTEMD = DEPLOY / "systemd"
UNITS = [file for file in sorted(SYSTEMD.iterdir()) if file.is_file()]
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
COMMON = SYSTEMD / "groundwork-.service.d" / "common.conf"
OWN_COMPUTER = {"GROUNDWORK_PLAIN_HTTP", "GROUNDWORK_DEMO"}  # never a clinic's
MOST_EXPOSED = 3.0  # by systemd-analyze security, of 10
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return "https://clinic.example" if name == "GROUNDWORK_ADDRESS" else default


def settings_named(text: str) -> set[str]:
    return set(re.findall(r"^#?(GROUNDWORK_\w+)=", text, re.M))


def test_every_service_reads_the_one_environment_and_writes_only_beside_the_data() -> None:
    common = COMMON.read_text()
    assert "EnvironmentFile=/etc/groundwork.env\n" in common
    assert "ReadWritePaths=/srv/groundwork\n" in common
    assert len(SERVICES) == 5
    for unit in SERVICES:
        assert unit.name.startswith("groundwork-"), "only those read what they have in common"
        own = re.findall(r"^(?:Environment|EnvironmentFile|User|ReadWrite)", unit.read_text(), re.M)
        assert not own


def test_every_service_and_timer_starts_and_stops_with_the_one_target() -> None:
    started = [unit for unit in UNITS if "WantedBy=groundwork.target\n" in unit.read_text()]
    timers = [unit for unit in UNITS if unit.suffix == ".timer"]
    assert {unit.stem for unit in timers} == {
        f"groundwork-{it}" for it in ("plan", "meetings", "backup")
    }
    assert {*started} >= {*timers, SYSTEMD / "groundwork-web.service"}
    assert {unit.with_suffix(".service") for unit in started} == {*SERVICES}
    for part in (COMMON, *timers):
        assert "PartOf=groundwork.target\n" in part.read_text()


def test_every_command_of_a_unit_is_one_that_there_is(app: Flask) -> None:
    words = {*app.cli.commands, *console.main.commands, "db"}
    for unit in SERVICES:
        starts = re.findall(r"^ExecStart\w*=(\S+) (\S+)", unit.read_text(), re.M)
        assert starts
        for program, word in starts:
            folder, name = program.rsplit("/", 1)
            assert folder == "/opt/groundwork/.venv/bin"
            assert name == "gunicorn" or (name == "groundwork" and word in words)


def test_the_environment_that_we_give_names_every_setting_and_no_other() -> None:
    asked = Asked()
    Settings.from_environment(asked)
    named = settings_named((DEPLOY / "groundwork.env").read_text())
    assert named == asked.names - OWN_COMPUTER


def test_each_line_of_the_environment_that_we_give_is_one_that_we_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_line = re.sub(
        r"^#(?=GROUNDWORK_)", "", (DEPLOY / "groundwork.env").read_text(), flags=re.M
    )
    environ = taken(tmp_path, monkeypatch, every_line)
    assert environ["GROUNDWORK_CLINIC_NAME"] == "Riverside Clinic"
    Settings.from_environment(environ)


def test_what_the_readme_has_exported_is_enough_to_start_a_clinic() -> None:
    lines = re.findall(r"^    export (.+)$", (root() / "README.md").read_text(), re.M)
    pairs = re.findall(r"(GROUNDWORK_\w+)=(\"[^\"]*\"|\S+)", " ".join(lines))
    settings = Settings.from_environment({name: value.strip('"') for name, value in pairs})
    assert settings.address, "forms from any other are refused"


def taken(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Mapping[str, str]:
    """What a command has after it read such a file."""
    environ = {"PATH": "/bin", "GROUNDWORK_ZONE": "a shell's own", "GROUNDWORK_OLD": "1"}
    monkeypatch.setattr(os, "environ", environ)
    file = folder / "groundwork.env"
    file.write_text(text)
    console.settings_from(file)
    return environ


def test_a_command_has_the_services_settings_and_none_of_the_shells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["# a word", "", "GROUNDWORK_DATA=/srv/x", " GROUNDWORK_CLINIC_NAME='$HOME `id`'  ",
             "B=", "; more", 'C="d # e"']  # fmt: skip
    assert taken(tmp_path, monkeypatch, "\n".join(lines)) == {
        "PATH": "/bin", "GROUNDWORK_DATA": "/srv/x", "GROUNDWORK_CLINIC_NAME": "$HOME `id`",
        "B": "", "C": "d # e",
    }  # fmt: skip


@pytest.mark.parametrize(
    "line", ["GROUNDWORK_ZONE", "export A=b", 'A="b', "A=b\\", 'A="b" c', "A = b", "A='b'c'"]
)
def test_a_line_that_could_be_read_in_two_ways_is_refused_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    with pytest.raises(BadSetting, match=r"Line 2 of .* must be NAME=value") as refused:
        taken(tmp_path, monkeypatch, f"FINE=1\n{line}\n")
    assert line not in str(refused.value), "a line may hold a password"


@pytest.mark.faults
def test_the_command_works_from_another_folder_and_takes_nothing_from_there(tmp_path: Path) -> None:
    (tmp_path / "flask.py").write_text("raise SystemExit('not ours')")
    (tmp_path / "groundwork.env").write_text("GROUNDWORK_SIGN_IN_DAYS=soon\n")
    tool = (root() / "tools" / "venv.sh").read_text()
    written = re.search(r"groundwork <<END\n(.+?)END\n", tool, re.S)
    assert written is not None
    script = written[1].replace("$PWD/.venv/bin/python", sys.executable)
    script = script.replace("$PWD", str(root())).replace("\\$@", "$@")
    command = tmp_path / "groundwork"
    command.write_text(script)
    command.chmod(0o755)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDWORK_")}

    def said(*words: str, **settings: str) -> str:
        done = subprocess.run([command, *words], cwd=tmp_path, env=bare | settings, text=True,
                              capture_output=True, check=False)  # fmt: skip
        return done.stdout + done.stderr

    assert "Bring a clinic back" in said("restore", "--help")
    refused = said("invite", GROUNDWORK_ENV_FILE="groundwork.env")
    assert "GROUNDWORK_SIGN_IN_DAYS must be a whole number" in refused
    assert "can’t be read" in said("invite", GROUNDWORK_ENV_FILE="none.env")


def test_what_the_page_for_operators_has_typed_is_there(app: Flask) -> None:
    page = (root() / "docs" / "operator.md").read_text()
    words = {*re.findall(r"\bgroundwork ([a-z][a-z-]+)", " ".join(re.findall(r"`[^`]+`", page)))}
    words |= {*re.findall(r"^ {4,}(?:sudo |docker .* )groundwork ([a-z-]+)", page, re.M)}
    assert words <= {*app.cli.commands, *console.main.commands, "db"}
    assert {"init", "restore", "backup", "import-meetings"} <= words
    files = {*re.findall(r"(?<![\w/])((?:deploy|tools)/[\w./-]*\w)", page)}
    assert len(files) > 6
    for file in files:
        assert (root() / file).exists(), file
    named = {name for name in settings_named((DEPLOY / "groundwork.env").read_text())
             if "_HELP_" not in name and not name.endswith(("_MOST", "_PASSES"))}  # fmt: skip
    assert not {name for name in named if f"`{name}`" not in page and f"`{name}=" not in page}


def test_whoever_stops_everything_waits_until_nothing_runs_any_more() -> None:
    """Stopping a target returns while what is part of it still stops."""
    page = (root() / "docs" / "operator.md").read_text()
    stops = re.findall(r"systemctl stop ([^`\n]*)", page)
    assert len(stops) > 2
    assert {stop.rstrip() for stop in stops} == {"groundwork.target 'groundwork-*'"}


@needs_systemd
def test_systemd_finds_nothing_wrong_with_a_unit(installed: Path) -> None:
    names = [unit.name for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={installed}", *names],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_service_can_do_little_besides_its_work(installed: Path, unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--root={installed}", unit.name],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    assert float(found[1]) <= MOST_EXPOSED


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's folders with our units in them, and the programs that they start."""
    machine = tmp_path_factory.mktemp("machine")
    shutil.copytree("/lib/systemd/system", machine / "lib/systemd/system", symlinks=True)
    shutil.copytree(SYSTEMD, machine / "etc/systemd/system")
    for program in ("groundwork", "gunicorn"):
        file = machine / "opt/groundwork/.venv/bin" / program
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o755)
    return machine
