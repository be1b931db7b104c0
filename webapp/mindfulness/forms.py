"""What is asked about a practice."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, Field, Form, HiddenField, RadioField
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core import clock
from webapp.core.forms import OurForm, WholeNumber, words
from webapp.mindfulness.curve import LONGEST, parse, written
from webapp.mindfulness.exercises import EXERCISES

OTHER = "other"
CONTENT = ("exercise", "minutes", "before", "after", "notes")
AT_MOST = _l("Please give the minutes, from 1 to %(most)s.", most=LONGEST)


def known_choice(form: Form, field: Field) -> None:
    """Say in a sentence what WTForms says in jargon."""
    if field.data not in {value for value, _label in field.choices}:
        raise ValidationError(_l("Please choose from the list."))


class PracticeForm(OurForm):
    """A practice. What was done is enough; the rest only tells what works."""

    id = HiddenField(default=lambda: str(uuid4()))
    version = HiddenField(default="0")
    exercise = RadioField(
        _l("What did you do?"),
        choices=[*((one.slug, one.name) for one in EXERCISES.values()), (OTHER, _l("Other"))],
        default=OTHER,
        validate_choice=False,
        validators=[known_choice],
    )
    minutes = WholeNumber(
        _l("For how many minutes?"), [Optional(), NumberRange(1, LONGEST, AT_MOST)]
    )
    before = WholeNumber(_l("How strong was it before?"), [Optional(), NumberRange(0, 10)])
    after = WholeNumber(_l("How strong is it now?"), [Optional(), NumberRange(0, 10)])
    samples = HiddenField()
    notes = words(_l("What did you notice?"))
    happened = DateTimeLocalField(
        _l("When was it?"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def __init__(self, *args: Any, zone: str, at: datetime | None = None, **options: Any) -> None:
        """`at` is when it was written, if that isn't now: on a phone without a network."""
        super().__init__(*args, **options)
        self.zone, self.at = zone, at

    @property
    def happened_at(self) -> datetime:
        """The instant it happened: now, unless a time was given."""
        when = self.happened.data
        if when:
            return clock.instant(when.date(), when.time(), self.zone)
        return self.at or clock.now()

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        samples = [list(one) for one in parse(self.samples.data or "") or []]
        content = {name: self[name].data for name in CONTENT}
        if content["exercise"] == OTHER:
            content["exercise"] = None
        return content | {"samples": samples, "zone": self.zone}

    def validate_samples(self, field: Field) -> None:
        """Minutes and strengths, as the page writes them."""
        if parse(field.data or "") is None:
            raise ValidationError(_l("What was tapped can’t be read. Please load the page again."))

    def validate_happened(self, field: Field) -> None:
        """Not before 1900, and not over a day ahead."""
        if field.data is None:
            return
        if not 1900 <= field.data.year < 9999 or not clock.plausible(self.happened_at, clock.now()):
            raise ValidationError(_l("Please check the date: it can’t be that far away."))


def filled_from(content: dict[str, Any]) -> dict[str, Any]:
    """The form's values for a practice that is there."""
    values = {name: content.get(name) for name in CONTENT}
    return values | {"samples": written(content.get("samples") or [])}
