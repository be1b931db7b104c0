"""Reading the clinic's settings."""

from sqlalchemy import select

from webapp.core.data.statements import Statement
from webapp.settings.models import ClinicSettings

# For a statement that every signed-in page runs anyway.
VERSION = select(ClinicSettings.version).scalar_subquery()
_ROW = Statement(select(*ClinicSettings.__table__.c))


def stored() -> ClinicSettings | None:
    """The row, to be read; none in a database that has none yet."""
    row = _ROW.first({})
    return ClinicSettings.drawn(row._asdict()) if row else None
