"""What is asked about a practice."""

from typing import Any

from wtforms import Field, HiddenField, RadioField
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core.web.choices import choices
from webapp.core.web.forms import WholeNumber, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm
from webapp.mindfulness.curve import LONGEST, parse
from webapp.mindfulness.exercises import EXERCISES

OTHER = "other"
AT_MOST = _l("Enter the minutes, from 1 to %(most)s.", most=LONGEST)


class PracticeForm(EntryForm):
    """A practice. What was done is enough; the rest only tells what works."""

    CONTENT = ("exercise", "minutes", "before", "after", "notes")

    exercise = RadioField(
        _l("What did you do?"),
        choices=choices(
            {exercise.slug: exercise.name for exercise in EXERCISES.values()} | {OTHER: _l("Other")}
        ),
        default=OTHER,
    )
    minutes = WholeNumber(_l("How many minutes?"), [Optional(), NumberRange(1, LONGEST, AT_MOST)])
    before = WholeNumber(_l("How strong was it before?"), [Optional(), NumberRange(0, 10)])
    after = WholeNumber(_l("How strong is it now?"), [Optional(), NumberRange(0, 10)])
    samples = HiddenField()
    notes = words(_l("What did you notice?"))

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        samples = [list(sample) for sample in parse(self.samples.data or "") or []]
        exercise = None if self.exercise.data == OTHER else self.exercise.data
        return super().typed | {"exercise": exercise, "samples": samples}

    def validate_samples(self, field: Field) -> None:
        """Minutes and strengths, as the page writes them."""
        if parse(field.data or "") is None:
            raise ValidationError(_l("We can’t read what you tapped. Reload the page."))
