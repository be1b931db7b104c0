"""My week, one date of it, appointments of one's own, and the calendar of a phone."""

from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.accounts.access import anyone, current_person, patient
from webapp.attendance import actions as attendance
from webapp.attendance import queries as attended
from webapp.attendance.forms import FULL_PRESENCES, SAYS, HeadsUpForm
from webapp.attendance.models import Says
from webapp.calendar import ics
from webapp.core import clock
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.forms import OurForm
from webapp.core.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries import actions as entries
from webapp.entries.models import entry_id
from webapp.entries.queries import own
from webapp.program import queries as program
from webapp.program.hours import in_hours, week_bounds
from webapp.program.membership_history import membership_history
from webapp.program.models import GroupSession, Part
from webapp.program.recurrence import week_of
from webapp.week import actions, forms, queries
from webapp.week.models import Appointment

bp = Blueprint("week", __name__)

TOLD_FOR = timedelta(days=7)
FURTHEST = timedelta(weeks=60)


@bp.get("/week")
@reads(patient)
def index() -> ResponseReturnValue:
    """Groups with their topics, appointments, favourite meetings, hours, and what is covered."""
    now = clock.now()
    today = clock.local(now, _zone()).date()
    monday = _monday(today)
    after, until = week_bounds(monday, _zone())
    memberships = program.memberships_of(current_person)
    covers = [(one.group, attended.cover_of(one, now)) for one in memberships]
    return render_template(
        "week/index.html",
        week=queries.week_of_person(current_person, monday, _zone(), now),
        this_monday=week_of(today),
        hours=attended.hours_of(current_person, after, until),
        in_hours=in_hours,
        least=current_app.config["WEEK_HOURS_LEAST"],
        most=current_app.config["WEEK_HOURS_MOST"],
        covers=[(group, cover) for group, cover in covers if cover is not None],
        stepped=program.stepped_lately(current_person, now - TOLD_FOR),
        says=SAYS,
        presences=FULL_PRESENCES,
        today=today,
        now=now,
    )


@bp.route("/week/dates/<uuid:id>", methods=["GET", "POST"])
@writes(patient)
def date_(id: UUID) -> ResponseReturnValue:
    """One date: topic, what to read and bring, and "I'll be late" or "I can't come"."""
    group_session = _group_session(id)
    said = attended.own_heads_ups(current_person, [id]).get(id)
    form = HeadsUpForm(says=said.says if said else None, reason=said.reason if said else None)
    if form.validate_on_submit():
        attendance.say(group_session, current_person, Says(form.says.data), form.reason.data)
        flash(_("Noted. It stands on the page that is opened before group."), "saved")
        return redirect(url_for("week.index"))
    now = clock.now()
    group = group_session.group
    page = render_template(
        "week/date.html",
        group_session=group_session,
        group=group,
        zone=group.zone,
        form=form,
        said=said,
        says=SAYS,
        can_say=not group_session.is_cancelled and group_session.ends_at > now,
        readers=program.people_in(group.id, Part.FACILITATOR),
        now=now,
    )
    return page, 422 if form.errors else 200


@bp.post("/week/dates/<uuid:id>/coming")
@writes(patient)
def coming(id: UUID) -> ResponseReturnValue:
    """Coming after all: what was said is gone, with its reason."""
    attendance.unsay(_group_session(id), current_person)
    flash(_("Good. What you said is gone."), "saved")
    return redirect(url_for("week.index"))


@bp.route("/week/appointments/new", methods=["GET", "POST"])
@writes(patient)
def new_appointment() -> ResponseReturnValue:
    """Something of one's own."""
    form = forms.AppointmentForm(zone=_zone(), day=_given_day())
    if not form.validate_on_submit():
        return _appointment_page(form)
    made_on_phone = _uuid(form.id.data)
    try:
        one = entries.write(
            Appointment, current_person, made_on_phone, form.happened_at, form.typed
        )
    except Conflict:
        one = _appointment(entry_id(current_person.id, made_on_phone), removed=True)
    # Back, another time or other words, Save: an edit of what is there.
    entries.edit(one, one.version, form.happened_at, form.typed)
    entries.restore(one)  # who removed it, went back and saved again wants it
    return _to_week(form.day.data)


