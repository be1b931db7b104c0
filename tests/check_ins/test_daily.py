"""Ana taps how it is today."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import NOW, SomeGroup, Someone
from tests.pages import Page, Phone
from webapp.check_ins.models import CheckIn
from webapp.core.data.db import db

PhoneOf = Callable[[Someone], Phone]
TAPPED = {
    "mood": "4", "craving": "3", "sleep": "4", "medication": "yes", "connection": "little",
    "used": "no", "safety": "yes",
}  # fmt: skip


def check_in(phone: Phone, **tapped: object) -> Page:
    return phone.fill(phone.get("/check-ins/new"), having="mood", **tapped)


def only(app: Flask) -> CheckIn:
    with app.app_context():
        (entry,) = db.session.scalars(select(CheckIn))
        assert entry.content
        return entry


def test_ana_taps_seven_answers_and_only_she_sees_them(
    app: Flask, ana: Someone, ben: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf
) -> None:
    page = check_in(phone_of(ana), **TAPPED)
    assert "Saved. Only you can see it." in page.text
    assert "A little" in page.text
    entry = only(app)
    assert entry.content == {
        "mood": 4, "craving": 3, "sleep": 4, "medication": "yes", "connection": "little",
        "used": "no", "safety": "yes", "zone": "America/New_York",
    }  # fmt: skip
    assert phone_of(ben).get(page.address).status == 404
    assert phone_of(cleo).get(page.address).status == 404
    assert "Check-in." not in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text


def test_one_answer_is_enough_and_none_is_asked_about(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    page = check_in(phone)
    assert page.status == 422
    assert "Tap at least one answer." in page.text
    assert check_in(phone, craving="0").status == 200
    assert only(app).content["craving"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"mood": "6"}, {"mood": "good"}, {"mood": "0"}, {"craving": "11"}, {"craving": "-1"},
        {"sleep": "9"}, {"medication": "maybe"}, {"connection": "x"}, {"used": "x"},
        {"safety": "x"}, {"happened": "1066-10-14T09:00"}, {"note": "x" * 20_001},
    ],
    ids=str,
)  # fmt: skip
def test_what_nobody_can_have_tapped_is_refused_with_a_sentence(
    app: Flask, ana: Someone, phone_of: PhoneOf, wrong: dict[str, str]
) -> None:
    page = check_in(phone_of(ana), **(TAPPED | wrong))
    assert page.status == 422
    assert "Check this and try again" in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count(CheckIn.id))) == 0


def test_the_page_says_before_the_question_that_nobody_is_told(
    ana: Someone, phone_of: PhoneOf
) -> None:
    html = phone_of(ana).get("/check-ins/new").html
    said = html.index(
        "No one is notified of your answer. If you share it, it’s at the top of your "
        "facilitator’s page"
    )
    assert said < html.index("Are you safe right now?")


@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_whoever_is_not_safe_sees_help_and_the_safety_plan_at_once(
    app: Flask, ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, answer: str
) -> None:
    page = check_in(phone_of(ana), safety=answer)
    assert "/help-now" in page.links
    assert "/plan/safety" in page.links
    assert page.html.index("No one has been notified, so") < page.html.index("<h1>")
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert "nothing shared" in huddle.text, "an answer alone tells nobody"


def test_help_comes_before_the_consent_when_she_wanted_to_share(
    ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf
) -> None:
    page = check_in(phone_of(ana), safety="no", share="1")
    assert "You said you’re not safe" in page.text
    assert "Share it" in page.text


def test_who_shares_it_reads_what_staff_do_then_in_the_clinics_own_words(
    ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, max_: Someone,
    shared: Callable[..., object], app: Flask,
) -> None:  # fmt: skip
    desk, phone = phone_of(max_), phone_of(ana)
    page = desk.get("/clinic/what-to-expect")
    desk.fill(page, having="unsafe-words", **{"unsafe-words": "Cleo calls you before group."})
    page = check_in(phone, safety="no")
    assert "/what-to-expect#unsafe" not in page.links, "nobody sees it"
    entry = only(app).id
    assert "/what-to-expect#unsafe" in phone.get(f"/entries/{entry}/share").links
    shared(ana, entry, evening)
    assert "/what-to-expect#unsafe" in phone.get(page.address).links
    read = phone.get("/what-to-expect")
    assert "unsafe" in read.ids
    assert "If you share that you’re not safe Cleo calls you before group." in read.text


def test_next_day_the_same_entry_has_only_the_quiet_link(
    clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    shown = check_in(phone, safety="no")
    clock.shift(timedelta(hours=13))
    page = phone.get(shown.address)
    assert "You said you’re not safe" not in page.text
    assert "This was a hard moment." in page.text
    assert "/plan/safety" in page.links


def test_a_strong_pull_has_the_link_and_a_good_day_has_none(
    ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    assert "/plan/safety" in check_in(phone, craving="8").links
    assert "/plan/safety" not in check_in(phone, **TAPPED).links


def test_what_she_shares_stands_in_the_huddle(
    ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf,
    wrote: Callable[..., UUID], shared: Callable[..., UUID],
) -> None:  # fmt: skip
    shared(ana, wrote(ana), evening)  # she has signed
    page = check_in(phone_of(ana), **(TAPPED | {"share": "1", "bring_up": "1"}))
    assert "Saved and shared with your facilitators." in page.text
    huddle = phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text
    assert "Check-in. Mood: Good. Sleep: Well." in huddle
    assert "Wants to talk about" in huddle


def test_she_changes_it_takes_it_away_and_puts_it_back(
    app: Flask, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    shown = check_in(phone, **TAPPED)
    form = phone.get(f"{shown.address}/edit")
    assert form.form(having="mood").fields["mood"] == "4"
    page = phone.fill(form, having="mood", mood="5", note="A good walk")
    assert "A good walk" in page.text
    assert only(app).happened_at == NOW
    stale = phone.fill(form, having="mood", mood="1")
    assert stale.status == 409
    assert "This was changed somewhere else" in stale.text
    gone = phone.fill(phone.get(shown.address), "/removal")
    assert "No check-ins yet" in gone.text
    assert "A good walk" in phone.fill(gone, "/restoration").text


def test_today_leads_here_and_days_are_in_their_place(
    clock: time_machine.Traveller, ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    assert "/check-ins" in phone.get("/today").html, "a link, or asked right there"
    check_in(phone, **TAPPED)
    assert "/check-ins" in phone.get("/today").links
    clock.shift(timedelta(days=1))
    check_in(phone, mood="1")
    text = phone.get("/check-ins").text
    assert text.index("Tuesday, November 24") < text.index("Monday, November 23")
    assert "Very low" in text


def test_the_list_says_a_check_in_in_one_line_and_never_leaves_out_that_she_is_not_safe(
    ana: Someone, phone_of: PhoneOf
) -> None:
    phone = phone_of(ana)
    check_in(phone, **TAPPED, note="Slept in")
    check_in(phone, mood="1", safety="no", used="yes")
    text = phone.get("/check-ins").text
    assert "Good · urge" in text
    assert "Slept in" in text
    assert "Sleep:" not in text
    assert "Safe right now: No. Used or acted on it. Very low" in text
