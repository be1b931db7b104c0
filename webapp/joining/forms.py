"""What is asked of somebody who joins: as little as possible."""

import re
from typing import Any

from wtforms import Field, Form, RadioField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from webapp.accounts.forms import password, strong, what_for
from webapp.accounts.models import HereFor
from webapp.accounts.queries import plain_username
from webapp.core.codes import typed
from webapp.core.folding import one_line
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, WholeNumber, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.program.forms import CAME_FROM


def fit_for_a_username(_form: Form, field: Field) -> None:
    """Some letters become two or three when they are made small: ß, ΐ."""
    plain = plain_username(field.data or "")
    if not 3 <= len(plain) <= 40:
        raise ValidationError(_l("Use 3 to 40 characters."))
    if not re.fullmatch(r"[\w.-]+", plain):
        raise ValidationError(_l("Use letters, numbers, dots, dashes, or underscores."))


def looks_like_a_code(_form: Form, field: Field) -> None:
    """Twelve letters and digits, however they were typed."""
    if typed(field.data or "") is None:
        raise ValidationError(_l("A code has 12 letters and numbers, like K7QM-4RTX-9WPD."))


OWN_CAME_FROM = CAME_FROM | {"": _l("Skip this")}


class AddForm(OurForm):
    """One patient who has an account: from the list, or by the username they give."""

    person = RadioField(_l("People you’ve worked with"), validators=[Optional()])
    username = line(
        _l("Username"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    came_from = SelectField(_l("Where they came from (optional)"), choices=choices(CAME_FROM))

    def validate_username(self, field: Field) -> None:
        """One of the two."""
        if not field.data and not self.person.data:
            raise ValidationError(_l("Choose someone, or enter the username they give you."))
        if field.data and self.person.data:
            raise ValidationError(_l("Choose someone or enter a username, not both."))


AT_ONCE, LABEL = 12, 20  # invitations, and letters of a label


class SlipsForm(OurForm):
    """Invitations for patients, each with a label or without."""

    many = WholeNumber(
        _l("How many"),
        [Optional(), NumberRange(1, AT_ONCE, _l("Enter a number from 1 to 12."))],
        default=1,
    )
    labels = words(_l("Labels for staff (optional)"), most=AT_ONCE * (LABEL + 1))

    def validate_labels(self, field: Field) -> None:
        """As many as invitations at once, each as short as on the page about somebody."""
        lines = self._lines
        if len(lines) > AT_ONCE:
            raise ValidationError(_l("Enter at most 12 labels, one on each line."))
        if any(len(label) > LABEL for label in lines):
            raise ValidationError(_l("Each label can have at most 20 characters."))

    @property
    def wanted(self) -> list[str]:
        """A label for each invitation, empty for those without."""
        lines = self._lines
        return [*lines, *[""] * ((self.many.data or 1) - len(lines))]

    @property
    def _lines(self) -> list[str]:
        lines = (one_line(label) for label in (self.labels.data or "").split("\n"))
        return [label for label in lines if label]


class CodeForm(OurForm):
    """The code from the slip, for those who can't scan it."""

    code = line(_l("Code on your invitation"), needed(_l("Enter the code.")), looks_like_a_code)


class OwnAccountForm(OurForm):
    """A slip for somebody who has an account: one question that can be skipped."""

    came_from = SelectField(
        _l("Where are you coming from?"), choices=choices(OWN_CAME_FROM), default=""
    )


class JoinForm(OwnAccountForm):
    """A username, a name, a password, and two questions that can be skipped."""

    username = line(
        _l("Choose a username"),
        needed(_l("Choose a username.")),
        fit_for_a_username,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = line(
        _l("What should we call you?"),
        needed(_l("Enter a name. A first name or nickname is fine.")),
        most=60,
        render_kw={"autocomplete": "given-name"},
    )
    password = password(_l("Choose a password"), strong, autocomplete="new-password")
    here_for = what_for(_l("What brings you here?"))

    def refuse_username(self) -> None:
        """Said only to somebody who holds a valid code: names can't be fished for."""
        self.username.errors = [
            *self.username.errors,
            _l("That username is taken. Try another."),
        ]

    @property
    def account(self) -> dict[str, Any]:
        """What makes the account, but for the password."""
        here_for = HereFor(self.here_for.data) if self.here_for.data else None
        return {
            "username": plain_username(self.username.data or ""),
            "name": self.name.data,
            "here_for": here_for,
            "came_from": self.came_from.data,
        }
