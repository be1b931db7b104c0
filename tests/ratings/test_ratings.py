"""How group was: four taps that are only ever added up, and shown once they point at nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.conftest import NOW
from webapp.attendance.models import Attendance, Presence
from webapp.core.data.db import db
from webapp.erasing import actions as erasing
from webapp.ratings.models import Rated, RatingSum

pytestmark = pytest.mark.database
OFFER = "/rating"
TAPS = {"heard": "4", "mattered": "3", "fits": "4", "overall": "2"}
AFTER, TWO_DAYS = NOW + timedelta(hours=5, minutes=5), timedelta(days=2)


@pytest.fixture
def five(somebody, put_into, ana, ben, evening, weeks, clock):
    """Five patients of Evening IOP, just after Monday's group."""
    others = [somebody(name) for name in ("cy", "del", "eve")]
    put_into(evening, *others)
    clock.move_to(AFTER)
    return [ana, ben, *others]


@pytest.fixture
def rates(phone_of):
    """Somebody rates the last group: `rates(ana, heard="1")`."""

    def do(someone, **taps):
        phone = phone_of(someone)
        return phone.fill(phone.get(OFFER), having="heard", **TAPS | taps)

    return do


def seen(phone_of, cleo, evening) -> str:
    return phone_of(cleo).get(f"/clinic/groups/{evening.id}/ratings").text


def test_nothing_is_shown_before_five_answers_of_four_people_and_two_sessions_and_then_it_stays(
    app, phone_of, cleo, evening, five, rates, clock
):
    phone = phone_of(five[0])
    assert "How was group?" in phone.get("/today").text
    page = phone.get(OFFER)
    wrong = phone.fill(page, having="heard", **TAPS | {"heard": "5", "fits": None})
    assert (wrong.status, wrong.text.count("Tap one of the four.")) == (422, 2)
    assert "Thank you" in phone.fill(wrong, having="heard", **TAPS).text
    assert OFFER not in phone.get("/today").links
    again = phone.fill(page, having="heard", **TAPS)  # from another tab
    assert "There’s no group to rate right now." in again.text
    for someone in five[1:4]:
        rates(someone, heard="1")
    assert "No averages yet" in seen(phone_of, cleo, evening)
    rates(five[4], heard="1")
    assert "No averages yet" in seen(phone_of, cleo, evening), "one evening, five people"
    clock.shift(TWO_DAYS)
    rates(five[0])
    first = seen(phone_of, cleo, evening)
    assert "Nov 23 to Nov 25 6 2 3 4 2" in first
    for someone in five[1:4]:
        rates(someone, heard="4")
    clock.shift(TWO_DAYS)
    rates(five[0], heard="4")
    assert seen(phone_of, cleo, evening) == first, "four answers, two evenings"
    rates(five[4], heard="4")
    both = seen(phone_of, cleo, evening)
    clock.shift(timedelta(days=3))
    rates(five[0], heard="4")
    assert "Nov 25 to Nov 27 5 4 3 4 2" in both
    assert "Nov 23 to Nov 25 6 2 3 4 2" in both
    with app.app_context():
        assert db.session.scalars(select(Rated).where(Rated.is_waiting)).one().person_id
        for row in db.session.scalars(select(RatingSum)):
            assert not any(someone.id.bytes in row.said for someone in five)
        assert {column.name for column in Rated.__table__.c} == {
            "person_id", "group_session_id", "is_waiting",
        }  # fmt: skip
        waiting = RatingSum.is_shown.is_(False)
        db.session.execute(update(RatingSum).where(waiting).values(is_shown=True))
        db.session.commit()
    sooner = seen(phone_of, cleo, evening)
    assert sooner.count(" 3 4 2") == both.count(" 3 4 2") == 2
    assert "Something on this page can’t be opened" in sooner


def test_answers_of_three_people_are_never_enough(phone_of, cleo, evening, five, rates, clock):
    for _evening in range(3):
        for someone in five[:3]:
            rates(someone)
        clock.shift(timedelta(days=2 if _evening < 1 else 3))
    assert "No averages yet" in seen(phone_of, cleo, evening)


def test_who_was_not_there_left_or_skips_is_not_asked(
    app, phone_of, ana, ben, evening, five, rates, leaves, clock
):
    clock.move_to(AFTER - timedelta(minutes=6))
    assert OFFER not in phone_of(ana).get("/today").links, "group is still on"
    clock.move_to(AFTER)
    phone, page = phone_of(ana), phone_of(ana).get(OFFER)
    with app.app_context():
        absent = Attendance(group_session_id=evening.tonight, patient_id=five[2].id)
        absent.presence = Presence.EXCUSED
        db.session.add(absent)
        db.session.commit()
    assert OFFER not in phone_of(five[2]).get("/today").links
    skipped = phone_of(five[3])
    skipped.fill(skipped.get(OFFER), having="heard", skip="1")
    assert OFFER not in skipped.get("/today").links
    rates(ben)
    leaves(evening, ana)
    assert OFFER not in phone.get("/today").links
    late = phone.fill(page, having="heard", csrf_token=phone.token(), **TAPS)
    assert "There’s no group to rate right now." in late.text
    clock.shift(TWO_DAYS)
    assert OFFER in phone_of(five[4]).get("/today").links, "Wednesday's"
    clock.shift(2 * TWO_DAYS)
    assert OFFER not in phone_of(five[4]).get("/today").links, "Friday's was two days ago"
    with app.app_context():
        rated = db.session.execute(select(Rated.person_id, Rated.is_waiting)).all()
        assert sorted(map(tuple, rated)) == sorted([(ben.id, True), (five[3].id, False)])
        erasing.ask(ben.id)
        db.session.commit()
        clock.shift(erasing.WEEK)
        erasing.erase(ben.id)
        db.session.commit()
        assert db.session.scalars(select(Rated.person_id)).all() == [five[3].id]
        assert db.session.scalars(select(RatingSum)).one(), "whose it was, nobody can tell"
