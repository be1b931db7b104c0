"""What is asked, and how answers are checked."""

import re
from decimal import Decimal
from typing import Any

from wtforms import Field, Form, HiddenField, SelectMultipleField, TimeField
from wtforms import RadioField as Choice
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.check_ins.due import LONGEST
from webapp.check_ins.outline import Item, Type
from webapp.check_ins.scoring import plain
from webapp.check_ins.words import CONNECTED, MOODS, SAFE, SLEPT, TAKEN, UNSAFE, USED
from webapp.core.dates import weekday
from webapp.core.forms import CheckboxList, OurForm, WholeNumber, line, needed, words
from webapp.core.limits import LINE, TEXT
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.forms import EntryForm

TAPS = ("mood", "craving", "sleep", "medication", "connection", "used", "safety")


class CheckInForm(EntryForm):
    """How somebody is today. Each question can be left out, but not all of them."""

    CONTENT = (*TAPS, "note")

    mood = Choice(_l("How is your mood?"), [Optional()], choices=list(MOODS.items()), coerce=int)
    craving = WholeNumber(_l("How strong is the pull?"), [Optional(), NumberRange(0, 10)])
    sleep = Choice(_l("How did you sleep?"), [Optional()], choices=list(SLEPT.items()), coerce=int)
    medication = Choice(
        _l("Did you take your medication?"), [Optional()], choices=list(TAKEN.items())
    )
    connection = Choice(
        _l("Did you talk with someone who is good for you?"),
        [Optional()],
        choices=list(CONNECTED.items()),
    )
    used = Choice(_l("Did you use?"), [Optional()], choices=list(USED.items()))
    safety = Choice(_l("Are you safe right now?"), [Optional()], choices=list(SAFE.items()))
    note = words(_l("Anything else?"))

    @property
    def comes_through(self) -> bool:
        return self.safety.data in UNSAFE

    def validate(self, *args: Any, **options: Any) -> bool:
        """An empty check-in says nothing."""
        if not super().validate(*args, **options):
            return False
        if all(self[name].data is None for name in TAPS) and not self.note.data:
            self.mood.errors = [_l("Please tap at least one answer.")]
            return False
        return True


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
            raise ValidationError(
                _l("Please type a whole number.") if whole else _l("Please type a number.")
            )
        value, least, most = Decimal(text), self.item.least, self.item.most
        if least is not None and value < least:
            raise ValidationError(_l("%(least)s is the least here.", least=plain(least)))
        if most is not None and value > most:
            raise ValidationError(_l("%(most)s is the most here.", most=plain(most)))
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
            keys = [one.key for one in item.options]
            return str(keys.index(given)) if given in keys else None
        return ("yes" if given else "no") if item.type == Type.BOOLEAN else given


def question_form(item: Item) -> type[QuestionForm]:
    """The form for one question."""
    # Without a mark, a required answer would be asked for in WTForms' own words.
    must = needed(_l("Please answer this one.")) if item.required else Optional()
    if item.type == Type.CHOICE:
        options = [(str(at), one.label) for at, one in enumerate(item.options)]
        field = Choice(item.text, [must], choices=options)
    elif item.type == Type.BOOLEAN:
        field = Choice(item.text, [must], choices=[("yes", _l("Yes")), ("no", _l("No"))])
    elif item.type.is_number:
        field = line(item.text, must, Number(item))
    elif item.type == Type.STRING:
        field = line(item.text, must, most=min(item.longest or LINE, LINE))
    else:
        field = words(item.text, must, most=min(item.longest or TEXT, TEXT))
    return type("OneQuestion", (QuestionForm,), {"answer": field})


class ReminderForm(OurForm):
    """When to be reminded of what is due."""

    at = TimeField(_l("At what time?"), [needed(_l("Please give a time, like 18:00."))])


class DueForm(OurForm):
    """The days on which the program asks for one thing."""

    weekdays = SelectMultipleField(
        _l("Days"),
        coerce=int,
        validate_choice=False,
        widget=CheckboxList(),
        option_widget=CheckboxList.option_widget,
    )
    every_weeks = WholeNumber(
        _l("Every how many weeks"),
        [needed(_l("Please give a number.")), NumberRange(1, LONGEST)],
        default=1,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.weekdays.choices = [(number, weekday(number)) for number in range(7)]

    def validate_weekdays(self, field: Field) -> None:
        """Seven days there are."""
        if any(not 0 <= one <= 6 for one in field.data or []):
            raise ValidationError(_l("Please choose from the list."))
