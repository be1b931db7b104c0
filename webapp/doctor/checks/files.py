"""The data folder: who may open it, whose it is, and the keys in it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from webapp.backups.record import DEFAULT_FOLDER
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext
from webapp.doctor.case import Case
from webapp.doctor.examining import Problem, check


@check(_l("The data folder"))
def folder(case: Case) -> Problem | None:
    """Whether it is there, and ours to write to."""
    data = case.settings.data
    if not data.is_dir():
        return Problem(
            _("There is no data folder at %(folder)s.", folder=data),
            _("Check that GROUNDWORK_DATA is right and that its disk is mounted."),
        )
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return Problem(
            _("This account can’t write to %(folder)s.", folder=data),
            _("Run this as the account that the service runs as. If you did, give it the folder."),
        )
    return None


@check(_l("Permissions"))
def permissions(case: Case) -> Problem | None:
    """Keys are for their owner alone; nothing is for everyone."""
    data = case.data
    keys = [case.keys, *_in(case.keys)]
    rest = [data, *_databases(case), *_backups(case)]
    wide = [path for path in keys if _mode(path) & (stat.S_IRWXO | stat.S_IRWXG)]
    wide += [path for path in rest if _mode(path) & stat.S_IRWXO]
    if not wide:
        return None
    return Problem(
        _("Other accounts on this machine may open %(file)s.", file=_named(wide)),
        _("Run: chmod -R go= %(folder)s", folder=data),
    )


@check(_l("Owner"))
def owner(case: Case) -> Problem | None:
    """A command typed as root leaves files that the service can't open."""
    data = case.data
    paths = [*_in(data), *_in(case.keys), *_databases(case), *_backups(case)]
    belongs_to = data.stat().st_uid
    others = [path for path in paths if path.exists() and path.stat().st_uid != belongs_to]
    if not others:
        return None
    return Problem(
        _("%(file)s belongs to another account than the data folder.", file=_named(others)),
        _("Run as root: chown -R --reference=%(folder)s %(folder)s", folder=data),
    )


@check(_l("Key files"))
def keys(case: Case) -> Problem | None:
    """Each of them: there, whole, long enough."""
    if case.is_empty:
        return None
    try:
        case.secrets()
    except BadKeyFile as trouble:
        return Problem(trouble.says, trouble.mend)
    return None


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _databases(case: Case) -> Iterator[Path]:
    for ending in ("", "-wal", "-shm") if case.file else ():
        yield Path(f"{case.file}{ending}")


def _backups(case: Case) -> list[Path]:
    folder = case.data / DEFAULT_FOLDER
    return [folder, *_in(folder)]


def _mode(path: Path) -> int:
    return path.stat().st_mode if path.exists() else 0


def _named(paths: list[Path]) -> str:
    """One by name, and how many more: a line stays a line."""
    more = len(paths) - 1
    if not more:
        return str(paths[0])
    return ngettext(
        "%(first)s and %(num)s more", "%(first)s and %(num)s more", more, first=paths[0]
    )
