"""Ana's whole world on one evening, for the rules that look at every page at once."""

import hashlib
import html
import re
from base64 import b32decode
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cache
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import NOW, PASSWORD, ZONE, SomeGroup, Someone, root
from tests.pages import Phone
from tests.passkeys import Device, asked_on
from tests.reminders.pushservice import FakePhone
from tests.sync.conftest import OUTBOX, sealed
from tests.writing.filled import content, filled
from webapp.accounts import totp
from webapp.accounts.actions import (
    add_passkey,
    issue_app_code,
    issue_reset,
    make_person,
    start_sign_in,
)
from webapp.accounts.models import Passkey, Person, Role
from webapp.accounts.passkeys import New
from webapp.accounts.queries import author_mark
from webapp.aftercare.actions import ask_for_call, ask_no_more
from webapp.aftercare.models import CallAnswerer, CallRequest
from webapp.aftercare.points import Point
from webapp.agenda.models import AgendaItem
from webapp.check_ins.models import CheckIn
from webapp.consents.actions import give, sign
from webapp.consents.consent_text import PURPOSES, RECIPIENTS, WHAT, Terms, document
from webapp.core import clock as app_clock
from webapp.core.crypto.sealing import seal
from webapp.core.data.db import Base, db
from webapp.counting.actions import count
from webapp.days.forms import mark
from webapp.days.models import Milestone
from webapp.discharge.actions import take_chair
from webapp.discharge.models import Chair
from webapp.discharge.queries import of_membership
from webapp.entries.actions import edit, write
from webapp.entries.models import Entry, entry_id
from webapp.entries.queries import own
from webapp.erasing.models import LegalHold
from webapp.homework.actions import give as give_homework
from webapp.homework.models import Homework
from webapp.homework.tasks import Task
from webapp.joining.actions import invite
from webapp.joining.models import Invitation
from webapp.journal.models import Trigger
from webapp.medication.doses import dose_id
from webapp.medication.models import Dose, Medication
from webapp.meetings import actions as meetings
from webapp.meetings import lists
from webapp.meetings.importing import Chosen, check
from webapp.meetings.models import Feed, ListDraft, Meeting, MeetingTime, Visit
from webapp.meetings.reading import Mode
from webapp.mindfulness.models import Practice
from webapp.permissions import permission_text
from webapp.permissions.actions import permit
from webapp.plan import actions as plan
from webapp.plan.models import PlanSection, made_for
from webapp.plan.outline import PARTS
from webapp.program.actions import (
    add,
    add_holiday,
    add_pattern,
    hand_over,
    join,
    name_supervisor,
    set_level,
)
from webapp.program.models import Group, GroupRole, GroupSession, Membership
from webapp.program.queries import memberships_of
from webapp.program.recurrence import Weekly
from webapp.program.views import as_seen
from webapp.questionnaires import actions as questionnaires
from webapp.questionnaires import queries as instruments
from webapp.questionnaires.importing import Files, beside, bring_in, import_instrument
from webapp.questionnaires.models import Answers
from webapp.ratings.models import Rated, RatingSum, clinic_key
from webapp.ratings.queries import QUESTIONS
from webapp.reminders.actions import choose, connect_phone, remind
from webapp.reminders.models import Delivery, Notification, Sender
from webapp.reminders.schedule import AtTimes, BeforeGroup, Outcome, Result
from webapp.sharing.actions import (
    answer,
    answer_supervisor,
    share,
    sign_consent,
    start_course,
)
from webapp.sharing.leaving import remove, undo
from webapp.signing.models import fingerprint
from webapp.sync.page import outbox_key
from webapp.week.actions import make_feed
from webapp.week.models import Appointment
from webapp.writing.kind import KINDS, Kind

# One word for each place where words can stand, as nobody would type it by chance.
TEXTS = ("situation", "thought", "body", "did")
PRIVATE = {name: f"zq-private-{name}" for name in TEXTS}
FORMER = {name: f"zq-former-{name}" for name in TEXTS}
SHARED = {name: f"zq-shared-{name}" for name in TEXTS} | {"about": "zq-shared-about"}
VISIT = {name: f"zq-visit-{name}" for name in (
    "meeting", "place", "step", "takeaway", "contact", "commitment",
)}  # fmt: skip
PLANNED = {
    name: f"zq-plan-{name}" for name in ("safety", "story", "contact", "response", "days", "before")
}
COUNTS = {"name": PLANNED["days"], "way": "since", "since": "2026-11-01"}
SHARED_PLAN, CONTACT = "zq-plan-shared", UUID("6f0d9a52-0000-4000-8000-000000000001")
ANSWER, SIGNED = "zq-answer-words", "zq-signed-name"
REMINDED, DOSE = "zq-reminder-words", "zq-reminder-name"
DENTIST = "zq-appointment-title"
NOTICED = "zq-practice-notes"
TAKES = {name: f"zq-takes-{name}" for name in ("name", "dose", "prescriber", "notes")}
CHECKED_IN = "zq-check-in-note"
# Of the consent for somebody outside: for Ana, and for who runs her group, whatever she shares.
RECIPIENT, GIVEN, DETAIL = "zq-recipient-name", "zq-outside-what", "zq-outside-detail"
REASON, SIGNED_OUTSIDE = "zq-outside-purpose", "zq-outside-signed"
PERMITTED = "zq-permitted-name"
STANDS = "zq-discharge-why"
PERMITTED_PAPER = [["Whose information", f"Mine: {PERMITTED}."]]
TO_DO = "zq-homework-words"
# … and what is said of her discharge, and what she was given to do.
OUTSIDE_WORDS = (RECIPIENT, GIVEN, DETAIL, REASON, SIGNED_OUTSIDE, STANDS, TO_DO)
BEGUN, ANSWERED = "zq-draft-words", "zq-answers-words"
EVENINGS = root() / "tests/questionnaires/files/evenings.questionnaire.json"
SHORT = b"""{"resourceType": "Questionnaire", "title": "Test",
  "item": [{"linkId": "1", "type": "boolean", "text": "Phone"}]}"""
