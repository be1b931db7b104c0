"""A clinic that was lost comes back from its backup: every word, and nothing that was closed."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select, text

from tests.accounts.test_second_factor import set_up
from tests.backups.made import backed_up, no_bar
from tests.conftest import NOW, PASSWORD, typed
from tests.house.conftest import BringBack
from tests.house.test_former_staff import close
from tests.house.test_givings import PARTS, part
from tests.house.world import SHARED, TO_DO, World, contents
from tests.pages import Phone
from webapp.accounts.actions import add_passkey
from webapp.accounts.models import Passkey, Person, SignIn
from webapp.accounts.passkeys import New
from webapp.app import check_start, note_keys
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.backups.restore import restore
from webapp.config import Settings
from webapp.core.clock import now
from webapp.core.codes import OneTimeCode
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.erasing.actions import WEEK, ask
from webapp.homework.actions import tapped
from webapp.homework.models import Tap
from webapp.journal.models import Trigger
from webapp.program.models import Membership
from webapp.reminders.models import Notification, PushSubscription
from webapp.settings.actions import change_settings
from webapp.settings.current import clinic_settings, look_again, settings_are_at
from webapp.settings.queries import stored
from webapp.sharing.models import Consent, Course, Share

pytestmark = [pytest.mark.database, pytest.mark.long]

# What a restore ends, and what hangs on it.
CLOSED = (
    "share", "consent", "outside_consent", "permission", "sign_in", "passkey", "push_subscription",
    "delivery", "invitation", "password_reset", "app_code", "calendar_feed", "person",
    "notification", "restoration", "check_in_draft", "act",
    "counted", "course", "homework", "meeting_sheet", "rated", "rating_sum", "supervisor_answer",
    "membership",  # of colleagues who fill in for a while, and no other
)  # fmt: skip


# Open to somebody, and after a restore again, if it was then: whoever closed it is called once more
# or said to be late, where else nobody would hear of it.
COMES_BACK = {"calls", "heads-ups"}


def given(phone: Phone) -> set[str]:
    """What of somebody's is open to anybody, as their page says."""
    page = phone.get("/sharing").html
    return {name for name in PARTS if "<form" in part(page, name)}


def checked(phone: Phone, code: str) -> str:
    return phone.fill(phone.get("/check-sheet"), having="code", code=code).text


def test_every_word_comes_back_on_an_empty_machine(
    world: World, brought_back: BringBack, tmp_path: Path
) -> None:
    world.invitation()
    world.reset_code()
    with world.app.app_context():
        note_keys(world.app)
        before = contents(CLOSED)
        people = db.session.scalar(select(func.count()).select_from(Person))
        db.session.rollback()
    made = backed_up(world.app, tmp_path / "backups")
    told, clinic = brought_back(made)
    assert (told.people, told.erased) == (people, 0)
    check_start(clinic)
    with clinic.app_context():
        assert contents(CLOSED) == before
        assert db.session.get_one(Person, world.people["ana"].id).name == "Ana"


def test_nothing_that_was_closed_opens_by_going_back(
    world: World, brought_back: BringBack, tmp_path: Path
) -> None:
    ana, cleo = world.token("ana"), world.token("cleo")
    with world.app.app_context():
        whose = db.session.get_one(Person, world.people["ana"].id)
        tapped(whose, world.ids["homework"], Tap.TELL, NOW)
        db.session.commit()
    hers = world.phone("ana")
    assert given(hers) == {*PARTS} - COMES_BACK
    paper = hers.get(f"/meetings/sheet/{world.ids['sheet']}")
    (code,) = re.findall(r"Check code: ([0-9A-Z-]{14})", paper.text)
    assert "was printed here" in checked(hers, code)
    world.invitation()
    set_up(world.phone("kit"))
    world.phone("ana").post(f"/homework/{world.ids['homework']}", {"tap": "tell"})
    made = backed_up(world.app, tmp_path / "backups")
    _told, clinic = brought_back(made)
    with clinic.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
        for kind, ended in (
            (Share, Share.ended_at), (Course, Course.ended_at), (Consent, Consent.revoked_at),
            *((code, code.used_at) for code in OneTimeCode.__subclasses__()),
        ):  # fmt: skip
            assert db.session.scalars(select(kind.id).where(ended.is_(None))).all() == []
        db.session.rollback()
    for token in (ana, cleo):
        assert Phone(clinic, token).get("/today").address.startswith("/sign-in")
    assert Phone(clinic).get(f"/calendar/{world.feed}.ics").status == 404
    desk = Phone(clinic)
    home = desk.fill(desk.get("/sign-in"), "/sign-in", username="cleo", password=PASSWORD)
    assert "We had to go back to a saved copy" in home.text
    assert re.search(r"Anything you saved after [^.]*4:00 PM", home.text)
    assert "You can share again" not in home.text
    huddle = desk.get(f"/clinic/sessions/{world.evening.tonight}")
    assert re.search(r"restored from a backup made [^.]*4:00 PM", huddle.text)
    assert SHARED["situation"] not in huddle.text
    assert TO_DO in huddle.text
    assert "Said they did it" not in huddle.text
    phone = Phone(clinic)
    today = phone.fill(phone.get("/sign-in"), "/sign-in", username="ana", password=PASSWORD)
    assert "Nothing is shared right now." in today.text
    assert re.search(r"Anything you saved after [^.]*4:00 PM", today.text)
    consent = phone.get(f"/sharing/consents/{world.ids['consent']}")
    assert "restored from a backup" in consent.text
    assert not given(phone)
    assert "No sheet has this code" in checked(phone, code)
    assert "The code of this sheet has ended" in phone.get(paper.address).text
    share = phone.get(f"/entries/{world.ids['private']}/share")
    assert "signed_name" in share.html  # she is asked to sign anew


