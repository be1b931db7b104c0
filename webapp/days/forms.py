"""What is typed about days: what to count, and a gentle look back."""

import json
from datetime import date
from hashlib import sha256
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField
from wtforms.validators import Optional, ValidationError

from webapp.core import clock
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.days.chapters import SINCE, WITH
from webapp.days.models import Milestone
from webapp.entries.forms import EntryForm
from webapp.entries.words import TRIGGER_KINDS
from webapp.plan.forms import Day

WAYS = {
    SINCE: _l("Days without it, like drinking"),
    WITH: _l("Days I did it, like going for a walk (I mark each day)"),
}


class CountForm(EntryForm):
    """Something to count."""

    happened = None  # it is counted since a day
    name = line(
        _l("What do you want to count?"), needed(_l("Enter what you want to count.")), most=80
    )
    way = RadioField(_l("How do you want to count?"), choices=choices(WAYS), default=SINCE)
    since = Day(_l("First day"))
    said = line(_l("What do you want the button to say if it happens?"), most=40)

    @property
    def today(self) -> date:
        """The day on which it is typed."""
        return clock.local(clock.now(), self.zone).date()

    def only_markers(self) -> None:
        """Days with something, for somebody who isn't here about use."""
        self.way.choices = choices({WITH: WAYS[WITH]})
        self.way.data = WITH

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        if self.way.data == WITH:
            return {"name": self.name.data, "way": WITH}
        return {
            "name": self.name.data,
            "way": SINCE,
            "since": (self.since.data or self.today).isoformat(),
            "said": self.said.data,
        }

    def saw(self, entry: Any) -> bool:
        """The same by a mark of what stood there: the version also counts taps and returns."""
        had, now = self.version.data, mark(entry.shown)
        self.version.data, self.version.raw_data = now, None
        return now in (had, mark(self.typed))

    def validate_since(self, field: Field) -> None:
        """A day that has come."""
        if field.data and field.data > self.today:
            raise ValidationError(_l("Choose today or an earlier day."))


def mark(shown: dict[str, Any]) -> str:
    """Tells one wording of a count from another."""
    said = sorted((name, value) for name, value in shown.items() if value)
    return sha256(json.dumps(said).encode()).hexdigest()[:16]


class ReturnForm(OurForm):
    """A return to use, without blame."""

    day = Day(_l("Which day was it?"))
    before = words(_l("What led up to it?"), most=4000)
    then = words(_l("What would you do next time?"), most=2000)
    version = HiddenField()  # the day whose note stood above the form
    into_plan = BooleanField(_l("Add it to my plan"), default=True)
    kind = RadioField(
        _l("What kind of trigger was it?"),
        choices=choices(TRIGGER_KINDS),
        validators=[Optional()],
    )

    def __init__(self, *args: Any, today: date, since: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today, self.since = today, since

    def look_at(self, milestone: Milestone, day: str) -> dict[str, str] | None:
        """Other words that were noted for this day and weren't above the form; now they are."""
        had, self.version.data, self.version.raw_data = self.version.data, day, None
        typed = {"day": day, "before": self.before.data or "", "then": self.then.data or ""}
        noted = next((note for note in milestone.returns or [] if note["day"] == day), typed)
        return None if had == day or noted == typed else noted

    def validate_day(self, field: Field) -> None:
        """Not in days that haven't come, nor before the count began."""
        if field.data and not self.since <= field.data <= self.today:
            raise ValidationError(_l("Choose a day between the first day and today."))
