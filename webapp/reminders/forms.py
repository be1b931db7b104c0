"""What is chosen about reminders, and what a browser says about its phone."""

from datetime import datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    Form,
    RadioField,
    StringField,
)
from wtforms.validators import Optional, ValidationError

from webapp.core import clock
from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, TimeOfDay, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.reminders.models import OWN_WORDS
from webapp.reminders.push.endpoints import Hosts, NotAllowed, check_keys

LEADS = {
    15: _l("15 minutes"),
    30: _l("30 minutes"),
    60: _l("1 hour"),
    120: _l("2 hours"),
    180: _l("3 hours"),
    1_440: _l("1 day"),
}
UNKNOWN = _l("We can’t send reminders to this browser.")
UNREADABLE = _l("This browser’s keys can’t be read.")
LONGEST_PAUSE = timedelta(days=366)


class ReminderForm(OurForm):
    """Which reminders, when, and what they say."""

    group = BooleanField(_l("Remind me about group"))
    leads = Several(
        _l("How long before"),
        choices=choices(LEADS),
        coerce=int,
    )
    write = BooleanField(_l("3 hours before group, remind me to write"))
    text = RadioField(
        _l("What it says"),
        choices=choices({"neutral": _l("Discreet"), "own": _l("My own words")}),
        default="neutral",
    )
    words = line(_l("Your words"), most=OWN_WORDS)
    quiet_from = TimeOfDay(_l("No reminders from"), [Optional()])
    quiet_until = TimeOfDay(_l("until"), [Optional()])
    paused = DateTimeLocalField(
        _l("Pause everything until"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone

    @property
    def paused_until(self) -> datetime | None:
        """The end of the pause, if it is still to come."""
        when = self.paused.data
        if when is None:
            return None
        until = clock.instant(when.date(), when.time(), self.zone)
        return until if until > clock.now() else None

    @property
    def own_words(self) -> str | None:
        """Words for the lock screen, if they are wanted."""
        return self["words"].data if self.text.data == "own" else None

    def validate_leads(self, field: Field) -> None:
        """At least one, if any."""
        if self.group.data and not field.data:
            raise ValidationError(_l("Choose how long before group."))

    def validate_words(self, field: Field) -> None:
        """Own words need words, on one line."""
        if self.text.data == "own" and not field.data:
            raise ValidationError(_l("Enter what it should say."))
        if "\n" in (field.data or ""):
            raise ValidationError(_l("Keep it to one line."))

    def validate_quiet_from(self, _field: Field) -> None:
        """Both ends or none. An empty field is never asked itself, so each asks for both."""
        if (self.quiet_from.data is None) != (self.quiet_until.data is None):
            raise ValidationError(_l("Enter both times, or leave both blank."))

    validate_quiet_until = validate_quiet_from

    def validate_paused(self, field: Field) -> None:
        """Within a year."""
        when = field.data
        if when is None:
            return
        if not 1900 <= when.year < 9999 or (
            self.paused_until is not None and self.paused_until > clock.now() + LONGEST_PAUSE
        ):
            raise ValidationError(_l("Choose a date within the next year."))


class PhoneForm(OurForm):
    """A browser's push subscription. Where it points to is checked before it is kept."""

    endpoint = StringField(validators=[needed(UNKNOWN)])
    p256dh = StringField(validators=[needed(UNREADABLE)])
    auth = StringField(validators=[needed(UNREADABLE)])

    def __init__(self, *args: Any, hosts: Hosts, **options: Any) -> None:
        super().__init__(*args, **options)
        self.hosts = hosts

    def validate_endpoint(self, field: Field) -> None:
        """A push service that we write to."""
        try:
            self.hosts.check(field.data or "")
        except NotAllowed:
            raise ValidationError(UNKNOWN) from None

    def validate_auth(self, field: Field) -> None:
        """Keys that a browser made."""
        _check_keys(self, field)


def _check_keys(form: Form, field: Field) -> None:
    try:
        check_keys(form["p256dh"].data or "", field.data or "")
    except NotAllowed:
        raise ValidationError(UNREADABLE) from None
