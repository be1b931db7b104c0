"""What is recorded when nothing was done: somebody asked for what isn't theirs, or met a row that
can't be opened. After the answer is made, in a transaction of its own."""

import re
from uuid import UUID

from flask import Flask, Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from webapp.accounts.access import anyone, current_sign_in
from webapp.audit.actions import record_once
from webapp.audit.kinds import ActKind
from webapp.core import errors, trouble
from webapp.core.data.db import db
from webapp.core.web.routes import declaration_of, is_read_by_nobody

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def init_app(app: Flask) -> None:
    """Look at each answer; nearly all of them have nothing to note."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    refused = response.status_code == 404 and _is_guarded() and not is_read_by_nobody()
    unopened = errors.unopened_rows()
    if (unopened or refused) and current_user.is_authenticated:
        try:
            _record(unopened)
        except DBAPIError as error:  # it was refused all the same
            errors.report(error, trouble.reason(error))
    return response


def _is_guarded() -> bool:
    """Whether there is such an address, and not for the whole world: a file, a blank form."""
    view = current_app.view_functions.get(request.endpoint or "")
    declared = declaration_of(view)
    is_a_file = request.blueprint == "static_files"
    return declared is not None and declared.guard is not anyone and not is_a_file


def _record(unopened: list[str]) -> None:
    by = current_sign_in().person_id
    db.session.rollback()
    if unopened:
        ids = {UUID(id) for which in unopened for id in ID.findall(which)[:1]}
        record_once(ActKind.UNOPENED, by=by, about=min(ids, default=None), ids=ids)
    else:
        asked = [value for value in (request.view_args or {}).values() if isinstance(value, UUID)]
        record_once(ActKind.REFUSED, by=by, about=asked[-1] if asked else None)
