"""Signing in and out, coming back, and looking after one's own account."""

import time
from datetime import timedelta
from uuid import UUID

from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from werkzeug.exceptions import HTTPException

from webapp.accounts import actions, passkeys, passwords, queries
from webapp.accounts import known as known_devices
from webapp.accounts.access import (
    anyone,
    current_person,
    current_sign_in,
    is_away,
    leaving,
    lock,
    log_in,
    note_presence,
    patient,
    require_login,
    signed_in,
    still_here,
)
from webapp.accounts.confirming import (
    asks_again,
    is_own_password,
    must_be_confirmed,
    own_passkey_asked,
    passkeys_at,
)
from webapp.accounts.devices import device_name
from webapp.accounts.forms import (
    AppCodeForm,
    ChangePasswordForm,
    NewPasskeyForm,
    ResetForm,
    SettingsForm,
    SignInForm,
    UnlockForm,
)
from webapp.accounts.lasting import at_most
from webapp.accounts.models import AppCode, Person, SignIn
from webapp.audit.actions import count_failure, record
from webapp.audit.kinds import ActKind
from webapp.core import clock, codes, throttle
from webapp.core.data.db import db, outside_transaction
from webapp.core.dates import when
from webapp.core.errors import or_not_found
from webapp.core.web.cookies import here_mark, is_here
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext
from webapp.settings.current import clinic_settings

bp = Blueprint("accounts", __name__)

RESETS_SHOWN = timedelta(days=90)
REMEMBERED = timedelta(days=400)  # the longest that browsers keep a cookie


def init_app(app: Flask) -> None:
    """Sign-ins are rows, and leaving checks by itself where it comes from (`access.leaving`)."""
    # No current_user in every template: an error page must not ask the database for anything.
    manager = LoginManager(app, add_context_processor=False)
    # Our own row is the protection: it can be seen and ended, and says which device it is.
    manager.session_protection = None
    manager.user_loader(lambda token: still_here(queries.sign_in_by_token(token)))
    app.extensions["csrf"].exempt(sign_out)
    app.extensions["csrf"].exempt(hide)


@bp.route("/sign-in", methods=["GET", "POST"])
@writes(anyone)
def sign_in() -> ResponseReturnValue:
    """Username and password, the same answer for a wrong one and for nobody."""
    form = SignInForm()
    if form.validate_on_submit():
        person_id = actions.check_password(
            form.username.data or "",
            form.password.data or "",
            throttle.network(request.remote_addr),
            request.cookies.get(current_app.config["KNOWN_COOKIE"], ""),
        )
        if person_id:
            person = db.session.get_one(Person, person_id)
            if not enter(person, own_phone=form.own_phone.data):
                return redirect(url_for("second_factor.give", next=request.args.get("next")))
            say_what_was_restored(person)
            offer_a_passkey(person, form.own_phone.data)
            return redirect(go_on())
        form.password.errors = [_("That username or password isn’t right.")]
    page = render_template("accounts/sign_in.html", form=form, passkey=any_passkey_asked())
    response = make_response(page, 422 if form.errors else 200)
    left = session.pop("left", False)
    if left or ("_user_id" in session and queries.was_ended(session["_user_id"])):
        # For the worker: what this phone keeps of somebody goes. It may be lost, or its script
        # hadn't come yet when somebody signed out.
        response.headers["Groundwork-Left"] = "1"
    return response


def any_passkey_asked() -> str | None:
    """What a page says to sign in by a passkey, where there can be one."""
    place = passkeys_at()
    return passkeys.to_ask(place, passkeys.challenge()) if place else None


def offer_a_passkey(person: Person, own_phone: bool) -> None:
    """One line at the end of the first page, once a sign-in by password."""
    place = passkeys_at()
    if own_phone and place and not queries.passkey_ids(person.id):
        flash(place.rp_id, "passkey")


def say_what_was_restored(person: Person) -> None:
    restoration = queries.last_restoration()
    if restoration is None:
        return
    since = when(restoration.taken_at, clinic_settings().zone)
    said = _("We had to go back to a saved copy of Groundwork. Anything you saved after %(when)s "
             "may be missing, and your password is the one you had then. If someone else knew it, "
             "change it again. We’re sorry.", when=since)  # fmt: skip
    shares = _("Nothing is shared right now. You can share again anytime.")
    flash(f"{said} {shares}" if person.is_patient else said)


