"""What is known about backups without opening one: when the last was made, when one was tried."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from webapp.core import clock
from webapp.core.crypto.key_files import put

DEFAULT_FOLDER = "backups"  # in the data folder
DATA, KEYS = "groundwork-{at}.data.age", "groundwork-{at}.keys.age"
STAMP = "%Y%m%dT%H%M%SZ"
DRILL, BACKUP = "last-drill", "last-backup"  # in the data folder


def newest_backup(folder: Path) -> datetime | None:
    """When the newest whole backup was taken. One whose keys or data are missing is none."""
    whole = {at for _file, at in dated(folder, DATA)} & {at for _file, at in dated(folder, KEYS)}
    return max(whole, default=None)


def dated(folder: Path, kind: str) -> list[tuple[Path, datetime]]:
    """The backups of a kind with the time when each was taken, the oldest first."""
    found = []
    for file in sorted(folder.glob(kind.format(at="*"))):
        with suppress(ValueError):
            stamp = file.name.split(".")[0].removeprefix("groundwork-")
            found.append((file, datetime.fromisoformat(stamp)))
    return found


def last_drill(data: Path) -> datetime | None:
    """When a backup was last brought back in a drill, and was whole."""
    return _noted(data / DRILL)


def note_drill(data: Path) -> None:
    """A drill went well, now."""
    _note(data / DRILL)


def last_backup(data: Path) -> datetime | None:
    """When a backup was last made to another folder than the one in the data folder."""
    return _noted(data / BACKUP)


def note_backup(data: Path) -> None:
    """One was made there and read back, now."""
    _note(data / BACKUP)


def _noted(file: Path) -> datetime | None:
    with suppress(FileNotFoundError, ValueError):
        return datetime.fromisoformat(file.read_text().strip()).astimezone(UTC)
    return None


def _note(file: Path) -> None:
    put(file, f"{clock.now().isoformat()}\n".encode(), replace=file.exists())
