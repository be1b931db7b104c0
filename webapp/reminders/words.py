"""What a reminder says on a lock screen. Neutral, unless its owner chose own words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.core.dates import hour, plain, zone_name
from webapp.core.wording import gettext as _
from webapp.reminders.schedule import Kind

TITLE_LENGTH = 30
OPENS = "/today"


def body(kind: Kind, occurs_at: datetime, zone: str) -> str:
    """One sentence that tells a stranger nothing."""
    if kind == Kind.TEST:
        return _("This is a test. Reminders work on this phone.")
    if kind in (Kind.DEVICE, Kind.CHANGED):
        return _("There’s something new to look at.")
    if kind == Kind.DAILY:
        return _("There’s something for you today.")
    if kind == Kind.WRITE:
        return _("A good time to write a few words.")
    # Nobody knows which clock the phone shows by then.
    at, where = plain(hour(occurs_at, zone)), zone_name(zone)
    return _("You have something at %(hour)s, %(zone)s.", hour=at, zone=where)


def title() -> str:
    """What stands above it, for everybody."""
    return _("Reminder")


def told(title: str, text: str, id: UUID, tag: str, *, again: bool = False) -> dict[str, Any]:
    """The message for the phone.

    Safari can show this shape by itself when the worker is gone ("declarative web push"); the
    other browsers' worker reads the same fields.
    """
    return {
        "web_push": 8030,
        "notification": {
            "title": title,
            "body": text,
            "navigate": OPENS,
            "tag": tag,
            "data": {"id": str(id), "again": again},
        },
    }
