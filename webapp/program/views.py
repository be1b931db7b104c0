"""A group's sessions: weekly times, holidays, one more, moved, cancelled; what to expect here."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person, patient, signed_in, staff
from webapp.accounts.confirming import asks_again
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict, or_not_found
from webapp.core.web.forms import OurForm, tidy
from webapp.core.web.moved import moved
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.program import actions, forms, queries
from webapp.program.expect import FOR_STAFF, PARTS
from webapp.program.models import Group, GroupSession, Holiday, SchedulePattern, Track
from webapp.program.planner import plan_ahead, plan_all

bp = Blueprint("program", __name__)


@bp.app_template_filter("track")
def track_name(track: str) -> str:
    """What kind of group it is, in words."""
    return str(forms.TRACKS[Track(track)])


PAST_SHOWN = timedelta(days=14)


@bp.app_template_filter("came_from")
def came_from_name(where: str) -> str:
    """Where somebody came from, in words."""
    return str(forms.CAME_FROM.get(where, where))


@bp.get("/clinic/groups/<uuid:id>/sessions")
@reads(staff)
def group_sessions(id: UUID) -> ResponseReturnValue:
    """When a group meets: its weekly times and its sessions, to change."""
    group = _group(id)
    now = clock.now()
    today = clock.local(now, group.zone).date()
    return render_template(
        "program/group_sessions.html",
        group=group,
        patterns=queries.patterns_in_force(group, today),
        group_sessions=queries.group_sessions_from(group, now),
        past=[
            one
            for one in queries.group_sessions_from(group, now - PAST_SHOWN)
            if one.ends_at <= now
        ],
        holidays=queries.holidays(today),
        form=OurForm(),
        today=today,
        now=now,
    )


@bp.route("/clinic/groups/<uuid:id>/details", methods=["GET", "POST"])
@writes(staff)
def details(id: UUID) -> ResponseReturnValue:
    """Where a group meets, its video link, what to bring."""
    group = _group(id)
    form = forms.DetailsForm(obj=group)
    if form.validate_on_submit():
        actions.set_details(
            group,
            place=form.place.data or "",
            link=form.link.data or "",
            bring=form.bring.data or "",
        )
        return _done(group, _("Saved."))
    return _page("program/details.html", form, group=group)


@bp.route("/clinic/groups/<uuid:id>/times/new", methods=["GET", "POST"])
@writes(administrator)
def new_time(id: UUID) -> ResponseReturnValue:
    """One more weekly time, or the same on several days."""
    group = _group(id)
    today = clock.local(clock.now(), group.zone).date()
    form = forms.TimeForm(from_day=today)
    form.earliest = today
    if form.validate_on_submit():
        try:
            actions.add_pattern(group, *form.weekly)
            record(ActKind.SCHEDULE_CHANGED, about=group.id)
            plan_ahead(group)
            return _done(group, _("Added."))
        except Conflict:
            form.starts.errors = [_("The group already meets at this time.")]
    return _page("program/time.html", form, group=group, pattern=None)


@bp.route("/clinic/groups/<uuid:id>/times/<uuid:pattern_id>", methods=["GET", "POST"])
@writes(administrator)
def change_time(id: UUID, pattern_id: UUID) -> ResponseReturnValue:
    """Another weekday, time or length, from a day on; sessions before stay as they were."""
    group, pattern = _group_and_pattern(id, pattern_id)
    tomorrow = clock.local(clock.now(), group.zone).date() + timedelta(days=1)
    form = forms.OneTimeForm(
        day=pattern.weekday,
        starts=pattern.starts,
        minutes=pattern.minutes,
        from_day=max(tomorrow, pattern.from_day),
        until_day=pattern.until_day,
    )
    form.earliest = tomorrow
    if form.validate_on_submit():
        try:
            actions.change_pattern(pattern, *form.weekly)
            plan_ahead(group)
            return _done(group, _("Saved. Sessions from that day on use the new time."))
        except Conflict:
            form.starts.errors = [_("The group already meets at this time.")]
    return _page("program/time.html", form, group=group, pattern=pattern)


@bp.post("/clinic/groups/<uuid:id>/times/<uuid:pattern_id>/end")
@writes(administrator)
def end_time(id: UUID, pattern_id: UUID) -> ResponseReturnValue:
    """The group doesn't meet at this time any more, from tomorrow on."""
    group, pattern = _group_and_pattern(id, pattern_id)
    actions.end_pattern(pattern, clock.local(clock.now(), group.zone).date())
    plan_ahead(group)
    return _done(group, _("Ends today. Patients are notified about the next seven days."))


