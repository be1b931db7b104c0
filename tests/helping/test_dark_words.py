"""Words that may be about not wanting to be here: asked about, by nobody told, nowhere kept."""

import logging

from tests.conftest import root
from webapp.helping.dark_words import PHRASES, is_dark

DARK = [
    "I want to die", "Honestly, I don’t want to be here anymore.", "some days I WÁNT to die",
    "No. I want to die", "Not okay\nI want to die", "they'd be better off without me",
    "I'm not okay, I want to die", "wish I wasn't here", "I wish I wasn’t here", "end it all!",
    "I said I don't want to die but I don't want to live", "thinking about suicide",
    "never thought I'd say it: I want to die", "i dont want to live", "(kill myself)",
    "I do not want to be here anymore", "I no longer want to live", "Why not kill myself",
    "I never wanted to die more than tonight", "not a day without thinking about suicide",
]  # fmt: skip
NOT_DARK = [
    "", "I don't want to die", "I do not want to kill myself", "no thoughts of suicide",
    "I am not suicidal", "I’m not feeling suicidal at all",
    "My diet wants a change", "I no longer want to die", "I did not want to kill myself",
    "The want to dietary plan", "He killed the engine",
    "I stopped thinking about suicide", "I want to diet",
]  # fmt: skip


def test_phrases_are_found_as_whole_words_and_not_where_they_are_taken_back():
    assert [text for text in DARK if not is_dark(text)] == []
    assert [text for text in NOT_DARK if is_dark(text)] == []
    assert 25 <= len(PHRASES) <= 40
    assert all(is_dark(f"So, {phrase}.") for phrase in PHRASES), "each is folded as texts are"
    assert not is_dark("no " * 100_000)
    source = (root() / "webapp/helping/dark_words.py").read_text()
    assert "A clinician must review this before opening." in source


def test_it_is_off_until_the_program_turns_it_on(phone_of, ana, clinic_sets):
    phone = phone_of(ana)
    for address in ("/journal/new", "/blank/trigger", "/check-ins/new"):
        page = phone.get(address)
        assert "not wanting to be here" not in page.text
        assert "dark-words" not in page.html
    assert "not wanting to be here" not in dark_entry(phone).text
    assert "dark-words" not in phone.get("/sw.js").html
    clinic_sets(dark_words=True)
    assert "js/modules/dark-words.js" in phone.get("/sw.js").html
    for address in ("/journal/new", "/blank/trigger", "/check-ins/new", "/blank/check-in"):
        page = phone.get(address)
        assert "better off dead" in page.html, "the phone looks by itself, offline too"
        assert "Is some of this about not wanting to be here?" in page.text
    for address in ("/today", "/journal", "/plan/story", "/blank/visit", "/help-now"):
        assert "better off dead" not in phone.get(address).html, "only where it is looked for"


def dark_entry(phone, **typed):
    page = phone.get("/journal/new")
    return phone.fill(page, "/journal/new", **({"urge": "2", "situation": "I want to die"} | typed))


def test_without_a_script_the_server_asks_once_and_keeps_nothing(
    phone_of, ana, clinic_sets, caplog
):
    clinic_sets(dark_words=True)
    phone = phone_of(ana)
    with caplog.at_level(logging.DEBUG):
        page = dark_entry(phone)
    assert "Is some of this about not wanting to be here?" in page.text
    assert "We don’t alert anyone about this." in page.text
    assert {"tel:988", "sms:988", "/plan/safety"} <= set(page.links)
    assert page.address in page.links, "No, that’s not it"
    assert "Is some of this" not in phone.get(page.address).text, "not asked again for that entry"
    assert "want to die" not in caplog.text
    checked = phone.fill(phone.get("/check-ins/new"), having="mood", note="No reason to live")
    assert "Is some of this" in checked.text
    assert "Is some of this" not in dark_entry(phone, situation="I don’t want to die").text
    form = phone.get("/journal/new")
    fields = {**form.form("/journal/new").fields, "urge": "2", "situation": "end it all"}
    asked = phone.post("/journal/new", fields | {"asked": "1"})
    assert "Saved" in asked.text
    assert "Is some of this" not in asked.text, "the phone has asked already"


def test_what_to_bring_up_is_looked_at_too_and_saving_may_lead_to_sharing(
    phone_of, ana, evening, wrote, clinic_sets
):
    phone = phone_of(ana)
    clinic_sets(dark_words=True)
    page = dark_entry(phone, share="1")
    assert page.address.endswith("/share"), "the consent comes first"
    assert "Is some of this" in page.text
    asked = phone.get(f"/entries/{wrote(ana)}/share")
    assert "Is some of this" not in asked.text
    shared = phone.fill(asked, having="about", bring_up="y", about="I want to die",
                        signed_name="Ana")  # fmt: skip
    assert "Is some of this" in shared.text
    assert "Is some of this" not in phone.get(shared.address).text


def test_no_staff_page_knows_of_it(phone_of, ana, cleo, evening, shared, wrote, clinic_sets):
    entry = wrote(ana, urge=3, situation="I want to die")
    shared(ana, entry, evening)
    desk = phone_of(cleo)
    seen = []
    for setting in (False, True):
        clinic_sets(dark_words=setting)
        phone_of(ana).get(f"/journal/{entry}")
        person = f"/clinic/groups/{evening.id}/people/{ana.id}"
        pages = (f"/clinic/sessions/{evening.tonight}", person)
        seen.append([desk.get(address).text for address in pages])
    assert seen[0] == seen[1]
