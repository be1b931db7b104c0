"""What is asked after group."""

from typing import Any

from wtforms import HiddenField
from wtforms import RadioField as Choice

from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, needed
from webapp.core.wording import lazy_gettext as _l

TAPS = {1: _l("No"), 2: _l("A little"), 3: _l("Mostly"), 4: _l("Yes")}
ONE_EACH = needed(_l("Tap one of the four."))


def _asked(question: Any) -> Choice:
    return Choice(question, [ONE_EACH], choices=choices(TAPS), coerce=int)


class RatingForm(OurForm):
    """Four statements about one session, one tap each."""

    session = HiddenField()
    heard = _asked(_l("I was heard."))
    mattered = _asked(_l("We worked on what matters to me."))
    fits = _asked(_l("It fits how I am."))
    overall = _asked(_l("All in all, group was good for me."))
