"""A group's sessions: weekly times, holidays, one more, moved, cancelled; what to expect here."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person, patient, signed_in, staff
from webapp.accounts.confirming import asks_again
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock
from webapp.core.errors import Conflict, or_not_found
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, tidy
from webapp.core.web.moved import moved
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.program import actions, forms, queries
from webapp.program.expect import FOR_STAFF, PARTS
from webapp.program.federal import FederalHoliday, federal_holidays
from webapp.program.models import Group, GroupSession, SchedulePattern, Track
from webapp.program.planner import plan_ahead, plan_all
from webapp.settings.to_do import from_to_do, onward

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
        form=OurForm(),
        today=today,
        now=now,
    )


@bp.route("/clinic/groups/<uuid:id>/details", methods=["GET", "POST"])
@writes(staff)
def details(id: UUID) -> ResponseReturnValue:
    """Where a group meets, its video link, what to bring."""
    group = _group(id)
    renames = current_person.is_administrator and not group.is_individual
    form = forms.DetailsForm(obj=group, renames=renames)
    if form.validate_on_submit():
        try:
            if renames:
                actions.rename(group, form["name"].data, Track(form.track.data))
            actions.set_details(
                group,
                place=form.place.data or "",
                link=form.link.data or "",
                bring=form.bring.data or "",
            )
            return _done(group, _("Saved."))
        except Conflict:
            form["name"].errors = [_("There’s already a group with this name.")]
    return _page("program/details.html", form, group=group)


@bp.post("/clinic/groups/<uuid:id>/archive")
@writes(administrator)
def archive(id: UUID) -> ResponseReturnValue:
    """The group is over, for now or for good; nobody may be in it any more."""
    group = _group(id)
    try:
        actions.archive(group, current_person)
    except Conflict:
        flash(_("Not archived: there are still patients in this group. Its facilitators "
                "discharge or move them first."))  # fmt: skip
        return redirect(url_for("program.details", id=id))
    flash(_("Archived. The group doesn’t meet anymore, and its invitations ended."), "saved")
    return redirect(url_for("program.details", id=id))


@bp.post("/clinic/groups/<uuid:id>/reopening")
@writes(administrator)
def reopen(id: UUID) -> ResponseReturnValue:
    """It meets again, at the weekly times that it had."""
    group = _group(id)
    actions.reopen(group)
    plan_ahead(group)
    return _done(group, _("Reopened, with its weekly times. Check that they’re right."))


@bp.route("/clinic/groups/<uuid:id>/topics", methods=["GET", "POST"])
@writes(staff)
def topics(id: UUID) -> ResponseReturnValue:
    """What the coming sessions are about, on one page. All of it is saved, or nothing."""
    group, now = _group(id), clock.now()
    filled = _with_topics(group, now)
    status = 200
    if request.method == "POST":
        checked = [_may_be_saved(row, form, now) for row, form in filled]
        if OurForm().validate() and all(checked):
            for row, form in filled:
                _say_topic(row, form)
            return _done(group, _("Saved."))
        status = 422
    page = render_template("program/topics.html", group=group, filled=filled, form=OurForm())
    return page, status


TOPICS_AHEAD = 12  # sessions on one page


def _with_topics(group: Group, now: datetime) -> list[tuple[GroupSession, forms.TopicForm]]:
    """Those that come next; whatever was typed for one that began or went meanwhile isn't lost."""
    if request.method != "POST":
        coming = queries.group_sessions_from(group, now)
        open_ = (one for one in coming if not one.is_cancelled and not one.has_begun(now))
        return [(row, _topic_form(at, row)) for at, row in enumerate(islice(open_, TOPICS_AHEAD))]
    named = {at: _as_id(request.form.get(f"s{at}-of", "")) for at in range(TOPICS_AHEAD)}
    found = queries.named_group_sessions(group, filter(None, named.values()))
    rows: dict[UUID | None, GroupSession] = {row.id: row for row in found}
    return [(rows[id], _topic_form(at, rows[id])) for at, id in named.items() if id in rows]


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _topic_form(at: int, row: GroupSession) -> forms.TopicForm:
    seen = as_seen(row.topic, row.read_before)
    return forms.TopicForm(prefix=f"s{at}-", obj=row, of=row.id, seen=seen)


def as_seen(topic: str, read_before: str) -> str:
    """By what a form knows again what stood there."""
    return sha256(f"{topic}\n{read_before}".encode()).hexdigest()[:16]


def _is_changed(form: forms.TopicForm) -> bool:
    """Whether somebody typed something else than what they saw."""
    return bool(as_seen(*form.typed) != form.seen.data)


def _may_be_saved(row: GroupSession, form: forms.TopicForm, now: datetime) -> bool:
    """Says beside the field why not; then what is there now counts as seen, and Save saves."""
    if not form.validate():
        return False
    stands = row.topic, row.read_before
    if not _is_changed(form) or form.typed == stands:
        return True
    if row.has_begun(now) or row.withdrawn_at is not None:
        form.topic.errors = [_("This session started, or was removed. Nothing was saved.")]
        return False
    if form.seen.data == as_seen(*stands):
        return True
    form.topic.errors = [_("A colleague changed this meanwhile.")]
    form.seen.raw_data, form.seen.data = None, as_seen(*stands)
    return False