@bp.route("/clinic/groups/<uuid:id>/sessions/new", methods=["GET", "POST"])
@writes(staff)
def new_group_session(id: UUID) -> ResponseReturnValue:
    """One more session, beside the weekly ones."""
    group = _group(id)
    form = forms.NewGroupSessionForm(zone=group.zone)
    if form.validate_on_submit():
        try:
            actions.add_group_session(
                group,
                form.starts_at,
                form.ends_at,
                topic=form.topic.data or "",
                place=form.place.data or "",
            )
            return _done(group, _("Added. Patients will see it in My week."))
        except Conflict:
            form.starts.errors = [_("The group already has a session at this time.")]
    return _page("program/new_group_session.html", form, group=group)


@bp.route("/clinic/sessions/<uuid:id>/details", methods=["GET", "POST"])
@writes(staff)
def group_session(id: UUID) -> ResponseReturnValue:
    """What one session is about; here it is moved or cancelled too."""
    group_session = _group_session(id)
    form = forms.GroupSessionForm(obj=group_session)
    if form.validate_on_submit():
        actions.describe(
            group_session,
            topic=form.topic.data or "",
            read_before=form.read_before.data or "",
            place=form.place.data or "",
            link=form.link.data or "",
        )
        return _done(group_session.group, _("Saved."))
    return _group_session_page(group_session, about=form)


@bp.get("/clinic/groups/<uuid:id>/dates")
@bp.route("/clinic/groups/<uuid:id>/dates/new", methods=["GET", "POST"])
@writes(staff)
def former_group_sessions(id: UUID) -> ResponseReturnValue:
    """Addresses of before, for those who may come in today."""
    _group(id)
    return moved("/dates", "/sessions")


@bp.route("/clinic/sessions/<uuid:id>/date", methods=["GET", "POST"])
@writes(staff)
def former_group_session(id: UUID) -> ResponseReturnValue:
    """An address of before, for those who may come in today."""
    _group_session(id)
    return moved("/date", "/details")


@bp.post("/clinic/sessions/<uuid:id>/move")
@writes(staff)
def move(id: UUID) -> ResponseReturnValue:
    """Another time for one session; what patients share for it follows."""
    group_session = _coming_group_session(id)
    form = forms.MoveForm(zone=group_session.group.zone, prefix="move-")
    if form.validate():
        try:
            actions.move(group_session, form.starts_at, form.ends_at, form.reason.data or "")
            return _done(group_session.group, _("Rescheduled. Patients will see it in My week."))
        except Conflict:
            form.starts.errors = [_("The group already has a session at this time.")]
    return _group_session_page(group_session, move=form)


@bp.post("/clinic/sessions/<uuid:id>/cancellation")
@writes(staff)
def cancel(id: UUID) -> ResponseReturnValue:
    """It doesn't take place; patients see why."""
    group_session = _coming_group_session(id)
    form = forms.CancelForm(prefix="cancel-")
    if form.validate():
        actions.cancel(group_session, form.reason.data or "")
        return _done(group_session.group, _("Canceled. Patients will see why in My week."))
    return _group_session_page(group_session, cancel=form)


@bp.post("/clinic/sessions/<uuid:id>/restoration")
@writes(staff)
def uncancel(id: UUID) -> ResponseReturnValue:
    """It takes place after all."""
    group_session = _coming_group_session(id)
    actions.uncancel(group_session)
    return _done(group_session.group, _("The session is back on."))


@bp.route("/clinic/holidays", methods=["GET", "POST"])
@writes(administrator)
def holidays() -> ResponseReturnValue:
    """Days on which no group meets."""
    form = forms.HolidayForm()
    if form.validate_on_submit():
        try:
            assert form.day.data is not None
            actions.add_holiday(form.day.data, form["name"].data)
            _plan_all()
            flash(_("Added. Groups on that day are canceled, and patients can see why."), "saved")
            return redirect(url_for("program.holidays"))
        except Conflict:
            form.day.errors = [_("That day is already on the list.")]
    found = queries.holidays(clock.now().date() - timedelta(days=1))
    return _page("program/holidays.html", form, holidays=found)


