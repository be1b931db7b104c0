"""What is said about shares."""

from webapp.core.wording import lazy_gettext as _l
from webapp.sharing.models import Mark

MARKS = {
    Mark.TALKED: _l("Talked about"),
    Mark.NEXT: _l("Next time"),
    Mark.ONE: _l("One to one"),
}
