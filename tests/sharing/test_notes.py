"""What is shared for a group stays open through the facilitators' notes, as its author was told."""

from datetime import UTC, date, datetime

import pytest

from tests.conftest import ZONE
from webapp.core.data.db import db
from webapp.program.models import Holiday
from webapp.program.notes import notes_end
from webapp.sharing import actions
from webapp.sharing.models import Share

CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("ends", "until"),
    [
        ("2026-11-24 02:00", "2026-11-24 17:00"),  # Monday evening: Tuesday noon
        ("2026-11-28 02:00", "2026-11-30 17:00"),  # Friday: Monday
        ("2026-12-25 02:00", "2026-12-28 17:00"),  # the holiday and the weekend after it
        ("2026-11-01 01:00", "2026-11-02 17:00"),  # Saturday, the night of the clocks' change
        ("2026-03-07 03:00", "2026-03-09 16:00"),  # Friday, before the clocks go ahead
        ("2026-11-24 05:30", "2026-11-25 17:00"),  # half past midnight
    ],
)
def test_it_is_noon_of_the_next_day_on_which_the_clinic_works(ends, until):
    at = datetime.fromisoformat(ends).replace(tzinfo=UTC)
    assert notes_end(at, "12:00", ZONE, {CHRISTMAS}) == datetime.fromisoformat(until).replace(
        tzinfo=UTC
    )
    assert notes_end(at, "", ZONE, {CHRISTMAS}) is None


def ends_of(app, id):
    with app.app_context():
        return db.session.get_one(Share, id).open_until


@pytest.mark.database
def test_each_share_keeps_the_end_that_its_author_was_told(
    app, phone_of, ana, cleo, evening, wrote, shared, clock, clinic_sets
):
    phone = phone_of(ana)
    clinic_sets(notes_until="12:00")
    said = "If you share it for this group, it closes tomorrow at 12:00 PM."
    assert said in phone.get("/journal/new").text
    with app.app_context():
        db.session.add(Holiday(day=date(2026, 11, 24), name="A day off"))
        db.session.commit()
    entry, other = (wrote(ana, situation=what) for what in ("Keg party", "Payday"))
    assert "it closes Wed 12:00 PM." in phone.get(f"/entries/{entry}/share").text
    kept = shared(ana, entry, evening)
    assert "They can open it until Wed 12:00 PM." in phone.get("/sharing").text
    # What the clinic sets later holds for what is shared later, and both are said.
    clinic_sets(notes_until="")
    two_hours = shared(ana, other, evening)
    assert "it closes today at 11:00 PM." in phone.get(f"/entries/{other}/share").text
    clinic_sets(notes_until="15:00")
    # A share from before this has no end of its own.
    with app.app_context():
        db.session.get_one(Share, two_hours).closes_at = None
        db.session.commit()
    assert ends_of(app, kept) == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert ends_of(app, two_hours) == datetime(2026, 11, 24, 4, tzinfo=UTC)
    clock.move_to(datetime(2026, 11, 24, 4, tzinfo=UTC))
    tonight = f"/clinic/sessions/{evening.tonight}"
    page = phone_of(cleo).get(tonight)
    assert "Keg party" in page.text
    assert "Payday" not in page.text
    clock.move_to(datetime(2026, 11, 25, 17, tzinfo=UTC))
    assert "Keg party" not in phone_of(cleo).get(tonight).text
    assert "You’re not sharing anything" in phone_of(ana).get("/sharing").text


def test_under_a_former_consent_two_hours_stay_two_hours_until_the_new_one_is_signed(
    app, phone_of, ana, cleo, evening, wrote, shared, monkeypatch
):
    entry, phone = wrote(ana, situation="Keg party"), phone_of(ana)
    with monkeypatch.context() as before:
        before.setattr(actions, "VERSION", "2")
        made = shared(ana, entry, evening)
    assert ends_of(app, made) == datetime(2026, 11, 24, 4, tzinfo=UTC)
    page = phone.get(f"/entries/{entry}/share")
    assert "If you share it for this group, it closes today at 11:00 PM." in page.text
    assert "Sign with your name" not in page.text
    anew = phone.get(f"/entries/{entry}/share?sign=1")
    assert "can write their notes about the group after it" in anew.text
    assert "If you share it for this group, it closes tomorrow at 12:00 PM." in anew.text
    assert "Type your name to sign." in phone.fill(anew, having="signed_name", signed_name="").text
    phone.fill(anew, having="signed_name", signed_name="Ana")
    assert "They can open it until tomorrow at 12:00 PM." in phone.get("/sharing").text
    # One tap cancels both.
    signed = next(link for link in phone.get("/sharing").links if "/consents/" in link)
    phone.fill(phone.get(signed), "/revocation")
    assert "Sign with your name" in phone.get(f"/entries/{entry}/share").text
    assert "You’re not sharing anything" in phone.get("/sharing").text
