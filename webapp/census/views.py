"""The director's page, and the same as a file."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from webapp.accounts.access import administrator
from webapp.attendance.table import written
from webapp.census.tables import numbers
from webapp.core import clock
from webapp.core.web.routes import reads
from webapp.core.wording import gettext as _
from webapp.counting.hiding import FEWEST
from webapp.permissions.permission_text import COUNT
from webapp.settings.current import clinic_settings

bp = Blueprint("census", __name__)


@bp.get("/clinic/numbers")
@reads(administrator)
def show() -> ResponseReturnValue:
    """The program by quarter and group: its own records, and what patients let be counted."""
    return render_template(
        "census/show.html", numbers=numbers(clock.now()), zone=clinic_settings().zone,
        fewest=FEWEST, permission=COUNT,
    )  # fmt: skip


@bp.get("/clinic/numbers.csv")
@reads(administrator)
def download() -> ResponseReturnValue:
    """The same tables for a spreadsheet, a line a number."""
    heading = [_("Table"), _("Line"), _("Column"), _("Number")]
    lines = [
        [table.title, ", ".join(line[: table.about]), head, cell]
        for table in numbers(clock.now()).all
        for line in table.lines
        for head, cell in zip(table.heads[table.about :], line[table.about :], strict=True)
    ]
    response = Response(written([heading, *lines]), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return response
