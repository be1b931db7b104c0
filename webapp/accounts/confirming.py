"""The password or a passkey once more before what is dangerous, unless it was given a moment ago.

    @writes(asks_again(staff))

Whoever picks up a phone that is signed in can then read on it, but can't take everything along, let
somebody else in, or throw its owner out. The question comes before anything is looked for, so it
tells nothing of what there is. What was sent comes back in hidden fields and goes on with the
password, to the same address: it stands in no URL and no log.
"""

from datetime import timedelta
from functools import wraps

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue

from webapp.accounts import actions, passkeys, passwords, queries
from webapp.accounts.access import current_person, current_sign_in
from webapp.accounts.forms import ConfirmForm
from webapp.accounts.models import Person
from webapp.audit.actions import record_once
from webapp.audit.kinds import ActKind
from webapp.core import clock, throttle
from webapp.core.data.db import db, outside_transaction, short_transaction
from webapp.core.errors import NotSignedIn, TooMany
from webapp.core.web.error_pages import NEVER_SHOWN_AGAIN, not_signed_in
from webapp.core.web.routes import Guard, declaration_of
from webapp.core.wording import gettext as _

LASTS = timedelta(minutes=10)
OWN_PASSKEY = "own_passkey"
OWN_PASSWORD = "own_password"  # noqa: S105 - the field; a name that no form of ours has


class NotConfirmed(NotSignedIn):
    """The password wasn't given lately, or `is_wrong` now."""

    way_in = "accounts.unlock"

    def __init__(self, *, is_wrong: bool = False) -> None:
        super().__init__()
        self.is_wrong = is_wrong


def init_app(app: Flask) -> None:
    """Ask with a page of its own what was sent; what is only asked for, by the page to unlock."""
    app.register_error_handler(NotConfirmed, _ask)


def asks_again(guard: Guard, signing: str = "") -> Guard:
    """Who may come in, once the password was given within ten minutes. A form is shown without, and
    so is one that is a consent only with a name in the field `signing`."""

    @wraps(guard)
    def asking() -> None:
        guard()
        declared = declaration_of(current_app.view_functions[request.endpoint or ""])
        is_form = declared is not None and declared.way == "writes" and request.method != "POST"
        if not is_form and (not signing or request.form.get(signing)):
            must_be_confirmed()

    asking.asks_again = True  # type: ignore[attr-defined]
    return asking


def is_confirmed() -> bool:
    """Whether the password was given on this device within the last ten minutes."""
    at, now = current_sign_in().confirmed_at, clock.now()
    # Given later than now, by a clock that was ahead: nobody knows when.
    return at is not None and clock.has_come(at, now) and now - at < LASTS


def must_be_confirmed() -> None:
    """Ask, unless it was given. For a form of which only one answer is dangerous."""
    if not is_confirmed():
        _confirm()


def is_own_password(password: str) -> bool:
    """Whether it is, counted first; if so, it is noted that it was given."""
    # Counted on this device alone: who tries on another one is in nobody's way here.
    id = current_sign_in().id
    tried = (actions.OWN_PASSWORD, str(id))
    hashed = db.session.get_one(Person, current_person.id).password_hash
    with outside_transaction():
        try:
            throttle.count_try(tried)
        except TooMany:
            record_once(ActKind.MADE_TO_WAIT, person=current_person.id, by=current_person.id)
            raise
        if not passwords.is_right(password, hashed):
            return False
        with short_transaction() as apart:
            throttle.passed(apart, tried)
            actions.note_confirmed(apart, id)
    return True


def is_own_passkey(answer: str) -> bool:
    """Whether one of this person's own passkeys answers this sign-in; if so, it is noted."""
    place, id, person_id = passkeys_at(), current_sign_in().id, current_person.id
    if place is None or len(answer) > passkeys.ANSWER:
        return False
    with outside_transaction():
        if not actions.check_passkey(answer, place, id, person_id):
            return False
        with short_transaction() as apart:
            actions.note_confirmed(apart, id)
    return True


def passkeys_at() -> passkeys.Place | None:
    """Where passkeys are, if this address can have them."""
    found = current_app.extensions["settings"].passkeys_at
    return passkeys.Place(*found) if found else None


def has_own_passkey() -> bool:
    """Whether this person has one that this address can ask for."""
    return passkeys_at() is not None and bool(queries.passkey_ids(current_person.id))


def own_passkey_asked() -> str | None:
    """What a page says to ask for one of this person's own, if there is one."""
    place, own = passkeys_at(), queries.passkey_ids(current_person.id)
    if place is None or not own:
        return None
    return passkeys.to_ask(place, passkeys.challenge(current_sign_in().id), own)


def _confirm() -> None:
    if answer := request.form.get(OWN_PASSKEY):
        if not is_own_passkey(answer):
            raise NotConfirmed(is_wrong=True)
        return
    if OWN_PASSWORD not in request.form:
        raise NotConfirmed
    form = ConfirmForm()
    if not form.validate() or not is_own_password(form.own_password.data or ""):
        raise NotConfirmed(is_wrong=True)


def _ask(error: NotConfirmed) -> ResponseReturnValue:
    if request.method != "POST":
        return not_signed_in(error)
    form = ConfirmForm(formdata=None)
    if error.is_wrong:
        form.own_password.errors = [
            _("That passkey didn’t work. Enter your password.")
            if request.form.get(OWN_PASSKEY)
            else _("That password isn’t right.")
        ]
    sent = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(part in name for part in (*NEVER_SHOWN_AGAIN, OWN_PASSKEY))
    ]
    page = render_template(
        "accounts/confirm.html", form=form, sent=sent, passkey=own_passkey_asked()
    )
    return page, 422
