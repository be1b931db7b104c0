"""What the operator types: `groundwork …`."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from alembic.command import upgrade as alembic_upgrade
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import Migrate
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from webapp import demo
from webapp.accounts.actions import end_second_factor
from webapp.accounts.models import Person, Role
from webapp.accounts.queries import restored_unseen, staff_member
from webapp.activity import breach
from webapp.app import MIGRATIONS, check_start, note_keys
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.backups.commands import (
    back_up,
    backup,
    backup_key,
    first_recovery_sheet,
    into,
    move_to,
    record_backup,
    verify_audit,
)
from webapp.config import ROOT, BadSetting
from webapp.core import clock
from webapp.core.clock import start_of_day
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.crypto.keys import (
    RecordsKey,
    add_outer_key,
    app_secrets,
    keyring,
    rewrap,
    wrapped_formerly,
)
from webapp.core.data.db import db, has_tables, use_wal, writing
from webapp.core.data.machines import other_machines
from webapp.core.data.migrating import Migrated, steps_to_head
from webapp.core.starting import (
    LOOKED_THROUGH_ONCE,
    NotStarting,
    make_sqlite_file,
    refuse_unsound,
)
from webapp.core.trouble import reason
from webapp.erasing import actions as erasing
from webapp.erasing import queries as erasing_queries
from webapp.erasing import sweeping
from webapp.export.views import page as everything_about
from webapp.joining.actions import invite as make_invitation
from webapp.joining.actions import remove_ended
from webapp.meetings import importing, lists
from webapp.meetings.errors import NotImported
from webapp.meetings.words import FELLOWSHIPS
from webapp.program.planner import plan_all
from webapp.program.queries import all_groups
from webapp.questionnaires import importing as questionnaires
from webapp.questionnaires.errors import NotImported as NoQuestionnaire
from webapp.reminders.delivery import Delivery, Stop, in_a_row
from webapp.settings.current import clinic_settings
from webapp.sync.keys import rotate as rotate_outbox_key

FEW = 100  # keys in one transaction
COMMAND = "groundwork"  # as it is typed
MIGRATE = Migrate(db=db, directory=str(MIGRATIONS), render_as_batch=True)


def on_its_database(command: Callable[..., None], *, makes_it: bool = False) -> Any:
    """Inside the app, and sure that this is its database. Whatever isn't right is one sentence."""

    @wraps(command)
    def started(*given: Any, **named: Any) -> None:
        try:
            if not makes_it:
                check_start(current_app)
            command(*given, **named)
        except (NotStarting, BadKeyFile, BadSetting) as trouble:
            raise click.ClickException(str(trouble)) from None
        except OperationalError as trouble:
            said = f"Database error: {reason(trouble)}. Nothing else was done."
            raise click.ClickException(said) from None

    return with_appcontext(started)


making_its_database = partial(on_its_database, makes_it=True)


def init_app(app: Flask) -> None:
    """Register the commands, and Flask-Migrate with its own."""
    MIGRATE.init_app(app)
    for command in (
        init, upgrade, invite, reset_second_factor, seed_demo, plan, deliver, rotate_key,
        import_meetings, import_questionnaire, serve, breach_report, backup_key, backup,
        erase_due, kept_records,
        verify_audit, move_to,
    ):  # fmt: skip
        app.cli.add_command(command)


@click.command()
@making_its_database
def init() -> None:
    """Create the keys and the database, and print a one-time link for the first administrator."""
    _make_or_check()
    if db.session.scalar(select(func.count()).where(Person.role == Role.ADMINISTRATOR)):
        click.echo(
            f"There is already an administrator. To invite another one, run: {COMMAND} invite\n"
            "To set up a separate clinic, use another GROUNDWORK_DATA folder."
        )
        return
    _print_invitation()
    settings = current_app.extensions["settings"]
    sheet = first_recovery_sheet(settings, clinic_settings().clinic_name)
    if sheet is None:
        click.echo(f"\nThe recovery sheet was printed before. If it is lost: {COMMAND} backup-key")
        return
    click.echo(f"\n{sheet}")
    record(ActKind.BACKUP_KEY_MADE)
    db.session.commit()


