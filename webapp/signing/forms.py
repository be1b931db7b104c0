"""What is asked for a signature."""

from wtforms import StringField

from webapp.core.web.forms import line, needed
from webapp.core.wording import lazy_gettext as _l


def signature() -> StringField:
    """The name, typed. Beside it stands `shown`, the hash of the text that was read."""
    return line(_l("Sign with your name"), needed(_l("Type your name to sign.")), most=120)
