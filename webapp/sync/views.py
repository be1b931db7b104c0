"""Where a phone brings what was written without a network."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Flask, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from webapp.accounts.access import (
    current_person,
    current_sign_in,
    is_away,
    patient,
    patient_writing,
)
from webapp.accounts.actions import note_use
from webapp.accounts.queries import author_mark
from webapp.core import clock
from webapp.core.errors import Invalid, NotFound
from webapp.core.limits import OPERATIONS
from webapp.core.web.forms import OurForm
from webapp.core.web.origin import comes_from_elsewhere
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.entries.queries import own
from webapp.sync import actions, page
from webapp.sync.kinds import kind_of
from webapp.sync.sealed import (
    Envelope,
    Operation,
    Unreadable,
    in_whole_characters,
    open_envelope,
)

bp = Blueprint("sync", __name__)

DRAFT = "draft"
HEADER, VALUE = "X-Groundwork", "outbox"
NEAR = timedelta(minutes=1)  # a clock that is off by less is right


def init_app(app: Flask) -> None:
    """Pages know of the outbox; `/sync` brings its own proof of where it comes from."""
    page.init_app(app)
    app.extensions["csrf"].exempt(sync)
    app.extensions["csrf"].exempt(open_drafts)


def from_our_own_page() -> None:
    """A patient's phone, and a page of ours on it."""
    _our_own_page()
    patient()


def written_on_our_own_page() -> None:
    """The same, on a locked phone too."""
    _our_own_page()
    patient_writing()


def _our_own_page() -> None:
    """A form's token dies while a phone has no network. Another site can neither set the header
    without asking first, which nobody grants, nor send JSON with a form, nor forge its origin.
    """
    is_ours = request.headers.get(HEADER) == VALUE and request.mimetype == "application/json"
    if not is_ours or comes_from_elsewhere():
        raise CSRFError


@bp.post("/sync")
@writes(written_on_our_own_page)
def sync() -> ResponseReturnValue:
    """Each operation gets its own answer; all of them are on disk before any is given."""
    sent = _sent("operations")
    ahead = _ahead(sent)
    note_use(current_sign_in())
    lock = {"has_lock": current_sign_in().has_lock, "is_locked": is_away()}
    answers = [_answer(operation, ahead, lock) for operation in sent["operations"]]
    return jsonify(answers=answers)


@bp.post("/sync/drafts")
@reads(from_our_own_page)
def open_drafts() -> ResponseReturnValue:
    """What was begun on pages without a sign-in, opened for its author, who seals it anew."""
    opened = [begun for sent in _sent("drafts")["drafts"] for begun in _draft(sent)]
    return jsonify(
        words=[field for draft in sorted(opened, key=_begun_at) for field in draft.fields]
    )


@bp.get("/sync/look")
@reads(patient)
def look() -> ResponseReturnValue:
    """The phone puts into this page what came back, and sends it on to be opened."""
    return render_template("sync/look.html", form=OurForm())


@bp.post("/sync/look")
@reads(patient)
def open_one() -> ResponseReturnValue:
    """What came back, opened for its author, filled in; nothing is decided for her."""
    try:
        envelope = Envelope.from_phone(request.form)
        if envelope.mark != author_mark(current_person):
            raise NotFound
        operation = in_whole_characters(open_envelope(envelope, page.outbox_keys()))
    except Unreadable:
        return render_template("sync/unreadable.html"), 422
    kind = kind_of(operation.kind)
    shown = kind.page(current_person, operation) if kind else None
    return shown or (render_template("sync/unreadable.html"), 422)


@bp.post("/sync/late-shares/<uuid:id>/end")
@writes(patient)
def keep_to_myself(id: UUID) -> ResponseReturnValue:
    """A share that came too late stays undone."""
    if own(current_person, Entry, id) is None:
        raise NotFound
    actions.settle_share(current_person, id)
    flash(_("Not shared. Only you can see it."), "saved")
    return redirect(url_for("today.index"))


def _sent(listed: str) -> dict[str, Any]:
    """What a phone sent, with a list in it that isn't too long. Raises Invalid."""
    try:
        sent: Any = request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, from whoever wants us to fall over
        raise Invalid from None
    items = sent.get(listed) if isinstance(sent, dict) else None
    if not isinstance(items, list) or len(items) > OPERATIONS:
        raise Invalid
    return cast(dict[str, Any], sent)


def _draft(sent: Any) -> list[Operation]:
    """One draft, opened; nothing when it is another's, or can't be opened."""
    try:
        envelope = Envelope.from_phone(sent)
        if envelope.kind != DRAFT or envelope.mark != author_mark(current_person):
            return []
        return [open_envelope(envelope, page.outbox_keys())]
    except Unreadable:
        return []


def _begun_at(draft: Operation) -> datetime:
    return draft.at


def _answer(sent: Any, ahead: timedelta, lock: dict[str, bool]) -> dict[str, str]:
    try:
        envelope = Envelope.from_phone(sent)
    except Unreadable:
        id = sent.get("id") if isinstance(sent, dict) else None
        id = id[:36] if isinstance(id, str) else ""
        return {"id": id, "answer": "rejected", "at": clock.now().isoformat()}
    keys = page.outbox_keys()
    given = actions.answer(current_person, envelope, keys, ahead, **lock)
    return {"id": str(envelope.id), "answer": given.outcome, "at": given.at.isoformat()}


def _ahead(sent: dict[str, Any]) -> timedelta:
    """How much the phone's clock is ahead of ours."""
    try:
        ahead = datetime.fromisoformat(str(sent.get("now"))) - clock.now()
    except (ValueError, TypeError):
        return timedelta()
    return ahead if abs(ahead) > NEAR else timedelta()
