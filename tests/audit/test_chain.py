"""The chain of acts: one row an act, in the act's own transaction, and nobody's words."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from tests.conftest import NOW, Someone, let_acts_be_deleted, make_tables
from webapp.audit.actions import record
from webapp.audit.chain import FIRST, canonical, hash_of, head
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.audit.verify import Mark, Verdict, add_mark, marks_in, verify
from webapp.core.data.db import db, writing

pytestmark = pytest.mark.database

THREADS, EACH = 6, 8


@pytest.fixture
def sealed_app(own_app: Flask) -> Iterator[Flask]:
    """A database of its own, as a clinic has it: with what refuses to change an act."""
    make_tables(own_app)
    with own_app.app_context():
        yield own_app


@pytest.fixture
def five(app: Flask, clock: time_machine.Traveller) -> Iterator[list[UUID]]:
    """Five acts, each in its own transaction."""
    with app.app_context():
        let_acts_be_deleted()
        ids = [uuid4() for _ in range(5)]
        for id in ids:
            record(ActKind.SHARED, person=id, by=id)
            db.session.commit()
            clock.shift(timedelta(minutes=1))
        yield ids


def verdict(*marks: Mark) -> Verdict:
    db.session.commit()
    with db.engine.connect() as connection:
        return verify(connection, list(marks))


def rows() -> list[Act]:
    found = list(db.session.scalars(select(Act).order_by(Act.number)))
    db.session.rollback()
    return found


def change(at: int, **values: object) -> None:
    """Somebody who owns the database changes an act."""
    db.session.execute(update(Act).where(Act.number == at).values(**values))
    db.session.commit()


def test_an_act_is_written_with_what_it_is_about_and_goes_with_it(app: Flask, ana: Someone) -> None:
    with app.app_context():
        before = len(rows())
        record(ActKind.SHARES_ENDED, person=ana.id)
        db.session.rollback()
        db.session.commit()
        assert len(rows()) == before
        record(ActKind.SHARES_ENDED, person=ana.id)
        db.session.commit()
        assert len(rows()) == before + 1


def test_of_operations_that_fail_alone_only_their_own_acts_go(app: Flask) -> None:
    with app.app_context():
        first, failed, kept, inner = (uuid4() for _ in range(4))
        record(ActKind.SHARED, about=first)
        outer = db.session.begin_nested()
        record(ActKind.SHARED, about=failed)
        with db.session.begin_nested():
            record(ActKind.SHARED, about=inner)
        outer.rollback()
        with db.session.begin_nested():
            record(ActKind.SHARED, about=kept)
        assert rows_of_now() == []  # the lock is taken when all else is done
        db.session.commit()
        assert [act.about_id for act in rows()] == [first, kept]


def rows_of_now() -> list[int]:
    return list(db.session.scalars(select(Act.number)))


def test_a_page_that_only_reads_records_nothing(app: Flask) -> None:
    with app.app_context(), writing(allowed=False), pytest.raises(RuntimeError):
        record(ActKind.SHARED)


def test_anyone_can_compute_the_chain_by_what_the_docs_say(app: Flask, five: list[UUID]) -> None:
    before = "0" * 64
    for act in rows():
        line = json.dumps(
            [
                act.number, act.at.isoformat(timespec="microseconds"), act.kind,
                str(act.actor_id) if act.actor_id else None,
                str(act.person_id) if act.person_id else None,
                str(act.about_id) if act.about_id else None,
                act.count, act.ids_hash.hex() if act.ids_hash else None, before,
            ],
            separators=(",", ":"),
        )  # fmt: skip
        before = sha256(line.encode()).hexdigest()
        assert act.hash.hex() == before
    # These very bytes: a row that was written by this version must verify in twenty years.
    one = Act.drawn({
        "number": 7, "at": NOW, "kind": "opened", "actor_id": UUID(int=1), "person_id": None,
        "about_id": UUID(int=2), "count": 2, "ids_hash": bytes(32), "before": FIRST,
    })  # fmt: skip
    assert canonical(one) == (
        b'[7,"2026-11-23T21:00:00.000000+00:00","opened","00000000-0000-0000-0000-000000000001",'
        b'null,"00000000-0000-0000-0000-000000000002",2,"' + b"0" * 64 + b'","' + b"0" * 64 + b'"]'
    )


def test_a_whole_chain_is_whole(app: Flask, five: list[UUID]) -> None:
    with db.engine.connect() as connection:
        number, hashed = head(connection)
    found = verdict(Mark(NOW, number, hashed))
    assert (found.number, found.hash) == (5, hashed)
    assert found.problems == found.restored == []


def test_a_change_is_named(app: Flask, five: list[UUID]) -> None:
    change(3, actor_id=uuid4())
    assert verdict().problems == ["Changed: act 3 isn't what was written."]


def test_a_change_that_was_hashed_anew_is_named(app: Flask, five: list[UUID]) -> None:
    act = rows()[2]
    other = Act.drawn({column.key: getattr(act, column.key) for column in Act.__table__.c})
    other.__dict__["actor_id"] = uuid4()
    change(3, actor_id=other.actor_id, hash=hash_of(other))
    assert verdict().problems == ["Act 4 doesn't follow act 3: one of the two was changed."]


def test_a_removal_is_named(app: Flask, five: list[UUID]) -> None:
    for gone, said in ((3, "Removed: 1 missing before act 4."), (1, "1 missing before act 2.")):
        db.session.execute(Act.__table__.delete().where(Act.number == gone))
        db.session.commit()
        assert any(said in problem for problem in verdict().problems)


def test_two_that_changed_places_are_named(app: Flask, five: list[UUID]) -> None:
    for number, to in ((2, 99), (4, 2), (99, 4)):
        change(number, number=to)
    problems = verdict().problems
    assert "Moved: what is at 2 was act 4." in problems
    assert "Moved: what is at 4 was act 2." in problems


def test_a_cut_tail_is_named_by_the_anchor(app: Flask, five: list[UUID], tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.txt"
    with db.engine.connect() as connection:
        add_mark(anchor, *head(connection))
    db.session.execute(Act.__table__.delete().where(Act.number > 3))
    db.session.commit()
    assert verdict().problems == []  # without it, nothing can tell
    assert verdict(*marks_in(anchor)).problems == [
        "Cut off: the anchor knows act 5, and the last one here is 3."
    ]
    record(ActKind.SHARED)
    record(ActKind.SHARED)
    assert verdict(*marks_in(anchor)).problems == [
        "Replaced: act 5 isn't the one that the anchor knows."
    ]
    anchor.write_text("nonsense\n")
    with pytest.raises(ValueError, match="Line 1"):
        marks_in(anchor)


def test_a_restore_has_a_sentence_of_its_own(
    app: Flask, five: list[UUID], clock: time_machine.Traveller, tmp_path: Path
) -> None:
    anchor = tmp_path / "anchor.txt"
    with db.engine.connect() as connection:
        add_mark(anchor, *head(connection))
    db.session.execute(Act.__table__.delete().where(Act.number > 3))
    db.session.commit()
    clock.shift(timedelta(hours=1))
    record(ActKind.RESTORED)
    found = verdict(*marks_in(anchor))
    assert found.problems == []
    assert "The clinic was restored from a backup on 2026-11-23 22:05 UTC." in found.restored[0]
    # A mark of after the restore is no victim of it.
    clock.shift(timedelta(hours=1))
    assert verdict(Mark(NOW + timedelta(hours=2), 9, FIRST)).problems != []


def test_thousands_are_gone_through_a_thousand_at_a_time(app: Flask) -> None:
    with app.app_context():
        for _ in range(2_500):
            record(ActKind.SHARED)
        found = verdict()
    assert (found.number, found.problems) == (2_500, [])


def test_of_many_at_once_none_forks_the_chain_or_leaves_a_gap(sealed_app: Flask) -> None:
    start, trouble = threading.Barrier(THREADS), []

    def act() -> None:
        try:
            with sealed_app.app_context():
                start.wait()
                for _ in range(EACH):
                    record(ActKind.SHARED)
                    db.session.commit()
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=act) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    numbers = [act.number for act in rows()]
    assert numbers == list(range(1, THREADS * EACH + 1))
    assert all(later.before == former.hash for former, later in pairwise(rows()))
    assert verdict().problems == []


@pytest.mark.parametrize("done", ["UPDATE act SET kind = 'shared'", "DELETE FROM act"])
def test_the_database_refuses_to_change_or_delete_an_act(sealed_app: Flask, done: str) -> None:
    record(ActKind.OPENED)
    db.session.commit()
    with pytest.raises(DBAPIError, match="never"):
        db.session.execute(text(done))
    db.session.rollback()
    assert [act.kind for act in rows()] == ["opened"]