def test_patients_passkeys_end_and_those_of_staff_stay_their_second_step(
    world: World, brought_back: BringBack, tmp_path: Path
) -> None:
    with world.app.app_context():
        kit = db.session.get_one(Person, world.people["kit"].id)
        add_passkey(kit, "Desk", New(b"another", b"of kit", b"public key", 0), uuid4())
        db.session.commit()
    made = backed_up(world.app, tmp_path / "backups")
    _told, clinic = brought_back(made)
    desk = Phone(clinic)
    asked = desk.fill(desk.get("/sign-in"), username="kit", password=PASSWORD)
    assert asked.address == "/sign-in/second-step"
    with clinic.app_context():
        assert list(db.session.scalars(select(Passkey.person_id))) == [world.people["kit"].id]


def test_who_knows_settings_that_were_lost_reads_those_that_came_back(
    world: World, brought_back: BringBack, tmp_path: Path, clinic_sets
) -> None:
    clinic_sets(clinic_name="Before")
    made = backed_up(world.app, tmp_path / "backups")
    for name in ("Lost", "Lost, too"):
        clinic_sets(clinic_name=name)
    with world.app.app_context():
        assert look_again().clinic_name == "Lost, too"
    _told, clinic = brought_back(made)
    with world.app.app_context(), clinic.app_context():
        clinic.extensions["clinic settings"] = world.app.extensions["clinic settings"]
        for name in ("Then", "Now"):
            was = stored()
            assert was is not None
            change_settings(was, was.version, {"clinic_name": name}, by=None)
            db.session.commit()
        now_there = stored()
        assert now_there is not None
        settings_are_at(now_there.version)
        assert clinic_settings().clinic_name == "Now"


# What ends otherwise than by the clock, and the column that says so: a restore ends it, or why not.
ENDS = {
    "course.ended_at",
    "share.ended_at", "consent.revoked_at", "outside_consent.revoked_at", "permission.revoked_at",
    "calendar_feed.ended_at", "sign_in.ended_at",
    *(f"{code.__tablename__}.used_at" for code in OneTimeCode.__subclasses__()),
}  # fmt: skip
LOOKED_AT = "an administrator is asked to look, and until then nothing is erased"
GOES_ON = {
    "person.disabled_at": f"closed staff accounts are in the keys; of a later day {LOOKED_AT}",
    "person.erased_at": "who was erased has no key; of a later day the keys' day is said",
    "person.held_at": f"ended, it goes on; set, {LOOKED_AT}",
    "legal_hold.ended_at": "the same",
    "membership.until_at": LOOKED_AT,
    "removal.undone_at": "the same",
    "used_challenge.used_at": "a challenge is too old before a restore is over",
    "courier.ended_at": "a process",
    "push_subscription.lost_at": "went with its sign-in",
    "notification.finished_at": "what was due doesn't ring again",
    "entry.removed_at": "its author alone sees it: no share of it is left",
    "reminder.off_at": "its author alone sees it: no phone is left that it would ring on",
    "group_session.cancelled_at": "a time: what was saved since may be missing, and that is said",
    "group_session.withdrawn_at": "the same",
    "instrument.replaced_at": "a file of the clinic's",
    "instrument.used_at": "the same",
    "instrument.retired_at": "the same",
    "group.archived_at": "the same",
    "restoration.looked_at": "that of this one",
}
ENDING = re.compile(
    r"(ended|revoked|used|disabled|erased|held|until|undone|lost|finished|removed|off|cancelled"
    r"|withdrawn|replaced|retired|archived|looked|closed|canceled)_at$"
)


def test_whatever_can_end_is_ended_by_a_restore_or_says_why_not(
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    can_end = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if ENDING.search(column.name) and column.name != "last_used_at"
    }
    assert can_end == ENDS | set(GOES_ON)
    made = backed_up(world.app, tmp_path / "backups")
    restore(another, made.data, made.keys, sheet, no_bar)
    engine = create_engine(another.database_url)
    with engine.connect() as connection:
        for table, column in (name.split(".") for name in ENDS):
            still = f"SELECT count(*) FROM {table} WHERE {column} IS NULL"  # noqa: S608
            assert connection.scalar(text(still)) == 0, table
    engine.dispose()