@bp.route("/week/appointments/<uuid:id>", methods=["GET", "POST"])
@writes(patient)
def appointment(id: UUID) -> ResponseReturnValue:
    """Change it; when it was changed elsewhere meanwhile, say so and keep both in sight."""
    one = _appointment(id)
    zone = one.zone or _zone()
    at = clock.local(one.happened_at, zone)
    values = {"title": one.title, "minutes": one.minutes, "place": one.place}
    form = forms.AppointmentForm(
        zone=zone, day=at.date(), starts=at.time(), version=str(one.version), **values
    )
    if not form.validate_on_submit():
        return _appointment_page(form, one)
    if form.version.data != str(one.version):
        form.version.data, form.version.raw_data = str(one.version), None
        return _appointment_page(form, one, theirs=one)
    entries.edit(one, one.version, form.happened_at, form.typed)
    return _to_week(form.day.data)


@bp.post("/week/appointments/<uuid:id>/removal")
@writes(patient)
def remove_appointment(id: UUID) -> ResponseReturnValue:
    """Take it away, with a way back."""
    entries.remove(_appointment(id))
    url = url_for("week.restore_appointment", id=id)
    flash({"text": _("Removed."), "url": url, "label": _("Put it back")}, "undo")  # type: ignore[arg-type]
    return redirect(url_for("week.index"))


@bp.post("/week/appointments/<uuid:id>/restoration")
@writes(patient)
def restore_appointment(id: UUID) -> ResponseReturnValue:
    """Put it back."""
    entries.restore(_appointment(id, removed=True))
    flash(_("It is back."), "saved")
    return redirect(url_for("week.index"))


@bp.get("/week/calendar")
@reads(patient)
def phone_calendar() -> ResponseReturnValue:
    """What a phone's calendar can get, and whether it gets it now."""
    feed = queries.feed_of(current_person)
    form = forms.CalendarForm(obj=feed)
    return render_template(
        "week/calendar.html", feed=feed, form=form, zone=_zone(), now=clock.now()
    )


@bp.post("/week/calendar")
@writes(patient)
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
        zone=_zone(),
        now=clock.now(),
    )


@bp.post("/week/calendar/reminder")
@writes(patient)
def let_feed_ring() -> ResponseReturnValue:
    """Whether the calendar rings an hour before; it hears of it when it looks next."""
    feed = queries.feed_of(current_person)
    if feed is not None:  # it may have been stopped in another tab
        actions.let_ring(feed, forms.CalendarForm().rings.data)
        flash(_("Saved. Your calendar gets this the next time it looks."), "saved")
    return redirect(url_for("week.phone_calendar"))


@bp.post("/week/calendar/end")
@writes(patient)
def end_feed() -> ResponseReturnValue:
    """No calendar gets anything any more."""
    actions.end_feeds(current_person)
    flash(_("Stopped. The address no longer works."), "saved")
    return redirect(url_for("week.phone_calendar"))


@bp.get("/calendar/<token>.ics")
@reads(anyone)
def feed(token: str) -> ResponseReturnValue:
    """What a calendar fetches. Whoever has the address has the times, and nothing else."""
    person = queries.person_by_feed(token)
    if person is None:
        raise NotFound
    return _ics(queries.events_of(person, _words(), clock.now()))


@bp.get("/week/dates/<uuid:id>.ics")
@reads(patient)
def single(id: UUID) -> ResponseReturnValue:
    """One date for a calendar."""
    group_session, history = _group_session(id), membership_history(current_person)
    now = clock.now()
    response = _ics([queries.event_of(current_person, group_session, _words(), history, now)])
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _ics(events: list[ics.Event]) -> Response:
    return Response(ics.feed(_("Appointments"), events), mimetype="text/calendar")


def _words() -> queries.Words:
    plain, moved, off = _("Appointment"), _("Appointment (moved)"), _("Appointment (cancelled)")
    return queries.Words(plain, moved, off, _("Reminder"))


def _appointment_page(
    form: forms.AppointmentForm, one: Appointment | None = None, theirs: Appointment | None = None
) -> ResponseReturnValue:
    page = render_template("week/appointment.html", form=form, one=one, theirs=theirs)
    return page, 422 if form.errors else 409 if theirs else 200


def _to_week(day: date | None) -> ResponseReturnValue:
    flash(_("Saved. Only you can see it."), "saved")
    return redirect(url_for("week.index", week=day.isoformat() if day else None))


def _group_session(id: UUID) -> GroupSession:
    group_session = program.group_session_of(current_person, Part.PATIENT, id)
    if group_session is None:
        raise NotFound
    return group_session


def _appointment(id: UUID, *, removed: bool = False) -> Appointment:
    one = own(current_person, Appointment, id, removed=removed)
    if one is None:
        raise NotFound
    return one


def _monday(today: date) -> date:
    """The week asked for, within about a year of today."""
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return week_of(today)
    return week_of(asked) if abs(asked - today) <= FURTHEST else week_of(today)


def _given_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Invalid from None


def _zone() -> str:
    zone: str = current_app.config["ZONE"]
    return zone
