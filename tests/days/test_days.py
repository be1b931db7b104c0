"""Ana counts days, and a return to use erases nothing."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from webapp.accounts.models import Person
from webapp.core.data.db import db


@pytest.fixture
def counting(phone_of, ana):
    """Ana's phone, and the page of what she counts since 1 November."""
    phone = phone_of(ana)
    page = phone.get("/plan/days")
    page = phone.fill(page, having="name", name="Without a drink", since="2026-11-01")
    return phone, page


def test_nothing_is_counted_unless_somebody_wants_it(phone_of, ana):
    page = phone_of(ana).get("/plan/days")
    assert "Nothing is counted unless you start it" in page.text
    assert "days total" not in page.text


def test_the_sum_stands_first_and_milestones_are_words(counting):
    phone, page = counting
    assert "23 days this year" in page.text
    assert "Two weeks and counting." in phone.get("/plan/days").text


@pytest.mark.parametrize(
    ("first", "today", "said", "not_yet"),
    [
        (
            date(2026, 11, 24),
            datetime(2026, 11, 24, 14, tzinfo=UTC),
            "1 day this year",
            "and counting",
        ),
        (date(2026, 11, 24), datetime(2026, 11, 25, 14, tzinfo=UTC), "One day and", "week"),
        (date(2026, 11, 18), datetime(2026, 11, 24, 14, tzinfo=UTC), "One day and", "week"),
        (
            date(2025, 11, 24),
            datetime(2026, 11, 23, 14, tzinfo=UTC),
            "Six months and",
            "one year",
        ),
        (date(2025, 11, 24), datetime(2026, 11, 24, 14, tzinfo=UTC), "One year and", "six"),
        (date(2027, 3, 1), datetime(2028, 2, 28, 14, tzinfo=UTC), "Six months and", "one year"),
        (date(2022, 3, 1), datetime(2028, 2, 28, 14, tzinfo=UTC), "5 years and", "6 years"),
    ],
)
def test_what_is_behind_somebody_is_said_on_its_day(
    phone_of, ana, clock, first, today, said, not_yet
):
    clock.move_to(today)
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/days"), having="name", name="No wine", since=first.isoformat())
    line = phone.get("/plan/days").text.split("No wine")[1].split("Start another count")[0]
    assert said in line
    assert not_yet not in line


def test_a_chapter_after_a_return_has_its_own_first_day(counting, clock):
    phone, page = counting
    page = phone.get(next(link for link in page.links if link.endswith("/return")))
    phone.fill(page, having="before", day="2026-11-16")
    line = phone.get("/plan/days").text
    assert "One day and counting. A new chapter started after Monday, November 16." in line
    clock.shift(86_400)
    assert "One week and counting." in phone.get("/plan/days").text


def test_more_than_one_thing_is_counted(counting):
    phone, _page = counting
    phone.fill(phone.get("/plan/days"), having="name", name="Without a bet", since="2026-11-22")
    text = phone.get("/plan/days").text
    assert "Without a drink" in text
    assert "2 days this year" in text


def test_the_button_says_what_somebody_calls_it(counting, ana):
    phone, page = counting
    assert "It happened" in page.text
    assert "I used" not in page.text
    edit = next(link for link in page.links if link.endswith("/edit"))
    page = phone.fill(phone.get(edit), having="said", said="I placed a bet")
    assert "I placed a bet" in page.text


def test_name_and_first_day_can_be_changed_and_what_was_noted_stays(counting):
    phone, page = counting
    page = phone.get(next(link for link in page.links if link.endswith("/return")))
    page = phone.fill(page, having="before", day="2026-11-21", before="Payday")
    edit = next(link for link in page.links if link.endswith("/edit"))
    page = phone.fill(phone.get(edit), having="said", name="Without wine", since="2026-11-02")
    assert "Without wine" in page.text
    assert "21 days this year" in page.text
    assert "Payday" in page.text
    assert phone.fill(phone.get(edit), having="said", name=" ").status == 422
    page = phone.fill(phone.get(edit), having="said", since="2026-11-24")
    assert "Choose today or an earlier day." in page.text


def test_begun_again_from_an_old_page_both_are_shown_once_it_was_changed(phone_of, ana):
    phone = phone_of(ana)
    old = phone.get("/plan/days")
    page = phone.fill(old, having="name", name="Without a drink", since="2026-11-01")
    edit = next(link for link in page.links if link.endswith("/edit"))
    phone.fill(phone.get(edit), having="since", name="Sober", since="2026-11-10")
    both = phone.fill(old, having="name", name="Without a drink", since="2026-11-01")
    assert both.status == 409
    assert "Sober" in both.text
    assert "Sober" in phone.get(page.address).text


def test_a_day_noted_by_mistake_is_taken_back(counting):
    phone, page = counting
    for day in ("2026-11-10", "2026-11-21"):
        page = phone.get(next(link for link in page.links if link.endswith("/return")))
        page = phone.fill(page, having="before", day=day)
    assert "21 days this year" in page.text
    page = phone.fill(page, "returns/removal", day="2026-11-10")
    assert "22 days this year" in page.text
    assert "Saturday, November 21" in page.text
    assert "22 days this year" in phone.fill(page, "returns/removal", day="never").text


