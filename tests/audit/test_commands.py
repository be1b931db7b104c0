"""What the operator types leaves its act, and what he is told about the chain."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from tests.backups.made import no_bar
from tests.conftest import let_acts_be_deleted, set_up, settings_in, started, typed
from webapp.audit.actions import count_failure
from webapp.audit.models import Act
from webapp.backups.backup import ANCHOR
from webapp.backups.restore import restore
from webapp.config import Settings
from webapp.core.data.db import db


def kinds(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Act.kind).order_by(Act.number)))


@pytest.fixture
def sheet(clinic: Flask) -> str:
    return set_up(clinic)


def cut(app: Flask) -> None:
    """The last two acts go, as only who owns the database can do it."""
    with app.app_context():
        let_acts_be_deleted()
        last = db.session.scalars(select(Act.number).order_by(Act.number.desc())).first() or 0
        db.session.execute(delete(Act).where(Act.number > last - 2))
        db.session.commit()


def test_the_use_of_keys_and_each_backup_are_acts(clinic: Flask, sheet: str) -> None:
    with clinic.app_context():
        count_failure(db.session())
        db.session.commit()
    for command in ("invite", "rotate-key", "backup-key", "backup"):
        typed(clinic, command)
    assert kinds(clinic) == [
        "invited", "backup_key_made", "invited", "keys_rotated", "backup_key_made", "backed_up",
    ]  # fmt: skip


def test_a_backup_marks_the_last_act_and_a_cut_tail_is_named(
    clinic: Flask, own_settings: Settings, sheet: str, tmp_path: Path
) -> None:
    typed(clinic, "backup", "--to", str(tmp_path / "stick"))
    anchor = tmp_path / "stick" / ANCHOR
    said = typed(clinic, "verify-audit", "--anchor", str(anchor))
    assert "The audit log is whole: 3 acts, 1 marks compared." in said
    assert len(anchor.read_text().splitlines()) == 2  # what was found whole is the next mark
    cut(clinic)
    result = clinic.test_cli_runner().invoke(args=["verify-audit", "--anchor", str(anchor)])
    assert result.exit_code == 1
    assert "Cut off: the anchor knows act 3, and the last one here is 1." in result.output
    assert len(anchor.read_text().splitlines()) == 2


def test_without_an_anchor_it_says_what_it_cannot_know(clinic: Flask, sheet: str) -> None:
    assert "acts cut off at the end can't be noticed" in typed(clinic, "verify-audit")


def test_an_anchor_that_cannot_be_read_is_one_sentence(
    clinic: Flask, sheet: str, tmp_path: Path
) -> None:
    (tmp_path / "anchor").write_text("nonsense\n")
    asked = ["verify-audit", "--anchor", str(tmp_path / "anchor")]
    result = clinic.test_cli_runner().invoke(args=asked)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "Line 1 of" in result.output


def test_an_anchor_is_its_owners_alone_and_outlives_a_line_that_a_power_cut_left_half(
    clinic: Flask, sheet: str, tmp_path: Path
) -> None:
    anchor = tmp_path / ANCHOR
    anchor.touch(0o644)  # as a former version made it
    for _time in range(2):
        typed(clinic, "verify-audit", "--anchor", str(anchor))
        assert anchor.stat().st_mode & 0o777 == 0o600
        with anchor.open("a") as torn:
            torn.write("2026-11-23T21:0")
    assert "2 marks compared" in typed(clinic, "verify-audit", "--anchor", str(anchor))
    assert [len(line.split()) for line in anchor.read_text().splitlines()] == [3, 3, 3]


def test_a_restored_clinic_goes_on_with_its_chain_and_says_so(
    clinic: Flask, own_settings: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    typed(clinic, "backup", "--to", str(tmp_path / "stick"))
    clock.shift(3600)
    typed(clinic, "rotate-key")
    anchor = tmp_path / "stick" / ANCHOR
    typed(clinic, "verify-audit", "--anchor", str(anchor))
    clock.shift(3600)
    (data,), (keys,) = ((tmp_path / "stick").glob(f"*.{kind}.age") for kind in ("data", "keys"))
    another = settings_in(tmp_path / "another")
    restore(another, data, keys, sheet, no_bar)
    app = started(another)
    assert kinds(app) == ["invited", "backup_key_made", "restored"]
    said = typed(app, "verify-audit", "--anchor", str(anchor))
    assert "The clinic was restored from a backup on 2026-11-23 23:00 UTC." in said
    assert "The audit log is whole: 3 acts, 2 marks compared." in said
    assert re.search(r"acts from 3 on that were written until then", said)
    with app.app_context():
        with pytest.raises(Exception, match="never"):
            db.session.execute(text("DELETE FROM act"))  # what refuses it came along
        db.session.remove()
        db.engine.dispose()
