"""Where a page of a list ends, as its address or form says it. Pure: plain values in and out."""

from datetime import UTC, datetime
from uuid import UUID

from webapp.entries.models import Entry

# When an entry was, and its id: several may have been at the same minute.
Place = tuple[datetime, UUID]


def place_of(entry: Entry) -> str:
    """The place of an entry in a list, to begin the next page behind it."""
    return f"{entry.happened_at.isoformat()}~{entry.id.hex}"


def place(text: str) -> Place | None:
    """A place as `place_of` wrote it; None for whatever else."""
    at, _, id = text.partition("~")
    try:
        when = datetime.fromisoformat(at)
        return (when.astimezone(UTC), UUID(id)) if when.tzinfo else None
    except (ValueError, OverflowError):
        return None
