"""What a patient shares, with whom, who opened it, and how it stops."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.accounts.confirming import asks_again
from webapp.accounts.models import Person
from webapp.consents.models import OutsideConsent
from webapp.consents.queries import accounting_of
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Conflict, NotFound, or_not_found
from webapp.core.web.choices import choices
from webapp.core.web.routes import reads, writes
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.entries.queries import own
from webapp.permissions.models import Permission
from webapp.permissions.permission_text import PERMISSIONS
from webapp.program.actions import see_removal, see_step
from webapp.program.models import Group, GroupRole, GroupSession, Membership
from webapp.program.next_and_last import next_group_session, next_of_mine
from webapp.program.queries import (
    group_of,
    groups_of,
    own_removal,
    own_step,
    people_in,
    readers_in,
    supervisors,
)
from webapp.settings.current import clinic_settings
from webapp.sharing import actions, courses, queries
from webapp.sharing.consent_text import document, names_courses, names_notes
from webapp.sharing.forms import (
    AgainForm,
    CourseForm,
    ShareForm,
    SignedCourseForm,
    SignedShareForm,
)
from webapp.sharing.givings import GIVINGS, Giving, gives
from webapp.sharing.models import Consent, Mark, Share
from webapp.sharing.words import MARKS
from webapp.signing.added import added_by
from webapp.signing.models import fingerprint
from webapp.signing.pages import own_copy, to_sign
from webapp.signing.queries import own as own_signed
from webapp.signing.queries import signed_by

bp = Blueprint("sharing", __name__)
LATEST = 3  # of what was given out, on the page itself


def _permissions(person: Person) -> dict[str, Any]:
    return {"kinds": PERMISSIONS.values(), "permitted": signed_by(person, Permission)}


def _outside(person: Person) -> dict[str, Any]:
    latest, older = accounting_of(person, most=LATEST)
    return {"consents": signed_by(person, OutsideConsent), "given_out": latest, "older": older}


def _courses(person: Person) -> dict[str, Any]:
    there, listed = courses.offered(person), []
    for course in courses.courses_of(person):
        seen = [entry for entry in there.get(course.key or "", []) if course.shows(entry)]
        listed.append((course, courses.numbers(seen), courses.opened(person, course)))
    is_asked = len(listed) < len(groups_of(person, GroupRole.PATIENT))
    latest = [entries[0] for entries in there.values()] if is_asked else []
    return {"listed": listed, "latest": latest}


gives(Giving("courses", "sharing/courses.html", _courses))
# The floor below can't say so itself. Shares stand on the page anyway.
gives(Giving("consents", "sharing/consents.html", queries.consents_of))
gives(Giving("permissions", "permissions/listed.html", _permissions))
gives(Giving("outside", "consents/listed.html", _outside))


@bp.get("/sharing")
@reads(patient)
def index() -> ResponseReturnValue:
    """Everything that is shared right now, with whom, and who opened what and when."""
    before = clock.named(request.args.get("before"))
    shares, older = queries.page_of_shares(current_person, before)
    ended = queries.ended_shares(current_person)
    opened = queries.openings(current_person, [listed.entry_id for listed in [*shares, *ended]])
    groups = groups_of(current_person, GroupRole.PATIENT)
    return render_template(
        "sharing/index.html",
        shares=shares,
        last=shares[-1] if older else None,
        ended=ended,
        marks=MARKS,
        opened=opened,
        readers={group.id: readers_in(group.id) for group in groups},
        supervisors=queries.supervisors_of(current_person),
        groups=groups,
        givings=GIVINGS.values(),
        given_by={giving.name: giving.of(current_person) for giving in GIVINGS.values()},
        zone=clinic_settings().zone,
        now=clock.now(),
    )


@bp.post("/sharing/supervisors/<uuid:id>")
@writes(patient)
def answer_supervisor(id: UUID) -> ResponseReturnValue:
    """Whether a clinical supervisor may also open what was shared before: the patient's own yes,
    which can be taken back like any share."""
    found = (one for one, _opens in queries.supervisors_of(current_person) if one.id == id)
    supervision = or_not_found(next(found, None))
    opens = request.form.get("opens") == "yes"
    if supervision.from_at > clock.now():
        raise Conflict
    actions.answer_supervisor(current_person, supervision, opens=opens)
    flash(
        _("Saved. They can now also open what you shared before.")
        if opens
        else _("Saved. What you shared before stays closed to them."),
        "saved",
    )
    return redirect(url_for("today.index" if request.form.get("shown") == "today" else ".index"))


@bp.get("/sharing/bring")
@reads(patient)
def bring() -> ResponseReturnValue:
    """My topic, to be read at arm's length, and what else I share; once group is over, what became
    of it."""
    upcoming = next_group_session(current_person, GroupRole.PATIENT)
    known = (upcoming.group_id, upcoming.id) if upcoming else (None, None)
    bringing = queries.bringing(current_person, *known)
    group_id = bringing.over.group_id if bringing.over else known[0]
    ids = [one.entry_id for one in [*bringing.topics, *bringing.also]]
    return render_template(
        "sharing/bring.html",
        upcoming=upcoming,
        bringing=bringing,
        opened=queries.openings(current_person, ids),
        readers=readers_in(group_id) if group_id else [],
        again=next_of_mine(current_person, group_id) if bringing.over and group_id else None,
        marks=MARKS,
        zone=clinic_settings().zone,
        now=clock.now(),
    )


@bp.post("/shares/<uuid:id>/became")
@writes(patient)
def became(id: UUID) -> ResponseReturnValue:
    """Talked about, one to one, or next time: then it is shared for the next session, too."""
    share = _own_share(id)
    what = request.form.get("what", "")
    if what not in set(Mark) or share.ended_at is not None:
        raise Conflict
    if what == Mark.NEXT:
        for_ = next_of_mine(current_person, share.group_id)
        if for_ is None:
            raise Conflict
        actions.share(
            share.entry, share.group, consent=queries.consent_for(current_person, share.group_id),
            for_=for_, bring_up=True, about=share.about,
        )  # fmt: skip
    else:
        actions.say_became(share, Mark(what), share.group_session)
    flash(_("Saved."), "saved")
    is_on_today = request.form.get("shown") == "today"
    return redirect(url_for("today.index" if is_on_today else "sharing.bring"))


@bp.post("/shares/<uuid:id>/not-this-time")
@writes(patient)
def not_this_time(id: UUID) -> ResponseReturnValue:
    """It stays shared, and isn't to be talked about."""
    share = _own_share(id)
    share.bring_up = False
    flash(_("OK. You’re still sharing this, but not as a topic."), "saved")
    return redirect(url_for("sharing.bring"))


