"""The clinic's lists of recovery meetings: add one, look at it before patients do, update, remove.

Nothing here is about a person. Reading an address is bounded in time and size, one at a time, and
never while a transaction is open: whoever saves something meanwhile doesn't wait for a website.
"""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from webapp.accounts.access import administrator
from webapp.accounts.confirming import asks_again
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.core import clock, throttle
from webapp.core.data.db import db, outside_transaction
from webapp.core.errors import TooMany, or_not_found
from webapp.core.folding import one_line
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext
from webapp.meetings import lists
from webapp.meetings.errors import NotImported
from webapp.meetings.feed import fetch_while_waiting
from webapp.meetings.forms import ListForm
from webapp.meetings.importing import Chosen, Seen, feed_from, is_address
from webapp.meetings.models import Feed, ListDraft
from webapp.meetings.words import fellowship_label
from webapp.settings.current import clinic_settings
from webapp.settings.to_do import from_to_do, onward

bp = Blueprint("meeting_lists", __name__, url_prefix="/clinic/meeting-lists")

bp.add_app_template_filter(fellowship_label, "fellowship_label")

FETCHES = throttle.Lane("fetching a list", 30, timedelta(seconds=30), timedelta(minutes=10))


@bp.route("", methods=["GET", "POST"])
@writes(administrator)
def index() -> ResponseReturnValue:
    """What there is, how old, what changed, why the last try didn't work; and one more."""
    form = ListForm(zone=clinic_settings().zone)
    if form.validate_on_submit() and (draft := _drafted(form, None)):
        return redirect(url_for("meeting_lists.preview", id=draft, todo=from_to_do()))
    page = render_template(
        "meetings/lists.html", form=form, feeds=lists.feeds(), count=lists.meetings_by_feed(),
        held=lists.held(), now=clock.now(), zone=clinic_settings().zone,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.route("/<uuid:id>/replacement", methods=["GET", "POST"])
@writes(administrator)
def replace(id: UUID) -> ResponseReturnValue:
    """Another file, address, or fellowship for a list that is there: saved meetings stay saved."""
    feed = or_not_found(db.session.get(Feed, id))
    form = ListForm(
        zone=feed.zone, fellowship=feed.fellowship, address=feed.source if feed.is_asked else ""
    )
    if form.validate_on_submit() and (draft := _drafted(form, feed)):
        return redirect(url_for("meeting_lists.preview", id=draft))
    page = render_template("meetings/list_replacement.html", form=form, feed=feed)
    return page, 422 if form.errors else 200


@bp.get("/previews/<uuid:id>")
@reads(administrator)
def preview(id: UUID) -> ResponseReturnValue:
    """What a list would bring, and the rows that can't be read, before patients see any of it."""
    draft = or_not_found(db.session.get(ListDraft, id))
    return render_template("meetings/list_preview.html", draft=draft, found=lists.preview(draft))


@bp.post("/previews/<uuid:id>")
@writes(asks_again(administrator))
def use(id: UUID) -> ResponseReturnValue:
    """From now on patients find these meetings."""
    or_not_found(db.session.get(ListDraft, id))
    try:
        feed = lists.use(id)
    except NotImported as problem:
        flash(str(problem), "problem")
        return redirect(url_for("meeting_lists.index"))
    record(ActKind.MEETING_LISTS_CHANGED, about=feed)
    flash(_("Patients can find these meetings now."), "saved")
    return onward("meeting_lists.index")


@bp.post("/previews/<uuid:id>/removal")
@writes(administrator)
def discard(id: UUID) -> ResponseReturnValue:
    """Not this one: what patients find stays as it is."""
    db.session.delete(or_not_found(db.session.get(ListDraft, id)))
    flash(_("Nothing changed."), "saved")
    return redirect(url_for("meeting_lists.index"))


@bp.post("/<uuid:id>/refresh")
@writes(administrator)
def refresh(id: UUID) -> ResponseReturnValue:
    """Ask its address now, as every night does."""
    feed = or_not_found(db.session.get(Feed, id))
    source = feed.source
    if not feed.is_asked:
        return redirect(url_for("meeting_lists.replace", id=id))
    try:
        with outside_transaction(), lists.alone():
            read = lists.read_again(source, BytesIO(_fetched(source)))
        said = _("More than half would be removed. Look at it first.") if read.is_held else ""
    except lists.NotNow as problem:
        said = str(problem)
    except NotImported as problem:
        lists.note_trouble(source, said := str(problem))
    record(ActKind.MEETING_LISTS_CHANGED, about=id)
    flash(said or _("The list is up to date."), "problem" if said else "saved")
    return redirect(url_for("meeting_lists.index"))


@bp.post("/<uuid:id>/removal")
@writes(asks_again(administrator))
def remove(id: UUID) -> ResponseReturnValue:
    """Take a list away, and its meetings from the finder."""
    lists.remove(or_not_found(db.session.get(Feed, id)))
    record(ActKind.MEETING_LISTS_CHANGED, about=id)
    flash(_("Removed. Patients no longer find its meetings."), "saved")
    return redirect(url_for("meeting_lists.index"))


def _drafted(form: ListForm, feed: Feed | None) -> UUID | None:
    """The id of what was read and kept; none where the form says why not."""
    id = feed.id if feed else None
    try:
        said = _said(form)
        other = feed_from(said.source)
        if id and other and other.id != id:
            raise NotImported(_("You already have this list. Update it there."))
        body, seen = _read(said)
    except NotImported as problem:
        field = form.file if _file() else form.address
        field.errors = [str(problem)]
        return None
    return lists.draft(body, said, seen, db.session.get(Feed, id) if id else None).id


def _said(form: ListForm) -> Chosen:
    """A file before an address: on the page to replace a list, its address is filled in."""
    file, source = _file(), form.address.data
    if file:
        name = re.split(r"[/\\]", file.filename or "")[-1].replace("://", " ")
        source = one_line(name[:200]) or "list.json"
    elif not source:
        raise NotImported(_("Enter an address or choose a file."))
    elif not is_address(source):
        raise NotImported(_("Enter the whole address, starting with https://"))
    return Chosen(source, form.fellowship.data, form.zone.data)


def _file() -> FileStorage | None:
    file = request.files.get("file")
    return file if file and file.filename else None


def _read(said: Chosen) -> tuple[bytes, Seen]:
    """Raises NotImported."""
    with outside_transaction(), lists.alone():
        file = _file()
        body = file.read() if file else _fetched(said.source)
        return body, lists.look(body, said)


def _fetched(address: str) -> bytes:
    try:
        throttle.count_try((FETCHES, ""))
    except TooMany as refused:
        minutes = -(-refused.wait // timedelta(minutes=1))
        raise lists.NotNow(
            ngettext(
                "Too many lists were read. Try again in %(num)s minute.",
                "Too many lists were read. Try again in %(num)s minutes.",
                minutes,
            )
        ) from None
    return fetch_while_waiting(address)
