"""What a facilitator writes in the huddle."""

from wtforms import HiddenField
from wtforms.validators import Length

from webapp.core.web.forms import OurForm, needed, words
from webapp.core.wording import lazy_gettext as _l


class FeedbackForm(OurForm):
    """A short reply to one entry."""

    entry = HiddenField()
    words = words(
        _l("Your reply"),
        needed(_l("Write a few words.")),
        Length(max=1_000, message=_l("Keep it under 1,000 characters.")),
        most=1_000,
    )