@bp.post("/sign-out")
@writes(leaving)
def sign_out() -> ResponseReturnValue:
    """This device is out, at once and for good."""
    if is_of_this_sign_in():
        actions.sign_out(session.get("_user_id", ""))
        session.clear()
        session["left"] = True
    return redirect(url_for("accounts.sign_in"))


@bp.route("/unlock", methods=["GET", "POST"])
@writes(require_login)
def unlock() -> ResponseReturnValue:
    """The password again, after being away or hidden."""
    form = UnlockForm()
    if form.validate_on_submit():
        if is_own_password(form.password.data or ""):
            return come_back()
        form.password.errors = [_("That password isn’t right.")]
    page = render_template(
        "accounts/unlock.html", form=form, was_away=is_away(), passkey=own_passkey_asked()
    )
    return page, 422 if form.errors else 200


def come_back() -> ResponseReturnValue:
    """They are here again, and go on."""
    forgive_wrong_pins(current_sign_in())
    note_presence()
    _remember_device(current_sign_in())
    return redirect(go_on())


def forgive_wrong_pins(sign_in: SignIn) -> None:
    """The password was right, or a passkey, in place of the PIN."""
    say_wrong_pins(sign_in)
    actions.forgive_pin_tries(db.session, sign_in.id)


def say_wrong_pins(sign_in: SignIn) -> None:
    """Whoever tries four a day would never be heard of."""
    if sign_in.pin_tries:
        flash(
            ngettext(
                "Before this, a wrong PIN was entered here %(num)s time. If that wasn’t you, "
                "choose another PIN under My account.",
                "Before this, a wrong PIN was entered here %(num)s times. If that wasn’t you, "
                "choose another PIN under My account.",
                sign_in.pin_tries,
            )
        )


@bp.post("/hide")
@writes(leaving)
def hide() -> ResponseReturnValue:
    """Quick hide: a neutral page at once, and the password before anything is shown again."""
    if "_user_id" in session and is_of_this_sign_in():
        actions.hide(session["_user_id"])
        lock()
    return redirect(url_for("pwa.quiet"))


@bp.route("/reset", methods=["GET", "POST"])
@writes(anyone)
def reset() -> ResponseReturnValue:
    """A new password with a code from the facilitator."""
    form = ResetForm()
    if form.validate_on_submit():
        tries = code_tries(form.code.data or "")
        hashed = passwords.hash_password(form.password.data or "") if tries else ""
        row = queries.open_reset(form.code.data or "", form.username.data or "") if tries else None
        if row is not None:
            throttle.passed(db.session, *tries)
            person = actions.reset_password(row, hashed)
            is_in = enter(person, own_phone=True)
            flash(_new_password(person), "saved")
            if not is_in:
                return redirect(url_for("second_factor.give"))
            return redirect(home_of(person))
        count_failure(db.session())
        form.code.errors = [_("That username or code isn’t right, or the code is no longer valid.")]
    return render_template(
        "accounts/reset.html", form=form, offer=passwords.four_words()
    ), 422 if form.errors else 200


@bp.route("/sign-in/code", methods=["GET", "POST"])
@writes(anyone)
def sign_in_by_code() -> ResponseReturnValue:
    """The installed app signs in with a code from the same person's browser."""
    form = AppCodeForm()
    if form.validate_on_submit():
        tries = code_tries(form.code.data or "")
        row = queries.open_code(AppCode, form.code.data or "") if tries else None
        if row is not None:
            throttle.passed(db.session, *tries)
            enter(actions.person_with_app_code(row), own_phone=True, by_password=False)
            return redirect(url_for("today.index"))
        count_failure(db.session())
        form.code.errors = [_("That code didn’t work. Check it, or ask for a new one.")]
    page = render_template("accounts/sign_in_by_code.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/install", methods=["GET", "POST"])
