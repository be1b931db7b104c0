"""Ana is ready to leave Evening IOP: four chairs say where they stand, and none holds her back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.accounts.models import Person, Role
from webapp.core.data.db import db
from webapp.core.errors import Conflict
from webapp.discharge import actions
from webapp.discharge.models import Discharge, Position
from webapp.discharge.queries import in_care
from webapp.program.models import Membership, Removal
from webapp.sharing.models import Share

pytestmark = pytest.mark.database


@pytest.fixture
def at(evening):
    """The page of somebody's discharge from Evening IOP."""
    return lambda someone: f"/clinic/groups/{evening.id}/people/{someone.id}/discharge"


def say(phone, stand="agree", why=""):
    at = next(link for link in phone.get("/discharge").links if link.endswith("/position"))
    return phone.fill(phone.get(at), having="stand", stand=stand, why=why)


def record(desk, page, chair, **fields):
    said = {f"{chair}-{name}": value for name, value in fields.items()}
    return desk.fill(page, f"/discharge/{chair}", **said)


def test_four_chairs_each_with_date_basis_and_who_recorded_it_and_what_is_missing(
    app, phone_of, cleo, ana, ben, evening, at, clock
):
    desk, phone, other = phone_of(cleo), phone_of(ana), phone_of(ben)
    page = desk.get(at(ana))
    assert (
        "Not recorded yet: Patient, Facilitator, Psychiatrist or counselor, Insurance." in page.text
    )
    assert "That doesn’t stop anyone from leaving." in page.text
    with app.app_context():  # looking begins nothing
        assert db.session.scalars(select(Discharge)).all() == []
    assert "Saved" in say(phone, "not_yet", "My sister is away until June").text
    page = desk.get(at(ana))
    assert "Patient Not yet My sister is away until June" in page.text
    assert "Their own words" in page.text
    page = record(desk, page, "clinician", stand="agree", who="Dr. Shah", basis="a call",
                  day="2026-11-20", why="Sleeps again")  # fmt: skip
    page = record(desk, page, "payer", stand="ended", who="Acme Health", basis="a letter",
                  day="2026-11-19", ends_on="2026-12-01", appeal_by="2027-01-15")  # fmt: skip
    assert "Not recorded yet: Facilitator. " in page.text
    hers = phone.get("/discharge").text
    for text in (page.text, hers):
        assert "Agrees · Dr. Shah · Friday, November 20 · a call Sleeps again" in text
        assert "Ended the benefits · Acme Health · Thursday, November 19 · a letter" in text
        assert "Appeal by: Friday, January 15, 2027" in text
        assert "Recorded by Cleo, today at 4:00 PM." in text
    assert "You Not yet My sister is away until June" in hers
    # A later word takes the place of the one before, which stays.
    clock.shift(timedelta(minutes=1))
    say(phone, "agree")
    assert "You agree" in phone.get("/discharge").text
    assert "My sister" not in desk.get(at(ana)).text
    with app.app_context():
        assert len(db.session.scalars(select(Position)).all()) == 4
        assert not any(
            b"sister" in sealed for sealed in db.session.scalars(select(Position.sealed))
        )
    assert "Dr. Shah" not in other.get("/discharge").html


def test_nobody_else_takes_the_patients_chair_and_nothing_is_said_tomorrow(
    app, phone_of, cleo, ana, ben, at
):
    desk = phone_of(cleo)
    page = desk.get(at(ana))
    assert desk.post(f"{at(ana)}/patient", {"patient-stand": "agree"}).status == 404
    with app.app_context():
        membership = db.session.scalar(select(Membership.id).where(Membership.person_id == ana.id))
    assert phone_of(ben).post(f"/discharge/{membership}/position", {}).status == 404
    for fields, said in (
        ({"stand": "agree", "day": "2026-11-24", "why": "Kept"}, "This day hasn’t come yet."),
        ({"stand": "ended", "day": "2026-11-23", "why": "Kept"}, "Choose from the list."),
        ({"day": "2026-11-23", "why": "Kept"}, "Choose one."),
        ({"stand": "agree", "day": "2026-11-23", "why": "Kept" * 3_000}, "too long"),
    ):
        refused = record(desk, page, "facilitator", **fields)
        assert refused.status == 422
        assert said in refused.text
        assert refused.form("/facilitator").fields["facilitator-why"].startswith("Kept")
    with app.app_context():
        assert db.session.scalars(select(Position)).all() == []


