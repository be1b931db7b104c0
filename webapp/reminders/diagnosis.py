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
    Outcome.SENT: _l("Sent"),
    Outcome.FAILED: _l("Couldn’t be sent"),
    Outcome.NO_PHONE: _l("Not sent: no phone had reminders on"),
    Outcome.OFF: _l("Not sent: this reminder was off"),
    Outcome.CANCELLED: _l("Not sent: canceled"),
    Outcome.MOVED: _l("Not sent: the time changed"),
    Outcome.LEFT: _l("Not sent: no longer in the group"),
    Outcome.NOT_EXPECTED: _l("Not sent: not one of your scheduled days"),
    Outcome.NOT_DUE: _l("Not sent: no check-in was due"),
    Outcome.LATE: _l("Not sent: too late"),
    Outcome.HELD: _l("Not sent: quiet time"),
    Outcome.CLOSED: _l("Not sent: the account is closed"),
}
ATTEMPTS: dict[Result, Any] = {
    Result.ACCEPTED: _l("accepted by the push service"),
    Result.GONE: _l("the phone was disconnected"),
    Result.REFUSED: _l("the push service refused it"),
    Result.NOT_ALLOWED: _l("an address we don’t send to"),
    Result.OUR_FAULT: _l("the push service didn’t accept the clinic’s key"),
    Result.TOO_BIG: _l("too long, so it was shortened and sent again"),
    Result.BUSY: _l("the push service was busy"),
    Result.UNREACHABLE: _l("the push service couldn’t be reached"),
}
# What the owner of the phone can do about it.
ADVICE: dict[Result, Any] = {
    Result.REFUSED: _l("Turn reminders off on this phone, then on again."),
    Result.OUR_FAULT: _l("It’s not your phone. Tell your clinic."),
}
TROUBLES: dict[Result, Any] = {
    Result.OUR_FAULT: _l(
        "A push service doesn’t accept our key or contact. Check the contact for push services on "
        "the Settings page, and that keys/push.pem is the key that phones were connected with."
    ),
    Result.UNREACHABLE: _l(
        "Push services couldn’t be reached. Check that this machine can connect to port 443 and "
        "that its clock is right."
    ),
    Result.BUSY: _l(
        "Push services asked us to wait. We waited and kept trying until the start time."
    ),
    Result.REFUSED: _l(
        "A push service refused messages. After five in a row, a phone is asked to reconnect."
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
            _(
                "This phone was disconnected from reminders. Tap “Turn on for this phone” "
                "to reconnect."
            )
        )
    if rules and not any(rule.is_on for rule in rules):
        found.append(_("All reminders are turned off below."))
    if choices is not None and choices.quiet.is_paused(now):
        found.append(_("Reminders are paused."))
    if last_tick is None or now - last_tick > SILENT:
        found.append(
            _("The clinic’s reminder service isn’t running right now. It’s not your phone.")
        )
    if phone is not None and phone.lost_at is None and test is not None and test.went_wrong:
        found.append(_why(test))
    return found


def _why(test: Latest) -> str:
    assert test.result is not None
    why, done = ATTEMPTS[test.result], test.notification.finished_at is not None
    advice = ADVICE.get(test.result) or (
        _("You can try again.") if done else _("We’ll keep trying.")
    )
    if done:
        return _("The test wasn’t sent: %(why)s. %(advice)s", why=why, advice=advice)
    return _("The test hasn’t been sent yet: %(why)s. %(advice)s", why=why, advice=advice)
