"""Who can read what, on one page, and when it was reviewed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests.conftest import NOW
from webapp.accounts.actions import close_account
from webapp.accounts.models import Person, Role
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.program.actions import hand_over, join, name_supervisor
from webapp.program.models import Group, GroupRole

pytestmark = pytest.mark.database
PAGE = "/clinic/access"


@pytest.fixture
def asked(app):
    """The statements of a visit: `asked(desk)`."""

    def visit(desk):
        seen = []

        def note(_connection, _cursor, statement, *_):
            seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        desk.get(PAGE)
        event.remove(engine, "before_cursor_execute", note)
        return seen

    return visit


def test_the_page_says_who_reads_in_each_group_since_when_and_until_when(
    app, phone_of, somebody, max_, ana, ben, dana, cleo, kit, evening, morning
):
    femi, gone = (somebody(name, Role.FACILITATOR) for name in ("femi", "vera"))
    with app.app_context():
        people = {
            one.username: db.session.get_one(Person, one.id)
            for one in (femi, gone, kit, max_, cleo)
        }
        group = db.session.get_one(Group, evening.id)
        name_supervisor(group, people["femi"], people["max"])
        hand_over(group, people["kit"], people["cleo"], NOW + timedelta(days=2))
        alone = Group(typed_name=None, zone="America/New_York")
        db.session.add(alone)
        db.session.flush()
        join(alone, people["kit"], GroupRole.FACILITATOR)
        join(alone, db.session.get_one(Person, ana.id), GroupRole.PATIENT)
        close_account(people["vera"], by=people["max"])
        db.session.commit()
    page = phone_of(max_).get(PAGE)
    assert "Evening IOP 2 patients" in page.text
    assert "Morning IOP 1 patient" in page.text
    assert "Cleo cleo Facilitator Since Oct 26 No end date" in page.text
    assert "Kit kit Fills in Since Nov 23 Until Wed 4:00 PM" in page.text
    supervises = (
        "Femi femi Clinical supervisor: what’s shared since then From today at 6:00 PM No end date"
    )
    assert supervises in page.text
    assert "Kit kit · 1 individual group" in page.text
    assert "They can’t sign in, and can open nothing. Vera vera" in page.text
    for name in ("Ana", "Ben", "Dana"):
        assert name not in page.text
        assert name.lower() not in page.text.split()


def test_a_review_is_on_the_page_and_in_the_audit_log(app, phone_of, max_, cleo, evening, clock):
    desk = phone_of(max_)
    page = desk.get(PAGE)
    assert "Not reviewed yet." in page.text
    assert "Reviewed on Monday, November 23, 2026 by Max." in desk.fill(page, "/reviewed").text
    clock.shift(timedelta(days=1))
    desk = phone_of(max_)
    assert "Reviewed on Monday, November 23, 2026 by Max." in desk.get(PAGE).text
    assert "Tuesday, November 24, 2026 by Max" in desk.fill(desk.get(PAGE), "/reviewed").text
    with app.app_context():
        done = db.session.scalars(select(Act).where(Act.kind == "access_reviewed")).all()
        assert [act.actor_id for act in done] == [max_.id, max_.id]
    assert phone_of(cleo).get(PAGE).status == 404
    assert phone_of(cleo).post(f"{PAGE}/reviewed").status == 404


def test_it_asks_as_many_statements_at_any_size_and_none_of_entries(
    phone_of, somebody, put_into, max_, cleo, evening, asked
):
    desk = phone_of(max_)
    desk.get(PAGE)
    few = asked(desk)
    for number in range(5):
        put_into(evening, somebody(f"more-{number}", Role.FACILITATOR))
    many = asked(desk)
    assert len(many) == len(few)
    tables = r"\b(entry|entry_version|share|course|reading|feedback|consent)\b"
    assert not [one for one in many if re.search(tables, one)]
