"""What a facilitator gives."""

from typing import Any
from uuid import UUID, uuid4

from wtforms import Field, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.dates import when
from webapp.core.errors import Invalid
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, words
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.homework.tasks import HEADINGS, OWN_WORDS, Task
from webapp.program.models import GroupSession, Membership

EVERYONE = "everyone"


class HomeworkForm(OurForm):
    """One task, for one person or everyone, before one of the next sessions."""

    id = HiddenField(default=lambda: str(uuid4()))
    what = SelectField(_l("What"))
    words = words(_l("Your words"), most=2_000)
    who = SelectField(_l("For"))
    due = SelectField(_l("Before"))

    def __init__(
        self, tasks: list[Task], people: list[Membership], coming: list[GroupSession], **more: Any
    ) -> None:
        super().__init__(**more)
        self.tasks = {task.value: task for task in tasks}
        self.what.choices = [
            SelectChoice(task.value, task.name, optgroup=str(HEADINGS[task.kind])) for task in tasks
        ]
        now = clock.now()
        named = [(str(one.person_id), _called(one.person)) for one in people]
        self.who.choices = choices([(EVERYONE, _("Everyone in the group")), *named])
        self.due.choices = choices(
            (str(one.id), when(one.starts_at, one.group.zone, now)) for one in coming
        )

    def validate_words(self, field: Field) -> None:
        """Own words are needed where nothing else says what to do."""
        task = self.tasks.get(self.what.data)
        if task is not None and task.kind == OWN_WORDS and not field.data:
            raise ValidationError(_l("Write a few words."))

    @property
    def made(self) -> UUID:
        """What makes the same giving twice one. Raises Invalid."""
        try:
            return UUID(self.id.data or "")
        except ValueError:
            raise Invalid from None


def _called(person: Person) -> str:
    return f"{person.called} ({person.username})" if person.apart else person.called
