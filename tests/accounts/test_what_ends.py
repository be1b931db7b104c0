"""What somebody made or holds ends with their right to it."""

from datetime import timedelta

import pytest

from tests.accounts.test_devices_and_passwords import NEW, code_on, reset, reset_code
from tests.conftest import PASSWORD
from tests.joining.test_joining import join, slip
from tests.pages import Phone
from webapp.accounts.actions import issue_reset
from webapp.accounts.models import Person, Role
from webapp.core import clock as our_clock
from webapp.core.data.db import db


def disable(app, someone) -> None:
    with app.app_context():
        db.session.get_one(Person, someone.id).disabled_at = our_clock.now()
        db.session.commit()


@pytest.mark.parametrize("how", ["left the group", "was disabled"])
def test_the_reset_code_of_a_facilitator_who(how, app, phone, phone_of, leaves, ana, cleo, evening):
    code = reset_code(phone_of(cleo), evening, ana)
    if how == "left the group":
        leaves(evening, cleo)
    else:
        disable(app, cleo)
    assert reset(phone, code).status == 422


def test_the_reset_code_of_a_former_administrator(app, phone, phone_of, cleo, max_, evening):
    code = reset_code(phone_of(max_), evening, cleo)
    with app.app_context():
        db.session.get_one(Person, max_.id).role = Role.FACILITATOR
        db.session.commit()
    assert reset(phone, code, username="cleo").status == 422


@pytest.mark.parametrize("how", ["left the group", "was disabled"])
def test_the_slip_of_a_facilitator_who(how, app, phone, phone_of, leaves, ana, cleo, evening):
    code = code_on(slip(phone_of(cleo), evening))
    if how == "left the group":
        leaves(evening, cleo)
    else:
        disable(app, cleo)
    assert join(phone, code).status == 422


def test_the_invitation_of_a_former_administrator(app, phone, phone_of, max_, evening):
    code = code_on(slip(phone_of(max_), evening, "/facilitator-invitations"))
    disable(app, max_)
    assert join(phone, code).status == 422


def test_those_of_who_is_still_here_work(
    app, phone_of, somebody, put_into, leaves, ana, cleo, kit, evening, max_
):
    put_into(evening, kit)
    code = reset_code(phone_of(cleo), evening, ana)
    slips = [code_on(slip(phone_of(cleo), evening))]
    slips.append(code_on(slip(phone_of(max_), evening, "/facilitator-invitations")))
    leaves(evening, kit)
    assert reset(Phone(app), code).address == "/today"
    for number, slip_code in enumerate(slips):
        assert join(Phone(app), slip_code, username=f"robin{number}").status == 200
    # What the operator made by hand is nobody's.
    with app.app_context():
        own = issue_reset(db.session.get_one(Person, ana.id), None)
        db.session.commit()
    assert reset(Phone(app), own).address == "/today"


@pytest.mark.parametrize("how", ["a new password", "a reset", "out everywhere else"])
def test_a_calendar_address_ends_with(how, app, phone_of, ana, cleo, evening, clock):
    own = phone_of(ana)
    made = own.post("/week/calendar")
    address = next(part for part in made.html.split('"') if part.endswith(".ics")).split("/", 3)[3]
    stranger = Phone(app)
    assert stranger.get(f"/{address}").status == 200
    clock.shift(timedelta(minutes=1))
    if how == "a new password":
        fields = {"current": PASSWORD, "password": NEW}
        said = own.fill(own.get("/you/password"), having="current", **fields)
    elif how == "a reset":
        own = Phone(app)
        said = reset(own, reset_code(phone_of(cleo), evening, ana))
    else:
        phone_of(ana)
        said = own.fill(own.get("/you"), "/end-others")
    assert "no longer update in your calendars" in said.text
    assert stranger.get(f"/{address}").status == 404
    assert "/end" not in str([form.action for form in own.get("/week/calendar").forms])
    # A new one works.
    clock.shift(timedelta(minutes=1))
    anew = own.post("/week/calendar").html
    address = next(part for part in anew.split('"') if part.endswith(".ics")).split("/", 3)[3]
    assert stranger.get(f"/{address}").status == 200


def test_a_code_for_the_app_ends_when_a_device_is_signed_out_from_another(app, phone_of, ana):
    lost, own = phone_of(ana), phone_of(ana)
    code = code_on(lost.fill(lost.get("/install"), "/install", password=PASSWORD))
    own.fill(own.get("/you"), "/end")
    stranger = Phone(app)
    assert stranger.fill(stranger.get("/sign-in/code"), code=code).status == 422