ONLY_ANAS = (
    PERMITTED,
    *PRIVATE.values(), *FORMER.values(), *VISIT.values(), *PLANNED.values(),
    SIGNED, REMINDED, DOSE, DENTIST, NOTICED, *TAKES.values(), CHECKED_IN,
    BEGUN, ANSWERED,
)  # fmt: skip
FOR_HER_FACILITATORS = (*SHARED.values(), ANSWER, SHARED_PLAN)
EVERY_WORD = (*ONLY_ANAS, *FOR_HER_FACILITATORS)
OUTSIDE = {"kind": "doctor", "recipient": "New words", "place": "", "what": ["attendance"],
           "purpose": "care", "ends": "2026-12-31"}  # fmt: skip
LISTED, LISTED_LINK = "Noon Circle", "https://example.org/noon"
_TWO_DAYS = timedelta(days=2)  # Dana's first week
CALLED = "410-555-0182"
GIVEN_AT_ONCE = UUID("6f0d9a52-0000-4000-8000-000000000002")
LIST_AT = "https://127.0.0.1/feed.json"  # no address that is ever asked
LIST = b'[{"slug": "new", "name": "A new meeting"}, {}]'
NO_CODE = "0000-0000-0000"


@dataclass
class World:
    """Everybody, and the ids of everything that is Ana's."""

    app: Flask
    people: dict[str, Someone]
    evening: SomeGroup
    morning: SomeGroup
    ids: dict[str, UUID] = field(default_factory=dict)
    feed: str = ""

    def phone(self, who: str) -> Phone:
        """A phone on which `who` is signed in, or nobody."""
        return Phone(self.app, "" if who == "nobody" else self.token(who))

    def token(self, who: str) -> str:
        """The token of a new sign-in."""
        with self.app.app_context():
            person = db.session.get_one(Person, self.people[who].id)
            made = start_sign_in(person, device="Test", own_phone=True, lasts=timedelta(days=1))
            token = made.token
            db.session.commit()
        return token

    def arguments(self, rule: Rule) -> dict[str, Any]:
        """What is Ana's, for each argument of an address."""
        if not rule.arguments:
            return {}
        found = {
            "static_files.former": {"_digest": "0" * 16, "path": "css/base.css"},
            "joining.join": {"code": NO_CODE},
            "staff.end_second_step": {"id": self.people["cleo"].id},
            "aftercare.take_call": {"id": self.ids["call"]},
            "aftercare.close_call": {"id": self.ids["call"]},
            "staff.close": {"id": self.people["cleo"].id},
            "staff.hand_over": {"id": self.people["cleo"].id},
            "joining.with_account": {"code": NO_CODE},
            "pwa.blank": {"kind": "trigger"},
            "sync.keep_to_myself": {"id": self.ids["shared"]},
            "accounts.end_device": {"id": self.ids["device"]},
            "passkeys.end": {"id": self.ids["passkey"]},
            "sharing.take_back": {"id": self.ids["share"]},
            "sharing.start_course": {"id": self.ids["check-in"]},
            "sharing.became": {"id": self.ids["share"]},
            "sharing.not_this_time": {"id": self.ids["share"]},
            "consents.show": {"id": self.ids["outside"]},
            "consents.revoke": {"id": self.ids["outside"]},
            "permissions.new": {"name": "count"},
            "permissions.show": {"id": self.ids["permission"]},
            "permissions.cancel": {"id": self.ids["permission"]},
            "sharing.answer_supervisor": {"id": self.ids["supervision"]},
            "sharing.consent": {"id": self.ids["consent"]},
            "sharing.revoke_consent": {"id": self.ids["consent"]},
            "sharing.put_away": {"id": self.ids["feedback"]},
            "huddle.change_reply": {"id": self.ids["feedback"]},
            "huddle.delete_reply": {"id": self.ids["feedback"]},
            "huddle.show": {"id": self.evening.tonight},
            "homework.tap": {"id": self.ids["homework"]},
            "homework.take_back": {"id": self.evening.tonight, "given_id": GIVEN_AT_ONCE},
            "agenda.show": {"id": self.evening.tonight},
            "agenda.add": {"id": self.evening.tonight},
            "chart.show": {"id": self.evening.tonight},
            "chart.copy": {"id": self.evening.friday},
            "agenda.change": {"id": self.evening.tonight, "topic_id": self.ids["share"]},
            "sharing.again": {"id": self.ids["removal"]},
            "discharge.say": {"id": self.ids["membership"]},
            "discharge.show_lines": {"id": self.evening.id},
            "discharge.see": {"id": self.ids["discharge"]},
            "joining.accept": {"id": self.ids["added"]},
            "program.see_step": {"id": self.ids["added"]},
            "joining.decline": {"id": self.ids["added"]},
            "today.dismiss": {"what": "people"},
            "program.see_removal": {"id": self.ids["removal"]},
            "reminders.stop": {"id": self.ids["rule"]},
            "week.feed": {"token": self.feed},
            "erasing.end_hold": {"id": self.ids["hold"]},
            "attendance.roll": {"id": self.evening.friday},
            "questionnaires.show": {"id": self.ids["evenings"]},
            "questionnaires.retire": {"id": self.ids["evenings"]},
            "questionnaires.use": {"id": self.ids["looked_at"]},
            "questionnaires.discard": {"id": self.ids["looked_at"]},
            "questionnaires.in_the_box": {"name": "phq-9"},
            "questionnaires.use_from_the_box": {"name": "phq-9"},
            "program.remove_holiday": {"id": self.ids["holiday"]},
            "meeting_lists.preview": {"id": self.ids["list"]},
            "meeting_lists.use": {"id": self.ids["list"]},
            "meeting_lists.discard": {"id": self.ids["list"]},
            "meeting_lists.replace": {"id": self.ids["feed"]},
            "meeting_lists.refresh": {"id": self.ids["feed"]},
            "meeting_lists.remove": {"id": self.ids["feed"]},
            "meetings.printed": {"id": self.ids["sheet"]},
            "meetings.stop": {"id": self.ids["sheet"]},
            "plan.entry": {"id": self.ids["why"]},
            "plan.remove": {"id": self.ids["why"]},
            "plan.restore": {"id": self.ids["why"]},
            "plan.show": {"name": "why"},
            "plan.changes": {"name": "why"},
            "plan.question": {"name": "supports", "asked": "supports"},
            "plan.item": {"name": "supports", "asked": "supports", "id": self.ids["contact"]},
            "plan.remove_item": {
                "name": "supports", "asked": "supports", "id": self.ids["contact"],
            },
            "plan.tell": {"name": "intro"},
            "mindfulness.exercise": {"slug": "feet"},
            "clinic.step_by_hand": {"step": "holidays"},
        }.get(rule.endpoint)  # fmt: skip
        if kind := kind_at(rule.rule):
            found = {"id": self.ids[kind.name]}
        elif "person_id" in rule.arguments:
            which = {"consents.give": "outside", "consents.cover": "disclosure"}
            found = {"group_id": self.evening.id, "person_id": self.people["ana"].id,
                     "id": self.ids[which.get(rule.endpoint, "why")]}  # fmt: skip
        elif "group_id" in rule.arguments:
            # Only somebody who was taken out can be put back, and who stands in stops.
            other = {"clinic.undo_leaving": "gone", "clinic.end_stand_in": "stand_in",
                     "joining.cancel_slip": "slip",
                     "clinic.end_supervisor": "supervision"}  # fmt: skip
            who = other.get(rule.endpoint, "ana")
            found = {"group_id": self.evening.id, "id": self.ids[who]}
            if "chair" in rule.arguments:
                found["chair"] = "payer"
        elif rule.endpoint == "program.archive":
            found = {"id": self.ids["empty"]}
        elif rule.rule.startswith("/clinic/groups/<uuid:id>"):
            found = {"id": self.evening.id}
            if "pattern_id" in rule.arguments:
                found["pattern_id"] = self.ids["pattern"]
        elif not found and rule.rule.startswith("/entries/<uuid:id>"):
            found = {"id": self.ids["shared"]}
        elif not found and rule.rule.startswith(
            ("/clinic/sessions/", "/week/sessions/", "/week/dates/")
        ):
            found = {"id": self.evening.tonight}
        elif rule.rule.startswith("/check-ins/instruments/<uuid:id>"):
            found = {"id": self.ids["evenings"]}
            if "number" in rule.arguments:
                found["number"] = 0
        elif rule.rule.startswith("/check-ins/answers/<uuid:id>"):
            found = {"id": self.ids["answers"]}
        elif rule.rule.startswith("/meetings/find/"):
            found = {"id": self.ids["meeting"]}
        assert found, f"say in world.py what of Ana's {rule.endpoint} opens"
        return found

    def fields(self, endpoint: str, who: str) -> dict[str, Any]:
        """A form filled in so well that only the guard can refuse it."""
        new_password = "copper valley window sail"
        account = {"username": f"new-{uuid4().hex[:8]}", "name": "New", "password": new_password}
        said = {"medication": self.ids["medication"], "day": "2026-11-23", "time": "08:00",
                "answer": "skipped"}  # fmt: skip
        if endpoint == "program.topics":
            return self.topic(f"What {who} says")
        known: dict[str, dict[str, Any]] = {
            "accounts.sign_in": {"username": "ana", "password": PASSWORD},
            "accounts.unlock": {"password": PASSWORD},
            "accounts.install": {"password": PASSWORD},
            "phone_lock.show": {"phone_pin": "4827"},
            "phone_lock.choose": {"phone_pin": "4827", "after": "5", "own_password": PASSWORD},
            "accounts.sign_in_by_code": {"code": NO_CODE},
            "accounts.reset": {"username": "ben", "code": NO_CODE, "password": new_password},
            "accounts.save_settings": {"name": who.title()},
            "accounts.change_password": {"current": PASSWORD, "password": new_password},
            "joining.by_code": {"code": NO_CODE},
            "erasing.holds": {"who": "ana", "reason": "Other words"},
            "joining.join": account,
            "medication.create_dose": said,
            "medication.update_dose": {**said, "version": "1", "answer": "later"},
            "aftercare.switch_calls": {
                "looked_at": "Weekdays", "people": str(self.people["cleo"].id),
            },
            "aftercare.questions": {"going": "3"},
            "week.took_place": {"took_place": "yes"},
            "sharing.became": {"what": "talked"},
            "check_ins.answer": {"answer": "1"},
            "check_ins.reminder": {"at": "20:00"},
            "check_ins.due_days": {"what": "daily", "of0-weekdays": "0", "of0-every_weeks": "1"},
            "questionnaires.index": {"file": [(BytesIO(SHORT), "short.json")]},
            "sharing.share": {"until": "session", "signed_name": "Ana", "group": self.evening.id},
            "sharing.start_course": {"group": self.evening.id, "signed_name": "Ana"},
            "reminders.save": {"group": "y", "leads": "60", "text": "neutral"},
            "reminders.connect": a_phone().fields,
            "reminders.later": {"id": self.ids["reminded"]},
            "program.new_time": {"days": "1", "starts": "09:00", "minutes": "60",
                                 "from_day": "2026-12-01"},
            "program.change_time": {"day": "3", "starts": "10:00", "minutes": "60",
                                    "from_day": "2026-12-01"},
            "program.new_group_session": {"day": f"2026-12-0{len(who)}", "starts": "09:00",
                                          "minutes": "60"},
            "program.move": {"move-day": "2026-11-24", "move-starts": "09:00",
                             "move-minutes": "60"},
            "program.cancel": {"cancel-reason": "Snow"},
            "meeting_lists.index": {
                "file": [(BytesIO(LIST), "list.json")], "fellowship": "smart", "zone": ZONE,
            },
            "meeting_lists.replace": {
                "file": [(BytesIO(LIST), "list.json")], "fellowship": "smart", "zone": ZONE,
            },
            "program.add_federal": {"year": "2027", "federal": "2027-01-01"},
            "program.holidays": {"day": "2026-12-31", "name": "The last day", "group": ""},
            "program.details": {"name": "Evening IOP", "track": "process"},
            "attendance.roll": {"rest": "1"},
            "program.change_expect": {"first-words": "Come in."},
            "attendance.own_days": {"days-days": "0", "days-from_day": "2026-11-23"},
            "attendance.covered_sessions": {
                "authorization-sessions": "12", "authorization-from_day": "2026-11-23",
            },
            "joining.add_person": {"username": "dana", "came_from": "hospital"},
            "attendance.label": {
                "label-label": f"MRN {uuid4().hex[:6]}", "label-came_from": "court",
            },
            "attendance.step": {"step-group": self.morning.id, "step-from_day": "2026-11-23"},
            "week.group_session": {"says": "late", "reason": "The bus"},
            "meetings.rhythm": {"a_week": "3"},
            "journal.own_words": {"kinds": "Payday", "own_kinds": "Rain"},
            "meetings.find": {"day": "any", "miles": "25", "order": "time"},
            "meetings.sheet": {"first": "2026-11-01", "last": "2026-11-23"},
            "meetings.initials": {"initials": "M1 1L2 2"},
            "meetings.check": {"code": NO_CODE},
            "plan.question": {"name": "Somebody", "phone": "555-0100"},
            "plan.item": {"version": "1", "name": "Somebody else"},
            "days.create": {"name": "Without", "since": "2026-11-20", "way": "since"},
            "days.note_return": {"before": "New words"},
            "days.update": {"name": "Without it", "version": mark(COUNTS)},
            "insight.add_response": {"kind": "money", "what": "New", "response": "New words"},
            "sharing.again": {"entries": self.ids["ended_share"]},
            "clinic.settings": {
                "version": "0", "clinic_name": "Lakeside", "short_name": "Lake", "zone": ZONE,
                "years_kept": "7", "notes_until": "12:00",
                "week_hours_least": "6", "week_hours_most": "30", "help_treatment_name": "SAMHSA",
                "help_emergency": "911", "help_crisis_call": "988", "help_crisis_text": "988",
                "help_treatment": "1-800-662-4357", "help_violence": "1-800-799-7233",
            },
            "clinic.leaving": {"reason": "New words"},
            "discharge.end": {"outcome": "other", "last_day": "2026-11-23"},
            "discharge.keep": {"payer-stand": "agree", "payer-who": "New words",
                               "payer-day": "2026-11-23"},
            "discharge.say": {"stand": "agree"},
            "consents.give": {"what": ["0"], "detail": "New words", "on": "2026-11-23"},
            "agenda.add": {"words": "New words"},
            "agenda.change": {"do": "up"},
            "chart.copy": {"who": self.people["ana"].id},
            "huddle.feedback": {"entry": self.ids["shared"], "words": "Good to know."},
            "homework.give": {"id": uuid4(), "what": "exercise:feet", "who": "everyone",
                              "due": self.evening.tonight},
            "homework.tap": {"tap": "done"},
            "huddle.change_reply": {"words": "Good to know, too."},
            "clinic.hand_over": {"person": self.people["kit"].id, "session": self.evening.tonight},
            "clinic.add_facilitator": {"person": self.people["kit"].id},
            "staff.invite": {"part": self.evening.id},
            "staff.hand_over": {"groups": self.evening.id, "person": self.people["kit"].id},
            "clinic.add_supervisor": {"supervisor-person": self.people["robin"].id},
            "sharing.answer_supervisor": {"opens": "yes"},
            "clinic.new_group": {
                "name": f"Group {uuid4().hex[:6]}", "track": "process", "days": "1",
                "starts": "18:00", "minutes": "90", "zone": ZONE, "place": "",
            },
        }  # fmt: skip
        known["clinic.new_individual"] = known["clinic.new_group"]
        if endpoint == "sync.open_one":
            return self.operation()
        if endpoint == "consents.new":
            return {**OUTSIDE, "signed_name": "New words", "shown": self.outside_shown(who)}
        if endpoint == "permissions.new":
            return {"signed_name": "New words", "shown": self.permission_shown(who)}
        if endpoint in known:
            return known[endpoint]
        for kind in KINDS.values():
            if endpoint in (kind.endpoint("create"), kind.endpoint("update")):
                return filled(kind, "New words") | {"version": "1"}
        return {}

    def outside_shown(self, who: str) -> str:
        """The hash of what somebody reads who is about to sign `OUTSIDE`."""
        with self.app.app_context():
            text = document(outside_terms(), patient=who.title(), clinic="Riverside Clinic")
        return fingerprint(text)

    def permission_shown(self, who: str) -> str:
        """The hash of what somebody reads who is about to let their answers be counted."""
        with self.app.app_context():
            text = permission_text.document(
                permission_text.COUNT, patient=who.title(), clinic="Riverside Clinic",
                ends=date(2027, 11, 23),
            )  # fmt: skip
        return fingerprint(text)

    def operation(self) -> dict[str, str]:
        """Something that lies on Ana's phone."""
        with self.app.app_context():
            mark = author_mark(db.session.get_one(Person, self.people["ana"].id))
            return sealed(outbox_key(), mark, {"urge": "", "situation": "From the basement"})

    def address(self, rule: Rule, **other: Any) -> str:
        """The address of a rule, with what is Ana's in it, or something else."""
        values = self.arguments(rule) | other
        return rule.build(values)[1]

    def send(self, phone: Phone, method: str, rule: Rule, who: str, address: str) -> TestResponse:
        """One request as `who` would send it, not followed anywhere."""
        if method != "POST":
            return phone.client.open(address, method=method, base_url=phone.base_url)
        fields = MultiDict(self.fields(rule.endpoint, who))
        if rule.endpoint == "joining.join":
            address = address.replace(NO_CODE, self.invitation())
        if rule.endpoint == "joining.with_account" and who not in ("nobody", "max"):
            address = address.replace(NO_CODE, self.invitation_to_another_group(who))
        if rule.endpoint == "accounts.sign_in_by_code":
            fields["code"] = self.app_code()
        if rule.endpoint == "accounts.reset":
            fields["code"] = self.reset_code()
        if rule.endpoint == "second_factor.set_up":
            fields = MultiDict(self.authenticator(phone))
        if rule.endpoint == "passkeys.add":
            fields = MultiDict(self.passkey(phone))
        if rule.endpoint in ("sync.sync", "sync.open_drafts"):  # a phone's script, not a form
            nothing: dict[str, list[object]] = {"operations": [], "drafts": []}
            return phone.client.post(address, json=nothing, headers=OUTBOX, base_url=phone.base_url)
        fields["csrf_token"] = phone.token()
        return phone.client.post(address, data=fields, base_url=phone.base_url)

    def app_code(self) -> str:
        """A code that signs Ana's installed app in."""
        with self.app.app_context():
            code = issue_app_code(db.session.get_one(Person, self.people["ana"].id))
            db.session.commit()
        return code

    def authenticator(self, phone: Phone) -> dict[str, str]:
        """What an app says to the code on this phone's page, or nothing."""
        page = phone.get("/you/second-step")
        if 'class="code"' not in page.html:
            return {}
        key = page.html.split('class="code">')[1].split("<")[0].replace(" ", "")
        digits = totp.number_at(b32decode(key), app_clock.now())
        return {"offer": page.form(having="offer").fields["offer"], "digits": digits}

    def passkey(self, phone: Phone) -> dict[str, str]:
        """What a device says to this phone's page, or nothing."""
        page = phone.get("/you")
        if "passkeys" not in page.ids:
            return {}
        return {"passkey": Device().make(asked_on(page, making=True)), "passkey_name": "My phone"}

    def invitation(self) -> str:
        """A fresh invitation to Evening IOP."""
        with self.app.app_context():
            code = invite(Role.PATIENT, db.session.get_one(Group, self.evening.id), None)
            db.session.commit()
            return code

    def topic(self, words: str) -> dict[str, str]:
        """Tonight's session gets another topic, by who saw the one that is there."""
        with self.app.app_context():
            row = db.session.get_one(GroupSession, self.evening.tonight)
            seen = as_seen(row.topic, row.read_before)
            return {"s0-of": str(row.id), "s0-seen": seen, "s0-topic": words}

    def invitation_to_another_group(self, who: str) -> str:
        """A fresh one for somebody who has an account, to a group that they aren't in yet."""
        with self.app.app_context():
            group = Group(id=uuid4(), name=f"Group {uuid4().hex[:6]}", zone=ZONE)
            db.session.add(group)
            db.session.flush()
            code = invite(self.people[who].role, group, None)
            db.session.commit()
            return code

    def reset_code(self) -> str:
        """A fresh reset code of Ben's."""
        with self.app.app_context():
            code = issue_reset(db.session.get_one(Person, self.people["ben"].id), None)
            db.session.commit()
            return code

    def everything(
        self, but: tuple[str, ...] = ("sign_in", "tries", "act", "failures")
    ) -> dict[str, str]:
        """Each table's content in one hash, but for who is signed in and how often one tried."""
        with self.app.app_context():
            return contents(but)


