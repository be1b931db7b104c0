"""Signing in and coming back by a passkey, and looking after one's own.

Whatever goes wrong is one plain sentence on the page where the password is asked for.
"""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts import actions, queries
from webapp.accounts.access import (
    anyone,
    before_second_factor,
    current_person,
    current_sign_in,
    require_login,
    signed_in,
)
from webapp.accounts.confirming import asks_again, is_own_passkey, passkeys_at
from webapp.accounts.devices import device_name
from webapp.accounts.forms import NewPasskeyForm, PasskeyForm
from webapp.accounts.models import Person
from webapp.accounts.passkeys import made
from webapp.accounts.views import come_back, enter, go_on, say_what_was_restored
from webapp.audit.actions import count_failure, record
from webapp.audit.kinds import ActKind
from webapp.core.data.db import db, outside_transaction
from webapp.core.errors import or_not_found
from webapp.core.web.routes import writes
from webapp.core.wording import gettext as _

bp = Blueprint("passkeys", __name__)


@bp.post("/sign-in/passkey")
@writes(anyone)
def sign_in() -> ResponseReturnValue:
    """A passkey alone: its device knew who held it, so for staff it is both steps."""
    form, place, found = PasskeyForm(), passkeys_at(), None
    if place and form.validate():
        found = actions.check_passkey(form.passkey.data or "", place)
    if found is None:
        count_failure(db.session())
        if "half" in session:
            flash(_("That passkey didn’t work. Try again, or enter a backup code."))
            return redirect(url_for("second_factor.give", next=request.args.get("next")))
        flash(_did_not_work())
        return redirect(url_for("accounts.sign_in", next=request.args.get("next")))
    person = db.session.get_one(Person, found.person_id)
    enter(person, own_phone=form.own_phone.data, by_second_factor=True)
    record(ActKind.PASSKEY_USED, person=person.id, about=found.id, by=person.id)
    say_what_was_restored(person)
    return redirect(go_on())


@bp.post("/unlock/passkey")
@writes(require_login)
def unlock() -> ResponseReturnValue:
    """One's own passkey instead of the password, after being away or hidden."""
    form = PasskeyForm()
    if form.validate() and is_own_passkey(form.passkey.data or ""):
        return come_back()
    flash(_did_not_work())
    return redirect(url_for("accounts.unlock", next=request.args.get("next")))


@bp.post("/you/passkeys")
@writes(asks_again(before_second_factor))
def add() -> ResponseReturnValue:
    """From here on this one signs its owner in."""
    form, place, id, keep = NewPasskeyForm(), passkeys_at(), current_person.id, current_sign_in().id
    new = None
    if place and form.validate():
        with outside_transaction():
            new = made(form.passkey.data or "", place, keep)
    name = form.passkey_name.data or device_name(request.user_agent.string)
    if new and actions.add_passkey(db.session.get_one(Person, id), name, new, keep):
        flash(_("Your passkey is added."), "saved")
    else:
        flash(_("The passkey wasn’t added. Try again, with a shorter name if yours is long."))
    return redirect(_own_page())


@bp.post("/you/passkeys/<uuid:id>/end")
@writes(asks_again(signed_in))
def end(id: UUID) -> ResponseReturnValue:
    """This one opens nothing any more."""
    passkey = or_not_found(queries.own_passkey(current_person.id, id))
    if actions.end_passkey(passkey, current_person.is_staff):
        flash(_("That passkey no longer works."), "saved")
    else:
        flash(_("This is your only second step. Set up another one first."))
    return redirect(_own_page())


def _own_page() -> str:
    at = "second_factor.show" if current_person.is_staff else "accounts.you"
    return url_for(at, _anchor="passkeys")


def _did_not_work() -> str:
    return _("That passkey didn’t work. Try again, or enter your password.")
