"""What is wrong, in words that somebody can do something with."""

from datetime import datetime, timedelta
from typing import Any

from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.reminders.models import PushSubscription, Reminder, ReminderChoices
from webapp.reminders.queries import Latest
from webapp.reminders.schedule import Outcome, Result

SILENT = timedelta(minutes=5)

OUTCOMES: dict[Outcome, Any] = {
    Outcome.SENT: _l("Handed to the phone’s push service"),
    Outcome.FAILED: _l("Could not be handed over"),
    Outcome.NO_PHONE: _l("No phone had reminders on"),
    Outcome.OFF: _l("Was switched off"),
    Outcome.CANCELLED: _l("Not sent: it was cancelled"),
    Outcome.MOVED: _l("Not sent: the time changed"),
    Outcome.LEFT: _l("Not sent: no longer in the group"),
    Outcome.NOT_EXPECTED: _l("Not sent: not one of your days in the group"),
    Outcome.LATE: _l("Not sent: it would have come too late"),
    Outcome.HELD: _l("Not sent: it was a quiet time"),
    Outcome.CLOSED: _l("Not sent: the account is closed"),
}
ATTEMPTS: dict[Result, Any] = {
    Result.ACCEPTED: _l("taken by the push service"),
    Result.GONE: _l("the phone’s connection had ended"),
    Result.REFUSED: _l("the push service said no"),
    Result.NOT_ALLOWED: _l("an address we don’t write to"),
    Result.OUR_FAULT: _l("the push service didn’t accept the clinic’s key"),
    Result.TOO_BIG: _l("too long, sent again in short"),
    Result.BUSY: _l("the push service was busy"),
    Result.UNREACHABLE: _l("the push service could not be reached"),
}
# What the owner of the phone can do about it.
ADVICE: dict[Result, Any] = {
    Result.REFUSED: _l("Switch off on this phone, then on again."),
    Result.OUR_FAULT: _l("It is not your phone. Please tell your clinic."),
}
TROUBLES: dict[Result, Any] = {
    Result.OUR_FAULT: _l(
        "A push service does not accept our key or contact. Set GROUNDWORK_PUSH_CONTACT to an "
        "e-mail address that works, and check that keys/push.pem is the one that phones "
        "were connected with."
    ),
    Result.UNREACHABLE: _l(
        "Push services could not be reached. Check that this machine may open connections to "
        "port 443, and that its time is right."
    ),
    Result.BUSY: _l("Push services asked us to wait. We did, and tried again until the start."),
    Result.REFUSED: _l(
        "A push service refused messages. After five in a row a phone is asked to connect again."
    ),
}


def diagnosis(
    phone: PushSubscription | None,
    rules: list[Reminder],
    choices: ReminderChoices | None,
    last_tick: datetime | None,
    test: Latest | None,
    now: datetime,
) -> list[str]:
    """Why reminders may not arrive on this phone: the first thing to do first."""
    found = []
    if phone is not None and phone.lost_at is not None:
        found.append(
            _("This phone’s connection for reminders ended. Tap “Switch on” to connect it again.")
        )
    if rules and not any(rule.is_on for rule in rules):
        found.append(_("Every reminder is switched off below."))
    if choices is not None and choices.quiet.is_paused(now):
        found.append(_("Reminders are paused."))
    if last_tick is None or now - last_tick > SILENT:
        found.append(
            _("The clinic’s reminder service is not running right now. It is not your phone.")
        )
    if phone is not None and phone.lost_at is None and test is not None and test.went_wrong:
        found.append(_why(test))
    return found


def _why(test: Latest) -> str:
    assert test.result is not None
    why, done = ATTEMPTS[test.result], test.notification.finished_at is not None
    advice = ADVICE.get(test.result) or (
        _("You can test it again.") if done else _("It is tried again by itself.")
    )
    if done:
        return _("The test did not go out: %(why)s. %(advice)s", why=why, advice=advice)
    return _("The test has not gone out yet: %(why)s. %(advice)s", why=why, advice=advice)