@cache
def a_phone() -> FakePhone:
    """One that isn't connected yet."""
    return FakePhone("x", "https://fcm.googleapis.com")


def outside_terms() -> Terms:
    """What `OUTSIDE` says."""
    return Terms(
        str(OUTSIDE["recipient"]), str(RECIPIENTS["doctor"]), "", [str(WHAT["attendance"])],
        str(PURPOSES["care"]), date(2026, 12, 31),
    )  # fmt: skip


def build(app: Flask, people: dict[str, Someone], evening: SomeGroup, morning: SomeGroup) -> World:
    """Ana wrote twice, shared one with a signed consent; Cleo answered it; Ana has a phone."""
    world = World(app, people, evening, morning)
    with app.app_context():
        ana = db.session.get_one(Person, people["ana"].id)
        cleo = db.session.get_one(Person, people["cleo"].id)
        group = db.session.get_one(Group, evening.id)
        private = write(Trigger, ana, uuid4(), NOW, {"urge": 9, "zone": ZONE, **FORMER})
        private = db.session.get_one(Trigger, private.id)
        edit(private, 1, NOW, {"urge": 9, "zone": ZONE, "kinds": ["place"], **PRIVATE})
        planned = _plan(ana)
        told = {name: SHARED[name] for name in TEXTS}
        entry = write(Trigger, ana, uuid4(), NOW, {"urge": 6, "zone": ZONE, **told})
        paper = [["Whose information", f"Mine: {SIGNED}."]]
        consent = sign_consent(ana, group, SIGNED, paper, NOW + timedelta(days=365))
        db.session.flush()
        tonight = db.session.get_one(GroupSession, evening.tonight)
        gone = join(group, make_person("gone", "Gone", "", Role.PATIENT), GroupRole.PATIENT)
        db.session.flush()
        ended_share = share(private, group, consent=consent)
        db.session.flush()
        allowed = replace(outside_terms(), recipient=RECIPIENT, what=[GIVEN], purpose=REASON)
        outside_paper = [["Whose information", f"Mine: {SIGNED_OUTSIDE}."]]
        until = NOW + timedelta(days=90)
        outside = sign(ana, allowed, SIGNED_OUTSIDE, outside_paper, until)
        db.session.flush()
        permission = permit(ana, permission_text.QUOTE, PERMITTED, PERMITTED_PAPER, until)
        given = give(outside, [GIVEN], DETAIL, NOW.date(), cleo)
        ask_for_call(gone.person, CALLED)
        db.session.add(CallAnswerer(person_id=cleo.id))
        removal = remove(memberships_of(ana)[0], None, cleo)
        remove(gone, None, cleo)
        held = LegalHold(id=uuid4(), person_id=gone.person_id, by_id=people["max"].id,
                         reason="Changed")  # fmt: skip
        gone.person.held_at = NOW
        db.session.add(held)
        db.session.flush()
        undo(removal, cleo)
        db.session.flush()
        place = memberships_of(ana)[0]
        set_level(place, cleo, came_from="hospital")
        take_chair(place, Chair.PATIENT, {"stand": "not_yet", "why": STANDS}, ana)
        db.session.flush()
        discharge = of_membership(place)
        assert discharge is not None
        plan_share = share(planned["why"], group, consent=consent, for_=tonight)
        shared = share(
            entry, group, consent=consent, for_=tonight, bring_up=True, about=SHARED["about"]
        )
        feedback = answer(entry, ANSWER, by=cleo)
        line = AgendaItem(group_session_id=tonight.id, topic_id=uuid4(), author_id=cleo.id, place=0)
        line.words = "zq-agenda"
        db.session.add(line)
        give_homework(tonight, Task("words", "", ""), TO_DO, {ana.id: tonight},
                      given_id=GIVEN_AT_ONCE, to_all=False, by=cleo)  # fmt: skip
        titled = {"title": DENTIST, "zone": ZONE}
        appointment = write(Appointment, ana, uuid4(), NOW + timedelta(days=1), titled)
        (weekly,) = add_pattern(group, Weekly(3, time(10), 60, NOW.date()))
        holiday = add_holiday(date(2026, 12, 25), "Christmas")
        world.feed = make_feed(ana)
        visit, meeting = _meetings(ana)
        practice = write(Practice, ana, uuid4(), NOW, {
            "exercise": "urge-surfing", "minutes": 3, "before": 7, "after": 3, "notes": NOTICED,
            "samples": [[0, 7], [1, 8], [2, 3]], "zone": ZONE,
        })  # fmt: skip
        takes = write(Medication, ana, uuid4(), NOW, {
            **TAKES, "times": ["08:00"], "weekdays": list(range(7)), "zone": ZONE,
        })  # fmt: skip
        db.session.flush()
        dose = write(Dose, ana, dose_id(takes.id, NOW.date(), time(8)), NOW, {
            "medication": str(takes.id), "name": TAKES["name"], "day": "2026-11-23",
            "time": "08:00", "answer": "taken", "zone": ZONE,
        })  # fmt: skip
        tapped = {"mood": 1, "craving": 9, "safety": "no", "note": CHECKED_IN, "zone": ZONE}
        check_in = write(CheckIn, ana, uuid4(), NOW, tapped)
        course = start_course(check_in, group, consent=consent, earlier=True)
        evenings, answers, looked_at = _evenings(ana)
        ask_no_more(ana, Point.FIRST_WEEK, NOW.date())
        _ratings(ana, evening, morning)
        colleague = make_person("pat", "Pat", "", Role.FACILITATOR)
        stand_in = hand_over(group, colleague, cleo, NOW + timedelta(days=30))
        stand_in.from_at = NOW + timedelta(days=20)
        invite(Role.PATIENT, group, cleo, "zq-label")
        empty = Group(id=uuid4(), name="Group 0f1e2d", zone=ZONE)
        db.session.add(empty)
        supervisor = make_person("sage", "Sage", "", Role.FACILITATOR)
        supervision = name_supervisor(group, supervisor, cleo)
        supervision.from_at = NOW - timedelta(days=1)
        db.session.flush()
        answer_supervisor(ana, supervision, opens=False)
        count(ana.id, evening.id, Point.FIRST_WEEK, {"going": 3}, NOW.date())
        memberships_of(db.session.get_one(Person, people["dana"].id))[0].from_at = NOW - _TWO_DAYS
        sheet = meetings.print_sheet(ana, "Ana", NOW.date(), NOW.date(), 1, ZONE)
        device = start_sign_in(ana, device="Phone", own_phone=True, lasts=timedelta(days=30))
        db.session.flush()
        fake = FakePhone("ana", "https://fcm.googleapis.com")
        new = New(b"once", b"credential", b"public key", 0)
        add_passkey(ana, "My phone", new, device.id)
        passkey = db.session.scalars(select(Passkey)).one()
        connect_phone(ana, device, fake.endpoint, fake.p256dh, fake.auth)
        remind(ana, BeforeGroup(), REMINDED).on_since = NOW - timedelta(days=1)
        daily = AtTimes((time(8, 0),), ZONE, NOW.date(), about=uuid4(), name=DOSE)
        rule = remind(ana, daily)
        reminded = db.session.scalars(
            select(Notification).where(Notification.group_session_id == evening.tonight)
        ).one()
        reminded.finished_at, reminded.outcome = NOW, Outcome.SENT
        db.session.add(
            Delivery(notification_id=reminded.id, round=0, at=NOW, result=Result.ACCEPTED)
        )
        db.session.add(Sender(started_at=NOW, last_tick_at=NOW))
        choose(ana, ZONE, time(22), time(7), None)
        db.session.commit()
        added = _added(ana, cleo)
        call = db.session.scalars(select(CallRequest)).one()
        call.taken_by_id, call.taken_at = cleo.id, NOW
        world.ids = {
            "private": private.id, "shared": entry.id, "share": shared.id, "consent": consent.id,
            "outside": outside.id, "permission": permission.id,
            "disclosure": given.id, "course": course.id,
            "homework": db.session.scalars(select(Homework.id)).one(),
            "feedback": feedback.id, "device": device.id, "rule": rule.id,
            "passkey": passkey.id,
            "reminded": reminded.id, "appointment": appointment.id,
            "pattern": weekly.id, "holiday": holiday.id, "evening": evening.id,
            "tonight": evening.tonight, "friday": evening.friday, "ana": ana.id, "cleo": cleo.id,
            "practice": practice.id, "medication": takes.id, "dose": dose.id, "contact": CONTACT,
            "check-in": check_in.id, "evenings": evenings, "answers": answers,
            "looked_at": looked_at,
            "visit": visit.id, "meeting": meeting.id, "sheet": sheet.id,
            "feed": meeting.feed_id, "list": _update_of(meeting.feed).id,
            "empty": empty.id,
            "gone": gone.person_id, "stand_in": stand_in.id, "hold": held.id, "removal": removal.id,
            "supervision": supervision.id,
            "membership": place.id, "discharge": discharge.id,
            "ended_share": ended_share.id, "call": call.id, "added": added.id,
            "slip": db.session.scalars(select(Invitation.id)).one(),
            "why": planned["why"].id, "plan_share": plan_share.id,
            "milestone": planned["days"].id, "trigger": entry.id,
        }  # fmt: skip
        for kind in KINDS.values():
            if kind.name not in world.ids:
                kept = content(kind, f"zq-of-{kind.name}")
                world.ids[kind.name] = write(kind.model, ana, uuid4(), NOW, kept).id
        db.session.commit()
    return world


