"""Ana looks at what repeats."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOW


def test_with_nothing_it_says_how_to_begin(phone_of, ana):
    page = phone_of(ana).get("/journal/patterns")
    assert "No patterns yet" in page.text


@pytest.mark.parametrize("count", [1, 2, 4])
def test_with_little_it_concludes_nothing(phone_of, ana, wrote, count):
    for _number in range(count):
        wrote(ana, urge=9, did="A walk", after=1, kinds=["money"])
    page = phone_of(ana).get("/journal/patterns")
    assert "Too early to tell" in page.text
    assert "Most common trigger" not in page.text
    assert "What helped" not in page.text
    assert '<svg class="chart' not in page.html, "a sentence says as much"
    assert "<table" not in page.html


def test_each_chart_has_a_sentence_and_the_figures_as_a_table(phone_of, ana, wrote):
    for day in (0, 3, 4, 5, 6, 7):
        wrote(ana, at=NOW - timedelta(days=day), urge=8, after=5, did="A walk", kinds=["money"],
              feelings=["tired"])  # fmt: skip
    page = phone_of(ana).get("/journal/patterns")
    for text in ("Most of your strong urges come on weekday afternoons",
                 "Most common trigger: Money",
                 "A walk: your urges dropped by 3 on average. They dropped 6 out of 6 times",
                 "6 urges were 7 or higher. The last one was today"):  # fmt: skip
        assert text in page.text
    assert page.html.count('<svg class="chart') == 2
    assert page.html.count("<caption") == 4
    assert page.text.count("Show as a table") == 2


def test_few_strong_urges_say_nothing_about_hours(phone_of, ana, wrote):
    for day in range(6):
        wrote(ana, at=NOW - timedelta(days=day), urge=9 if day < 4 else 3)
    text = phone_of(ana).get("/journal/patterns").text
    assert "When your urges come" in text
    assert "many different times" not in text


def test_the_bars_are_drawn_and_the_most_named_of_the_four_is_said(phone_of, ana, wrote):
    for feelings in (["tired"], ["tired", "angry"], ["angry", "tired"], [], []):
        wrote(ana, urge=6, kinds=["money"], feelings=feelings)
    page = phone_of(ana).get("/journal/patterns")
    assert "You chose “tired” most often." in page.text
    assert len(re.findall(r'class="ten-part"\s+width="60.0"', page.html)) == 3


def test_the_period_is_in_the_address(phone_of, ana, wrote):
    wrote(ana, at=NOW - timedelta(days=27))
    wrote(ana, at=NOW - timedelta(days=40))
    wrote(ana, at=NOW - timedelta(days=800))
    phone = phone_of(ana)
    for period, count in (("4w", 1), ("12w", 2), ("year", 2), ("all", 3), ("nonsense", 1)):
        assert f"Based on {count} entr" in phone.get(f"/journal/patterns?period={period}").text


def test_an_evening_elsewhere_is_an_evening(phone_of, ana, wrote):
    tokyo = datetime(2026, 11, 20, 20, tzinfo=ZoneInfo("Asia/Tokyo"))
    for day in range(5):
        wrote(ana, at=tokyo - timedelta(days=day), urge=8, zone="Asia/Tokyo")
    assert "evening" in phone_of(ana).get("/journal/patterns").text


def test_what_was_taken_away_or_is_anothers_is_not_in_it(phone_of, ana, ben, cleo, wrote):
    phone, entry = phone_of(ana), wrote(ana)
    wrote(ben)
    phone.fill(phone.get(f"/journal/{entry}"), "/removal")
    assert "Based on 0 entries" in phone.get("/journal/patterns").text
    assert phone_of(cleo).get("/journal/patterns").status == 404


def test_a_changed_entry_counts_as_it_is_now(phone_of, ana, wrote):
    phone, entry = phone_of(ana), [wrote(ana, urge=2) for _entry in range(5)].pop()
    phone.fill(phone.get(f"/journal/{entry}/edit"), "edit", urge="9")
    assert "1 urge was 7 or higher." in phone.get("/journal/patterns").text


def test_it_leads_with_the_hardest_hour_and_a_plan_for_it_is_made_right_there(
    phone_of, ana, ben, wrote
):
    friday = datetime(2026, 11, 20, 16, 10, tzinfo=ZoneInfo("America/New_York"))
    for week in range(3):
        wrote(ana, at=friday - timedelta(weeks=week), urge=8, kinds=["money"])
    phone = phone_of(ana)
    wrote(ana, at=NOW - timedelta(days=2), urge=9)
    says = "Friday around 4 PM has been your hardest hour."
    assert says not in phone.get("/journal/patterns").text, "four strong ones are too few"
    wrote(ana, at=NOW - timedelta(days=4), urge=9)
    page = phone.get("/journal/patterns")
    assert page.text.index(says) < page.text.index("Entries by day and hour")
    assert "You have no plan for it yet. Make one." in page.text
    assert not [link for link in page.links if "riday" in link]
    assert phone.fill(page, "/plan/coverage", response=" ").status == 422
    page = phone.fill(page, "/plan/coverage", response="Meet Sam at the gym")
    assert page.address == "/journal/patterns?period=4w"
    assert says in page.text
    assert "Your plan for it: Friday around 4 PM: Meet Sam at the gym" in page.text
    assert "no plan for it" not in page.text
    assert "Friday around 4 PM" in phone.get("/plan/triggers").text
    assert says not in phone_of(ben).get("/journal/patterns").text


def test_an_hour_of_any_day_is_said_without_one(phone_of, ana, wrote):
    for day in range(2, 7):
        wrote(ana, at=datetime(2026, 11, 23 - day, 21, tzinfo=ZoneInfo("America/New_York")), urge=8)
    text = phone_of(ana).get("/journal/patterns").text
    assert "Around 9 PM has been your hardest hour." in text
    assert "Around 9 PM, I will" in text


def test_a_plan_for_what_sets_her_off_then_is_a_plan_for_that_hour(phone_of, ana, wrote):
    phone = phone_of(ana)
    page = phone.get("/plan/triggers/triggers")
    phone.fill(page, having="response", kind="money", response="I call Sam before the bank")
    for day in (3, 10, 17):
        wrote(ana, at=NOW - timedelta(days=day), urge=8, kinds=["money"])
    for day in (1, 5):
        wrote(ana, at=NOW - timedelta(days=day, hours=7), urge=8)
    assert "Your plan for it: I call Sam before the bank" in phone.get("/journal/patterns").text
