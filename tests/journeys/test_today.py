"""Today on a phone: three taps to a kept entry, and no number of hers anywhere else."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import have_worker, wait_until
from tests.journeys.conftest import PHONE, WORKER

pytestmark = pytest.mark.journey


def seven_and_a_place(phone: Page) -> None:
    """Two of the three taps."""
    phone.get_by_role("button", name="7", exact=True).tap()
    expect(phone.get_by_role("radio", name="7").first).to_be_checked()
    phone.get_by_role("checkbox", name="A place").tap()


def been_at(phone: Page) -> list[str]:
    """Every address in this tab's history."""
    seen = phone.context.new_cdp_session(phone).send("Page.getNavigationHistory")
    return [entry["url"] for entry in seen["entries"]]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_three_taps_from_today_and_no_number_in_any_address(clinic, ana, evening, opened, scripts):
    phone = opened(PHONE | WORKER, ana, java_script_enabled=scripts)
    phone.goto("/today")
    seven_and_a_place(phone)
    save = phone.get_by_role("button", name="Save")
    expect(save).to_be_in_viewport(ratio=1)  # no scrolling between the taps
    save.tap()
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    assert clinic.entries() == 1
    assert not [address for address in been_at(phone) if re.search("[?#]|urge", address)]


def test_going_back_asks_nothing_and_leads_to_an_empty_form(clinic, ana, evening, opened):
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    seven_and_a_place(phone)
    expect(phone).to_have_url(re.compile("/journal/new$"))
    phone.reload()
    expect(phone.get_by_role("heading", name="What’s going on?")).to_be_visible()
    phone.get_by_role("link", name="Journal").tap()
    expect(phone.get_by_role("heading", name="Journal")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("heading", name="What’s going on?")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("heading", name="Ana")).to_be_visible()
    assert clinic.entries() == 0


def test_without_a_network_the_tap_opens_the_form_that_the_phone_keeps(
    clinic, ana, evening, opened, watch
):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = opened(PHONE | WORKER, ana)
    phone.goto("/today")
    wait_until(phone, "caches.match('/blank/trigger').then(Boolean)")
    phone.reload()
    have_worker(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="7", exact=True).tap()
    expect(phone.get_by_role("heading", name="What’s going on?")).to_be_visible()
    expect(phone.get_by_role("button", name="Save")).to_be_visible()


def test_what_matters_now_fits_on_one_screen(clinic, ana, evening, opened, look):
    phone = opened(PHONE, ana)
    phone.goto("/today")
    for what in ("Very good", "10"):
        expect(phone.get_by_role("button", name=what)).to_be_in_viewport(ratio=1)
    expect(phone.get_by_role("link", name="What I’ll bring").first).to_be_in_viewport(ratio=1)
    look(phone, "today-one-screen-phone")