def kind_at(address: str) -> Kind | None:
    """The kind of entry whose page this is."""
    return next(
        (kind for kind in KINDS.values() if address.startswith(f"{kind.at}/<uuid:id>")), None
    )


def _added(ana: Person, cleo: Person) -> Membership:
    """Cleo added Ana to a group without facilitators, into which she was moved; no answer yet."""
    third = Group(id=uuid4(), name="Third IOP", zone=ZONE)
    db.session.add(third)
    db.session.flush()
    before = join(third, ana, GroupRole.PATIENT)
    before.from_at, before.until_at = NOW - timedelta(days=20), NOW - timedelta(days=10)
    db.session.flush()
    added = add(third, ana, None, cleo)
    added.after_id = before.id
    return added


def _ratings(ana: Person, evening: SomeGroup, morning: SomeGroup) -> None:
    """Ana rated Friday's group, whose ratings are shown; Dana may rate yesterday's."""
    shown = RatingSum(id=uuid4(), group_id=evening.id, is_shown=True)
    said = {"count": 5, "first": "2026-11-18", "last": "2026-11-20"} | dict.fromkeys(QUESTIONS, 17)
    shown.said = seal(said, clinic_key(), shown.bound)
    yesterday = NOW - timedelta(days=1)
    db.session.add_all([
        shown,
        Rated(person_id=ana.id, group_session_id=evening.friday, is_waiting=False),
        GroupSession(group_id=morning.id, starts_at=yesterday, ends_at=yesterday),
    ])  # fmt: skip


