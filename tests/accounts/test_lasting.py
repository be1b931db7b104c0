"""How long a sign-in lasts and may be unused, on both sides of each limit, whatever clocks do."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.accounts.test_signing_in import sign_in
from tests.conftest import NOW
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.core.data.db import db

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in (
    "seconds", "minutes", "hours", "days"))  # fmt: skip
# An hour before clocks change where the clinic is: at 2 AM on March 14, and on November 7.
NIGHTS = {
    "an evening": NOW,
    "clocks go forward": datetime(2027, 3, 14, 6, tzinfo=UTC),
    "clocks go back": datetime(2027, 11, 7, 5, tzinfo=UTC),
}
HOME = {"ana": "/today", "cleo": "/clinic"}


@pytest.fixture(params=NIGHTS)
def night(request, clock):
    clock.move_to(NIGHTS[request.param])
    return request.param


def signed_in(app, who: str, own_phone: bool = True) -> Phone:
    phone = Phone(app)
    fields = {} if own_phone else {"own_phone": None}
    assert sign_in(phone, who, **fields).address == HOME[who]
    return phone


def asks(phone: Phone, who: str) -> str:
    """For what a page asks: nothing, the password, or to sign in."""
    address = phone.get(HOME[who]).address.split("?")[0]
    return {HOME[who]: "nothing", "/unlock": "password", "/sign-in": "sign in"}[address]


@pytest.mark.parametrize(
    ("who", "own_phone", "at_most"),
    [("cleo", True, 12 * HOUR), ("cleo", False, 12 * HOUR), ("ana", True, 30 * DAY),
     ("ana", False, 12 * HOUR)],
)  # fmt: skip
def test_a_sign_in_is_over_after_its_time(
    app, ana, cleo, evening, clock, night, who, own_phone, at_most
):
    phone = signed_in(app, who, own_phone)
    clock.shift(at_most - SECOND)
    assert asks(phone, who) == ("nothing" if (who, own_phone) == ("ana", True) else "password")
    clock.shift(SECOND)
    assert asks(phone, who) == "sign in"


def test_no_use_makes_it_longer(app, cleo, evening, clock, night):
    desk = signed_in(app, "cleo")
    for _quarter in range(50):
        clock.shift(14 * MINUTE)
        assert asks(desk, "cleo") == "nothing"
    clock.shift(12 * HOUR - 50 * 14 * MINUTE)
    assert asks(desk, "cleo") == "sign in"


@pytest.mark.parametrize(
    ("who", "own_phone", "away"),
    [("cleo", True, 15 * MINUTE), ("ana", False, 15 * MINUTE), ("ana asks", True, 5 * MINUTE)],
)  # fmt: skip
def test_it_asks_again_after_a_time_without_use(
    app, ana, cleo, evening, clock, night, who, own_phone, away
):
    if who == "ana asks":
        with app.app_context():
            db.session.get_one(Person, ana.id).asks_again = True
            db.session.commit()
    who = who.split()[0]
    phone = signed_in(app, who, own_phone)
    clock.shift(away)
    assert asks(phone, who) == "nothing"
    clock.shift(away + SECOND)
    assert asks(phone, who) == "password"


def test_a_patients_own_phone_asks_for_nothing_unless_she_chose_so(app, ana, clock, night):
    phone = signed_in(app, "ana")
    clock.shift(20 * DAY)
    assert asks(phone, "ana") == "nothing"
