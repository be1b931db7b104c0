"""What a migration may not do unseen: lose rows, or take a database back to an older program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect

from webapp.core.starting import NotStarting, refuse_newer, revision_of


@dataclass(frozen=True)
class Migrated:
    """What was done to a database, and what is in it since."""

    steps: list[str]  # each revision with its sentence
    rows: dict[str, int]  # by table
    explained: dict[str, str]  # why a table has fewer rows than before


def steps_to_head(connection: Connection, scripts: ScriptDirectory) -> list[Script]:
    """The migrations that this database lacks, in their order. Raises NotStarting for a newer one.

    For a database without tables these are all of them.
    """
    at = revision_of(connection)
    refuse_newer(at, Path(scripts.dir))
    return list(scripts.iterate_revisions("head", at or "base"))[::-1]


def sentence_of(step: Script) -> str:
    """A migration in one line."""
    return f"{step.revision}  {step.doc}"


def tables_of(connection: Connection) -> list[Table]:
    """The tables there are, whichever version made them; without Alembic's own."""
    there = MetaData()
    there.reflect(connection)
    return [table for table in there.sorted_tables if table.name != "alembic_version"]


def rows_by_table(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted({*inspect(connection).get_table_names()} - {"alembic_version"})
    every = {name: f'SELECT count(*) FROM "{name}"' for name in names}  # noqa: S608
    return {name: connection.exec_driver_sql(count).scalar_one() for name, count in every.items()}


def explained_by(steps: Iterable[Script]) -> dict[str, str]:
    """Tables of which these migrations say, in `FEWER_ROWS`, that they take rows away, and why."""
    explained: dict[str, str] = {}
    for step in steps:
        explained |= getattr(step.module, "FEWER_ROWS", {})
    return explained


def refuse_losses(
    before: Mapping[str, int], after: Mapping[str, int], explained: Mapping[str, str]
) -> dict[str, str]:
    """Refuse a migration after which rows are missing. Returns why some are, where it says so."""
    fewer = {table for table, rows in before.items() if after.get(table, 0) < rows}
    if lost := sorted(fewer - set(explained)):
        raise NotStarting(f"Rows of {', '.join(lost)} would be lost. Nothing was changed.")
    return {table: explained[table] for table in sorted(fewer)}


def refuse_orphans(raw: Any) -> None:
    """Refuse a SQLite database whose rows point to what isn't there, or whose pages are damaged."""
    broken = sorted({str(table) for table, *_ in raw.execute("PRAGMA foreign_key_check")})
    if broken:
        raise NotStarting(
            f"Rows would be left without their parents: {', '.join(broken)}. Nothing was changed."
        )
    (said,) = raw.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise NotStarting(f"The database would be damaged ({said}). Nothing was changed.")
