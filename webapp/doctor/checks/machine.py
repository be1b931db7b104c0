"""The machine's clock, and what it knows of time zones."""

import shutil
import subprocess
import zoneinfo
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.models import SignIn
from webapp.core import clock as our_clock
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.examining import Problem, check
from webapp.program.models import Group
from webapp.reminders.claims import database_ahead
from webapp.reminders.models import Delivery, Sender
from webapp.settings.models import ClinicSettings

A_MINUTE = timedelta(minutes=1)
YEARS = 2  # zone data this much older than the year lacks laws that are in force


@check(_l("The clock"))
def clock(case: Case) -> Problem | None:
    """Against the database's own, and against what was written last."""
    now = our_clock.now()
    with case.connected() as connection, Session(connection) as session:
        ahead = database_ahead(session, now)
        columns = (Sender.last_tick_at, Delivery.at, SignIn.last_used_at)
        newest = [session.scalar(select(func.max(column))) for column in columns]
    latest: datetime = max((at for at in newest if at), default=now)
    mend = _("Set this machine’s clock: timedatectl set-ntp true. Then restart all services.")
    if abs(ahead) > A_MINUTE:
        return Problem(
            _(
                "This machine’s clock and the database server’s are %(apart)s apart.",
                apart=_minutes(abs(ahead)),
            ),
            mend,
        )
    if latest - now > our_clock.LEEWAY:
        return Problem(
            _(
                "This machine’s clock is %(behind)s behind what was last saved.",
                behind=_minutes(latest - now),
            ),
            mend,
        )
    return None


@check(_l("Setting the clock"), slow=True)
def synchronized(case: Case) -> Problem | None:
    """Whether something keeps it right, where that can be known."""
    program = shutil.which("timedatectl", path=case.environ.get("PATH"))
    if program is None:
        return None
    asked = [program, "show", "--property=NTPSynchronized", "--value"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False)
    if done.stdout.strip() != "no":
        return None
    return Problem(
        _("Nothing sets this machine’s clock from the network."),
        _("Run: timedatectl set-ntp true"),
        is_known=True,
    )


@check(_l("Time zones"))
def zones(case: Case) -> Problem | None:
    """That they are known, and from which year."""
    names = {case.settings.zone}
    with suppress(Unavailable), case.connected() as connection:  # the clinic's own is known without
        names |= {
            *connection.scalars(select(Group.zone)),
            *connection.scalars(select(ClinicSettings.zone)),
        }
    mend = _("Install the newest time zones: apt-get install tzdata, then tools/venv.sh run.")
    unknown = sorted(name for name in names if not _is_zone(name))
    if unknown:
        says = _("This machine doesn’t know the time zone %(name)s.", name=unknown[0])
        return Problem(says, mend)
    release = zone_data()
    year = int(release[:4])
    if our_clock.now().year - year < YEARS:
        return None
    return Problem(_("The time zones are from %(year)s (%(of)s).", year=year, of=release), mend)


def zone_data() -> str:
    """Which release of the zones is used, such as 2026a: the system's before the package's."""
    folders = [*map(Path, zoneinfo.TZPATH), resources.files("tzdata") / "zoneinfo"]
    file = next(at for folder in folders if (at := folder / "tzdata.zi").is_file())
    with file.open() as opened:
        return opened.readline().split()[-1]  # "# version 2026a"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return False
    return True


def _minutes(time: timedelta) -> str:
    minutes = round(time / A_MINUTE)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)
