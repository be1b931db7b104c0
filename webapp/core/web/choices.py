"""What can be chosen in a form: one shape for it, and one sentence for what isn't on the list."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.core.dates import weekday


def choices(labels: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Each value with its words, in this order."""
    pairs = labels.items() if isinstance(labels, Mapping) else labels
    return [SelectChoice(value, label) for value, label in pairs]


class Several(SelectMultipleField):
    """Any number of choices to tick, each once however often it was sent."""

    data: list[Any]

    widget = ListWidget()
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = list(dict.fromkeys(self.data))


def weekdays() -> list[SelectChoice]:
    """The seven days, in the reader's words: for a field's `choices`, called when it is shown."""
    return choices((number, weekday(number)) for number in range(7))


def weekdays_field(label: Any, *validators: Any, **options: Any) -> Several:
    """Days of the week to tick."""
    return Several(label, validators, coerce=int, choices=weekdays, **options)
