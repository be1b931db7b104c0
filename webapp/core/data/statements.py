"""Statements that are built and compiled once, and run with the values of each request.

For each run SQLAlchemy (read at 2.1.9) finds the compiled statement by a key, makes a context and
a result, and that takes longer than the database takes to answer. The pages that are opened most
keep theirs here, and hand them to the driver themselves. Rows are plain columns by name, in their
Python types.
"""

from collections import namedtuple
from functools import partial
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from webapp.core.data.db import db, must_write


class Statement:
    """A select, or an insert that says what it returns; it sees what was flushed, and flushes
    nothing itself."""

    def __init__(self, built: Any) -> None:
        self._built = built
        self._compiled: _Compiled | None = None

    def run(self, values: dict[str, Any]) -> list[Any]:
        """Its rows for these values, in the request's own transaction."""
        if self._built.is_dml:
            must_write()
        connection = db.session.connection()
        compiled = self._compiled
        if compiled is None or compiled.dialect is not connection.dialect:
            compiled = self._compiled = _Compiled(self._built, connection.dialect)
        driver = connection.connection
        try:
            cursor = driver.cursor()
            cursor.execute(compiled.text, compiled.given(values))
            rows = list(cursor.fetchall())
            cursor.close()
        except compiled.errors as error:
            is_lost = compiled.dialect.is_disconnect(error, driver, None)
            if is_lost:
                connection.invalidate(error)
            raise compiled.named(error, is_lost) from error
        return compiled.taken(rows) if rows else rows

    def first(self, values: dict[str, Any]) -> Any | None:
        """The first of its rows, if there is any."""
        return next(iter(self.run(values)), None)


class _Compiled:
    """A statement for one kind of database, with what turns values and columns into their types."""

    def __init__(self, built: Any, dialect: Dialect) -> None:
        self.dialect = dialect
        self.errors = dialect.loaded_dbapi.Error
        compiled = built.compile(dialect=dialect)
        # Neither a list of any length nor a column's own default can be compiled ahead.
        assert not compiled.post_compile_params
        assert not compiled.insert_prefetch
        self.text = str(compiled)
        self._into = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        self._asked = [name for name, bind in compiled.binds.items() if bind.required]
        self._fixed = {
            name: self._bound(name, bind.effective_value)
            for name, bind in compiled.binds.items()
            if not bind.required
        }
        columns = list(built.exported_columns)
        self._from = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ]
        names = [column.key or "_" for column in columns]
        self._row = partial(tuple.__new__, namedtuple("Row", names, rename=True))

    def _bound(self, name: str, value: Any) -> Any:
        process = self._into[name]
        return value if process is None else process(value)

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        return self._fixed | {name: self._bound(name, values[name]) for name in self._asked}

    def taken(self, rows: list[Any]) -> list[Any]:
        columns = [
            column if process is None else map(process, column)
            for process, column in zip(self._from, zip(*rows, strict=True), strict=True)
        ]
        return list(map(self._row, zip(*columns, strict=True)))

    def named(self, error: Exception, is_lost: bool) -> BaseException:
        """By SQLAlchemy's name, without the values: they could be a person's words."""
        return DBAPIError.instance(
            self.text, None, error, self.errors, hide_parameters=True,
            connection_invalidated=is_lost, dialect=self.dialect,
        )  # fmt: skip
