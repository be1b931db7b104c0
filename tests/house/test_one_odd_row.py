"""One odd row in what is listed, read or imported takes none of the others along."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.house.world import World
from webapp.core.data.db import db
from webapp.meetings import importing
from webapp.meetings.models import Meeting
from webapp.questionnaires.models import InstrumentFile
from webapp.questionnaires.weekly import WEEKLY_ID
from webapp.week.models import Appointment

pytestmark = pytest.mark.database


def test_a_questionnaire_that_can_not_be_read_keeps_no_other_from_being_answered(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with world.app.app_context():
        db.session.execute(update(InstrumentFile).values(questionnaire='{"item": "none"}'))
        db.session.commit()
    ana, max_ = world.phone("ana"), world.phone("max")
    page = ana.get("/check-ins")
    assert page.status == 200
    assert f"/check-ins/instruments/{WEEKLY_ID}" in page.links
    assert ana.get(f"/check-ins/instruments/{world.ids['evenings']}").status == 404
    assert ana.get(f"/check-ins/answers/{world.ids['answers']}").status == 200
    assert max_.get("/clinic/check-ins").status == 200
    assert " at " in caplog.text


def test_a_calendar_with_an_odd_date_has_all_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/calendar/{world.feed}.ics"
    phone = world.phone("nobody")
    whole = phone.client.get(address).get_data(as_text=True)
    with world.app.app_context():
        appointment = db.session.get_one(Appointment, world.ids["appointment"])
        appointment.zone = "Mars/Base"
        db.session.commit()
    answer = phone.client.get(address)
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count("BEGIN:VEVENT") == whole.count("BEGIN:VEVENT") - 1
    with world.app.app_context():
        table = Appointment.__table__
        db.session.execute(
            update(table).where(table.c.id == world.ids["appointment"]).values(sealed=bytes(60))
        )
        db.session.commit()
    assert phone.client.get(address).status_code == 200


def test_a_meeting_as_nobody_has_met_one_is_refused_and_the_others_are_kept(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Callable[..., Any] = importing.opened

    def opened(value: Any, *more: Any) -> Any:
        if value["slug"] == "odd":
            raise LookupError("zq-words")
        return whole(value, *more)

    monkeypatch.setattr(importing, "opened", opened)
    rows = [
        {"slug": slug, "name": f"Meeting {slug}", "day": 1, "time": "09:00", "types": ["O"]}
        for slug in ("first", "odd", "last")
    ]
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(rows))
    done = world.app.test_cli_runner().invoke(
        args=["import-meetings", str(file), "--fellowship", "aa"]
    )
    assert done.exit_code == 0, done.output
    assert "can’t be read" in done.output
    assert "zq-words" not in done.output
    with world.app.app_context():
        names = set(db.session.query(Meeting.slug).all())
    assert {("first",), ("last",)} <= {tuple(name) for name in names}
