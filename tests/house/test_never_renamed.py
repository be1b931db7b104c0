"""What is sealed into rows, or waits on phones, keeps its name for ever: with another one, no one
could open it again.

What is new is added when a release has it. A line goes only with a migration that sealed its rows
anew.
"""

from collections.abc import Iterator
from typing import Any

from webapp.core.crypto.sealing import Sealed, SealedRow
from webapp.entries.models import Entry
from webapp.writing.kind import KINDS

# The table that is in the seal (for an entry: its kind), and the names inside.
SEALED = """
agenda_item: words
answers: answers at_once begun_at instrument key name said scores tops zone
appointment: care minutes place remind title took_place zone
attendance: note
authenticator: secret
authorisation: note
call_request: number
check-in: connection craving medication mood note safety sleep used zone
check_in_draft: answers instrument made
consent: document signed_name
discharge: goodbye last_day outcome signed steps
discharge_position: appeal_by basis day ends_on review_on stand who why
disclosure: detail place purpose recipient what
dose: answer day medication name time zone
feedback: agreed asks goal suggests words
heads_up: reason
homework: is_done kind name to_all which words
legal_hold: reason
level_of_care: came_from days from_day hours reason
life: days_used going nights note occupied zone
medication: away dose name notes prescriber refill remind times weekdays zone
meeting_favourite: is_home meeting_id name
meeting_rhythm: a_week ninety_from
meeting_sheet: blank code first_day is_stopped last_day name rows
milestone: marks name returns said since way
outside_consent: document place purpose recipient signed_name what
passkey: name
permission: document signed_name
person: asks_again dismissed former_name here_for label lock_offer_over name quiet_today renamed_at
plan_section: part
practice: after before exercise minutes notes samples zone
push_subscription: auth endpoint p256dh
readiness: about note zone
reminder: name words
removal: reason
safety_plan: alone ask company made part places professionals safer signs worth
share: about
sign_in: device
story: part
trigger: acted after body did feelings kinds situation thought urge zone
visit: attended commitment contact fellowship format initials meeting place step takeaway zone
"""

# What a phone brings, perhaps after 90 days: the kind, and the fields of its form.
BROUGHT = """
check-in: connection craving medication mood note safety sleep used
dose: answer day medication name time
practice: after before exercise minutes notes
trigger: acted after body did feelings kinds situation thought urge
visit: attended commitment contact fellowship format meeting place step takeaway
"""


def test_what_is_sealed_has_the_names_it_always_had() -> None:
    assert _lost(SEALED, dict(_sealed())) == []


def test_what_waits_on_a_phone_has_the_names_it_always_had() -> None:
    brought = {kind.name: set(kind.form.CONTENT) for kind in KINDS.values() if kind.offline}
    assert _lost(BROUGHT, brought) == []


def test_a_new_name_for_what_was_sealed_would_be_seen() -> None:
    assert _lost("dose: answer day", {"dose": {"answer", "on"}}) == ["dose: day"]
    assert _lost("dose: answer day", {"intake": {"answer", "day"}}) == ["dose: answer day"]


def _lost(listed: str, there: dict[str, set[str]]) -> list[str]:
    lines = [line.split(": ") for line in listed.strip().splitlines()]
    left = {name: sorted({*inside.split()} - there.get(name, set())) for name, inside in lines}
    return [f"{name}: {' '.join(names)}" for name, names in left.items() if names]


def _sealed() -> Iterator[tuple[str, set[str]]]:
    for model in _below(SealedRow):
        parts = [vars(part).items() for part in model.__mro__]
        inside = {name for part in parts for name, field in part if isinstance(field, Sealed)}
        if issubclass(model, Entry):
            yield str(model.__mapper__.polymorphic_identity), inside
        elif "__tablename__" in vars(model):
            yield model.__tablename__, inside


def _below(model: Any) -> Iterator[Any]:
    for below in model.__subclasses__():
        yield below
        yield from _below(below)
