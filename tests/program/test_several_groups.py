"""One patient in several groups at once: a group, individual sessions, a medication track."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW, ZONE
from tests.joining.test_joining import code_on
from webapp.accounts.models import Role
from webapp.core.data.db import db
from webapp.program.models import Group, Track
from webapp.sharing.models import Share

TIMES = {"days": ["1"], "starts": "15:00", "minutes": "50", "zone": ZONE, "place": "Room 5"}


@pytest.fixture
def individual(app, phone_of, kit, clock):
    """Kit's individual sessions, on Tuesdays at three, for nobody yet: where they stand."""
    desk = phone_of(kit)
    page = desk.fill(desk.get("/clinic/groups/individual"), "/clinic/groups/individual", **TIMES)
    assert "Individual sessions are set up." in page.text
    with app.app_context():
        id = db.session.scalars(select(Group.id).where(Group.typed_name.is_(None))).one()
    return f"/clinic/groups/{id}"


@pytest.fixture
def shared_with(app):
    """The groups with which somebody shares something now, one for each share."""

    def names(someone):
        with app.app_context():
            found = db.session.scalars(
                select(Share).where(Share.author_id == someone.id, Share.ended_at.is_(None))
            )
            return sorted(share.group.typed_name or "Individual" for share in found)

    return names


def slip(desk, group):
    return "/join/" + code_on(desk.fill(desk.get(group), "/invitations"))


def test_individual_sessions_are_called_by_who_is_in_them(
    phone_of, kit, ana, ben, max_, evening, individual
):
    desk, phone = phone_of(kit), phone_of(ana)
    address, another = slip(desk, individual), slip(desk, individual)
    page = phone.fill(phone.get(f"{address}/with-account"), f"{address}/with-account")
    for path in ("/week", "/sharing"):
        text = phone.get(path).text
        assert "Individual with Kit" in text, path
        assert "Evening IOP" in text, path
    assert "Process group" in phone.get("/today").text
    # Kit calls them by Ana, but never where a browser keeps what it was called.
    page = desk.get(individual)
    assert "Individual with Ana" in page.text
    assert "<title>Individual sessions · Groundwork</title>" in page.html
    # One patient, ever: whoever else has a slip is told so, with an account and without.
    other = phone_of(ben)
    refused = other.fill(other.get(f"{another}/with-account"), f"{another}/with-account")
    assert refused.status == 422
    assert "These individual sessions are someone else’s." in refused.text
    typed = {"username": "ben"}
    refused = desk.fill(desk.get(f"{individual}/people/add"), having="username", **typed)
    assert "These individual sessions are someone else’s." in refused.text
    # Max sees who meets how many, and nobody's name.
    page = phone_of(max_).get("/clinic")
    assert "Individual (Kit), 1 person" in page.text
    assert "Ana" not in page.text
    assert "Individual (Kit)" in phone_of(max_).get("/clinic/staff").text
    assert "Ana" not in phone_of(max_).get(individual).text


def test_with_three_groups_each_is_known_everywhere(
    app, phone_of, somebody, put_into, ana, cleo, evening, group_of
):
    pat = somebody("pat", Role.FACILITATOR)
    medication = group_of("Medication visits", NOW + timedelta(hours=20))
    skills = group_of("Skills", NOW + timedelta(hours=44))
    put_into(medication, ana, pat)
    put_into(skills, ana, pat)
    with app.app_context():
        db.session.get_one(Group, medication.id).track = Track.MEDICATION
        db.session.commit()
    phone = phone_of(ana)
    week = phone.get("/week").text
    assert "Medication" in week
    for group in (evening, medication, skills):
        assert group.name in week
        assert group.name in phone.get("/sharing").text
        assert phone.get(f"/week/sessions/{group.tonight}").status == 200
    assert "Pat" in phone.get("/sharing").text
    # Whoever runs one of them doesn't get into another.
    assert phone_of(cleo).get(f"/clinic/groups/{medication.id}").status == 404
    assert phone_of(pat).get(f"/clinic/sessions/{evening.tonight}").status == 404


def test_sharing_proposes_the_group_that_meets_next_and_takes_two_at_once(
    app, phone_of, kit, ana, cleo, evening, individual, wrote, shared_with
):
    desk, phone = phone_of(kit), phone_of(ana)
    address = slip(desk, individual)
    phone.fill(phone.get(f"{address}/with-account"), f"{address}/with-account")
    entry = wrote(ana)
    page = phone.get(f"/entries/{entry}/share")
    assert "Share with Evening IOP" in page.text  # tonight; Kit is there tomorrow
    assert "Cleo can open it before group" in page.text
    assert "Share with these, too" not in page.text  # Kit has no consent yet
    kits = individual.removeprefix("/clinic/groups/")
    chosen = f"/entries/{entry}/share?group={kits}"
    assert "Kit can open it before group" in phone.get(chosen).text
    phone.fill(phone.get(chosen), having="until", signed_name="Ana")
    page = phone.get(f"/entries/{wrote(ana)}/share")
    assert "Individual with Kit: Kit can open it" in page.text
    page = phone.fill(page, having="until", signed_name="Ana", also=[kits])
    assert "Shared with your facilitators." in page.text
    assert shared_with(ana) == ["Evening IOP", "Individual", "Individual"]
