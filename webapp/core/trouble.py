"""What the database's own errors mean to a person. Pure: an error in, one of ours out."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from webapp.core import errors

Named = type[errors.GroundworkError]

# By SQLite's primary result code.
SQLITE: dict[int, Named] = {
    sqlite3.SQLITE_FULL: errors.Full,
    sqlite3.SQLITE_BUSY: errors.Busy,
    sqlite3.SQLITE_LOCKED: errors.Busy,
    sqlite3.SQLITE_CANTOPEN: errors.Away,
    sqlite3.SQLITE_IOERR: errors.Away,
    sqlite3.SQLITE_NOMEM: errors.Away,
    sqlite3.SQLITE_ERROR: errors.Broken,  # no such table, no such column
    sqlite3.SQLITE_CORRUPT: errors.Broken,
    sqlite3.SQLITE_NOTADB: errors.Broken,
    sqlite3.SQLITE_READONLY: errors.Broken,
    sqlite3.SQLITE_PERM: errors.Broken,
}
# By SQLSTATE, or its first two characters: what a class of states has in common.
POSTGRESQL: dict[str, Named] = {
    "53100": errors.Full,
    "53": errors.Busy,  # out of memory or connections
    "55P03": errors.Busy,  # waited too long for a lock
    "40": errors.Busy,  # two that waited for each other
    "57014": errors.Busy,  # took too long
    "57": errors.Away,  # shutting down or starting
    "08": errors.Away,
    "58": errors.Away,
    "42P01": errors.Broken,
    "42703": errors.Broken,
    "42501": errors.Broken,
    "25006": errors.Broken,
    "XX": errors.Broken,
}


def meaning(error: DBAPIError) -> Named | None:
    """Which of our errors this is; None for a mistake in our own statement or values."""
    if isinstance(error.orig, sqlite3.Error):
        return SQLITE.get(getattr(error.orig, "sqlite_errorcode", -1) & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2])
    # The driver itself: it never reached the server, or lost it.
    is_lost = isinstance(error, InterfaceError | OperationalError)
    return errors.Away if is_lost or error.connection_invalidated else None


def reason(error: BaseException) -> str:
    """For the log: the name of what went wrong, and nothing that was said with it."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    return getattr(orig, "sqlite_errorname", None) or type(orig).__name__
