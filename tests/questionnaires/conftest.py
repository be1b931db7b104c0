"""Questionnaires of our own for the tests, and the clinic's own file where it is there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import root
from tests.pages import Page, Phone
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.cli import init_app as add_commands
from webapp.core.data.db import db
from webapp.questionnaires.importing import import_instrument
from webapp.questionnaires.models import InstrumentFile

FILES = Path(__file__).parent / "files"
PHQ_9 = root().parent / "shared/data/phq-9.questionnaire.json"
# How the clinic would write it beside the file that it is licensed for.
PHQ_9_SCORING = """
name = "Mood, over two weeks"
intro = "Over the last two weeks, how often did this trouble you?"
unscored = ["/69722-7"]

[[scales]]
name = "All together"
better = "lower"
change = 5
bands = [
  { from = 0, to = 4, says = "These things came up seldom or not at all." },
  { from = 5, to = 9, says = "These things came up on some of the days." },
  { from = 10, to = 14, says = "These things came up on many days. Worth a talk with your team." },
  { from = 15, to = 19, says = "These things came up on most days. Your team can help with that." },
  { from = 20, to = 27, says = "These things came up nearly every day. Please talk to your team." },
]

[[at_once]]
item = "/44260-8"
above = 0
"""

Brought = Callable[..., UUID]


@pytest.fixture
def bring(app: Flask, tmp_path: Path) -> Brought:
    """The operator brings a questionnaire in: `bring(file, scoring)`; returns its id."""

    def do(file: Path | dict[str, Any], scoring: str = "") -> UUID:
        if isinstance(file, dict):
            file, text = tmp_path / "made.json", json.dumps(file)
            file.write_text(text)
        beside = tmp_path / "made.toml"
        beside.write_text(scoring)
        with app.app_context():
            row, _new = import_instrument(file, beside)
            db.session.commit()
            return row.id

    return do


@pytest.fixture
def evenings(bring: Brought) -> UUID:
    """Our own: groups, a condition, reversed items and two scales."""
    return bring(FILES / "evenings.questionnaire.json",
                 (FILES / "evenings.scoring.toml").read_text())  # fmt: skip


@pytest.fixture
def phq_9(bring: Brought) -> UUID:
    """The clinic's real file, where it is there; it is never part of this repository."""
    if not PHQ_9.exists():
        pytest.skip("there is no questionnaire of a clinic's beside this repository")
    return bring(PHQ_9, PHQ_9_SCORING)


@pytest.fixture
def acts(app: Flask) -> Callable[[], list[ActKind]]:
    """What the audit log has so far."""

    def do() -> list[ActKind]:
        with app.app_context():
            return list(db.session.scalars(select(Act.kind).order_by(Act.number)))

    return do


def typed(app: Flask, *arguments: str) -> Any:
    """The operator types `flask import-instrument …`."""
    add_commands(app)
    return app.test_cli_runner().invoke(args=["import-instrument", *arguments])


def rows(app: Flask) -> list[InstrumentFile]:
    with app.app_context():
        return list(db.session.scalars(select(InstrumentFile).order_by(InstrumentFile.number)))


def begin(phone: Phone, id: UUID) -> Page:
    """To the first question."""
    return phone.fill(phone.get(f"/check-ins/instruments/{id}"), str(id))


def answer_all(phone: Phone, id: UUID, *answers: str | None) -> Page:
    """Give these answers in the order of the questions; the last one for all that follow."""
    page, given = begin(phone, id), list(answers)
    while "/answers/" not in page.address:
        if page.address.endswith("/help"):
            going_on = [link for link in page.links if f"/instruments/{id}/" in link]
            page = phone.get(going_on[0]) if going_on else phone.fill(page, "/end")
            continue
        answer = given.pop(0) if len(given) > 1 else given[0]
        before = page.address
        page = phone.fill(page, having="answer", answer=answer)
        assert page.status == 200, page.text
        assert page.address != before, page.text
    return page
