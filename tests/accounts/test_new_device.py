"""A sign-in on a device that wasn't known is announced where its owner is signed in already."""

from datetime import timedelta

import time_machine

from tests.accounts.test_signing_in import sign_in
from tests.conftest import NOW, PASSWORD
from tests.joining.test_joining import code_on
from tests.pages import Phone
from webapp.accounts.models import SignIn
from webapp.core.data.db import db

LINE = "Signed in on another device"
MAC = {"HTTP_USER_AGENT": "Mozilla/5.0 (Macintosh) Firefox/130.0"}


def elsewhere(app, who: str = "ana") -> Phone:
    """Somebody signs in as `who` on a device that never was here."""
    other = Phone(app)
    other.client.environ_base.update(MAC)
    assert sign_in(other, who).status == 200
    return other


def test_ana_sees_on_her_phone_that_there_is_another_device_until_she_says_that_it_was_her(
    app, phone_of, ana, ben, clock
):
    own, bens = phone_of(ana), phone_of(ben)
    assert LINE not in own.get("/today").text
    other = elsewhere(app)
    for address in ("/today", "/you", "/today"):  # it is there until she has said so
        assert f"{LINE}: Mac, Firefox, today at 4:00 PM." in own.get(address).text
    assert "Not you? Sign that device out, then change your password." in own.get("/today").text
    assert 'id="devices"' in own.get("/you").html
    assert LINE not in other.get("/today").text
    assert LINE not in bens.get("/today").text
    assert own.fill(own.get("/today"), "/you/devices/seen").address == "/today"
    for address in ("/today", "/you"):
        assert LINE not in own.get(address).text


def test_staff_see_it_where_they_start(app, phone_of, cleo, max_, evening, clock):
    for someone in (cleo, max_):
        desk = phone_of(someone)
        elsewhere(app, someone.username)
        assert f"{LINE}: Mac, Firefox" in desk.get("/clinic").text
        assert desk.fill(desk.get("/clinic"), "/you/devices/seen").address == "/clinic"
        assert LINE not in desk.get("/clinic").text


def test_a_device_that_is_known_is_no_news(app, phone_of, ana, clock):
    known = elsewhere(app)
    own = phone_of(ana)
    known.fill(known.get("/you"), "/sign-out")
    sign_in(known, "ana")
    assert LINE not in own.get("/today").text


def test_a_shared_device_is_never_known_and_a_wrong_password_opens_none(app, phone_of, ana, clock):
    own, shared = phone_of(ana), Phone(app)
    sign_in(shared, "ana", password="not the right words")
    assert LINE not in own.get("/today").text
    for _again in range(2):
        clock.shift(timedelta(minutes=1))
        sign_in(shared, "ana", own_phone=None)
        own.fill(own.get("/today"), "/you/devices/seen")
        shared.fill(shared.get("/you"), "/sign-out")


def test_a_device_that_was_signed_out_is_no_news_any_more(app, phone_of, ana, clock):
    own = phone_of(ana)
    elsewhere(app)
    clock.shift(timedelta(minutes=1))
    own.fill(own.get("/you"), "/end-others")
    assert LINE not in own.get("/today").text


def test_each_other_device_says_so_by_itself(app, phone_of, ana, clock):
    first, second = phone_of(ana), phone_of(ana)
    elsewhere(app)
    first.fill(first.get("/today"), "/you/devices/seen")
    assert LINE not in first.get("/today").text
    assert LINE in second.get("/today").text


def test_looking_changes_nothing(app, phone_of, ana, clock):
    own = phone_of(ana)
    elsewhere(app)
    with app.app_context():
        before = [row.new_device_at for row in db.session.query(SignIn).order_by(SignIn.id)]
    own.get("/today")
    with app.app_context():
        after = [row.new_device_at for row in db.session.query(SignIn).order_by(SignIn.id)]
    assert before == after


def test_the_code_of_the_installed_app_makes_a_device_too(app, phone_of, ana, clock):
    own = phone_of(ana)
    code = code_on(own.fill(own.get("/install"), "/install", password=PASSWORD))
    installed = Phone(app)
    assert installed.fill(installed.get("/sign-in/code"), code=code).address == "/today"
    assert LINE in own.get("/today").text


def test_the_device_is_found_while_time_goes_on(app, phone_of, ana):
    own = phone_of(ana)
    with time_machine.travel(NOW, tick=True):
        elsewhere(app)
        assert f"{LINE}: Mac, Firefox" in own.get("/today").text
        own.fill(own.get("/you"), "/end-others")
        assert LINE not in own.get("/today").text
