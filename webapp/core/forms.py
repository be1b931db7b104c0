"""What every form shares: clean text, sentences instead of error names, nothing lost.

The same form serves the page and the replay of what was written offline.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import Field, Form, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

LINE, WORDS = 200, 20_000


class OurForm(FlaskForm):
    """A form of ours; its CSRF field comes from Flask-WTF."""


class CleanText:
    """At most `most` characters, none of which a person can't have typed."""

    def __init__(self, most: int = WORDS) -> None:
        self.most = most

    def __call__(self, _form: Form, field: Field) -> None:
        text = field.data or ""
        if any(_untypable(one) for one in text):
            raise ValidationError(_l("There is a character in here that we can’t keep."))
        if len(text) > self.most:
            over = len(text) - self.most
            message = ngettext(
                "This is %(num)s character too long.", "This is %(num)s characters too long.", over
            )
            raise ValidationError(message)


def needed(message: Any) -> InputRequired:
    """The field must be filled in; `message` says what with."""
    return InputRequired(message)


def line(label: Any, *validators: Any, most: int = LINE, **options: Any) -> StringField:
    """One line of text."""
    return StringField(label, [*validators, CleanText(most)], filters=[tidy], **options)


def words(label: Any, *validators: Any, most: int = WORDS, **options: Any) -> TextAreaField:
    """As many words as somebody has."""
    return TextAreaField(label, [*validators, CleanText(most)], filters=[tidy], **options)


def tidy(text: str | None) -> str | None:
    """Line ends as one character, nothing but spaces as nothing."""
    if text is None:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() or None


class CheckboxList(ListWidget):
    """A list of checkboxes for a field of several choices."""

    option_widget = CheckboxInput()


def _untypable(character: str) -> bool:
    code = ord(character)
    return (code < 32 and character not in "\n\r\t") or 0xD800 <= code <= 0xDFFF or code == 127
