"""What is asked, and how answers are checked."""

from typing import Any

from flask_wtf.file import FileRequired
from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional

from webapp.check_ins.due import LONGEST
from webapp.check_ins.words import CONNECTED, MOODS, SAFE, SLEPT, TAKEN, UNSAFE, USED
from webapp.core.web.choices import choices, weekdays_field
from webapp.core.web.forms import OurForm, TimeOfDay, Upload, WholeNumber, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm

TAPS = ("mood", "craving", "sleep", "medication", "connection", "used", "safety")


class CheckInForm(EntryForm):
    """How somebody is today. Each question can be left out, but not all of them."""

    CONTENT = (*TAPS, "note")

    mood = Choice(_l("How is your mood?"), [Optional()], choices=choices(MOODS), coerce=int)
    craving = WholeNumber(_l("How strong is the urge?"), [Optional(), NumberRange(0, 10)])
    sleep = Choice(_l("How did you sleep?"), [Optional()], choices=choices(SLEPT), coerce=int)
    medication = Choice(_l("Did you take your medication?"), [Optional()], choices=choices(TAKEN))
    connection = Choice(
        _l("Did you talk with someone supportive?"),
        [Optional()],
        choices=choices(CONNECTED),
    )
    used = Choice(_l("Did you use?"), [Optional()], choices=choices(USED))
    safety = Choice(_l("Are you safe right now?"), [Optional()], choices=choices(SAFE))
    note = words(_l("Anything else?"))

    @property
    def comes_through(self) -> bool:
        return self.safety.data in UNSAFE

    def validate(self, *args: Any, **options: Any) -> bool:
        """An empty check-in says nothing."""
        if not super().validate(*args, **options):
            return False
        if all(self[name].data is None for name in TAPS) and not self.note.data:
            self.mood.errors = [_l("Tap at least one answer.")]
            return False
        return True


class ReminderForm(OurForm):
    """When to be reminded of what is due."""

    at = TimeOfDay(_l("What time?"), [needed(_l("Enter a time, like 6:00 PM."))])


class DueForm(OurForm):
    """The days on which the program asks for one thing."""

    weekdays = weekdays_field(_l("Days"))
    every_weeks = WholeNumber(
        _l("Repeat every … weeks"),
        [needed(_l("Enter a number.")), NumberRange(1, LONGEST)],
        default=1,
    )


class QuestionnaireForm(OurForm):
    """A questionnaire that the clinic may use, and how its answers add up."""

    file = Upload(_l("Questionnaire (FHIR R4, JSON)"), [FileRequired(_l("Choose a file."))])
    scoring = Upload(_l("Scoring file (TOML), if you have one"))