def _evenings(ana: Person) -> tuple[UUID, UUID, UUID]:
    """A questionnaire that Ana answered once, and has begun again; and a newer one to look at."""
    row, _new = import_instrument(EVENINGS, beside(EVENINGS))
    db.session.flush()
    instrument = instruments.instrument(row.id)
    assert instrument is not None
    often = [option.key for option in instrument.questionnaire.questions[0].options]
    given = {"tired": often[1], "calm": often[1], "alone": "2", "words": ANSWERED}
    content = instrument.content(given) | {"zone": ZONE}
    entry = write(Answers, ana, uuid4(), NOW - timedelta(days=7), content)
    draft = questionnaires.begin(ana, instrument)
    for name, said in {**given, "words": BEGUN}.items():
        questionnaires.keep(draft, name, said)
    newer = EVENINGS.read_text().replace('"version": "1"', '"version": "2"')
    return row.id, entry.id, bring_in(Files(newer, beside(EVENINGS).read_text())).id


def _update_of(feed: Feed) -> ListDraft:
    """What a night brought of a list, and nobody said yes to."""
    said = Chosen(LIST_AT, "smart", ZONE)
    return lists.draft(LIST, said, check(BytesIO(LIST), said, 1), feed, is_held=True)


def _meetings(ana: Person) -> tuple[Visit, Meeting]:
    """Ana went, wants to go on, and keeps a meeting that is listed."""
    visit = write(Visit, ana, uuid4(), NOW, {**VISIT, "fellowship": "smart", "zone": ZONE})
    feed = Feed(source=LIST_AT, fellowship="smart", zone=ZONE, generation=1)
    db.session.add(feed)
    db.session.flush()
    nothing = dict.fromkeys(("group", "city", "places", "conference_phone", "types", "url"), "")
    meeting = Meeting(
        id=uuid4(), feed_id=feed.id, generation=1, fingerprint=b"", slug="noon", name=LISTED,
        fellowship="smart", minutes=60, zone=ZONE, mode=Mode.HYBRID, location="Room 2",
        address="Room 2", latitude=40.0, longitude=-75.0, conference_url=LISTED_LINK, notes="",
        tags="|open|es|", entity="", **nothing,
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    db.session.add(MeetingTime(meeting_id=meeting.id, week_minute=12 * 60))
    meetings.wish(ana, 3, NOW.date())
    meetings.make_home(ana, meeting)
    return visit, meeting


def _plan(ana: Person) -> dict[str, Entry]:
    """A part that is shared, one with a contact, a line of a story, and days that are counted."""
    parts = {name: PARTS[name] for name in ("why", "supports", "intro", "safety", "triggers")}
    ask = {name: part.questions[0] for name, part in parts.items()}
    plan.answer(ana, parts["safety"], ask["safety"], PLANNED["safety"])
    plan.answer(ana, parts["intro"], ask["intro"], PLANNED["story"])
    plan.put_item(
        ana, parts["supports"], ask["supports"],
        {"id": str(CONTACT), "name": PLANNED["contact"], "phone": "555-0102"},
    )  # fmt: skip
    plan.put_item(
        ana, parts["triggers"], ask["triggers"],
        {"id": str(uuid4()), "kind": "place", "response": PLANNED["response"]},
    )  # fmt: skip
    days = write(Milestone, ana, uuid4(), NOW, COUNTS)
    plan.answer(ana, parts["why"], ask["why"], PLANNED["before"])
    db.session.flush()
    plan.answer(ana, parts["why"], ask["why"], SHARED_PLAN)
    db.session.flush()
    why = own(ana, PlanSection, entry_id(ana.id, made_for("why")))
    assert why is not None
    return {"why": why, "days": days}


def contents(skip: tuple[str, ...]) -> dict[str, str]:
    """Each table's rows in one hash."""
    # As they lie there: what a column, or a library, makes of its values would cost the most.
    cursor = db.session.connection().connection.cursor()
    found = {}
    for name, select_all in _selects().items():
        if name not in skip:
            rows = sorted(map(repr, cursor.execute(select_all).fetchall()))
            found[name] = f"{len(rows)} rows {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    db.session.rollback()
    return found


@cache
def _selects() -> dict[str, str]:
    """What reads each table."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        found[table.name] = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608
    return found


def told(response: TestResponse) -> str:
    """Everything that an answer tells: its words as a person reads them, and its headers."""
    return html.unescape(response.get_data().decode(errors="replace")) + str(response.headers)


def alike(response: TestResponse) -> tuple[int, str, str | None]:
    """An answer without what differs by chance: ids, form tokens, numbers of errors."""
    body = re.sub(
        r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", response.get_data().decode(errors="replace")
    )
    ids = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    place = response.headers.get("Location")
    return response.status_code, re.sub(ids, "ID", body), place and re.sub(ids, "ID", place)
