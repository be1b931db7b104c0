"""What is typed about a group's sessions."""

from datetime import date, datetime, time, timedelta
from typing import Any

from wtforms import (
    DateField,
    Field,
    Form,
    HiddenField,
    SelectField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core import clock, dates
from webapp.core.web.choices import choices, weekdays, weekdays_field
from webapp.core.web.forms import OurForm, TimeOfDay, WholeNumber, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.program.models import Track
from webapp.program.recurrence import Weekly

TRACKS = {
    Track.PROCESS: _l("Process group"),
    Track.EDUCATION: _l("Education"),
    Track.SKILLS: _l("Skills"),
    Track.FAMILY: _l("Family"),
    Track.INDIVIDUAL: _l("Individual"),
    Track.MEDICATION: _l("Medication"),
}
# What a group with a name can be; individual ones have none.
TYPED_TRACKS = {track: label for track, label in TRACKS.items() if track != Track.INDIVIDUAL}

_DAYS, _HOURS = _l("Enter a number from 1 to 7."), _l("Enter a number from 1 to 60.")
CAME_FROM = {
    "": _l("Not entered"),
    "hospital": _l("A hospital"),
    "residential": _l("Residential treatment"),
    "detox": _l("Detox somewhere else"),
    "self": _l("Home, no referral"),
    "court": _l("A court"),
}

FURTHEST = timedelta(days=3 * 366)


def minutes_field(default: int = 180) -> WholeNumber:
    """How long, from a quarter of an hour to twelve hours."""
    return WholeNumber(
        _l("Length in minutes"),
        [needed(_l("Enter a length.")), NumberRange(15, 720, _l("Enter a number from 15 to 720."))],
        default=default,
    )


def web_address(form: Form, field: Field) -> None:
    """A link opens on patients' phones: only a plain https address."""
    if field.data and not field.data.startswith("https://"):
        raise ValidationError(_l("Enter an address that starts with https://."))


def near(form: Form, field: Field) -> None:
    """Within three years, either way: anything else is a typing mistake."""
    if field.data and abs(field.data - clock.now().date()) > FURTHEST:
        raise ValidationError(_l("Check the date. It must be within three years."))


class PartForm(OurForm):
    """One of several forms on a page, told apart by a prefix; the page's own token covers it."""

    class Meta:
        csrf = False


class DetailsForm(OurForm):
    """Where a group meets and what to bring; for who sets the clinic up, how it is called too."""

    name = line(_l("Group name"), needed(_l("Enter a name.")), most=80)
    track = SelectField(_l("Kind of group"), choices=choices(TYPED_TRACKS))
    place = line(_l("Location"), most=200)
    link = line(_l("Video link"), web_address, most=500)
    bring = line(_l("What to bring"), most=500)

    def __init__(self, *args: Any, renames: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not renames:
            del self.name, self.track


class TimeForm(OurForm):
    """One weekly time, from a day on."""

    days = weekdays_field(_l("Days"), needed(_l("Choose at least one day.")))
    starts = TimeOfDay(_l("Start time"), [needed(_l("Enter a start time, like 6:00 PM."))])
    minutes = minutes_field()
    from_day = DateField(_l("First day"), [needed(_l("Enter a date.")), near])
    until_day = DateField(_l("Last day (optional)"), [Optional(), near])

    earliest: date | None = None

    def validate_from_day(self, field: Field) -> None:
        """What has begun never changes."""
        if self.earliest and field.data and field.data < self.earliest:
            raise ValidationError(_l("Choose %(day)s or later.", day=dates.day(self.earliest)))

    def validate_until_day(self, field: Field) -> None:
        """Not before it begins."""
        if field.data and self.from_day.data and field.data < self.from_day.data:
            raise ValidationError(_l("The last day can’t be before the first day."))

    @property
    def weekly(self) -> list[Weekly]:
        """The weekly times."""
        starts, from_day = self.starts.data or time(0), self.from_day.data
        assert from_day is not None
        return [
            Weekly(day, starts, self.minutes.data or 0, from_day, self.until_day.data)
            for day in sorted(set(self.days.data or []))
        ]


class OneTimeForm(TimeForm):
    """A weekly time that is there already, changed."""

    days = None  # type: ignore[assignment]
    day = SelectField(_l("Day"), coerce=int, choices=weekdays)

    @property
    def weekly(self) -> list[Weekly]:
        """The weekly time, alone in a list."""
        from_day = self.from_day.data
        assert from_day is not None
        starts, minutes = self.starts.data or time(0), self.minutes.data or 0
        return [Weekly(self.day.data, starts, minutes, from_day, self.until_day.data)]


class WhenForm(OurForm):
    """A day and a time in a group's zone."""

    day = DateField(_l("Date"), [needed(_l("Enter a date.")), near])
    starts = TimeOfDay(_l("Start time"), [needed(_l("Enter a start time, like 6:00 PM."))])
    minutes = minutes_field()

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone

    def validate_starts(self, field: Field) -> None:
        """Sessions are planned ahead; past ones never change."""
        if self.day.data and field.data and not self.day.errors and self.starts_at <= clock.now():
            raise ValidationError(_l("Choose a time in the future."))

    @property
    def starts_at(self) -> datetime:
        """The instant it begins."""
        assert self.day.data is not None
        return clock.instant(self.day.data, self.starts.data or time(0), self.zone)

    @property
    def ends_at(self) -> datetime:
        """The instant it ends."""
        return self.starts_at + timedelta(minutes=self.minutes.data or 0)


class NewGroupSessionForm(WhenForm):
    """One more session."""

    topic = line(_l("Topic"), most=200)
    place = line(_l("Location, if different"), most=200)


class MoveForm(WhenForm, PartForm):
    """Another time for one session."""

    reason = line(_l("Reason (patients see this)"), most=200)


class CancelForm(PartForm):
    """A session that doesn't take place."""

    reason = line(
        _l("Reason (patients see this)"),
        needed(_l("Enter a reason. Patients see it in My week.")),
        most=200,
    )


class GroupSessionForm(OurForm):
    """What a session is about."""

    topic = line(_l("Topic"), most=200)
    read_before = words(_l("Reading"), most=4_000)
    place = line(_l("Location, if different"), most=200)
    link = line(_l("Video link, if different"), web_address, most=500)


LONGEST = timedelta(days=60)


class HolidayForm(OurForm):
    """A day, or some in a row, on which no group meets, or one doesn't."""

    day = DateField(_l("Date"), [needed(_l("Enter a date.")), near])
    until_day = DateField(_l("Last day, if it’s more than one (optional)"), [Optional(), near])
    name = line(_l("Holiday name"), needed(_l("Enter a name, like Thanksgiving.")), most=80)
    group = SelectField(_l("For"))

    def validate_until_day(self, field: Field) -> None:
        """Not before it begins, and not the rest of the year."""
        if not (field.data and self.day.data):
            return
        if field.data < self.day.data:
            raise ValidationError(_l("The last day can’t be before the first day."))
        if field.data - self.day.data >= LONGEST:
            raise ValidationError(_l("Enter at most 60 days at once."))

    @property
    def days(self) -> list[date]:
        """Each of them."""
        first = self.day.data
        assert first is not None
        last = self.until_day.data or first
        return [first + timedelta(days=one) for one in range((last - first).days + 1)]


class TopicForm(PartForm):
    """What one of the coming sessions is about. `seen` says what stood there when it was opened."""

    topic = line(_l("Topic"), most=200)
    read_before = words(_l("Reading"), most=4_000)
    of = HiddenField()
    seen = HiddenField()

    @property
    def typed(self) -> tuple[str, str]:
        """What is to stand there."""
        return self.topic.data or "", self.read_before.data or ""


class ExpectForm(PartForm):
    """One part of What to expect here."""

    words = words(_l("Your text"), most=4_000)


class OwnDaysForm(PartForm):
    """On which days a patient comes."""

    days = weekdays_field(_l("Days"), needed(_l("Choose at least one day.")))
    from_day = DateField(_l("From"), [needed(_l("Enter a date.")), near])


class LabelForm(PartForm):
    """By what staff tell a patient apart, and where they came from."""

    label = line(_l("Label for staff"), most=20)
    came_from = SelectField(_l("Where they came from (optional)"), choices=choices(CAME_FROM))

    def __init__(self, *args: Any, has_moved: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if has_moved:  # it was noted, or not, where they came in
            del self.came_from


class StepForm(PartForm):
    """More care or less: another group, or the same one on more or fewer days."""

    group = SelectField(_l("Group"), validate_choice=False)
    days = WholeNumber(_l("Days a week (optional)"), [Optional(), NumberRange(1, 7, _DAYS)])
    hours = WholeNumber(_l("Hours a week (optional)"), [Optional(), NumberRange(1, 60, _HOURS)])
    from_day = DateField(_l("Since"), [needed(_l("Enter a date.")), near])
    reason = words(_l("Reason (optional)"), most=1_000)

    def __init__(self, *args: Any, here: str, today: date, **options: Any) -> None:
        super().__init__(*args, **{"group": here, "from_day": today} | options)
        self._here, self._today = here, today

    def validate_group(self, field: Field) -> None:
        """Another one of those there are; the same one with something that changes."""
        if field.data not in {choice.value for choice in self.group.choices}:
            raise ValidationError(_l("They’re already in that group. Choose another one."))
        if field.data == self._here and not (self.days.data or self.hours.data):
            raise ValidationError(
                _l("They’re in this group already. Choose another one, or enter days or hours.")
            )

    def validate_from_day(self, field: Field) -> None:
        """It takes effect when it is saved, so it can't be later."""
        if field.data and field.data > self._today:
            raise ValidationError(
                _l("Choose today or an earlier day. The change takes effect now.")
            )
