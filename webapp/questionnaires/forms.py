"""One question of a questionnaire, and how its answer is checked."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, Field, Form, HiddenField
from wtforms import RadioField as Choice
from wtforms.validators import Optional, ValidationError

from webapp.core.limits import LINE, TEXT
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.questionnaires.questionnaire import Item, Type, own_words
from webapp.questionnaires.scoring import plain

OTHER = "other"


class Number:
    """A number as people type it, within the question's own limits."""

    def __init__(self, item: Item) -> None:
        self.item = item

    def __call__(self, _form: Form, field: Field) -> None:
        text = (field.data or "").replace(",", ".")
        whole = self.item.type == Type.INTEGER
        if not re.fullmatch(
            r"[+-]?[0-9]{1,9}" if whole else r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?", text
        ):
            raise ValidationError(_l("Enter a whole number.") if whole else _l("Enter a number."))
        value, least, most = Decimal(text), self.item.least, self.item.most
        if least is not None and value < least:
            raise ValidationError(_l("Enter %(least)s or more.", least=plain(least)))
        if most is not None and value > most:
            raise ValidationError(_l("Enter %(most)s or less.", most=plain(most)))
        field.data = plain(value)


class QuestionForm(OurForm):
    """One question of a questionnaire."""

    id = HiddenField()  # the draft that is answered
    answer: Field
    other: Field | None = None  # something else, in one's own words

    def __init__(self, *args: Any, item: Item, **options: Any) -> None:
        self.item = item
        super().__init__(*args, **options)

    @property
    def given(self) -> Any:
        """The answer as it is kept: an option's key, yes or no, a number, words; or None."""
        data = self.answer.data
        if data in (None, ""):
            return None
        if self.item.type.is_choice:
            return self.item.options[int(data)].key
        if self.item.type == Type.DATE:
            return data.isoformat()
        return data == "yes" if self.item.type == Type.BOOLEAN else data

    @staticmethod
    def shown(item: Item, given: Any) -> Any:
        """The same, the other way round."""
        if given is None:
            return None
        if item.type == Type.DATE:
            return date.fromisoformat(given)
        if item.type.is_choice:
            if own_words(given):
                return OTHER
            keys = [option.key for option in item.options]
            return str(keys.index(given)) if given in keys else None
        return ("yes" if given else "no") if item.type == Type.BOOLEAN else given


def question_form(item: Item) -> type[QuestionForm]:
    """The form for one question."""
    # Without a mark, a required answer would be asked for in WTForms' own words.
    must = needed(_l("Answer this question.")) if item.required else Optional()
    if item.type == Type.OPEN_CHOICE:
        return _open_choice(item, must)
    if item.type == Type.CHOICE:
        field = Choice(item.text, [must], choices=choices(_options(item)))
    elif item.type == Type.BOOLEAN:
        field = Choice(item.text, [must], choices=choices({"yes": _l("Yes"), "no": _l("No")}))
    elif item.type == Type.DATE:
        field = DateField(item.text, [must])
    elif item.type.is_number:
        field = line(item.text, must, Number(item))
    elif item.type == Type.STRING:
        field = line(item.text, must, most=min(item.longest or LINE, LINE))
    else:
        field = words(item.text, must, most=min(item.longest or TEXT, TEXT))
    return type("OneQuestion", (QuestionForm,), {"answer": field})


class OpenChoiceForm(QuestionForm):
    """One whose answer may be something else than what there is to choose."""

    def validate(self, *args: Any, **options: Any) -> bool:
        """Something else has words, and words are something else."""
        assert self.other is not None
        if self.other.data and not self.answer.data:
            self.answer.data = OTHER
        if not super().validate(*args, **options):
            return False
        if (self.answer.data == OTHER) == bool(self.other.data):
            return True
        self.other.errors = [
            _l("Choose “Something else”, or leave this blank.")
            if self.other.data
            else _l("Write what it is.")
        ]
        return False

    @property
    def given(self) -> Any:
        assert self.other is not None
        return {"other": self.other.data} if self.answer.data == OTHER else super().given


def _open_choice(item: Item, must: Any) -> type[QuestionForm]:
    options = choices((*_options(item), (OTHER, _l("Something else"))))
    fields = {
        "answer": Choice(item.text, [must], choices=options),
        "other": line(_l("Something else, in your own words")),
    }
    return type("OneQuestion", (OpenChoiceForm,), fields)


def _options(item: Item) -> Iterator[tuple[str, str]]:
    return ((str(at), option.label) for at, option in enumerate(item.options))
