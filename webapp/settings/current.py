"""The clinic's settings as of now: what every page and every process asks.

A process keeps the last row that it read. A signed-in page brings the version along with the
sign-in's own statement, and the row is read anew when that is another one. Other pages read the
row once each. Without a database, a page that only reads goes on with what was last known: *Help
now* has to answer. What is shown may be old by then, but not more so than the page on a phone.
"""

import time

from flask import current_app, g
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from webapp.core.data.db import db, may_write, writing
from webapp.settings import queries
from webapp.settings.first import first
from webapp.settings.models import ClinicSettings

PAUSE = 30.0  # seconds in which a database that was away isn't waited for again


class Kept:
    """What this process knows of the settings."""

    def __init__(self, row: ClinicSettings) -> None:
        self.first = self.row = row
        self.tried_again_at = 0.0

    def look(self) -> ClinicSettings:
        """Read the row, in a transaction of its own where none has begun: a page that counts tries
        first may not have one. Raises DBAPIError only in the middle of what is written."""
        has_begun = db.session().in_transaction()
        if has_begun and may_write():
            return self.read()
        if time.monotonic() < self.tried_again_at:
            return self.row
        try:
            with writing(allowed=False):
                row = self.read()
        except (DBAPIError, NoConnectionFree):
            self.tried_again_at, row = time.monotonic() + PAUSE, self.row
            has_begun = False
        if not has_begun:
            db.session.rollback()
        return row

    def read(self) -> ClinicSettings:
        self.row = queries.stored() or self.first
        return self.row


def clinic_settings() -> ClinicSettings:
    """The clinic's settings, the same ones for the whole of a request."""
    known: ClinicSettings | None = g.get("clinic_settings")
    if known is None:
        known = g.clinic_settings = _kept().look()
    return known


def settings_so_far() -> ClinicSettings:
    """For templates, which ask no database: as the view had them, or as they were last known."""
    known: ClinicSettings | None = g.get("clinic_settings")
    return known or _kept().row


def settings_are_at(version: int | None) -> None:
    """Told with who is signed in: read the settings anew if they changed."""
    kept = _kept()
    g.clinic_settings = kept.row if kept.row.version == (version or 0) else kept.read()


def look_again() -> ClinicSettings:
    """For a process that goes on for days: the settings as of now."""
    g.pop("clinic_settings", None)
    return clinic_settings()


def _kept() -> Kept:
    found: Kept | None = current_app.extensions.get("clinic settings")
    if found is None:
        found = Kept(first(current_app.extensions["settings"]))
        current_app.extensions["clinic settings"] = found
    return found
