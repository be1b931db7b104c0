"""What is asked about a visit and a rhythm."""

from datetime import date, timedelta
from typing import Any

from wtforms import (
    DateField,
    Field,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.core import clock
from webapp.core.clock import ZONES
from webapp.core.dates import weekday, zone_name
from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, WholeNumber, line, needed, words
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm, moment
from webapp.meetings.search import Part, Wish
from webapp.meetings.sheet import MOST_BLANK, is_drawing
from webapp.meetings.vocabulary import LANGUAGES, TAGS
from webapp.meetings.words import ATTENDED, FELLOWSHIPS, FORMATS, PARTS, WAYS

NEEDS = ("wheelchair", "dual_diagnosis", "proof", "secular")


def one_of(label: Any, offered: dict[str, Any], **options: Any) -> RadioField:
    """One choice, or none."""
    return RadioField(label, [Optional()], choices=choices(offered), **options)


class VisitForm(EntryForm):
    """A visit. Nothing has to be filled in: that somebody went is enough."""

    CONTENT = (
        *("fellowship", "meeting", "place", "format", "attended"),
        *("step", "takeaway", "contact", "commitment"),
    )

    happened = moment(_l("When did it start?"))
    meeting = line(_l("Meeting name"))
    fellowship = one_of(_l("What type of meeting?"), FELLOWSHIPS)
    attended = one_of(_l("Did you go in person or online?"), ATTENDED)
    place = line(_l("Location, or “online”"))
    format = one_of(_l("What was the format?"), FORMATS)
    step = line(_l("Step, tool, or topic you worked on"))
    takeaway = words(_l("What do you want to remember from it?"))
    contact = line(_l("Sponsor or someone else you talked to"))
    commitment = words(_l("What do you want to do next?"))


class RhythmForm(OurForm):
    """How often somebody wants to go. Empty means no wish."""

    a_week = WholeNumber(
        _l("Meetings per week"),
        [Optional(), NumberRange(0, 21, _l("Enter a number from 0 to 21."))],
    )
    ninety_from = DateField(_l("90 meetings in 90 days, starting"), [Optional()])

    def validate_ninety_from(self, field: Field) -> None:
        """A start that a calendar of ours can count from."""
        today = clock.now().date()
        if field.data and not date(2000, 1, 1) <= field.data <= today + timedelta(days=366):
            raise ValidationError(_l("Check the date. It can’t be that far away."))


class FindForm(OurForm):
    """What somebody is looking for. Sent as a post, so that no place stands in an address."""

    day = SelectField(_l("Day"), default="today")
    part = SelectField(_l("Time of day"), default="")
    near = line(_l("Town, area, or ZIP code"), most=80)
    miles = SelectField(
        _l("How far"),
        choices=choices(
            (str(miles), _l("%(miles)s miles", miles=miles)) for miles in (5, 10, 25, 50)
        ),
        default="25",
    )
    order = SelectField(
        _l("Sort by"),
        choices=choices({"time": _l("Soonest first"), "distance": _l("Nearest first")}),
        default="time",
    )
    fellowship = SelectField(_l("Type"), default="")
    mode = SelectField(_l("In person or online"), default="")
    access = SelectField(
        _l("Open or closed"),
        choices=choices({"": _l("Any"), "open": TAGS["open"], "closed": TAGS["closed"]}),
        default="",
    )
    language = SelectField(_l("Language"), default="")
    needs = Several(
        _l("Must have"),
        choices=choices((need, TAGS[need]) for need in NEEDS),
    )

    def __init__(self, *args: Any, languages: set[str], **options: Any) -> None:
        super().__init__(*args, **options)
        days = {str(number): weekday(number) for number in range(7)}
        soon = {"soon": _("In the next two hours"), "today": _("Today")}
        self.day.choices = choices(soon | days | {"any": _("Any day")})
        self.part.choices = choices({"": _("Any time")} | PARTS)
        self.fellowship.choices = choices({"": _("Any")} | FELLOWSHIPS)
        self.mode.choices = choices({"": _("Any")} | WAYS)
        spoken = {key: label for key, label in LANGUAGES.items() if key in languages}
        self.language.choices = choices({"": _("Any")} | spoken)

    @property
    def wish(self) -> Wish:
        """What to search for."""
        tags = {self.access.data, self.language.data, *(self.needs.data or [])}
        return Wish(
            day=self.day.data,
            part=Part(self.part.data) if self.part.data else None,
            near=self.near.data or "",
            miles=int(self.miles.data),
            by_distance=self.order.data == "distance",
            fellowships=frozenset({self.fellowship.data} - {"", None}),
            mode=self.mode.data or "",
            tags=frozenset(tags - {"", None}),
        )


class SheetForm(OurForm):
    """Which visits to print."""

    first = DateField(_l("First day"), [needed(_l("Enter a date."))])
    last = DateField(_l("Last day"), [needed(_l("Enter a date."))])
    name = line(_l("Name on the sheet"), most=120)
    blank = WholeNumber(
        _l("Blank rows to fill in by hand"),
        [
            Optional(),
            NumberRange(0, MOST_BLANK, _l("Enter a number from 0 to 20.")),
        ],
        default=0,
    )

    def validate_last(self, field: Field) -> None:
        """A period goes forward, and is at most a year."""
        first, last = self.first.data, field.data
        if not first or not last:
            return
        if last < first:
            raise ValidationError(_l("The last day can’t be before the first day."))
        if (last - first).days > 366:
            raise ValidationError(_l("A sheet can cover up to one year."))


class InitialsForm(OurForm):
    """Initials, drawn on glass. Empty takes them away."""

    initials = HiddenField()

    def validate_initials(self, field: Field) -> None:
        """Only what our own glass can draw."""
        if field.data and not is_drawing(field.data):
            raise ValidationError(_l("This drawing can’t be saved. Try again with fewer lines."))


class CheckForm(OurForm):
    """The code on a sheet."""

    code = line(_l("Code on the sheet"), needed(_l("Enter the code.")), most=40)


class ListForm(OurForm):
    """A list of meetings, by its address or as a file, and what it doesn't say itself."""

    address = line(_l("Address of the list"), most=2000)
    file = FileField(_l("Or a file"))
    fellowship = SelectField(_l("Fellowship"), [needed(_l("Choose a fellowship."))])
    zone = SelectField(_l("Time zone of meetings that don’t name one"))

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, zone=zone, **options)
        self.fellowship.choices = choices({"": _("Choose one")} | FELLOWSHIPS)
        self.zone.choices = choices({name: zone_name(name) for name in (zone, *ZONES)})
