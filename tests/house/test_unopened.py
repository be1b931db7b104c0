"""A flipped bit is named and drawn in its place, and takes nothing else along."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Table, event, select, update
from werkzeug.routing import Rule

from tests.conftest import NOW, PASSWORD
from tests.house.everywhere import ben_writes
from tests.house.who_gets_in import policy
from tests.house.world import World
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.aftercare.actions import ask_for_call
from webapp.aftercare.models import CallRequest
from webapp.check_ins.views.asking import ANSWERS
from webapp.core.data.db import Base, db
from webapp.entries.models import Entry, EntryVersion, entry_id
from webapp.plan.models import made_for
from webapp.plan.outline import PARTS
from webapp.program.actions import join
from webapp.program.models import Group, GroupRole
from webapp.sharing.leaving import remove
from webapp.sharing.models import Share
from webapp.writing.kind import KINDS, Kind

SENTENCE = re.compile("(This|Something on this page) can’t be opened|the change is missing")
OWNED_BY = ("patient_id", "person_id", "author_id", "made_by_id")
Flip = Callable[[Table, UUID], list[str]]
Place = tuple[str, str]  # who, and which address


class Looked(NamedTuple):
    """A page as somebody saw it, and what it asked the database."""

    status: int
    text: str
    statements: str

    def asked_for(self, table: str) -> bool:
        return bool(re.search(rf"\b{table}\b", self.statements))


# The world has neither: nobody in it is held or erased, and no page draws what is kept then.
NOT_HERS = ("legal_hold", "records_key")


def sealed_tables() -> dict[str, Table]:
    """Every table with something sealed in it, and the keys themselves."""
    tables = Base.metadata.sorted_tables
    return {table.name: table for table in tables if "sealed" in table.c or "wrapped" in table.c}


def theirs(table: Table, person: UUID) -> Any:
    if table.name == "person":
        return table.c.id == person
    if table.name == "entry_version":
        return table.c.entry_id.in_(select(Entry.id).where(Entry.author_id == person))
    return table.c[next(name for name in OWNED_BY if name in table.c)] == person


@pytest.fixture
def flip(app: Flask) -> Flip:
    """Flip one bit of each row of a table that is sealed for somebody; returns the rows' ids."""

    def do(table: Table, person: UUID) -> list[str]:
        column = table.c["wrapped" if "wrapped" in table.c else "sealed"]
        keys = list(table.primary_key.columns)
        with app.app_context():
            rows = db.session.execute(select(column, *keys).where(theirs(table, person))).all()
            for sealed, *ids in rows:
                bent = bytearray(sealed)
                bent[len(bent) // 2] ^= 4
                which = [key == id for key, id in zip(keys, ids, strict=True)]
                db.session.execute(update(table).where(*which).values({column.name: bytes(bent)}))
            db.session.commit()
        return [str(ids[0]) for _, *ids in rows]

    return do


def look(
    world: World, rules: list[Rule], phones: dict[str, Phone], places: Collection[Place] = ()
) -> dict[Place, Looked]:
    """Every page that these people come to, or some of them, as they would see it."""
    by_address = {(method, rule.rule): rule for rule in rules for method in rule.methods or ()}
    found = {}
    for (method, address), expected in policy().items():
        if method != "GET" or expected["nobody"] == "in":  # what everybody sees is nobody's
            continue
        for who, phone in phones.items():
            if expected[who] == "in" and (not places or (who, address) in places):
                with asked(world) as statements:
                    page = phone.get(world.address(by_address[method, address]))
                found[who, address] = Looked(page.status, read(page), " ".join(statements))
    return found


@contextmanager
def asked(world: World) -> Iterator[list[str]]:
    """The statements of one page."""
    found: list[str] = []

    def listen(*given: Any) -> None:
        found.append(given[2])

    with world.app.app_context():
        event.listen(db.engine, "before_cursor_execute", listen)
        yield found
        event.remove(db.engine, "before_cursor_execute", listen)


def read(page: Any) -> str:
    """What is on a page, but for what is another each time."""
    return re.sub(r'\s+|"token":"[^"]+"', " ", page.text.split("password")[0])


@pytest.fixture
def phones(world: World) -> dict[str, Phone]:
    ben_writes(world)
    phones = {who: world.phone(who) for who in ("ana", "ben", "cleo")}
    hers, evening = world.people["ana"].id, world.evening
    said = {"says": "late", "reason": "The bus"}
    phones["ana"].post(f"/week/sessions/{evening.tonight}", said)
    covered = world.fields("attendance.covered_sessions", "cleo") | {
        "authorization-note": "Number 7"
    }
    phones["cleo"].post(f"/clinic/groups/{evening.id}/people/{hers}/authorization", covered)
    roll = phones["cleo"].get(f"/clinic/sessions/{evening.friday}/attendance")
    came = {f"{hers}-presence": "present", f"{hers}-note": "Tired"}
    phones["cleo"].fill(roll, "attendance", **came)
    return phones


SAYS_SO = {  # where a row that can't be opened is drawn, by whom it is seen
    "person": ("/clinic/sessions/{tonight}", "cleo"),
    "data_key": ("/clinic/sessions/{tonight}", "cleo"),
    "sign_in": ("/you", "ana"),
    "entry": ("/journal", "ana"),
    "entry_version": ("/plan/why/changes", "ana"),
    "consent": ("/sharing/consents/{consent}", "ana"),
    "share": ("/sharing", "ana"),
    "course": ("/sharing", "ana"),
    "feedback": ("/journal/{shared}", "ana"),
    "reminder": ("/reminders", "ana"),
    "agenda_item": ("/clinic/sessions/{tonight}/agenda", "cleo"),
    "heads_up": ("/clinic/sessions/{tonight}", "cleo"),
    "attendance": ("/clinic/sessions/{friday}/attendance", "cleo"),
    "authorisation": ("/clinic/groups/{evening}/people/{ana}/plan", "cleo"),
    "meeting_rhythm": ("/meetings/rhythm", "ana"),
    "meeting_favourite": ("/meetings", "ana"),
    "meeting_sheet": ("/meetings/sheet", "ana"),
    "removal": ("/clinic/groups/{morning}", "kit"),
    "call_request": ("/clinic", "cleo"),
    "homework": ("/today", "ana"),
    "discharge_position": ("/discharge", "ana"),
    "invitation": ("/clinic/groups/{evening}/invitations", "cleo"),
    "check_in_draft": ("/check-ins/instruments/{evenings}", "ana"),
}


def ask_to_be_called(world: World) -> None:
    """Ana asked for a call, and Cleo said that she will."""
    with world.app.app_context():
        ask_for_call(db.session.get_one(Person, world.people["ana"].id), "410-555-0182")
        db.session.flush()
        asked = CallRequest.person_id == world.people["ana"].id
        request = db.session.scalars(select(CallRequest).where(asked)).one()
        request.taken_by_id, request.taken_at = world.people["cleo"].id, NOW
        db.session.commit()


def leave_the_morning(world: World) -> None:
    """Kit took Ana off the list of another group, and said why."""
    with world.app.app_context():
        ana, kit = (db.session.get_one(Person, world.people[name].id) for name in ("ana", "kit"))
        membership = join(db.session.get_one(Group, world.morning.id), ana, GroupRole.PATIENT)
        db.session.flush()
        remove(membership, "Moved away", kit)
        db.session.commit()


@pytest.fixture(scope="session")
def before() -> dict[Place, Looked]:
    """What they saw while everything could be opened, once it was looked at."""
    return {}


@pytest.mark.fuzz
@pytest.mark.parametrize("name", [name for name in sealed_tables() if name not in NOT_HERS])
def test_a_flipped_bit_is_drawn_in_its_place_and_changes_nobody_elses_page(
    world: World, rules: list[Rule], phones: dict[str, Phone], flip: Flip, name: str,
    caplog: pytest.LogCaptureFixture, before: dict[Place, Looked],
) -> None:  # fmt: skip
    if name == "removal":
        leave_the_morning(world)
        phones["kit"] = world.phone("kit")
    if name == "call_request":
        ask_to_be_called(world)
    if not before:
        before.update(look(world, rules, {who: phones[who] for who in ("ana", "ben", "cleo")}))
    whose = "ana"
    if name in ("agenda_item", "invitation"):
        whose = "cleo"
    if name == "authenticator":
        whose, desk = "cleo", world.phone("cleo")
        desk.post("/you/second-step", world.authenticator(desk))
        phones["cleo"] = desk
    ids = flip(sealed_tables()[name], world.people[whose].id)
    caplog.clear()
    # What doesn't ask for a row can't draw it; whoever has more than before is looked at whole.
    asking = [place for place, page in before.items() if page.asked_for(name)]
    after = look(world, rules, phones, asking) if asking else {}
    if name in ("removal", "call_request", "authenticator"):
        staff = {who: phone for who, phone in phones.items() if who not in ("ana", "ben")}
        after |= look(world, rules, staff)
    broken = [(place, page.status) for place, page in after.items() if page.status >= 500]
    assert not broken
    for place, page in after.items():
        if place[0] == "ben":
            assert page.text == before[place].text, place
    assert ids
    if name not in SAYS_SO:  # a phone's address is drawn nowhere
        return
    address, who = SAYS_SO[name]
    with world.app.app_context():
        places = world.ids | {"evening": world.evening.id, "ana": world.people["ana"].id}
        places |= {
            "morning": world.morning.id,
            "tonight": world.evening.tonight,
            "friday": world.evening.friday,
        }
    page = phones[who].get(address.format(**places))
    assert SENTENCE.search(page.text), (address, page.text[:3000])
    named = [record for record in caplog.records if record.name == "groundwork.security"]
    assert any(id in said.getMessage() for said in named for id in ids)
    assert "zq-" not in caplog.text


@pytest.fixture
def flipped(world: World, flip: Flip, phones: dict[str, Phone]) -> Callable[[str], list[str]]:
    """Flip a bit in each of Ana's rows of a table."""
    return lambda name: flip(sealed_tables()[name], world.people["ana"].id)


def test_the_huddle_of_one_whose_key_is_lost_shows_all_the_others(
    world: World, phones: dict[str, Phone], flipped: Callable[[str], list[str]]
) -> None:
    flipped("data_key")
    huddle = phones["cleo"].get(f"/clinic/sessions/{world.evening.tonight}")
    assert huddle.status == 200
    assert "ana This can’t be opened. Please tell the clinic." in read(huddle)
    assert "Ben nothing shared" in read(huddle)


@pytest.mark.database
def test_who_lost_the_key_gets_a_clear_page_and_help(
    world: World, phones: dict[str, Phone], flipped: Callable[[str], list[str]]
) -> None:
    flipped("data_key")
    page = phones["ana"].get("/today")
    assert page.status == 410
    assert "Tell the clinic. Nothing was changed or deleted." in page.text
    assert phones["ana"].get("/help-now").status == 200
    signs_in = Phone(world.app)
    page = signs_in.fill(signs_in.get("/sign-in"), username="ana", password=PASSWORD)
    assert page.status == 410
    page = signs_in.fill(signs_in.get("/sign-in"), username="ben", password=PASSWORD)
    assert page.address == "/today"


@pytest.mark.database
def test_nothing_is_written_over_what_can_not_be_opened(
    world: World, phones: dict[str, Phone], flipped: Callable[[str], list[str]], app: Flask
) -> None:
    def stored() -> list[Any]:
        with app.app_context():
            return list(db.session.execute(select(Entry.id, Entry.version, Entry.sealed)).all())

    ana, id = phones["ana"], world.ids["private"]
    form = ana.get(f"/journal/{id}/edit")
    plan, days = ana.get("/plan/why/why"), ana.get(f"/plan/days/{world.ids['milestone']}/edit")
    flipped("entry")
    before = stored()
    words = "These words were on their way"
    for page, having, name in ((form, "urge", "situation"), (plan, "answer", "answer")):
        answer = ana.fill(page, having=having, **{name: words})
        assert answer.status == 410
        assert words in answer.text
    assert ana.fill(days, having="since", name="Another").status == 410
    assert ana.post("/plan/supports/supports", {"name": "Sam, who was added"}).status == 410
    assert stored() == before
    assert ana.fill(ana.get("/journal/new"), having="urge", urge="5").status == 200


@pytest.mark.parametrize("kind", [*KINDS.values(), ANSWERS], ids=lambda kind: kind.name)
def test_what_can_not_be_opened_its_author_can_take_away_and_put_back(
    world: World, phones: dict[str, Phone], flipped: Callable[[str], list[str]], app: Flask,
    kind: Kind,
) -> None:  # fmt: skip
    ana, id, table = phones["ana"], world.ids[kind.name], Entry.__table__
    address = kind.address(id)

    def stored() -> Any:
        with app.app_context():
            which = select(table.c.removed_at, table.c.version, table.c.sealed)
            return db.session.execute(which.where(table.c.id == id)).one()

    flipped("entry")
    before = stored()
    page = ana.get(address)
    assert page.status == 410
    for who in ("ben", "cleo"):
        assert phones[who].get(address).status == 404
        for act in ("/removal", "/restoration"):
            assert phones[who].post(f"{address}{act}").status == 404
    away = ana.fill(page, "/removal")
    assert away.status == 200
    assert "Undo" in away.text
    assert stored().removed_at is not None
    assert ana.get(address).status == 404
    with app.app_context():  # two days ago
        db.session.execute(
            update(table).where(table.c.id == id).values(removed_at=NOW - timedelta(days=2))
        )
        db.session.commit()
    ana.fill(away, "/restoration")
    assert stored() == before
    assert ana.get(address).status == 410


PLAN = ("why", "safety", "telling")  # one part of each kind


@pytest.mark.parametrize("name", PLAN)
@pytest.mark.parametrize("how", ["flipped", "rolled back"])
def test_a_part_of_the_plan_that_can_not_be_opened_is_taken_away_and_begun_anew(
    world: World,
    phones: dict[str, Phone],
    flip: Flip,
    app: Flask,
    name: str,
    how: str,
    shared: Callable[..., UUID],
) -> None:
    ana, part, table = phones["ana"], PARTS[name], Entry.__table__
    asked = part.questions[0]
    address, question = f"/plan/{name}", f"/plan/{name}/{asked.name}"
    id = entry_id(world.people["ana"].id, made_for(name))

    def stored() -> Any:
        with app.app_context():
            return db.session.execute(select(table).where(table.c.id == id)).one()

    for words in ("First words", "Second words", "Third words"):
        ana.fill(ana.get(question), having="answer", answer=words)
        if words == "First words":
            first = stored()
    shared(world.people["ana"], id, world.evening, tonight=False)
    if how == "flipped":
        flip(Entry.__table__, world.people["ana"].id)
    else:
        with app.app_context():
            before = {column: getattr(first, column) for column in ("version", "sealed")}
            db.session.execute(update(table).where(table.c.id == id).values(before))
            db.session.commit()
    closed = stored()
    for page in (address, question, f"{address}/changes", f"/plan/entries/{id}"):
        assert 'action="/plan/entries/' in ana.get(page).html, page
    for who in ("ben", "cleo"):
        for act in ("removal", "restoration"):
            assert phones[who].post(f"/plan/entries/{id}/{act}").status == 404
    away = ana.fill(ana.get(address), "/removal")
    assert "Undo" in away.text
    assert ana.get(address).status == 200, "nothing is in it"
    ana.fill(away, "/restoration")
    assert stored() == closed

    ana.fill(ana.get(address), "/removal")
    ana.fill(ana.get(question), having="answer", answer="Begun anew")
    ana.fill(ana.get(question), having="answer", answer="And changed")
    assert "And changed" in ana.get(address).text
    changes = ana.get(f"{address}/changes")
    assert changes.status == 200
    assert "Begun anew" in changes.text
    with app.app_context():
        kept = select(EntryVersion.sealed).where(EntryVersion.entry_id == id)
        assert closed.sealed in db.session.scalars(kept).all(), "not one version is lost"
        open_still = select(Share).where(Share.entry_id == id, Share.ended_at.is_(None))
        assert not db.session.scalars(open_still).all(), "these words were shared with nobody"


def test_an_entry_that_is_no_part_of_the_plan_is_not_taken_away_there(
    world: World, phones: dict[str, Phone]
) -> None:
    for act in ("removal", "restoration"):
        assert phones["ana"].post(f"/plan/entries/{world.ids['medication']}/{act}").status == 404


@pytest.mark.database
def test_a_row_from_before_a_change_is_named(
    world: World, phones: dict[str, Phone], app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    id = world.ids["shared"]
    columns = (Entry.version, Entry.sealed, Entry.happened_at, Entry.updated_at)
    with app.app_context():
        first = db.session.execute(select(*columns).where(Entry.id == id)).one()._asdict()
    ana = phones["ana"]
    ana.fill(ana.get(f"/journal/{id}/edit"), having="urge", situation="zq-changed")
    with app.app_context():
        db.session.execute(
            update(Entry.__table__).where(Entry.__table__.c.id == id).values(**first)
        )
        db.session.commit()
    gone = "This was changed, and the change is missing."
    assert gone in ana.get("/journal").text
    assert ana.get(f"/journal/{id}").status == 410
    assert gone in phones["cleo"].get(f"/clinic/sessions/{world.evening.tonight}").text
    assert gone in ana.get("/sharing").text
    assert "Something on this page can’t be opened" in ana.get("/journal/patterns").text
    ana.post(f"/shares/{world.ids['share']}/end")
    assert gone in ana.get("/sharing").text.split("No longer shared")[1]
    assert f"RolledBack: entry|{id}" in caplog.text


def test_today_says_that_something_can_not_be_opened_and_shows_the_rest(
    phones: dict[str, Phone], flipped: Callable[[str], list[str]]
) -> None:
    flipped("entry")
    page = phones["ana"].get("/today")
    assert page.status == 200
    assert "Something on this page can’t be opened" in page.text
    assert phones["ana"].get("/plan/safety").status == 410
