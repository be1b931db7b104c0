"""Ana's way from looking for a meeting to a sheet of paper, and the clinic's to its code."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import scripts_are_there, wait_until
from tests.journeys.conftest import AT_REST, DESK, PHONE
from tests.meetings.dirty import feed
from webapp.cli import init_app as add_commands

pytestmark = pytest.mark.journey
HERE = {"latitude": 39.70, "longitude": -89.65}
WEEK = list(range(7))
LISTED = [
    {"slug": "far", "name": "Far away", "day": WEEK, "time": "00:01", "address": "1 A St",
     "city": "Springfield", "latitude": 39.95, "longitude": -89.65},
    {"slug": "near", "name": "Near by", "day": WEEK, "time": "23:58", "address": "2 B St",
     "city": "Springfield", "latitude": 39.71, "longitude": -89.65},
]  # fmt: skip


@pytest.fixture
def listed(clinic, tmp_path):
    """The operator brought two meetings in."""
    (tmp_path / "feed.json").write_bytes(feed(LISTED))
    add_commands(clinic.app)
    source = str(tmp_path / "feed.json")
    made = clinic.app.test_cli_runner().invoke(
        args=["import-meetings", source, "--fellowship", "smart"]
    )
    assert made.exit_code == 0, made.output


def test_ana_finds_goes_shares_and_prints_and_the_clinic_checks(
    clinic, ana, cleo, evening, listed, opened, look, tmp_path
):
    phone = opened(PHONE, ana, geolocation=HERE, permissions=["geolocation"])

    phone.goto("/meetings/find")
    phone.get_by_label("Day", exact=True).select_option("2")
    phone.get_by_label("Town, area, or ZIP code").fill("springfield")
    phone.get_by_role("button", name="Find").tap()
    names = phone.locator("#found b")
    expect(names).to_have_text(["Far away", "Near by"])
    assert "springfield" not in phone.url
    look(phone, "find-a-meeting-phone")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(urlsplit(request.url).path))
    phone.get_by_role("button", name="Sort by distance from me").tap()
    expect(phone.get_by_text("Your location stayed on this phone")).to_be_visible()
    expect(names).to_have_text(["Near by", "Far away"])
    expect(phone.locator("#found li").first).to_contain_text("0.7 miles")
    assert not {path for path in asked if path != "/sw.js"}, "the position, or anything, was sent"

    phone.locator("#found a").first.tap()
    phone.get_by_role("button", name="Add to my favorites").tap()
    expect(phone.get_by_role("button", name="Remove from my favorites")).to_be_visible()
    look(phone, "meeting-phone")
    phone.get_by_role("link", name="I went to this meeting").tap()
    expect(phone.get_by_label("Meeting name")).to_have_value("Near by")
    look(phone, "visit-form-phone")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("link", name="Share it")).to_be_visible()
    look(phone, "visit-phone")

    phone.get_by_role("link", name="Get initials").tap()
    glass = phone.locator(".glass")
    wait_until(phone, "document.querySelector('.glass').getBoundingClientRect().width > 100")
    scripts_are_there(phone)  # a pen that comes too early draws nothing
    wait_until(phone, AT_REST)  # nor does one on a page that is still fading in
    place = glass.bounding_box()
    phone.mouse.move(place["x"] + 20, place["y"] + 20)
    phone.mouse.down()
    phone.mouse.move(place["x"] + 90, place["y"] + 90, steps=4)
    phone.mouse.up()
    expect(glass.locator("path")).to_have_attribute("d", re.compile("^M[0-9 L]+$"))
    look(phone, "initials-phone")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("img", name="drawn initials")).to_be_visible()

    phone.get_by_role("link", name="Share it").tap()
    phone.get_by_label("Sign with your name").fill("Ana")
    phone.get_by_role("button", name="Sign and share").tap()
    expect(phone.get_by_role("heading", name="Sharing", exact=True)).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("Near by")
    phone.goto("/meetings")
    expect(phone.get_by_role("main")).to_contain_text("Near by")
    look(phone, "meetings-phone")
    phone.get_by_role("link", name="How often I want to go").tap()
    expect(phone.get_by_label("Meetings per week")).to_be_visible()
    look(phone, "rhythm-phone")

    phone.goto("/meetings/sheet")
    look(phone, "sheet-form-phone")
    phone.get_by_role("button", name="Make the sheet").tap()
    code = phone.locator(".sheet .code")
    expect(code).to_have_text(re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"))
    look(phone, "sheet-phone")
    assert phone.pdf(path=tmp_path / "sheet.pdf", format="Letter").startswith(b"%PDF")

    desk = opened(DESK, cleo)
    desk.goto(f"/clinic/sessions/{evening.tonight}")
    expect(desk.get_by_role("main")).to_contain_text("Near by")
    desk.goto("/check-sheet")
    desk.get_by_label("Code on the sheet").fill(code.inner_text())
    desk.get_by_role("button", name="Check").click()
    expect(desk.get_by_role("heading", name="was printed here")).to_be_visible()
    expect(desk.get_by_role("main")).not_to_contain_text("Near by")
    look(desk, "check-a-sheet-desk")
