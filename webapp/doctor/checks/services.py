"""What has to run again and again: reminders, planning, backups."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.backups.record import DEFAULT_FOLDER, last_backup, last_drill, newest_backup
from webapp.core import clock
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext
from webapp.doctor.case import Case
from webapp.doctor.examining import Problem, check
from webapp.meetings.models import Feed
from webapp.program.models import Group, GroupSession, SchedulePattern
from webapp.program.planner import AHEAD
from webapp.reminders.diagnosis import SILENT
from webapp.reminders.models import Delivery, Sender
from webapp.reminders.schedule import Result
from webapp.settings.models import ClinicSettings

A_DAY = timedelta(days=1)
BACKUP_EVERY, DRILL_EVERY = 2 * A_DAY, 100 * A_DAY
LIST_EVERY, FILE_EVERY = 3 * A_DAY, 180 * A_DAY
PLANNED = AHEAD - timedelta(weeks=2)  # a week is planned ahead of, and one may be a holiday


@check(_l("Contact for push services"))
def push_contact(case: Case) -> Problem | None:
    """Apple refuses messages that name nobody."""
    if case.settings.plain_http:
        return None
    with case.connected() as connection:
        stored = connection.scalar(select(ClinicSettings.push_contact))
    if stored or (stored is None and case.settings.push_contact):
        return None
    return Problem(
        _("No one is named whom push services may write to, so reminders wait."),
        _("Have an administrator set Contact for push services on the Settings page."),
    )


@check(_l("Keys for push services"))
def push_key(case: Case) -> Problem | None:
    """Whether one of them refused ours since yesterday."""
    refused = select(func.count()).where(
        Delivery.result == Result.OUR_FAULT, Delivery.at > clock.now() - A_DAY
    )
    with case.connected() as connection:
        if not connection.scalar(refused):
            return None
    return Problem(
        _("A push service didn’t accept the clinic’s key or contact in the last 24 hours."),
        _(
            "Check Contact for push services on the Settings page, and that keys/push.pem is the "
            "one that phones were connected with."
        ),
    )


@check(_l("Reminders"))
def senders(case: Case) -> Problem | None:
    """Whether one looked for something to send a moment ago."""
    with case.connected() as connection:
        last = connection.scalar(select(func.max(Sender.last_tick_at)))
    mend = _("Run: systemctl restart groundwork-reminders. Then see what its log says.")
    if last is None:
        return Problem(_("The reminder service has never run."), mend)
    if clock.now() - last <= SILENT:
        return None
    return Problem(_("The reminder service last ran %(when)s.", when=_ago(last)), mend)


@check(_l("Planning ahead"))
def planning(case: Case) -> Problem | None:
    """Whether each group's sessions reach as far as the daily command would have made them."""
    now = clock.now()
    until = now + PLANNED
    latest = (
        select(func.max(GroupSession.starts_at))
        .where(GroupSession.pattern_id == SchedulePattern.id)
        .scalar_subquery()
    )
    goes_on = SchedulePattern.until_day.is_(None) | (SchedulePattern.until_day > until.date())
    meets = SchedulePattern.group.has(Group.archived_at.is_(None))
    short = select(func.count()).where(
        goes_on, meets, SchedulePattern.from_day <= now.date(), func.coalesce(latest, now) < until
    )
    with case.connected() as connection:
        if not connection.scalar(short):
            return None
    return Problem(
        _("The sessions of the coming weeks haven’t been planned for more than a week."),
        _("Run: groundwork plan-ahead. Then turn on its timer: systemctl enable --now "
          "groundwork-plan.timer"),
    )  # fmt: skip


@check(_l("Backups"))
def backups(case: Case) -> Problem | None:
    """How old the newest whole one is. Made-up people need none."""
    if case.settings.demo:
        return None
    folder = case.data / DEFAULT_FOLDER
    here, anywhere = newest_backup(folder), last_backup(case.data)
    newest = max(filter(None, (here, anywhere)), default=None)
    mend = _("Run: groundwork backup. Then turn on its timer: systemctl enable --now "
             "groundwork-backup.timer")  # fmt: skip
    if newest is None:
        return Problem(_("There is no backup in %(folder)s.", folder=folder), mend)
    if clock.now() - newest <= BACKUP_EVERY:
        return None
    return Problem(_("The newest backup was made %(when)s.", when=_ago(newest)), mend)


@check(_l("Trying a backup"))
def drill(case: Case) -> Problem | None:
    """A backup that nobody ever restored is a hope."""
    if case.settings.demo or newest_backup(case.data / DEFAULT_FOLDER) is None:
        return None
    last = last_drill(case.data)
    mend = _("Take the recovery sheet, and run: groundwork drill")
    if last is None:
        return Problem(_("No backup has been tried yet."), mend)
    if clock.now() - last <= DRILL_EVERY:
        return None
    return Problem(_("A backup was last tried %(when)s.", when=_ago(last)), mend)


@check(_l("Meeting lists"))
def meeting_lists(case: Case) -> Problem | None:
    """How old the oldest is that an address should have made new every night; then, of a file."""
    columns = (Feed.source, Feed.imported_at, Feed.trouble)
    with case.connected() as connection:
        found = [Feed.drawn(dict(row)) for row in connection.execute(select(*columns)).mappings()]
    asked = [feed for feed in found if feed.is_asked and _age(feed) > LIST_EVERY]
    filed = [feed for feed in found if not feed.is_asked and _age(feed) > FILE_EVERY]
    if not asked and not filed:
        return None
    oldest = min(asked or filed, key=lambda feed: feed.imported_at)
    at_night = _("Run: groundwork import-meetings. Then turn on its timer: systemctl enable --now "
                 "groundwork-meetings.timer")  # fmt: skip
    by_hand = _("Choose a newer file in Clinic setup, Meeting lists.")
    return Problem(
        _("The meeting list from %(name)s is %(days)s days old.",
          name=oldest.name, days=_age(oldest).days),
        (oldest.trouble or at_night) if asked else by_hand,
        is_known=not asked,
    )  # fmt: skip


def _age(feed: Feed) -> timedelta:
    return clock.now() - feed.imported_at


def _ago(at: datetime) -> str:
    """Whole days, or hours, or minutes: operators think in them."""
    minutes = max(1, round((clock.now() - at).total_seconds() / 60))
    if minutes >= 48 * 60:
        return ngettext("%(num)s day ago", "%(num)s days ago", minutes // (24 * 60))
    if minutes >= 120:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", minutes // 60)
    return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
