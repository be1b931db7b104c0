"""What the operator types: `groundwork backup-key`, `backup`, `restore`, `move-to`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from webapp.audit.actions import close_quarters, record
from webapp.audit.kinds import ActKind
from webapp.audit.verify import add_mark, marks_in, verify
from webapp.backups import sealed
from webapp.backups.backup import ANCHOR, RECIPIENT, make
from webapp.backups.drill import drill
from webapp.backups.errors import NoBackup
from webapp.backups.moving import move
from webapp.backups.record import DEFAULT_FOLDER
from webapp.backups.restore import restore
from webapp.backups.sheet import recovery_sheet
from webapp.config import BadSetting, Settings
from webapp.core.crypto.key_files import put
from webapp.core.data.db import db
from webapp.core.trouble import meaning, reason
from webapp.settings.current import clinic_settings


@click.command("backup-key")
@with_appcontext
def backup_key() -> None:
    """Make a new key for backups and print the recovery sheet with its private half, once."""
    settings = current_app.extensions["settings"]
    click.echo(new_recovery_sheet(settings, clinic_settings().clinic_name))
    record(ActKind.BACKUP_KEY_MADE)
    db.session.commit()


def first_recovery_sheet(settings: Settings, clinic: str) -> str | None:
    """The sheet that opens backups, unless one was printed already: of several processes that
    start at once, one has the key that counts."""
    public, private = sealed.new_key()
    file = settings.data / RECIPIENT
    put(file, public_line := f"{public}\n".encode())
    return recovery_sheet(clinic, private) if file.read_bytes() == public_line else None


def new_recovery_sheet(settings: Settings, clinic: str) -> str:
    """Have backups sealed to a new key from now on. Returns the sheet that opens them."""
    if first := first_recovery_sheet(settings, clinic):
        return first
    public, private = sealed.new_key()
    put(settings.data / RECIPIENT, f"{public}\n".encode(), replace=True)
    return recovery_sheet(clinic, private)


into = click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path),
    help="Where the backup goes; by default the folder backups in the data folder.",
)  # fmt: skip


@click.command("backup")
@into
@with_appcontext
def backup(folder: Path | None) -> None:
    """Back the clinic up while it runs: two encrypted files, the data and the keys."""
    back_up(current_app.extensions["settings"], folder)
    record_backup()


def record_backup() -> None:
    """Write into the clinic's log that one was made; only where the tables are of this program."""
    with _said("The audit log doesn’t say that there is a backup."):
        record(ActKind.BACKED_UP)
        close_quarters(db.session())
        db.session.commit()


@contextmanager
def _said(what: str, otherwise: str = "") -> Iterator[None]:
    """Whatever stops it is said: what wasn’t done, why, and what that means."""
    try:
        yield
    except (NoBackup, OSError) as trouble:
        why = str(trouble)
    except DBAPIError as trouble:
        if meaning(trouble) is None:
            raise
        why = f"Database error: {reason(trouble)}. Type it again once that is mended."
    else:
        return
    raise click.ClickException(f"{what} {why} {otherwise}".strip())


def back_up(settings: Settings, folder: Path | None, otherwise: str = "") -> None:
    """Make a backup and say where it is; or say why there is none, and what that means."""
    with _said("No backup was made.", otherwise):
        made = make(settings, folder or settings.data / DEFAULT_FOLDER, _bar("Backing up"))
    click.echo(f"Backed up and read back: {made.rows} rows.")
    click.echo(f"  {made.data}")
    click.echo(f"  {made.keys}")
    if made.removed:
        click.echo(f"{made.removed} files older than 30 days were removed.")


@click.command("verify-audit")
@click.option(
    "--anchor", type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where the last acts are kept; by default {ANCHOR} in the folder of the backups.",
)  # fmt: skip
@with_appcontext
def verify_audit(anchor: Path | None) -> None:
    """Check that no act was changed, removed, moved, or cut off; then add the last to the anchor.

    An anchor kept on another machine shows what whoever owns this one has changed.
    """
    file = anchor or current_app.extensions["settings"].data / DEFAULT_FOLDER / ANCHOR
    try:
        marks = marks_in(file)
        with db.engine.connect() as connection:
            found = verify(connection, marks)
        for line in (*found.restored, *found.problems):
            click.echo(line)
        if found.problems:
            raise click.ClickException(f"The audit log isn't whole. {len(marks)} marks compared.")
        if anchor or marks:
            add_mark(file, found.number, found.hash)
    except (ValueError, OSError) as trouble:
        raise click.ClickException(str(trouble)) from None
    click.echo(f"The audit log is whole: {found.number} acts, {len(marks)} marks compared.")
    if not marks:
        click.echo("Without a mark from before, acts cut off at the end can't be noticed.")


