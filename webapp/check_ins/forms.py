"""What is asked, and how answers are checked."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, Field, HiddenField
from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.check_ins.words import CONNECTED, MOODS, SAFE, SLEPT, TAKEN, USED
from webapp.core import clock
from webapp.core.forms import OurForm, WholeNumber, words

TAPS = ("mood", "craving", "sleep", "medication", "connection", "used", "safety")
CONTENT = (*TAPS, "note")


class CheckInForm(OurForm):
    """How somebody is today. Each question can be left out, but not all of them."""

    id = HiddenField(default=lambda: str(uuid4()))
    version = HiddenField(default="0")
    mood = Choice(_l("How is your mood?"), [Optional()], choices=list(MOODS.items()), coerce=int)
    craving = WholeNumber(_l("How strong is the pull?"), [Optional(), NumberRange(0, 10)])
    sleep = Choice(_l("How did you sleep?"), [Optional()], choices=list(SLEPT.items()), coerce=int)
    medication = Choice(
        _l("Did you take your medication?"), [Optional()], choices=list(TAKEN.items())
    )
    connection = Choice(
        _l("Did you talk with someone who is good for you?"),
        [Optional()],
        choices=list(CONNECTED.items()),
    )
    used = Choice(_l("Did you use?"), [Optional()], choices=list(USED.items()))
    safety = Choice(_l("Are you safe right now?"), [Optional()], choices=list(SAFE.items()))
    note = words(_l("Anything else?"))
    happened = DateTimeLocalField(
        _l("When was it?"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def __init__(self, *args: Any, zone: str, at: datetime | None = None, **options: Any) -> None:
        """`at` is when it was written, if that isn't now: on a phone without a network."""
        super().__init__(*args, **options)
        self.zone, self.at = zone, at

    @property
    def happened_at(self) -> datetime:
        """The instant it is about: now, unless a time was given."""
        when = self.happened.data
        if when:
            return clock.instant(when.date(), when.time(), self.zone)
        return self.at or clock.now()

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        return {name: self[name].data for name in CONTENT} | {"zone": self.zone}

    def validate_happened(self, field: Field) -> None:
        """Not before 1900, and not over a day ahead."""
        if field.data is None:
            return
        if not 1900 <= field.data.year < 9999 or not clock.plausible(self.happened_at, clock.now()):
            raise ValidationError(_l("Please check the date: it can’t be that far away."))

    def validate(self, *args: Any, **options: Any) -> bool:
        """An empty check-in says nothing."""
        if not super().validate(*args, **options):
            return False
        if all(self[name].data is None for name in TAPS) and not self.note.data:
            self.mood.errors = [_l("Please tap at least one answer.")]
            return False
        return True
