"""A clinic that was lost comes back from its backup: every word, and nothing that was closed."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text

from tests.accounts.test_second_factor import set_up
from tests.conftest import NOW, PASSWORD, typed
from tests.house.test_former_staff import close
from tests.house.test_givings import PARTS, part
from tests.house.world import SHARED, TO_DO, World, contents
from tests.pages import Phone
from webapp import create_app
from webapp.accounts.actions import add_passkey
from webapp.accounts.models import Passkey, Person, SignIn
from webapp.accounts.passkeys import New
from webapp.app import check_start, note_keys
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.backups import postgresql, sealed, sqlite
from webapp.backups.backup import Made, make
from webapp.backups.drill import drill
from webapp.backups.errors import NoBackup
from webapp.backups.opening import sealed_kinds
from webapp.backups.record import last_backup, last_drill
from webapp.backups.restore import restore
from webapp.cli import init_app as add_commands
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
WRAPPED = text("SELECT wrapped FROM data_key")
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


@contextmanager
def no_bar(_size: int) -> Iterator[Callable[[int], object]]:
    yield lambda _done: None


def backed_up(app: Flask, folder: Path) -> Made:
    with app.app_context():
        note_keys(app)
        db.session.remove()
    return make(app.extensions["settings"], folder, no_bar)


def given(phone: Phone) -> set[str]:
    """What of somebody's is open to anybody, as their page says."""
    page = phone.get("/sharing").html
    return {name for name in PARTS if "<form" in part(page, name)}


def checked(phone: Phone, code: str) -> str:
    return phone.fill(phone.get("/check-sheet"), having="code", code=code).text


