"""What repeats, what is planned for it, and what changed in a shared plan."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, facilitator, patient
from webapp.accounts.views import own_path
from webapp.core import clock
from webapp.core.data.db import begin_writing
from webapp.core.errors import Invalid, NotFound
from webapp.core.web.routes import opens, reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.changes import steps
from webapp.entries.words import TRIGGER_KINDS
from webapp.insight import queries
from webapp.insight.forms import ResponseForm
from webapp.insight.pattern_page import pattern_page
from webapp.journal.models import Trigger
from webapp.plan.actions import put_item
from webapp.plan.outline import TRIGGERS
from webapp.plan.text import of_part
from webapp.plan.views.parts import plan_part
from webapp.program.models import GroupRole
from webapp.program.next_and_last import last_before, next_group_session
from webapp.program.queries import group_of
from webapp.sharing.actions import record_readings
from webapp.writing.kind import beside

bp = Blueprint("insight", __name__)


@bp.get("/journal/patterns")
@reads(patient)
def patterns() -> ResponseReturnValue:
    """What repeats in one's own entries; the period stands in the address."""
    return pattern_page(request.args.get("period", ""))


@bp.get("/plan/coverage")
@reads(patient)
def coverage() -> ResponseReturnValue:
    """What comes up again and again, and what I do then: homework before group."""
    return _coverage_page(ResponseForm())


@bp.post("/plan/coverage")
@writes(patient)
def add_response() -> ResponseReturnValue:
    """Add what helps, in one line, to the plan."""
    form = ResponseForm()
    if not form.validate():
        return _coverage_page(form, 422)
    item = {"id": str(_uuid(form.id.data))}
    item |= {name: form[name].data for name in ("kind", "what", "response") if form[name].data}
    put_item(current_person, TRIGGERS, TRIGGERS.questions[0], item)
    flash(_("Added to your plan."), "saved")
    return redirect(own_path(request.form.get("back")) or url_for("insight.coverage"))


@bp.get("/clinic/groups/<uuid:group_id>/people/<uuid:person_id>/entries/<uuid:id>/changes")
@opens(facilitator)
def changes(group_id: UUID, person_id: UUID, id: UUID) -> ResponseReturnValue:
    """What a patient changed in a shared part of the plan since the last session."""
    group = group_of(current_person, GroupRole.FACILITATOR, group_id, stands_in=True)
    now = clock.now()
    which = queries.which_shared(current_person, group_id, person_id, id, now)
    found = queries.shared_part(which) if group else None
    part = plan_part(found[0]) if found else None
    if group is None or found is None or part is None:
        raise NotFound
    entry, share = found
    shown = queries.versions_since(entry, share, last_before(group_id, now))
    changed = list(steps([of_part(part, version.content) for version in shown]))
    page = render_template(
        "insight/changes.html",
        part=part,
        group=group,
        person_id=person_id,
        entry=entry,
        changes=list(zip(shown[1:], changed, strict=True))[::-1],
        since=shown[0].written_at,
        zone=group.zone,
        now=now,
    )
    begin_writing()
    record_readings(current_person, [entry], now, page=entry.id)
    return page


@beside(Trigger)
def planned_for(entry: Trigger) -> dict[str, Any]:
    """The plan's own answer to a trigger of one's own, or a form for adding one."""
    kinds = entry.kinds or []
    found = queries.responses_for(current_person, kinds)
    form = ResponseForm(formdata=None)
    form.kind.data = kinds[0] if kinds else None
    return {"planned": {"responses": found, "kinds": kinds, "form": form}}


def _coverage_page(form: ResponseForm, status: int = 200) -> ResponseReturnValue:
    now = clock.now()
    upcoming = next_group_session(current_person, GroupRole.PATIENT)
    page = render_template(
        "insight/coverage.html",
        found=queries.coverage_of(current_person, now),
        form=form,
        kinds=TRIGGER_KINDS,
        upcoming=upcoming if upcoming and upcoming.starts_at > now - timedelta(hours=1) else None,
        weeks=queries.LATELY.days // 7,
        now=now,
    )
    return page, status


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Invalid from None
