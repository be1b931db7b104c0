"""Ana's insurance stops: how long there is, what comes first, by when to answer, what to send."""

from uuid import uuid4

from tests.conftest import NOW, ZONE
from tests.discharge.test_discharge import record
from webapp.accounts.models import Person
from webapp.attendance.actions import authorise, mark
from webapp.attendance.models import Presence
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.plan.models import PlanSection, made_for
from webapp.program.models import Group, GroupSession
from webapp.program.queries import membership_in


def test_an_early_end_of_benefits_opens_what_to_do_and_a_summary_of_ones_own_lines(
    app, phone_of, cleo, ana, ben, evening, weeks
):
    with app.app_context():
        person, group = db.session.get_one(Person, ana.id), db.session.get_one(Group, evening.id)
        authorise(membership_in(group, ana.id), 12, NOW.date(), None, None, by=person)
        friday = db.session.get_one(GroupSession, evening.friday)
        mark(friday, ana.id, Presence.PRESENT, by=person, note="Staff only")
        goals = [{"id": str(uuid4()), "words": "Sleep by eleven", "steps": [
            {"id": str(uuid4()), "words": "Phone in the kitchen", "done": True},
            {"id": str(uuid4()), "words": "No coffee", "done": False}]}]  # fmt: skip
        content = {"part": "goals", "goals": goals, "zone": ZONE}
        write(PlanSection, person, made_for("goals"), NOW, content)
        db.session.commit()
    desk, phone = phone_of(cleo), phone_of(ana)
    at = f"/clinic/groups/{evening.id}/people/{ana.id}/discharge"
    assert "/discharge/coverage" not in phone.get("/discharge").links
    record(desk, desk.get(at), "payer", stand="ended", who="Acme Health", day="2026-11-20",
           ends_on="2026-12-01", appeal_by="2026-11-10", review_on="2026-11-24")  # fmt: skip
    for page in ("/discharge", "/today"):
        assert "/discharge/coverage" in phone.get(page).links
        assert "/discharge/coverage" not in phone_of(ben).get(page).links
    kit = phone.get("/discharge/coverage")
    words = kit.text
    assert (
        words.index("Plan what comes next") < words.index("Know your dates") < words.index("appeal")
    )
    assert "0 of 12 used, 12 left." in words
    assert "Paid for until Tuesday, December 1: 8 days left." in words
    assert "Appeal by Tuesday, November 10." in words  # over, and no number of days below none
    assert "Next insurance review Tuesday, November 24: 1 day left." in words
    assert "No dates are on record. Ask" in phone_of(ben).get("/discharge/coverage").text
    page = phone.get("/discharge/summary")
    lines = [tag["value"] for _name, tag in page.tags if tag.get("name") == "lines"]
    assert lines == [
        "I came 1 time since Friday, November 20, 2026.",
        "My goal: Sleep by eleven", "Done: Phone in the kitchen",
    ]  # fmt: skip
    paper = phone.fill(page, having="own", lines=lines[:2], own="I need four more weeks.")
    for said in ("Ana", "I came 1 time", "Sleep by eleven", "I need four more weeks."):
        assert said in paper.text
    assert "Phone in the kitchen" not in paper.html
    # It's hers: no notice, and nothing tells what kind of place she comes to.
    for said in ("42 CFR", "Evening IOP", "Riverside", "IOP", "Staff only", "Acme", "recovery"):
        assert said not in paper.text
    assert phone.post("/discharge/summary", {"lines": "Never offered"}).status == 422
    assert phone.post("/discharge/summary", {"own": "x" * 4_001}).status == 422
    # However the end is called, Today and the page that keeps it go on leading there.
    phone.fill(phone.get("/today"), "/seen")
    assert "/discharge/coverage" not in phone.get("/today").links
    desk.fill(desk.get(f"{at}/end"), having="outcome", outcome="other", last_day="2026-11-23")
    assert "/discharge/coverage" in phone.get("/today").links
