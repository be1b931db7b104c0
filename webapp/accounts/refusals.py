"""What is recorded when nothing was done: somebody asked for what isn't theirs, or met a row that
can't be opened. After the answer is made, in a transaction of its own."""

from uuid import UUID

from flask import Flask, Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from webapp.accounts.access import anyone, current_sign_in
from webapp.audit.actions import record_once, record_unopened
from webapp.audit.kinds import ActKind
from webapp.core import errors, trouble
from webapp.core.data.db import db
from webapp.core.web.routes import declaration_of, is_read_by_nobody


def init_app(app: Flask) -> None:
    """Look at each answer; nearly all of them have nothing to note."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    unopened = errors.met_unopened()
    refused = response.status_code == 404 and _is_guarded() and not is_read_by_nobody()
    if unopened or refused:
        try:  # who it was is asked for here alone: a database that is away has its own page
            is_known = current_user.is_authenticated
            if unopened or is_known:
                _record(current_sign_in().person_id if is_known else None)
        except DBAPIError as error:  # it was refused all the same
            errors.report(error, trouble.reason(error))
    return response


def _is_guarded() -> bool:
    """Whether there is such an address, and not for the whole world: a file, a blank form."""
    view = current_app.view_functions.get(request.endpoint or "")
    declared = declaration_of(view)
    is_a_file = request.blueprint == "static_files"
    return declared is not None and declared.guard is not anyone and not is_a_file


def _record(by: UUID | None) -> None:
    db.session.rollback()
    if errors.met_unopened():
        record_unopened(by)
    else:
        asked = [value for value in (request.view_args or {}).values() if isinstance(value, UUID)]
        record_once(ActKind.REFUSED, by=by, about=asked[-1] if asked else None)