@bp.post("/clinic/holidays/<uuid:id>/removal")
@writes(administrator)
def remove_holiday(id: UUID) -> ResponseReturnValue:
    """Groups meet on that day after all."""
    actions.remove_holiday(or_not_found(db.session.get(Holiday, id)))
    flash(_("Removed. Groups will meet that day."), "saved")
    return redirect(url_for("program.holidays"))


@bp.post("/today/removals/<uuid:id>/seen")
@writes(patient)
def see_removal(id: UUID) -> ResponseReturnValue:
    """The patient read that a place in a group ended, or began again."""
    actions.see_removal(or_not_found(queries.own_removal(current_person, id)))
    return redirect(url_for("today.index"))


@bp.post("/today/groups/<uuid:id>/seen")
@writes(patient)
def see_step(id: UUID) -> ResponseReturnValue:
    """The patient read that they moved to another group."""
    stepped = or_not_found(queries.own_step(current_person, id))
    actions.see_step(stepped[1])
    return redirect(url_for("today.index"))


@bp.get("/what-to-expect")
@reads(signed_in)
def expect() -> ResponseReturnValue:
    """What to expect here, in the program's own words."""
    own = queries.expectations()
    parts = [(part, title, own.get(part, words)) for part, (title, words) in PARTS.items()]
    return render_template("program/expect.html", parts=parts)


@bp.route("/clinic/what-to-expect", methods=["GET", "POST"])
@writes(asks_again(administrator))
def change_expect() -> ResponseReturnValue:
    """Each part to change, staff's too; an empty one brings our words back."""
    own, ours = queries.expectations(), PARTS | FOR_STAFF
    filled = {
        part: forms.ExpectForm(prefix=f"{part}-", words=own.get(part, str(words)))
        for part, (_title, words) in ours.items()
    }
    # Each is checked, so that all problems are shown at once.
    if all([form.validate_on_submit() for form in filled.values()]):  # noqa: C419
        for part, form in filled.items():
            typed = form["words"].data
            is_ours = typed == tidy(str(ours[part][1]))
            actions.say_what_to_expect(part, None if is_ours else typed, by=current_person)
        record(ActKind.EXPECTATIONS_CHANGED)
        flash(_("Saved. This is what patients see."), "saved")
        return redirect(url_for("program.expect"))
    wrong = any(form.errors for form in filled.values())
    titles = {part: title for part, (title, _words) in ours.items()}
    page = render_template(
        "program/change_expect.html", forms=filled, titles=titles, for_staff=next(iter(FOR_STAFF))
    )
    return page, 422 if wrong else 200


def _group_session_page(
    group_session: GroupSession,
    about: forms.GroupSessionForm | None = None,
    move: forms.MoveForm | None = None,
    cancel: forms.CancelForm | None = None,
) -> ResponseReturnValue:
    zone = group_session.group.zone
    local = clock.local(group_session.starts_at, zone)
    given = [form for form in (about, move, cancel) if form is not None]
    page = render_template(
        "program/group_session.html",
        group_session=group_session,
        group=group_session.group,
        zone=zone,
        about=about or forms.GroupSessionForm(None, obj=group_session),
        move=move
        or forms.MoveForm(
            None,
            zone=zone,
            prefix="move-",
            day=local.date(),
            starts=local.time(),
            minutes=int((group_session.ends_at - group_session.starts_at).total_seconds() // 60),
        ),
        cancel=cancel or forms.CancelForm(None, prefix="cancel-"),
        now=clock.now(),
    )
    return page, 422 if any(form.errors for form in given) else 200


def _page(template: str, form: OurForm, **values: object) -> ResponseReturnValue:
    page = render_template(template, form=form, now=clock.now(), **values)
    return page, 422 if form.errors else 200


def _done(group: Group, message: str) -> ResponseReturnValue:
    flash(message, "saved")
    return redirect(url_for("program.group_sessions", id=group.id))


def _group(id: UUID) -> Group:
    return or_not_found(queries.group_for_staff(current_person, id))


def _group_and_pattern(id: UUID, pattern_id: UUID) -> tuple[Group, SchedulePattern]:
    group = _group(id)
    return group, or_not_found(queries.pattern_of(group, pattern_id))


def _group_session(id: UUID) -> GroupSession:
    return or_not_found(queries.group_session_for_staff(current_person, id))


def _coming_group_session(id: UUID) -> GroupSession:
    group_session = _group_session(id)
    if group_session.has_begun(clock.now()):
        raise Conflict
    return group_session


def _plan_all() -> None:
    db.session.flush()
    plan_all(queries.all_groups())
