"""What is asked about a medication and about a dose."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    HiddenField,
    RadioField,
)
from wtforms.validators import Optional, ValidationError

from webapp.core import clock
from webapp.core.web.choices import choices, weekdays_field
from webapp.core.web.forms import TimeOfDay, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm, moment
from webapp.medication.doses import EVERY_DAY
from webapp.medication.words import ANSWERS

TIMES_A_DAY = 6
UNREADABLE = _l("Something went wrong. Reload the page and try again.")


class MedicationForm(EntryForm):
    """A medication. Its name is enough."""

    CONTENT = ("name", "dose", "prescriber", "notes")

    happened = None  # it is on the list since it was put there
    name = line(_l("Medication name"), needed(_l("Enter the name.")))
    dose = line(_l("Dose"))
    times = FieldList(
        TimeOfDay(_l("Time"), [Optional()]),
        _l("What times?"),
        min_entries=4,
        max_entries=TIMES_A_DAY,
    )
    weekdays = weekdays_field(_l("Which days?"), default=list(EVERY_DAY))
    remind = BooleanField(_l("Remind me at these times"))
    prescriber = line(_l("Prescriber"))
    refill = DateField(_l("Refill by"), [Optional()])
    notes = words(_l("Notes for my prescriber"))

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        times = {at.data for at in self.times if at.data is not None}
        return super().typed | {
            "times": [at.isoformat("minutes") for at in sorted(times)],
            "weekdays": sorted(set(self.weekdays.data)) if times else None,
            "remind": bool(times and self.remind.data) or None,
            "refill": self.refill.data.isoformat() if self.refill.data else None,
        }

    def validate_weekdays(self, field: Field) -> None:
        """With times there is at least one day."""
        if not field.data and any(at.data is not None for at in self.times):
            raise ValidationError(_l("Choose at least one day."))

    def validate_refill(self, field: Field) -> None:
        """A day that a calendar of ours knows."""
        today = clock.now().date()
        if field.data and not date(2000, 1, 1) <= field.data <= today + timedelta(days=1100):
            raise ValidationError(_l("Check the date. It can’t be that far away."))


class DoseForm(EntryForm):
    """What became of one dose. The page fills in which; one tap answers."""

    CONTENT = ("medication", "name", "day", "time", "answer")

    medication = HiddenField(validators=[needed(UNREADABLE)])
    name = line(_l("Medication name"))
    day = HiddenField(validators=[needed(UNREADABLE)])
    time = HiddenField()
    answer = RadioField(
        _l("What happened with this dose?"),
        choices=choices(ANSWERS),
        validators=[needed(_l("Choose one."))],
    )
    happened = moment(_l("When was that?"))
    hour = TimeOfDay(_l("What time?"))  # of `day`, for one that is noted on a later day

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.hour.data and not self.happened.data and _is_day(self.day.data):
            self.happened.data = datetime.combine(date.fromisoformat(self.day.data), self.hour.data)
            self.happened.raw_data = [self.happened.data.strftime("%Y-%m-%dT%H:%M")]

    def validate_medication(self, field: Field) -> None:
        """An entry's id, as the page wrote it."""
        _written_as(field, lambda text: str(UUID(text)))

    def validate_day(self, field: Field) -> None:
        """A day, as the page wrote it, not far from today."""
        if not _is_day(field.data):
            raise ValidationError(UNREADABLE)
        now = clock.now().date()
        if abs(date.fromisoformat(field.data) - now) > timedelta(days=366):
            raise ValidationError(_l("Check the date. It can’t be that far away."))

    def validate_time(self, field: Field) -> None:
        """A time on the wall, or none."""
        if field.data:
            _written_as(field, lambda text: time.fromisoformat(text).isoformat("minutes"))


def _is_day(text: str | None) -> bool:
    try:
        return date.fromisoformat(text or "").isoformat() == text
    except ValueError:
        return False


def _written_as(field: Field, read: Any) -> None:
    try:
        same = read(field.data or "") == field.data
    except ValueError:
        same = False
    if not same:
        raise ValidationError(UNREADABLE)
