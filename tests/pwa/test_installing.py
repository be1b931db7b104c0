"""What makes it an app on a phone, and what works before anybody signs in."""

import json
import re
import struct
from dataclasses import asdict

import pytest

from webapp.config import HelpLines
from webapp.mindfulness.exercises import EXERCISES
from webapp.writing.kind import KINDS


@pytest.fixture
def manifest(phone):
    page = phone.get("/manifest.webmanifest")
    assert page.response.headers["Content-Type"] == "application/manifest+json"
    assert page.response.headers["Cache-Control"] == "no-cache"
    return json.loads(page.html)


def test_a_phone_can_install_it(manifest):
    assert manifest["id"] == "/"
    assert manifest["scope"] == "/"
    assert manifest["start_url"].startswith("/")
    assert manifest["display"] == "standalone"
    assert 0 < len(manifest["short_name"]) <= 12
    assert manifest["name"]
    assert {"background_color", "theme_color", "lang"} <= set(manifest)


def test_its_icons_are_there_in_the_sizes_that_phones_ask_for(phone, manifest):
    found = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert found >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    worker = phone.get("/sw.js").text
    badge = {"src": re.search(r'"(/s/\w+/icons/badge-96.png)"', worker)[1]}
    for icon in [*manifest["icons"], badge | {"type": "image/png", "sizes": "96x96"}]:
        picture = phone.client.get(icon["src"])
        assert picture.headers["Content-Type"] == icon["type"] == "image/png"
        width, height = struct.unpack(">II", picture.data[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def test_maskable_icons_are_separate_ones(manifest):
    plain = {icon["src"] for icon in manifest["icons"] if icon["purpose"] == "any"}
    masked = {icon["src"] for icon in manifest["icons"] if icon["purpose"] == "maskable"}
    assert not plain & masked


def test_nothing_on_the_home_screen_names_a_diagnosis(manifest):
    words = json.dumps(manifest).casefold()
    for word in ("recover", "sober", "addict", "substance", "alcohol", "drug", "mental", "clinic"):
        assert word not in words


def test_its_shortcuts_lead_somewhere(phone_of, ana, manifest):
    phone = phone_of(ana)
    addresses = [shortcut["url"] for shortcut in manifest["shortcuts"]]
    assert addresses == [
        "/journal/new", "/check-ins/new", "/mindfulness", "/help-now",
    ]  # fmt: skip
    for address in [*addresses, manifest["start_url"]]:
        assert phone.get(address).status == 200


def test_what_a_phone_shows_before_it_installs_is_there_and_names_nothing(phone, manifest):
    assert {screenshot["form_factor"] for screenshot in manifest["screenshots"]} == {
        "narrow",
        "wide",
    }
    for screenshot in manifest["screenshots"]:
        assert phone.client.get(screenshot["src"]).content_type == "image/jpeg"
    for shortcut in manifest["shortcuts"]:
        assert phone.get(shortcut["url"]).status == 200
    told = json.dumps(manifest).lower()
    for word in ("recover", "alcohol", "addict", "depress", "therap", "patient", "sober"):
        assert word not in told


def test_the_worker_may_do_little_and_is_never_stale(phone):
    headers = phone.get("/sw.js").response.headers
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["Cache-Control"] == "no-cache"
    # The script is the outbox's, which pages use as well.
    policy = "default-src 'none'; connect-src 'self'; script-src 'self'"
    assert headers["Content-Security-Policy"] == policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_everything_the_worker_keeps_is_there_and_nobodys(phone, app):
    script = phone.get("/sw.js").html
    shell, more = (
        json.loads(script.split(f"const {name}=")[1].split("\n")[0]) for name in ("SHELL", "MORE")
    )
    assert sorted(address for address in shell if not address.startswith("/s/")) == [
        "/help-now",
        "/offline",
        "/quiet",
    ]
    pages = {address for address in more if not address.startswith("/s/")}
    exercises = {"/mindfulness", *(f"/mindfulness/{slug}" for slug in EXERCISES)}
    blank = {f"/blank/{name}" for name, kind in KINDS.items() if kind.offline and kind.new}
    assert {"/blank/check-in", "/blank/trigger"} <= blank
    assert pages == exercises | blank
    weight = 0
    for address in shell + more:
        answer = phone.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        weight += len(answer.data)
    assert weight <= 150 * 1024
    assert f'"{app.config["STATIC_DIGEST"]}-' in script


@pytest.mark.parametrize("address", ["/help-now", "/offline", "/quiet"])
def test_public_pages_are_the_same_for_everybody(phone, phone_of, ana, address):
    anybody, signed_in = phone.get(address), phone_of(ana).get(address)
    assert anybody.status == 200
    assert anybody.html == signed_in.html


def test_a_message_for_ana_is_not_kept_with_the_help_page(phone_of, ana):
    phone = phone_of(ana)
    form = phone.get("/journal/new").form("/journal/new")
    phone.client.post("/journal/new", data={**form.fields, "urge": "5"})  # and the page comes late
    assert "Saved." not in phone.get("/help-now").text
    assert "Saved. Only you can see it." in phone.get("/journal").text


def test_help_has_the_numbers_of_the_settings(phone, clinic_sets):
    lines = HelpLines(
        emergency="112",
        crisis_call="0800 111 0 111",
        crisis_text="50808",
        crisis_chat="https://chat.example",
        treatment="555-0101",
        treatment_name="The county",
        violence="555-0102",
        clinic="555-0103",
        clinic_hours="Weekdays 8 to 6",
    )
    clinic_sets(**{f"help_{name}": number for name, number in asdict(lines).items()})
    page = phone.get("/help-now")
    assert {"tel:112", "tel:08001110111", "sms:50808", "https://chat.example", "tel:5550101",
            "tel:5550102", "tel:5550103"} <= set(page.links)  # fmt: skip
    assert "The county helpline" in page.text
    assert "Weekdays 8 to 6" in page.text


def test_of_the_operators_numbers_each_dials_what_is_meant_or_stays_as_it_is(phone, clinic_sets):
    lines = HelpLines(
        emergency="911 or 112",
        crisis_call="1-800-273-TALK",
        crisis_text="741741",
        treatment="(555) 555-0142 ext. 9",
        violence="+1 800 799 SAFE (7233)",
        clinic="555-0100, press 2",
    )
    clinic_sets(**{f"help_{name}": number for name, number in asdict(lines).items()})
    page = phone.get("/help-now")
    dialed = [link for link in page.links if link.startswith(("tel:", "sms:"))]
    assert dialed == [
        "tel:18002738255", "sms:741741", "tel:5550100", "tel:5555550142", "tel:+18007997233"
    ]  # fmt: skip
    assert "Call 911 or 112" in page.text


def test_help_comes_with_numbers_and_without_signing_in(phone):
    page = phone.get("/help-now")
    assert {
        "tel:911",
        "tel:988",
        "sms:988",
        "tel:18006624357",
        "tel:18007997233",
        "sms:88788",
    } <= set(page.links)
    assert [form.action for form in page.forms] == ["/hide"]


def test_what_a_clinic_left_out_is_not_shown(phone, clinic_sets):
    clinic_sets(help_crisis_chat="", help_clinic="")
    page = phone.get("/help-now")
    assert "Chat online" not in page.text
    assert "The clinic" not in page.text


def test_the_health_check_says_ok_and_nothing_else(phone):
    page = phone.get("/healthz")
    assert (page.status, page.html) == (200, "ok")
    assert "Set-Cookie" not in page.response.headers


def test_the_start_leads_everybody_to_their_own(phone, phone_of, ana, cleo):
    assert phone.get("/").address == "/sign-in"
    assert phone_of(ana).get("/").address == "/today"
    assert phone_of(cleo).get("/").address == "/clinic"
