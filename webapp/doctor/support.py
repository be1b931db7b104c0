"""What one may show a stranger who helps: numbers and names of ours, nothing of the clinic's."""

import platform
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields

import sqlalchemy
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from webapp.accounts.models import Person
from webapp.config import HelpLines, Settings
from webapp.core.starting import revision_of
from webapp.core.version import version
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.checks.machine import zone_data
from webapp.doctor.examining import Finding, State
from webapp.entries.models import Entry
from webapp.program.models import Group

COUNTED = {"people": Person, "groups": Group, "entries": Entry}


def support(case: Case, findings: list[Finding]) -> Iterator[str]:
    """Line by line. What can't be known is left out."""
    yield f"Groundwork {version()}"
    yield f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"
    yield f"SQLite {sqlite3.sqlite_version}, zones {zone_data()}"
    with suppress(Unavailable, DBAPIError):
        yield from _database(case)
    yield f"Settings: {', '.join(_set(case)) or 'none'}"
    for state in (State.PROBLEM, State.KNOWN, State.UNCHECKED):
        names = [finding.name for finding in findings if finding.state is state]
        yield f"{state}: {', '.join(names) or 'none'}"


def _database(case: Case) -> Iterator[str]:
    with case.connected() as connection:
        yield f"Database: {connection.dialect.name}, revision {revision_of(connection)}"
        counts = {
            word: connection.scalar(select(func.count()).select_from(model)) or 0
            for word, model in COUNTED.items()
        }
    yield ", ".join(f"{word}: {_about(many)}" for word, many in counts.items())


def _about(many: int) -> str:
    """How many figures it has: 1, 10, 100 …, which tells nobody apart."""
    return "0" if not many else f"{10 ** (len(str(many)) - 1)} or more"


def _set(case: Case) -> list[str]:
    """Names that this program knows; a misspelled one may be anything."""
    known = {field.name for field in fields(Settings)} | {
        f"help_{field.name}" for field in fields(HelpLines)
    }
    names = {f"GROUNDWORK_{name.upper()}" for name in known}
    return sorted(names & case.environ.keys())
