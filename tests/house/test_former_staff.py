"""Who works here no more gets in nowhere, and nothing that hung on the account outlives it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from werkzeug.routing import Rule

from tests.accounts.test_second_factor import give, half, set_up
from tests.accounts.test_signing_in import sign_in
from tests.house.test_routes import POLICY, outcome, rule_for
from tests.house.world import NO_CODE, SHARED, World
from tests.joining.test_joining import code_on, join, slip
from tests.pages import Phone
from webapp.accounts.actions import issue_reset
from webapp.accounts.models import Person
from webapp.core.data.db import Base, db
from webapp.core.data.hanging import hanging
from webapp.sharing.models import Reading

pytestmark = pytest.mark.database

PATIENTS = "what a patient wrote, keeps, or set: nobody gets in by it"
# Why what else belongs to a person doesn't end with the account. Columns that say who did
# something (`…_by_id`, `author_id`, `reader_id`) or about whom (`patient_id`) stay true.
STAYS = {
    "data_key.person_id": "opens the name, which stays with what they opened and did",
    "records_key.person_id": "opens the records of a patient who erased their account",
    "legal_hold.person_id": "whose records are held",
    "level_of_care.person_id": "who came how often to a group, and why",
    "removal.person_id": "who was taken out of a group, and when",
    "discharge.person_id": "who left a group, and how",
    "discharge_position.person_id": "about whom it was said",
    "disclosure.person_id": "about whom it was",
    "answer.person_id": "what a phone was told about a save",
    "notification.person_id": "the sender sends nothing to a closed account",
    "consent.person_id": PATIENTS,
    "outside_consent.person_id": PATIENTS,
    "permission.person_id": PATIENTS,
    "asked.person_id": PATIENTS,
    "rated.person_id": PATIENTS,
    "call_request.person_id": PATIENTS,
    "supervisor_answer.person_id": PATIENTS,
    "check_in_draft.person_id": PATIENTS,
    "meeting_favourite.person_id": PATIENTS,
    "meeting_rhythm.person_id": PATIENTS,
    "meeting_sheet.person_id": PATIENTS,
    "reminder.person_id": PATIENTS,
    "reminder_choices.person_id": PATIENTS,
}


def close(world: World, who: str) -> None:
    """Max closes the account of somebody of the staff."""
    desk = world.phone("max")
    page = desk.get(f"/clinic/staff/{world.people[who].id}/closing")
    said = desk.fill(page, page.address)
    assert "The account is closed" in said.text


def test_whatever_leads_to_a_person_ends_with_the_account_or_says_why_not() -> None:
    ends = {f"{kind.__tablename__}.{name}" for kind, hangs in hanging() for name in hangs.by}
    leads = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    says_who = ("by_id", ".author_id", ".reader_id", ".patient_id")
    assert {name for name in leads - ends if not name.endswith(says_who)} == set(STAYS)
    codes = {"invitation.made_by_id", "password_reset.made_by_id", "recovery_code.person_id"}
    assert codes <= ends


def test_former_staff_get_in_nowhere(world: World, rules: list[Rule]) -> None:
    tokens = [world.token("cleo") for _ in range(2)]
    close(world, "cleo")
    for (method, address), expected in POLICY.items():
        if expected["nobody"] == "in":  # for the whole world; `test_routes` tries it
            continue
        rule = rule_for(rules, method, address)
        for token in tokens:
            phone = Phone(world.app, token)
            response = world.send(phone, method, rule, "cleo", world.address(rule))
            assert outcome(response, method) == expected["nobody"], f"{method} {address}"


def test_no_way_in_that_they_had_works(world: World, clock: time_machine.Traveller) -> None:
    app, cleo, evening, desk = world.app, world.people["cleo"], world.evening, world.phone("cleo")
    _secret, paper = set_up(desk)
    phone, asked = half(app)
    invitation = code_on(slip(desk, evening))
    bens = code_on(desk.post(f"/clinic/groups/{evening.id}/people/{world.people['ben'].id}/reset"))
    with app.app_context():
        own = issue_reset(db.session.get_one(Person, cleo.id), None)
        db.session.commit()
    close(world, "cleo")
    clock.shift(timedelta(seconds=30))
    assert give(phone, asked, paper[0]).address == "/sign-in"
    new = sign_in(Phone(app), "cleo")
    assert new.status == 422
    assert "That username or password isn’t right" in new.text
    for username, code in (("cleo", own), ("ben", bens)):
        reset = Phone(app)
        page = reset.fill(reset.get("/reset"), username=username, code=code,
                          password="copper valley window sail")  # fmt: skip
        assert page.status == 422, username
    assert invitation != NO_CODE
    assert join(Phone(app), invitation).status == 422
    with app.app_context():  # whoever hands one out later helps nobody in
        later = issue_reset(db.session.get_one(Person, cleo.id), None)
        db.session.commit()
    reset = Phone(app)
    page = reset.fill(reset.get("/reset"), username="cleo", code=later,
                      password="copper valley window sail")  # fmt: skip
    assert page.status == 422


def test_nothing_that_hangs_on_the_account_is_left(world: World) -> None:
    cleo = world.people["cleo"]
    set_up(world.phone("cleo"))
    close(world, "cleo")
    with world.app.app_context():
        for kind, hangs in hanging():
            columns = kind.__table__.c
            for name in hangs.by:
                if name in columns:
                    left = select(func.count()).where(columns[name] == cleo.id)
                    if hangs.ended:
                        left = left.where(columns[hangs.ended].is_(None))
                    assert db.session.scalar(left) == 0, f"{kind.__tablename__}.{name}"


def test_what_they_opened_stays_with_their_name(world: World) -> None:
    desk, ana = world.phone("cleo"), world.phone("ana")
    assert SHARED["situation"] in desk.get(f"/clinic/sessions/{world.evening.tonight}").html
    close(world, "cleo")
    assert "Cleo opened" in ana.get("/today").text
    assert "Cleo" in ana.get("/sharing").text
    assert "Cleo opened" in ana.get("/sharing/activity").text
    with world.app.app_context():
        cleos = Reading.reader_id == world.people["cleo"].id
        assert db.session.scalar(select(func.count()).where(cleos))
