"""What the environment says for a clinic whose settings aren't in the database yet."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from webapp.config import Settings
from webapp.core import clock
from webapp.settings.models import ClinicSettings

_TABLE = ClinicSettings.__table__
_OWN = (
    "id", "version", "changed_at", "changed_by_id", "second_factor_from", "consent_edition",
    "not_needed",
)  # fmt: skip
SECOND_FACTOR_IN = timedelta(days=14)


def first(settings: Settings) -> ClinicSettings:
    """A row as the environment has it; version 0 says that it is stored nowhere yet."""
    stored_nowhere = {"id": 1, "version": 0, "consent_edition": 1, "not_needed": ""}
    return ClinicSettings.drawn({**dict.fromkeys(_OWN), **stored_nowhere, **_taken(settings)})


def make_row(connection: Connection, settings: Settings) -> None:
    """Take the settings from the environment, once: afterwards the database has them.

    Raises BadSetting for one that can't be used.
    """
    if not connection.scalar(select(func.count()).select_from(_TABLE)):
        settings.refuse_unusable()
        connection.execute(
            insert(ClinicSettings).values(
                id=1,
                version=1,
                second_factor_from=clock.now() + SECOND_FACTOR_IN,
                **_taken(settings),
            )
        )


def ignored_settings(environ: Mapping[str, str], row: ClinicSettings) -> list[str]:
    """Variables that say something else than the database, which is what counts."""
    names = {f"GROUNDWORK_{name.upper()}": name for name in _names()}
    return [
        variable
        for variable, name in names.items()
        if variable in environ and environ[variable] != str(getattr(row, name))
    ]


def values_of(row: ClinicSettings) -> dict[str, Any]:
    """Each setting by its name, as this row has it."""
    return {name: getattr(row, name) for name in _names()}


def _taken(settings: Settings) -> dict[str, Any]:
    told = {f"help_{name}": value for name, value in asdict(settings.help_lines).items()}
    told |= {name: getattr(settings, name) for name in _names() if hasattr(settings, name)}
    return {name: _value(name, told) for name in _names()}


def _value(name: str, told: dict[str, Any]) -> Any:
    default: Any = _TABLE.c[name].default
    return told.get(name, default and default.arg)


def _names() -> list[str]:
    """Each setting, by its column."""
    return [column.key for column in _TABLE.c if column.key not in _OWN]
