"""My week, one session of it, appointments of one's own, and the calendar of a phone."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
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

from webapp.accounts.access import anyone, current_person, current_sign_in, patient
from webapp.accounts.confirming import asks_again
from webapp.attendance import actions as attendance
from webapp.attendance import queries as attended
from webapp.attendance.forms import FULL_PRESENCES, SAYS, HeadsUpForm
from webapp.attendance.models import Says
from webapp.calendar import ics
from webapp.core import clock
from webapp.core.errors import Invalid, or_not_found
from webapp.core.web.forms import OurForm
from webapp.core.web.moved import moved
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.forms import wall_time
from webapp.program import queries as program
from webapp.program.hours import in_hours
from webapp.program.membership_history import membership_history
from webapp.program.models import GroupRole, GroupSession
from webapp.program.recurrence import week_of
from webapp.settings.current import clinic_settings
from webapp.sharing.givings import Giving, gives
from webapp.week import actions, forms, queries
from webapp.week.models import Appointment, Care
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone
from webapp.writing.queries import one_of

bp = Blueprint("week", __name__)
gives(Giving("heads-ups", "week/heads_ups.html", attended.said_ahead))
gives(Giving("calendar", "week/calendar_given.html", queries.feed_of))


def begun() -> dict[str, Any]:
    """The day on which somebody wants one."""
    try:
        wanted: dict[str, Any] = {"day": date.fromisoformat(request.args.get("day", ""))}
    except ValueError:
        wanted = {}
    return wanted | ({"care": Care.OTHER, "remind": True} if "care" in request.args else {})


def filled(entry: Appointment, zone: str) -> dict[str, Any]:
    """As it stands on the form, with its day and its hour apart."""
    at = wall_time(entry, zone)
    apart = {"version": str(entry.version), "day": at.date(), "starts": at.time()}
    return entry.content | apart


def in_its_week(entry: Appointment) -> str:
    """The week in which an appointment stands."""
    return url_for("week.index", week=wall_time(entry, entry.zone or zone()).date().isoformat())


APPOINTMENT = Kind(
    Appointment, forms.AppointmentForm, at="/week/appointments", new="/week/appointments/new",
    edit="", begun=begun, filled=filled, among=in_its_week, restore=actions.put_back,
    around=actions.reminders_follow,
)  # fmt: skip
register(bp, APPOINTMENT)

TOLD_FOR = timedelta(days=7)
FURTHEST = timedelta(weeks=60)


@bp.get("/week")
@reads(patient)
def index() -> ResponseReturnValue:
    """Groups with their topics, appointments, favourite meetings, hours, and what is covered."""
    person, now = current_sign_in().person, clock.now()
    today = clock.local(now, zone()).date()
    monday = _monday(today)
    there = queries.glance(person, monday, zone())
    return render_template(
        "week/index.html",
        week=queries.week_of_person(person, monday, zone(), now, there),
        this_monday=week_of(today),
        in_hours=in_hours,
        least=clinic_settings().week_hours_least,
        most=clinic_settings().week_hours_most,
        all_covered=attended.covered_of(program.memberships_of(person), now)
        if there.covered
        else [],
        stepped=program.stepped_lately(person, now - TOLD_FOR) if there.stepped else None,
        says=SAYS,
        presences=FULL_PRESENCES,
        today=today,
        now=now,
    )


@bp.route("/week/sessions/<uuid:id>", methods=["GET", "POST"])
@writes(patient)
def group_session(id: UUID) -> ResponseReturnValue:
    """One session: topic, what to read and bring, and "I'll be late" or "I can't come"."""
    group_session = _group_session(id)
    said = attended.own_heads_ups(current_person, [id]).get(id)
    form = HeadsUpForm(says=said.says if said else None, reason=said.reason if said else None)
    if form.validate_on_submit():
        attendance.say(group_session, current_person, Says(form.says.data), form.reason.data)
        flash(_("Saved. Your facilitator can see it before group."), "saved")
        return redirect(url_for("week.index"))
    now = clock.now()
    group = group_session.group
    can_say = not group_session.is_cancelled and group_session.ends_at > now
    page = render_template(
        "week/group_session.html",
        group_session=group_session,
        group=group,
        zone=group.zone,
        form=form,
        said=said,
        says=SAYS,
        can_say=can_say,
        ends=program.notes_done(group_session) if can_say else None,
        readers=program.readers_in(group.id),
        now=now,
    )
    return page, 422 if form.errors else 200


@bp.post("/week/sessions/<uuid:id>/on-my-way")
@writes(patient)
def on_my_way(id: UUID) -> ResponseReturnValue:
    """One tap, shortly before."""
    attendance.say(_group_session(id), current_person, Says.ON_WAY, None)
    flash(_("Saved. Your facilitator can see that you’re on your way."), "saved")
    return redirect(url_for("today.index"))


@bp.post("/week/sessions/<uuid:id>/coming")
@writes(patient)
def coming(id: UUID) -> ResponseReturnValue:
    """Coming after all: what was said is gone, with its reason."""
    attendance.unsay(_group_session(id), current_person)
    flash(_("OK. Your message was removed."), "saved")
    return redirect(url_for("week.index"))


@bp.get("/week/follow-ups")
@reads(patient)
def follow_ups() -> ResponseReturnValue:
    """Appointments of follow-up care: what comes, and whether what was happened."""
    now = clock.now()
    coming, past = queries.follow_ups(current_person, now)
    return render_template(
        "week/follow_ups.html", coming=coming, past=past, form=OurForm(), zone=zone(), now=now
    )


@bp.post("/week/appointments/<uuid:id>/took-place")
@writes(patient)
def took_place(id: UUID) -> ResponseReturnValue:
    """Say whether an appointment happened."""
    said, now = request.form.get("took_place", ""), clock.now()
    appointment = one_of(current_person, Appointment, id)
    if said not in forms.TOOK_PLACE:
        raise Invalid
    if appointment.happened_at > now:
        flash(_("That visit hasn’t come yet."), "saved")
    else:
        actions.note_took_place(appointment, said)
        flash(_("Saved."), "saved")
    return redirect(url_for("week.follow_ups"))


@bp.get("/week/calendar")
@reads(patient)
def phone_calendar() -> ResponseReturnValue:
    """What a phone's calendar can get, and whether it gets it now."""
    feed = queries.feed_of(current_person)
    form = forms.CalendarForm(obj=feed)
    return render_template("week/calendar.html", feed=feed, form=form, zone=zone(), now=clock.now())


