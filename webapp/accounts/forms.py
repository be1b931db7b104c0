"""What is typed when signing in, joining or changing a password."""

import re
from typing import Any

from wtforms import BooleanField, Field, Form, HiddenField, PasswordField, RadioField
from wtforms.validators import Optional, ValidationError

from webapp.accounts.models import HereFor
from webapp.accounts.passkeys import ANSWER
from webapp.accounts.passwords import is_run, weakness
from webapp.core.web.choices import choices
from webapp.core.web.forms import CleanText, OurForm, line, needed
from webapp.core.wording import lazy_gettext as _l
from webapp.settings.current import clinic_settings

HERE_FOR = {
    HereFor.USE: _l("Alcohol or drug use"),
    HereFor.MENTAL_HEALTH: _l("My mental health"),
    HereFor.BOTH: _l("Both"),
}


def what_for(label: Any) -> RadioField:
    """What somebody is here for: some questions follow it. It can be left out."""
    return RadioField(label, [Optional()], choices=choices(HERE_FOR))


def password(label: Any, *validators: Any, autocomplete: str) -> PasswordField:
    """A password: any characters, paste allowed, never cut short."""
    return PasswordField(
        label,
        [CleanText(1_000), needed(_l("Enter a password.")), *validators],
        render_kw={"autocomplete": autocomplete},
    )


def strong(form: Form, field: Field) -> None:
    """Refuse a password that others would guess, and say why."""
    username = form["username"].data if "username" in form else ""
    reason = weakness(field.data or "", username or "", clinic_settings().clinic_name)
    if reason:
        raise ValidationError(reason)


def pin(label: Any, *validators: Any) -> PasswordField:
    """A PIN, typed on a phone's number keys."""
    return PasswordField(
        label,
        [CleanText(20), *validators],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


def hard_to_guess(form: "LockForm", field: Field) -> None:
    """Four to six digits, and not those that anyone with five tries would start with."""
    digits = field.data or ""
    if not digits and not form.needs_pin:
        return
    if not re.fullmatch("[0-9]{4,6}", digits):
        raise ValidationError(_l("Enter 4 to 6 digits."))
    if is_run(digits):
        raise ValidationError(_l("That PIN is too easy to guess. Choose another one."))


class SignInForm(OurForm):
    """Username and password, and whose phone this is."""

    username = line(_l("Username"), needed(_l("Enter your username.")))
    password = password(_l("Password"), autocomplete="current-password")
    own_phone = BooleanField(_l("Keep me signed in on this device"), default=True)


class UnlockForm(OurForm):
    """The password again, after a while away."""

    password = password(_l("Password"), autocomplete="current-password")


class PinForm(OurForm):
    """The PIN of this phone. What can't be one is a wrong one, and counts as a try."""

    phone_pin = pin(_l("PIN"), needed(_l("Enter your PIN.")))


class LockForm(OurForm):
    """A PIN for this phone, when it is asked for, and the password of whoever sets it. Who has a
    passkey needs no PIN."""

    phone_pin = pin(_l("New PIN"), hard_to_guess)
    after = RadioField(
        _l("When should it ask?"),
        choices=choices({
            0: _l("As soon as I leave the app"),
            1: _l("After 1 minute"),
            5: _l("After 5 minutes"),
            15: _l("After 15 minutes"),
            60: _l("After 1 hour"),
        }),
        coerce=int,
        default=5,
    )  # fmt: skip
    own_password = password(_l("Your password"), autocomplete="current-password")

    def __init__(self, *args: Any, needs_pin: bool, **options: Any) -> None:
        self.needs_pin = needs_pin
        super().__init__(*args, **options)


class ConfirmForm(OurForm):
    """The password again, beside what was sent: a name that no other form has."""

    own_password = password(_l("Password"), autocomplete="current-password")


class PasskeyForm(OurForm):
    """What a passkey says, put in by a script."""

    passkey = HiddenField(validators=[CleanText(ANSWER)])
    own_phone = BooleanField(default=True)


class NewPasskeyForm(OurForm):
    """One that was just made, and what its owner calls it."""

    passkey = HiddenField(validators=[CleanText(ANSWER)])
    passkey_name = line(_l("Name for this passkey"), most=60)


class SecondFactorForm(OurForm):
    """What the app shows now, or a code from paper."""

    digits = line(_l("Number or backup code"), needed(_l("Enter the number or the code.")))


class SetUpForm(OurForm):
    """What the app shows for the secret that it was offered."""

    offer = HiddenField(validators=[CleanText(500)])
    digits = line(_l("Number from the app"), needed(_l("Enter the number from your app.")))


class ResetForm(OurForm):
    """A code from the facilitator, whose account it is for, and a new password."""

    username = line(_l("Username"), needed(_l("Enter your username.")))
    code = line(_l("Code"), needed(_l("Enter the code from your printed sheet.")))
    password = password(_l("New password"), strong, autocomplete="new-password")


class AppCodeForm(OurForm):
    """The code from one's own browser, typed into the installed app."""

    code = line(_l("Code"), needed(_l("Enter the sign-in code from your browser.")))


class ChangePasswordForm(OurForm):
    """The password now, and the one from now on."""

    current = password(_l("Current password"), autocomplete="current-password")
    password = password(_l("New password"), strong, autocomplete="new-password")


class SettingsForm(OurForm):
    """What to call a person, what they are here for, and whether the phone asks again."""

    name = line(_l("What should we call you?"), needed(_l("Enter a name.")), most=60)
    here_for = what_for(_l("What I’m here for"))
    quiet_today = BooleanField(_l("Quiet Today"))
    asks_again = BooleanField(_l("Ask for my password after 5 minutes away"))

    def __init__(self, *args: Any, for_staff: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if for_staff:
            self["name"].label.text = _l("Display name")
