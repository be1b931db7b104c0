"""What a backup holds, when there is none, and the drill that proves that it opens."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.backups.made import backed_up, no_bar
from tests.house.world import World, contents
from webapp.backups import postgresql, sealed, sqlite
from webapp.backups.drill import drill
from webapp.backups.errors import NoBackup
from webapp.backups.opening import sealed_kinds
from webapp.backups.record import last_backup, last_drill
from webapp.backups.restore import restore
from webapp.config import Settings
from webapp.core.data.db import db

pytestmark = [pytest.mark.database, pytest.mark.long]

WRAPPED = text("SELECT wrapped FROM data_key")


def test_neither_file_alone_holds_a_wrapped_key_beside_the_outer_one(
    world: World, sheet: str, tmp_path: Path
) -> None:
    made = backed_up(world.app, tmp_path / "backups")
    identity = sealed.identity_of(sheet)
    with world.app.app_context():
        wrapped = [bytes(row) for (row,) in db.session.execute(WRAPPED)]
        outer = (world.app.extensions["settings"].data / "keys" / "outer.keys").read_bytes()
        db.session.rollback()
    data, keys = (_members(file, identity) for file in (made.data, made.keys))
    assert wrapped
    assert not any(key in data["database"] for key in (*wrapped, outer.strip()))
    assert set(keys) == {"keys.json"}
    for file in (made.data, made.keys):  # and sealed, nothing can be read at all
        assert not any(word in file.read_bytes() for word in (b"SQLite format 3", b"keys.json"))
        assert file.stat().st_mode & 0o777 == 0o600


def _members(file: Path, identity: object) -> dict[str, bytes]:
    with sealed.opened(file, identity) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def test_what_is_not_a_backup_of_ours_is_refused_and_changes_nothing(
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    made = backed_up(world.app, tmp_path / "backups")
    identity = sealed.identity_of(sheet)
    former, foreign = (
        _saying(made.data, identity, tmp_path / f"{name}.age", **{name: said})
        for name, said in (("revision", "0001"), ("engine", "oracle"))
    )
    cut = tmp_path / "cut.age"
    cut.write_bytes(made.data.read_bytes()[:-70_000])
    altered = tmp_path / "altered.age"
    content = bytearray(made.data.read_bytes())
    content[-500] ^= 1
    altered.write_bytes(bytes(content))
    _public, stranger = sealed.new_key()
    for data, keys, sheet_, said in (
        (made.data, made.keys, stranger, "another key"),
        (cut, made.keys, sheet, "cut"),
        (altered, made.keys, sheet, "altered"),
        (made.keys, made.keys, sheet, "no database"),
        (made.data, made.data, sheet, "no keys"),
        (made.data, made.keys, "nothing", "no private key"),
        (former, made.keys, sheet, "is at revision 0001, and this program is at"),
        (foreign, made.keys, sheet, "is from oracle, and GROUNDWORK_DATABASE_URL is for"),
    ):
        with pytest.raises(NoBackup, match=said):
            restore(another, data, keys, sheet_, no_bar)
        there = list(another.data.rglob("*")) if another.data.exists() else []
        assert there == []


def _saying(data: Path, identity: Any, file: Path, **said: str) -> Path:
    """The same backup, of another program."""
    members = _members(data, identity)
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | said).encode()
    sealed.seal(file, members.items(), identity.to_public(), lambda _done: None)
    return file


def test_a_restore_never_lands_on_a_database_that_is_there(
    world: World, settings: Settings, sheet: str, tmp_path: Path
) -> None:
    made = backed_up(world.app, tmp_path / "backups")
    with world.app.app_context():
        before = contents(())
    with pytest.raises(NoBackup, match="database here already"):
        restore(settings, made.data, made.keys, sheet, no_bar)
    with world.app.app_context():
        assert contents(()) == before


def test_older_keys_are_refused(
    world: World, another: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    older = backed_up(world.app, tmp_path / "older")
    clock.shift(60)
    newer = backed_up(world.app, tmp_path / "newer")
    with pytest.raises(NoBackup, match="older than the data"):
        restore(another, newer.data, older.keys, sheet, no_bar)


def test_backups_of_thirty_days_stay_and_older_ones_go(
    world: World, sheet: str, tmp_path: Path, clock
) -> None:
    folder = tmp_path / "backups"
    first = backed_up(world.app, folder)
    clock.shift(28 * 86_400)
    assert backed_up(world.app, folder).removed == 0
    # The next night comes a quarter of an hour earlier, and the one after it would be too late.
    clock.shift(86_400 - 15 * 60)
    assert backed_up(world.app, folder).removed == 1
    assert (first.data.exists(), first.keys.exists()) == (True, False)
    clock.shift(2 * 86_400)
    (folder / "notes.txt").write_text("mine")
    assert backed_up(world.app, folder).removed == 1
    assert not first.data.exists()
    assert len(list(folder.iterdir())) == 8


@pytest.mark.parametrize("cut", ["share", "group"])
def test_rows_that_a_copy_lacks_are_noticed_and_there_is_no_backup(
    world: World, sheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    def lossy(file: Path) -> Engine:
        if file.name.startswith(".backup."):
            with closing(sqlite3.connect(file)) as copy, copy:
                copy.execute(f'DELETE FROM "{cut}"')  # noqa: S608
        return whole(file)

    whole = sqlite._engine
    monkeypatch.setattr(sqlite, "_engine", lossy)
    without = f'--exclude-table-data="{cut}"'
    monkeypatch.setattr(postgresql, "LEFT_OUT", (*postgresql.LEFT_OUT, without))
    with pytest.raises(NoBackup, match=rf"should have \d+ rows of {cut} and has 0"):
        backed_up(world.app, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_drill_opens_words_of_every_table_and_names_those_that_stay_closed(
    world: World, settings: Settings, sheet: str, tmp_path: Path, caplog
) -> None:
    folder = tmp_path / "backups"
    sealed_tables = {table.name for table in db.metadata.sorted_tables if "sealed" in table.c}
    assert {str(kind.__table__.name) for kind in sealed_kinds()} | {"entry_version"} == (
        sealed_tables
    )
    backed_up(world.app, folder)
    assert drill(settings, folder, sheet, no_bar).opened > 20
    with world.app.app_context():
        for table in sorted(sealed_tables):
            db.session.execute(text(f"UPDATE {table} SET sealed = :by"), {"by": b"\x01" * 40})  # noqa: S608
        db.session.commit()
        rows = {
            name: db.session.scalar(text(f"SELECT count(*) FROM {name}"))  # noqa: S608
            for name in sealed_tables
            - {"sign_in", "passkey", "push_subscription", "invitation"}  # a restore ends them
        }
        db.session.remove()
    (settings.data / "last-drill").unlink()
    backed_up(world.app, folder)
    with pytest.raises(NoBackup, match="don’t open everything") as refused:
        drill(settings, folder, sheet, no_bar)
    for name, number in rows.items():
        assert not number or f"{name} {number} of {number}" in str(refused.value)
    assert last_drill(settings.data) is None
    assert "Unopened" not in caplog.text


def test_a_drill_brings_the_newest_backup_back_and_leaves_nothing_but_its_date(
    world: World, settings: Settings, sheet: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with pytest.raises(NoBackup, match="no whole backup"):
        drill(settings, folder, sheet, no_bar)
    backed_up(world.app, folder)
    assert last_backup(settings.data) is not None  # for doctor: it isn't in the data folder
    (settings.data / "last-drill").unlink(missing_ok=True)
    with world.app.app_context():
        before = contents(())
        db.session.remove()
    there = sorted(settings.data.iterdir())
    _public, stranger = sealed.new_key()
    with pytest.raises(NoBackup, match="another key"):
        drill(settings, folder, stranger, no_bar)
    assert sorted(settings.data.iterdir()) == there
    assert last_drill(settings.data) is None
    assert drill(settings, folder, sheet, no_bar).restored.people > 0
    assert last_drill(settings.data) is not None
    (settings.data / "last-drill").unlink()
    assert sorted(settings.data.iterdir()) == there
    with world.app.app_context():
        assert contents(()) == before
        db.session.remove()