@bp.route("/entries/<uuid:id>/share", methods=["GET", "POST"])
@writes(asks_again(patient, signing="signed_name"))
def share(id: UUID) -> ResponseReturnValue:
    """Share one entry with one's group; the first time, sign the consent on the same page."""
    entry = _own_entry(id)
    group = _chosen_group()
    if group is None:
        return render_template("sharing/no_group.html", entry=entry)
    consent = queries.consent_for(current_person, group.id)
    is_former = consent is not None and not names_notes(consent.text_version)
    if is_former and "sign" in request.args:
        consent = None
    form = ShareForm() if consent else SignedShareForm()
    upcoming = next_of_mine(current_person, group.id)
    if upcoming is None:
        form.until.data = "taken_back"
    others = _others(group)
    form.also.choices = choices((str(other.id), said) for other, _for, said in others)
    text = [] if consent else _document(group)
    is_valid = form.validate_on_submit()
    is_changed = is_valid and not consent and form["shown"].data != fingerprint(text)
    if is_valid and not is_changed:
        consent = consent or _sign(group, form["signed_name"].data, text)
        with_ = [(group, upcoming), *(
            (other, for_) for other, for_, _said in others if str(other.id) in form.also.data
        )]  # fmt: skip
        for chosen, for_ in with_:
            actions.share(
                entry,
                chosen,
                consent=consent if chosen is group else _consent(chosen),
                for_=for_ if form.until.data == "session" else None,
                bring_up=form.bring_up.data,
                about=form.about.data if form.bring_up.data else None,
            )
        flash(_("Shared with your facilitators."), "saved")
        return redirect(url_for("sharing.index"))
    if request.method == "GET":  # as it is shared already, if it is: that is replaced
        shares = queries.shares_of_entry(current_person, id)
        there = next((one for one in shares if one.group_id == group.id), None)
        stays = "bring_up" in request.args and there and there.group_session_id is None
        form.until.data = "taken_back" if upcoming is None or stays else "session"
        form.bring_up.data = "bring_up" in request.args or bool(there and there.bring_up)
        form.about.data = there.about if there else None
    return to_sign(
        "sharing/share.html",
        form,
        text,
        is_changed=is_changed,
        is_former=is_former and consent,
        entry=entry,
        group=group,
        groups=groups_of(current_person, GroupRole.PATIENT),
        upcoming=upcoming,
        ends=queries.open_until(upcoming, consent) if upcoming else None,
        readers=readers_in(group.id),
        lines=clinic_settings().help_lines,
    )


