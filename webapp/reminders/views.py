"""The patient's reminders, the phone's own calls, and the administrator's page."""

from datetime import timedelta
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from webapp.accounts.access import (
    administrator,
    current_person,
    current_sign_in,
    facilitator,
    patient,
)
from webapp.core import clock, throttle
from webapp.core.crypto.keys import app_secrets
from webapp.core.data.db import outside_transaction
from webapp.core.errors import Conflict, Invalid, NotFound, or_not_found
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.program.models import GroupRole
from webapp.program.queries import group_session_of
from webapp.reminders import actions, queries, words
from webapp.reminders.diagnosis import ATTEMPTS, OUTCOMES, TROUBLES, diagnosis
from webapp.reminders.forms import PhoneForm, ReminderForm
from webapp.reminders.models import Reminder
from webapp.reminders.push.endpoints import Hosts
from webapp.reminders.schedule import BeforeGroup, Kind
from webapp.settings.current import clinic_settings

bp = Blueprint("reminders", __name__)

WRITE_LEAD = 180  # minutes
TEST_SHOWN = timedelta(minutes=10)
TESTS = throttle.Lane("test reminder", 10, timedelta(minutes=1), timedelta(minutes=15))


@bp.get("/reminders")
@reads(patient)
def index() -> ResponseReturnValue:
    """What reminds, when, on which phone, and what became of the latest ones."""
    return _page(ReminderForm(zone=_zone(), data=_chosen()))


@bp.post("/reminders")
@writes(patient)
def save() -> ResponseReturnValue:
    """Change any of it; it takes effect on whatever wasn't sent yet."""
    form = ReminderForm(zone=_zone())
    if not form.validate():
        return _page(form, 422)
    actions.choose(
        current_person, _zone(), form.quiet_from.data, form.quiet_until.data, form.paused_until
    )
    group = BeforeGroup(tuple(form.leads.data)) if form.group.data else None
    write = BeforeGroup((WRITE_LEAD,), Kind.WRITE) if form.write.data else None
    for kind, rule in ((Kind.GROUP, group), (Kind.WRITE, write)):
        if rule is None:
            actions.stop_reminding(current_person, kind)
        else:
            actions.remind(current_person, rule, form.own_words)
    flash(_("Saved."), "saved")
    return redirect(url_for("reminders.index"))


@bp.post("/reminders/resume")
@writes(patient)
def resume() -> ResponseReturnValue:
    """Resume now; what wasn't too late meanwhile still comes."""
    actions.end_pause(current_person)
    flash(_("Reminders are back on."), "saved")
    return redirect(url_for("reminders.index"))


@bp.get("/reminders/phone")
@reads(patient)
def phone() -> ResponseReturnValue:
    """What a browser needs to subscribe: our public key, and a token for its next call."""
    return jsonify(key=_key(), token=generate_csrf())


@bp.post("/reminders/phone")
@writes(patient)
def connect() -> ResponseReturnValue:
    """This phone wants reminders; whoever had it before gets none on it any more."""
    form = PhoneForm(hosts=_hosts())
    if not form.validate():
        raise Invalid(str(next(iter(form.errors.values()))[0]))
    actions.connect_phone(
        current_person, current_sign_in(), form.endpoint.data, form.p256dh.data, form.auth.data
    )
    if not any(rule.kind == Kind.GROUP for rule in queries.rules_of(current_person)):
        actions.remind(current_person, BeforeGroup())
    return jsonify(on=True)


@bp.post("/reminders/phone/off")
@writes(patient)
def disconnect() -> ResponseReturnValue:
    """No more reminders on this phone; other phones keep theirs."""
    actions.disconnect_phone(current_sign_in())
    flash(_("Reminders are off on this phone."), "saved")
    return redirect(url_for("reminders.index"))


@bp.post("/reminders/test")
@writes(patient)
def test() -> ResponseReturnValue:
    """Send one to this phone now."""
    person_id = current_person.id
    with outside_transaction():
        throttle.count_try((TESTS, str(person_id)))
    mine = queries.phone_of(current_sign_in())
    if mine is None or mine.lost_at is not None:
        flash(_("Reminders aren’t turned on for this phone yet."), "problem")
    else:
        actions.test_phone(mine)
        flash(_("We’re sending a test. You should see it within a minute."), "saved")
    return redirect(url_for("reminders.index"))


