"""A phone's own lock: a PIN or a passkey, asked for on this phone alone after a time without use.

The lock is ours, not the phone's: while it is locked, whoever holds the cookie gets the page that
asks, and what is for everybody. One's own passkey opens it as the PIN does, and the password.
"""

from datetime import datetime, timedelta

from flask import (
    Blueprint,
    Flask,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.accounts import actions, pins
from webapp.accounts.access import (
    PIN_TRIES,
    PhoneLocked,
    asks_after,
    current_person,
    current_sign_in,
    leaving,
    note_presence,
    patient,
    require_login,
    signed_in,
    why_away,
)
from webapp.accounts.confirming import (
    OWN_PASSKEY,
    asks_again,
    has_own_passkey,
    is_own_passkey,
    is_own_password,
    own_passkey_asked,
    passkeys_at,
)
from webapp.accounts.forms import LockForm, PinForm
from webapp.accounts.views import (
    forgive_wrong_pins,
    go_on,
    is_of_this_sign_in,
    own_path,
    say_wrong_pins,
)
from webapp.core.data.db import outside_transaction
from webapp.core.errors import NotFound
from webapp.core.web.error_pages import NEVER_SHOWN_AGAIN, not_signed_in
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext

bp = Blueprint("phone_lock", __name__)

# Not on the first day, which is full enough, and not after the first week.
OFFERED_FROM, OFFERED_UNTIL = timedelta(days=1), timedelta(days=7)


def init_app(app: Flask) -> None:
    """Ask for the PIN wherever a locked phone comes to; pages know when they cover themselves."""
    app.register_error_handler(PhoneLocked, ask)
    app.jinja_env.globals["asks_when_idle"] = asks_when_idle
    app.extensions["csrf"].exempt(now)  # see `access.leaving`


def asks_when_idle() -> str:
    """For the page's script: after how many seconds without a touch it covers itself, and whether
    it does so as soon as it is left."""
    after = asks_after()
    if after is None or why_away():
        return ""
    sign_in = current_sign_in()
    return f"{after} left" if sign_in.has_lock and not sign_in.pin_after else str(after)


def offers_lock(now: datetime) -> bool:
    """Whether Today offers a lock: in the first week, until it is answered."""
    person, sign_in = current_person, current_sign_in()
    if person.lock_offer_over or sign_in.has_lock or not sign_in.own_phone:
        return False
    return OFFERED_FROM <= now - person.created_at < OFFERED_UNTIL


@bp.route("/lock", methods=["GET", "POST"])
@writes(require_login)
def show() -> ResponseReturnValue:
    """The PIN or a passkey, and then on to where somebody was."""
    why = why_away()
    if why is None:
        return _go_on()
    if why is not PhoneLocked:
        return redirect(url_for(why.way_in, next=request.args.get("next")))
    form, has_pin = PinForm(), bool(current_sign_in().pin_hash)
    if not has_pin and not has_own_passkey():  # it was ended since
        return redirect(url_for("accounts.unlock", next=request.args.get("next")))
    if answer := request.form.get(OWN_PASSKEY):
        if is_own_passkey(answer):
            forgive_wrong_pins(current_sign_in())
            note_presence()
            return _go_on()
        form.form_errors.append(
            _("That passkey didn’t work. Enter your PIN.")
            if has_pin
            else _("That passkey didn’t work. Try again, or use your password.")
        )
    elif has_pin and form.validate_on_submit():
        if _open(form.phone_pin.data or ""):
            return _go_on()
        form.phone_pin.errors = [_wrong()]
    # Only a form of ours says what to send once more: a link could say anything.
    again = request.args.get("again", "") if form.is_submitted() else ""
    return _page(form, again), 422 if form.errors else 200


@bp.post("/lock/now")
@writes(leaving)
def now() -> ResponseReturnValue:
    """The phone was left, and asks at once."""
    if "_user_id" in session and is_of_this_sign_in():
        actions.lock(session["_user_id"])
    return "", 204


@bp.get("/lock/here")
@reads(signed_in)
def here() -> ResponseReturnValue:
    """Somebody touches a page that was open; or it asks whether it may still be seen."""
    return "", 204


@bp.route("/you/lock", methods=["GET", "POST"])
@writes(patient)
def choose() -> ResponseReturnValue:
    """Lock this phone, with a PIN or one's passkey alone; or change that."""
    sign_in = current_sign_in()
    if not sign_in.own_phone:
        raise NotFound
    has_passkey = has_own_passkey()
    chosen = {"after": sign_in.pin_after} if sign_in.has_lock else None
    form = LockForm(data=chosen, needs_pin=not has_passkey)
    if form.validate_on_submit():
        if is_own_password(form.own_password.data or ""):
            hashed, typed = "", form.phone_pin.data
            if typed:
                with outside_transaction():
                    hashed = pins.hash_pin(sign_in.person_id, typed)
            actions.set_pin(sign_in, hashed, form.after.data)
            note_presence()
            flash(_("This phone has a lock now."), "saved")
            return redirect(url_for("accounts.you"))
        form.own_password.errors = [_("That password isn’t right.")]
    shown = render_template(
        "accounts/choose_lock.html",
        form=form,
        has_lock=sign_in.has_lock,
        has_passkey=has_passkey,
        could_have_one=passkeys_at() is not None,
    )
    return shown, 422 if form.errors else 200


@bp.post("/you/lock/end")
@writes(asks_again(patient))
def end() -> ResponseReturnValue:
    """No lock on this phone any more."""
    actions.end_pin(current_sign_in())
    note_presence()
    flash(_("The lock on this phone is off."), "saved")
    return redirect(url_for("accounts.you"))


@bp.post("/you/lock/no")
@writes(patient)
def decline() -> ResponseReturnValue:
    """No, thanks: Today doesn't offer it again."""
    actions.end_lock_offer(current_person.id)
    return redirect(url_for("today.index"))


def _open(pin: str) -> bool:
    sign_in = current_sign_in()
    with outside_transaction():
        if not pins.opens(sign_in, pin):
            return False
    note_presence()
    say_wrong_pins(sign_in)
    return True


def _wrong() -> str:
    left = PIN_TRIES - current_sign_in().pin_tries - 1
    return (
        ngettext(
            "That PIN isn’t right. You have %(num)s more try.",
            "That PIN isn’t right. You have %(num)s more tries.",
            left,
        )
        if left > 0
        else _("That PIN isn’t right. Use your password now.")
    )


def ask(error: PhoneLocked) -> ResponseReturnValue:
    """What is asked for comes after the PIN, and so does what was sent, unless the phone keeps it
    and sends it by itself."""
    if request.method in ("GET", "HEAD"):
        return not_signed_in(error)
    is_kept = "operation" in request.form
    return _page(
        PinForm(formdata=None), again="" if is_kept else request.full_path.rstrip("?"), kept=is_kept
    ), 401


def _page(pin: PinForm, again: str = "", *, kept: bool = False) -> str:
    # `form` would tell the phone that what was sent is on this page, to be let go of.
    sent = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if again and not any(part in name for part in (*NEVER_SHOWN_AGAIN, OWN_PASSKEY))
    ]
    return render_template(
        "accounts/lock.html",
        pin=pin,
        has_pin=bool(current_sign_in().pin_hash),
        again=again,
        sent=sent,
        kept=kept,
        passkey=own_passkey_asked(),
    )


def _go_on() -> ResponseReturnValue:
    """To where somebody wanted to; what was sent there is sent once more, by the browser itself."""
    again = own_path(request.args.get("again"), "POST")
    return redirect(again, 307) if again else redirect(go_on())
