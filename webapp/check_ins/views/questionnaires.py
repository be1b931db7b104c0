"""Which questionnaires the clinic uses, for the administrator: looked at first, then put in use."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator, current_person
from webapp.accounts.confirming import asks_again
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.check_ins import actions
from webapp.check_ins import queries as check_ins
from webapp.check_ins.forms import QuestionnaireForm
from webapp.core import clock
from webapp.core.errors import or_not_found
from webapp.core.web.forms import OurForm, Upload
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.questionnaires import box, importing, queries
from webapp.questionnaires.errors import NotImported, NotScored
from webapp.questionnaires.importing import Files
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.models import InstrumentFile
from webapp.questionnaires.preview import preview
from webapp.settings.to_do import from_to_do
from webapp.writing.pages import zone

bp = Blueprint("questionnaires", __name__, url_prefix="/clinic/questionnaires")


@bp.route("", methods=["GET", "POST"])
@writes(administrator)
def index() -> ResponseReturnValue:
    """What is in use, retired, or only looked at; what is in the box; and another one by file."""
    form = QuestionnaireForm()
    if form.validate_on_submit() and (row := _brought(form)):
        record(ActKind.QUESTIONNAIRE_IMPORTED, about=row.id)
        return redirect(url_for("questionnaires.show", id=row.id, todo=from_to_do()))
    rows = queries.shelf()
    known = {row.key for row in rows}
    page = render_template(
        "questionnaires/index.html",
        form=form,
        used=[row for row in rows if row.is_used],
        new=[row for row in rows if row.used_at is None],
        retired=[row for row in rows if row.retired_at is not None],
        # As patients see it: the file may have a longer name.
        names={row.id: one.name for row in rows if (one := queries.instrument(row.id))},
        box={name: one for name in box.NAMES if (one := box.opened(name)).key not in known},
        rhythms=check_ins.rhythms(),
        zone=zone(),
        now=clock.now(),
    )
    return page, 422 if form.errors else 200


@bp.get("/<uuid:id>")
@reads(administrator)
def show(id: UUID) -> ResponseReturnValue:
    """All of it, as patients read it, and what its file says that nobody is asked."""
    row = _row(id)
    return _preview(or_not_found(queries.instrument(id)), row, importing.left_out(row))


@bp.get("/box/<name>")
@reads(administrator)
def in_the_box(name: str) -> ResponseReturnValue:
    """The same, of one in the box."""
    box.in_the_box(name)
    return _preview(box.opened(name), None, [], name)


@bp.post("/box/<name>/use")
@writes(administrator)
def use_from_the_box(name: str) -> ResponseReturnValue:
    """Turn on one in the box: its words are known."""
    return _use(importing.bring_in(box.in_the_box(name)))


@bp.post("/<uuid:id>/use")
@writes(asks_again(administrator))
def use(id: UUID) -> ResponseReturnValue:
    """From now on patients can be asked it."""
    return _use(_row(id))


@bp.post("/<uuid:id>/end")
@writes(administrator)
def retire(id: UUID) -> ResponseReturnValue:
    """Nobody is asked it any longer, on no day. What was answered stays."""
    row = _row(id)
    if row.is_used:
        importing.retire(row)
        if row.key in check_ins.rhythms():
            today = clock.local(clock.now(), zone()).date()
            actions.set_due(row.key, [], 1, today, current_person)
        record(ActKind.QUESTIONNAIRE_RETIRED, about=row.id)
    flash(_("Retired. Patients aren’t asked it anymore. Past answers stay readable."), "saved")
    return redirect(url_for("questionnaires.index"))


@bp.post("/<uuid:id>/removal")
@writes(administrator)
def discard(id: UUID) -> ResponseReturnValue:
    """One that was only looked at."""
    row = _row(id)
    if row.used_at is None:
        importing.discard(row)
    flash(_("The file was deleted."), "saved")
    return redirect(url_for("questionnaires.index"))


def _row(id: UUID) -> InstrumentFile:
    return or_not_found(queries.file(id))


def _use(row: InstrumentFile) -> ResponseReturnValue:
    if importing.use(row):
        record(ActKind.QUESTIONNAIRE_USED, about=row.id)
    flash(_("Patients can answer it now. Choose the days they’re asked."), "saved")
    return redirect(url_for("check_ins.due_days", todo=from_to_do()))


def _preview(
    found: Instrument, row: InstrumentFile | None, left_out: list[str], name: str = ""
) -> str:
    return render_template(
        "questionnaires/preview.html",
        instrument=found,
        items=list(preview(found)),
        row=row,
        name=name,
        left_out=left_out,
        form=OurForm(),
    )


def _brought(form: QuestionnaireForm) -> InstrumentFile | None:
    """The row, or what is wrong with which file, in the form."""
    at = form.file
    try:
        asked = _text(form.file)
        at = form.scoring
        counts = _text(form.scoring)
        at = form.file
        return importing.bring_in(Files(asked, counts, importing.stem(form.file.data.filename)))
    except NotScored as problem:
        form.scoring.errors = [str(problem)]
    except NotImported as problem:
        at.errors = [str(problem)]
    return None


def _text(field: Upload) -> str:
    sent = field.data
    return importing.text_of(sent.read(), sent.filename) if sent else ""