def _say_topic(row: GroupSession, form: forms.TopicForm) -> None:
    topic, read_before = form.typed
    if _is_changed(form) and (topic, read_before) != (row.topic, row.read_before):
        actions.describe(row, topic=topic, read_before=read_before, place=row.place, link=row.link)


@bp.route("/clinic/groups/<uuid:id>/times/new", methods=["GET", "POST"])
@writes(administrator)
def new_time(id: UUID) -> ResponseReturnValue:
    """One more weekly time, or the same on several days."""
    group = _open_group(id)
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
    group = _open_group(id)
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
    """Days on which no group meets, or one doesn't."""
    form = forms.HolidayForm()
    named = [group for group in queries.all_groups() if not group.is_individual]
    form.group.choices = choices(
        {"": _("All groups")} | {str(group.id): group.name for group in named}
    )
    if form.validate_on_submit():
        try:
            id = UUID(form.group.data) if form.group.data else None
            actions.add_holidays(form.days, form["name"].data, id)
            _plan_all()
            flash(_("Added. Groups on that day are canceled, and patients can see why."), "saved")
            return onward("program.holidays")
        except Conflict:
            form.day.errors = [_("That day is already on the list.")]
    return _page("program/holidays.html", form, **_listed_holidays())


@bp.post("/clinic/holidays/federal")
@writes(administrator)
def add_federal() -> ResponseReturnValue:
    """The federal holidays that were chosen, or all that are listed."""
    left = {str(one.observed): one for one in _federal_left()}
    wanted = [*left] if "all" in request.form else request.form.getlist("federal")
    chosen = [left[day] for day in wanted if day in left]
    for holiday in chosen:
        actions.add_holidays([holiday.observed], str(holiday.name))
    _plan_all()
    if not chosen:
        flash(_("Choose at least one holiday."))
        return redirect(url_for("program.holidays", year=_year(), todo=from_to_do()))
    flash(_("Added. Groups on those days are canceled, and patients can see why."), "saved")
    return onward("program.holidays", year=_year())


@bp.post("/clinic/holidays/<uuid:id>/removal")
@writes(administrator)
def remove_holiday(id: UUID) -> ResponseReturnValue:
    """Groups meet on that day after all, and on those that follow it in one break."""
    found = (days for days in queries.breaks(_yesterday()) if id in {day.id for day in days})
    actions.remove_holidays(or_not_found(next(found, None)))
    _plan_all()
    flash(_("Removed. Groups will meet then."), "saved")
    return redirect(url_for("program.holidays"))


def _listed_holidays() -> dict[str, Any]:
    found = queries.breaks(_yesterday())
    return {
        "breaks": found,
        "year": _year(),
        "years": [_yesterday().year + more for more in range(YEARS_AHEAD)],
        "federal": _federal(),
        "left": {one.observed for one in _federal_left()},
    }


YEARS_AHEAD = 3


def _year() -> int | None:
    """The year of which the federal holidays are listed, if one was asked for."""
    this = _yesterday().year
    asked = request.values.get("year", type=int)
    return asked and min(max(asked, this), this + YEARS_AHEAD - 1)


def _federal() -> list[FederalHoliday]:
    """Those of a year, or of each the next: whoever sets a clinic up in November wants them all."""
    if year := _year():
        return federal_holidays(year)
    this, yesterday = _yesterday().year, _yesterday()
    both = zip(federal_holidays(this), federal_holidays(this + 1), strict=True)
    coming = [one if one.observed > yesterday else later for one, later in both]
    return sorted(coming, key=lambda one: one.observed)


def _federal_left() -> list[FederalHoliday]:
    """Those listed that come, and aren't days off yet."""
    there = _off_for_all()
    return [one for one in _federal() if one.observed > _yesterday() and one.observed not in there]


def _off_for_all() -> set[date]:
    """The coming days on the list on which no group meets."""
    return {day.day for day in queries.holidays(_yesterday()) if day.group_id is None}


def _yesterday() -> date:
    return clock.now().date() - timedelta(days=1)


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


def _open_group(id: UUID) -> Group:
    """One that isn't archived: what is planned for it would never be."""
    group = _group(id)
    if group.archived_at is not None:
        raise Conflict
    return group


def _group_and_pattern(id: UUID, pattern_id: UUID) -> tuple[Group, SchedulePattern]:
    group = _open_group(id)
    return group, or_not_found(queries.pattern_of(group, pattern_id))


def _group_session(id: UUID) -> GroupSession:
    return or_not_found(queries.group_session_for_staff(current_person, id))


def _coming_group_session(id: UUID) -> GroupSession:
    group_session = _group_session(id)
    if group_session.has_begun(clock.now()):
        raise Conflict
    return group_session


def _plan_all() -> None:
    plan_all(queries.all_groups())