@click.command("restore")
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("keys", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", "identity", type=click.File(), default="-",
    help="A file with the private key from the recovery sheet; by default it is typed.",
)  # fmt: skip
def restore_command(data: Path, keys: Path, identity: TextIO) -> None:
    """Bring a clinic back from DATA and KEYS, where there is no database yet."""
    settings = Settings.from_environment()
    with _said(""):
        restored = restore(settings, data, keys, identity.read(), _bar("Restoring"))
    click.echo(f"Restored: {restored.people} people, {restored.rows} rows.")
    click.echo(f"The data goes up to {restored.taken_at:%Y-%m-%d %H:%M} UTC.")
    if restored.erased:
        click.echo(f"{restored.erased} people who were erased since then stay erased.")
    if restored.closed:
        click.echo(f"{restored.closed} staff accounts that were closed since then stay closed.")
    click.echo(
        f"These staff accounts are open: {', '.join(restored.staff)}. Those closed after "
        f"{restored.keys_at:%Y-%m-%d %H:%M} UTC are among them. Have an administrator look at "
        "Staff accounts, groups, and legal holds, and say so there. Until then nothing is erased."
    )
    click.echo(
        f"The keys are of {restored.keys_at:%Y-%m-%d %H:%M} UTC. Whoever erased their account "
        "after that is here again: nothing in these files says who. Tell patients so."
    )
    click.echo(
        "Everyone signs in again. Sharing, codes (those of attendance sheets too), and calendar "
        "addresses have ended, and each patient is asked to sign the consent again. Now start "
        "Groundwork."
    )


@click.command("drill")
@click.option(
    "--from", "folder", type=click.Path(file_okay=False, path_type=Path),
    help="Where the backups are; by default the folder backups in the data folder.",
)  # fmt: skip
@click.option(
    "--key", "identity", type=click.File(), default="-",
    help="A file with the private key from the recovery sheet; by default it is typed.",
)  # fmt: skip
def drill_command(folder: Path | None, identity: TextIO) -> None:
    """Try the newest backup: bring it back in a temporary place, check it, and remove it."""
    settings = Settings.from_environment()
    with _said("The drill failed."):
        tried = drill(
            settings, folder or settings.data / DEFAULT_FOLDER, identity.read(), _bar("Trying")
        )
    found = tried.restored
    click.echo(f"The backup of {found.taken_at:%Y-%m-%d %H:%M} UTC can be restored:")
    click.echo(f"{found.people} people, {found.rows} rows. The keys opened all that was tried:")
    click.echo(f"{tried.opened} texts, from every table that has some.")
    click.echo("The copy was removed. Nothing else was changed.")


@click.command("move-to")
@click.argument("url")
@click.option("--owner", default="", help="What GROUNDWORK_MIGRATE_URL will be, if anything.")
@with_appcontext
def move_to(url: str, owner: str) -> None:
    """Move the clinic from its SQLite file to the empty PostgreSQL database at URL.

    Stop Groundwork first. URL is what GROUNDWORK_DATABASE_URL will be. All of it is moved and
    compared, or nothing; the SQLite file stays as it is.
    """
    settings = current_app.extensions["settings"]
    addresses = {"GROUNDWORK_DATABASE_URL": url, "GROUNDWORK_MIGRATE_URL": owner}
    try:
        to = Settings.from_environment(os.environ | addresses)
    except BadSetting as trouble:
        raise click.ClickException(str(trouble)) from None
    db.session.remove()
    db.engine.dispose()  # our own connection would be in the way, too
    with _said("Nothing was moved."):
        told = move(settings, to, _bar("Moving"))
    for name, table in sorted(told.items()):
        click.echo(f"{table.rows:>9}  {name:<24} {table.hash[:16]}")
    rows = sum(table.rows for table in told.values())
    click.echo(f"Moved: {rows} rows of {len(told)} tables, the same in both databases.")
    click.echo("Now set GROUNDWORK_DATABASE_URL to this address, and start Groundwork.")


@contextmanager
def _shown(label: str, size: int) -> Iterator[Callable[[int], object]]:
    with click.progressbar(length=size, label=label, file=sys.stderr) as bar:
        yield bar.update
        bar.update(bar.length or 0)


def _bar(label: str) -> Callable[[int], object]:
    return lambda size: _shown(label, size)
