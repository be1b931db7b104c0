"""Where staff begin, a group's page, and setting a clinic up."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from webapp.accounts.access import (
    administrator,
    current_person,
    current_sign_in,
    facilitator,
    needs_second_factor_from,
    staff,
)
from webapp.accounts.actions import issue_reset
from webapp.accounts.confirming import asks_again
from webapp.accounts.models import Person
from webapp.accounts.queries import new_device
from webapp.accounts.second_factor import days_left
from webapp.aftercare.calls import calls_for
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.check_ins.actions import follow
from webapp.clinic import queries
from webapp.clinic.first_day import BY_HAND, find, seen
from webapp.clinic.forms import (
    AddFacilitatorForm,
    GroupForm,
    HandOverForm,
    IndividualForm,
    LeavingForm,
    SecondStepForm,
    SettingsForm,
)
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.dates import when
from webapp.core.errors import Conflict, NotFound, or_not_found
from webapp.core.folding import folded
from webapp.core.web.choices import choices
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.huddle.queries import first_things
from webapp.program import queries as program
from webapp.program.actions import (
    add_pattern,
    end_supervision,
    join,
    name_supervisor,
    stop_standing_in,
)
from webapp.program.actions import hand_over as hand_over_to
from webapp.program.models import Group, GroupRole, GroupSession, Membership, SchedulePattern, Track
from webapp.program.next_and_last import lately, next_of_group, upcoming
from webapp.program.planner import plan_ahead
from webapp.settings.actions import change_settings, say_not_needed
from webapp.settings.current import clinic_settings
from webapp.settings.to_do import onward
from webapp.sharing.leaving import remove, undo
from webapp.sharing.queries import open_until

# On Help now, what is called or texted.
NUMBERS = ("emergency", "crisis_call", "crisis_text", "clinic", "treatment", "violence")

AHEAD = 12  # sessions that can be handed over one by one

bp = Blueprint("clinic", __name__, url_prefix="/clinic")


@bp.get("")
@reads(staff)
def index() -> ResponseReturnValue:
    """The next group session first; for an administrator, what is still to do."""
    if current_person.is_administrator:
        every, now = program.all_groups(), clock.now()
        groups = [listed for listed in every if listed.archived_at is None]
        facilitators = queries.facilitators_by_group(now)
        not_well = current_app.extensions["not well"]()
        individual = [listed for listed in groups if listed.is_individual]
        without = [listed for listed in groups if listed.id not in facilitators]
        return render_template(
            "clinic/setup.html",
            groups=[listed for listed in groups if not listed.is_individual],
            individual=individual,
            archived=[listed for listed in every if listed.archived_at is not None],
            people=queries.people_by_individual_group(now) if individual else {},
            patterns={listed.id: _patterns(listed) for listed in groups},
            facilitators=facilitators,
            without=without,
            steps=seen(find(clinic_settings(), groups, without, {it.name for it in not_well}, now)),
            days_left=days_left(),
            new_device=new_device(current_sign_in()),
            to_mend=[found for found in not_well if found.state == "problem"],
        )
    now, coming = clock.now(), upcoming(current_person, GroupRole.FACILITATOR)
    today = [one for one in coming if _is_today(one, now)] or coming[:1]
    return render_template(
        "clinic/index.html",
        today=[(one, first_things(current_person, one.id, now)) for one in today],
        later=coming[len(today) :],
        after=[
            (one, end)
            for one in lately(current_person, GroupRole.FACILITATOR)
            if (end := open_until(one, None)) > now
        ],
        calls=calls_for(current_person, now),
        fills_in=program.filling_in(current_person, now),
        supervises=program.supervisors(Membership.person_id == current_person.id),
        groups=program.groups_of(current_person, GroupRole.FACILITATOR),
        now=now,
        days_left=days_left(),
        new_device=new_device(current_sign_in()),
    )


@bp.post("/steps/<step>")
@writes(administrator)
def step_by_hand(step: str) -> ResponseReturnValue:
    """An administrator says that the clinic can do without a step of the first day, or can't."""
    if step not in BY_HAND:
        raise NotFound
    say_not_needed(clinic_settings(), step, current_person.id, is_so="again" not in request.form)
    return redirect(url_for("clinic.index"))