@bp.route("/entries/<uuid:id>/over-time", methods=["GET", "POST"])
@writes(asks_again(patient, signing="signed_name"))
def start_course(id: UUID) -> ResponseReturnValue:
    """Let what entries like this one come to be seen over time; sign first, where the consent that
    is in force doesn't speak of it."""
    entry, group = _own_entry(id), or_not_found(_chosen_group())
    there = or_not_found(courses.offered(current_person).get(entry.course[0]))
    consent = _consent(group)
    if consent is not None and not names_courses(consent.text_version):
        consent = None
    form = CourseForm() if consent else SignedCourseForm()
    text = [] if consent else _document(group)
    is_valid = form.validate_on_submit()
    is_changed = is_valid and not consent and form["shown"].data != fingerprint(text)
    if is_valid and not is_changed:
        consent = consent or _sign(group, form["signed_name"].data, text)
        actions.start_course(entry, group, consent=consent, earlier=form.earlier.data)
        flash(_("Shared with your facilitators, until you stop sharing."), "saved")
        return redirect(url_for("sharing.index"))
    return to_sign(
        "sharing/start_course.html",
        form,
        text,
        is_changed=is_changed,
        entry=entry,
        group=group,
        groups=groups_of(current_person, GroupRole.PATIENT),
        upcoming=next_of_mine(current_person, group.id),
        readers=readers_in(group.id),
        numbers=courses.numbers(there),
        instead=[one for one in courses.courses_of(current_person) if one.group_id == group.id],
    )


@bp.route("/sharing/again/<uuid:id>", methods=["GET", "POST"])
@writes(patient)
def again(id: UUID) -> ResponseReturnValue:
    """After a removal was undone, or a move: share the same again, one by one, until when as
    before. After a move, what was for the next session is for the next one there."""
    ended, group_id, is_seen, dismiss = _ended_by(id)
    group = or_not_found(group_of(current_person, GroupRole.PATIENT, group_id))
    consent = queries.consent_for(current_person, group.id)
    upcoming = next_of_mine(current_person, group.id)
    if any(former.group_id != group.id for former in ended) and upcoming is None:
        ended = [former for former in ended if former.group_session is None]
    form = AgainForm()
    form.entries.choices = choices((str(former.id), "") for former in ended)
    if consent is not None and form.validate_on_submit():
        for former in ended:
            if str(former.id) in form.entries.data:
                actions.share(
                    former.entry,
                    group,
                    consent=consent,
                    for_=former.group_session
                    if former.group_id == group.id
                    else upcoming
                    if former.group_session
                    else None,
                    bring_up=former.bring_up,
                    about=former.about,
                )
        is_seen()
        flash(_("Shared with your facilitators."), "saved")
        return redirect(url_for("sharing.index"))
    page = render_template(
        "sharing/again.html",
        form=form,
        ended=ended,
        group=group,
        consent=consent,
        upcoming=upcoming,
        ends=queries.open_until(upcoming, consent) if upcoming else None,
        readers=people_in(group.id, GroupRole.FACILITATOR),
        dismiss=dismiss,
        zone=group.zone,
        now=clock.now(),
    )
    return page, 422 if form.errors else 200


def _ended_by(id: UUID) -> tuple[list[Share], UUID, Callable[[], None], str]:
    """What a removal or a move ended, with which group it can be shared, how it is dismissed, and
    where. It is asked once: whoever answered has nothing left to share here."""
    removal = own_removal(current_person, id)
    if removal is not None and removal.undone_at is not None:
        group_id = removal.membership.group_id
        ended = [] if removal.seen_at else queries.ended_by(removal)
        dismiss = url_for("program.see_removal", id=id)
        return ended, group_id, partial(see_removal, removal), dismiss
    before, after = or_not_found(own_step(current_person, id))
    ended = [] if after.seen_at else queries.ended_by_step(before, after)
    return ended, after.group_id, partial(see_step, after), url_for("program.see_step", id=id)


