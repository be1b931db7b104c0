"""One question of a questionnaire, and how its answer is checked."""

import re
from decimal import Decimal
from typing import Any

from wtforms import Field, Form, HiddenField
from wtforms import RadioField as Choice
from wtforms.validators import Optional, ValidationError

from webapp.core.limits import LINE, TEXT
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.questionnaires.questionnaire import Item, Type
from webapp.questionnaires.scoring import plain


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

    def __init__(self, *args: Any, item: Item, **options: Any) -> None:
        self.item = item
        super().__init__(*args, **options)

    @property
    def given(self) -> Any:
        """The answer as it is kept: an option's key, yes or no, a number, words; or None."""
        data = self.answer.data
        if data in (None, ""):
            return None
        if self.item.type == Type.CHOICE:
            return self.item.options[int(data)].key
        return data == "yes" if self.item.type == Type.BOOLEAN else data

    @staticmethod
    def shown(item: Item, given: Any) -> Any:
        """The same, the other way round."""
        if given is None:
            return None
        if item.type == Type.CHOICE:
            keys = [option.key for option in item.options]
            return str(keys.index(given)) if given in keys else None
        return ("yes" if given else "no") if item.type == Type.BOOLEAN else given


def question_form(item: Item) -> type[QuestionForm]:
    """The form for one question."""
    # Without a mark, a required answer would be asked for in WTForms' own words.
    must = needed(_l("Answer this question.")) if item.required else Optional()
    if item.type == Type.CHOICE:
        options = choices((str(at), option.label) for at, option in enumerate(item.options))
        field = Choice(item.text, [must], choices=options)
    elif item.type == Type.BOOLEAN:
        field = Choice(item.text, [must], choices=choices({"yes": _l("Yes"), "no": _l("No")}))
    elif item.type.is_number:
        field = line(item.text, must, Number(item))
    elif item.type == Type.STRING:
        field = line(item.text, must, most=min(item.longest or LINE, LINE))
    else:
        field = words(item.text, must, most=min(item.longest or TEXT, TEXT))
    return type("OneQuestion", (QuestionForm,), {"answer": field})
