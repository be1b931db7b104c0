"""Ana's plan as far as she has come: safety plan, two goals, answers to her triggers, a story."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.db import db
from webapp.entries.models import Entry
from webapp.plan.actions import answer
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
    "supports": {"supports": [SISTER, FRIEND]},
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
    "intro": {"intro": "I’m Ana. Wine and the blues, eleven weeks here, and I like it quiet."},
}  # fmt: skip


def plan(person: Person, group: Group, now: datetime) -> None:
    """Answer one part after the other over her first weeks; the goals are shared."""
    today = clock.local(now, group.zone).date()
    made: dict[str, Entry] = {}
    for number, (name, answers) in enumerate(TOLD.items()):
        at = now - timedelta(days=24 - 2 * number, hours=3)
        for question in PARTS[name].questions:
            if question.name in answers:
                said = _dated(answers[question.name], today, f"{person.id} {name}", person)
                made[name] = answer(person, PARTS[name], question, said)
        db.session.flush()
        made[name].created_at = made[name].updated_at = made[name].happened_at = at
        made[name].reseal()
    db.session.flush()
    consent = consent_for(person, group.id)
    if consent is not None:
        share(made["goals"], group, consent=consent, for_=None)


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
            for name in ("review", "day", "by") if name in said}  # fmt: skip
    steps = [_day(one, today) for one in said.get("steps", [])]
    return said | days | ({"steps": steps} if steps else {})