@click.command()
@into
@click.option("--without-backup", is_flag=True, help="Don’t make a backup first.")
@making_its_database
def upgrade(folder: Path | None, without_backup: bool) -> None:
    """Update the database to this program: back up, change it, and check that nothing is lost."""
    settings = current_app.extensions["settings"]
    if not has_tables(settings.database_url):
        raise NotStarting("There is no database yet. For a new clinic, type init.")
    refuse_unsound(settings.database_url)
    if not (lacking := _lacking()):
        click.echo("The database is up to date. Nothing was changed.")
        return
    _refuse_others("install the same program there before you start it again")
    click.echo(f"The database needs {len(lacking)} changes, up to revision {lacking[-1]}.")
    if not without_backup:
        back_up(
            settings, folder,
            "Nothing was changed. To update without a backup: groundwork upgrade --without-backup",
        )  # fmt: skip
    done = migrate()
    if not without_backup:
        record_backup()  # the log may be of this very update
    for line in done.steps:
        click.echo(f"  {line}")
    for table, why in done.explained.items():
        click.echo(f"Fewer rows of {table}: {why}.")
    click.echo(f"Updated and checked: all {sum(done.rows.values())} rows are there.")
    click.echo("Now start Groundwork. To go back, see docs/operator.md, Updating.")


def _refuse_others(and_then: str) -> None:
    """Another machine would go on with former keys, or with a former program."""
    with writing(allowed=False):
        others = other_machines(db.session)
    db.session.rollback()
    if others:
        raise NotStarting(
            f"Groundwork is also running on {', '.join(others)}. Stop it there, run this again, "
            f"and {and_then}. Nothing was changed."
        )


def _lacking() -> list[str]:
    scripts = ScriptDirectory(str(MIGRATIONS))
    with writing(allowed=False), db.engine.connect() as connection:
        found = steps_to_head(connection, scripts)
    db.engine.dispose()
    return [step.revision for step in found]


@click.command()
@on_its_database
def invite() -> None:
    """Print a one-time link for another administrator."""
    _print_invitation()


@click.command("reset-second-factor")
@click.argument("username")
@on_its_database
def reset_second_factor(username: str) -> None:
    """End the second step of a staff member who lost phone and codes. They see it at sign-in."""
    person = staff_member(username)
    if person is None:
        raise click.ClickException("There is no open staff account with this username.")
    end_second_factor(person)
    db.session.commit()
    click.echo(f"Done. {person.username} signs in with the password alone and sets up another one.")


@click.command("seed-demo")
@on_its_database
def seed_demo() -> None:
    """Fill an empty database with the demo people and four weeks of entries."""
    demo.seed()
    db.session.commit()


@click.command("plan-ahead")
@on_its_database
def plan() -> None:
    """Schedule the sessions of the next eight weeks. Safe to repeat; once a day is enough."""
    made = plan_all(all_groups())
    db.session.commit()
    click.echo(f"{made} sessions scheduled.")


@click.command("deliver-reminders")
@click.option("--once", is_flag=True, help="Send what is due now, then exit.")
@on_its_database
def deliver(once: bool) -> None:
    """Send reminders as they come due, until stopped. You can run several at once."""
    delivery = Delivery(current_app.extensions["settings"])
    if once:
        tried = in_a_row(delivery)
        delivery.close()
        click.echo(f"Messages attempted: {tried}.")
        return
    stop = Stop()
    signal.signal(signal.SIGTERM, stop.tell)
    signal.signal(signal.SIGINT, stop.tell)
    delivery.run(stop)


@click.command("rotate-key")
@on_its_database
def rotate_key() -> None:
    """Make new keys, including the one phones encrypt to. Running services pick them up."""
    folder = current_app.extensions["settings"].data / "keys"
    _refuse_others(f"copy {folder} to it before you start it again")
    if changed := _rewrap_all():
        click.echo(f"{changed} keys re-encrypted. This finished a rotation that was interrupted.")
        click.echo(f"To make new keys, run it again: {COMMAND} rotate-key")
        return
    rotate_outbox_key(folder)
    add_outer_key(folder)
    app_secrets().outer.look_again()
    record(ActKind.KEYS_ROTATED)
    db.session.commit()
    changed = _rewrap_all()
    note_keys(current_app)
    click.echo(f"{changed} keys re-encrypted. Copy {folder} to where you keep your key backups.")
    click.echo("The old keys stay in that folder, for old backups.")


def _rewrap_all() -> int:
    outer, changed = app_secrets().outer, 0
    left = wrapped_formerly(db.session, outer)
    db.session.rollback()
    # A few at a time: whoever saves meanwhile hardly waits.
    for start in range(0, len(left), FEW):
        changed += rewrap(db.session, outer, left[start : start + FEW])
        db.session.commit()
    return changed


