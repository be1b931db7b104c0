"""Max sees what is left of the first day, and each step leads to the form that does it."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from tests.conftest import NOW
from webapp.check_ins.models import DueDays
from webapp.clinic import first_day
from webapp.clinic.first_day import STEPS
from webapp.core.data.db import db
from webapp.doctor.examining import Finding, State
from webapp.meetings.models import Feed
from webapp.program.models import Expectation, Holiday
from webapp.questionnaires.models import InstrumentFile

HERE = "/clinic"


def left(page) -> str:
    """What is still to do."""
    found = re.search(r"<h2>To do</h2>.*?</section>", page.html, re.S)
    return found[0] if found else ""


def steps_left(page) -> set[str]:
    return {step.name for step in STEPS if str(step.says) in re.sub(r"\s+", " ", left(page))}


def tick(desk, step, **sent):
    return desk.fill(desk.get(HERE), f"/clinic/steps/{step}", **sent)


def test_in_an_empty_clinic_everything_is_to_do_and_each_step_leads_to_its_form(
    app, phone_of, max_, clinic_sets
):
    clinic_sets(clinic_name="Groundwork")
    desk = phone_of(max_)
    page = desk.get(HERE)
    # The system check of this trial clinic needs no contact, and no second step.
    assert {"name", "zone", "help", "groups", "facilitators", "holidays", "check_ins", "expect",
            "questionnaires", "meetings", "backup", "drill"} <= steps_left(page)  # fmt: skip
    for link in set(re.findall(r'href="?([^" >]+)', left(page))):
        there = desk.get(link.replace("&amp;", "&"))
        assert there.status == 200, link
        if "#" in link:
            assert link.partition("#")[2] in there.ids, link


def test_what_is_done_moves_below_by_itself(app, phone_of, max_, clinic_sets, clock):
    desk = phone_of(max_)
    before = steps_left(desk.get(HERE))
    clinic_sets(help_clinic="555-0100", help_clinic_hours="Monday to Friday, 9 to 5",
                zone="America/Chicago")  # fmt: skip
    with app.app_context():
        db.session.add_all([
            Holiday(day=NOW.date(), name="Founders’ Day"),
            DueDays(what="daily", weekdays=1, from_day=NOW.date()),
            Expectation(part="bring", words="Yourself."),
            Feed(source="list.json", fellowship="na", zone="America/Chicago"),
            InstrumentFile(key="phq", number=1, title="PHQ", questionnaire="{}", scoring="",
                           fingerprint=b"0" * 32, used_at=NOW),
        ])  # fmt: skip
        db.session.commit()
    now = steps_left(desk.get(HERE))
    assert before - now == {"help", "zone", "holidays", "check_ins", "expect", "meetings",
                            "questionnaires"}  # fmt: skip
    assert "Done: Enter holidays" in desk.get(HERE).text


def test_last_years_holiday_says_nothing_about_this_year(app, phone_of, max_, clock):
    with app.app_context():
        db.session.execute(insert(Holiday).values(
            id=max_.id, day=datetime(2025, 12, 25, tzinfo=UTC).date(), name="Christmas"
        ))  # fmt: skip
        db.session.commit()
    assert "holidays" in steps_left(phone_of(max_).get(HERE))


def test_what_the_clinic_can_do_without_is_said_by_hand_and_taken_back(phone_of, max_):
    desk = phone_of(max_)
    page = tick(desk, "holidays")
    assert "holidays" not in steps_left(page)
    assert "Done: Enter holidays (None this year)" in page.text
    assert "Changed the clinic’s settings" in desk.get("/clinic/audit").text
    page = desk.fill(page, "/clinic/steps/holidays")
    assert "holidays" in steps_left(page)


def test_a_tick_leaves_everything_else_as_it_was_set(app, phone_of, max_, clinic_sets):
    clinic_sets(help_clinic="555-0100", clinic_address="12 Main Street")
    desk = phone_of(max_)
    before = desk.get("/clinic/settings").form(having="clinic_name").fields
    tick(desk, "meetings")
    tick(desk, "questionnaires")
    after = desk.get("/clinic/settings").form(having="clinic_name").fields
    ours = ("csrf_token", "version")
    assert {name: after[name] for name in after if name not in ours} == {
        name: before[name] for name in before if name not in ours
    }
    assert not steps_left(desk.get(HERE)) & {"meetings", "questionnaires"}


@pytest.mark.parametrize("step", ["name", "groups", "backup", "nothing", "holidays push"])
def test_what_a_clinic_cant_do_without_cant_be_ticked_by_hand(phone_of, max_, step):
    desk = phone_of(max_)
    desk.get(HERE)
    assert desk.post(f"/clinic/steps/{step}").status == 404
    assert "Back on the list" not in desk.get(HERE).text


def test_once_all_is_done_the_page_says_so_in_one_line(app, phone_of, max_, monkeypatch):
    monkeypatch.setattr(first_day, "STEPS", [step for step in STEPS if step.by_hand])
    desk = phone_of(max_)
    for step in first_day.STEPS:
        page = tick(desk, step.name)
    assert "To do" not in page.text
    assert "All set" in page.text


def test_the_second_step_of_every_colleague_counts(phone_of, max_, cleo, clinic_sets, monkeypatch):
    monkeypatch.setattr(first_day, "needs_second_factor_from", lambda: NOW)
    desk = phone_of(max_)
    assert "second_step" in steps_left(desk.get(HERE))
    monkeypatch.setattr(first_day, "with_second_factor", lambda people: {one.id for one in people})
    assert "second_step" not in steps_left(desk.get(HERE))


def from_to_do(desk, text):
    """Follow a step's link, as it's written on the page."""
    found = re.search(rf'href="?([^" >]+)"?>{re.escape(text)}', left(desk.get(HERE)))
    return desk.get(found[1].replace("&amp;", "&"))


def test_each_form_leads_back_to_what_is_left(phone_of, max_):
    desk = phone_of(max_)
    page = desk.fill(from_to_do(desk, "Set the clinic’s own phone"), having="help_clinic",
                     help_clinic="555-0100", help_clinic_hours="Monday to Friday")  # fmt: skip
    assert "To do" in page.text
    page = desk.fill(from_to_do(desk, "Enter holidays"), "/federal", all="1")
    assert "To do" in page.text
    assert "Added. Groups on those days are canceled" in page.text
    page = desk.fill(from_to_do(desk, "Choose questionnaires"), "/box/phq-9/use")
    assert "Choose the days they’re asked." in page.text
    page = desk.fill(page, having="of0-every_weeks", **{"of0-weekdays": ["1"]})
    assert "To do" in page.text
    assert {"help", "holidays", "questionnaires", "check_ins"}.isdisjoint(steps_left(page))


def test_whoever_comes_another_way_stays_where_they_are(phone_of, max_):
    desk = phone_of(max_)
    for address, sent in (
        ("/clinic/holidays", {"action": "/federal", "all": "1"}),
        ("/clinic/settings", {"having": "help_clinic"}),
        ("/clinic/check-ins", {"having": "of0-every_weeks"}),
    ):
        page = desk.fill(desk.get(address), **sent)
        assert page.status == 200
        assert page.address.startswith(address)


def test_no_holiday_chosen_is_no_way_back_yet(phone_of, max_):
    desk = phone_of(max_)
    page = desk.fill(from_to_do(desk, "Enter holidays"), "/federal")
    assert "Choose at least one holiday." in page.text
    assert "To do" in desk.fill(page, "/federal", all="1").text


def test_nobody_else_ticks_anything(phone_of, ana, cleo):
    for someone in (ana, cleo):
        assert phone_of(someone).post("/clinic/steps/holidays").status == 404


def test_a_backup_that_couldnt_be_looked_for_isnt_done(app, phone_of, max_, monkeypatch):
    monkeypatch.setitem(app.extensions, "not well", list)
    desk = phone_of(max_)
    assert not steps_left(desk.get(HERE)) & {"backup", "drill"}
    unchecked = Finding("backups", State.UNCHECKED, "Backups couldn’t be checked.")
    monkeypatch.setitem(app.extensions, "not well", lambda: [unchecked])
    page = desk.get(HERE)
    assert {"backup", "drill"} <= steps_left(page)
    assert "couldn’t be checked" not in page.text
