"""The first page a patient sees."""

from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts import actions
from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.models import Person
from webapp.accounts.phone_lock import offers_lock
from webapp.accounts.queries import new_device, resets_of
from webapp.aftercare import calls
from webapp.aftercare import queries as aftercare
from webapp.attendance.forms import SAYS
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.web.routes import reads, writes
from webapp.discharge.forms import OWN_OUTCOMES
from webapp.discharge.queries import Board, by_removal, news_of
from webapp.homework.queries import on_today
from webapp.medication.doses import dose_id
from webapp.medication.words import ANSWERS
from webapp.program.models import GroupRole, Removal
from webapp.program.next_and_last import changed_soon, next_group_session
from webapp.program.queries import (
    added_to,
    groups_of,
    people_in,
    readers_in,
    removals_of,
    stepped_lately,
)
from webapp.ratings.queries import to_rate
from webapp.reminders.queries import known_here
from webapp.settings.current import clinic_settings
from webapp.sharing import queries as sharing
from webapp.sharing.models import Share
from webapp.sync.queries import late_shares
from webapp.today import queries
from webapp.today.day import SOON, Day, Thing, order
from webapp.today.own_glance import Begun, own_glance
from webapp.today.suggest import ONCE
from webapp.week.queries import unsaid

bp = Blueprint("today", __name__)

READERS_LATELY = timedelta(days=7)


@bp.get("/today")
@reads(patient)
def index() -> ResponseReturnValue:
    """The one thing that is next, at most four below it, and what has to be known first."""
    sign_in = current_sign_in()
    person, now = sign_in.person, clock.now()
    upcoming = next_group_session(person, GroupRole.PATIENT)
    since = now - READERS_LATELY
    zone = upcoming.zone if upcoming else clinic_settings().zone
    local = clock.local(now, zone)
    waiting = queries.glance(sign_in, upcoming, now, since, local.date())
    own = queries.own(person, now)
    follow_up = unsaid(person, now) if waiting.had_appointment else None
    stepped = stepped_lately(person, since) if waiting.has_stepped else None
    answers = sharing.unseen_feedback(person) if waiting.is_answered else []
    homework = on_today(person, now) if waiting.has_homework else []
    begun = queries.begun(person, now) if waiting.is_new else None
    seen = own_glance(
        person,
        own.rows,
        now,
        local.date(),
        had_follow_up=follow_up is not None,
        may_rate=waiting.may_rate and to_rate(person, now) is not None,
        is_asked=_is_asked(waiting, now),
        begun=begun,
        may_lock=offers_lock(now),
        answered=_answered(begun),
    )
    is_checked_in = any(
        clock.local(one.happened_at, zone).date() == local.date() for one in seen.checked_in
    )
    there = {
        Thing.DOSE: own.due,
        Thing.GROUP: upcoming,
        Thing.AFTER: waiting.topic and waiting.topic.is_over,
        Thing.CHECK_IN: waiting.asks_daily and not is_checked_in,
        Thing.HOMEWORK: homework,
        Thing.REPLIES: answers,
        Thing.OPENED: waiting.opened and not upcoming,  # else the group's card says so
        Thing.SUGGESTION: seen.suggestion and not seen.unsafe,  # else help stands first, once
        Thing.HELPS: seen.helps_most or seen.favourite,
    }
    day = Day(
        local.hour,
        frozenset(thing for thing, is_there in there.items() if is_there),
        upcoming.starts_at - now if upcoming else None,
        seen.is_hard,
    )
    return render_template(
        "today/index.html",
        now=now,
        zone=zone,
        hour=local.hour,
        day=day,
        order=order(day),
        upcoming=upcoming,
        upcoming_at=upcoming.starts_at.isoformat() if upcoming else "",
        counting=own.counted,
        due=own.due,
        dose_id=dose_id,
        dose_answers=ANSWERS,
        says=SAYS,
        soon=SOON,
        changed=changed_soon(person, now) if waiting.has_changed else [],
        phone=known_here(sign_in, now) if waiting.has_phone else None,
        bringing=waiting,
        new_device=new_device(sign_in),
        resets=resets_of(person, since) if waiting.was_reset else [],
        answers=answers,
        opened=waiting.opened,
        stepped=stepped,
        stepped_ended=sharing.ended_by_step(*stepped) if stepped else [],
        stepped_readers=people_in(stepped[1].group_id, GroupRole.FACILITATOR) if stepped else [],
        added=added_to(person) if waiting.was_added else [],
        removals=_removals() if waiting.was_removed else [],
        has_left=waiting.was_removed and bool(aftercare.last_of(person, now)),
        outcomes=OWN_OUTCOMES,
        discharges=news_of(person) if waiting.has_discharge else [],
        follow_up=follow_up,
        call=calls.own_call(person, now) if waiting.wants_call else None,
        homework=homework,
        seen=seen,
        late_shares=late_shares(person) if waiting.has_late_shares else [],
        new_readers=sharing.new_readers(person, since) if waiting.has_new_readers else [],
    )


@bp.get("/today/welcome")
@reads(patient)
def welcome() -> ResponseReturnValue:
    """The first page after joining: whose place this is, when group is, and three things to try."""
    groups = groups_of(current_person, GroupRole.PATIENT)
    return render_template(
        "today/welcome.html",
        groups=groups,
        readers=readers_in(groups[0].id) if groups else [],
        upcoming=next_group_session(current_person, GroupRole.PATIENT),
        now=clock.now(),
    )


@bp.post("/today/suggestions/<what>/dismissal")
@writes(patient)
def dismiss(what: str) -> ResponseReturnValue:
    """Something for the first week isn't wanted: it isn't suggested any more."""
    if what not in ONCE:
        raise NotFound
    actions.dismiss(current_person.id, what)
    return redirect(url_for("today.index"))


def _answered(begun: Begun | None) -> list[datetime]:
    """When suggestions were, with a no or by doing them."""
    said = current_person.answered_at
    return [
        *([datetime.fromisoformat(said)] if said else []),
        *([begun.last_at] if begun and begun.last_at else []),
    ]


def _is_asked(waiting: queries.Waiting, now: datetime) -> bool:
    return waiting.may_be_asked and aftercare.point_of(current_person, now) is not None


def _removals() -> list[tuple[Removal, str, list[Share], list[Person], Board | None]]:
    """Each with who did it, what could be shared again once it was undone, with whom, and the
    discharge that it was."""
    removals = removals_of(current_person)
    boards = by_removal([removal for removal, _by in removals])
    return [
        (
            removal,
            by,
            sharing.ended_by(removal) if removal.undone_at else [],
            people_in(removal.membership.group_id, GroupRole.FACILITATOR),
            boards.get(removal.id),
        )
        for removal, by in removals
    ]
