"""What can be chosen in a form: one shape for it, and one sentence for what isn't on the list."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.core.dates import weekday
from webapp.core.folding import one_line


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


SEPARATE = r"[,;\n]"
LONGEST, MOST = 60, 30  # characters of a word of one's own, and words on one list: the first


def own_words(typed: str | None) -> list[str]:
    """What somebody added, separated by commas or lines, each once."""
    said = (one_line(word[:LONGEST]) for word in re.split(SEPARATE, typed or ""))
    return list(dict.fromkeys(word[0].upper() + word[1:] for word in said if word))[:MOST]


class SeveralOrOwn(Several):
    """The same, and words of one's own among them: whoever writes them reads them."""

    choices: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        listed = {choice.value for choice in self.choices}
        own = [word for said in self.data if said not in listed for word in own_words(said)]
        self.data = [said for said in self.data if said in listed] + own[:MOST]

    def with_own(self, words: Iterable[str] | None) -> Self:
        """The field, with the words that are kept, and those that it has already."""
        listed = {choice.value for choice in self.choices}
        own = list(dict.fromkeys([*(words or ()), *(self.data or ())]))
        self.choices = [*self.choices, *choices((word, word) for word in own if word not in listed)]
        return self

    def plus(self, typed: str | None) -> list[str]:
        """What is ticked, and what was typed beside it; a word of the list is that word."""
        said = own_words(typed) if typed else []
        if said:
            listed = {str(choice.label).casefold(): choice.value for choice in self.choices}
            said = [listed.get(word.casefold(), word) for word in said]
        return list(dict.fromkeys([*(self.data or ()), *said]))

    def pre_validate(self, form: Any) -> None:
        """Any word of one's own will do."""


class OneOrOwn(RadioField):
    """One of a list, or a word of one's own."""

    choices: Any

    def with_own(self) -> Self:
        """The field, with the word that it has."""
        if self.data and self.data not in {choice.value for choice in self.choices}:
            self.choices = [*self.choices, *choices([(self.data, self.data)])]
        return self

    def pre_validate(self, form: Any) -> None:
        """Any word of one's own will do."""
        listed = {choice.value for choice in self.choices}
        if self.data and self.data not in listed and own_words(self.data) != [self.data]:
            raise ValidationError(self.gettext("Not a valid choice."))


def weekdays() -> list[SelectChoice]:
    """The seven days, in the reader's words: for a field's `choices`, called when it is shown."""
    return choices((number, weekday(number)) for number in range(7))


def weekdays_field(label: Any, *validators: Any, **options: Any) -> Several:
    """Days of the week to tick."""
    return Several(label, validators, coerce=int, choices=weekdays, **options)
