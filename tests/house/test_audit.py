"""Every route that writes leaves exactly the acts it declares here, or has a reason for none."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.house.test_routes import IN_TURN, POLICY, outcome, rule_for
from tests.house.world import World, kind_at
from webapp.audit.kinds import SAID, ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.core.web.routes import declaration_of
from webapp.writing.kind import KINDS

A = ActKind
# What each leaves when it is done: exactly these rows, whoever does it.
ACTS: dict[str, tuple[ActKind, ...]] = {
    "accounts.sign_in": (A.SIGNED_IN,),
    "accounts.sign_in_by_code": (A.SIGNED_IN,),
    "accounts.reset": (A.PASSWORD_RESET, A.SIGNED_IN),
    "accounts.install": (A.APP_CODE_MADE,),
    "accounts.change_password": (A.PASSWORD_CHANGED,),
    "accounts.end_device": (A.DEVICE_ENDED,),
    "accounts.end_other_devices": (A.DEVICES_ENDED,),
    "second_factor.set_up": (A.SECOND_FACTOR_SET, A.RECOVERY_CODES_MADE),
    "phone_lock.choose": (A.LOCK_SET,),
    "phone_lock.end": (A.LOCK_ENDED,),
    "passkeys.add": (A.PASSKEY_ADDED,),
    "passkeys.end": (A.PASSKEY_ENDED,),
    "joining.join": (A.ACCOUNT_MADE, A.JOINED, A.SIGNED_IN),
    "joining.with_account": (A.JOINED,),
    "joining.invite_patient": (A.INVITED,),
    "joining.invite_facilitator": (A.INVITED,),
    "joining.cancel_slip": (A.INVITATION_CANCELED,),
    "joining.add_person": (A.ADDED,),
    "joining.accept": (A.SAID_YES,),
    "joining.decline": (A.DECLINED,),
    "clinic.new_group": (A.GROUP_MADE,),
    "clinic.new_individual": (A.GROUP_MADE, A.JOINED),
    "clinic.add_facilitator": (A.JOINED,),
    "staff.invite": (A.INVITED,),
    "staff.hand_over": (A.JOINED, A.REMOVED),
    "access_review.reviewed": (A.ACCESS_REVIEWED,),
    "clinic.add_supervisor": (A.SUPERVISOR_NAMED,),
    "clinic.end_supervisor": (A.SUPERVISOR_ENDED,),
    "sharing.answer_supervisor": (A.EARLIER_OPENED,),
    "clinic.hand_over": (A.HANDED_OVER,),
    "clinic.end_stand_in": (A.HANDED_BACK,),
    "clinic.leaving": (A.REMOVED,),
    "clinic.undo_leaving": (A.PUT_BACK,),
    "discharge.end": (A.DISCHARGED,),
    "discharge.keep": (A.DISCHARGE_RECORDED,),
    "discharge.say": (A.DISCHARGE_SAID,),
    "clinic.reset": (A.RESET_CODE_MADE,),
    "staff.close": (A.ACCOUNT_CLOSED,),
    "program.details": (A.GROUP_CHANGED,),
    "program.new_time": (A.SCHEDULE_CHANGED,),
    "program.change_time": (A.SCHEDULE_CHANGED,),
    "program.end_time": (A.SCHEDULE_CHANGED,),
    "program.new_group_session": (A.SESSION_CHANGED,),
    "program.group_session": (A.SESSION_CHANGED,),
    "program.move": (A.SESSION_CHANGED,),
    "program.cancel": (A.SESSION_CHANGED,),
    "program.uncancel": (A.SESSION_CHANGED,),
    "program.holidays": (A.HOLIDAYS_CHANGED,),
    "program.remove_holiday": (A.HOLIDAYS_CHANGED,),
    "meeting_lists.use": (A.MEETING_LISTS_CHANGED,),
    "meeting_lists.refresh": (A.MEETING_LISTS_CHANGED,),
    "meeting_lists.remove": (A.MEETING_LISTS_CHANGED,),
    "program.add_federal": (A.HOLIDAYS_CHANGED,),
    "program.archive": (A.GROUP_ARCHIVED,),
    "program.reopen": (A.GROUP_REOPENED,),
    "program.topics": (A.SESSION_CHANGED,),
    "program.change_expect": (A.EXPECTATIONS_CHANGED,),
    "aftercare.take_call": (A.CALL_TAKEN,),
    "aftercare.close_call": (A.CALL_CLOSED,),
    "aftercare.switch_calls": (A.SETTINGS_CHANGED,),
    "clinic.settings": (A.SETTINGS_CHANGED,),
    "clinic.step_by_hand": (A.SETTINGS_CHANGED,),
    "check_ins.due_days": (A.CHECK_INS_CHANGED,),
    "questionnaires.index": (A.QUESTIONNAIRE_IMPORTED,),
    "questionnaires.use": (A.QUESTIONNAIRE_USED,),
    "questionnaires.use_from_the_box": (A.QUESTIONNAIRE_USED,),
    "questionnaires.retire": (A.QUESTIONNAIRE_RETIRED,),
    "attendance.roll": (A.ATTENDANCE_SAVED,),
    "attendance.own_days": (A.DAYS_SET,),
    "attendance.covered_sessions": (A.SESSIONS_AUTHORIZED,),
    "attendance.label": (A.LABEL_SET, A.ORIGIN_SET),
    "attendance.step": (A.STEPPED,),
    "attendance.record": (A.ATTENDANCE_EXPORTED,),
    "sharing.share": (A.SHARED,),
    "sharing.again": (A.SHARED,),
    "sharing.start_course": (A.COURSE_STARTED,),
    "sharing.take_back": (A.SHARE_ENDED,),
    "sharing.stop_all": (A.SHARES_ENDED,),
    "sharing.revoke_consent": (A.CONSENT_REVOKED,),
    "consents.new": (A.CONSENT_SIGNED,),
    "consents.revoke": (A.CONSENT_REVOKED,),
    "permissions.new": (A.PERMISSION_SIGNED,),
    "permissions.cancel": (A.PERMISSION_CANCELED,),
    "consents.give": (A.DISCLOSED,),
    "agenda.show": (A.OPENED,),
    "chart.show": (A.OPENED,),
    "chart.copy": (A.CHART_COPIED,),
    "huddle.show": (A.OPENED,),
    "huddle.person": (A.OPENED,),
    "insight.changes": (A.OPENED,),
    "huddle.feedback": (A.REPLIED,),
    "huddle.change_reply": (A.REPLY_CHANGED,),
    "huddle.delete_reply": (A.REPLY_DELETED,),
    "homework.give": (A.HOMEWORK_GIVEN,),
    "homework.take_back": (A.HOMEWORK_TAKEN_BACK,),
    "meetings.sheet": (A.SHEET_MADE,),
    "meetings.stop": (A.SHEET_STOPPED,),
    "export.everything": (A.EVERYTHING_TAKEN,),
    "check_ins.take_along": (A.ANSWERS_TAKEN,),
    "erasing.erase": (A.ERASE_ASKED,),
    "erasing.holds": (A.HOLD_SET,),
    "erasing.end_hold": (A.HOLD_ENDED,),
    "week.make_feed": (A.CALENDAR_MADE,),
    "week.end_feed": (A.CALENDAR_ENDED,),
}
# The codes that the world makes on the way, which are acts of their own.
FIRST_MADE = {
    "accounts.sign_in_by_code": A.APP_CODE_MADE,
    "accounts.reset": A.RESET_CODE_MADE,
    "joining.join": A.INVITED,
    "joining.with_account": A.INVITED,
}
FILES = ("attendance.record", "check_ins.take_along")
OPENS = (
    "agenda.show", "chart.show", "huddle.show", "huddle.person", "insight.changes", *FILES,
)  # fmt: skip
OWN = "a patient's own setting, list or answer: it opens nothing to anyone"
SEEN = "a message on Today was read by the one it is for"
FORMER = "an address of before: it leads to today's"
LOOKS = "posted so that what is asked for stands in no address; changes nothing"
LISTED = "looks at a list: patients find nothing of it before it's used"
NONE = {
    "meeting_lists.index": LISTED,
    "meeting_lists.replace": LISTED,
    "meeting_lists.discard": LISTED,
    "homework.tap": "a patient's own; what is told is seen where it is shared, and nothing else",
    "agenda.add": "a facilitator's own line, which no patient sees",
    "agenda.change": "an order; what became of a ticket stands on its share, with who and when",
    "huddle.all_seen": "what is new to a reader, for their own eyes",
    "questionnaires.discard": "a file that nobody was asked",
    "accounts.sign_out": "on the device itself, by whoever holds it",
    "accounts.hide": "on the device itself, by whoever holds it",
    "second_factor.give": "leads elsewhere without a first half: tests/accounts/test_second_factor",
    "second_factor.renew_codes": "leads elsewhere before there is one: tests/accounts/test_second…",
    "clinic.second_step": "not there where none is needed: tests/clinic/test_second_step_day",
    "staff.restoration_seen": "nothing was restored: tests/house/test_restoring",
    "staff.end_second_step": "leads back where there is none: tests/clinic/test_staff",
    "passkeys.sign_in": "leads elsewhere without an answer: tests/accounts/test_passkeys",
    "passkeys.unlock": "as accounts.unlock",
    "aftercare.ask_for_call": "only after the last group: tests/aftercare/test_calls",
    "aftercare.end_call": "nothing was asked for: tests/aftercare/test_calls",
    "erasing.cancel": "nothing was asked for: tests/erasing/test_erasing",
    "accounts.unlock": "the sign-in is an act already, and so are too many wrong tries",
    "phone_lock.show": "the sign-in is an act already, and so are five wrong tries",
    "phone_lock.now": "on the device itself, by whoever holds it",
    "phone_lock.decline": OWN,
    "today.dismiss": OWN,
    "accounts.see_new_device": "the sign-in that it is about is the act",
    "accounts.save_settings": "the own name; staff see the former one for two weeks",
    "joining.by_code": LOOKS,
    "journal.own_words": OWN,
    "journal.search": LOOKS,
    "journal.tapped": LOOKS,
    "check_ins.tapped": LOOKS,
    "meetings.check": LOOKS,
    "meetings.find": LOOKS,
    "sync.open_drafts": LOOKS,
    "sync.open_one": LOOKS,
    "sync.sync": "entries; a share among them is recorded where it is given or ended",
    "sync.keep_to_myself": "nothing was shared",
    "sharing.put_away": SEEN,
    "sharing.became": "the own word; what is shared for next time is recorded where it is given",
    "sharing.not_this_time": OWN,
    "program.see_removal": SEEN,
    "discharge.see": SEEN,
    "discharge.show": "opens nothing where no line is shown: tests/discharge/test_readiness",
    "discharge.take_proposed": OWN,
    "discharge.show_lines": "none is shown: tests/discharge/test_readiness",
    "program.see_step": SEEN,
    "plan.remove": OWN,
    "plan.restore": OWN,
    "attendance.former_covered_sessions": FORMER,
    "program.former_group_session": FORMER,
    "program.former_group_sessions": FORMER,
    "week.former_group_session": FORMER,
    "week.group_session": "said to one group; who opened it is recorded",
    "week.on_my_way": "said to one group; who opened it is recorded",
    "week.coming": "said to one group; who opened it is recorded",
    "week.let_feed_ring": OWN,
    "insight.add_response": OWN,
    "doctor.check_again": "asks the clinic’s own address; changes nothing of the clinic",
} | dict.fromkeys(
    (
        f"{room}.{name}"
        for room, names in {
            "check_ins": "answer begin end no_reminder reminder throw_away remove_answers"
            " restore_answers",
            "aftercare": "questions",
            "ratings": "rate",
            "meetings": "like make_home rhythm unlike",
            "plan": "item question remove_item",
            "reminders": "connect disconnect later resume save stop test",
        }.items()
        for name in names.split()
    ),
    OWN,
)


def is_of_an_entry(rule: Rule) -> bool:
    """What a patient writes is no act: its versions are kept, and saving costs what it did."""
    kind = kind_at(rule.rule)
    begun = {other.new for other in KINDS.values()} | {"/medication/doses", "/plan/days"}
    return kind is not None or rule.rule in begun


def acts() -> list[ActKind]:
    found = [ActKind(kind) for kind in db.session.scalars(select(Act.kind).order_by(Act.number))]
    db.session.rollback()
    return found


def test_every_route_that_writes_says_what_it_leaves(rules: list[Rule], app: Flask) -> None:
    writing = set()
    for rule in rules:
        declared = declaration_of(app.view_functions[rule.endpoint])
        assert declared is not None
        if declared.way == "opens" or (declared.way == "writes" and not is_of_an_entry(rule)):
            writing.add(rule.endpoint)
    of_entries = {rule.endpoint for rule in rules if is_of_an_entry(rule)}
    said = set(ACTS) | {endpoint for endpoint, reason in NONE.items() if reason != LOOKS}
    assert writing - set(NONE) - set(ACTS) == set(), "say in ACTS or NONE what these leave"
    assert said - writing == set(), "no such route writes any more"
    assert set(ACTS) & set(NONE) == set()
    assert of_entries & set(ACTS) == set()


@pytest.mark.parametrize("address", [address for method, address in POLICY if method == "POST"])
@pytest.mark.database
def test_what_is_done_leaves_exactly_its_acts(
    world: World, rules: list[Rule], address: str
) -> None:
    rule, expected = rule_for(rules, "POST", address), POLICY["POST", address]
    for who in (someone for someone in IN_TURN if expected[someone] == "in"):
        phone, to = world.phone(who), world.address(rule)
        with world.app.app_context():
            before = len(acts())
        response = world.send(phone, "POST", rule, who, to)
        assert outcome(response, "POST") == "in"
        with world.app.app_context():
            left = acts()[before:]
        if rule.endpoint in FIRST_MADE:
            assert left.pop(0) == FIRST_MADE[rule.endpoint]
        if A.SIGNED_IN in left and who != "nobody":  # on a device of somebody else
            left = [act for act in left if act != A.DEVICE_TAKEN_OVER]
        assert left == list(ACTS.get(rule.endpoint, ())), f"{who}: {address}"
        if rule.endpoint in ("program.move", "clinic.end_stand_in"):  # the next one finds it done
            return


@pytest.mark.parametrize("endpoint", OPENS)
@pytest.mark.database
def test_what_is_opened_or_copied_leaves_its_act(
    world: World, rules: list[Rule], endpoint: str, clock: time_machine.Traveller
) -> None:
    (rule,) = [rule for rule in rules if rule.endpoint == endpoint]
    phone = world.phone("cleo" if POLICY["GET", rule.rule]["cleo"] == "in" else "ana")
    with world.app.app_context():
        before = len(acts())
    for _again in range(2):
        assert phone.get(world.address(rule)).status == 200
    with world.app.app_context():
        left = acts()[before:]
    # Within a minute it is one opening; each file that is downloaded is a copy.
    assert left == [*ACTS[endpoint]] * (2 if endpoint in FILES else 1)
    phone.client.head(world.address(rule))
    with world.app.app_context():
        assert acts()[before:] == left


def test_each_act_has_its_sentence_and_a_kind_that_is_never_renamed() -> None:
    assert set(SAID) == set(ActKind)
    assert all(len(kind) <= 32 for kind in ActKind)
