"""What is asked for a permission."""

from wtforms import HiddenField

from webapp.core.web.forms import OurForm, line, needed
from webapp.core.wording import lazy_gettext as _l


class SignForm(OurForm):
    """It is read whole, and signed."""

    signed_name = line(_l("Sign with your name"), needed(_l("Type your name to sign.")), most=120)
    shown = HiddenField()
