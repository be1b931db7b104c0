"""Reading statements that are built and compiled once, and run with the values of each request.

SQLAlchemy finds a compiled statement again by a key, and the key of one that looks in ten places
takes longer to read than the database takes to answer. The pages that are opened most keep
theirs here. Rows are plain columns, in their Python types.
"""

from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.sql.base import Executable

from webapp.core.db import db


class Statement:
    """One of them. It sees what was flushed, and flushes nothing itself."""

    def __init__(self, built: Executable) -> None:
        self._built = built
        self._options = {"compiled_cache": _Kept()}

    def run(self, values: dict[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Its rows for these values, the same ones by name each time, in the request's own
        transaction."""
        return db.session.connection().execute(self._built, values, execution_options=self._options)


class _Kept(dict[Any, Any]):
    """Passes for the library's cache, with one statement in it: nothing to tell apart."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[0], default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self.clear()
        super().__setitem__(key[0], compiled)
