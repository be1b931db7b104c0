"""Who may come in. Each guard raises; what you may not see does not exist."""

import time
from datetime import datetime
from math import inf
from typing import cast

from flask import current_app, g, request, session
from flask_login import current_user, login_user
from flask_wtf.csrf import CSRFError
from werkzeug.local import LocalProxy

from webapp.accounts.lasting import PATIENT_AWAY, STAFF_AWAY
from webapp.accounts.models import Person, SignIn
from webapp.audit.actions import acting
from webapp.core import clock
from webapp.core.crypto.keys import keyring
from webapp.core.data.db import db
from webapp.core.errors import NotFound, NotSignedIn, Unopened
from webapp.core.web import cookies
from webapp.core.web.origin import comes_from_elsewhere
from webapp.settings.current import clinic_settings

# A phone that locks as soon as it is left may not have been able to say so.
LEFT_UNTOLD = 5  # minutes
PIN_TRIES = 5
LOOPBACK = ("127.0.0.1", "::1")


class AwayTooLong(NotSignedIn):
    """Signed in, but away for a while or hidden: the password is asked for again."""

    way_in = "accounts.unlock"


class PhoneLocked(AwayTooLong):
    """On a phone with a lock: its PIN or a passkey is asked for in place of the password."""

    way_in = "phone_lock.show"


class NoSecondFactor(NotSignedIn):
    """Of the staff, signed in by the password alone, when that isn't enough any more."""

    way_in = "second_factor.show"


def anyone() -> None:
    """The whole world: signing in, help, files."""


def require_login() -> None:
    """Signed in, even if away for too long: for unlocking and signing out."""
    if not current_user.is_authenticated:
        raise NotSignedIn


def signed_in() -> None:
    """Anybody with an account, who isn't away, and of the staff with a second factor."""
    require_login()
    _ask_again()
    if _person().is_staff and current_sign_in().second_at is None:
        since = needs_second_factor_from()
        if since is not None and clock.now() >= since:
            raise NoSecondFactor


def staff_before_second_factor() -> None:
    """Somebody of the staff who isn't away, to set their second factor up."""
    require_login()
    _ask_again()
    _role(current_person.is_staff)


def before_second_factor() -> None:
    """Anybody with an account who isn't away, to add a way in that is one."""
    require_login()
    _ask_again()


def needs_second_factor_from() -> datetime | None:
    """From when on staff need one; None on this machine in a demo that only it reaches. Served to
    others by mistake, a demo asks them as any clinic does."""
    if current_app.config["SECOND_FACTOR_OFF"] and request.remote_addr in LOOPBACK:
        return None
    return clinic_settings().second_factor_from


def patient() -> None:
    """Somebody in the program. Raises Unopened when the key to all of theirs can't be opened."""
    _is_known()
    _in_program()


def patient_writing() -> None:
    """The same, on a locked phone too: what was written gets through, and nothing is shown. A phone
    sends by itself, so it says nothing of anybody being there."""
    require_login()
    why = why_away()
    if why not in (None, PhoneLocked):
        raise why
    _in_program()


def _in_program() -> None:
    person = _person()
    _role(person.is_patient)
    if keyring(db.session).has_lost(person.id):
        raise Unopened(f"data_key|{person.id}")


def facilitator() -> None:
    """Somebody who runs groups; which ones is up to the query."""
    _role(current_person.is_facilitator if _is_known() else False)


def facilitator_watching() -> None:
    """The same, asked by a page of theirs on its own: nobody's being there follows from it."""
    seen = session.get("seen")
    facilitator()
    if session.get("seen") != seen:
        session["seen"] = seen


def administrator() -> None:
    """Somebody who sets the clinic up."""
    _role(current_person.is_administrator if _is_known() else False)


def staff() -> None:
    """A facilitator or an administrator."""
    _role(current_person.is_staff if _is_known() else False)


def in_groups() -> None:
    """Whoever can be in a group: a patient or a facilitator."""
    _role(_is_known() and not current_person.is_administrator)


