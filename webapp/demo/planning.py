"""Ana's plan as far as she has come, her story in two lengths, and the days that she counts."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.days.chapters import SINCE, WITH
from webapp.days.models import Milestone
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
    "note": "Will come over, asks nothing",
}
FRIEND = {"name": "Joan from group", "phone": "555-0177", "note": "A walk, any evening"}
DOCTOR = {"name": "Dr. Okafor", "phone": "555-0190", "note": "Weekdays until 5"}

TOLD: dict[str, dict[str, Any]] = {
    "why": {
        "why": "I want mornings back. My niece asked about the smell, and I had no answer.",
    },
    "goals": {
        "goals": [
            {"words": "Thirty evenings without a drink", "with": "Cleo", "review": 5, "steps": [
                {"words": "No bottle in the kitchen", "done": True},
                {"words": "Call Lena before I walk home on Fridays", "by": 4},
            ]},
            {"words": "Sleep before midnight on work days", "steps": [
                {"words": "Phone stays in the hall", "done": True},
            ]},
        ],
    },
    "triggers": {
        "triggers": [
            {"kind": "place", "response": "Cross at the pharmacy, not at the corner store"},
            {"kind": "person", "response": "Say “not tonight”, once, and leave the table"},
        ],
    },
    "signs": {
        "early": "I stop answering texts. I buy the cheap dinner so that there is money left.",
        "late": "I plan the evening around being alone.",
    },
    "skills": {
        "skills": ["walk", "cold-water", "feet", "wait", "write", "The long way home"],
        "favourites": ["walk", "wait"],
    },
    "week": {
        "activities": [
            {"what": "Swim, the slow lane", "day": "1", "at": "07:00"},
            {"what": "Soup at Lena’s", "day": "5", "at": "18:30"},
        ],
    },
    "people": {
        "build": "Joan from group. The woman at the pool who says good morning.",
        "keep": "Lena, every day, even if it is one word.",
        "back": "The Friday round, at least until spring.",
    },
    "supports": {"supports": [SISTER, FRIEND]},
    "medication": {
        "prescriber": {"who": "Dr. Okafor", "phone": "555-0190"},
        "medication": "Both after breakfast. If I miss one, I don’t double the next.",
    },
    "living": {
        "work": "My lead knows that I leave at five on group days. That is enough for now.",
        "money": "We look at the card together, Sundays, ten minutes.",
    },
    "safety": {
        "signs": "I think they would be better off. I stop making plans for next week.",
        "alone": "Cold water on my face. The blue blanket. The playlist from the lake.",
        "company": [FRIEND],
        "places": "The library until eight, then the diner with the lights on.",
        "ask": [SISTER],
        "professionals": [DOCTOR],
        "safer": "Lena keeps the pills that I don’t need this week.",
        "worth": "My niece’s recital. The lake in June.",
        "made": {"who": "Cleo", "day": -9},
    },
    "telling": {
        "telling": "I used to sing. Not well, but loud, in the car, with the windows down.\n"
                   "Then the evenings got long. One glass while I cooked, and one because it was "
                   "quiet, and at some point I cooked so that I could have the glass.\n"
                   "My niece asked why I smell like the stove at Grandma’s. I laughed it off and "
                   "then sat in the bathroom for an hour.\n"
                   "That week I called here. It isn’t good every day. But last Tuesday I noticed "
                   "that I was singing.",
    },
    "intro": {"intro": "I’m Ana. Wine and the blues, five weeks here, and I like it quiet."},
}  # fmt: skip
# How it was before she looked at it again, nine days ago.
EARLIER = {"signs": {"early": "I stop answering texts. I sleep badly."}}
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
        made[name] = _at(at, write(kind, person, made_for(name), at, content))
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
                     "before": "Home from group, my partner out, the birthday wine still there.",
                     "then": "Bottles leave with the guests who brought them."}],
    }  # fmt: skip
    mornings: dict[str, Any] = {
        "name": "Out of bed by seven", "way": WITH,
        "marks": [(today - timedelta(days=back)).isoformat() for back in (1, 2, 4, 5, 6, 9, 12)],
    }  # fmt: skip
    for number, content in enumerate((without, mornings)):
        id = uuid5(person.id, f"days {number}")
        _at(began, write(Milestone, person, id, began, content))
    db.session.flush()


def _at(moment: datetime, entry: Entry) -> Entry:
    entry.created_at = entry.updated_at = moment
    return entry


def _dated(said: Any, today: date, about: str, person: Person) -> Any:
    """With days counted from today, and an id on each thing of a list."""
    if not isinstance(said, list):
        return _day(said, today) if isinstance(said, dict) else said
    return [
        _day(one, today) | {"id": str(uuid5(person.id, f"{about} {number}"))}
        if isinstance(one, dict)
        else one
        for number, one in enumerate(said)
    ]


def _day(said: dict[str, Any], today: date) -> dict[str, Any]:
    days = {name: (today + timedelta(days=said[name])).isoformat()
            for name in ("review", "day", "by") if isinstance(said.get(name), int)}  # fmt: skip
    steps = [_day(one, today) for one in said.get("steps", [])]
    return said | days | ({"steps": steps} if steps else {})
