"""The second step of a staff sign-in: a number from an authenticator app, or a code from paper.

*Half*: who gave the right password and still owes the number. It is in the cookie of that browser,
signed, for ten minutes, and ends with the password; it opens nothing but the page that asks.
"""

import math
import time
from uuid import UUID

import segno
from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.accounts import actions, queries, totp
from webapp.accounts.access import (
    anyone,
    current_person,
    current_sign_in,
    needs_second_factor_from,
    staff_before_second_factor,
)
from webapp.accounts.confirming import asks_again
from webapp.accounts.forms import SecondFactorForm, SetUpForm
from webapp.accounts.models import Person
from webapp.accounts.views import any_passkey_asked, enter, go_on, offer_a_passkey, own_passkeys
from webapp.audit.actions import count_failure, record_once
from webapp.audit.kinds import ActKind
from webapp.core import clock, throttle
from webapp.core.data.db import db, outside_transaction
from webapp.core.errors import TooMany
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.settings.current import clinic_settings

bp = Blueprint("second_factor", __name__)

OFFER_LASTS = 30 * 60  # seconds: to find the app, install it, and scan


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@writes(anyone)
def give() -> ResponseReturnValue:
    """The number that this moment has in somebody's app, or one of their recovery codes."""
    half = queries.half_signed_in(session.get("half"), int(time.time()))
    if half is None:
        return redirect(url_for("accounts.sign_in"))
    person_id, own_phone = half[0].id, half[1]
    has_app, has_passkey = queries.second_factors(person_id)
    form = SecondFactorForm()
    if not has_app:
        form.digits.label.text = _("Backup code")
    if form.validate_on_submit():
        tried = (actions.SECOND_FACTOR, str(person_id))
        with outside_transaction():
            _count(tried, person_id)
        person = db.session.get_one(Person, person_id)
        if actions.passes_second_factor(person, form.digits.data or ""):
            throttle.passed(db.session, tried)
            enter(person, own_phone=own_phone, by_second_factor=True)
            offer_a_passkey(person, own_phone)
            return redirect(go_on())
        count_failure(db.session())
        form.digits.errors = [_("That number or code isn’t right, or it was used already.")]
    page = render_template(
        "accounts/second_step.html", form=form, own_phone=own_phone, has_app=has_app,
        passkey=any_passkey_asked() if has_passkey else None,
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _count(tried: throttle.Counted, person_id: UUID) -> None:
    try:
        throttle.count_try(tried)
    except TooMany:
        record_once(ActKind.MADE_TO_WAIT, person=person_id)
        raise


@bp.get("/you/second-step")
@reads(staff_before_second_factor)
def show() -> ResponseReturnValue:
    """Set one up, or another; how many recovery codes are left."""
    return _set_up_page(SetUpForm(formdata=None), 200)


@bp.post("/you/second-step")
@writes(asks_again(staff_before_second_factor))
def set_up() -> ResponseReturnValue:
    """From here on this app is asked for its number; whatever was signed in elsewhere is out."""
    form = SetUpForm()
    if not form.validate():
        return _set_up_page(form, 422)
    secret = _offered(form.offer.data or "")
    step = totp.step_of(secret, form.digits.data or "", clock.now()) if secret else None
    if secret is None or step is None:
        form.digits.errors = [_("That number isn’t right. Wait for the next one, then enter it.")]
        return _set_up_page(form, 422)
    person = db.session.get_one(Person, current_person.id)
    codes = actions.set_second_factor(person, secret, step, keep=current_sign_in().id)
    return _paper(codes)


@bp.post("/you/second-step/recovery-codes")
@writes(asks_again(staff_before_second_factor))
def renew_codes() -> ResponseReturnValue:
    """Ten new ones; those from before end."""
    if not queries.has_second_factor(current_person.id):
        return redirect(url_for("second_factor.show"))
    return _paper(actions.make_recovery_codes(db.session.get_one(Person, current_person.id)))


def days_left() -> int | None:
    """How many days somebody of the staff still signs in without one; None if that's no matter."""
    since = needs_second_factor_from()
    if since is None or not current_person.is_staff or current_sign_in().second_at is not None:
        return None
    return max(0, math.ceil((since - clock.now()).total_seconds() / 86_400))


def _paper(codes: list[str]) -> ResponseReturnValue:
    flash(_("Your second step is set up."), "saved")
    return render_template("accounts/recovery_codes.html", codes=codes)


def _set_up_page(form: SetUpForm, status: int) -> ResponseReturnValue:
    secret = _offered(form.offer.data or "") or totp.new_secret()
    link = totp.address(secret, current_person.username, clinic_settings().clinic_name)
    form.offer.data = _offers().dumps([current_person.id.hex, secret.hex()])
    page = render_template(
        "accounts/set_up_second_step.html",
        form=form,
        qr=segno.make(link, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
        key=totp.shown(secret),
        authenticator=queries.authenticator_of(current_person.id),
        codes_left=queries.recovery_codes_left(current_person.id),
        is_on=queries.has_second_factor(current_person.id),
        days_left=days_left(),
        ended=queries.ended_second_factors(current_person.id),
        **own_passkeys(),
    )
    return page, status


def _offers() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], "second step")


def _offered(text: str) -> bytes | None:
    """The secret that we offered to this person on the page that was filled in."""
    if not text:  # nothing was filled in; a refusal would keep the form until it is collected
        return None
    try:
        person, secret = _offers().loads(text, max_age=OFFER_LASTS)
        return bytes.fromhex(secret) if person == current_person.id.hex else None
    except (BadData, ValueError, TypeError):
        return None
