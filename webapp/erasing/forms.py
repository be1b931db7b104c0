"""What is typed to hold somebody's records."""

from webapp.core.web.forms import OurForm, line, needed, words
from webapp.core.wording import lazy_gettext as _l


class HoldForm(OurForm):
    """Whose records, and why."""

    who = line(
        _l("Username, or number in the audit log"),
        needed(_l("Enter a username or a number.")), most=64,
    )  # fmt: skip
    reason = words(_l("Reason"), needed(_l("Enter a reason.")), most=1_000)
