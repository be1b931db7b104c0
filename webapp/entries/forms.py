"""What the form of every kind of entry has: the phone's id, the version it saw, and when it was."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from wtforms import DateTimeLocalField, Field, HiddenField
from wtforms.validators import Optional, ValidationError

from webapp.core import clock
from webapp.core.dates import hour, zone_name
from webapp.core.errors import Invalid
from webapp.core.web.forms import OurForm
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.models import Entry


def moment(label: Any) -> DateTimeLocalField:
    """When it was. Empty means now."""
    return DateTimeLocalField(label, [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


class EntryForm(OurForm):
    """An entry as it is typed. `CONTENT` names the fields that go into it, sealed."""

    CONTENT: ClassVar[tuple[str, ...]] = ()

    id = HiddenField(default=lambda: str(uuid4()))
    version = HiddenField(default="0")
    happened = moment(_l("When was it?"))

    def __init__(self, *args: Any, zone: str, at: datetime | None = None, **options: Any) -> None:
        """`at` is when it was written, if that isn't now: on a phone without a network."""
        super().__init__(*args, **options)
        self.zone, self.at = zone, at
        self.stood: datetime | None = None  # what the field showed

    @property
    def made_on_phone(self) -> UUID:
        """The id that makes the same save twice one entry. Raises Invalid."""
        try:
            return UUID(self.id.data or "")
        except ValueError:
            raise Invalid from None

    @property
    def when(self) -> datetime | None:
        """The time that was typed, as it stands on the wall."""
        typed: datetime | None = self.happened.data if self.happened is not None else None
        return typed

    @property
    def happened_at(self) -> datetime:
        """The instant it happened: now, unless a time was given."""
        if when := self.when:
            return clock.instant(when.date(), when.time(), self.zone)
        return self.at or clock.now()

    def happened_to(self, entry: Entry) -> datetime:
        """As it was, unless another time was typed: the field knows neither seconds nor which of
        two equal hours it was on the night when clocks go back."""
        when = self.when
        unchanged = when is None or when == wall_time(entry, self.zone)
        return entry.happened_at if unchanged else self.happened_at

    @property
    def typed(self) -> dict[str, Any]:
        """What goes into the entry."""
        return {name: self[name].data for name in self.CONTENT} | {"zone": self.zone}

    def saw(self, entry: Entry) -> bool:
        """Whether the entry is as it stood on this page; else the page is brought up to date."""
        if self.version.data == str(entry.version):
            return True
        self.version.data, self.version.raw_data = str(entry.version), None
        return False

    def validate_happened(self, field: Field) -> None:
        """Not before 1900, and not before it comes, by the clock that the page names. What stood
        there was right when it was typed, whatever the clock says now."""
        if field.data in (None, self.stood):
            return
        now = clock.now()
        if not 1900 <= field.data.year < 9999 or not clock.plausible(self.happened_at, now):
            raise ValidationError(_l("Check the date. It can’t be that far away."))
        if not clock.has_come(self.happened_at, now):
            said = _("That time hasn’t come yet. It’s %(hour)s now, %(zone)s.",
                     hour=hour(now, self.zone), zone=zone_name(self.zone))  # fmt: skip
            raise ValidationError(said)


def shown(entry: Entry, zone: str) -> dict[str, Any]:
    """The values of a form that shows an entry again: what was typed, its version, when it was."""
    rest = {"version": str(entry.version), "happened": wall_time(entry, zone)}
    return entry.content | rest


def wall_time(entry: Entry, zone: str) -> datetime:
    """When it was, as a person reads it off the wall, to the minute."""
    at = clock.local(entry.happened_at, zone)
    return at.replace(tzinfo=None, second=0, microsecond=0)
