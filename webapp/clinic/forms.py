"""What is typed in the clinic: a group and who runs it, why somebody leaves, the settings."""

from datetime import date, datetime, time
from typing import Any

from wtforms import BooleanField, DateField, Field, Form, HiddenField, SelectField
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError

from webapp.config import MAIL_ADDRESS
from webapp.core import clock
from webapp.core.clock import ZONES
from webapp.core.dates import wall, zone_name
from webapp.core.phones import dial
from webapp.core.web.choices import Several, choices, weekdays_field
from webapp.core.web.forms import OurForm, TimeOfDay, WholeNumber, line, needed, words
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.program.forms import TYPED_TRACKS, near, web_address
from webapp.program.recurrence import Weekly
from webapp.settings.models import ClinicSettings


class IndividualForm(OurForm):
    """The days on which one patient and a clinician meet."""

    days = weekdays_field(_l("Days"), needed(_l("Choose at least one day.")))
    starts = TimeOfDay(_l("Start time"), [needed(_l("Enter a start time, like 6:00 PM."))])
    minutes = WholeNumber(
        _l("Length in minutes"),
        [needed(_l("Enter a length.")), NumberRange(15, 720, _l("Enter a number from 15 to 720."))],
        default=180,
    )
    zone = SelectField(_l("Time zone"))
    place = line(_l("Location"), most=200)

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        """`zone` is the clinic's own, wherever that is."""
        super().__init__(*args, zone=zone, **options)
        self.zone.choices = choices({name: zone_name(name) for name in (zone, *ZONES)})

    def weekly(self, today: date) -> list[Weekly]:
        """The weekly times, from today on."""
        starts = self.starts.data or time(0)
        return [
            Weekly(day, starts, self.minutes.data or 0, today)
            for day in sorted(set(self.days.data))
        ]


class GroupForm(IndividualForm):
    """A group and the days on which it meets."""

    name = line(_l("Name"), needed(_l("Enter a name for the group.")), most=80)
    track = SelectField(_l("Type of group"), choices=choices(TYPED_TRACKS))


class HandOverForm(OurForm):
    """Which colleague stands in: for one session, or for all until a day."""

    person = SelectField(_l("Colleague"), [needed(_l("Choose a colleague."))])
    session = SelectField(_l("For"))
    until_day = DateField(_l("Last day"), [Optional(), near])

    def validate_session(self, field: Field) -> None:
        """Without one there is a day, and it isn't over."""
        day, today = self.until_day.data, clock.local(clock.now(), self.zone).date()
        if not field.data and (day is None or day < today):
            raise ValidationError(_l("Choose one session, or enter a date from today on."))

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone


class AddFacilitatorForm(OurForm):
    """Somebody who runs groups already, for this one too."""

    person = SelectField(_l("Facilitator"))


class InviteStaffForm(OurForm):
    """What a new colleague comes as: a facilitator of one group, or an administrator."""

    part = SelectField(_l("Invite"), [needed(_l("Choose who to invite."))])


class GroupsForm(OurForm):
    """Which of a colleague's groups another one runs from now on."""

    groups = Several(_l("Groups"), [needed(_l("Choose at least one group."))])
    person = SelectField(_l("Hand over to"), [needed(_l("Choose a colleague."))])


class LeavingForm(OurForm):
    """Somebody is taken out of a group."""

    reason = words(_l("Reason (optional)"), most=1_000)


def _dialable(form: Form, field: Field) -> None:
    """Whoever taps a number on Help now may do so once: it has to be one for sure."""
    if field.data and not dial(field.data):
        raise ValidationError(_l("Enter one number that a phone can call, like 1-800-555-0100."))


_email = Regexp(
    r"^([^@\s]+@[^@\s]+)?$", message=_l("Enter an email address, like name@clinic.org.")
)


def _mail(form: Form, field: Field) -> None:
    """Push services write to it: what Apple's takes, and no more."""
    if field.data and not MAIL_ADDRESS.fullmatch(field.data):
        raise ValidationError(_l("Enter a plain email address, like it@clinic.org."))


def _number(label: Any, *validators: Any) -> Any:
    return line(label, *validators, _dialable)


def _hours(label: Any, least: int) -> Any:
    wanted = _l("Enter a number from %(min)s to %(max)s.")
    return WholeNumber(label, [needed(_l("Enter a number.")), NumberRange(least, 168, wanted)])


_NEEDED_NUMBER = needed(_l("Enter a number. People may need it."))