@bp.get("/groups/<uuid:id>")
@reads(staff)
def group(id: UUID) -> ResponseReturnValue:
    """Who is in a group, when it meets, and slips for new people."""
    group = _group(id)
    now = clock.now()
    stand_ins = program.stand_ins(group, now)
    standing_in = {one.person_id for one in stand_ins}
    facilitators = [
        person
        for person in program.people_in(group.id, GroupRole.FACILITATOR)
        if person.id not in standing_in and not person.supervises
    ]
    form = AddFacilitatorForm()
    form.person.choices = _others(facilitators)
    supervisors = program.supervisors(Membership.group_id == group.id)
    to_supervise = AddFacilitatorForm(prefix="supervisor-")
    to_supervise.person.choices = _others([*facilitators, *(one.person for one in supervisors)])
    patients, waiting = _patients(group), program.waiting_for_yes(group)
    former = program.former_in(group, _in_my_care(), clock.now())
    return render_template(
        "clinic/group.html",
        group=group,
        patterns=_patterns(group),
        patients=patients,
        waiting=waiting,
        can_be_reset={person.id for person in patients if person.id not in waiting}
        | {gone.membership.person_id for gone in former if gone.is_in_care},
        facilitators=facilitators,
        stand_ins=stand_ins,
        supervisors=supervisors,
        to_supervise=to_supervise,
        former=[gone for gone in former if gone.membership.person_id not in waiting],
        upcoming=next_of_group(group.id),
        form=form,
        now=clock.now(),
    )


@bp.get("/help")
@reads(staff)
def help_for_staff() -> ResponseReturnValue:
    """What docs/facilitator.md says, in short."""
    return render_template("clinic/help.html")


@bp.route("/settings", methods=["GET", "POST"])
@writes(asks_again(administrator))
def settings() -> ResponseReturnValue:
    """What holds for the whole clinic. Of two administrators at once the later one hears of it."""
    row = clinic_settings()
    form = SettingsForm(obj=row)
    if form.is_submitted() and form.version.data != str(row.version):
        lost = form.differs_from(row)
        return _settings_page(SettingsForm(formdata=None, obj=row), lost), 409
    if form.validate_on_submit() and "preview" not in request.form:
        change_settings(row, row.version, form.settings, current_person.id)
        flash(_("Saved."), "saved")
        return onward("clinic.settings")
    return _settings_page(form), 422 if form.errors else 200


@bp.post("/settings/second-step")
@writes(administrator)
def second_step() -> ResponseReturnValue:
    """Have staff need a second step sooner."""
    row, form = clinic_settings(), or_not_found(_second_step_form())
    if not form.validate():
        return _settings_page(SettingsForm(formdata=None, obj=row), second_step=form), 422
    change_settings(row, row.version, {"second_factor_from": form.at}, current_person.id)
    flash(_("Saved."), "saved")
    return redirect(url_for("clinic.settings"))


@bp.route("/groups/new", methods=["GET", "POST"])
@writes(administrator)
def new_group() -> ResponseReturnValue:
    """A group with its weekly days; eight weeks of sessions are made at once."""
    form = GroupForm(zone=clinic_settings().zone)
    if form.validate_on_submit():
        name = form["name"].data
        taken = {folded(other.typed_name or "") for other in program.all_groups()}
        if folded(name) not in taken:
            made = _made(form, typed_name=name, track=form.track.data)
            flash(_("The group is set up."), "saved")
            return redirect(url_for("clinic.group", id=made.id))
        form["name"].errors = [_("There’s already a group with this name.")]
    return render_template("clinic/new_group.html", form=form), 422 if form.errors else 200


@bp.route("/groups/individual", methods=["GET", "POST"])
@writes(facilitator)
def new_individual() -> ResponseReturnValue:
    """One patient's own sessions with whoever makes this; the patient is added or invited next."""
    form = IndividualForm(zone=clinic_settings().zone, minutes=50)
    if form.validate_on_submit():
        made = _made(form, track=Track.INDIVIDUAL)
        join(made, current_person, GroupRole.FACILITATOR)
        flash(_("Individual sessions are set up. Now add or invite the patient."), "saved")
        return redirect(url_for("clinic.group", id=made.id))
    return render_template("clinic/new_group.html", form=form), 422 if form.errors else 200


@bp.post("/groups/<uuid:id>/facilitators")
@writes(asks_again(administrator))
def add_facilitator(id: UUID) -> ResponseReturnValue:
    """Give a group one more facilitator; its patients are told."""
    group = _group(id)
    form = AddFacilitatorForm()
    here = program.people_in(group.id, GroupRole.FACILITATOR)
    form.person.choices = _others([person for person in here if not person.supervises])
    if not form.validate():
        raise NotFound
    join(group, db.session.get_one(Person, UUID(form.person.data)), GroupRole.FACILITATOR)
    flash(_("Added."), "saved")
    return redirect(url_for("clinic.group", id=id))


