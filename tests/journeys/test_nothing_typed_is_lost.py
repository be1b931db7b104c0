"""Whatever happens to the network, the tab or the sign-in: what Ana typed is still there."""

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser import PATIENCE, find_shell, launch_persistent, scripts_are_there, wait_until
from tests.journeys.conftest import PHONE
from tests.journeys.network import Trouble
from tests.journeys.offline import ALL_KEPT, all_sent, save, sign_in, unsent, write, written
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.journal.models import Trigger
from webapp.plan.outline import PARTS
from webapp.plan.queries import part_of

pytestmark = pytest.mark.journey

STORY = "We lived by the river, and in summer the doors stood open."
DRAFT = "outbox.within('drafts', (store) => store.count()).then((n) => n === 1)"
FULL = "() => { IDBObjectStore.prototype.put = () => { throw new Error('no room') } }"
LOST = [Trouble.DEAD, Trouble.GARBAGE, Trouble.BAD_GATEWAY, Trouble.PORTAL, Trouble.CUT]


def story(clinic, someone):
    """What somebody's story keeps."""
    with clinic.app.app_context():
        entry = part_of(db.session.get_one(Person, someone.id), PARTS["full"])
        return dict(entry.content) if entry else {}


def tell(phone, words=STORY):
    phone.goto("/plan/full/before")
    scripts_are_there(phone)
    phone.get_by_label("Your answer").fill(words)


def test_a_form_that_can_only_be_sent_with_a_network_stays_as_it_is(ana, evening, take, network):
    phone = take(ana)
    for trouble in LOST:
        phone.goto("/week/appointments/new")
        scripts_are_there(phone)
        phone.get_by_label("What is it?").fill(f"The dentist, {trouble}")
        network.goes(trouble, "" if trouble == Trouble.PORTAL else "POST")
        save(phone)
        expect(phone.get_by_text("Everything you typed is still here")).to_be_visible()
        expect(phone).to_have_url(re.compile("/week/appointments/new$"))
        expect(phone.get_by_label("What is it?")).to_have_value(f"The dentist, {trouble}")
        network.comes_back()
        phone.evaluate("outbox.within('drafts', (store) => store.clear())")


def test_on_a_full_phone_without_a_network_the_words_stay_on_the_page(
    clinic, ana, evening, take, network
):
    phone = take(ana)
    phone.goto("/journal/new")
    phone.evaluate(FULL)
    write(phone, words="Nowhere to put this")
    network.goes(Trouble.DEAD)
    save(phone)
    expect(phone.get_by_text("Everything you typed is still here")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value("Nowhere to put this")
    network.comes_back()
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    assert written(clinic, ana) == [("Nowhere to put this", 6)]


def test_a_story_that_was_saved_in_a_basement_is_sent_and_whole(
    clinic, ana, evening, take, network, look
):
    phone = take(ana)
    tell(phone)
    network.goes(Trouble.DEAD)
    phone.get_by_role("button", name="Next", exact=True).tap()
    expect(phone.locator(".waiting li")).to_contain_text("Part of your plan")
    look(phone, "story-on-this-phone")
    network.comes_back()
    phone.goto("/plan/full")
    all_sent(phone)
    phone.reload()
    expect(phone.get_by_text(STORY)).to_be_visible()
    assert story(clinic, ana)["before"] == STORY


def test_what_was_begun_for_one_question_survives_a_closed_tab_and_fills_in_no_other(
    clinic, ana, evening, take
):
    phone = take(ana)
    tell(phone)
    wait_until(phone, DRAFT)
    context = phone.context
    phone.close()
    phone = context.new_page()
    phone.goto("/plan/full/hard")
    scripts_are_there(phone)
    expect(phone.get_by_label("Your answer")).to_have_value("")
    phone.goto("/plan/full/before")
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("Your answer")).to_have_value(STORY)
    phone.get_by_role("button", name="Finish later").tap()
    expect(phone).to_have_url(re.compile("/plan/story$"))
    assert story(clinic, ana)["before"] == STORY