class SecondStepForm(OurForm):
    """From which day on staff need a second step: sooner than it is, never later."""

    day = DateField(_l("Earlier day"), [needed(_l("Enter a date."))])

    def __init__(self, *args: Any, since: datetime, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._since, self._zone = since, zone

    @property
    def at(self) -> datetime:
        """When that day begins in the clinic."""
        return clock.start_of_day(self.day.data, self._zone)

    def validate_day(self, field: Field) -> None:
        """Today at the earliest, and before the day that is set."""
        if field.data < clock.local(clock.now(), self._zone).date():
            raise ValidationError(_l("Choose today or a later day."))
        if self.at >= self._since:
            raise ValidationError(_l("Choose a day before the one that’s set."))


# The page's parts, each with its heading and its fields.
PARTS = {
    "clinic": (
        _l("The clinic"),
        ("clinic_name", "clinic_address", "short_name", "zone",
         "week_hours_least", "week_hours_most"),
    ),
    "help": (
        _l("Help now"),
        ("help_clinic", "help_clinic_hours", "help_emergency", "help_crisis_call",
         "help_crisis_text", "help_crisis_chat", "help_treatment", "help_treatment_name",
         "help_violence", "dark_words"),
    ),
    "consents": (_l("Consents and privacy"), ("consent_added", "privacy_contact", "privacy_email")),
    "records": (_l("Notes and records"), ("notes_until", "years_kept")),
    "reminders": (_l("Reminders"), ("push_contact",)),
}  # fmt: skip


class SettingsForm(OurForm):
    """What an administrator sets for the whole clinic: each field is one of `ClinicSettings`."""

    version = HiddenField()
    clinic_name = line(_l("Clinic’s name"), needed(_l("Enter the clinic’s name.")), most=200)
    clinic_address = line(_l("Clinic’s address"), most=200)
    short_name = line(_l("App’s name on phones"), needed(_l("Enter a short name.")), most=12)
    zone = SelectField(_l("Time zone"))
    week_hours_least = _hours(_l("Fewest hours a week"), 0)
    week_hours_most = _hours(_l("Most hours a week"), 1)
    years_kept = WholeNumber(
        _l("Years that records are kept"),
        [needed(_l("Enter a number.")), NumberRange(6, 40, _l("Enter a number from 6 to 40."))],
    )
    privacy_contact = line(_l("Who answers questions about privacy (name or title)"), most=200)
    privacy_email = line(_l("Their email address"), _email, most=200)
    consent_added = words(_l("A paragraph of your own in consents (optional)"), most=2_000)
    push_contact = line(_l("Contact for push services (email address)"), _mail, most=200)
    notes_until = SelectField(_l("What’s shared for a group stays open until"))
    dark_words = BooleanField(_l("Ask about words that may be about not wanting to be here"))
    help_emergency = _number(_l("Emergency: call"), _NEEDED_NUMBER)
    help_crisis_call = _number(_l("Crisis line: call"), _NEEDED_NUMBER)
    help_crisis_text = _number(_l("Crisis line: text"), _NEEDED_NUMBER)
    help_crisis_chat = line(_l("Crisis line: chat (optional)"), web_address)
    help_clinic = _number(_l("The clinic’s phone number"))
    help_clinic_hours = line(_l("When someone answers at the clinic"))
    help_treatment = _number(_l("Alcohol or drugs: call"), _NEEDED_NUMBER)
    help_treatment_name = line(
        _l("Alcohol or drugs: name of the helpline"), needed(_l("Enter its name."))
    )
    help_violence = _number(_l("Violence at home: call"), _NEEDED_NUMBER)

    def __init__(self, *args: Any, obj: ClinicSettings, **options: Any) -> None:
        super().__init__(*args, obj=obj, **options)
        self.zone.choices = choices({name: zone_name(name) for name in (obj.zone, *ZONES)})
        ends = (time(hour) for hour in range(8, 19))
        next_day = {f"{at:%H:%M}": _("%(hour)s, next weekday", hour=wall(at)) for at in ends}
        self.notes_until.choices = choices({"": _("Two hours after group"), **next_day})

    @property
    def settings(self) -> dict[str, Any]:
        """Each setting by its name, as it was typed."""
        own = (field for field in self if field.name not in ("version", "csrf_token"))
        return {field.name: "" if field.data is None else field.data for field in own}

    @property
    def parts(self) -> dict[str, tuple[str, list[Field]]]:
        """The page's parts by name: the heading and the fields of each."""
        return {
            name: (str(title), [self[field] for field in fields])
            for name, (title, fields) in PARTS.items()
        }

    @property
    def help_fields(self) -> list[Field]:
        """Those that make Help now."""
        return [field for field in self if field.name.startswith("help_")]

    def differs_from(self, row: ClinicSettings) -> list[tuple[str, str]]:
        """What was typed and isn't so in `row`, by its label."""
        chosen = {
            name: {choice.value: choice.label for choice in self[name].choices}
            for name in ("zone", "notes_until")
        }
        return [
            (
                str(self[name].label.text),
                chosen[name].get(typed, "") if name in chosen else str(typed),
            )
            for name, typed in self.settings.items()
            if str(typed) != str(getattr(row, name))
        ]

    def validate_week_hours_least(self, field: Field) -> None:
        """A range has its smaller end first."""
        most = self.week_hours_most.data
        if field.data is not None and most is not None and field.data > most:
            raise ValidationError(_l("The fewest hours can’t be more than the most."))
