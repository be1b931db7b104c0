"""Each check says its sentence when its thing is broken for real, and nothing when all is well."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.conftest import Someone
from tests.doctor import breaks_around, breaks_inside
from tests.doctor.breaking import Break, Tools, pretend_sqlite, pretend_timedatectl
from tests.doctor.conftest import Clinic
from webapp.app import note_keys
from webapp.config import Settings
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.checks.database import has_wal_fault
from webapp.doctor.examining import CHECKS, State, examine
from webapp.reminders.models import Sender

BREAKS = [*breaks_inside.breaks, *breaks_around.breaks]


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Tools]:
    found = Tools(monkeypatch, tmp_path / "tools")
    found.folder.mkdir()
    pretend_timedatectl(found, "yes")
    with found.stack:
        yield found


@pytest.mark.parametrize(
    ("check", "sentence", "how"),
    BREAKS,
    ids=[f"{check}-{n}" for n, (check, *_) in enumerate(BREAKS)],
)
def test_what_is_broken_is_said_in_its_own_sentence(
    healthy: Clinic, tools: Tools, check: str, sentence: str, how: Break
) -> None:
    how(healthy, tools)
    found = healthy.examined(CHECKS[check].slow)[check]
    whole = f"{found.says} {found.mend}"
    assert re.fullmatch(sentence, found.says) or re.fullmatch(sentence, whole), found
    is_unchecked = "couldn’t be checked" in sentence
    assert (found.state is State.UNCHECKED) is is_unchecked
    assert bool(found.mend.strip()) is not is_unchecked


def test_where_all_is_well_nothing_is_said(healthy: Clinic, tools: Tools) -> None:
    pretend_sqlite(tools, "3.51.3")
    assert {found.state for found in healthy.examined().values()} == {State.WELL}


def test_what_breaks_in_one_check_is_said_and_stops_no_other(healthy: Clinic, tools: Tools) -> None:
    program = tools.folder / "bin" / "timedatectl"
    program.write_text("#!/bin/nowhere\n")
    found = healthy.wrong()
    assert [*found] == ["synchronized"]
    said = "Setting the clock couldn’t be checked: FileNotFoundError."
    assert found["synchronized"].says == said


def test_with_nothing_at_all_every_check_still_answers(tmp_path: Path) -> None:
    for environ in (
        {"GROUNDWORK_DATA": str(tmp_path / "none"), "GROUNDWORK_PLAIN_HTTP": "1"},
        {"GROUNDWORK_ZONE": "nowhere"},
    ):
        found = examine(Case(environ))
        assert [finding.name for finding in found] == [*CHECKS]
        assert any(finding.state is State.PROBLEM for finding in found)
    assert not (tmp_path / "none").exists()


def test_looking_changes_nothing(healthy: Clinic, tools: Tools) -> None:
    healthy.let_go()
    before = _kept(healthy.settings.data)
    healthy.case.file.chmod(0o644)
    examine(healthy.case, slow=False)
    assert healthy.file.stat().st_mode & 0o777 == 0o644
    assert _kept(healthy.settings.data) == before


@pytest.mark.database
def test_the_database_is_looked_at_on_either_engine(
    app: Flask, somebody: Callable[..., Someone], settings: Settings
) -> None:
    somebody("ana")
    with app.app_context():
        note_keys(app)
    found = {finding.name: finding for finding in examine(Case(known=settings), slow=False)}
    for name in ("database", "schema", "own_keys", "clock", "zones", "planning", "push_key"):
        assert found[name].state is State.WELL, found[name]
    assert found["senders"].says == "The reminder service has never run."
    assert found["space"].state is not State.UNCHECKED


@pytest.mark.database
def test_what_is_looked_at_can_only_be_read(settings: Settings, app: Flask) -> None:
    case = Case(known=settings)
    with pytest.raises(Unavailable, match="doesn’t answer"), case.connected() as connection:
        connection.execute(delete(Sender))
    case.close()


def test_the_versions_with_the_fault_are_those_that_its_makers_name() -> None:
    faulty = ("3.7.0", "3.40.1", "3.44.5", "3.46.1", "3.50.6", "3.51.0", "3.51.2")
    mended = ("3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.53.0", "4.0.0")
    for versions, is_faulty in ((faulty, True), (mended, False)):
        for version in versions:
            assert has_wal_fault(tuple(map(int, version.split(".")))) is is_faulty, version


def _kept(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file() and
            not file.name.endswith(("-shm", "-wal"))}  # fmt: skip
