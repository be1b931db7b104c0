"""What an administrator looks for among acts."""

from typing import Any

from wtforms import SelectField

from webapp.audit.kinds import SAID, ActKind
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l


class WhichActs(OurForm):
    """Acts of one kind; asked for in the address, where nobody's words stand."""

    class Meta(OurForm.Meta):
        csrf = False

    kind = SelectField(_l("Show only"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = sorted((str(said.staff), kind.value) for kind, said in SAID.items())
        self.kind.choices = choices([("", _("Everything")), *((k, words) for words, k in kinds)])

    @property
    def chosen(self) -> ActKind | None:
        """Which kind, if one that there is."""
        return ActKind(self.kind.data) if self.kind.data and self.validate() else None
