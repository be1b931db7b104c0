"""The pages of one's own entries, the same for every kind."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial, update_wrapper
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import PhoneLocked, current_person, current_sign_in, patient
from webapp.accounts.actions import note_use
from webapp.accounts.models import Person
from webapp.accounts.phone_lock import ask as ask_for_pin
from webapp.core import clock
from webapp.core.errors import Ceiling, NotSignedIn, Unopened
from webapp.core.web.error_pages import not_signed_in
from webapp.core.web.forms import OurForm
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.forms import wall_time
from webapp.entries.models import Entry
from webapp.program.models import GroupRole, GroupSession
from webapp.program.next_and_last import next_of_mine
from webapp.program.queries import group_session_of, groups_of, readers_in
from webapp.settings.current import clinic_settings
from webapp.sharing import queries as sharing
from webapp.sharing.actions import share_while_saving
from webapp.sharing.courses import courses_of, saved, showing
from webapp.sharing.words import MARKS
from webapp.writing import actions
from webapp.writing.kind import KINDS, Kind, said_above
from webapp.writing.queries import one_of

RECENT = timedelta(hours=12)  # how long a hard moment may still be one


def register(bp: Blueprint, kind: Kind) -> None:
    """Give a kind its pages, in the blueprint of its feature."""
    if kind.new:
        _add(bp, kind, kind.new, new, create)
    if kind.edit:
        _add(bp, kind, f"{kind.at}/<uuid:id>", show)
    if kind.form is not None:
        KINDS[kind.name] = kind
        _add(bp, kind, f"{kind.at}/<uuid:id>{kind.edit}", edit, update)
    _add(bp, kind, f"{kind.at}/<uuid:id>/removal", post=remove)
    _add(bp, kind, f"{kind.at}/<uuid:id>/restoration", post=restore)


@reads(patient)
def new(kind: Kind) -> ResponseReturnValue:
    """The empty form, or with what the page says that leads here."""
    return form_page(kind, kind.form(zone=zone(), data=kind.begun()))


@writes(patient)
def create(kind: Kind) -> ResponseReturnValue:
    """Keep it. Sharing comes after saving: the words are safe before anything else is asked."""
    form = kind.form(zone=zone())
    if not form.validate():
        return form_page(kind, form, 422)
    made_on_phone = form.made_on_phone
    note_use(current_sign_in())
    entry = actions.save(kind, current_person, made_on_phone, form)
    if kind.shares and "share" in request.form:
        return _shared(kind, entry)
    _say_saved(saved(current_person, entry))
    return redirect(_page(kind, entry))


@reads(patient)
def show(kind: Kind, id: UUID) -> ResponseReturnValue:
    """One of them, whole; with whom it is shared, who opened it, what was answered."""
    entry = _open(kind, id)
    values = {**_whole(kind, entry), **kind.more(entry), **said_above(entry)}
    return render_template([kind.template("show"), "writing/show.html"], **values)


@reads(patient)
def edit(kind: Kind, id: UUID) -> ResponseReturnValue:
    """The same form, filled in."""
    entry = _open(kind, id)
    there = zone_of(entry)
    return form_page(kind, kind.form(zone=there, data=kind.filled(entry, there)), entry=entry)


@writes(patient)
def update(kind: Kind, id: UUID) -> ResponseReturnValue:
    """Save the change; when it was changed elsewhere meanwhile, show both and decide nothing."""
    entry = one_of(current_person, kind.model, id)
    form = kind.form(zone=zone_of(entry))
    form.stood = wall_time(entry, form.zone)
    if not form.validate():
        return form_page(kind, form, 422, entry=entry)
    if not form.saw(entry):
        return form_page(kind, form, 409, entry=entry, theirs=entry)
    actions.change(kind, current_person, entry, form)
    _say_saved(kind.said(entry))
    return redirect(_page(kind, entry))


@writes(patient)
def remove(kind: Kind, id: UUID) -> ResponseReturnValue:
    """Take it away, with a way back; also what can't be opened."""
    entry = one_of(current_person, kind.model, id, even_unopened=True)
    actions.remove(kind, current_person, entry)
    offer_undo(str(kind.removed), kind.address(id, "/restoration"))
    return redirect(kind.among(entry) if kind.among else kind.listed or kind.at)


@writes(patient)
def restore(kind: Kind, id: UUID) -> ResponseReturnValue:
    """Put it back."""
    entry = one_of(current_person, kind.model, id, removed=True, even_unopened=True)
    actions.restore(kind, current_person, entry)
    flash(_("Restored."), "saved")
    return redirect(_page(kind, entry))


def offer_undo(text: str, url: str) -> None:
    """Say on the next page that it was removed, with a way back."""
    flash({"text": text, "url": url, "label": _("Undo")}, "undo")  # type: ignore[arg-type]


def tapped(kind: Kind, name: str, answers: Iterable[int]) -> ResponseReturnValue:
    """The form with what was tapped on Today. A post that changes nothing: the answer stands in no
    address and no history."""
    if request.method == "GET":
        return redirect(url_for(kind.endpoint("new")))
    form = kind.form(formdata=None, zone=zone())
    said = request.form.get(name, "")
    if said in map(str, answers):
        form[name].data = int(said)
    return form_page(kind, form)


def behind_the_door(bp: Blueprint, endpoint: str, kind: Kind) -> None:
    """Whoever taps an answer after being away for long finds the form behind the door."""

    def at_the_door(error: NotSignedIn) -> ResponseReturnValue:
        if request.endpoint == endpoint:
            return redirect(url_for(error.way_in, next=url_for(kind.endpoint("new"))))
        return ask_for_pin(error) if isinstance(error, PhoneLocked) else not_signed_in(error)

    bp.register_error_handler(NotSignedIn, at_the_door)


