"""How Ana's days and weeks were, in taps: three weeks of them, most for her alone. And what two
others brought that the huddle shows first."""

from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from webapp.accounts.models import Person
from webapp.check_ins.models import CheckIn
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.demo.moments.moment import Moment
from webapp.entries.actions import write
from webapp.entries.models import Entry
from webapp.program.models import Group
from webapp.program.next_and_last import next_of_group
from webapp.questionnaires.models import Answers
from webapp.questionnaires.weekly import weekly
from webapp.sharing.actions import share, start_course
from webapp.sharing.queries import consent_for

Kind = TypeVar("Kind", bound=Entry)

# Evening by evening, the latest first: mood, urge, sleep, medication, company, note. None: no taps.
DAYS: tuple[tuple[int, int, int, str, str, str] | None, ...] = (
    (4, 2, 4, "yes", "yes", "Kept thinking about that dream, in a good way."),
    (4, 3, 3, "yes", "yes", ""),
    (3, 4, 3, "yes", "little", ""),
    None,
    (4, 3, 4, "yes", "yes", "Made eggs at midnight and laughed."),
    (3, 5, 2, "yes", "yes", ""),
    (4, 2, 4, "yes", "yes", ""),
    (3, 3, 3, "part", "little", ""),
    (4, 4, 3, "yes", "yes", "Left my sneakers by the door. It helps just to see them."),
    None,
    (3, 4, 3, "yes", "no", ""),
    (2, 6, 2, "yes", "no", ""),
    (3, 5, 3, "yes", "yes", ""),
    (3, 5, 2, "part", "little", ""),
    (4, 3, 3, "yes", "yes", ""),
    None,
    (2, 7, 2, "yes", "no", "Long evening."),
    (3, 6, 2, "yes", "little", ""),
    (2, 6, 1, "no", "no", ""),
    (3, 5, 2, "yes", "yes", ""),
    (1, 8, 1, "no", "little", "Told my sister how bad it was. I’m glad I did that."),
)
NOT_SURE = (2, 6, 1, "yes", "no", "I don’t want to be alone with my thoughts tonight.")
USED = (2, 8, 2, "yes", "little", "Used again on the late shift. I want to tell the group.")
SHARED = 4  # how many days back the one is that she brings
# Sunday by Sunday, the latest first: use in days, then 0 to 4: what made it harder, what helped.
WEEKS = (
    (0, 0, 0, 2, 1, 2, 2, 1, 3, 4, 3, 2, 3),
    (0, 0, 0, 3, 2, 2, 3, 2, 3, 3, 2, 2, 2),
    (1, 0, 0, 4, 2, 3, 3, 3, 1, 3, 1, 1, 2),
)


def check_in(people: dict[str, Person], group: Group, now: datetime, chance: Random) -> None:
    """Everything that Ana tapped, and what she and two others share for the group that comes."""
    ana = people["ana"]
    for back, day in enumerate(DAYS):
        if day is not None:
            entry = _tapped(ana, group, now, chance, back, day)
            if back == SHARED:
                _bring(ana, entry, group, now)
    db.session.flush()
    start_course(entry, group, consent=consent_for(ana, group.id), earlier=True)
    for back, week in enumerate(WEEKS):
        instrument = weekly()
        questions = instrument.questionnaire.questions
        given = {
            question.link_id: question.options[at].key
            for question, at in zip(questions, week, strict=True)
        }
        at = Moment("Sun 19:30", back, 0).happened_at(now, group.zone)
        content = instrument.content(given) | {"zone": group.zone}
        _written(write(Answers, ana, _id(chance), at, content), chance)
    for name, taps, says in (
        ("noor", NOT_SURE, {"safety": "unsure"}),
        ("femi", USED, {"used": "yes"}),
    ):
        entry = _tapped(people[name], group, now, chance, 0, taps, **says)
        _bring(people[name], entry, group, now)
    db.session.flush()


def _tapped(
    person: Person, group: Group, now: datetime, chance: Random, back: int,
    day: tuple[int, int, int, str, str, str], used: str = "no", safety: str = "yes",
) -> CheckIn:  # fmt: skip
    mood, craving, sleep, medication, connection, note = day
    content = {
        "mood": mood, "craving": craving, "sleep": sleep, "medication": medication,
        "connection": connection, "used": used, "safety": safety, "note": note, "zone": group.zone,
    }  # fmt: skip
    at = Moment("21:20", back, 0).happened_at(now, group.zone)
    return _written(write(CheckIn, person, _id(chance), at, content), chance)


def _bring(person: Person, entry: CheckIn, group: Group, now: datetime) -> None:
    db.session.flush()
    consent, coming = consent_for(person, group.id), next_of_group(group.id, now)
    if consent is not None and coming is not None:
        made = share(entry, group, consent=consent, for_=coming)
        made.shared_at = now - timedelta(minutes=20)


def _written(entry: Kind, chance: Random) -> Kind:
    soon = timedelta(seconds=chance.randint(15, 90))
    return written_at(entry.happened_at + soon, entry)


def _id(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
