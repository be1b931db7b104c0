"""Taking attendance, hours and covered sessions, and the patient's own record."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.accounts.access import current_person, facilitator, patient
from webapp.accounts.actions import set_label
from webapp.accounts.confirming import asks_again
from webapp.attendance import actions, forms, queries, table
from webapp.attendance.models import CAME, Attendance, Presence
from webapp.audit.actions import record as record_act
from webapp.audit.kinds import ActKind
from webapp.consents.consent_text import NOTICE
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import Conflict, Invalid, NotFound, or_not_found
from webapp.core.web.choices import choices
from webapp.core.web.moved import moved
from webapp.core.web.routes import opens, reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext
from webapp.program import actions as program_actions
from webapp.program import queries as program
from webapp.program.forms import LabelForm, OwnDaysForm, StepForm
from webapp.program.hours import in_hours, weekdays_on
from webapp.program.models import Group, GroupRole, GroupSession, Membership
from webapp.program.recurrence import weekdays_in
from webapp.settings.current import clinic_settings
from webapp.sharing import leaving

bp = Blueprint("attendance", __name__)

OPENS_BEFORE = timedelta(hours=1)
RECORD_DAYS = 28
LONGEST_RECORD = timedelta(days=732)


@bp.route("/clinic/sessions/<uuid:id>/attendance", methods=["GET", "POST"])
@writes(facilitator)
def roll(id: UUID) -> ResponseReturnValue:
    """Everybody in the group, a tap each; one tap for all who are left."""
    group_session = program.group_session_of(current_person, GroupRole.FACILITATOR, id)
    if group_session is None:
        raise NotFound
    now = clock.now()
    is_open = not group_session.is_cancelled and group_session.starts_at - OPENS_BEFORE <= now
    people = program.patients_at(group_session)
    if request.method == "POST":
        if not is_open:
            raise Conflict
        actions.hold(group_session)
    marked = queries.attendances(group_session)
    own = program.own_days([person.id for person in people])
    rows = [
        _row(person, program.expects(group_session, own.get(person.id, ())), group_session, marked)
        for person in people
    ]
    # Each is checked, so that all problems are shown at once.
    if request.method == "POST" and all(
        [form.check(group_session, now) for _one, form, _comes in rows]  # noqa: C419
    ):
        return _marked(group_session, rows, set(marked))
    page = render_template(
        "attendance/roll.html",
        group_session=group_session,
        group=group_session.group,
        zone=group_session.group.zone,
        rows=rows,
        marked=marked,
        said=queries.heads_ups(
            group_session, now, program.reads_since(current_person, group_session.group_id)
        ),
        says=forms.SAYS,
        is_open=is_open,
        opens_at=group_session.starts_at - OPENS_BEFORE,
        now=now,
    )
    return page, 422 if any(form.errors for _one, form, _comes in rows) else 200


@bp.get("/clinic/groups/<uuid:id>/attendance")
@reads(facilitator)
def group(id: UUID) -> ResponseReturnValue:
    """This week's hours of everybody in a group, and how much is covered."""
    group = _group(id)
    now = clock.now()
    today = clock.local(now, group.zone).date()
    return render_template(
        "attendance/group.html",
        group=group,
        rows=queries.rows_of(group, now),
        group_sessions=[
            group_session
            for group_session in program.group_sessions_from(group, now - timedelta(days=14))
            if group_session.starts_at - OPENS_BEFORE <= now and not group_session.is_cancelled
        ],
        period=_period(group, None),
        least=clinic_settings().week_hours_least,
        most=clinic_settings().week_hours_most,
        weekdays_on=weekdays_on,
        in_hours=in_hours,
        today=today,
        now=now,
    )


