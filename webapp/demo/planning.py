"""Ana's plan as far as she has come, her story in two lengths, and the days that she counts."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.days.chapters import SINCE, WITH
from webapp.days.models import Milestone
from webapp.demo.backdated import written_at
from webapp.demo.moments.moment import Moment
from webapp.entries.actions import edit, write
from webapp.entries.models import Entry
from webapp.plan.models import KINDS, made_for
from webapp.plan.outline import PARTS
from webapp.program.models import Group
from webapp.sharing.actions import share
from webapp.sharing.queries import consent_for

SISTER = {
    "name": "Lena, my sister",
    "phone": "555-0134",
    "note": "Will come over, no questions asked",
}
FRIEND = {"name": "Joan from group", "phone": "555-0177", "note": "A walk, any evening"}
DOCTOR = {"name": "Dr. Okafor", "phone": "555-0190", "note": "Weekdays until 5"}

TOLD: dict[str, dict[str, Any]] = {
    "why": {
        "why": "I want my mornings back. My niece asked about the smell. I didn’t know what to "
               "say.",
    },
    "goals": {
        "goals": [
            {"words": "Thirty nights without a drink", "with": "Cleo", "agreed": -9, "review": 0,
             "going": "Nineteen so far. Fridays are still the hardest.", "steps": [
                {"words": "No bottle in the kitchen", "done": True},
                {"words": "Call Lena before I walk home on Fridays", "by": 4},
            ]},
            {"words": "In bed before midnight on work nights", "proposes": True, "steps": [
                {"words": "Leave my phone in the hall", "done": True},
            ]},
        ],
    },
    "triggers": {
        "triggers": [
            {"kind": "place", "response": "Cross the street before the corner store"},
            {"kind": "person", "response": "Say “not tonight” once and get up from the table"},
        ],
    },
    "signs": {
        "early": "I stop answering texts. I buy a cheap dinner so there’s money left over.",
        "late": "I plan my night so I’ll be alone.",
    },
    "skills": {
        "skills": ["walk", "cold-water", "feet", "wait", "write", "Take the long way home"],
        "favourites": ["walk", "wait"],
    },
    "week": {
        "activities": [
            {"what": "Swim laps, slow lane", "day": "1", "at": "07:00"},
            {"what": "Soup at Lena’s house", "day": "5", "at": "18:30"},
        ],
    },
    "people": {
        "build": "Joan from group. The lady at the pool who says good morning.",
        "keep": "Lena, every day, even just one word.",
        "back": "Friday drinks with the office, at least until spring.",
    },
    "supports": {"supports": [SISTER, FRIEND]},
    "medication": {
        "prescriber": {"who": "Dr. Okafor", "phone": "555-0190"},
        "medication": "Both after breakfast. If I miss one, I don’t take two the next time.",
    },
    "living": {
        "work": "My manager knows I leave at five on group days. That’s all I’ve said so far.",
        "money": "We go over the credit card together on Sundays, ten minutes.",
    },
    "safety": {
        "signs": "I think they’d be better off without me. I stop making plans for next week.",
        "alone": "Cold water on my face. My blue blanket. The playlist from the lake.",
        "company": [FRIEND],
        "places": "The library until eight, then the diner.",
        "ask": [SISTER],
        "professionals": [DOCTOR],
        "safer": "Lena keeps the pills I don’t need this week.",
        "worth": "My niece’s recital. The lake in June.",
        "made": {"who": "Cleo", "day": -9},
    },
    "telling": {
        "telling": "I used to sing. Not well, but loud, in the car with the windows down.\n"
                   "Then the nights got long. I’d have a glass while I cooked, and another one "
                   "because it was quiet, and after a while I was cooking just to have the "
                   "glass.\n"
                   "My niece asked why I smelled like Grandma’s stove. I laughed it off and then "
                   "sat in the bathroom for an hour.\n"
                   "I called here that week. Not every day is good. But last Tuesday I was "
                   "driving home and I noticed I was singing.",
    },
    "intro": {"intro": "I’m Ana. Wine and depression, five weeks in, and I’m on the quiet side."},
}  # fmt: skip
# How it was before she looked at it again, nine days ago.
EARLIER = {"signs": {"early": "I stop answering texts. I don’t sleep well."}}
DRANK = Moment("Fri 22:30", 3, 9, "time feeling")  # the evening of which her journal tells


def plan(person: Person, group: Group, now: datetime) -> None:
    """Answer one part after the other over her first weeks; the goals are shared."""
    today = clock.local(now, group.zone).date()
    made: dict[str, Entry] = {}
    for number, (name, answers) in enumerate(TOLD.items()):
        at = now - timedelta(hours=24 * 30 - 36 * number)
        said = {asked: _dated(value, today, f"{person.id} {name}", person)
                for asked, value in answers.items()}  # fmt: skip
        kind = KINDS[PARTS[name].group]
        content = {"part": name, **said, **EARLIER.get(name, {})}
        made[name] = written_at(at, write(kind, person, made_for(name), at, content))
    db.session.flush()
    for name in EARLIER:
        edit(made[name], 1, made[name].happened_at, {"part": name, **TOLD[name]})
    db.session.flush()
    for name in EARLIER:
        made[name].updated_at = now - timedelta(days=9)
    db.session.flush()
    consent = consent_for(person, group.id)
    if consent is not None:
        share(made["goals"], group, consent=consent, for_=None)


def count(person: Person, now: datetime, zone: str) -> None:
    """Days without a drink, with the one evening of which her journal tells; and early mornings."""
    today, began = clock.local(now, zone).date(), now - timedelta(days=36)
    drank = clock.local(DRANK.happened_at(now, zone), zone).date()
    without: dict[str, Any] = {
        "name": "Without a drink", "way": SINCE, "said": "I drank",
        "since": clock.local(began, zone).date().isoformat(),
        "returns": [{"day": drank.isoformat(),
                     "before": "Home from group, my partner out, birthday wine still there.",
                     "then": "If guests bring a bottle, it goes home with them."}],
    }  # fmt: skip
    mornings: dict[str, Any] = {
        "name": "Out of bed by seven", "way": WITH,
        "marks": [(today - timedelta(days=back)).isoformat() for back in (1, 2, 4, 5, 6, 9, 12)],
    }  # fmt: skip
    for number, content in enumerate((without, mornings)):
        id = uuid5(person.id, f"days {number}")
        written_at(began, write(Milestone, person, id, began, content))
    db.session.flush()


def _dated(said: Any, today: date, about: str, person: Person) -> Any:
    """With days counted from today, and an id on each thing of a list."""
    if not isinstance(said, list):
        return _day(said, today) if isinstance(said, dict) else said
    return [
        _day(item, today) | {"id": str(uuid5(person.id, f"{about} {number}"))}
        if isinstance(item, dict)
        else item
        for number, item in enumerate(said)
    ]


def _day(said: dict[str, Any], today: date) -> dict[str, Any]:
    days = {
        name: (today + timedelta(days=said[name])).isoformat()
        for name in ("review", "day", "by", "agreed")
        if isinstance(said.get(name), int)
    }
    steps = [_day(step, today) for step in said.get("steps", [])]
    return said | days | ({"steps": steps} if steps else {})