@writes(patient)
def install() -> ResponseReturnValue:
    """How to put the app on a phone, and a code to sign in inside it for the password."""
    form, code = UnlockForm(), None
    if form.validate_on_submit():
        if is_own_password(form.password.data or ""):
            code = actions.issue_app_code(_own_row())
        else:
            form.password.errors = [_("That password isn’t right.")]
    page = render_template("accounts/install.html", form=form, code=code)
    return page, 422 if form.errors else 200


@bp.get("/you")
@reads(signed_in)
def you() -> ResponseReturnValue:
    """Settings, devices, and the way out."""
    return _you(SettingsForm(data=_settings(), for_staff=current_person.is_staff))


@bp.post("/you")
@writes(signed_in)
def save_settings() -> ResponseReturnValue:
    """Change one's name, what one is here for, or whether the phone asks again."""
    form = SettingsForm(for_staff=current_person.is_staff)
    if not form.validate():
        return _you(form, 422)
    person = _own_row()
    if person.asks_again and not form.asks_again.data:
        must_be_confirmed()  # else whoever holds the phone now could come back to it later
    person.rename(form["name"].data)
    person.asks_again = form.asks_again.data
    person.quiet_today = person.is_patient and form.quiet_today.data
    if person.is_patient and form.here_for.data:
        person.here_for = form.here_for.data
    note_presence()
    flash(_("Saved."), "saved")
    return redirect(url_for("accounts.you"))


@bp.route("/you/password", methods=["GET", "POST"])
@writes(signed_in)
def change_password() -> ResponseReturnValue:
    """A new password; every other device is signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        if is_own_password(form.current.data or ""):
            with outside_transaction():
                hashed = passwords.hash_password(form.password.data or "")
            actions.set_password(_own_row(), hashed, keep=current_sign_in().id)
            flash(_new_password(current_person), "saved")
            return redirect(url_for("accounts.you"))
        form.current.errors = [_("That password isn’t right.")]
    offer = passwords.four_words()
    page = render_template("accounts/change_password.html", form=form, offer=offer)
    return page, 422 if form.errors else 200


@bp.post("/you/devices/<uuid:id>/end")
@writes(asks_again(signed_in))
def end_device(id: UUID) -> ResponseReturnValue:
    """Sign one of one's own devices out."""
    found = or_not_found(queries.own_sign_in(current_person, id))
    actions.end_sign_in(found.id)
    actions.end_app_codes(current_person.id)
    flash(_("Signed out of that device."), "saved")
    return redirect(url_for("accounts.you"))


@bp.post("/you/devices/seen")
@writes(signed_in)
def see_new_device() -> ResponseReturnValue:
    """It was me on the new device."""
    actions.see_new_device(current_sign_in())
    return redirect(home_of(current_person))


@bp.post("/you/devices/end-others")
@writes(asks_again(signed_in))
def end_other_devices() -> ResponseReturnValue:
    """Sign every other device out."""
    actions.end_every_other_way_in(_own_row(), keep=current_sign_in().id)
    record(ActKind.DEVICES_ENDED, person=current_person.id)
    flash(
        _(
            "Signed out of all other devices. Your group times no longer update in your "
            "calendars. You can add them again."
        )
        if current_person.is_patient
        else _("Signed out of all other devices."),
        "saved",
    )
    return redirect(url_for("accounts.you"))


def enter(
    person: Person, *, own_phone: bool, by_password: bool = True, by_second_factor: bool = False
) -> bool:
    """Sign this device in and set its cookie. The former cookie's content doesn't survive.

    False for who has a second factor, and didn't give it: they are let in half.
    """
    if not by_second_factor and person.is_staff and queries.has_second_factor(person.id):
        session["half"] = queries.half_mark(person, int(time.time()), own_phone)
        return False
    has_lost = person.is_staff and queries.lost_second_factor_since_last_here(person)
    config = current_app.config
    lasts = at_most(
        current_app.extensions["settings"], is_staff=person.is_staff, own_phone=own_phone
    )
    actions.end_former(session.get("_user_id", ""), person, left=not is_here())
    device = request.cookies.get(config["KNOWN_COOKIE"], "")
    started = actions.start_sign_in(
        person,
        device=device_name(request.user_agent.string),
        own_phone=own_phone,
        lasts=lasts,
        # Who left this phone while it had no network has ended it, too.
        follows=session.get("_user_id", "") if is_here() else "",
        before=session.get("_user_id", ""),
        by_password=by_password,
        by_second_factor=by_second_factor,
        is_known=known_devices.device_of(device, person.id) is not None,
    )
    session.clear()
    # Our own row says how long; the browser only decides whether closing it ends the cookie.
    session.permanent = own_phone
    log_in(started)
    note_presence()
    _remember_device(started)
    if has_lost:
        flash(_("Your second step was ended. Set up a new one under Account."))
    return True