def test_staff_whose_account_was_closed_since_stay_out_by_the_newest_keys(
    world: World, brought_back: BringBack, tmp_path: Path
) -> None:
    before = backed_up(world.app, tmp_path / "before")
    close(world, "cleo")
    latest = backed_up(world.app, tmp_path / "latest")
    told, clinic = brought_back(before, latest)
    assert (told.closed, "cleo" in told.staff) == (1, False)
    desk = Phone(clinic)
    refused = desk.fill(desk.get("/sign-in"), "/sign-in", username="cleo", password=PASSWORD)
    assert "That username or password isn’t right" in refused.text
    with clinic.app_context():
        part = select(Membership).where(
            Membership.person_id == world.people["cleo"].id, Membership.until_at.is_(None)
        )
        assert db.session.scalars(part).all() == []


def test_after_a_restore_nothing_is_erased_until_max_has_looked_at_who_is_here(
    world: World, brought_back: BringBack, tmp_path: Path, clock
) -> None:
    """By the keys of that day nobody can know: Cleo's account is open again, a hold is lost."""
    with world.app.app_context():
        ask(world.people["ana"].id)
        db.session.commit()
    before = backed_up(world.app, tmp_path / "before")
    close(world, "cleo")
    told, clinic = brought_back(before)
    assert (told.closed, told.staff) == (0, ["cleo", "kit", "max", "pat", "robin", "sage"])
    clock.shift(8 * 86_400)
    assert "0 accounts erased" in typed(clinic, "erase-due")
    desk = Phone(clinic)
    home = desk.fill(desk.get("/sign-in"), "/sign-in", username="max", password=PASSWORD)
    assert "your password is the one you had then" in home.text
    assert "what was closed after it may be open again" in desk.get("/clinic/health").text
    staff = desk.get("/clinic/staff")
    assert re.search(r"went back to a saved copy made Nov 23\.", staff.text)
    close_again = desk.get(f"/clinic/staff/{world.people['cleo'].id}/closing")
    assert "The account is closed" in desk.fill(close_again, close_again.address).text
    seen = desk.fill(staff, "/restoration")
    assert "saved copy" not in seen.text
    assert "may be open again" not in desk.get("/clinic/health").text
    with clinic.app_context():
        last = db.session.scalars(select(Act.kind).order_by(Act.number.desc()).limit(1)).one()
        assert last == ActKind.RESTORATION_SEEN
        db.session.rollback()
    assert "1 accounts erased" in typed(clinic, "erase-due")


def test_who_was_erased_since_stays_erased(
    world: World, brought_back: BringBack, tmp_path: Path
) -> None:
    before = backed_up(world.app, tmp_path / "before")
    with world.app.app_context():
        db.session.delete(db.session.get_one(Person, world.people["ben"].id))
        db.session.commit()
    latest = backed_up(world.app, tmp_path / "latest")
    told, clinic = brought_back(before, latest)
    assert told.erased == 1
    with clinic.app_context():
        assert db.session.get(Person, world.people["ben"].id) is None
        assert db.session.get_one(Person, world.people["ana"].id).name == "Ana"


def test_whoever_erased_their_account_after_the_backup_stays_erased(
    world: World, brought_back: BringBack, tmp_path: Path, clock
) -> None:
    ana = world.people["ana"].id
    before = backed_up(world.app, tmp_path / "before")
    with world.app.app_context():
        ask(ana)
        db.session.commit()
    clock.shift(7 * 86_400)
    assert "1 accounts erased" in typed(world.app, "erase-due")
    latest = backed_up(world.app, tmp_path / "latest")
    told, clinic = brought_back(before, latest)
    assert told.erased == 1
    with clinic.app_context():
        person = db.session.get_one(Person, ana)
        assert (person.username, person.erased_at is None) == (f"erased-{ana.hex}", False)
        assert db.session.get(DataKey, ana) is None
        assert db.session.get(Trigger, world.ids["private"]) is None


def test_with_keys_of_before_it_erased_people_are_back_and_the_day_of_the_keys_is_known(
    world: World, brought_back: BringBack, tmp_path: Path, clock
) -> None:
    ana = world.people["ana"].id
    with world.app.app_context():
        ask(ana)
        db.session.commit()
    before = backed_up(world.app, tmp_path / "before")
    clock.shift(7 * 86_400)
    typed(world.app, "erase-due")
    told, clinic = brought_back(before)
    assert (told.erased, told.keys_at) == (0, told.taken_at)
    with clinic.app_context():  # what was asked for before it is done, after another week
        assert db.session.get_one(Person, ana).erase_at == now() + WEEK


def test_a_reminder_that_was_due_before_the_restore_is_not_sent_again(
    world: World, brought_back: BringBack, tmp_path: Path, clock
) -> None:
    waits = select(func.count()).where(Notification.finished_at.is_(None))
    made = backed_up(world.app, tmp_path / "backups")
    clock.shift(14 * 86_400)
    with world.app.app_context():
        assert db.session.scalar(waits.where(Notification.due_at <= now()))
        db.session.rollback()
    _told, clinic = brought_back(made)
    with clinic.app_context():
        assert not db.session.scalar(waits.where(Notification.due_at <= now()))
        assert not db.session.scalar(select(func.count()).select_from(PushSubscription))
