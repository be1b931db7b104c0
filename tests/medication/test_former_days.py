"""What Ana said about a dose stays said, whatever she changes later; changes count from then on."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.conftest import NOW
from tests.medication.test_medication import adds, entries_of, rows, taps
from tests.reminders.conftest import sender, service, switch_on
from tests.sync.conftest import outbox_of
from webapp.core.data.db import db
from webapp.entries.models import Entry, EntryVersion
from webapp.medication.models import Medication
from webapp.medication.queries import MOST_CHANGES

__all__ = ["outbox_of", "rows", "sender", "service", "switch_on"]
DAY = timedelta(days=1)


def ny(day, hour, minute=0):
    """An instant, as a clock in New York has it in November after the change."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


def own(phone, name="Sertraline"):
    """The page of a medication on the list."""
    page = phone.get("/medication")
    for link in page.links:
        if re.fullmatch(r"/medication/[0-9a-f-]{36}", link) and name in phone.get(link).text:
            return link
    raise AssertionError(page.text)


def changes(phone, name="Sertraline", **fields):
    times = {f"times-{at}": hour for at, hour in enumerate(fields.pop("times", ()))}
    page = phone.get(own(phone, name) + "/edit")
    return phone.fill(page, "/edit", having="dose", **times, **fields)


def taken_for_days(phone_of, ana, clock, days=13):
    """At eight each morning for some days until yesterday, and today."""
    clock.move_to(NOW - days * DAY)
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    for back in range(days, -1, -1):
        clock.move_to(NOW - back * DAY)
        taps(phone, "taken")
    return phone


def day_of(phone, day):
    text = phone.get(f"/medication?day={day}").text
    return text[text.index("November") : text.index("My list")]


@pytest.mark.parametrize(
    ("change", "unsaid"),
    [
        ({"times": ["09:00"]}, 0),
        ({"weekdays": ["5"]}, 0),
        ({"times": [""]}, 0),
        ({"times": ["08:00", "20:00"]}, 1),  # tonight's, which came with the change
    ],
)
def test_what_was_taken_stays_taken_when_the_plan_changes(phone_of, ana, clock, change, unsaid):
    phone = taken_for_days(phone_of, ana, clock)
    changes(phone, **change)
    clock.move_to(NOW + DAY)
    printed = phone.get("/medication/printed").text
    assert f"Last 14 days taken 14, skipped 0, not entered {unsaid}" in printed
    assert "Until Nov 23, 2026 8:00 AM" in printed
    assert "8:00 AM Taken" in day_of(phone, "2026-11-22")
    assert "8:00 AM Taken" in day_of(phone, "2026-11-23")


def test_a_changed_hour_is_not_asked_for_again_once_the_dose_was_taken(phone_of, ana, clock):
    phone = taken_for_days(phone_of, ana, clock)
    changes(phone, times=["20:00"])
    page = phone.get("/medication")
    assert "8:00 AM Taken" in page.text
    assert not [form for form in page.forms if form.fields.get("answer")]
    clock.move_to(NOW + DAY)
    assert "8:00 PM Taken Sertraline" in day_of(phone, "2026-11-24")


def test_a_dose_that_is_still_open_moves_with_its_hour_and_is_there_once(phone_of, ana, clock):
    clock.move_to(ny(22, 8))
    phone = phone_of(ana)
    adds(phone, times=["08:00", "20:00"])
    clock.move_to(ny(23, 8, 30))
    taps(phone, "later")
    changes(phone, times=["10:00", "20:00"])
    page = phone.get("/medication")
    assert "8:00 AM" not in page.text
    assert [form.fields["time"] for form in page.forms if form.fields.get("answer") == "taken"] == [
        "10:00", "20:00",
    ]  # fmt: skip


def test_a_moved_hour_does_not_ring_again_for_what_was_taken(
    phone_of, ana, clock, service, switch_on, sender
):
    phone = switch_on(ana, service.phone("ana"))
    clock.move_to(ny(23, 20))
    adds(phone, "Sertraline", times=["08:00"], remind="y")
    clock.move_to(ny(24, 8, 0) + timedelta(seconds=5))
    assert sender() == 1
    taps(phone, "taken")
    clock.move_to(ny(24, 8, 30))
    changes(phone, times=["09:00"])
    adds(phone, "Vitamin D", times=["09:30"], remind="y")
    clock.move_to(ny(24, 9, 0) + timedelta(seconds=5))
    assert sender() == 0
    clock.move_to(ny(24, 9, 30) + timedelta(seconds=5))
    assert sender() == 1, "another one, still open"
    clock.move_to(ny(25, 9, 0) + timedelta(seconds=5))
    assert sender() == 1