def test_every_word_comes_back_on_an_empty_machine(
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    world.invitation()
    world.reset_code()
    with world.app.app_context():
        note_keys(world.app)
        before = contents(CLOSED)
        people = db.session.scalar(select(func.count()).select_from(Person))
        db.session.rollback()
    made = backed_up(world.app, tmp_path / "backups")
    restored = restore(another, made.data, made.keys, sheet, no_bar)
    assert (restored.people, restored.erased) == (people, 0)
    brought_back = create_app(another)
    check_start(brought_back)
    with brought_back.app_context():
        assert contents(CLOSED) == before
        assert db.session.get_one(Person, world.people["ana"].id).name == "Ana"
        db.session.remove()
        db.engine.dispose()


def test_nothing_that_was_closed_opens_by_going_back(
    world: World, another: Settings, sheet: str, tmp_path: Path
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
    restore(another, made.data, made.keys, sheet, no_bar)
    brought_back = create_app(another)
    with brought_back.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
        for kind, ended in (
            (Share, Share.ended_at), (Course, Course.ended_at), (Consent, Consent.revoked_at),
            *((code, code.used_at) for code in OneTimeCode.__subclasses__()),
        ):  # fmt: skip
            assert db.session.scalars(select(kind.id).where(ended.is_(None))).all() == []
        db.session.rollback()
    for token in (ana, cleo):
        assert Phone(brought_back, token).get("/today").address.startswith("/sign-in")
    assert Phone(brought_back).get(f"/calendar/{world.feed}.ics").status == 404
    desk = Phone(brought_back)
    home = desk.fill(desk.get("/sign-in"), "/sign-in", username="cleo", password=PASSWORD)
    assert "We had to go back to a saved copy" in home.text
    assert re.search(r"Anything you saved after [^.]*4:00 PM", home.text)
    assert "You can share again" not in home.text
    huddle = desk.get(f"/clinic/sessions/{world.evening.tonight}")
    assert re.search(r"restored from a backup made [^.]*4:00 PM", huddle.text)
    assert SHARED["situation"] not in huddle.text
    assert TO_DO in huddle.text
    assert "Said they did it" not in huddle.text
    phone = Phone(brought_back)
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
    with brought_back.app_context():
        db.session.remove()
        db.engine.dispose()


def test_patients_passkeys_end_and_those_of_staff_stay_their_second_step(
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    with world.app.app_context():
        kit = db.session.get_one(Person, world.people["kit"].id)
        add_passkey(kit, "Desk", New(b"another", b"of kit", b"public key", 0), uuid4())
        db.session.commit()
    made = backed_up(world.app, tmp_path / "backups")
    restore(another, made.data, made.keys, sheet, no_bar)
    brought_back = create_app(another)
    desk = Phone(brought_back)
    asked = desk.fill(desk.get("/sign-in"), username="kit", password=PASSWORD)
    assert asked.address == "/sign-in/second-step"
    with brought_back.app_context():
        assert list(db.session.scalars(select(Passkey.person_id))) == [world.people["kit"].id]
        db.session.remove()
        db.engine.dispose()


def test_who_knows_settings_that_were_lost_reads_those_that_came_back(
    world: World, another: Settings, sheet: str, tmp_path: Path, clinic_sets
) -> None:
    clinic_sets(clinic_name="Before")
    made = backed_up(world.app, tmp_path / "backups")
    for name in ("Lost", "Lost, too"):
        clinic_sets(clinic_name=name)
    with world.app.app_context():
        assert look_again().clinic_name == "Lost, too"
    restore(another, made.data, made.keys, sheet, no_bar)
    brought_back = create_app(another)
    with world.app.app_context(), brought_back.app_context():
        brought_back.extensions["clinic settings"] = world.app.extensions["clinic settings"]
        for name in ("Then", "Now"):
            was = stored()
            assert was is not None
            change_settings(was, was.version, {"clinic_name": name}, by=None)
            db.session.commit()
        now_there = stored()
        assert now_there is not None
        settings_are_at(now_there.version)
        assert clinic_settings().clinic_name == "Now"
        db.session.remove()
        db.engine.dispose()


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
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    before = backed_up(world.app, tmp_path / "before")
    close(world, "cleo")
    latest = backed_up(world.app, tmp_path / "latest")
    restored = restore(another, before.data, latest.keys, sheet, no_bar)
    assert (restored.closed, "cleo" in restored.staff) == (1, False)
    brought_back = create_app(another)
    desk = Phone(brought_back)
    refused = desk.fill(desk.get("/sign-in"), "/sign-in", username="cleo", password=PASSWORD)
    assert "That username or password isn’t right" in refused.text
    with brought_back.app_context():
        part = select(Membership).where(
            Membership.person_id == world.people["cleo"].id, Membership.until_at.is_(None)
        )
        assert db.session.scalars(part).all() == []
        db.session.remove()
        db.engine.dispose()


def test_after_a_restore_nothing_is_erased_until_max_has_looked_at_who_is_here(
    world: World, another: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    """By the keys of that day nobody can know: Cleo's account is open again, a hold is lost."""
    with world.app.app_context():
        ask(world.people["ana"].id)
        db.session.commit()
    before = backed_up(world.app, tmp_path / "before")
    close(world, "cleo")
    restored = restore(another, before.data, before.keys, sheet, no_bar)
    assert (restored.closed, restored.staff) == (0, ["cleo", "kit", "max", "pat", "robin", "sage"])
    brought_back = create_app(another)
    add_commands(brought_back)
    clock.shift(8 * 86_400)
    assert "0 accounts erased" in typed(brought_back, "erase-due")
    desk = Phone(brought_back)
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
    with brought_back.app_context():
        last = db.session.scalars(select(Act.kind).order_by(Act.number.desc()).limit(1)).one()
        assert last == ActKind.RESTORATION_SEEN
        db.session.rollback()
    assert "1 accounts erased" in typed(brought_back, "erase-due")
    with brought_back.app_context():
        db.session.remove()
        db.engine.dispose()


def test_who_was_erased_since_stays_erased(
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    before = backed_up(world.app, tmp_path / "before")
    with world.app.app_context():
        db.session.delete(db.session.get_one(Person, world.people["ben"].id))
        db.session.commit()
    latest = backed_up(world.app, tmp_path / "latest")
    restored = restore(another, before.data, latest.keys, sheet, no_bar)
    assert restored.erased == 1
    brought_back = create_app(another)
    with brought_back.app_context():
        assert db.session.get(Person, world.people["ben"].id) is None
        assert db.session.get_one(Person, world.people["ana"].id).name == "Ana"
        db.session.remove()
        db.engine.dispose()


def test_whoever_erased_their_account_after_the_backup_stays_erased(
    world: World, another: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    ana = world.people["ana"].id
    before = backed_up(world.app, tmp_path / "before")
    with world.app.app_context():
        ask(ana)
        db.session.commit()
    clock.shift(7 * 86_400)
    assert "1 accounts erased" in typed(world.app, "erase-due")
    latest = backed_up(world.app, tmp_path / "latest")
    assert restore(another, before.data, latest.keys, sheet, no_bar).erased == 1
    brought_back = create_app(another)
    with brought_back.app_context():
        person = db.session.get_one(Person, ana)
        assert (person.username, person.erased_at is None) == (f"erased-{ana.hex}", False)
        assert db.session.get(DataKey, ana) is None
        assert db.session.get(Trigger, world.ids["private"]) is None
        db.session.remove()
        db.engine.dispose()


def test_with_keys_of_before_it_erased_people_are_back_and_the_day_of_the_keys_is_known(
    world: World, another: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    ana = world.people["ana"].id
    with world.app.app_context():
        ask(ana)
        db.session.commit()
    before = backed_up(world.app, tmp_path / "before")
    clock.shift(7 * 86_400)
    typed(world.app, "erase-due")
    restored = restore(another, before.data, before.keys, sheet, no_bar)
    assert (restored.erased, restored.keys_at) == (0, restored.taken_at)
    brought_back = create_app(another)
    with brought_back.app_context():  # what was asked for before it is done, after another week
        assert db.session.get_one(Person, ana).erase_at == now() + WEEK
        db.session.remove()
        db.engine.dispose()


def test_neither_file_alone_holds_a_wrapped_key_beside_the_outer_one(
    world: World, sheet: str, tmp_path: Path
) -> None:
    made = backed_up(world.app, tmp_path / "backups")
    identity = sealed.identity_of(sheet)
    with world.app.app_context():
        wrapped = [bytes(row) for (row,) in db.session.execute(WRAPPED)]
        outer = (world.app.extensions["settings"].data / "keys" / "outer.keys").read_bytes()
        db.session.rollback()
    data, keys = (_members(file, identity) for file in (made.data, made.keys))
    assert wrapped
    assert not any(key in data["database"] for key in (*wrapped, outer.strip()))
    assert set(keys) == {"keys.json"}
    for file in (made.data, made.keys):  # and sealed, nothing can be read at all
        assert not any(word in file.read_bytes() for word in (b"SQLite format 3", b"keys.json"))
        assert file.stat().st_mode & 0o777 == 0o600


def _members(file: Path, identity: object) -> dict[str, bytes]:
    with sealed.opened(file, identity) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def test_what_is_not_a_backup_of_ours_is_refused_and_changes_nothing(
    world: World, another: Settings, sheet: str, tmp_path: Path
) -> None:
    made = backed_up(world.app, tmp_path / "backups")
    identity = sealed.identity_of(sheet)
    former, foreign = (
        _saying(made.data, identity, tmp_path / f"{name}.age", **{name: said})
        for name, said in (("revision", "0001"), ("engine", "oracle"))
    )
    cut = tmp_path / "cut.age"
    cut.write_bytes(made.data.read_bytes()[:-70_000])
    altered = tmp_path / "altered.age"
    content = bytearray(made.data.read_bytes())
    content[-500] ^= 1
    altered.write_bytes(bytes(content))
    _public, stranger = sealed.new_key()
    for data, keys, sheet_, said in (
        (made.data, made.keys, stranger, "another key"),
        (cut, made.keys, sheet, "cut"),
        (altered, made.keys, sheet, "altered"),
        (made.keys, made.keys, sheet, "no database"),
        (made.data, made.data, sheet, "no keys"),
        (made.data, made.keys, "nothing", "no private key"),
        (former, made.keys, sheet, "is at revision 0001, and this program is at"),
        (foreign, made.keys, sheet, "is from oracle, and GROUNDWORK_DATABASE_URL is for"),
    ):
        with pytest.raises(NoBackup, match=said):
            restore(another, data, keys, sheet_, no_bar)
        there = list(another.data.rglob("*")) if another.data.exists() else []
        assert there == []


def _saying(data: Path, identity: Any, file: Path, **said: str) -> Path:
    """The same backup, of another program."""
    members = _members(data, identity)
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | said).encode()
    sealed.seal(file, members.items(), identity.to_public(), lambda _done: None)
    return file


def test_a_reminder_that_was_due_before_the_restore_is_not_sent_again(
    world: World, another: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    waits = select(func.count()).where(Notification.finished_at.is_(None))
    made = backed_up(world.app, tmp_path / "backups")
    clock.shift(14 * 86_400)
    with world.app.app_context():
        assert db.session.scalar(waits.where(Notification.due_at <= now()))
        db.session.rollback()
    restore(another, made.data, made.keys, sheet, no_bar)
    brought_back = create_app(another)
    with brought_back.app_context():
        assert not db.session.scalar(waits.where(Notification.due_at <= now()))
        assert not db.session.scalar(select(func.count()).select_from(PushSubscription))
        db.session.remove()
        db.engine.dispose()


def test_a_restore_never_lands_on_a_database_that_is_there(
    world: World, settings: Settings, sheet: str, tmp_path: Path
) -> None:
    made = backed_up(world.app, tmp_path / "backups")
    with world.app.app_context():
        before = contents(())
    with pytest.raises(NoBackup, match="database here already"):
        restore(settings, made.data, made.keys, sheet, no_bar)
    with world.app.app_context():
        assert contents(()) == before


def test_older_keys_are_refused(
    world: World, another: Settings, sheet: str, tmp_path: Path, clock
) -> None:
    older = backed_up(world.app, tmp_path / "older")
    clock.shift(60)
    newer = backed_up(world.app, tmp_path / "newer")
    with pytest.raises(NoBackup, match="older than the data"):
        restore(another, newer.data, older.keys, sheet, no_bar)


def test_backups_of_thirty_days_stay_and_older_ones_go(
    world: World, sheet: str, tmp_path: Path, clock
) -> None:
    folder = tmp_path / "backups"
    first = backed_up(world.app, folder)
    clock.shift(28 * 86_400)
    assert backed_up(world.app, folder).removed == 0
    # The next night comes a quarter of an hour earlier, and the one after it would be too late.
    clock.shift(86_400 - 15 * 60)
    assert backed_up(world.app, folder).removed == 1
    assert (first.data.exists(), first.keys.exists()) == (True, False)
    clock.shift(2 * 86_400)
    (folder / "notes.txt").write_text("mine")
    assert backed_up(world.app, folder).removed == 1
    assert not first.data.exists()
    assert len(list(folder.iterdir())) == 8


@pytest.mark.parametrize("cut", ["share", "group"])
def test_rows_that_a_copy_lacks_are_noticed_and_there_is_no_backup(
    world: World, sheet: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    def lossy(file: Path) -> Engine:
        if file.name.startswith(".backup."):
            with closing(sqlite3.connect(file)) as copy, copy:
                copy.execute(f'DELETE FROM "{cut}"')  # noqa: S608
        return whole(file)

    whole = sqlite._engine
    monkeypatch.setattr(sqlite, "_engine", lossy)
    without = f'--exclude-table-data="{cut}"'
    monkeypatch.setattr(postgresql, "LEFT_OUT", (*postgresql.LEFT_OUT, without))
    with pytest.raises(NoBackup, match=rf"should have \d+ rows of {cut} and has 0"):
        backed_up(world.app, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_drill_opens_words_of_every_table_and_names_those_that_stay_closed(
    world: World, settings: Settings, sheet: str, tmp_path: Path, caplog
) -> None:
    folder = tmp_path / "backups"
    sealed_tables = {table.name for table in db.metadata.sorted_tables if "sealed" in table.c}
    assert {str(kind.__table__.name) for kind in sealed_kinds()} | {"entry_version"} == (
        sealed_tables
    )
    backed_up(world.app, folder)
    assert drill(settings, folder, sheet, no_bar).opened > 20
    with world.app.app_context():
        for table in sorted(sealed_tables):
            db.session.execute(text(f"UPDATE {table} SET sealed = :by"), {"by": b"\x01" * 40})  # noqa: S608
        db.session.commit()
        rows = {
            name: db.session.scalar(text(f"SELECT count(*) FROM {name}"))  # noqa: S608
            for name in sealed_tables
            - {"sign_in", "passkey", "push_subscription", "invitation"}  # a restore ends them
        }
        db.session.remove()
    (settings.data / "last-drill").unlink()
    backed_up(world.app, folder)
    with pytest.raises(NoBackup, match="don’t open everything") as refused:
        drill(settings, folder, sheet, no_bar)
    for name, number in rows.items():
        assert not number or f"{name} {number} of {number}" in str(refused.value)
    assert last_drill(settings.data) is None
    assert "Unopened" not in caplog.text


def test_a_drill_brings_the_newest_backup_back_and_leaves_nothing_but_its_date(
    world: World, settings: Settings, sheet: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with pytest.raises(NoBackup, match="no whole backup"):
        drill(settings, folder, sheet, no_bar)
    backed_up(world.app, folder)
    assert last_backup(settings.data) is not None  # for doctor: it isn't in the data folder
    (settings.data / "last-drill").unlink(missing_ok=True)
    with world.app.app_context():
        before = contents(())
        db.session.remove()
    there = sorted(settings.data.iterdir())
    _public, stranger = sealed.new_key()
    with pytest.raises(NoBackup, match="another key"):
        drill(settings, folder, stranger, no_bar)
    assert sorted(settings.data.iterdir()) == there
    assert last_drill(settings.data) is None
    assert drill(settings, folder, sheet, no_bar).restored.people > 0
    assert last_drill(settings.data) is not None
    (settings.data / "last-drill").unlink()
    assert sorted(settings.data.iterdir()) == there
    with world.app.app_context():
        assert contents(()) == before
        db.session.remove()
