"""Signing in and out, coming back, and looking after one's own account."""

from datetime import timedelta
from uuid import UUID

from flask import (
    Blueprint,
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
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from webapp.accounts import actions, passwords, queries
from webapp.accounts.access import (
    anyone,
    be_away,
    be_here,
    come_in,
    current_person,
    current_sign_in,
    known,
    patient,
    signed_in,
)
from webapp.accounts.devices import device_name
from webapp.accounts.forms import (
    AppCodeForm,
    ChangePasswordForm,
    ResetForm,
    SettingsForm,
    SignInForm,
    UnlockForm,
)
from webapp.accounts.models import AppCode, PasswordReset, Person
from webapp.core import clock, codes, throttle
from webapp.core.db import db, outside_transaction
from webapp.core.errors import NotFound
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _

bp = Blueprint("accounts", __name__)

RESETS_SHOWN = timedelta(days=90)


@bp.route("/sign-in", methods=["GET", "POST"])
@writes(anyone)
def sign_in() -> ResponseReturnValue:
    """Username and password, the same answer for a wrong one and for nobody."""
    form = SignInForm()
    if form.validate_on_submit():
        person_id = actions.check_password(
            form.username.data or "", form.password.data or "", request.remote_addr or ""
        )
        if person_id:
            person = db.session.get_one(Person, person_id)
            enter(person, own_phone=form.own_phone.data)
            return redirect(_next_or_home())
        form.password.errors = [_("That username and password don’t fit together.")]
    page = render_template("accounts/sign_in.html", form=form)
    response = make_response(page, 422 if form.errors else 200)
    left = session.pop("left", False)
    if left or ("_user_id" in session and queries.was_ended(session["_user_id"])):
        # For the worker: what this phone keeps of somebody goes. It may be lost, or its script
        # hadn't come yet when somebody signed out.
        response.headers["Groundwork-Left"] = "1"
    return response


@bp.post("/sign-out")
@writes(known)
def sign_out() -> ResponseReturnValue:
    """This device is out, at once and for good."""
    actions.end_sign_in(current_sign_in().id)
    session.clear()
    session["left"] = True
    return redirect(url_for("accounts.sign_in"))


@bp.route("/unlock", methods=["GET", "POST"])
@writes(known)
def unlock() -> ResponseReturnValue:
    """The password again, after being away or hidden."""
    form = UnlockForm()
    if form.validate_on_submit():
        if _is_own_password(form.password.data or ""):
            be_here()
            return redirect(_next_or_home())
        form.password.errors = [_("That isn’t the password of this account.")]
    return render_template("accounts/unlock.html", form=form), 422 if form.errors else 200


@bp.post("/hide")
@writes(anyone)
def hide() -> ResponseReturnValue:
    """Quick hide: a neutral page at once, and the password before anything is shown again."""
    if current_user.is_authenticated:
        be_away()
    return redirect(url_for("pwa.quiet"))


@bp.route("/reset", methods=["GET", "POST"])
@writes(anyone)
def reset() -> ResponseReturnValue:
    """A new password with a code from the facilitator."""
    form = ResetForm()
    if form.validate_on_submit():
        throttle.count_try("reset", request.remote_addr or "", allowed=20)
        throttle.count_try("code", (codes.typed(form.code.data or "") or "")[:4], allowed=10)
        hashed = passwords.hash_password(form.password.data or "")
        row = codes.find_open(db.session, PasswordReset, form.code.data or "")
        if row is not None:
            person = actions.reset_password(row, hashed)
            enter(person, own_phone=True)
            flash(_("You have a new password. Every other device was signed out."), "saved")
            return redirect(home_of(person))
        form.code.errors = [_("This code isn’t valid any more, or has a typing mistake.")]
    return render_template(
        "accounts/reset.html", form=form, offer=passwords.four_words()
    ), 422 if form.errors else 200


@bp.route("/sign-in/code", methods=["GET", "POST"])
@writes(anyone)
def sign_in_by_code() -> ResponseReturnValue:
    """The installed app signs in with a code from the same person's browser."""
    form = AppCodeForm()
    if form.validate_on_submit():
        throttle.count_try("app code", request.remote_addr or "", allowed=20)
        throttle.count_try("code", (codes.typed(form.code.data or "") or "")[:4], allowed=10)
        row = codes.find_open(db.session, AppCode, form.code.data or "")
        if row is not None:
            enter(actions.person_with_app_code(row), own_phone=True)
            return redirect(url_for("today.index"))
        form.code.errors = [_("This code isn’t valid any more, or has a typing mistake.")]
    page = render_template("accounts/sign_in_by_code.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/install", methods=["GET", "POST"])
@writes(patient)
def install() -> ResponseReturnValue:
    """How to put the app on a phone, and a code to sign in inside it for the password."""
    form, code = UnlockForm(), None
    if form.validate_on_submit():
        if _is_own_password(form.password.data or ""):
            code = actions.issue_app_code(_own_row())
        else:
            form.password.errors = [_("That isn’t the password of this account.")]
    page = render_template("accounts/install.html", form=form, code=code)
    return page, 422 if form.errors else 200


@bp.get("/you")
@reads(signed_in)
def you() -> ResponseReturnValue:
    """Settings, devices, and the way out."""
    return _you(SettingsForm(data=_settings()))


@bp.post("/you")
@writes(signed_in)
def save_settings() -> ResponseReturnValue:
    """Change one's name or whether the phone asks again."""
    form = SettingsForm()
    if not form.validate():
        return _you(form, 422)
    person = _own_row()
    person.name, person.asks_again = form.name.data, form.asks_again.data
    be_here()
    flash(_("Saved."), "saved")
    return redirect(url_for("accounts.you"))


@bp.route("/you/password", methods=["GET", "POST"])
@writes(signed_in)
def change_password() -> ResponseReturnValue:
    """A new password; every other device is signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        if _is_own_password(form.current.data or ""):
            with outside_transaction():
                hashed = passwords.hash_password(form.password.data or "")
            actions.set_password(_own_row(), hashed, keep=current_sign_in().id)
            flash(_("You have a new password. Every other device was signed out."), "saved")
            return redirect(url_for("accounts.you"))
        form.current.errors = [_("That isn’t the password of this account.")]
    offer = passwords.four_words()
    page = render_template("accounts/change_password.html", form=form, offer=offer)
    return page, 422 if form.errors else 200


@bp.post("/you/devices/<uuid:id>/end")
@writes(signed_in)
def end_device(id: UUID) -> ResponseReturnValue:
    """Sign one of one's own devices out."""
    found = queries.own_sign_in(current_person, id)
    if found is None:
        raise NotFound
    actions.end_sign_in(found.id)
    flash(_("That device is signed out."), "saved")
    return redirect(url_for("accounts.you"))


@bp.post("/you/devices/end-others")
@writes(signed_in)
def end_other_devices() -> ResponseReturnValue:
    """Sign every other device out."""
    actions.end_all_sign_ins(current_person.id, but=current_sign_in().id)
    actions.end_codes(current_person.id)
    flash(_("Every other device is signed out."), "saved")
    return redirect(url_for("accounts.you"))


def enter(person: Person, *, own_phone: bool) -> None:
    """Sign this device in and set its cookie. The former cookie's content doesn't survive."""
    config = current_app.config
    lasts = (
        timedelta(hours=config["STAFF_SIGN_IN_HOURS"])
        if person.is_staff
        else timedelta(days=config["SIGN_IN_DAYS"])
        if own_phone
        else timedelta(hours=12)
    )
    started = actions.start_sign_in(
        person,
        device=device_name(request.user_agent.string),
        own_phone=own_phone,
        lasts=lasts,
    )
    session.clear()
    # Our own row says how long; the browser only decides whether closing it ends the cookie.
    session.permanent = own_phone
    come_in(started)
    be_here()


def home_of(person: Person) -> str:
    """Where somebody starts."""
    return url_for("today.index" if person.is_patient else "clinic.index")


def own_path(target: str | None) -> str | None:
    """`target` if it is an address of ours that can be opened, else None."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return None
    try:
        adapter = current_app.url_map.bind("")
        adapter.match(target.split("?")[0].split("#")[0], method="GET")
    except HTTPException:
        return None
    return target


def _next_or_home() -> str:
    return own_path(request.args.get("next")) or home_of(current_person)


def _is_own_password(password: str) -> bool:
    person_id, hashed = current_person.id, _own_row().password_hash
    with outside_transaction():
        _count_own_try(person_id)
        return passwords.is_right(password, hashed)


def _count_own_try(person_id: UUID) -> None:
    throttle.count_try("own password", str(person_id), allowed=10)


def _own_row() -> Person:
    return db.session.get_one(Person, current_person.id)


def _settings() -> dict[str, object]:
    return {"name": current_person.name, "asks_again": current_person.asks_again}


def _you(form: SettingsForm, status: int = 200) -> tuple[str, int]:
    page = render_template(
        "accounts/you.html",
        form=form,
        devices=queries.open_sign_ins(current_person),
        this_device=current_sign_in().id,
        resets=queries.resets_of(current_person, clock.now() - RESETS_SHOWN),
    )
    return page, status
