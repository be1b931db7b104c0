"""What is asked for a permission."""

from wtforms import HiddenField

from webapp.core.web.forms import OurForm
from webapp.signing.forms import signature


class SignForm(OurForm):
    """It is read whole, and signed."""

    signed_name = signature()
    shown = HiddenField()