@bp.post("/week/calendar")
@writes(asks_again(patient))
def make_feed() -> ResponseReturnValue:
    """A new secret address, shown once; the one before stops working, and what was chosen stays."""
    former = queries.feed_of(current_person)
    rings = former.rings if former else forms.CalendarForm().rings.data
    token = actions.make_feed(current_person, rings=rings)
    address = url_for("week.feed", token=token, _external=True)
    webcal = "webcal://" + address.split("://", 1)[1]
    return render_template(
        "week/calendar.html",
        feed=queries.feed_of(current_person),
        address=address,
        webcal=webcal,
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        form=OurForm(),
        zone=zone(),
        now=clock.now(),
    )


@bp.post("/week/calendar/reminder")
@writes(patient)
def let_feed_ring() -> ResponseReturnValue:
    """Whether the calendar rings an hour before; it hears of it when it looks next."""
    feed = queries.feed_of(current_person)
    if feed is not None:  # it may have been stopped in another tab
        actions.let_ring(feed, forms.CalendarForm().rings.data)
        flash(_("Saved. Your calendar will show this the next time it updates."), "saved")
    return redirect(url_for("week.phone_calendar"))


@bp.post("/week/calendar/end")
@writes(patient)
def end_feed() -> ResponseReturnValue:
    """No calendar gets anything any more."""
    actions.end_feeds(current_person)
    flash(_("Turned off. The link no longer works."), "saved")
    return redirect(url_for("week.phone_calendar"))


@bp.get("/calendar/<token>.ics")
@reads(anyone)
def feed(token: str) -> ResponseReturnValue:
    """What a calendar fetches. Whoever has the address has the times, and nothing else."""
    person = or_not_found(queries.person_by_feed(token))
    response = _ics(queries.events_of(person, _words(), clock.now()))
    response.add_etag()  # a calendar asks every hour, and mostly for what it has
    response.make_conditional(request)
    return response


@bp.get("/week/sessions/<uuid:id>.ics")
@reads(patient)
def single(id: UUID) -> ResponseReturnValue:
    """One session for a calendar."""
    group_session, history = _group_session(id), membership_history(current_person)
    now = clock.now()
    response = _ics([queries.event_of(current_person, group_session, _words(), history, now)])
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@bp.route("/week/dates/<uuid:id>", methods=["GET", "POST"])
@bp.post("/week/dates/<uuid:id>/coming")
@bp.get("/week/dates/<uuid:id>.ics")
@writes(patient)
def former_group_session(id: UUID) -> ResponseReturnValue:
    """Addresses of before, for those who may come in today."""
    _group_session(id)
    return moved("/week/dates/", "/week/sessions/")


def _ics(events: list[ics.Event]) -> Response:
    return Response(ics.feed(_("Appointments"), events), mimetype="text/calendar")


def _words() -> queries.Words:
    plain, moved, off = _("Appointment"), _("Appointment (moved)"), _("Appointment (canceled)")
    return queries.Words(plain, moved, off, _("Reminder"))


def _group_session(id: UUID) -> GroupSession:
    return or_not_found(program.group_session_of(current_person, GroupRole.PATIENT, id))


def _monday(today: date) -> date:
    """The week asked for, within about a year of today."""
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return week_of(today)
    return week_of(asked) if abs(asked - today) <= FURTHEST else week_of(today)