def test_a_moved_hour_rings_for_what_is_still_open(
    phone_of, ana, clock, service, switch_on, sender
):
    phone = switch_on(ana, service.phone("ana"))
    clock.move_to(ny(24, 7))
    adds(phone, times=["08:00"], remind="y")
    changes(phone, times=["09:00"])
    clock.move_to(ny(24, 8, 0) + timedelta(seconds=5))
    assert sender() == 0
    clock.move_to(ny(24, 9, 0) + timedelta(seconds=5))
    assert sender() == 1


def test_fewer_weekdays_leave_former_days_as_they_were(phone_of, ana, clock):
    clock.move_to(ny(9, 7))
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    clock.move_to(ny(18, 12))
    taps(phone, "taken", day="2026-11-17")  # a Tuesday
    changes(phone, weekdays=["0"])  # Mondays from now on
    assert "8:00 AM Taken Taken" not in day_of(phone, "2026-11-17")
    assert "8:00 AM Taken" in day_of(phone, "2026-11-17")
    assert "8:00 AM Taken Sertraline" in day_of(phone, "2026-11-16"), "open, and was due"
    clock.move_to(ny(21, 12))
    assert "No scheduled doses" in day_of(phone, "2026-11-20")
    # 9 to 18 November were due: one is taken, nine aren't noted.
    assert "taken 1, skipped 0, not entered 9" in phone.get("/medication/printed").text


def test_another_strength_counts_from_then_on(phone_of, ana, clock):
    clock.move_to(ny(20, 7))
    phone = phone_of(ana)
    adds(phone, times=["08:00", "20:00"], dose="50 mg")
    clock.move_to(ny(22, 12))
    changes(phone, dose="100 mg")
    assert "50 mg 8:00 AM" in day_of(phone, "2026-11-22")
    assert "100 mg 8:00 PM" in day_of(phone, "2026-11-22")
    assert "50 mg 8:00 PM" in day_of(phone, "2026-11-21")
    clock.move_to(ny(23, 12))
    printed = phone.get("/medication/printed").text
    assert "Dose 100 mg" in printed
    assert "Until Nov 22, 2026 50 mg: 8:00 AM, 8:00 PM" in printed


def test_taken_off_the_list_its_days_stay_and_the_sheet_says_so(phone_of, ana, clock):
    phone = taken_for_days(phone_of, ana, clock, days=3)
    phone.fill(phone.get(own(phone)), "/removal")
    clock.move_to(NOW + DAY)
    assert "Sertraline" not in phone.get("/medication").text
    assert "8:00 AM Taken" in phone.get("/medication?day=2026-11-22").text
    assert "8:00 AM Taken" in phone.get("/medication?day=2026-11-23").text
    printed = phone.get("/medication/printed").text
    assert "Sertraline Removed from the list yesterday at 4:00 PM" in printed
    assert "taken 4, skipped 0, not entered 0" in printed
    assert "Until" not in printed
    clock.move_to(NOW + 18 * DAY)
    assert "Sertraline" not in phone.get("/medication/printed").text


def test_what_was_taken_before_it_came_off_the_list_can_still_be_said(
    phone_of, ana, ben, clock, rows
):
    clock.move_to(ny(21, 7))
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    clock.move_to(ny(23, 12))
    phone.fill(phone.get(own(phone)), "/removal")
    page = phone.get("/medication?day=2026-11-22")
    form = next(shown for shown in page.forms if shown.fields.get("answer") == "taken")
    token = form.fields.pop("csrf_token")
    assert phone_of(ben).post(form.action, form.fields).status == 404
    form.fields["csrf_token"] = token
    assert "8:00 AM Taken" in phone.post(form.action, form.fields).text
    assert len(entries_of(rows, "dose")) == 1
    assert "taken 1, skipped 0, not entered 1" in phone.get("/medication/printed").text


def test_one_that_was_listed_by_mistake_leaves_nothing_behind(phone_of, ana, clock):
    phone = phone_of(ana)
    adds(phone, times=["08:00", "20:00"])
    phone.fill(phone.get(own(phone)), "/removal")
    clock.move_to(NOW + DAY)
    for address in ("/medication", "/medication?day=2026-11-23", "/medication/printed"):
        assert "Sertraline" not in phone.get(address).text


