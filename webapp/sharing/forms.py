"""What is asked when sharing."""

from wtforms import BooleanField, HiddenField, RadioField

from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.signing.forms import signature

UNTIL = {"session": _l("For the next group"), "taken_back": _l("Until I stop sharing")}


class ShareForm(OurForm):
    """Until when, and whether to bring it up."""

    until = RadioField(_l("How long"), choices=choices(UNTIL), default="session")
    bring_up = BooleanField(_l("I want to talk about this in group"))
    about = line(_l("What you want to talk about, in a few words"), most=80)
    also = Several(_l("Share with these, too"))


class SignedShareForm(ShareForm):
    """The first share with a group: the consent is signed with it."""

    signed_name = signature()
    shown = HiddenField()


class CourseForm(OurForm):
    """From when on it is seen."""

    earlier = BooleanField(_l("Also what I’ve already entered"))


class SignedCourseForm(CourseForm):
    """The same, with a consent that speaks of it."""

    signed_name = signature()
    shown = HiddenField()


class AgainForm(OurForm):
    """Which of the entries that were shared before; none is ticked ahead."""

    entries = Several(
        _l("Entries to share again"),
        validators=[needed(_l("Check what you want to share."))],
    )


class PlainForm(OurForm):
    """A button that does one thing."""