@bp.get("/clinic/groups/<uuid:id>/attendance.csv")
@opens(asks_again(facilitator))
def record(id: UUID) -> ResponseReturnValue:
    """The group's record for a spreadsheet: times and status, never a reason or a note."""
    group = _group(id)
    form = _period(group, request.args or None)
    if request.args and not form.validate():
        raise Invalid
    first, last = form.from_day.data, form.until_day.data
    assert first is not None
    assert last is not None
    if not first <= last <= first + LONGEST_RECORD:
        raise Invalid
    after = clock.start_of_day(first, group.zone)
    until = clock.start_of_day(last + timedelta(days=1), group.zone)
    heading = [_("Date"), _("Group"), _("Starts"), _("Ends"), _("Name"), _("Username")]
    heading += [_("Attendance"), _("Arrived"), _("Left"), _("Hours")]
    heading += [_("Marked by"), _("Marked at")]
    lines = [_line(marked, group) for marked in queries.record(group, after, until)]
    begin_writing()
    record_act(ActKind.ATTENDANCE_EXPORTED, about=group.id)
    # Last, so that the first row stays the heading.
    response = Response(table.written([heading, *lines, [NOTICE]]), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="attendance.csv"'
    return response


@bp.get("/clinic/groups/<uuid:group_id>/people/<uuid:id>/plan")
@reads(facilitator)
def plan(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """A patient's own days, what is covered, and another group."""
    return _plan_page(program.patient_of(current_person, group_id, id))


@bp.post("/clinic/groups/<uuid:group_id>/people/<uuid:id>/days")
@writes(facilitator)
def own_days(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """On which days a patient comes, from a day on."""
    membership = program.patient_of(current_person, group_id, id)
    form = OwnDaysForm(prefix="days-")
    if not form.validate():
        return _plan_page(membership, days=form)
    assert form.from_day.data is not None
    program_actions.set_own_days(
        membership, form.days.data or [], form.from_day.data, by=current_person
    )
    flash(_("Saved. Your patient will see it in My week."), "saved")
    return redirect(url_for("attendance.plan", group_id=group_id, id=id))


@bp.post("/clinic/groups/<uuid:group_id>/people/<uuid:id>/authorization")
@writes(facilitator)
def covered_sessions(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """How many sessions are covered, and when that is reviewed."""
    membership = program.patient_of(current_person, group_id, id)
    # A page that was open meanwhile still has the form's former name.
    prefix = "cover-" if "cover-sessions" in request.form else "authorization-"
    form = forms.CoveredSessionsForm(prefix=prefix)
    if not form.validate():
        return _plan_page(membership, covered=form)
    assert form.sessions.data is not None
    assert form.from_day.data is not None
    actions.authorise(
        membership,
        form.sessions.data,
        form.from_day.data,
        form.review_day.data,
        form.note.data,
        by=current_person,
    )
    flash(_("Saved. Your patient will see it in My week."), "saved")
    return redirect(url_for("attendance.plan", group_id=group_id, id=id))


@bp.post("/clinic/groups/<uuid:group_id>/people/<uuid:id>/cover")
@writes(facilitator)
def former_covered_sessions(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """An address of before, for those who may come in today."""
    program.patient_of(current_person, group_id, id)
    return moved("/cover", "/authorization")


@bp.post("/clinic/groups/<uuid:group_id>/people/<uuid:id>/step")
@writes(asks_again(facilitator))
def step(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """More care or less: in another group, where what was shared with this one ends; or on other
    days in the same one. They are told."""
    membership = program.patient_of(current_person, group_id, id)
    form = _step_form(membership)
    if not form.validate():
        return _plan_page(membership, step=form)
    level = {name: form[name].data for name in ("days", "hours", "reason") if form[name].data}
    level["from_day"] = form.from_day.data.isoformat()
    if form.group.data == str(group_id):
        program_actions.change_level(membership, current_person, **level)
        flash(_("Saved. Your patient will see it in My week."), "saved")
        return redirect(url_for("attendance.plan", group_id=group_id, id=id))
    groups = {str(other.id): other for other in program.groups_to_step_into(membership)}
    leaving.step(membership, groups[form.group.data], current_person, **level)
    # Without names: a message waits in the cookie.
    flash(_("Moved to the other group."), "saved")
    return redirect(url_for("clinic.group", id=group_id))


@bp.post("/clinic/groups/<uuid:group_id>/people/<uuid:id>/label")
@writes(facilitator)
def label(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """By what staff tell this patient apart, beside the username; and where they came from."""
    membership = program.patient_of(current_person, group_id, id)
    form = _label_form(membership)
    if not form.validate():
        return _plan_page(membership, label=form)
    set_label(id, form.label.data, by=current_person)
    if "came_from" in form:
        program_actions.set_origin(membership, form.came_from.data, by=current_person)
    flash(_("Saved. Your patient can look it up."), "saved")
    return redirect(url_for("attendance.plan", group_id=group_id, id=id))


@bp.get("/week/attendance")
@reads(patient)
def own() -> ResponseReturnValue:
    """One's own record: the same that the facilitators have."""
    now = clock.now()
    return render_template(
        "attendance/own.html",
        record=[
            (group_session, mark, queries.attended(group_session, mark))
            for group_session, mark in queries.own_attendances(current_person)
        ],
        presences=forms.FULL_PRESENCES,
        came=CAME,
        care=program.care_changes(current_person.id),
        now=now,
    )


Filled = tuple[Membership, forms.MarkForm, bool]


def _row(
    membership: Membership, comes: bool, group_session: GroupSession, marked: dict[UUID, Attendance]
) -> Filled:
    zone = group_session.group.zone
    there = marked.get(membership.person_id)
    values = {}
    if there is not None:
        values = {
            "presence": there.presence,
            "arrived": there.arrived_at and clock.local(there.arrived_at, zone).time(),
            "left": there.left_at and clock.local(there.left_at, zone).time(),
            "note": there.note,
        }
    form = forms.MarkForm(prefix=f"{membership.person_id}-", **values)
    return membership, form, comes


def _marked(
    group_session: GroupSession, rows: list[Filled], marked: set[UUID]
) -> ResponseReturnValue:
    rest = "rest" in request.form
    for membership, form, comes in rows:
        presence = form.presence.data if form.presence.data in forms.PRESENCES else None
        if not presence and rest and comes and membership.person_id not in marked:
            presence = Presence.PRESENT
        if presence:
            marked.add(membership.person_id)
            actions.mark(
                group_session,
                membership.person_id,
                Presence(presence),
                arrived_at=form.arrived_at,
                left_at=form.left_at,
                note=form.note.data,
                by=current_person,
            )
    record_act(ActKind.ATTENDANCE_SAVED, about=group_session.id)
    left = sum(comes and member.person_id not in marked for member, _form, comes in rows)
    if left:
        message = ngettext(
            "Saved. %(num)s person isn’t marked yet.",
            "Saved. %(num)s people aren’t marked yet.",
            left,
        )
    else:
        message = _("Saved. Everyone is marked.")
    flash(message, "saved")
    return redirect(url_for("attendance.roll", id=group_session.id))


def _line(marked: queries.Record, group: Group) -> list[object]:
    def wall(at: object) -> str:
        return clock.local(at, group.zone).strftime("%H:%M") if at else ""  # type: ignore[arg-type]

    start = clock.local(marked.group_session.starts_at, group.zone)
    came = marked.attendance.presence in CAME
    return [
        start.date().isoformat(),
        group.name,
        wall(marked.group_session.starts_at),
        wall(marked.group_session.ends_at),
        marked.person.name,
        marked.person.username,
        forms.FULL_PRESENCES[Presence(marked.attendance.presence)],
        wall(marked.attendance.arrived_at or marked.group_session.starts_at) if came else "",
        wall(marked.attendance.left_at or marked.group_session.ends_at) if came else "",
        in_hours(marked.minutes),
        marked.marked_by.name if marked.marked_by else "",
        clock.local(marked.attendance.marked_at, group.zone).strftime("%Y-%m-%d %H:%M"),
    ]


def _period(group: Group, given: MultiDict[str, str] | None) -> forms.PeriodForm:
    """From when until when: four weeks, unless somebody says."""
    today = clock.local(clock.now(), group.zone).date()
    first = today - timedelta(days=RECORD_DAYS)
    return forms.PeriodForm(given, from_day=first, until_day=today, meta={"csrf": False})


def _plan_page(
    membership: Membership,
    days: OwnDaysForm | None = None,
    covered: forms.CoveredSessionsForm | None = None,
    step: StepForm | None = None,
    label: LabelForm | None = None,
) -> ResponseReturnValue:
    group, now = membership.group, clock.now()
    today = clock.local(now, group.zone).date()
    own = program.own_days([membership.id]).get(membership.id, ())
    meets = sorted({pattern.weekday for pattern in program.patterns_in_force(group, today)})
    authorisation, later = queries.authorisations_of(membership, now)
    page = render_template(
        "attendance/plan.html",
        membership=membership,
        group=group,
        person=membership.person,
        own=sorted(own),
        days=days
        or OwnDaysForm(
            None,
            prefix="days-",
            days=weekdays_on(today, own) or meets,
            from_day=today,
        ),
        covered_form=covered
        or forms.CoveredSessionsForm(None, prefix="authorization-", from_day=today),
        covered=queries.covered_sessions_of(membership, now),
        authorisation=authorisation,
        later=later,
        label=label or _label_form(membership, formdata=None),
        step=step or _step_form(membership, formdata=None),
        care=program.care_changes(membership.person_id, membership),
        weekdays_in=weekdays_in,
        today=today,
        now=now,
    )
    given = [form for form in (days, covered, step, label) if form is not None]
    return page, 422 if any(form.errors for form in given) else 200


def _label_form(membership: Membership, **options: Any) -> LabelForm:
    origin = program.origin_of(membership)
    return LabelForm(
        prefix="label-",
        label=membership.person.label,
        came_from=origin and origin.came_from,
        has_moved=membership.after_id is not None,
        **options,
    )


def _step_form(membership: Membership, **options: Any) -> StepForm:
    group = membership.group
    today = clock.local(clock.now(), group.zone).date()
    form = StepForm(prefix="step-", here=str(group.id), today=today, **options)
    there = [(str(group.id), _("%(group)s (stays)", group=group.name))]
    there += [(str(other.id), other.name) for other in program.groups_to_step_into(membership)]
    form.group.choices = choices(there)
    return form


def _group(id: UUID) -> Group:
    return or_not_found(program.group_of(current_person, GroupRole.FACILITATOR, id))
