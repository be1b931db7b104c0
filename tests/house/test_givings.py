"""Whatever is open to anybody stands on /sharing, and is stopped there."""

import re

import pytest

from tests.conftest import NOW
from tests.house.world import World
from webapp.accounts.models import Person
from webapp.aftercare.actions import ask_for_call
from webapp.attendance.actions import say
from webapp.attendance.models import Says
from webapp.core.data.db import db
from webapp.export.queries import TABLES
from webapp.homework.actions import tapped
from webapp.homework.models import Tap
from webapp.program.models import GroupSession
from webapp.sharing.givings import GIVINGS

pytestmark = pytest.mark.database

# What each table of a patient's is open to: a part of the page, or a reason why to nobody else.
OWN = "the patient alone"
STAFF = "the program's own record, said on the page in a sentence"
DONE = "what was done already: nothing of it can be stopped"
WITH_SHARES = "nothing without a share: stands above them on the page, and is taken back there"
OPEN = {
    "shares": "shares", "courses": "courses", "consents": "consents", "consents_outside": "outside",
    "permissions": "permissions", "heads_ups": "heads-ups", "calendars": "calendar",
    "call_requests": "calls", "homework": "homework",
    "attendance_sheets": "sheets", "supervisor_answers": WITH_SHARES,
    "disclosures": DONE, "openings": DONE, "replies": DONE, "activity": DONE,
    **dict.fromkeys(("account", "groups", "memberships", "removals", "discharges",
                     "discharge_positions", "levels_of_care", "own_days", "group_sessions",
                     "attendance", "authorizations"), STAFF),
    **dict.fromkeys(("entries", "former_versions", "check_in_drafts", "meeting_rhythm",
                     "meetings_kept", "reminders", "reminder_choices", "reminders_due", "devices",
                     "phones_with_reminders", "passkeys", "questions_asked", "ratings"), OWN),
}  # fmt: skip
PARTS = ("shares", *GIVINGS)


def part(html: str, name: str) -> str:
    """A part of the page, from its id to the next one's."""
    found = re.search(rf'id="{name}".*?(?=id="(?:{"|".join(PARTS)})"|</main>)', html, re.S)
    return found[0] if found else ""


def test_every_table_says_to_whom_it_is_open() -> None:
    others = {table.name for table in TABLES} - set(OPEN)
    assert not others, f"say in OPEN to whom {others} is open"
    assert set(OPEN.values()) - {OWN, STAFF, DONE, WITH_SHARES} == set(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_each_is_on_the_page_and_is_stopped_there(world: World, name: str) -> None:
    with world.app.app_context():
        ana = db.session.get_one(Person, world.people["ana"].id)
        say(db.session.get_one(GroupSession, world.evening.tonight), ana, Says.LATE, None)
        ask_for_call(ana, "410-555-0182")
        tapped(ana, world.ids["homework"], Tap.TELL, NOW)
        db.session.commit()
    phone = world.phone("ana")
    page = phone.get("/sharing")
    before = part(page.html, name)
    ends = re.findall(r'<form[^>]*action="([^"]+)"', before)
    assert ends, f"nothing of {name} can be stopped on the page"
    for end in ends:
        assert phone.fill(page, end).status == 200
    after = part(phone.get("/sharing").html, name)
    assert not re.findall(r'<form[^>]*action="([^"]+)"', after)