@bp.post("/shares/<uuid:id>/end")
@writes(patient)
def take_back(id: UUID) -> ResponseReturnValue:
    """Take one entry back: one tap, effective on the next request of anybody."""
    found = queries.own_shared(current_person, id)
    if found is None:
        raise NotFound
    actions.take_back(found)
    flash(_("No longer shared. No one else can open it now."), "saved")
    return redirect(url_for("sharing.index"))


@bp.post("/sharing/stop")
@writes(patient)
def stop_all() -> ResponseReturnValue:
    """Take everything back at once."""
    actions.take_all_back(current_person)
    flash(_("Nothing is shared anymore. No one else can open your entries now."), "saved")
    return redirect(url_for("sharing.index"))


@bp.get("/sharing/consents/<uuid:id>")
@reads(patient)
def consent(id: UUID) -> ResponseReturnValue:
    """A consent as it was signed."""
    return own_copy("sharing/consent.html", own_signed(current_person, Consent, id))


@bp.post("/sharing/consents/<uuid:id>/revocation")
@writes(patient)
def revoke_consent(id: UUID) -> ResponseReturnValue:
    """Take a consent back; everything that stood on it stops."""
    actions.revoke_consent(own_signed(current_person, Consent, id))
    flash(_("Your consent is canceled. Nothing is shared with this group anymore."), "saved")
    return redirect(url_for("sharing.index"))


@bp.post("/feedback/<uuid:id>/seen")
@writes(patient)
def put_away(id: UUID) -> ResponseReturnValue:
    """Put an answer away; it stays with the entry. To a question, yes or not now: of the latter
    nothing is kept, and nobody hears."""
    feedback = queries.own_feedback(current_person, id)
    if feedback:
        actions.put_away(feedback)
        if feedback.asks and request.form.get("yes"):
            if not actions.raise_in_group(current_person, feedback):
                return redirect(url_for("sharing.share", id=feedback.entry_id, bring_up=1))
            flash(_("Marked as something you want to talk about."), "saved")
    elif queries.was_deleted(current_person, id):
        flash(_("This reply was deleted."))
    else:
        raise NotFound
    return redirect(url_for("today.index"))


def _own_share(id: UUID) -> Share:
    return or_not_found(queries.own_share(current_person, id))


def _own_entry(id: UUID) -> Entry:
    return or_not_found(own(current_person, Entry, id))


def _chosen_group() -> Group | None:
    """The one that is asked for, else the one that meets next. A form names the one that its page
    showed, and is for no other, whatever groups there are by now. Raises Conflict."""
    groups, is_form = groups_of(current_person, GroupRole.PATIENT), request.method == "POST"
    by_id = {str(group.id): group for group in groups}
    if wanted := by_id.get((request.form if is_form else request.args).get("group", "")):
        return wanted
    if is_form and groups:
        raise Conflict
    upcoming = next_group_session(current_person, GroupRole.PATIENT) if len(groups) > 1 else None
    return by_id[str(upcoming.group_id)] if upcoming else next(iter(groups), None)


def _others(group: Group) -> list[tuple[Group, GroupSession, str]]:
    """The other groups that it can be shared with at once, and who reads there: a consent is in
    force, and a session comes."""
    found = []
    for other in groups_of(current_person, GroupRole.PATIENT):
        readers = people_in(other.id, GroupRole.FACILITATOR) if other.id != group.id else []
        upcoming = next_of_mine(current_person, other.id) if readers else None
        if upcoming is not None and _consent(other) is not None:
            names = ", ".join(reader.as_reader for reader in readers)
            said = _("%(group)s: %(names)s can open it", group=other.name, names=names)
            found.append((other, upcoming, said))
    return found


def _consent(group: Group) -> Consent | None:
    return queries.consent_for(current_person, group.id)


def _consent_ends() -> datetime:
    return clock.now() + actions.CONSENT_LASTS


def _document(group: Group) -> list[list[str]]:
    clinic = clinic_settings()
    text = document(
        patient=current_person.called,
        group=group.name,
        clinic=clinic.in_consents,
        readers=[person.as_reader for person in people_in(group.id, GroupRole.FACILITATOR)],
        supervisors=[
            (one.person.called, clock.local(one.from_at, group.zone).date())
            for one in supervisors(Membership.group_id == group.id)
            if one.from_at > clock.now()
        ],
        ends=clock.local(_consent_ends(), group.zone).date(),
    )
    return text + added_by(clinic)


def _sign(group: Group, name: str, text: list[list[str]]) -> Consent:
    signed = actions.sign_consent(current_person, group, name, text, _consent_ends())
    db.session.flush()
    return signed