def code_tries(text: str) -> list[throttle.Counted]:
    """Count a try with a code, and how. What can't be read as one holds nobody up."""
    code = codes.typed(text)
    tries = actions.code_tries(code, throttle.network(request.remote_addr)) if code else []
    if tries:
        with outside_transaction():  # a form may have asked for the clinic's name
            throttle.count_try(*tries)
    return tries


def home_of(person: Person) -> str:
    """Where somebody starts."""
    return url_for("today.index" if person.is_patient else "clinic.index")


def own_path(target: str | None, method: str = "GET") -> str | None:
    """`target` if it is an address of ours that can be opened, else None."""
    if not target or not target.isprintable() or target[:1] != "/" or target[1:2] in ("/", "\\"):
        return None
    try:
        adapter = current_app.url_map.bind("")
        adapter.match(target.split("?")[0].split("#")[0], method=method)
    except HTTPException:
        return None
    return target


def is_of_this_sign_in() -> bool:
    """Told late, by the worker: whoever signed in here meanwhile isn't meant."""
    return request.form.get("of", "") in ("", here_mark())


def go_on() -> str:
    """Where somebody wanted to, or where they start."""
    return own_path(request.args.get("next")) or home_of(current_person)


def _new_password(person: Person) -> str:
    if person.is_patient:
        return _(
            "Your new password is saved. You’re signed out of every other device, and your group "
            "times no longer update in your calendars. You can add them again."
        )
    return _("Your new password is saved. You’re signed out of every other device.")


def _remember_device(sign_in: SignIn) -> None:
    """From now on a stranger's tries don't hold this person up here. Not on a shared device."""
    if not sign_in.own_phone:
        return
    name = current_app.config["KNOWN_COOKIE"]
    value = known_devices.with_person(request.cookies.get(name, ""), sign_in.person_id)

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            name, value, max_age=REMEMBERED, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
        return response


def own_passkeys() -> dict[str, object]:
    """For the card that lists them and adds one, where there can be one."""
    place = passkeys_at()
    if place is None:
        return {}
    asked = passkeys.to_make(
        place, clinic_settings().short_name, current_person.id, current_person.username,
        queries.passkey_ids(current_person.id),
        passkeys.challenge(current_sign_in().id),
    )  # fmt: skip
    named = {"passkey_name": device_name(request.user_agent.string)}
    return {
        "new_passkey": asked,
        "passkeys_at": place.rp_id,
        "passkey_fields": NewPasskeyForm(formdata=None, data=named),
        "passkeys": queries.passkeys_of(current_person.id),
    }


def _own_row() -> Person:
    return db.session.get_one(Person, current_person.id)


def _settings() -> dict[str, object]:
    told = ("name", "here_for", "quiet_today", "asks_again")
    return {name: getattr(current_person, name) for name in told}


def _you(form: SettingsForm, status: int = 200) -> tuple[str, int]:
    can_lock = current_person.is_patient and current_sign_in().own_phone
    page = render_template(
        "accounts/you.html",
        form=form,
        has_lock=current_sign_in().has_lock if can_lock else None,
        devices=queries.open_sign_ins(current_person),
        this_device=current_sign_in().id,
        new_device=queries.new_device(current_sign_in()),
        resets=queries.resets_of(current_person, clock.now() - RESETS_SHOWN),
        ended=queries.ended_second_factors(current_person.id) if current_person.is_staff else [],
        **own_passkeys(),
    )
    return page, status