@contextmanager
def removable(address: str) -> Iterator[None]:
    """When what is looked for can't be opened, the page that says so offers to remove it."""
    try:
        yield
    except Unopened as error:
        error.removal = address
        raise


def blank(kind: Kind) -> ResponseReturnValue:
    """The empty form for whoever holds a phone without a network: no name, no token, no id."""
    return form_page(kind, kind.form(zone=zone(), meta={"csrf": False}), blank=True)


def form_page(
    kind: Kind,
    form: Any,
    status: int = 200,
    entry: Entry | None = None,
    theirs: Entry | None = None,
    operation: UUID | None = None,
    blank: bool = False,
) -> ResponseReturnValue:
    """The form: for a new one, for a change, or `blank`.

    With `operation` it was filled in by what came back from a phone, and saving settles that.
    """
    values: dict[str, Any] = {
        "kind": kind, "form": form, "entry": entry, "theirs": theirs, "blank": blank,
        "operation": operation, "zone": form.zone, "now": clock.now(),
    }  # fmt: skip
    if entry is not None:
        values["action"] = kind.address(entry.id, kind.edit)
        if not kind.edit:
            values |= kind.more(entry)
    else:
        values["action"] = url_for(kind.endpoint("create"))
        if kind.shares and not blank:
            values |= _groups()
        if kind.model.has_course and not blank:
            values["courses"] = [
                course for course in courses_of(current_person) if course.kind == kind.name
            ]
    return render_template(kind.template("form"), **values), status


def _whole(kind: Kind, entry: Entry) -> dict[str, Any]:
    """What stands on the page of one, whatever its kind."""
    now = clock.now()
    values = {
        "kind": kind, "entry": entry, "form": OurForm(), "zone": zone_of(entry), "now": now,
        "is_recent": is_recent(entry, now),
    }  # fmt: skip
    return values | who_sees(entry)


def is_recent(entry: Entry, now: datetime) -> bool:
    """Whether a hard moment may still be one."""
    return now - entry.happened_at < RECENT


def who_sees(entry: Entry) -> dict[str, Any]:
    """With whom it is shared, who opened it, what was answered."""
    return {
        "shares": sharing.shares_of_entry(current_person, entry.id),
        "opened": sharing.openings(current_person, [entry.id]).get(entry.id, []),
        "courses": showing(current_person, entry),
        "answers": sharing.feedback_on(current_person, entry.id),
        "marked": sharing.marked(current_person, entry.id),
        "marks": MARKS,
    }


def zone_of(entry: Entry) -> str:
    """Where the clock on the wall hung when it was written."""
    there: str | None = entry.content.get("zone")
    return there or zone()


def zone() -> str:
    """The clinic's zone: where its patients' clocks hang."""
    name: str = clinic_settings().zone
    return name


def _say_saved(text: str) -> None:
    """That it was saved, and whether the phone has looked at its words already."""
    flash(text, "saved asked" if "asked" in request.form else "saved")


def _add(
    bp: Blueprint,
    kind: Kind,
    address: str,
    get: Callable[..., ResponseReturnValue] | None = None,
    post: Callable[..., ResponseReturnValue] | None = None,
) -> None:
    for method, view in (("GET", get), ("POST", post)):
        if view is not None:
            bound = update_wrapper(partial(view, kind=kind), view)  # with what it declares
            bp.add_url_rule(address, view.__name__ + kind.suffix, bound, methods=[method])


def _open(kind: Kind, id: UUID) -> Entry:
    """One of one's own, for its page."""
    with removable(kind.address(id, "/removal")):
        return one_of(current_person, kind.model, id)


def _page(kind: Kind, entry: Entry) -> str:
    return kind.among(entry) if kind.among else kind.address(entry.id)


def _groups() -> dict[str, Any]:
    """With whom it can be shared while it is saved."""
    person = current_sign_in().person
    groups = groups_of(person, GroupRole.PATIENT)
    only = groups[0] if len(groups) == 1 else None
    upcoming = next_of_mine(person, only.id) if only else None
    return {
        "groups": groups,
        "upcoming": upcoming,
        "ends": sharing.next_end(person, upcoming),
        "readers": readers_in(only.id) if only else [],
    }


def _as_shown(person: Person, group_id: UUID) -> GroupSession | None:
    """The next session of this group, if it is the group that the page showed."""
    upcoming, shown = next_of_mine(person, group_id), request.form.get("for", "")
    if upcoming is None or shown in ("", str(upcoming.id)):
        return upcoming
    try:
        former = group_session_of(person, GroupRole.PATIENT, UUID(shown))
    except ValueError:
        return None
    return upcoming if former is not None and former.group_id == group_id else None


def _shared(kind: Kind, entry: Entry) -> ResponseReturnValue:
    """Shared at once, if that is clear; else one more step, which help comes before."""
    bring_up, asks = "bring_up" in request.form, request.form.get("for") == "ask"
    try:
        group = (
            None
            if asks
            else share_while_saving(current_person, entry, _as_shown, bring_up=bring_up)
        )
    except Ceiling as ceiling:  # what was written stays saved
        said = f"{saved(current_person, entry)} {ceiling.message}"
    else:
        if group is None and not entry.is_unsafe:
            _say_saved(_("Saved. One more step to share it."))
            return redirect(url_for("sharing.share", id=entry.id, bring_up=1 if bring_up else None))
        said = _("Saved and shared with your facilitators.")
        if group is None:
            said = saved(current_person, entry)
    _say_saved(said)
    return redirect(_page(kind, entry))