def test_what_only_goes_with_a_network_is_kept_as_begun_until_it_is_saved(
    ana, evening, take, network
):
    phone = take(ana)
    phone.goto("/medication/new")
    scripts_are_there(phone)
    phone.get_by_label("Medication name").fill("Naltrexone")
    phone.get_by_label("Notes for my prescriber").fill("It makes me sleepy at noon")
    wait_until(phone, DRAFT)
    network.goes(Trouble.DEAD, "POST")
    save(phone)
    expect(phone.get_by_text("Everything you typed is still here")).to_be_visible()
    context = phone.context
    phone.close()
    network.comes_back()
    phone = context.new_page()
    phone.goto("/medication/new")
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("Notes for my prescriber")).to_have_value(
        "It makes me sleepy at noon"
    )
    save(phone)
    expect(phone.get_by_text("Naltrexone").first).to_be_visible()
    wait_until(phone, "outbox.within('drafts', (store) => store.count()).then((n) => n === 0)")
    phone.goto("/medication/new")
    expect(phone.get_by_label("Notes for my prescriber")).to_have_value("")


def test_a_story_outlives_an_expired_sign_in(clinic, ana, evening, take):
    phone = take(ana)
    tell(phone)
    phone.context.clear_cookies()
    phone.get_by_role("button", name="Next", exact=True).tap()
    expect(unsent(phone)).to_be_visible()
    phone.goto("/sign-in")
    sign_in(phone, "ana")
    all_sent(phone)
    assert story(clinic, ana)["before"] == STORY


def test_what_was_begun_and_what_was_saved_outlive_a_crash(
    clinic, ana, evening, network, browser, tmp_path
):
    cookie = clinic.cookie_of(ana) | {"url": network.address}
    phone = phone_with(browser, tmp_path, network.address, cookie)
    phone.goto("/today")
    wait_until(phone, ALL_KEPT)
    phone.goto("/journal/new")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD)
    write(phone, words="Saved in the basement")
    save(phone)
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    network.comes_back()
    network.goes(Trouble.DEAD, "POST")
    tell(phone)
    wait_until(phone, DRAFT)
    crash(tmp_path)

    phone = phone_with(browser, tmp_path, network.address, cookie)
    network.comes_back()
    phone.goto("/plan/full/before")
    expect(phone.get_by_label("Your answer")).to_have_value(STORY)
    all_sent(phone)
    with clinic.app.app_context():
        assert [trigger.situation for trigger in db.session.scalars(select(Trigger))] == [
            "Saved in the basement"
        ]
    phone.context.close()


def phone_with(browser, folder, address, cookie):
    """A phone with all that lies in a folder on it."""
    context = launch_persistent(
        browser.browser_type, folder, path=find_shell(), base_url=address, **PHONE
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([cookie])
    return context.new_page()


def crash(folder):
    """The phone's battery falls out: nothing of the browser ends in good order."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--user-data-dir={folder}" in (process / "cmdline").read_text():
                os.kill(int(process.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):  # it went before we came
            continue


def test_what_was_begun_before_it_was_changed_elsewhere_shows_both(clinic, ana, evening, take):
    phone, other = take(ana), take(ana)
    address = f"/journal/{clinic.wrote(ana, situation='At first')}/edit"
    phone.goto(address)
    scripts_are_there(phone)
    phone.locator("[name=situation]").fill("Begun on the first phone")
    wait_until(phone, DRAFT)
    phone.goto("/today")
    other.goto(address)
    scripts_are_there(other)
    other.locator("[name=situation]").fill("Saved on the other phone")
    save(other)
    expect(other.get_by_text("Saved on the other phone")).to_be_visible()
    phone.goto(address)
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    save(phone)
    expect(phone.get_by_text("This was changed somewhere else")).to_be_visible()
    expect(phone.get_by_text("Saved on the other phone")).to_be_visible()
    expect(phone.locator("[name=situation]")).to_have_value(re.compile("Begun on the first phone"))
