"""What is typed about who comes, who came, and what is covered."""

from datetime import datetime, time, timedelta
from typing import Any

from wtforms import DateField, Field, RadioField
from wtforms.validators import NumberRange, Optional

from webapp.attendance.models import Presence, Says
from webapp.core import clock
from webapp.core.web.choices import choices
from webapp.core.web.forms import OurForm, TimeOfDay, WholeNumber, line, needed, words
from webapp.core.wording import lazy_gettext as _l
from webapp.program.forms import PartForm, near
from webapp.program.models import GroupSession

PRESENCES = {
    Presence.PRESENT: _l("Present"),
    Presence.LATE: _l("Late"),
    Presence.LEFT_EARLY: _l("Left early"),
    Presence.EXCUSED: _l("Excused"),
    Presence.ABSENT: _l("Absent"),
}
FULL_PRESENCES = PRESENCES | {
    Presence.LATE: _l("Present, late"),
    Presence.LEFT_EARLY: _l("Present, left early"),
}
AHEAD = {Says.LATE: _l("I’ll be late"), Says.CANNOT: _l("I can’t come")}
SAYS = AHEAD | {Says.ON_WAY: _l("I’m on my way")}
AROUND = timedelta(hours=2)  # how far outside of the planned time somebody may come or go


class HeadsUpForm(OurForm):
    """What a patient says ahead."""

    says = RadioField(
        _l("What do you want to tell them?"),
        choices=choices(AHEAD),
        validators=[needed(_l("Choose one."))],
    )
    reason = words(_l("Reason (optional)"), most=500)


class MarkForm(PartForm):
    """How one person took part."""

    presence = RadioField(choices=choices(PRESENCES), validators=[Optional()])
    arrived = TimeOfDay(_l("Arrived at"), [Optional()])
    left = TimeOfDay(_l("Left at"), [Optional()])
    note = line(_l("Note (optional)"), most=500)

    arrived_at: datetime | None = None
    left_at: datetime | None = None

    def check(self, group_session: GroupSession, now: datetime) -> bool:
        """Whether it can be kept; a late arrival noted during group is now, unless said."""
        if not self.validate():
            return False
        self.arrived_at = self._instant(self.arrived, group_session)
        self.left_at = self._instant(self.left, group_session)
        going_on = group_session.starts_at <= now < group_session.ends_at
        at = now.replace(second=0, microsecond=0)
        if self.presence.data == Presence.LATE and not self.arrived_at:
            self.arrived_at = at
            if not going_on:
                self._refuse(self.arrived, _l("Enter a time, like 6:00 PM."))
        elif self.presence.data == Presence.LEFT_EARLY and not self.left_at:
            self.left_at = at
            if not going_on:
                self._refuse(self.left, _l("Enter a time, like 6:00 PM."))
        if self.presence.data not in (Presence.LATE, Presence.LEFT_EARLY):
            self.arrived_at = self.left_at = None
        for field, said in ((self.arrived, self.arrived_at), (self.left, self.left_at)):
            if said and not clock.has_come(said, now):
                self._refuse(field, _l("This time is in the future."))
        if self.arrived_at and self.left_at and self.left_at <= self.arrived_at:
            self._refuse(self.left, _l("This is before the arrival time."))
        return not self.errors

    def _instant(self, field: TimeOfDay, group_session: GroupSession) -> datetime | None:
        if field.data is None or self.presence.data not in (Presence.LATE, Presence.LEFT_EARLY):
            return None
        found = near_group_session(field.data, group_session)
        if found is None:
            self._refuse(field, _l("Enter a time within two hours of group."))
        return found

    @staticmethod
    def _refuse(field: Field, message: Any) -> None:
        field.errors = [*field.errors, message]


def near_group_session(at: time, group_session: GroupSession) -> datetime | None:
    """The instant of a wall time around a session, also after midnight; None when it is too far."""
    zone = group_session.group.zone
    day = clock.local(group_session.starts_at, zone).date()
    for nearby in (day, day + timedelta(days=1), day - timedelta(days=1)):
        found = clock.instant(nearby, at, zone)
        if group_session.starts_at - AROUND <= found <= group_session.ends_at + AROUND:
            return found
    return None


class CoveredSessionsForm(PartForm):
    """How many sessions are covered."""

    sessions = WholeNumber(
        _l("Number of sessions"),
        [needed(_l("Enter a number.")), NumberRange(1, 999, _l("Enter a number from 1 to 999."))],
    )
    from_day = DateField(_l("Authorization starts"), [needed(_l("Enter a date.")), near])
    review_day = DateField(_l("Next concurrent review"), [Optional(), near])
    note = line(_l("Authorization number or note"), most=200)


class PeriodForm(OurForm):
    """From a day until a day."""

    from_day = DateField(_l("From"), [needed(_l("Enter a date.")), near])
    until_day = DateField(_l("To"), [needed(_l("Enter a date.")), near])
