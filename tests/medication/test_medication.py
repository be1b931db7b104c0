"""Ana keeps her list, taps what she took, and is reminded in words that tell nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.core.data.db import db
from webapp.entries.models import Entry
from webapp.reminders import words
from webapp.reminders.models import Notification, Reminder
from webapp.reminders.schedule import Outcome

DAILY = {"weekdays": ["0", "1", "2", "3", "4", "5", "6"]}


def adds(phone, name="Sertraline", **fields):
    times = {f"times-{at}": hour for at, hour in enumerate(fields.pop("times", ()))}
    return phone.fill(phone.get("/medication/new"), having="dose", name=name, **times, **fields)


def taps(phone, answer, name="Sertraline", day=""):
    page = phone.get(f"/medication?day={day}")
    for form in page.forms:
        if form.fields.get("answer") == answer and form.fields.get("name") == name:
            return phone.post(form.action, form.fields)
    raise AssertionError(f"nothing to answer {answer} about {name}: {page.text}")


@pytest.fixture
def rows(app, ana):
    """Everything of a kind, in the database."""

    def all_of(kind):
        with app.app_context():
            return db.session.scalars(select(kind)).all()

    return all_of


def entries_of(rows, kind):
    return [row for row in rows(Entry) if row.kind == kind]


def test_ana_puts_a_medication_on_her_list_with_all_there_is_to_say(phone_of, ana):
    phone = phone_of(ana)
    page = adds(
        phone, "Buprenorphine", dose="8 mg, one film", times=["20:00", "08:00"], remind="y",
        prescriber="Dr. Lee", refill="2026-12-01", notes="Headache in the morning?",
    )  # fmt: skip
    for said in ("Buprenorphine", "8 mg, one film", "8:00 AM, 8:00 PM", "Dr. Lee", "Dec 1, 2026"):
        assert said in page.text
    assert "Headache in the morning?" in page.text
    assert "Buprenorphine" not in page.html.split("</title>")[0]
    listed = phone.get("/medication")
    assert "Buprenorphine" in listed.text
    assert "You can list medication for alcohol or opioid use disorder here, too." in listed.text


def test_the_name_is_enough(phone_of, ana):
    phone = phone_of(ana)
    page = adds(phone, "Ibuprofen")
    assert "As needed" in page.text
    assert "No scheduled doses on this day." in phone.get("/medication").text


def test_what_is_taken_when_needed_stands_with_its_dose_where_it_is_tapped(phone_of, ana):
    phone = phone_of(ana)
    adds(phone, "Ibuprofen", dose="400 mg")
    assert "Ibuprofen 400 mg As needed I took a dose now" in phone.get("/medication").text


def test_one_tap_says_what_became_of_a_dose_and_twice_is_once(phone_of, ana, rows):
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    page = phone.get("/medication")
    form = next(shown for shown in page.forms if shown.fields.get("answer") == "taken")
    assert "Saved: Taken." in phone.post(form.action, form.fields).text
    phone.post(form.action, form.fields)
    assert len(entries_of(rows, "dose")) == 1
    assert not [shown for shown in phone.get("/medication").forms if shown.fields.get("answer")]


def test_another_phone_and_another_answer_are_the_same_dose(phone_of, ana, rows):
    phone, other = phone_of(ana), phone_of(ana)
    adds(phone, times=["08:00"])
    late = other.get("/medication")
    taps(phone, "skipped")
    form = next(form for form in late.forms if form.fields.get("answer") == "taken")
    other.post(form.action, form.fields)
    (dose,) = entries_of(rows, "dose")
    assert dose.version == 2
    assert "Taken" in phone.get(f"/medication/doses/{dose.id}").text


def test_later_stays_on_the_list_until_it_is_taken(phone_of, ana):
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    assert "Later" in taps(phone, "later").text
    assert "Taken" in taps(phone, "taken").text
    with pytest.raises(AssertionError):
        taps(phone, "later")


def test_one_for_when_it_is_needed_is_noted_each_time(phone_of, ana, clock):
    phone = phone_of(ana)
    adds(phone, "Ibuprofen")
    form = next(shown for shown in phone.get("/medication").forms if shown.fields.get("answer"))
    for _ in range(2):  # the same tap
        phone.post(form.action, form.fields)
    clock.shift(timedelta(hours=2))
    taps(phone, "taken", "Ibuprofen")
    page = phone.get("/medication")
    assert "Taken 4:00 PM , Taken 6:00 PM" in page.text.replace("  ", " ")
    assert page.text.count("Taken 4:00 PM") == 1


def test_days_before_can_be_filled_in_but_not_before_it_was_on_the_list(phone_of, ana, clock):
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    assert "Sertraline Taken" not in phone.get("/medication?day=2026-11-22").text
    clock.move_to(NOW + timedelta(days=2))
    taps(phone, "taken", day="2026-11-23")
    page = phone.get("/medication?day=2026-11-23")
    assert "Monday, November 23" in page.text
    assert "Taken" in page.text
    for odd in ("2020-01-01", "2030-01-01", "x", "9999-12-31", "0001-01-01"):
        assert phone.get(f"/medication?day={odd}").status == 200


def test_she_corrects_a_dose_takes_it_away_and_puts_it_back(phone_of, ana, rows):
    phone = phone_of(ana)
    adds(phone, times=["08:00"])
    taps(phone, "taken")
    (dose,) = entries_of(rows, "dose")
    address = f"/medication/doses/{dose.id}"
    phone.fill(phone.get(address), having="answer", answer="skipped", happened="2026-11-23T08:30")
    page = phone.get(address)
    assert "Skipped, today at 8:30 AM" in page.text
    away = phone.fill(page, "/removal")
    assert phone.get(address).status == 404
    phone.fill(away, "/restoration")
    assert "Skipped" in phone.get(address).text
    late = phone.get(address)
    phone.fill(phone.get(address), having="answer", answer="taken")
    assert phone.fill(late, having="answer", answer="later").status == 409


def test_she_changes_a_medication_takes_it_off_and_puts_it_back(phone_of, ana):
    phone = phone_of(ana)
    address = adds(phone, times=["08:00"], dose="50 mg").address
    stale = phone.get(f"{address}/edit")
    edited = phone.fill(phone.get(f"{address}/edit"), "edit", having="dose", dose="100 mg")
    assert "100 mg" in edited.text
    assert "8:00 AM" in edited.text
    assert phone.fill(stale, "edit", having="dose", dose="75 mg").status == 409
    away = phone.fill(phone.get(address), "/removal")
    assert "Sertraline" not in away.text
    assert phone.get(address).status == 404
    assert "100 mg" in phone.fill(away, "/restoration").text


@pytest.mark.parametrize("way", ["", "/edit"])
def test_nobody_else_finds_it(phone_of, phone, ana, ben, cleo, max_, rows, way):
    hers = phone_of(ana)
    address = adds(hers, "Zq-mine", times=["08:00"]).address
    taps(hers, "taken", "Zq-mine")
    (dose,) = entries_of(rows, "dose")
    for someone in (ben, cleo, max_):
        for place in (address + way, f"/medication/doses/{dose.id}"):
            page = phone_of(someone).get(place)
            assert page.status == 404
            assert "Zq-mine" not in page.html
    assert "Zq-mine" not in phone.get(address + way).html
    his = phone_of(ben)
    for action in ("edit", "removal", "restoration"):
        assert his.post(f"{address}/{action}").status == 404
    for action in ("", "/removal", "/restoration"):
        assert his.post(f"/medication/doses/{dose.id}{action}").status == 404
    fields = {"medication": address.split("/")[-1], "day": "2026-11-23", "time": "08:00",
              "answer": "taken"}  # fmt: skip
    assert his.post("/medication/doses", fields).status == 404
    assert "Zq-mine" not in his.get("/medication").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Enter the name"),
        ({"name": "x" * 201}, "1 character too long"),
        ({"notes": "x" * 20_001}, "1 character too long"),
        ({"times": ["25:99"]}, "Enter a time, like 6:00 PM."),
        ({"times": ["08:00"], "weekdays": []}, "Choose at least one day"),
        ({"weekdays": ["9"]}, "Choose from the list"),
        ({"refill": "9999-01-01"}, "It can’t be that far away"),
        ({"refill": "soon"}, "Enter a date"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(phone_of, ana, fields, sentence):
    phone = phone_of(ana)
    page = adds(phone, **{"name": "Sertraline", "prescriber": "Dr. Lee 🌱", **fields})
    assert page.status == 422
    assert sentence in page.text
    assert "Dr. Lee 🌱" in page.html
    assert "Nothing on your list yet" in phone.get("/medication").text


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "doubled"}, {"answer": ""}, {"medication": "1"}, {"day": "yesterday"},
        {"day": "20261123"}, {"day": "1643-01-01"}, {"time": "8"}, {"time": "08:00:30"},
        {"happened": "1643-01-01T10:00"},
    ],
)  # fmt: skip
def test_a_dose_that_cannot_be_is_refused(phone_of, ana, rows, fields):
    phone = phone_of(ana)
    id = adds(phone, times=["08:00"]).address.split("/")[-1]
    sent = {"medication": id, "day": "2026-11-23", "time": "08:00", "answer": "taken", **fields}
    assert phone.post("/medication/doses", sent).status == 422
    assert not entries_of(rows, "dose")


def test_three_at_eight_ring_once_and_tell_nothing(phone_of, ana, app, clock, rows):
    phone = phone_of(ana)
    adds(phone, "Naltrexone", times=["20:00"], remind="y")
    adds(phone, "Sertraline", times=["20:00", "08:00"], remind="y")
    adds(phone, "Vitamin D", times=["20:00"])  # without a reminder
    due = [row.occurs_at for row in rows(Notification)]
    tonight = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert sorted(due)[:2] == [tonight, tonight + timedelta(hours=12)]
    assert len(due) == len(set(due))
    assert {row.kind for row in rows(Reminder)} == {"daily"}, "the table says not what for"
    with app.test_request_context():
        assert words.body("daily", tonight, "UTC") == "There’s something for you today."
    page = phone.get("/reminders")
    assert "Naltrexone, Sertraline" in page.text  # its owner reads what it is for
    assert "Vitamin D" not in page.text


def test_reminders_follow_the_list(phone_of, ana, rows):
    phone = phone_of(ana)
    address = adds(phone, times=["08:00"], remind="y").address

    def on():
        return sorted(row.times[0] for row in rows(Reminder) if row.is_on)

    assert on() == ["08:00"]
    phone.fill(phone.get(f"{address}/edit"), "edit", having="dose", **{"times-0": "09:30"})
    assert on() == ["09:30"]
    away = phone.fill(phone.get(address), "/removal")
    assert on() == []
    phone.fill(away, "/restoration")
    assert on() == ["09:30"]
    phone.fill(phone.get("/reminders"), "/off", having="csrf_token")
    assert on() == []
    phone.fill(phone.get(f"{address}/edit"), "edit", having="dose", dose="75 mg")
    assert on() == [], "what was switched off stays off until its own time changes"
    phone.fill(phone.get(f"{address}/edit"), "edit", having="dose", remind=None)
    assert on() == []


def test_what_is_taken_early_does_not_ring_any_more(phone_of, ana, app, rows):
    phone = phone_of(ana)
    adds(phone, "Naltrexone", times=["20:00"], remind="y")
    adds(phone, "Sertraline", times=["20:00"], remind="y")
    tonight = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def waiting():
        return [row.occurs_at for row in rows(Notification) if row.finished_at is None]

    taps(phone, "taken", "Naltrexone")
    assert tonight in waiting(), "the other one is still to be taken"
    taps(phone, "skipped", "Sertraline")
    assert tonight not in waiting()
    assert waiting(), "tomorrow it rings again"


def test_later_rings_once_more(phone_of, ana, app, clock, rows):
    phone = phone_of(ana)
    adds(phone, times=["20:00"], remind="y")
    assert "remind you again" not in taps(phone, "later").text, "it hasn't rung yet"
    tonight = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    clock.move_to(tonight + timedelta(minutes=1))
    with app.app_context():
        rang = db.session.scalars(select(Notification).where(Notification.occurs_at == tonight))
        for notification in rang:
            notification.finished_at, notification.outcome = tonight, Outcome.SENT
        db.session.commit()
    page = phone.get("/medication")
    form = next(shown for shown in page.forms if shown.fields.get("answer") == "taken")
    form.fields["answer"] = "later"
    again = phone.post(form.action, form.fields)
    assert "We’ll remind you again in 10 minutes." in again.text
    (next_,) = [row.next_at for row in rows(Notification) if row.occurs_at == tonight]
    assert next_ == tonight + timedelta(minutes=11)


def test_a_printed_list_has_what_a_prescriber_asks_and_how_the_last_days_went(
    phone_of, ana, ben, clock
):
    phone = phone_of(ana)
    adds(
        phone, "Naltrexone", dose="50 mg", times=["08:00"], prescriber="Dr. Lee",
        notes="Ask about sleep",
    )  # fmt: skip
    for day, answer in enumerate(("taken", "taken", "skipped")):
        clock.move_to(NOW + timedelta(days=day))
        taps(phone, answer, "Naltrexone")
    clock.move_to(NOW + timedelta(days=4))
    page = phone.get("/medication/printed")
    for said in ("Medication list for Ana", "Naltrexone", "50 mg", "8:00 AM", "Dr. Lee"):
        assert said in page.text
    assert "Ask about sleep" in page.text
    assert "Last 14 days taken 2, skipped 1, not entered 1" in page.text
    assert "Naltrexone" not in phone_of(ben).get("/medication/printed").text


def test_she_shares_a_dose_and_a_medication_and_cleo_reads_them(phone_of, ana, cleo, evening, rows):
    phone, desk = phone_of(ana), phone_of(cleo)
    address = adds(phone, "Acamprosate", times=["08:00"], notes="It helps").address
    taps(phone, "taken", "Acamprosate")
    huddle = f"/clinic/sessions/{evening.tonight}"
    assert "Acamprosate" not in desk.get(huddle).html
    (dose,) = entries_of(rows, "dose")
    for place in (address, f"/medication/doses/{dose.id}"):
        share = phone.get(next(link for link in phone.get(place).links if link.endswith("/share")))
        phone.fill(share, "/share", signed_name="Ana", until="session")
    page = desk.get(huddle)
    for said in ("Acamprosate", "It helps", "Acamprosate : Taken"):
        assert said in page.text
    for _ in range(2):
        phone.fill(phone.get("/sharing"), "/end")
    assert "Acamprosate" not in desk.get(huddle).html


def test_on_a_night_without_two_thirty_the_dose_is_there_once(phone_of, ana, clock, rows):
    adds(phone_of(ana), times=["02:30"], remind="y")
    clock.move_to(datetime(2027, 3, 14, 16, 0, tzinfo=UTC))
    phone = phone_of(ana)
    taps(phone, "taken")
    assert len(entries_of(rows, "dose")) == 1
    assert "Taken" in phone.get("/medication").text


def test_the_plan_and_the_list_lead_to_each_other(phone_of, ana):
    phone = phone_of(ana)
    assert "/plan/medication" in phone.get("/medication").links
    assert "/medication" in phone.get("/plan/medication").links
    assert "/medication" in phone.get("/today").links
