"""Taking everything along."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.accounts.confirming import asks_again, is_confirmed, own_passkey_asked
from webapp.accounts.forms import ConfirmForm
from webapp.audit.actions import record, record_unopened
from webapp.audit.kinds import ActKind
from webapp.core import clock, throttle
from webapp.core.data.db import db, outside_transaction, writing
from webapp.core.web.routes import writes
from webapp.export.fhir import resources
from webapp.export.labels import InWords
from webapp.export.queries import TABLES, Known, records_of
from webapp.export.writing import as_bundle, as_json, zipped
from webapp.settings.current import clinic_settings

bp = Blueprint("export", __name__)

# One at a time: no answer of ours lasts longer than a minute, so nobody has two of them going on.
ONE_AT_A_TIME = throttle.Lane("everything", 1, timedelta(minutes=1), timedelta(minutes=1))


@bp.route("/you/everything", methods=["GET", "POST"])
@writes(asks_again(patient))
def everything() -> ResponseReturnValue:
    """What is in the file, and who can read it then; posted to, the file.

    It is made while it is sent, and nothing of it stays here.
    """
    form = ConfirmForm(formdata=None)
    if request.method != "POST":
        asks = not is_confirmed()
        passkey = own_passkey_asked() if asks else None
        return render_template("export/index.html", form=form, asks=asks, passkey=passkey)
    person_id = current_person.id
    with outside_transaction():
        throttle.count_try((ONE_AT_A_TIME, str(person_id)))
    record(ActKind.EVERYTHING_TAKEN, person=person_id)
    made_at, zone = clock.now(), clinic_settings().zone
    response = Response(
        stream_with_context(_reading(zipped(_files(person_id, made_at, zone), made_at), person_id)),
        mimetype="application/zip",
    )
    response.headers["Content-Disposition"] = 'attachment; filename="everything.zip"'
    return response


def _files(person_id: UUID, at: datetime, zone: str) -> Iterator[tuple[str, Iterator[str]]]:
    yield "everything.html", page(person_id, at, zone)
    known = Known()
    tables = ((table.name, records_of(person_id, table, known)) for table in TABLES)
    yield "everything.json", as_json(at, tables)
    yield "questionnaires.fhir.json", as_bundle(at, resources(person_id))


def page(person_id: UUID, at: datetime, zone: str) -> Iterator[str]:
    """Everything about somebody, to read."""
    known, in_words = Known(), InWords(zone)
    style = current_app.jinja_env.get_template("export/style.css").render()
    context: dict[str, Any] = {
        "at": at,
        "zone": zone,
        "tables": (
            (table.title, map(in_words.lines, records_of(person_id, table, known)))
            for table in TABLES
        ),
        "style": style,
        "style_hash": b64encode(sha256(style.encode()).digest()).decode(),
    }
    return current_app.jinja_env.get_template("export/everything.html").generate(context)


def _reading(parts: Iterator[bytes], person_id: UUID) -> Iterator[bytes]:
    """Each part reads in a transaction of its own: a slow phone holds none open. What couldn't be
    opened is noted at the end: where pages note it, nothing was read yet."""
    while True:
        with writing(allowed=False):
            part = next(parts, None)
            db.session.rollback()
        if part is None:
            record_unopened(person_id)
            return
        yield part
