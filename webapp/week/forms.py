"""What is typed about an appointment of one's own, and chosen for the calendar."""

from datetime import datetime, time
from typing import Any
from uuid import uuid4

from wtforms import BooleanField, DateField, HiddenField, TimeField
from wtforms.validators import NumberRange, Optional

from webapp.core import clock
from webapp.core.forms import OurForm, WholeNumber, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.program.forms import near


class CalendarForm(OurForm):
    """Whether the calendar rings."""

    rings = BooleanField(_l("Remind me one hour before"))


class AppointmentForm(OurForm):
    """Something of one's own."""

    id = HiddenField(default=lambda: str(uuid4()))
    version = HiddenField(default="0")
    title = line(_l("What is it?"), needed(_l("Please say what it is.")), most=200)
    day = DateField(_l("Day"), [needed(_l("Please give a day.")), near])
    starts = TimeField(_l("Starts at"), [needed(_l("Please give a start, like 14:30."))])
    minutes = WholeNumber(
        _l("Length in minutes"), [Optional(), NumberRange(5, 1440, _l("From 5 to 1440 minutes."))]
    )
    place = line(_l("Place"), most=200)

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone

    @property
    def happened_at(self) -> datetime:
        """The instant it begins."""
        assert self.day.data is not None
        return clock.instant(self.day.data, self.starts.data or time(0), self.zone)

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        return {name: self[name].data for name in ("title", "minutes", "place")} | {
            "zone": self.zone
        }