def test_days_on_which_it_was_off_the_list_are_not_missed(phone_of, ana, clock):
    phone = taken_for_days(phone_of, ana, clock, days=3)
    away = phone.fill(phone.get(own(phone)), "/removal")
    clock.move_to(NOW + 3 * DAY)
    phone.fill(away, "/restoration")
    assert "Taken Sertraline" not in day_of(phone, "2026-11-26"), "8 am was before it came back"
    clock.move_to(NOW + 5 * DAY)
    assert "No scheduled doses" in day_of(phone, "2026-11-24")
    assert "taken 4, skipped 0, not entered 1" in phone.get("/medication/printed").text
    changes(phone, dose="75 mg")  # a change of something else keeps that
    assert "taken 4, skipped 0, not entered 1" in phone.get("/medication/printed").text


def test_put_back_on_the_same_day_it_is_as_if_nothing_had_happened(phone_of, ana, clock):
    clock.move_to(ny(22, 7))
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    clock.move_to(ny(23, 7, 59))
    away = phone.fill(phone.get(own(phone)), "/removal")
    clock.move_to(ny(23, 8, 1))
    phone.fill(away, "/restoration")
    assert "8:00 AM Taken Sertraline" in day_of(phone, "2026-11-23")


def test_rows_of_the_version_before_are_read_by_their_own_versions(phone_of, ana, clock, app):
    """It knew nothing of this: a change left a version behind, and that is all there is."""
    phone = taken_for_days(phone_of, ana, clock)
    changes(phone, times=["09:00"])
    with app.app_context():
        (former,) = db.session.query(EntryVersion).all()
        assert former.written_at == NOW - 13 * DAY
        (row,) = [entry for entry in db.session.query(Entry) if entry.kind == "medication"]
        assert row.version == 2
    clock.move_to(NOW + DAY)
    assert "taken 14, skipped 0, not entered 0" in phone.get("/medication/printed").text


def test_no_number_of_changes_makes_the_page_open_more_than_a_bounded_number(
    phone_of, ana, clock, app, monkeypatch
):
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    with app.app_context():
        (row,) = [entry for entry in db.session.query(Entry) if entry.kind == "medication"]
        for number in range(MOST_CHANGES + 5):
            row.notes = f"again {number}"
            db.session.commit()
    clock.move_to(NOW + timedelta(minutes=1))
    opened = []
    told = Medication.told.__func__
    monkeypatch.setattr(
        Medication, "told", classmethod(lambda cls, *a, **k: opened.append(1) or told(cls, *a, **k))
    )
    phone.get("/medication")
    assert len(opened) == MOST_CHANGES
    clock.move_to(NOW + 20 * DAY)
    opened.clear()
    phone.get("/medication")
    assert not opened, "what is older than two weeks isn't looked at"


def test_after_midnight_last_nights_dose_comes_first_and_tonights_still_rings(
    phone_of, ana, clock, service, switch_on, sender, rows
):
    phone = switch_on(ana, service.phone("ana"))
    clock.move_to(ny(23, 16))
    adds(phone, "Trazodone", times=["23:00"], remind="y")
    clock.move_to(ny(24, 23, 0) + timedelta(seconds=5))
    sender()
    clock.move_to(ny(25, 0, 20))
    page = phone.get("/medication")
    assert "Not marked yet from yesterday Trazodone 11:00 PM" in page.text
    after = taps(phone, "taken", "Trazodone")
    assert "Today, Wednesday, November 25" in after.text, "she is where she was"
    (dose,) = entries_of(rows, "dose")
    assert dose.happened_at == ny(25, 0, 20)
    assert "Not entered yet" not in after.text
    assert (
        "Taken, today at 12:20 AM · for 11:00 PM, Nov 24"
        in phone.get(f"/medication/doses/{dose.id}").text
    )
    clock.move_to(ny(25, 23, 0) + timedelta(seconds=5))
    assert sender() == 1


def test_a_dose_many_hours_ahead_takes_two_taps(phone_of, ana, clock):
    clock.move_to(ny(23, 12))
    phone = phone_of(ana)
    adds(phone, times=["08:00", "16:00", "22:00"])
    html = phone.get("/medication").html
    early = html[html.index("<details>") : html.index("</details>")]
    assert "Mark it early" in early
    assert 'value="22:00"' in early
    assert html.count("<details>") == 1


@pytest.mark.parametrize(
    ("hour", "times", "is_asked"),
    [
        (0, ["20:00"], True),
        (7, ["20:00"], True),  # eleven hours ago, thirteen ahead
        (9, ["20:00"], False),
        (1, ["08:00", "20:00"], True),
        (7, ["08:00", "20:00"], False),  # this morning's is nearer
        (0, ["00:05", "23:30"], False),
    ],
)
def test_yesterdays_open_dose_is_asked_for_while_it_is_the_nearer_one(
    phone_of, ana, clock, hour, times, is_asked
):
    clock.move_to(ny(23, 6))
    phone = phone_of(ana)
    adds(phone, times=times)
    clock.move_to(ny(24, hour, 2))
    assert ("Not marked yet from yesterday" in phone.get("/medication").text) == is_asked