def current_sign_in() -> SignIn:
    """The device that this request comes from."""
    # A page asks some twenty times, and the library's way there is a long one.
    return cast(SignIn, g.get("_login_user") or current_user._get_current_object())


def leaving() -> None:
    """Whoever has a page of ours open, however old: hiding and signing out harm nobody.

    The form token of such a page belongs to a former sign-in, so the browser is asked where this
    comes from. One that doesn't say has to bring the token.
    """
    if comes_from_elsewhere():
        raise CSRFError
    if not cookies.says_where_from():
        current_app.extensions["csrf"].protect()


def still_here(sign_in: SignIn | None) -> SignIn | None:
    """This one, or nobody if it left this phone without our hearing of it.

    One who hid stays known, for the password. One who signed in before there was a second cookie
    gets it with this answer.
    """
    if sign_in is None or _is_locked(sign_in):
        return sign_in
    if "locks" not in session:
        session["locks"] = sign_in.locks
    return sign_in if cookies.is_here() else None


def log_in(sign_in: SignIn) -> None:
    """From here on the request is this person's."""
    login_user(sign_in)
    g.pop("person", None)


def _person() -> Person:
    # A page asks for its person some twenty times, and each way to the row is a long one.
    person: Person | None = g.get("person")
    if person is None:
        if not current_user.is_authenticated:
            raise RuntimeError("nobody is signed in")  # makes the proxy false, as Flask's own do
        person = g.person = current_sign_in().person
        acting(person.id)
    return person


current_person: Person = LocalProxy(_person)  # type: ignore[assignment]


def note_presence() -> None:
    """The person is here now: signed in, or gave the password again."""
    session["seen"], session["locks"] = int(time.time()), current_sign_in().locks
    session.pop("hidden", None)


def lock() -> None:
    """Ask for the password before anything personal is shown again; the second cookie goes."""
    session["locks"] = None


def _is_known() -> bool:
    signed_in()
    return True


def _is_locked(sign_in: SignIn) -> bool:
    # "hidden" stands in cookies from before there was a count.
    return "hidden" in session or session.get("locks", 0) != sign_in.locks


def _wants_password(sign_in: SignIn) -> bool:
    as_of = session.get("locks", 0)
    is_hidden = "hidden" in session or as_of is None or as_of < sign_in.hidden_as
    return is_hidden or not sign_in.has_lock or sign_in.pin_tries >= PIN_TRIES


def _role(fits: bool) -> None:
    if not fits:
        raise NotFound


def why_away() -> type[AwayTooLong] | None:
    """For what this device asks before it shows anything: the password, its PIN, or nothing."""
    sign_in = current_sign_in()
    is_locked = _is_locked(sign_in) or (sign_in.has_lock and sign_in.pin_tries >= PIN_TRIES)
    if not is_locked:
        after = asks_after()
        is_locked = after is not None and _unused() > after
    if not is_locked:
        return None
    return AwayTooLong if _wants_password(sign_in) else PhoneLocked


def is_away() -> bool:
    """Whether the password or the PIN is asked for because of that."""
    return why_away() is not None


def asks_after() -> int | None:
    """After how many seconds without use this device asks again who is there."""
    sign_in, person = current_sign_in(), _person()
    if sign_in.has_lock:
        return (sign_in.pin_after or LEFT_UNTOLD) * 60
    if person.is_patient and (person.asks_again or person.is_unopened):
        return PATIENT_AWAY
    return STAFF_AWAY if person.is_staff or not sign_in.own_phone else None


def _unused() -> float:
    """For how many seconds. Seen later than now, by a clock that was ahead: nobody knows."""
    unused = int(time.time()) - int(session.get("seen", 0))
    return unused if unused >= -clock.LEEWAY.total_seconds() else inf


def _ask_again() -> None:
    why, after = why_away(), asks_after()
    if why is not None:
        raise why
    # A new cookie on every answer would cost more than it tells.
    if after is not None and _unused() > min(60, after // 10):
        session["seen"] = int(time.time())
