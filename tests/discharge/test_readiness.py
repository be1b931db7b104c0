"""Ana's own list for the time after: hers until she shows a line, and hers again once she stops."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.conftest import NOW, ZONE
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.entries.actions import write
from webapp.plan.models import PlanSection, made_for
from webapp.sharing.models import Reading
from webapp.week.models import Appointment

pytestmark = pytest.mark.database
LIST = "/discharge/readiness"


@pytest.fixture
def planned(app, ana):
    """Ana's plan has a skill and a person to ask; on Friday she sees a doctor."""
    with app.app_context():
        person = db.session.get_one(Person, ana.id)
        for part, content in (
            ("skills", {"skills": ["A cold shower"], "favourites": ["A cold shower"]}),
            ("supports", {"supports": [{"id": str(uuid4()), "name": "Rosa", "phone": "555-0100"}]}),
        ):
            write(PlanSection, person, made_for(part), NOW, {"part": part, "zone": ZONE, **content})
        for title, days in (("Dr. Shah", 4), ("Long over", -4)):
            content = {"title": title, "zone": ZONE}
            write(Appointment, person, uuid4(), NOW + timedelta(days=days), content)
        db.session.commit()


def add(phone, about, words):
    return phone.fill(phone.get(f"{LIST}/new"), having="note", about=about, note=words)


def test_lines_come_from_ones_own_plan_and_nobody_sees_any_until_they_are_shown_one_by_one(
    app, phone_of, cleo, kit, ana, ben, evening, planned, wrote, shared
):
    phone, desk = phone_of(ana), phone_of(cleo)
    at = f"/clinic/groups/{evening.id}/people/{ana.id}/discharge"
    page = phone.get(LIST)
    offered = [tag["value"] for _name, tag in page.tags if tag.get("name") == "lines"]
    assert offered == [
        "tools|A cold shower", "people|Rosa", "appointments|Dr. Shah, Friday, November 27",
    ]  # fmt: skip
    assert "555-0100" not in page.html
    page = phone.fill(page, "/proposed", lines=offered[:2])
    add(phone, "worries", "Sundays alone")
    page = phone.get(LIST)
    assert [tag["value"] for _name, tag in page.tags if tag.get("name") == "lines"] == offered[2:]
    assert "it has no part in when you leave" in page.text
    assert "You haven’t signed a consent for this group." in page.text
    before = desk.get(at)
    for words in ("A cold shower", "Rosa", "Sundays", "What they want you to know", "Tools I use"):
        assert words not in before.text
    shared(ana, wrote(ana), evening)  # and so signs
    page = phone.get(LIST)
    ids = {words: tag["value"] for words in ("Rosa", "Sundays alone") for name, tag in page.tags
           if tag.get("name") == "lines" and f'{tag["value"]}"> <span class="words">{words}<'
           in page.html}  # fmt: skip
    assert len(ids) == 2
    page = phone.fill(page, "/shown/", lines=[ids["Sundays alone"]])
    assert "They can open the lines you checked, and no others." in page.text
    seen = desk.get(at)
    assert "What worries me Sundays alone" in seen.text
    for words in ("A cold shower", "Rosa", "Tools I use", "People I can turn to"):
        assert words not in seen.text  # no line that isn't shown, no empty one
    assert "Opened by Cleo, today at 4:00 PM" in phone.get(LIST).text
    with app.app_context():
        assert len(db.session.scalars(select(Reading)).all()) == 1
        opened = select(Act.actor_id).where(Act.kind == ActKind.OPENED)
        assert db.session.scalars(opened).all() == [cleo.id]
    for who in (kit, ben):
        assert phone_of(who).get(at).status == 404
    phone.fill(phone.get(LIST), "/shown/", lines=[])
    assert "Sundays alone" not in desk.get(at).text
    # Shown again, it ends with the discharge.
    phone.fill(phone.get(LIST), "/shown/", lines=list(ids.values()))
    assert "Rosa" in desk.get(at).text
    desk.fill(desk.get(f"{at}/end"), having="outcome", outcome="tools", last_day="2026-11-23")
    assert "Rosa" not in desk.get(at).text
    assert "Rosa" in phone.get(LIST).text


def test_nobody_elses_line_is_shown_and_odd_input_adds_none(
    phone_of, ana, ben, evening, morning, wrote, shared
):
    hers, his = phone_of(ana), phone_of(ben)
    shared(ana, wrote(ana), evening)
    shared(ben, wrote(ben), evening)
    add(hers, "worries", "Hers")
    page = hers.get(LIST)
    (line,) = [tag["value"] for _name, tag in page.tags if tag.get("name") == "lines"]
    assert his.post(f"{LIST}/shown/{evening.id}", {"lines": line}).status == 422
    assert hers.post(f"{LIST}/shown/{morning.id}", {"lines": line}).status == 404
    assert hers.post(f"{LIST}/proposed", {"lines": "tools|Never offered"}).status == 422
    assert add(hers, "worries", "x" * 10_000).status == 422
    assert "Never offered" not in hers.get(LIST).text