@click.command("erase-due")
@on_its_database
def erase_due() -> None:
    """Erase the accounts whose week is over, kept records whose years are over, old invitations.

    Once a night. Safe to repeat, to run twice at once, and to end in the middle.
    """
    settings = current_app.extensions["settings"]
    years = clinic_settings().years_kept
    due, erased = erasing_queries.due(), erasing_queries.erased()
    db.session.rollback()
    if due or erased:
        sweeping.note(settings.data)
    accounts = sum(_in_its_transaction(partial(erasing.erase, id)) for id in due)
    records = sum(
        _in_its_transaction(partial(erasing.remove_records, id, at, years)) for id, at in erased
    )
    _in_its_transaction(remove_ended)
    click.echo(f"{accounts} accounts erased, records of {records} others destroyed.")
    if restored_unseen():
        click.echo(
            "Until an administrator has looked at Staff accounts after the restore, none are."
        )
    db.session.remove()
    db.engine.dispose()
    if sweeping.is_left(settings.data):
        trouble = sweeping.sweep(settings.data, settings.migrate_url or settings.database_url)
        if trouble:
            raise click.ClickException(
                f"The database’s files still hold what was erased, without its key. {trouble}. "
                "It’s tried again the next time."
            )


def _in_its_transaction(do: Callable[[], int]) -> int:
    done = do()
    db.session.commit()
    return done


@click.command("kept-records")
@click.argument("number")
@on_its_database
def kept_records(number: str) -> None:
    """Print, as a web page, what is kept of someone who erased their account.

    NUMBER is the one in the audit log, which records that this was done.
    """
    person = erasing_queries.patient_known_as(number)
    row = db.session.get(RecordsKey, person.id) if person else None
    if row is None:
        raise click.ClickException("Nothing is kept under this number.")
    keyring(db.session).hold_records(row)
    id = row.person_id
    record(ActKind.RECORDS_OPENED, person=id)
    db.session.commit()
    with current_app.test_request_context():
        for part in everything_about(id, clock.now(), clinic_settings().zone):
            click.echo(part, nl=False)


@click.command("import-meetings")
@click.argument("source", required=False)
@click.option(
    "--fellowship",
    type=click.Choice([*FELLOWSHIPS]),
    help="Which fellowship the meetings belong to; a feed doesn't say. Remembered for next time.",
)
@click.option("--zone", help="Time zone of meetings that don't name one. At first, the clinic's.")
@on_its_database
def import_meetings(source: str | None, fellowship: str | None, zone: str | None) -> None:
    """Import public meetings from a Meeting Guide or BMLT feed: FILE or https://…

    Run it again to update them; once a night is enough. Without SOURCE, every address imported
    before is read again. A feed that is cut off or has nothing readable in it changes nothing, and
    one that lost more than half of its meetings waits for an administrator.
    """
    if source is not None:
        _import_meetings(source, fellowship, zone)
        return
    if fellowship or zone:
        raise click.UsageError("--fellowship and --zone need the address or file they are about.")
    addresses, failed = [feed.source for feed in lists.asked()], 0
    db.session.rollback()
    for address in addresses:
        click.echo(address)
        try:
            _read_again(address)
        except click.ClickException as problem:
            problem.show()
            failed += 1
    if failed:
        raise click.ClickException(f"{failed} of {len(addresses)} lists could not be updated.")
    if not addresses:
        click.echo("No list of meetings was imported from an address yet.")


def _import_meetings(source: str, fellowship: str | None, zone: str | None) -> None:
    report = importing.Report()
    try:
        chosen = importing.choose(source, fellowship, zone, clinic_settings().zone)
        db.session.rollback()
        with lists.alone(), importing.laid_open(source) as file:
            importing.check(file, chosen)
            for _step in importing.steps(file, chosen, report):
                db.session.commit()
    except (NotImported, OSError) as problem:
        db.session.rollback()
        raise click.ClickException(str(problem)) from None
    _say_what_was_read(report)


def _read_again(address: str) -> None:
    try:
        with lists.alone(), importing.laid_open(address) as file:
            file.seek(0)
            read = lists.read_again(address, file)
    except lists.NotNow as problem:
        raise click.ClickException(str(problem)) from None
    except (NotImported, OSError) as problem:
        lists.note_trouble(address, str(problem))
        raise click.ClickException(str(problem)) from None
    if read.is_held:
        click.echo(
            "Not used yet: more than half of its meetings would be removed. An administrator "
            "decides at Clinic setup, Meeting lists."
        )
        return
    _say_what_was_read(read.report)


def _say_what_was_read(report: importing.Report) -> None:
    for line in (*report.refused, *report.remarks, *report.left_out):
        click.echo(line, err=True)
    click.echo(
        f"{report.kept} meetings: {report.new} new, {report.changed} changed, "
        f"{report.same} unchanged, {report.removed} removed. "
        f"{len(report.refused)} rows could not be read."
    )


