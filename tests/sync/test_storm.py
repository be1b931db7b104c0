"""Many operations, sent again and again, out of order, at once, with answers getting lost.

`make faults` sends as many as a clinic's whole week: all that one person may write in a day, for
twenty people.
"""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW, is_whole
from webapp.core.data.db import db
from webapp.core.limits import ENTRIES_A_DAY
from webapp.entries.models import entry_id
from webapp.journal.models import Trigger

pytestmark = [pytest.mark.faults, pytest.mark.database]

PHONES, LOST = 4, 0.3


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Twenty people in full, each on an empty database."""
    if "person" in metafunc.fixturenames:
        metafunc.parametrize("person", range(20 if is_whole(metafunc.config) else 1))


def test_in_a_storm_each_operation_counts_once_and_gets_its_first_answer(
    app, ana, outbox_of, many, person
):
    count = many(120, ENTRIES_A_DAY)
    chance = random.Random(5 + person)
    phones = [outbox_of(ana) for _ in range(PHONES)]
    items = [phones[0].write(urge=str(n % 11), situation=f"Number {n}") for n in range(count)]
    twins = {
        item["id"]: phones[0].write(id=UUID(item["id"]), urge="0", situation="Other words")
        for item in items[:: max(count // 20, 1)]
    }
    sent = [item for item in items for _ in range(chance.randint(1, 5))]
    chance.shuffle(sent)
    heard: dict[str, set[str]] = defaultdict(set)
    answers: dict[str, set[str]] = defaultdict(set)

    def send(phone: int, parcel: list[dict[str, str]], lost: bool) -> None:
        response = phones[phone].raw(*parcel)
        if response.status_code >= 500 or lost:
            return  # the phone keeps them and sends them again below
        assert response.status_code == 200
        for said in response.get_json()["answers"]:
            heard[said["id"]].add(said["at"])
            answers[said["id"]].add(said["answer"])

    parcels = []
    while sent:
        size = chance.randint(1, 20)
        parcels.append((chance.randrange(PHONES), sent[:size], chance.random() < LOST))
        sent = sent[size:]
    with ThreadPoolExecutor(PHONES) as pool:
        for future in [pool.submit(send, *parcel) for parcel in parcels]:
            future.result()
    for start in range(0, count, 100):
        send(0, items[start : start + 100], lost=False)

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Trigger)) == count
    assert set(heard) == {item["id"] for item in items}
    assert all(times == {NOW.isoformat()} for times in heard.values())
    assert all(given <= {"saved", "already"} for given in answers.values())
    for id, twin in twins.items():
        assert phones[1].send(twin) == ["conflict"]
        assert phones[2].send(twin) == ["conflict"]
        with app.app_context():
            kept = db.session.get_one(Trigger, entry_id(ana.id, UUID(id)))
            assert (kept.situation or "").startswith("Number")
        assert "Other words" in phones[1].phone.post("/sync/look", twin).html
