"""It works in a basement with no signal, and no word is lost on the way out of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser import eventually, scripts_are_there, wait_until
from tests.conftest import PASSWORD
from tests.journeys.conftest import follow
from tests.journeys.network import Trouble
from tests.journeys.offline import (
    ALL_KEPT,
    WORDS,
    all_sent,
    save,
    sign_in,
    stored,
    unsent,
    write,
    written,
)
from webapp.core.data.db import db
from webapp.journal.models import Trigger
from webapp.sharing.models import Share

pytestmark = pytest.mark.journey

NO_NETWORK = ("ERR_", "Failed to load resource", "failed:", "TypeError: Failed to fetch")
OFFLINE = [Trouble.DEAD, Trouble.GARBAGE, Trouble.BAD_GATEWAY, Trouble.PORTAL, Trouble.SLOW]


def test_a_check_in_that_is_hard_is_answered_without_a_network(ana, take, look):
    phone = take(ana)
    phone.context.set_offline(True)
    phone.goto("/check-ins/new")
    ride = phone.get_by_role("link", name="Ride it out")
    craving = phone.locator(".scale input[name=craving]")
    for number, is_there in ((7, False), (8, True), (10, True), (2, False), (9, True)):
        craving.and_(phone.locator(f"[value='{number}']")).tap()
        expect(ride).to_be_visible(visible=is_there)
    look(phone, "blank-check-in-hard-phone")
    follow(ride.tap)
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    expect(phone).to_have_url(re.compile("/mindfulness/urge-surfing$"))


def test_written_in_a_basement_sent_at_the_top_of_the_stairs(clinic, ana, evening, take, look):
    phone = take(ana)
    phone.context.set_offline(True)
    phone.goto("/journal/new")
    expect(phone.get_by_role("heading", name="What’s going on?")).to_be_visible()
    look(phone, "blank-phone")
    scripts_are_there(phone)
    save(phone)
    expect(phone.get_by_text("Nothing is filled in yet.")).to_be_visible()
    assert stored(phone) == 0, "nothing to come back later as a mistake"
    ride = phone.get_by_role("link", name="Ride it out")
    expect(ride).to_be_hidden()
    phone.locator(".scale input[name=urge][value='8']").tap()
    expect(ride).to_be_visible()
    expect(phone.get_by_role("region", name="That’s a lot")).to_be_visible()
    write(phone)
    expect(ride).to_be_hidden()
    save(phone)

    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    expect(phone.locator("li", has_text="Journal entry")).to_be_visible()
    look(phone, "on-this-phone")
    expect(phone.get_by_text("You may be offline.")).to_be_visible()
    expect(phone.get_by_text("Your next group, as of when you were last online:")).to_be_visible()
    assert WORDS not in phone.content()
    assert written(clinic, ana) == []

    phone.context.set_offline(False)
    all_sent(phone)
    expect(phone.locator("li", has_text="sent")).to_be_visible()
    expect(phone.get_by_text("You may be offline.")).to_be_hidden()
    phone.goto("/journal")
    expect(phone.get_by_text(WORDS)).to_be_visible()
    assert written(clinic, ana) == [(WORDS, 6)]
    all_sent(phone)


def test_whatever_is_wrong_with_the_network_the_frame_opens_and_keeps(
    clinic, ana, evening, take, network
):
    phone = take(ana)
    for times, trouble in enumerate(OFFLINE, 1):
        network.goes(trouble)
        with impatient(phone, trouble == Trouble.SLOW):
            phone.goto("/today")
            expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
            phone.get_by_role("link", name="Write it down").tap()
            write(phone)
            save(phone)
            expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
        network.comes_back()
        phone.goto("/today")
        all_sent(phone)
        expect(unsent(phone)).to_have_text("All sent.")
        assert written(clinic, ana) == [(WORDS, 6)] * times, trouble


def test_lost_on_its_way_from_an_open_page_it_is_saved_once(clinic, ana, evening, take, network):
    phone = take(ana)
    for times, trouble in enumerate([*OFFLINE, Trouble.CUT], 1):
        phone.goto("/journal/new")
        write(phone)
        network.goes(trouble, "" if trouble == Trouble.PORTAL else "POST")
        with impatient(phone, trouble == Trouble.SLOW):
            save(phone)
            expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
            expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
        network.comes_back()
        phone.goto("/today")
        all_sent(phone)
        expect(unsent(phone)).to_have_text("All sent.")
        assert written(clinic, ana) == [(WORDS, 6)] * times, trouble


@contextmanager
def impatient(phone: Page, yes: bool) -> Iterator[None]:
    """What waits for nothing need not be waited for: the worker gives up at once."""
    (worker,) = phone.context.service_workers
    if yes:
        worker.evaluate(
            "{ const later = self.later = self.setTimeout; self.setTimeout = (act) => later(act) }"
        )
    yield
    if yes:
        worker.evaluate("self.setTimeout = later")


def test_with_a_network_the_page_saves_and_nothing_is_sent_twice(
    clinic, ana, evening, take, network
):
    phone = take(ana)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    all_sent(phone)
    assert "POST /sync" not in network.asked
    assert written(clinic, ana) == [(WORDS, 6)]


def test_an_expired_sign_in_keeps_the_words_and_sends_them_after_signing_in(
    clinic, ana, evening, take
):
    phone = take(ana)
    phone.goto("/journal/new")
    write(phone)
    phone.context.clear_cookies()
    save(phone)
    expect(unsent(phone)).to_be_visible()
    phone.goto("/sign-in")
    expect(unsent(phone)).to_have_text("Sign in to send what’s on this phone.")
    sign_in(phone, "ana")
    expect(phone).to_have_url(re.compile("/today$"))
    expect(unsent(phone)).to_have_text("All sent.")
    all_sent(phone)
    assert written(clinic, ana) == [(WORDS, 6)]


def test_bens_phone_never_sends_what_ana_wrote_on_it(clinic, ana, evening, take):
    clinic.person("ben")
    phone = take(ana)
    phone.context.set_offline(True)
    phone.goto("/journal/new")
    write(phone)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    phone.goto("/sign-in")
    sign_in(phone, "ben")
    expect(phone).to_have_url(re.compile("/today$"))
    expect(unsent(phone)).to_be_hidden()
    assert stored(phone) == 1
    with clinic.app.app_context():
        assert db.session.query(Trigger).count() == 0

    phone.context.clear_cookies()
    phone.goto("/sign-in")
    sign_in(phone, "ana")
    all_sent(phone)
    assert written(clinic, ana) == [(WORDS, 6)]


def test_a_share_taken_back_without_a_network_goes_out_first(clinic, ana, evening, take, network):
    clinic.shares(ana, clinic.wrote(ana, situation="Shared"), evening)
    phone = take(ana)
    phone.goto("/sharing")
    network.goes(Trouble.DEAD)
    phone.get_by_role("button", name="Stop sharing", exact=True).tap()
    expect(phone.get_by_text("Your facilitator can still open")).to_be_visible()
    with clinic.app.app_context():
        assert db.session.scalars(select(Share)).one().ended_at is None

    network.comes_back()
    phone.goto("/sharing")
    all_sent(phone)
    with clinic.app.app_context():
        assert db.session.scalars(select(Share)).one().ended_at is not None


def test_two_phones_changed_the_same_entry_and_ana_decides(
    clinic, ana, evening, take, network, look
):
    entry = clinic.wrote(ana, situation="First words")
    phone = take(ana)
    phone.goto(f"/journal/{entry}/edit")
    other = take(ana)
    other.goto(f"/journal/{entry}/edit")
    other.get_by_label("What happened?").fill("Words from the tablet")
    save(other)
    expect(other.get_by_text("Saved.")).to_be_visible()
    network.goes(Trouble.DEAD)
    phone.get_by_label("What happened?").fill("Words from the basement")
    save(phone)
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    phone.goto("about:blank")
    network.comes_back()

    phone.goto("/today")
    expect(unsent(phone)).to_have_text("One entry couldn’t be saved. Take a look.")
    unsent(phone).tap()
    expect(phone.get_by_text("This was changed somewhere else")).to_be_visible()
    expect(phone.locator("blockquote")).to_contain_text("Words from the tablet")
    expect(phone.get_by_label("What happened?")).to_have_value("Words from the basement")
    look(phone, "conflict-phone")
    assert written(clinic, ana) == [("Words from the tablet", 5)]
    save(phone)
    expect(
        phone.locator("dd.words, p.words").filter(has_text="Words from the basement").first
    ).to_be_visible()
    all_sent(phone)
    assert written(clinic, ana) == [("Words from the basement", 5)]


def test_a_draft_survives_a_closed_tab_and_is_gone_on_save(clinic, ana, evening, take, look):
    phone = take(ana)
    phone.goto("/journal/new")
    write(phone)
    begun(phone, 1)
    context = phone.context
    phone.close()
    phone = context.new_page()
    phone.goto("/journal/new")
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value(WORDS)
    look(phone, "draft-phone")
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    phone.goto("/journal/new")
    expect(phone.get_by_label("What happened?")).to_have_value("")
    assert written(clinic, ana) == [(WORDS, 6)]


def test_what_came_back_and_what_was_begun_are_never_mixed(clinic, ana, evening, take, network):
    phone = take(ana)
    phone.goto("/journal/new")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD)
    phone.get_by_label("What happened?").fill("Too much beside it")
    thought = phone.locator("[name=thought]")
    thought.evaluate("(area) => { area.value = 'x'.repeat(20_001) }")
    save(phone)
    expect(unsent(phone)).to_have_text("1 on this phone, waiting to send")
    phone.goto("about:blank")
    network.comes_back()
    phone.goto("/today")
    expect(unsent(phone)).to_have_text("One entry couldn’t be saved. Take a look.")
    phone.goto("/journal/new")
    write(phone, "Other words, begun")
    begun(phone, 1)

    came_back(phone)
    expect(phone.get_by_label("What happened?")).to_have_value("Too much beside it")
    expect(phone.get_by_text("You started this earlier.")).to_have_count(0)
    phone.get_by_label("What happened?").fill("Less of it")
    begun(phone, 2)
    phone.goto("/journal/new")
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value("Other words, begun")

    came_back(phone)
    expect(phone.get_by_text("You started this earlier.")).to_be_visible()
    expect(phone.get_by_label("What happened?")).to_have_value("Less of it")
    phone.locator(".scale input[name=urge][value='4']").tap()
    thought.fill("")
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    all_sent(phone)
    assert written(clinic, ana) == [("Less of it", 4)]
    begun(phone, 1)
    phone.goto("/journal/new")
    expect(phone.get_by_label("What happened?")).to_have_value("Other words, begun")


def begun(page: Page, many: int) -> None:
    """Until so many drafts are kept on the phone."""
    wait_until(page, f"outbox.within('drafts', (store) => store.count()).then((n) => n === {many})")


def came_back(page: Page) -> None:
    """Open what came back."""
    page.goto("/today")
    unsent(page).tap()
    expect(page.get_by_text("This couldn’t be saved from your phone")).to_be_visible()


def test_a_shared_phone_keeps_nothing(clinic, ana, evening, take):
    phone = take()
    sign_in(phone, "ana", own=False)
    phone.goto("/journal/new")
    write(phone)
    phone.context.set_offline(True)
    phone.goto("/blank/trigger")
    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    phone.context.set_offline(False)
    assert stored(phone) == 0
    assert stored(phone, "drafts") == 0
    assert phone.evaluate("localStorage.getItem('mark')") is None


def test_signing_out_leaves_nothing_and_help_still_opens(clinic, ana, evening, take):
    phone = take(ana)
    phone.goto("/journal/new")
    write(phone)
    wait_until(phone, "outbox.within('drafts', (store) => store.count()).then((n) => n === 1)")
    phone.goto("/you")
    scripts_are_there(phone)
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    assert stored(phone, "drafts") == 0
    assert phone.evaluate("JSON.stringify(localStorage)") == "{}"
    phone.go_back()
    expect(phone.get_by_label("Username")).to_be_visible()
    phone.context.set_offline(True)
    phone.goto("/help-now")
    expect(phone.get_by_role("link", name="Call 988")).to_be_visible()


def test_signing_out_asks_about_what_is_not_sent(clinic, ana, evening, take):
    phone = take(ana)
    phone.goto("/you")
    scripts_are_there(phone)
    tab = phone.context.new_page()
    phone.context.set_offline(True)
    tab.goto("/journal/new")
    write(tab)
    save(tab)
    expect(unsent(tab)).to_be_visible()
    asked: list[str] = []
    phone.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    phone.get_by_role("button", name="Sign out of this device").tap()
    eventually(lambda: asked, tab)
    phone.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    assert stored(phone) == 1
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    assert len(asked) == 2
    assert "Waiting to send: 1." in asked[0]
    assert stored(phone) == 0  # the other tab covers itself meanwhile, and can't be asked


def test_signed_out_without_a_network_nobodys_page_opens_until_the_server_knows(
    clinic, ana, evening, take, network
):
    phone = take(ana)
    phone.goto("/you")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD)
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    # The network is back for pages only: the server hasn't heard of it.
    network.goes(Trouble.DEAD, "POST", "/sign-out")
    phone.goto("/today")
    expect(phone.get_by_role("heading", name="On this phone")).to_be_visible()
    network.comes_back()
    phone.goto("/today")
    expect(phone.get_by_label("Username")).to_be_visible()
    sign_in(phone, "ana")
    expect(phone).to_have_url(re.compile("/today$"))


def test_no_word_lies_open_on_the_phone(clinic, ana, evening, playwright_profile, network):
    context, profile = playwright_profile(network.address)
    context.add_cookies([clinic.cookie_of(ana) | {"url": network.address}])
    phone = context.new_page()
    phone.goto("/today")
    wait_until(phone, ALL_KEPT)
    phone.goto("/journal/new")
    scripts_are_there(phone)
    network.goes(Trouble.DEAD)
    write(phone, words=WORDS)
    save(phone)
    expect(unsent(phone)).to_be_visible()
    assert found_in(profile, WORDS) == []
    network.comes_back()
    phone.goto("/journal")
    all_sent(phone)
    phone.reload()
    expect(phone.get_by_text(WORDS)).to_be_visible()
    assert found_in(profile, WORDS) == []
    # Once more with a network, where what was saved is seen at once.
    phone.goto("/journal/new")
    write(phone, words=WORDS)
    save(phone)
    expect(phone.get_by_text("Saved. Only you can see it.")).to_be_visible()
    assert found_in(profile, WORDS) == []
    phone.goto("/you")
    scripts_are_there(phone)
    phone.get_by_role("button", name="Sign out of this device").tap()
    expect(phone).to_have_url(re.compile("/sign-in$"))
    context.close()
    assert found_in(profile, WORDS) == []
    assert found_in(profile, PASSWORD) == []


def found_in(folder: Path, words: str) -> list[str]:
    """The files below a folder with these words in them, in either of two encodings."""
    needles = (words.encode(), words.encode("utf-16-le"))
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(needle in file.read_bytes() for needle in needles)
    ]


def test_a_share_that_came_too_late_is_asked_about_on_today(
    clinic, ana, evening, take, look, network
):
    phone = take(ana)
    network.goes(Trouble.DEAD)
    phone.goto("/journal/new")
    write(phone)
    phone.get_by_role("switch", name="Share with my group").check()
    look(phone, "blank-share-phone")
    save(phone)
    expect(unsent(phone)).to_be_visible()
    network.comes_back()
    phone.goto("/journal")
    all_sent(phone)
    phone.goto("/today")
    expect(phone.get_by_role("heading", name="You wanted to share this")).to_be_visible()
    look(phone, "late-share-phone")


def test_what_is_kept_fits_every_screen(ana, evening, take, look):
    phone = take(ana)
    phone.context.set_offline(True)
    for address in ("/offline", "/blank/trigger"):
        phone.goto(address)
        for width in (320, 1280):
            phone.set_viewport_size({"width": width, "height": 800})
            look(phone, f"kept-{address.strip('/').replace('/', '-')}-{width}")


def test_a_page_from_before_an_update_still_sends_to_its_former_address(ana, evening, take):
    phone = take(ana)
    phone.goto(f"/week/dates/{evening.tonight}?kept")
    expect(phone).to_have_url(re.compile(rf"/week/sessions/{evening.tonight}\?kept$"))
    scripts_are_there(phone)
    form = phone.locator("form", has=phone.locator("textarea[name=reason]"))
    form.evaluate("form => { form.action = form.action.replace('/sessions/', '/dates/') }")
    phone.get_by_text("I can’t come").tap()
    phone.get_by_role("button", name="Let them know").tap()
    expect(phone).to_have_url(re.compile("/week$"))
    expect(phone.get_by_text("I can’t come")).to_be_visible()
