"""Who may come in. Each guard raises; what you may not see does not exist."""

import time
from typing import cast

from flask import g, session
from flask_login import current_user, login_user
from werkzeug.local import LocalProxy

from webapp.accounts.models import Person, SignIn
from webapp.core.db import db
from webapp.core.errors import NotFound, NotSignedIn, Unopened
from webapp.core.keys import keyring

PATIENT_AWAY, STAFF_AWAY = 5 * 60, 15 * 60  # seconds


class AwayTooLong(NotSignedIn):
    """Signed in, but away for a while or hidden: the password is asked for again."""

    way_in = "accounts.unlock"


def anyone() -> None:
    """The whole world: signing in, help, files."""


def known() -> None:
    """Signed in, even if away for too long: for unlocking and signing out."""
    if not current_user.is_authenticated:
        raise NotSignedIn


def signed_in() -> None:
    """Anybody with an account, who isn't away."""
    known()
    _ask_again()


def patient() -> None:
    """Somebody in the program. Raises Unopened when the key to all of theirs can't be opened."""
    _role(current_person.is_patient if _is_known() else False)
    if keyring(db.session).has_lost(current_person.id):
        raise Unopened(f"data_key|{current_person.id}")


def facilitator() -> None:
    """Somebody who runs groups; which ones is up to the query."""
    _role(current_person.is_facilitator if _is_known() else False)


def administrator() -> None:
    """Somebody who sets the clinic up."""
    _role(current_person.is_administrator if _is_known() else False)


def staff() -> None:
    """A facilitator or an administrator."""
    _role(current_person.is_staff if _is_known() else False)


def current_sign_in() -> SignIn:
    """The device that this request comes from."""
    return cast(SignIn, current_user._get_current_object())


def come_in(sign_in: SignIn) -> None:
    """From here on the request is this person's."""
    login_user(sign_in)
    g.pop("person", None)


def _person() -> Person:
    # A page asks for its person some twenty times, and each way to the row is a long one.
    if "person" not in g:
        if not current_user.is_authenticated:
            raise RuntimeError("nobody is signed in")  # makes the proxy false, as Flask's own do
        g.person = current_sign_in().person
    person: Person = g.person
    return person


current_person: Person = LocalProxy(_person)  # type: ignore[assignment]


def be_here() -> None:
    """The person is here now: signed in, or gave the password again."""
    session["seen"] = int(time.time())
    session.pop("hidden", None)


def be_away() -> None:
    """Ask for the password before anything personal is shown again."""
    session["hidden"] = True


def _is_known() -> bool:
    signed_in()
    return True


def _role(fits: bool) -> None:
    if not fits:
        raise NotFound


def _ask_again() -> None:
    if session.get("hidden"):
        raise AwayTooLong
    person = current_person
    if not (person.is_staff or person.asks_again or person.is_unopened):
        return
    seen, now = int(session.get("seen", 0)), int(time.time())
    if now - seen > (STAFF_AWAY if person.is_staff else PATIENT_AWAY):
        raise AwayTooLong
    # Once a minute is enough: a new cookie on every answer would cost more than it tells.
    if now - seen > 60:
        session["seen"] = now
