"""What can be wrong around it: the machine, the reminder service, backups, the proxy; and what
can’t be checked then."""

import os
import sys
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import time_machine
from sqlalchemy import delete, select, update

from tests.doctor.breaking import Breaks, Tools, pretend_timedatectl, settings_of
from tests.doctor.conftest import Clinic
from webapp.accounts.models import Person
from webapp.backups.record import DEFAULT_FOLDER, DRILL, note_backup
from webapp.core import clock
from webapp.core.crypto.keys import make_secrets
from webapp.core.data.db import db
from webapp.doctor.examining import State
from webapp.meetings.models import Feed
from webapp.program.models import Group, GroupSession
from webapp.reminders.models import Delivery, Notification, Sender
from webapp.reminders.schedule import Kind, Result

breaks = Breaks()


@breaks("clock", "This machine’s clock is 180 minutes behind what was last saved.")
def _(_clinic: Clinic, tools: Tools) -> None:
    back = clock.now() - timedelta(hours=3)
    tools.stack.enter_context(time_machine.travel(back, tick=False))


@breaks("clock", "This machine’s clock and the database server’s are 7 minutes apart.")
def _(_clinic: Clinic, tools: Tools) -> None:
    tools.monkeypatch.setattr(
        sys.modules["webapp.doctor.checks.machine"],
        "database_ahead",
        lambda *_: timedelta(minutes=-7),
    )


@breaks("synchronized", "Nothing sets this machine’s clock from the network.")
def _(_clinic: Clinic, tools: Tools) -> None:
    pretend_timedatectl(tools, "no")


@breaks("zones", r"The time zones are from 2019 \(2019c\)\.")
def _(_clinic: Clinic, tools: Tools) -> None:
    (tools.folder / "tzdata.zi").write_text("# version 2019c\nR A\n")
    zoneinfo.reset_tzpath([str(tools.folder)])
    tools.stack.callback(zoneinfo.reset_tzpath)


