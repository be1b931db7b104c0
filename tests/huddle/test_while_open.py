"""A page that staff have open when it ends: whatever ends it, nothing more comes out of it."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.program.actions import hand_over
from webapp.program.models import Group, GroupSession

pytestmark = pytest.mark.database

AFTER_GROUP, NOTES_DUE = NOW + timedelta(hours=5, minutes=30), NOW + timedelta(hours=20)
FILLED_IN = AFTER_GROUP + timedelta(hours=1)


@pytest.fixture
def ends(app, phone_of, ana, evening, leaves, clock):
    """What ends it, while the pages are open."""

    def do(how, share, entry):
        if how in ("the notes are due", "the colleague's time is over"):
            clock.move_to(NOTES_DUE if "notes" in how else FILLED_IN)
        elif how == "she left":
            leaves(evening, ana)
        else:
            after = {
                "she stopped": f"/shares/{share}/end",
                "she removed it": f"/journal/{entry}/removal",
            }
            phone_of(ana).post(after[how])

    return do


@pytest.mark.parametrize(
    "how",
    [
        "she stopped",
        "she removed it",
        "she left",
        "the notes are due",
        "the colleague's time is over",
    ],
)
def test_nothing_that_was_open_shows_answers_or_copies_it(
    app, phone_of, ana, cleo, kit, evening, wrote, shared, ends, clock, how
):
    entry = wrote(ana, situation="zq-moment")
    share = shared(ana, entry, evening, bring_up=True, about="zq-ticket")
    permission = phone_of(ana)
    permission.fill(
        permission.get("/sharing/permissions/new/quote"), having="signed_name", signed_name="Ana R."
    )
    with app.app_context():
        people = (db.session.get_one(Person, one.id) for one in (kit, cleo))
        tonight = db.session.get_one(GroupSession, evening.tonight)
        hand_over(db.session.get_one(Group, evening.id), *people, FILLED_IN, tonight)
        db.session.commit()
    clock.move_to(AFTER_GROUP)
    session, is_over = f"/clinic/sessions/{evening.tonight}", "colleague" in how
    person, chart = f"/clinic/groups/{evening.id}/people/{ana.id}", f"{session}/chart"
    pages = (session, person, f"{session}/agenda", chart)
    desk = phone_of(kit if is_over else cleo)
    for page in pages:
        assert "zq-" in desk.get(page).text, page
    note = {"tick": str(entry), "who": str(ana.id)}
    assert "zq-moment" in desk.post(chart, note).text

    ends(how, share, entry)

    desk = phone_of(kit if is_over else cleo)
    for page in (*pages, f"{session}/homework", f"{session}/attendance", f"{session}/news"):
        answer = desk.get(page)
        assert "zq-" not in answer.html, page
        assert not is_over or answer.status == 404, page
    acts = {
        "/clinic/feedback": {"entry": str(entry), "words": "Late"},
        f"{session}/agenda/{share}": {"do": "talked"},
        chart: note,
        f"{session}/homework": {"what": "words:", "words": "Late", "who": "everyone"},
    }
    for address, sent in acts.items():
        answer = desk.post(address, sent)
        assert "zq-" not in answer.html, address
        assert not is_over or answer.status == 404, address
    assert desk.post("/clinic/feedback", acts["/clinic/feedback"]).status == 404
    hers = phone_of(ana)
    assert "Late" not in hers.get("/today").text
    copied = hers.get("/sharing/activity").text.count("copied a note about you for the chart")
    assert copied == 1, "nothing was copied after its end"