def test_a_dose_of_before_it_was_listed_is_no_missing_one(phone_of, ana, clock):
    phone = phone_of(ana)
    adds(phone, times=["08:00"])  # at four in the afternoon
    clock.move_to(NOW + DAY)
    taps(phone, "taken")
    clock.move_to(NOW + 2 * DAY)
    assert "taken 1, skipped 0, not entered 0" in phone.get("/medication/printed").text


def test_when_needed_is_counted_for_two_weeks_and_noted_on_a_former_day(phone_of, ana, clock, rows):
    clock.move_to(NOW - 20 * DAY)
    phone = phone_of(ana)
    adds(phone, "Ibuprofen")
    for back in (19, 3, 3, 1):
        clock.move_to(NOW - back * DAY)
        taps(phone, "taken", "Ibuprofen")
    clock.move_to(NOW)
    page = phone.get("/medication?day=2026-11-21")
    form = next(shown for shown in page.forms if shown.fields.get("answer"))
    form.fields["hour"] = "14:30"
    for _ in range(2):  # the same tap
        after = phone.post(form.action, form.fields)
    assert "As needed: Taken 2:30 PM" in after.text
    assert "As needed, last 14 days taken 4 times" in phone.get("/medication/printed").text
    for odd in ("", "25:00", "x"):
        assert phone.post(form.action, {**form.fields, "id": "", "hour": odd}).status == 422
    assert len(entries_of(rows, "dose")) == 5


def test_a_needed_dose_of_before_stays_when_it_gets_times(phone_of, ana, clock):
    phone = phone_of(ana)
    adds(phone, "Ibuprofen")
    taps(phone, "taken", "Ibuprofen")
    clock.move_to(NOW + DAY)
    changes(phone, "Ibuprofen", times=["20:00"])
    assert "As needed: Taken 4:00 PM" in day_of(phone, "2026-11-23")
    printed = phone.get("/medication/printed").text
    assert "taken 1 time" in printed
    assert "Until Nov 24, 2026 As needed" in printed


def test_cleo_reads_which_dose_it_was(phone_of, ana, cleo, evening, clock, rows):
    clock.move_to(NOW - DAY)
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    clock.move_to(NOW)
    taps(phone, "taken", day="2026-11-22")
    (dose,) = entries_of(rows, "dose")
    phone = phone_of(ana)  # lately enough to sign
    page = phone.get(f"/medication/doses/{dose.id}")
    share = phone.get(next(link for link in page.links if link.endswith("/share")))
    phone.fill(share, "/share", signed_name="Ana", until="session")
    text = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    assert "Sertraline : Taken for 8:00 AM, Nov 22" in text


@pytest.mark.parametrize("way", ["offline", "page"])
def test_what_was_answered_another_way_rings_no_more(
    phone_of, outbox_of, ana, clock, service, switch_on, sender, rows, way
):
    phone = switch_on(ana, service.phone("ana"))
    clock.move_to(ny(24, 7))
    adds(phone, times=["08:00"], remind="y")
    form = next(f for f in phone.get("/medication").forms if f.fields.get("answer") == "taken")
    if way == "offline":
        fields = {**form.fields, "id": UUID(form.fields["id"])}
        assert outbox_of(ana).send(outbox_of(ana).write(kind="dose", **fields)) == ["saved"]
    else:
        form.fields["answer"] = "later"
        phone.post(form.action, form.fields)
        (dose,) = entries_of(rows, "dose")
        phone.fill(phone.get(f"/medication/doses/{dose.id}"), having="answer", answer="taken")
    clock.move_to(ny(24, 8) + timedelta(seconds=5))
    assert sender() == 0


def test_a_change_on_the_night_of_a_clock_change_drops_no_dose(phone_of, ana, clock):
    clock.move_to(datetime(2027, 3, 12, 17, tzinfo=UTC))
    phone = phone_of(ana)
    adds(phone, times=["02:30"])
    clock.move_to(datetime(2027, 3, 14, 7, 45, tzinfo=UTC))  # 3:45: 2:30 was at 3:30
    taps(phone, "taken")
    changes(phone, times=["02:45"])
    page = phone.get("/medication")
    assert "2:30 AM Taken" in page.text
    assert not [form for form in page.forms if form.fields.get("answer")
                and form.fields["day"] == "2027-03-14"]  # fmt: skip