def test_a_return_starts_a_chapter_and_goes_into_the_plan(counting):
    phone, page = counting
    page = phone.get(next(link for link in page.links if link.endswith("/return")))
    assert "Thank you for being honest" in page.text
    page = phone.fill(page, having="before", day="2026-11-21", before="Payday, alone",
                      then="I call Sam first", into_plan="y", kind="money")  # fmt: skip
    assert "22 days this year" in page.text
    assert "Your current chapter: 2 days" in page.text
    assert "Longest stretch: 20 days" in page.text
    assert "Payday, alone" in page.text
    assert "I call Sam first" in phone.get("/plan/triggers").text
    for blame in ("relapse", "failed", "lost", "reset"):
        assert blame not in page.text.lower()


def test_a_second_note_of_one_day_is_shown_beside_the_first(counting):
    phone, page = counting
    form = phone.get(next(link for link in page.links if link.endswith("/return")))
    note = {"day": "2026-11-21", "then": "I call Sam", "into_plan": "y", "kind": "money"}
    for _ in range(2):  # the same words sent twice are noted once
        noted = phone.fill(form, having="before", before="Payday", **note)
        assert noted.status == 200
    assert phone.get("/plan/triggers").text.count("I call Sam") == 1
    both = phone.fill(form, having="before", before="A row at home", **note)
    assert both.status == 409
    assert "This was changed somewhere else" in both.text
    assert "Payday" in both.text
    assert "A row at home" in both.html
    assert "Payday" in phone.get(noted.address).text
    assert "A row at home" in phone.fill(both, having="before").text
    # Another day asks for nothing.
    assert phone.fill(form, having="before", before="Rain", day="2026-11-12").status == 200


def test_a_tapped_day_is_no_change_of_what_is_counted(counting):
    phone, _page = counting
    phone.fill(phone.get("/plan/days"), having="name", name="Out of bed", way="with")
    link = next(
        address for address in phone.get("/plan/days").links
        if "/plan/days/" in address and "Out of bed" in phone.get(address).text
    )  # fmt: skip
    edit = phone.get(f"{link}/edit")
    phone.fill(phone.get(link), "/mark")
    assert phone.fill(edit, having="name", name="Out of bed by nine").status == 200
    assert "Out of bed by nine" in phone.get(link).text
    assert "Today is marked." in phone.get(link).text


def test_on_the_day_itself_what_helps_now_is_there(counting):
    phone, page = counting
    page = phone.get(next(link for link in page.links if link.endswith("/return")))
    page = phone.fill(page, having="before", into_plan=None)
    helps = page.text.index("Thank you for saying so")
    assert helps < page.text.index("A new chapter starts tomorrow"), "the record comes second"
    assert "22 days this year" in page.text
    assert "Nothing yet" in phone.get("/plan/triggers").text


@pytest.mark.parametrize("day", ["2026-10-31", "2026-11-24", "soon"])
def test_a_day_that_cannot_be_is_said(counting, day):
    phone, page = counting
    page = phone.get(next(link for link in page.links if link.endswith("/return")))
    assert phone.fill(page, having="before", day=day).status == 422


def test_today_is_the_local_day_on_a_clock_change_night(counting, clock, phone_of, ana):
    _phone, page = counting
    clock.move_to(datetime(2027, 3, 14, 4, 30, tzinfo=UTC))  # still 13 March in New York
    phone = phone_of(ana)
    before = phone.get(page.address).text
    clock.move_to(datetime(2027, 3, 15, 3, 30, tzinfo=UTC))  # 14 March, after the change
    assert "72 days this year" in before
    assert "73 days this year" in phone.get(page.address).text


def test_somebody_not_here_about_use_has_own_markers_only(app, phone_of, ana):
    with app.app_context():
        db.session.get_one(Person, ana.id).here_for = "mental_health"
        db.session.commit()
    phone = phone_of(ana)
    page = phone.get("/plan/days")
    assert "Days without" not in page.text
    page = phone.fill(page, having="name", name="Out of bed by nine", way="since")
    assert "of the last 7 days" in page.text
    assert "It happened" not in page.text
    page = phone.fill(page, "/mark")
    assert "1 of the last 7 days" in page.text
    assert "0 of the last 7 days" in phone.fill(page, "/mark").text


def test_after_midnight_yesterday_can_still_be_tapped(phone_of, ana):
    phone = phone_of(ana)
    page = phone.fill(phone.get("/plan/days"), having="name", name="A walk", way="with")
    page = phone.fill(page, "/mark", having="day")
    assert "1 of the last 7 days" in page.text
    page = phone.fill(page, "/mark")
    assert "2 of the last 7 days" in page.text
    assert "1 of the last 7 days" in phone.fill(page, "/mark", having="day").text


def test_what_is_not_counted_any_more_can_be_put_back(counting):
    phone, page = counting
    page = phone.fill(page, "/removal")
    assert "23 days" not in page.text
    assert "23 days this year" in phone.fill(page, "/restoration").text


def test_it_is_anas_alone_until_shared(counting, phone_of, ben, ana, cleo, evening, shared):
    _phone, page = counting
    assert phone_of(ben).get(page.address).status == 404
    for way in ("return", "edit", "returns/removal", "mark", "removal", "restoration"):
        assert phone_of(ben).post(f"{page.address}/{way}").status == 404
    desk = phone_of(cleo)
    assert "Without a drink" not in desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}").html
    shared(ana, UUID(page.address.split("/")[-1]), evening)
    assert "Without a drink" in desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}").text