@bp.post("/reminders/later")
@writes(patient)
def later() -> ResponseReturnValue:
    """Once more in ten minutes."""
    try:
        found = queries.own_notification(current_person, UUID(request.form.get("id", "")))
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    try:
        actions.remind_later(found)
    except Conflict:
        raise Conflict(_("It starts in less than 10 minutes.")) from None
    flash(_("We’ll remind you again in 10 minutes."), "saved")
    return redirect(url_for("reminders.index"))


@bp.post("/reminders/rules/<uuid:id>/off")
@writes(patient)
def stop(id: UUID) -> ResponseReturnValue:
    """Switch off one that another part of the app has set up."""
    actions.switch_off(or_not_found(queries.own_rule(current_person, id)))
    flash(_("That reminder is off."), "saved")
    return redirect(url_for("reminders.index"))


@bp.get("/clinic/sessions/<uuid:id>/not-reached")
@reads(facilitator)
def not_reached(id: UUID) -> ResponseReturnValue:
    """Whom a change of a session hasn't reached by a message: to be called."""
    group_session = or_not_found(group_session_of(current_person, GroupRole.FACILITATOR, id))
    now = clock.now()
    return render_template(
        "reminders/not_reached.html",
        group_session=group_session,
        people=queries.not_reached(group_session, now) if group_session.is_changed else [],
        now=now,
    )


@bp.get("/clinic/reminders")
@reads(administrator)
def service() -> ResponseReturnValue:
    """Whether reminders go out, and in words what goes wrong. No names, no phones."""
    settings = current_app.extensions["settings"]
    return render_template(
        "reminders/service.html",
        service=queries.service(clock.now()),
        outcomes=OUTCOMES,
        attempts=ATTEMPTS,
        troubles=TROUBLES,
        needs_contact=not (clinic_settings().push_contact or settings.plain_http),
        now=clock.now(),
        zone=_zone(),
    )


def _page(form: ReminderForm, status: int = 200) -> tuple[str, int]:
    now = clock.now()
    mine = queries.phone_of(current_sign_in())
    rules = queries.rules_of(current_person)
    choices = queries.choices_of(current_person)
    test = queries.last_test(mine, now - TEST_SHOWN) if mine else None
    page = render_template(
        "reminders/index.html",
        form=form,
        phone=mine,
        is_own_phone=current_sign_in().own_phone,
        known=queries.known_here(current_sign_in(), now),
        accepted_at=queries.last_accepted(mine) if mine else None,
        test=test,
        is_paused=choices is not None and choices.quiet.is_paused(now),
        problems=diagnosis(mine, rules, choices, queries.last_tick(), test, now),
        others=[rule for rule in rules if rule.kind == Kind.DAILY and rule.is_on],
        latest=queries.latest(current_person, now),
        outcomes=OUTCOMES,
        attempts=ATTEMPTS,
        later=actions.LATER,
        example=words.body(Kind.GROUP, now.replace(minute=0) + timedelta(hours=1), _zone()),
        now=now,
        zone=_zone(),
    )
    return page, status


def _chosen() -> dict[str, object]:
    rules: dict[str, Reminder] = {rule.kind: rule for rule in queries.rules_of(current_person)}
    choices = queries.choices_of(current_person)
    group, write = rules.get(Kind.GROUP), rules.get(Kind.WRITE)
    own = (group or write).words if group or write else None  # type: ignore[union-attr]
    paused = choices.paused_until if choices else None
    until = clock.local(paused, _zone()) if paused and paused > clock.now() else None
    return {
        "group": group is None or group.is_on,
        "leads": group.leads if group else [60],
        "write": write is not None and write.is_on,
        "text": "own" if own else "neutral",
        "words": own,
        "quiet_from": choices.quiet_from if choices else None,
        "quiet_until": choices.quiet_until if choices else None,
        "paused": until,
    }


def _hosts() -> Hosts:
    return Hosts(current_app.extensions["settings"].push_hosts)


def _key() -> str:
    return app_secrets().browser_key


def _zone() -> str:
    zone: str = clinic_settings().zone
    return zone
