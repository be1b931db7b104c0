"""Ana's way from looking for a meeting to a sheet of paper, in a real browser."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests.browser import axe_violations, launch_chromium, wait_until
from tests.conftest import PASSWORD, ZONE
from webapp.accounts.models import Person, Role
from webapp.core import clock
from webapp.core.db import db
from webapp.program.actions import join
from webapp.program.models import Group, GroupSession, Part

pytestmark = pytest.mark.journey
HERE = {"latitude": 39.70, "longitude": -89.65}


@pytest.fixture
def address(app):
    """Where the app is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture
def browser():
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def group(app, somebody):
    """Ana and Cleo in a group that meets tomorrow, by today's real clock."""
    people = [somebody("ana"), somebody("cleo", Role.FACILITATOR)]
    with app.app_context():
        group = Group(name="Evening IOP", zone=ZONE, place="Room 2")
        db.session.add(group)
        db.session.flush()
        start = clock.now() + timedelta(days=1)
        db.session.add(
            GroupSession(group_id=group.id, starts_at=start, ends_at=start + timedelta(hours=3))
        )
        for one, part in zip(people, (Part.PATIENT, Part.FACILITATOR), strict=True):
            join(group, db.session.get_one(Person, one.id), part)
        db.session.commit()


def sign_in(browser, address, username, **options):
    page = browser.new_context(viewport={"width": 390, "height": 844}, **options).new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button:not([type=button])")
    page.wait_for_url(re.compile("/(today|clinic)"))
    return page


def test_ana_finds_goes_shares_and_prints_and_the_clinic_checks(
    app, address, browser, group, list_meetings, tmp_path
):
    week = list(range(7))
    list_meetings(
        {"slug": "far", "name": "Far away", "day": week, "time": "00:01", "address": "1 A St",
         "city": "Springfield", "latitude": 39.95, "longitude": -89.65},
        {"slug": "near", "name": "Near by", "day": week, "time": "23:58", "address": "2 B St",
         "city": "Springfield", "latitude": 39.71, "longitude": -89.65},
    )  # fmt: skip
    phone = sign_in(
        browser, address, "ana", geolocation=HERE, permissions=["geolocation"], color_scheme="dark"
    )

    phone.goto(f"{address}/meetings/find")
    phone.select_option("[name=day]", "2")
    phone.fill("[name=near]", "springfield")
    phone.click("main form button")
    phone.wait_for_selector("#found")
    assert "springfield" not in phone.url
    assert axe_violations(phone) == []
    assert phone.locator("#found b").all_inner_texts() == ["Far away", "Near by"]
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.get_by_role("button", name="Sort by how near I am").click()
    wait_until(phone, "document.querySelector('[data-done]').textContent.includes('Sorted')")
    assert phone.locator("#found b").all_inner_texts() == ["Near by", "Far away"]
    assert "0.7 miles" in phone.locator("#found li").first.inner_text()
    assert [url for url in asked if not url.endswith("/sw.js")] == []

    phone.locator("#found a").first.click()
    phone.get_by_role("button", name="Keep as favorite").click()
    phone.get_by_role("link", name="I went").click()
    phone.wait_for_url("**/meetings/new?meeting=*")
    assert axe_violations(phone) == []
    phone.get_by_role("button", name="Save").click()
    phone.wait_for_url(re.compile(r"/meetings/[\w-]{36}$"))
    assert "Near by" in phone.locator("main").inner_text()

    phone.get_by_role("link", name="initialed").click()
    glass = phone.locator(".glass").bounding_box()
    phone.mouse.move(glass["x"] + 20, glass["y"] + 20)
    phone.mouse.down()
    phone.mouse.move(glass["x"] + 90, glass["y"] + 90, steps=4)
    phone.mouse.up()
    assert axe_violations(phone) == []
    phone.get_by_role("button", name="Keep").click()
    phone.wait_for_selector("[aria-label='drawn initials']")

    phone.get_by_role("link", name="Share it").click()
    phone.fill("[name=signed_name]", "Ana")
    phone.get_by_role("button", name="Sign and share").click()
    phone.wait_for_url("**/sharing")
    assert "Near by" in phone.locator("main").inner_text()

    phone.goto(f"{address}/meetings/sheet")
    assert axe_violations(phone) == []
    phone.get_by_role("button", name="Make the sheet").click()
    phone.wait_for_url(re.compile(r"/meetings/sheet/[\w-]{36}$"))
    assert axe_violations(phone) == []
    assert phone.pdf(path=tmp_path / "sheet.pdf", format="Letter").startswith(b"%PDF")
    code = phone.locator(".code").inner_text()

    desk = sign_in(browser, address, "cleo")
    desk.goto(f"{address}/check-sheet")
    desk.fill("[name=code]", code)
    desk.get_by_role("button", name="Check").click()
    desk.wait_for_selector("section[role=status]")
    assert axe_violations(desk) == []
    assert "was printed here" in desk.locator("main").inner_text()
    assert "Near by" not in desk.locator("main").inner_text()

    for path in ("/meetings", "/meetings/rhythm"):
        phone.goto(address + path)
        assert axe_violations(phone) == []
