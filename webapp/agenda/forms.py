"""What a facilitator types on the agenda."""

from webapp.core.web.forms import OurForm, line, needed
from webapp.core.wording import lazy_gettext as _l


class LineForm(OurForm):
    """A line of one's own."""

    words = line(_l("Add your own line"), needed(_l("Write a few words.")), most=200)
