"""One line: what helps when this comes."""

from uuid import uuid4

from wtforms import HiddenField

from webapp.core.web.choices import OneOrOwn, choices
from webapp.core.web.forms import OurForm, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.words import TRIGGER_KINDS


class ResponseForm(OurForm):
    """A planned response to one kind of trigger."""

    id = HiddenField(default=lambda: str(uuid4()))
    kind = OneOrOwn(
        _l("Which trigger?"),
        choices=choices(TRIGGER_KINDS),
        validators=[needed(_l("Choose a trigger."))],
    )
    what = line(_l("What is it, in your own words?"))
    response = line(_l("What will you do?"), needed(_l("Enter what you will do.")))