@breaks("zones", "This machine doesn’t know the time zone Europe/Kyiw.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.store(Group(name="Morning IOP", zone="Europe/Kyiw"))


@breaks("push_contact", "No one is named whom push services may write to, so reminders wait.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(push_contact="")


@breaks(
    "push_key",
    "A push service didn’t accept the clinic’s key or contact in the last 24 hours.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    now, message = clock.now(), uuid4()
    with clinic.app.app_context():
        person = db.session.scalars(select(Person.id)).one()
    clinic.store(
        Notification(
            id=message,
            person_id=person,
            kind=Kind.TEST,
            occurs_at=now,
            due_at=now,
            expires_at=now,
            next_at=now,
            finished_at=now,
        )
    )
    clinic.store(Delivery(notification_id=message, round=0, at=now, result=Result.OUR_FAULT))


@breaks("senders", "The reminder service last ran 40 minutes ago.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.do(update(Sender).values(last_tick_at=clock.now() - timedelta(minutes=40)))


@breaks("senders", "The reminder service has never run.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.do(delete(Sender))


@breaks("planning", "The sessions of the coming weeks haven’t been planned for more than a week.")
def _(clinic: Clinic, _tools: Tools) -> None:
    until = clock.now() + timedelta(weeks=5)
    clinic.do(delete(GroupSession).where(GroupSession.starts_at > until))


def _list(clinic: Clinic, source: str, days: int) -> None:
    at = clock.now() - timedelta(days=days, hours=1)
    clinic.store(Feed(source=source, fellowship="aa", zone="UTC", imported_at=at))


@breaks("meeting_lists", "The meeting list from lists.example is 9 days old.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _list(clinic, "https://lists.example/feed.json", 9)
    _list(clinic, "/srv/a file.json", 400)


@breaks("meeting_lists", "The meeting list from spring.json is 200 days old.")
def _(clinic: Clinic, _tools: Tools) -> None:
    _list(clinic, "/srv/lists/spring.json", 200)
    _list(clinic, "https://lists.example/feed.json", 2)


@breaks("backups", r"There is no backup in \S+/var/backups\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    for file in (clinic.settings.data / DEFAULT_FOLDER).glob("*.keys.age"):
        file.unlink()


@breaks("backups", "The newest backup was made 3 days ago.")
def _(clinic: Clinic, tools: Tools) -> None:
    later = clock.now() + timedelta(days=3, hours=1)
    tools.stack.enter_context(time_machine.travel(later, tick=False))


@breaks("backups", "The newest backup was made 4 days ago.")
def _(clinic: Clinic, tools: Tools) -> None:
    """None is here: `groundwork backup --to` put it elsewhere."""
    for file in (clinic.settings.data / DEFAULT_FOLDER).iterdir():
        file.unlink()
    note_backup(clinic.settings.data)
    assert clinic.examined()["backups"].state == State.WELL
    later = clock.now() + timedelta(days=4, hours=1)
    tools.stack.enter_context(time_machine.travel(later, tick=False))


@breaks("drill", "No backup has been tried yet.")
def _(clinic: Clinic, _tools: Tools) -> None:
    (clinic.settings.data / DRILL).unlink()


@breaks("drill", "A backup was last tried 120 days ago.")
def _(clinic: Clinic, _tools: Tools) -> None:
    at = clock.now() - timedelta(days=120)
    (clinic.settings.data / DRILL).write_text(at.isoformat())


@breaks(
    "address",
    r"https://127\.0\.0\.1:\d+ can’t be reached from this machine \(ConnectionRefusedError\)\.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.server.shutdown()
    clinic.proxy.server.server_close()


@breaks(
    "address",
    r"Something other than Groundwork answers at https://127\.0\.0\.1:\d+ \(302\)\.",
)
def _(clinic: Clinic, tools: Tools) -> None:
    def elsewhere(_environ: object, start: Callable[..., object]) -> list[bytes]:
        start("302 Found", [("Location", "http://169.254.169.254/"), ("Content-Length", "0")])
        return [b""]

    tools.monkeypatch.setattr(clinic.app, "wsgi_app", elsewhere)


@breaks("certificate", r"The certificate of https://127\.0\.0\.1:\d+ ends in 5 days\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=5, hours=2))


@breaks("certificate", r"The certificate of https://127\.0\.0\.1:\d+ ends in 1 day\.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=1, hours=2))


@breaks(
    "certificate",
    r"The certificate of https://127\.0\.0\.1:\d+ isn’t accepted: certificate has expired\.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=-1))


@breaks(
    "proxy",
    "Anyone can claim to come from another address, so wrong passwords aren’t slowed.",
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.forwards = lambda _environ: None  # passes on what the client says


TAKEN_FOR_THE_PROXY = (
    "Groundwork takes every visitor for the proxy, so one person’s wrong passwords slow everyone."
)


@breaks("proxy", TAKEN_FOR_THE_PROXY)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(trusted_proxies=0)


@breaks("proxy", TAKEN_FOR_THE_PROXY)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.set(trusted_proxies=2)


@breaks("proxy", "The proxy couldn’t be checked: the key files can’t be used.")
def _(clinic: Clinic, _tools: Tools) -> None:
    (clinic.case.keys / "secret.key").unlink()


@breaks("proxy", "The proxy couldn’t be checked: the address can’t be reached.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.server.shutdown()
    clinic.proxy.server.server_close()


@breaks("proxy", "The proxy couldn’t be checked: this Groundwork doesn’t answer at its address.")
def _(clinic: Clinic, tools: Tools) -> None:
    """The name leads to another clinic’s server."""
    make_secrets(tools.folder / "others")
    (tools.folder / "others" / "secret.key").replace(clinic.case.keys / "secret.key")


@breaks("address", "The address couldn’t be checked: its certificate isn’t accepted.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.proxy.renew(timedelta(days=-1))


@breaks("permissions", "Permissions couldn’t be checked: the settings can’t be used.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.environ |= settings_of(clinic) | {"GROUNDWORK_DEMO": "on"}


@breaks("permissions", "Permissions couldn’t be checked: there is no data folder.")
def _(clinic: Clinic, tools: Tools) -> None:
    clinic.settings.data.rename(tools.folder / "elsewhere")


@breaks("senders", "Reminders couldn’t be checked: there is no database.")
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.unlink()


@breaks(
    "senders", r"Reminders couldn’t be checked: the database doesn’t answer \(SQLITE_NOTADB\)\."
)
def _(clinic: Clinic, _tools: Tools) -> None:
    clinic.let_go()
    clinic.file.write_bytes(b"no database" * 1_000)


@breaks("zones", r"Time zones couldn’t be checked: it took over 0\.5 seconds\.")
def _(_clinic: Clinic, tools: Tools) -> None:
    pipe = tools.folder / "zone" / "tzdata.zi"
    pipe.parent.mkdir()
    os.mkfifo(pipe)  # opening it waits for a writer who never comes
    tools.monkeypatch.setattr(Path, "is_file", lambda _path: True)
    tools.monkeypatch.setattr("webapp.doctor.examining.PATIENCE", 0.5)
    zoneinfo.reset_tzpath([str(pipe.parent)])
    tools.stack.callback(zoneinfo.reset_tzpath)
    tools.stack.callback(lambda: os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)))
