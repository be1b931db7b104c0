"""Two people on their way out: Ivan is ready, with three of four chairs heard; Femi's insurance
stopped early."""

from datetime import date, datetime, timedelta

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.discharge.actions import take_chair
from webapp.discharge.models import Chair, Stand
from webapp.program.models import Group
from webapp.program.queries import membership_in


def discharge(people: dict[str, Person], group: Group, reader: Person, now: datetime) -> None:
    """What each chair says, as the facilitator wrote it down; Ivan wrote his own."""
    today = clock.local(now, group.zone).date()
    ivan, femi = (membership_in(group, people[name].id) for name in ("ivan", "femi"))
    assert ivan is not None
    assert femi is not None
    own = {"stand": Stand.AGREE, "why": "Ten weeks. I have my Tuesday meeting and my brother."}
    take_chair(ivan, Chair.PATIENT, own, people["ivan"])
    take_chair(ivan, Chair.FACILITATOR, _said(Stand.AGREE, today, "These weeks in group"), reader)
    agreed = _said(Stand.AGREE, today, "A call") | {"who": "Dr. Okafor"}
    take_chair(ivan, Chair.CLINICIAN, agreed, reader)
    ended = _said(Stand.ENDED, today, "A letter") | {
        "who": "Acme Health", "why": "They say four weeks are enough.",
        "ends_on": _in(today, 6), "appeal_by": _in(today, 30), "review_on": _in(today, 3),
    }  # fmt: skip
    take_chair(femi, Chair.PAYER, ended, reader)


def _said(stand: Stand, today: date, basis: str) -> dict[str, str | None]:
    return {"stand": stand, "basis": basis, "day": _in(today, -2)}


def _in(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()
