"""What every form shares: clean text, sentences instead of error names, nothing lost.

The same form serves the page and the replay of what was written offline.
"""

import re
from datetime import time
from typing import Any
from weakref import ProxyType, proxy

from flask import request
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from flask_wtf.file import FileField
from wtforms import Field, Form, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import TimeInput

from webapp.core.folding import one_line
from webapp.core.limits import LINE, OPERATION, TEXT
from webapp.core.typed_time import DAY, HOUR, minutes_of
from webapp.core.web.origin import form_token
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext

# What comes along unseen when somebody pastes: dropped, since nobody can find it to take it out.
UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# The same where it isn't dropped (passwords), and halves of a character, which no browser sends.
UNTYPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c]")  # the last two come from word processors

# What WTForms says of its own, in words for people.
SENTENCES = {
    "Not a valid integer value.": _l("Enter a whole number."),
    "Number must be between %(min)s and %(max)s.": _l("Enter a number from %(min)s to %(max)s."),
    "Not a valid choice.": _l("Choose from the list."),
    "'%(value)s' is not a valid choice for this field.": _l("Choose from the list."),
    "'%(value)s' are not valid choices for this field.": _l("Choose from the list."),
    "Not a valid datetime value.": _l("Enter a date and a time."),
    "Not a valid date value.": _l("Enter a date."),
    "Not a valid time value.": _l("Enter a time, like 6:00 PM."),
    "Invalid Choice: could not coerce.": _l("Choose from the list."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l("Choose from the list."),
}


class _Sentences:
    """Passes for a catalogue of WTForms' messages."""

    def gettext(self, message: str) -> str:
        return str(SENTENCES.get(message, message))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


class _SignedWhenShown(_FlaskFormCSRF):
    """Flask-WTF's check, with a token that is signed only where the form is shown again.

    The class is private there; read at 1.3.0.
    """

    def generate_csrf_token(self, csrf_token_field: Field) -> LazyString:
        return LazyString(form_token)


class OurForm(FlaskForm):
    """A form of ours; its CSRF field comes from Flask-WTF."""

    @property
    def comes_through(self) -> bool:
        """Whether this is a call for help, which no ceiling stops."""
        return False

    def validate(self, *args: Any, **options: Any) -> bool:
        """Each field by itself, and all of them together not longer than one operation may be."""
        if not super().validate(*args, **options):
            return False
        texts = [field for field in self if isinstance(field.data, str)]
        over = sum(len(text.data) for text in texts) - OPERATION
        if over <= 0 or self.comes_through:
            return True
        longest = max(texts, key=lambda text: len(text.data))
        longest.errors = [_l("This is too long to save all at once. Save it in two parts.")]
        return False

    class Meta(FlaskForm.Meta):
        csrf_class = _SignedWhenShown

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """Text fields only: in a file or in JSON a value could be anything but text."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if request.method == "POST" and request.form else None

        def get_translations(self, form: Form) -> _Sentences:
            return _Sentences()

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            # The form holds its fields: held in turn, what was typed would wait for the collector.
            # A list of fields binds its own, with what it was given here.
            form = form if isinstance(form, ProxyType) else proxy(form)
            return super().bind_field(form, unbound_field, options)


class Upload(FileField):
    """A file. Only such a field takes one: to all others a form is text."""

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Not what was typed under its name."""
        super().process(None if formdata is None else request.files, *args, **options)


class CleanText:
    """At most `most` characters, none of which a person can't have typed. What is longer is shown
    again, and nothing else looks at it: comparing a megabyte takes a worker seconds."""

    def __init__(self, most: int = TEXT) -> None:
        self.most = most

    def __call__(self, form: Form, field: Field) -> None:
        text = field.data or ""
        if UNTYPABLE.search(text):
            raise StopValidation(_l("There’s a character here that we can’t save."))
        if len(text) > self.most and not getattr(form, "comes_through", False):
            over = len(text) - self.most
            message = ngettext(
                "This is %(num)s character too long.", "This is %(num)s characters too long.", over
            )
            raise StopValidation(message)


class Needed(InputRequired):
    """Filled in: not with spaces alone, nor with what can't be read as a number or a time."""

    def __call__(self, form: Form, field: Field) -> None:
        super().__call__(form, field)
        if field.data is None:
            field.errors[:] = []
            raise StopValidation(self.message)


def needed(message: Any) -> Needed:
    """The field must be filled in; `message` says what with."""
    return Needed(message)


class _TimeInput(TimeInput):
    """The browser's own field for times, which drops what is no time: that is shown as text."""

    def __call__(self, field: Field, **options: Any) -> Any:
        if field.data is None and any(field.raw_data or []):
            options["type"] = "text"
        return super().__call__(field, **options)


class TimeOfDay(TimeField):
    """A time of day, as people type it where a browser has no field of its own for it."""

    widget = _TimeInput()
    data: time | None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist:
            return
        minutes = minutes_of(" ".join(valuelist))
        if minutes is None or minutes >= DAY:
            raise ValueError(self.gettext("Not a valid time value."))
        self.data = time(*divmod(minutes, HOUR))
        self.raw_data = [self.data.isoformat("minutes")]


class WholeNumber(IntegerField):
    """A whole number of at most nine digits; WTForms' own checks fail on one of hundreds."""

    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) >= 10**9:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


def line(label: Any, *validators: Any, most: int = LINE, **options: Any) -> StringField:
    """One line of text, all of which can be seen."""
    return StringField(label, [CleanText(most), *validators], filters=[one_line], **options)


def words(label: Any, *validators: Any, most: int = TEXT, **options: Any) -> TextAreaField:
    """As many words as somebody has."""
    return TextAreaField(label, [CleanText(most), *validators], filters=[tidy], **options)


def tidy(text: str | None) -> str | None:
    """Line ends as one character, nothing that is there unseen, nothing but spaces as nothing."""
    if text is None:
        return None
    return UNSEEN.sub("", LINE_ENDS.sub("\n", text)).strip() or None