@click.command("import-instrument")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--scoring",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How to score its answers (TOML). Default: NAME.scoring.toml next to FILE, if it exists.",
)
@on_its_database
def import_questionnaire(file: Path, scoring: Path | None) -> None:
    """Import a questionnaire that the clinic may use: a FHIR R4 Questionnaire as JSON.

    If an item can't be asked as it is meant, the file is refused and the item is named. What is
    left out is listed, one line each. Run it again with a changed file: earlier answers stay with
    the version that was asked.
    """
    beside = scoring or questionnaires.beside(file)
    try:
        row, is_new = questionnaires.import_instrument(file, beside)
    except (NoQuestionnaire, OSError) as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    said = "imported" if is_new else "unchanged"
    click.echo(f"“{row.title}”, version {row.number}: {said}.")
    if beside is None:
        click.echo("No scoring file: answers are kept, but not scored.")
    for line in questionnaires.left_out(row):
        click.echo(line)


@click.command("breach-report")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), required=True,
    help="The first day, where the clinic is, on which someone may have got in.",
)  # fmt: skip
@on_its_database
def breach_report(since: datetime) -> None:
    """List whose data there is, which kinds, and what was opened or done since a day."""
    first = start_of_day(since.date(), clinic_settings().zone)
    for line in breach.report(first):
        click.echo(line)


@click.command()
@click.option(
    "--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True
)
@making_its_database
def serve(port: int) -> None:
    """Run the app on this machine only. GROUNDWORK_DEMO=1 adds demo data to an empty database."""
    settings = current_app.extensions["settings"]
    _refuse_a_port_in_use(port)
    if settings.demo:
        migrate()
    elif has_tables(settings.database_url):
        _make_or_check()
    else:
        raise NotStarting(f"There is no database yet. For a new clinic, run: {COMMAND} init")
    if demo.is_wanted():
        demo.seed()
    demo.top_up()
    plan_all(all_groups())
    db.session.commit()
    _say_where(port)
    # Whatever was asked above holds a connection, and with it the lock that gunicorn needs.
    db.session.remove()
    db.engine.dispose()
    web_app = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--config", str(ROOT / "gunicorn.conf.py"), "--pythonpath", str(ROOT)),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
    ]
    sender = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "deliver-reminders"]
    _run(web_app, sender)


def _refuse_a_port_in_use(port: int) -> None:
    with socket.socket() as trial:
        # As gunicorn will: one that was just let go of is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is in use. Choose another one, such as PORT={port + 1}."
            ) from None


def _make_or_check() -> None:
    """A new database is made. One that is there is changed by `upgrade` alone, after a backup."""
    if has_tables(current_app.extensions["settings"].database_url):
        check_start(current_app, LOOKED_THROUGH_ONCE)
    else:
        migrate()


def migrate() -> Migrated:
    """Bring the database up to date; a new SQLite file is switched to WAL, once."""
    url = current_app.extensions["settings"].database_url
    is_new = not has_tables(url)
    if is_new:
        current_app.extensions["settings"].refuse_unusable()
        make_sqlite_file(url)
        use_wal(db.engine)
    config = MIGRATE.get_config(x_arg="new" if is_new else None)
    alembic_upgrade(config, "head")
    note_keys(current_app)
    done: Migrated = config.attributes["migrated"]
    return done


def _print_invitation() -> None:
    code = make_invitation(Role.ADMINISTRATOR, None, None)
    db.session.commit()
    click.echo("Open this link within 7 days to create the administrator's account. It works once.")
    address = current_app.extensions["settings"].address or "<the app's address>"
    click.echo(f"  {address}/join/{code}?staff=1")


def _say_where(port: int) -> None:
    address = current_app.extensions["settings"].address
    click.echo(
        f"\nGroundwork is running at {address or f'http://127.0.0.1:{port}'}"
        "  (press Ctrl-C to stop)\n"
    )
    if not address:
        click.echo(f"  Passkeys need a name: http://localhost:{port}\n")
    for line in demo.who_can_sign_in():
        click.echo(f"  {line}")
    click.echo("", nl=True)
    sys.stdout.flush()


def _run(*commands: list[str]) -> None:
    """Run until Ctrl-C or until one of them ends; then end them all."""
    running = [subprocess.Popen(command) for command in commands]

    def stop(*_: object) -> None:
        for process in running:
            process.terminate()

    # A terminal that is closed ends them, too: gunicorn alone would take that as "start anew".
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ending, stop)
    # Whichever ends first takes the others along: reminders that silently stopped help nobody.
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    stop()
    sys.exit(max(abs(process.wait()) for process in running))