@bp.post("/groups/<uuid:id>/supervisors")
@writes(asks_again(administrator))
def add_supervisor(id: UUID) -> ResponseReturnValue:
    """Name a clinical supervisor, from the next session on; the patients are told before."""
    group, form = _group(id), AddFacilitatorForm(prefix="supervisor-")
    form.person.choices = _others([])
    if group.is_individual or not form.validate():  # its patient signed for one clinician
        raise NotFound
    try:
        name_supervisor(group, db.session.get_one(Person, UUID(form.person.data)), current_person)
    except Conflict:
        flash(_("That can’t be done: no session is scheduled, or they can open what’s shared "
                "with this group anyway."))  # fmt: skip
    else:
        flash(_("Done. It begins with the next session. Patients see it on Today."), "saved")
    return redirect(url_for("clinic.group", id=id))


@bp.post("/groups/<uuid:group_id>/supervisors/<uuid:id>/end")
@writes(asks_again(administrator))
def end_supervisor(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """From the next request on they open nothing of this group; its patients are told."""
    found = program.supervisors(Membership.group_id == _group(group_id).id)
    end_supervision(
        or_not_found(next((one for one in found if one.id == id), None)), current_person
    )
    flash(_("Ended. They can’t open anything of this group anymore."), "saved")
    return redirect(url_for("clinic.group", id=group_id))


@bp.route("/groups/<uuid:id>/colleague", methods=["GET", "POST"])
@writes(asks_again(facilitator))
def hand_over(id: UUID) -> ResponseReturnValue:
    """A colleague stands in for one session, or for all until a day; the patients are told."""
    group = or_not_found(program.group_of(current_person, GroupRole.FACILITATOR, id))
    if group.is_individual or group.archived_at:  # its patient signed for this one clinician
        raise NotFound
    now, form = clock.now(), HandOverForm(zone=group.zone)
    coming = {str(one.id): one for one in program.group_sessions_from(group, now)[:AHEAD]
              if not one.is_cancelled}  # fmt: skip
    form.person.choices = _others([current_person])
    form.session.choices = choices(
        {id: _("Only %(when)s", when=when(one.starts_at, group.zone, now))
         for id, one in coming.items()} | {"": _("All sessions until the date below")}
    )  # fmt: skip
    if form.validate_on_submit():
        only = coming.get(form.session.data)
        colleague = db.session.get_one(Person, UUID(form.person.data))
        try:
            day = form.until_day.data
            end = open_until(only, None) if only else _notes_on(day, group.zone)
            hand_over_to(group, colleague, current_person, end, only)
        except Conflict:
            form.person.errors = [_("They can open what is shared then anyway.")]
        else:
            flash(_("Done. Your patients see it on Today."), "saved")
            return redirect(url_for("clinic.group", id=id))
    page = render_template("clinic/hand_over.html", form=form, group=group)
    return page, 422 if form.errors else 200


def _notes_on(day: date, zone: str) -> datetime:
    """When the notes on a day's sessions are due; its end where the program sets no hour."""
    due = program.notes_until(clock.instant(day, time(12), zone), zone)
    return due or clock.start_of_day(day + timedelta(days=1), zone)


@bp.post("/groups/<uuid:group_id>/stand-ins/<uuid:id>/end")
@writes(staff)
def end_stand_in(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """A colleague stands in no more, before the end."""
    found = program.stand_ins(_group(group_id), clock.EARLIEST)
    stood_in = or_not_found(next((one for one in found if one.id == id), None))
    stop_standing_in(stood_in, current_person)
    flash(_("Ended. They can’t open anything of this group anymore."), "saved")
    return redirect(url_for("clinic.group", id=group_id))


@bp.route("/groups/<uuid:group_id>/people/<uuid:id>/leaving", methods=["GET", "POST"])
@writes(asks_again(staff))
def leaving(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """Take somebody out of a group, after a question with the name; it can be undone for a day."""
    group = _group(group_id)
    membership = or_not_found(program.membership_in(group, id, _in_my_care()))
    if membership.supervises:  # that ends for good: an undo would open what is shared meanwhile
        raise NotFound
    form = LeavingForm()
    if form.validate_on_submit():
        remove(membership, form.reason.data, by=current_person)
        follow(membership.person)
        # Without the name: a message waits in the cookie.
        flash(_("Removed from the group. You can undo this here for 24 hours."), "saved")
        return redirect(url_for("clinic.group", id=group_id))
    page = render_template("clinic/leaving.html", form=form, group=group, person=membership.person)
    return page, 422 if form.errors else 200


@bp.post("/groups/<uuid:group_id>/people/<uuid:id>/return")
@writes(asks_again(staff))
def undo_leaving(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """Put somebody back whom a facilitator, or the administrator, took out a moment ago."""
    former = _former(_group(group_id), id)
    if former.removal is None or not former.removal.can_undo(clock.now()):
        raise NotFound
    undo(former.removal, by=current_person)
    follow(former.removal.membership.person)
    flash(_("Back in the group, with the same scheduled days. Nothing is shared again."), "saved")
    return redirect(url_for("clinic.group", id=group_id))


@bp.post("/groups/<uuid:group_id>/people/<uuid:id>/reset")
@writes(asks_again(staff))
def reset(group_id: UUID, id: UUID) -> ResponseReturnValue:
    """A code for a new password, handed over after checking who it is."""
    group = _group(group_id)
    membership = program.membership_in(group, id, _in_my_care())
    if membership is None or membership.needs_yes:  # adding somebody opens no account
        former = _former(group, id)
        if not former.is_in_care:
            raise NotFound
        membership = former.membership
    person = membership.person
    code = issue_reset(person, by=current_person)
    link = url_for("accounts.reset", _external=True)
    return render_template("clinic/reset.html", code=code, link=link, group=group, person=person)


def _is_today(group_session: GroupSession, now: datetime) -> bool:
    zone = group_session.group.zone
    return clock.local(group_session.starts_at, zone).date() <= clock.local(now, zone).date()


def _settings_page(
    form: SettingsForm,
    lost: list[tuple[str, str]] | None = None,
    second_step: SecondStepForm | None = None,
) -> str:
    offers = [
        (field.label.text, field.data)
        for field in form.help_fields
        if field.data and field.name.removeprefix("help_") in NUMBERS
    ]
    return render_template(
        "clinic/settings.html",
        form=form,
        lost=lost,
        offers=offers,
        edition=clinic_settings().consent_edition,
        previews=(previews := "preview" in request.form),
        open_parts={"help"} if previews else {request.args.get("part", "clinic")},
        second_step=second_step or _second_step_form(formdata=None),
        since=needs_second_factor_from(),
    )


def _second_step_form(**options: Any) -> SecondStepForm | None:
    """None once it is needed, or where it never is."""
    since = needs_second_factor_from()
    if since is None or since <= clock.now():
        return None
    return SecondStepForm(since=since, zone=clinic_settings().zone, **options)


def _made(form: IndividualForm, **own: Any) -> Group:
    """A group that meets from today on, its sessions of the next weeks planned."""
    made = Group(zone=form.zone.data, place=form.place.data or "", **own)
    db.session.add(made)
    add_pattern(made, *form.weekly(clock.local(clock.now(), made.zone).date()))
    db.session.flush()
    plan_ahead(made)
    record(ActKind.GROUP_MADE, about=made.id)
    return made


def _patterns(group: Group) -> list[SchedulePattern]:
    """The weekly times that go on."""
    return program.patterns_in_force(group, clock.local(clock.now(), group.zone).date())


def _group(id: UUID) -> Group:
    return or_not_found(program.group_for_staff(current_person, id))


def _patients(group: Group) -> list[Person]:
    """Nobody's name for an administrator."""
    return [] if current_person.is_administrator else program.people_in(group.id, GroupRole.PATIENT)


def _in_my_care() -> GroupRole:
    """A facilitator looks after patients; an administrator, who sees none, after facilitators."""
    return GroupRole.FACILITATOR if current_person.is_administrator else GroupRole.PATIENT


def _former(group: Group, id: UUID) -> program.Former:
    for former in program.former_in(group, _in_my_care(), clock.now()):
        if former.membership.person_id == id:
            return former
    raise NotFound


def _others(already: list[Person]) -> list[SelectChoice]:
    known = {person.id for person in already}
    return choices(
        (
            str(facilitator.id),
            f"{facilitator.called} ({facilitator.username})",
        )
        for facilitator in queries.all_facilitators()
        if facilitator.id not in known
    )
