"""The attendance sheet: print it, have it initialed, and check its code from outside."""

from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import anyone, current_person, patient
from webapp.accounts.models import Person
from webapp.core import clock, throttle
from webapp.core.data.db import outside_transaction, short_transaction
from webapp.core.errors import or_not_found
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.meetings import actions, queries
from webapp.meetings.forms import CheckForm, InitialsForm, SheetForm
from webapp.meetings.models import Sheet, Visit
from webapp.meetings.sheet import HEIGHT, WIDTH
from webapp.meetings.views.log import bp
from webapp.settings.current import clinic_settings
from webapp.sharing.givings import Giving, gives
from webapp.writing.pages import zone
from webapp.writing.queries import one_of

CHECKS_FROM = throttle.Lane("sheet check", 100, timedelta(seconds=1), timedelta(minutes=1))


@bp.route("/meetings/sheet", methods=["GET", "POST"])
@writes(patient)
def sheet() -> ResponseReturnValue:
    """Choose a period; printing keeps the sheet as it is then."""
    today = clock.local(clock.now(), zone()).date()
    defaults = {"first": today - timedelta(days=30), "last": today, "name": current_person.name}
    form = SheetForm(data=defaults)
    if form.validate_on_submit():
        made = actions.print_sheet(
            current_person,
            form.name.data,
            form.first.data,
            form.last.data,
            form.blank.data or 0,
            zone(),
        )
        return redirect(url_for("meetings.printed", id=made.id))
    sheets = [kept for kept in queries.sheets_of(current_person) if not kept.is_unopened]
    page = render_template(
        "meetings/sheet.html",
        form=form,
        sheets=[(kept, *_period(kept)) for kept in sheets],
        zone=zone(),
        now=clock.now(),
    )
    return page, 422 if form.errors else 200


@bp.get("/meetings/sheet/<uuid:id>")
@reads(patient)
def printed(id: UUID) -> ResponseReturnValue:
    """One sheet, for paper."""
    made = or_not_found(queries.own_sheet(current_person, id))
    first, last = _period(made)
    return render_template(
        "meetings/printed.html",
        sheet=made,
        can_be_checked=queries.can_be_checked(made),
        rows=[(date.fromisoformat(row["day"]), row) for row in made.rows or []],
        first=first,
        last=last,
        width=WIDTH,
        height=HEIGHT,
        zone=zone(),
    )


@bp.post("/meetings/sheet/<uuid:id>/stop")
@writes(patient)
def stop(id: UUID) -> ResponseReturnValue:
    """Its code tells nobody anything any more."""
    actions.stop_sheet(or_not_found(queries.own_sheet(current_person, id)))
    flash(_("Stopped. No one can check that sheet anymore."), "saved")
    return redirect(url_for("meetings.printed", id=id))


def _given(person: Person) -> list[tuple[Sheet, date, date]]:
    return [(made, *_period(made)) for made in queries.open_sheets(person)]


gives(Giving("sheets", "meetings/sheets_given.html", _given))


@bp.route("/meetings/<uuid:id>/initials", methods=["GET", "POST"])
@writes(patient)
def initials(id: UUID) -> ResponseReturnValue:
    """A glass for somebody else's finger: the page shows nothing but day and meeting."""
    visit = one_of(current_person, Visit, id)
    form = InitialsForm()
    if form.validate_on_submit():
        actions.initial(visit, form.initials.data or None)
        said = _("Saved with this visit.") if form.initials.data else _("Initials removed.")
        flash(said, "saved")
        return redirect(url_for("meetings.show", id=id))
    page = render_template(
        "meetings/initials.html",
        visit=visit,
        form=form,
        width=WIDTH,
        height=HEIGHT,
        zone=visit.zone or zone(),
    )
    return page, 422 if form.errors else 200


@bp.route("/check-sheet", methods=["GET", "POST"])
@reads(anyone)
def check() -> ResponseReturnValue:
    """For whoever was handed a sheet: whether it was printed here, its period, its rows."""
    form = CheckForm()
    found = None
    asked = form.validate_on_submit()
    if asked:
        tried = (CHECKS_FROM, throttle.network(request.remote_addr))
        throttle.count_try(tried)
        found = queries.sheet_by_code(form.code.data or "")
        if found:
            with outside_transaction(), short_transaction() as session:
                throttle.passed(session, tried)
    page = render_template(
        "meetings/check.html",
        form=form,
        asked=asked,
        sheet=found,
        period=_period(found) if found else None,
        clinic=clinic_settings().clinic_name,
        zone=zone(),
    )
    return page, 422 if form.errors else 200


def _period(sheet: Sheet) -> tuple[date, date]:
    sheet.must_be_open()
    assert sheet.first_day is not None
    assert sheet.last_day is not None
    return date.fromisoformat(sheet.first_day), date.fromisoformat(sheet.last_day)
