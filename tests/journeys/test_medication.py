"""Ana's medication, from the first name to the page for her prescriber."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, follow

pytestmark = pytest.mark.journey


def test_ana_lists_takes_and_prints(clinic, ana, opened, watch, look, tmp_path):
    watch.expect("422")
    phone = opened(PHONE, ana)
    phone.goto("/today")
    phone.get_by_role("link", name="My medication").tap()
    expect(phone.get_by_role("heading", name="Nothing on your list yet")).to_be_visible()
    look(phone, "no-medication-phone")
    phone.get_by_role("link", name="Add a medication").tap()
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("alert")).to_contain_text("Enter the name.")
    phone.get_by_label("Medication name").fill("Naltrexone")
    phone.get_by_label("Dose").fill("50 mg")
    phone.get_by_label("Time 1").fill("00:05")
    phone.get_by_label("Time 2").fill("00:10")
    phone.get_by_label("Remind me at these times").check()
    phone.get_by_label("Notes for my prescriber").fill("Ask about sleep")
    look(phone, "medication-form-phone")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("heading", name="Naltrexone")).to_be_visible()
    look(phone, "one-medication-phone")

    follow(phone.get_by_role("link", name="Back to my medication").tap)
    look(phone, "medication-phone")
    phone.get_by_role("button", name="Taken Naltrexone").first.tap()
    expect(phone.get_by_text("Saved: Taken.")).to_be_visible()
    expect(phone.get_by_role("button", name="Taken Naltrexone")).to_have_count(1)
    phone.get_by_role("button", name="Later Naltrexone").tap()
    expect(phone.get_by_text("Saved: Later.")).to_be_visible()
    expect(phone.get_by_role("button", name="Later Naltrexone")).to_have_count(0)
    phone.get_by_role("link", name="Taken,").tap()
    expect(phone.get_by_role("heading", name="Who can see it")).to_be_visible()
    look(phone, "dose-phone")
    phone.goto("/medication")
    phone.get_by_role("link", name="Print my list").tap()
    expect(phone.get_by_role("heading", name="Medication list for Ana")).to_be_visible()
    look(phone, "medication-sheet-phone")
    assert phone.pdf(path=tmp_path / "list.pdf", format="Letter").startswith(b"%PDF")

    desk = opened(DESK, ana, java_script_enabled=False)
    desk.goto("/medication")
    desk.get_by_role("button", name="Skipped Naltrexone").click()
    expect(desk.get_by_text("Saved: Skipped.")).to_be_visible()