def test_a_discharge_ends_what_a_removal_ends_and_is_undone_as_one(
    app, phone_of, cleo, kit, ana, evening, wrote, shared, at, clock
):
    shared(ana, wrote(ana), evening, tonight=False)
    desk, phone = phone_of(cleo), phone_of(ana)
    say(phone, "agree", "I have my people")
    page = desk.get(f"{at(ana)}/end")
    for day, said in (("2026-11-24", "That day hasn’t come yet."), ("2026-01-05", "They joined")):
        refused = desk.fill(page, "/end", having="outcome", outcome="tools", last_day=day,
                            goodbye="Come and say hello")  # fmt: skip
        assert refused.status == 422
        assert said in refused.text
        assert refused.form(having="goodbye").fields["goodbye"] == "Come and say hello"
    done = desk.fill(refused, having="outcome", last_day="2026-11-23", first_step="See Dr. Shah")
    assert "Discharged. You can undo this for 24 hours." in done.text
    with app.app_context():
        assert db.session.scalars(select(Share).where(Share.ended_at.is_(None))).all() == []
    hers = phone.get("/discharge").text
    assert "Your last day was Monday, November 23." in hers
    assert "You have the tools to continue without this group." in hers
    assert "Come and say hello Cleo" in hers
    # Two steps, whoever names them.
    assert "See Dr. Shah See what stays after the program" in hers
    assert "Plan the days" not in hers
    assert "Cleo discharged you from a group." in phone.get("/sharing/activity").text
    assert "I have my people" not in done.text
    back = desk.fill(done, "/return")
    assert "Back in the group" in back.text
    again = desk.get(at(ana))
    assert "I have my people" in again.text  # what was said stays said
    assert "Come and say hello" not in phone.get("/discharge").text
    desk.fill(desk.get(f"{at(ana)}/end"), having="outcome", outcome="left", last_day="2026-11-23")
    assert "You left." in phone.get("/discharge").text
    clock.shift(timedelta(hours=25))
    desk = phone_of(cleo)
    assert desk.get(at(ana)).status == 404  # a former patient's page is nobody's
    assert "You left." in phone_of(ana).get("/discharge").text


def test_of_two_who_discharge_at_once_the_second_loses_no_word(
    app, phone_of, cleo, ana, somebody, put_into, evening, at
):
    rae = somebody("rae", Role.FACILITATOR)
    put_into(evening, rae)
    first, second = phone_of(cleo), phone_of(rae)
    pages = [desk.get(f"{at(ana)}/end") for desk in (first, second)]
    talking = second.get(at(ana))
    first.fill(pages[0], having="outcome", outcome="tools", last_day="2026-11-23")
    late = second.fill(pages[1], having="outcome", outcome="other", last_day="2026-11-23",
                       goodbye="A long good letter")  # fmt: skip
    assert late.status == 409
    assert "Someone else did this while you were writing." in late.text
    assert late.form(having="goodbye").fields["goodbye"] == "A long good letter"
    late = record(second, talking, "facilitator", stand="agree", day="2026-11-23", why="Kept")
    assert late.status == 409
    assert late.form("/facilitator").fields["facilitator-why"] == "Kept"
    with app.app_context():
        assert len(db.session.scalars(select(Removal)).all()) == 1
        membership = in_care(db.session.get_one(Person, cleo.id), evening.id, ana.id, NOW)
        with pytest.raises(Conflict):
            actions.end(membership, "left", NOW.date(), None, [], membership.person)


def test_today_says_goodbye_with_the_facilitators_words_what_stays_and_two_steps(
    phone_of, cleo, ana, ben, at, morning, put_into
):
    desk, phone = phone_of(cleo), phone_of(ana)
    record(desk, desk.get(at(ana)), "facilitator", stand="agree", day="2026-11-23")
    today = phone.get("/today")
    assert "There’s something new about your leaving Evening IOP." in today.text
    assert "something new" not in phone_of(ben).get("/today").text
    assert "something new" not in phone.fill(today, "/seen").text
    desk.fill(desk.get(f"{at(ana)}/end"), having="outcome", outcome="payer_ended",
              last_day="2026-11-23", goodbye="You brought us laughter",
              first_step="See Dr. Shah on Tuesday", second_step="Call Rosa")  # fmt: skip
    today = phone.get("/today")
    for words in (
        "You’re no longer in Evening IOP", "Cleo made this change today at 4:00 PM.",
        "Your insurance ended the benefits. It was their decision alone.",
        "You brought us laughter Cleo", "Everything you wrote is still yours",
        "is no longer shared", "See Dr. Shah on Tuesday Call Rosa",
    ):  # fmt: skip
        assert words in today.text
    first = today.text.index("You brought us laughter")  # the person, then the record
    assert first < today.text.index("Your insurance ended") < today.text.index("Cleo made this")
    assert "You brought us laughter" not in phone.fill(today, "/removals/").text
    kept = phone.get("/discharge").text
    assert "You brought us laughter Cleo" in kept
    assert "What each one said Facilitator Agrees" in kept  # and no empty line beside it
    # Without steps of the facilitator's, and after a plain removal: what goes on, and a plan.
    desk.fill(desk.get(f"{at(ben)[:-10]}/leaving"), having="reason", reason="")
    last = phone_of(ben).get("/today").html.split('<ol class="points">')[1].split("</ol>")[0]
    assert 'href="/aftercare"' in last
    assert 'href="/plan/after"' in last
    # Somebody who has a group still has nothing after the program yet.
    put_into(morning, ben)
    still = phone_of(ben).get("/today").html.split('<ol class="points">')[1].split("</ol>")[0]
    assert 'href="/plan/after"' in still
    assert 'href="/plan/supports"' in still
    assert "/aftercare" not in still
