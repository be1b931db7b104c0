"""What is dangerous asks for the password once more, and then goes on with what was sent."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.conftest import PASSWORD
from tests.house.test_audit import ACTS, acts
from tests.house.world import World
from tests.pages import Page, Phone
from webapp.accounts.confirming import LASTS, OWN_PASSWORD
from webapp.core.web.routes import declaration_of

WRONG = "not the right words at all"
# Each with who does it, and why it asks.
ASKS = {
    "accounts.end_device": ("ana", "whoever has the phone could throw its owner out elsewhere"),
    "accounts.end_other_devices": ("ana", "the same, of all of them, and of the calendars"),
    "second_factor.set_up": ("cleo", "whoever is at the desk could make the account theirs"),
    "second_factor.renew_codes": ("cleo", "ten codes that open the account beside the password"),
    "phone_lock.end": ("ana", "whoever has the phone could come back to it later"),
    "passkeys.add": ("ana", "whoever has the phone could come back by it, without the password"),
    "passkeys.end": ("ana", "the way in of whoever may have forgotten the password"),
    "export.everything": ("ana", "everything that somebody ever wrote, as a file"),
    "erasing.erase": ("ana", "what somebody wrote in a year would be destroyed"),
    "erasing.holds": ("max", "keeps somebody from being erased"),
    "erasing.end_hold": ("max", "lets somebody be erased whose records a court wants"),
    "week.make_feed": ("ana", "an address that tells group times to whoever has it"),
    "sharing.share": ("ana", "a consent, signed in somebody's name"),
    "sharing.start_course": ("ana", "the same"),
    "consents.new": ("ana", "the same, for somebody outside"),
    "permissions.new": ("ana", "the same, for what staff may do with it"),
    "clinic.leaving": ("cleo", "ends for good what somebody shares"),
    "discharge.end": ("cleo", "the same, with a last word"),
    "clinic.undo_leaving": ("cleo", "lets somebody into a group again, who may read it"),
    "joining.add_person": ("cleo", "brings somebody into a group, and tells their name"),
    "clinic.reset": ("cleo", "a code that opens somebody's account"),
    "staff.end_second_step": ("max", "leaves a password alone between anyone and the account"),
    "staff.restoration_seen": ("max", "has accounts erased again, whose holds may be lost"),
    "staff.close": ("max", "takes somebody's work away, and what a group shares its reader"),
    "aftercare.switch_calls": ("max", "lets somebody see who asks for help, and their number"),
    "clinic.add_facilitator": ("max", "lets somebody read what a group shares"),
    "staff.invite": ("max", "lets somebody in who may read, or change the clinic"),
    "staff.hand_over": ("max", "lets somebody read what groups share"),
    "clinic.add_supervisor": ("max", "the same, of what is shared from then on"),
    "clinic.end_supervisor": ("max", "lets somebody read no more what they are to read"),
    "clinic.hand_over": ("cleo", "the same, until a day"),
    "joining.invite_facilitator": ("max", "makes an account that reads what a group shares"),
    "clinic.settings": ("max", "how long what is kept of somebody is kept, and what patients read"),
    "consents.give": ("cleo", "writes into a patient's accounting that something left the program"),
    "attendance.step": ("cleo", "ends what somebody shares, and moves them to other readers"),
    "joining.invite_patient": ("cleo", "a code that lets whoever has it into a group"),
    "questionnaires.use": ("max", "questions that anybody wrote would be asked of patients"),
    "program.change_expect": ("max", "what patients are told to expect, and staff to do in danger"),
    "meeting_lists.use": ("max", "links and places that patients trust"),
    "meeting_lists.remove": ("max", "takes a whole list away from those who look for a meeting"),
    "attendance.record": ("cleo", "a file with the names of a group"),
}
ASK_THEMSELVES = {
    "accounts.save_settings": "only when it's to ask no more (tests/accounts/test_phone_lock.py)",
    "accounts.unlock": "is the question",
    "passkeys.unlock": "is the question",
    "accounts.change_password": "the form has the password in it",
    "phone_lock.choose": "the form has the password in it",
    "accounts.install": "the form has the password in it",
}
POSTED = [endpoint for endpoint in ASKS if endpoint != "attendance.record"]


def rule_of(rules: list[Rule], endpoint: str) -> Rule:
    (rule,) = [rule for rule in rules if rule.endpoint == endpoint]
    return rule


def sent(world: World, phone: Phone, rule: Rule, who: str) -> Page:
    """The form of a page that was opened a while ago."""
    return Page(world.send(phone, "POST", rule, who, world.address(rule)), world.address(rule))


def test_which_routes_ask_again(rules: list[Rule], app: Flask) -> None:
    asking = set()
    for rule in rules:
        declared = declaration_of(app.view_functions[rule.endpoint])
        assert declared is not None
        if getattr(declared.guard, "asks_again", False):
            asking.add(rule.endpoint)
    assert asking == set(ASKS)
    assert set(ASK_THEMSELVES) <= {rule.endpoint for rule in rules}


@pytest.mark.parametrize("endpoint", POSTED)
def test_nothing_dangerous_is_done_without_the_password_of_the_last_ten_minutes(
    world: World, rules: list[Rule], endpoint: str, clock: time_machine.Traveller
) -> None:
    rule, (who, _reason) = rule_of(rules, endpoint), ASKS[endpoint]
    phone = world.phone(who)
    clock.shift(LASTS)
    before = world.everything(but=("tries",))
    asked = sent(world, phone, rule, who)
    assert asked.status == 422
    assert "Enter your password" in asked.text
    assert asked.form(having=OWN_PASSWORD).action == world.address(rule)
    assert world.everything(but=("tries",)) == before
    wrong = phone.fill(asked, having=OWN_PASSWORD, own_password=WRONG)
    assert wrong.status == 422
    assert "That password isn’t right." in wrong.text
    assert WRONG not in wrong.html
    assert world.everything(but=("tries",)) == before
    # It goes on with what was sent.
    with world.app.app_context():
        earlier = len(acts())
    done = phone.fill(wrong, having=OWN_PASSWORD, own_password=PASSWORD)
    assert done.status == 200
    with world.app.app_context():
        assert acts()[earlier:] == list(ACTS.get(endpoint, ()))


def test_what_was_sent_is_in_no_address_and_comes_back_whole(
    world: World, rules: list[Rule], clock: time_machine.Traveller
) -> None:
    rule = rule_of(rules, "clinic.add_facilitator")
    phone = world.phone("max")
    clock.shift(LASTS)
    fields = MultiDict([("person", world.people["kit"].id), ("more", "one"), ("more", "two")])
    asked = phone.post(world.address(rule), fields | {"old_password": "zq-secret"})
    form = asked.form(having=OWN_PASSWORD)
    assert form.fields.getlist("more") == ["one", "two"]
    assert form.fields["person"] == str(world.people["kit"].id)
    assert "zq-secret" not in asked.html
    assert "?" not in form.action


def test_whatever_is_signed_asks(world: World, rules: list[Rule]) -> None:
    signed = {
        rule.endpoint for rule in rules if "signed_name" in world.fields(rule.endpoint, "ana")
    }
    assert {"sharing.share", "consents.new", "permissions.new"} <= signed <= set(ASKS)


def test_sharing_under_a_consent_in_force_and_ending_anything_never_ask(
    world: World, rules: list[Rule], clock: time_machine.Traveller
) -> None:
    phone = world.phone("ana")
    clock.shift(LASTS)
    private = world.address(rule_of(rules, "sharing.share"), id=world.ids["private"])
    for_tonight = {"until": "session", "group": world.evening.id}
    assert phone.post(private, for_tonight).address == "/sharing"
    for ends in ("sharing.take_back", "sharing.revoke_consent", "consents.revoke", "week.end_feed",
                 "sharing.stop_all"):  # fmt: skip
        assert sent(world, phone, rule_of(rules, ends), "ana").status == 302, ends


def test_a_file_is_asked_for_by_the_page_to_unlock_and_then_comes(
    world: World, rules: list[Rule], clock: time_machine.Traveller
) -> None:
    address = world.address(rule_of(rules, "attendance.record"))
    phone = world.phone("cleo")
    clock.shift(LASTS)
    asked = phone.get(address)
    assert "Enter your password" in asked.text
    assert "You were away" not in asked.text
    assert phone.fill(asked, password=WRONG).status == 422
    got = phone.fill(asked, password=PASSWORD)
    assert got.response.mimetype == "text/csv"


def test_once_given_it_counts_for_ten_minutes_on_this_device_alone(
    world: World, rules: list[Rule], clock: time_machine.Traveller
) -> None:
    rule = rule_of(rules, "accounts.end_other_devices")
    phone, other = world.phone("ana"), world.phone("ana")
    clock.shift(LASTS)
    asked = sent(world, other, rule_of(rules, "week.make_feed"), "ana")
    assert other.fill(asked, having=OWN_PASSWORD, own_password=PASSWORD).status == 200
    assert sent(world, phone, rule, "ana").status == 422
    clock.shift(LASTS - timedelta(seconds=1))
    assert sent(world, other, rule, "ana").status == 302
    clock.shift(timedelta(seconds=1))
    assert sent(world, other, rule, "ana").status == 422


def test_wrong_passwords_have_to_wait_as_when_signing_in(
    world: World, rules: list[Rule], clock: time_machine.Traveller
) -> None:
    phone, rule = world.phone("ana"), rule_of(rules, "accounts.end_other_devices")
    clock.shift(LASTS)
    asked = sent(world, phone, rule, "ana")
    for _ in range(10):
        assert phone.fill(asked, having=OWN_PASSWORD, own_password=WRONG).status == 422
    assert phone.fill(asked, having=OWN_PASSWORD, own_password=PASSWORD).status == 429


def test_a_sign_in_by_code_was_made_without_the_password(world: World, rules: list[Rule]) -> None:
    phone = Phone(world.app)
    phone.fill(phone.get("/sign-in/code"), code=world.app_code())
    assert sent(world, phone, rule_of(rules, "week.make_feed"), "ana").status == 422


@pytest.mark.parametrize("endpoint", [which for which in ASKS if ASKS[which][0] != "ana"])
def test_the_question_tells_nothing_of_what_there_is(
    world: World, rules: list[Rule], endpoint: str, clock: time_machine.Traveller
) -> None:
    """Whoever may do it nowhere is refused as ever, before the question."""
    rule, stranger = rule_of(rules, endpoint), "cleo" if ASKS[endpoint][0] == "max" else "dana"
    phone = world.phone(stranger)
    clock.shift(LASTS)
    method = "GET" if endpoint == "attendance.record" else "POST"
    response = world.send(phone, method, rule, stranger, world.address(rule))
    assert response.status_code == 404
