"""Feeds in files, and the operator's command."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import root
from tests.meetings.dirty import feed
from tests.pages import Page, Phone
from webapp.core.data.db import db
from webapp.meetings.models import Meeting

REAL = root().parent / "shared" / "data" / "meeting-guide-feed.json"


@pytest.fixture
def import_meetings(app: Flask) -> Callable[..., object]:
    """`import_meetings(source, "--fellowship", "aa")`, as the operator types it."""

    def run(source: object, *options: str) -> object:
        return app.test_cli_runner().invoke(args=["import-meetings", str(source), *options])

    return run


@pytest.fixture
def list_meetings(import_meetings, tmp_path: Path) -> Callable[..., object]:
    """Import rows as a feed: `list_meetings({"slug": …}, …, zone="America/Chicago")`."""

    def run(*rows: dict, fellowship: str = "aa", zone: str = "America/New_York", name="feed"):
        path = tmp_path / f"{name}.json"
        path.write_bytes(feed(rows))
        made = import_meetings(path, "--fellowship", fellowship, "--zone", zone)
        assert made.exit_code == 0, made.output
        return made

    return run


@pytest.fixture
def meeting_called(app: Flask) -> Callable[[str], Meeting]:
    """The meeting of a name, with its times; or None."""

    def find(name: str) -> Meeting | None:
        with app.app_context():
            found = db.session.scalar(select(Meeting).where(Meeting.name == name))
            if found is not None:
                assert found.times is not None
                db.session.expunge_all()
            return found

    return find


@pytest.fixture
def real_feed() -> Path:
    """A real feed of 23 meetings; it isn't ours to carry along."""
    if not REAL.exists():
        pytest.skip("there is no real feed beside this repository")
    return REAL


def row(name: str, day: int = 1, time: str = "18:00", **fields: object) -> dict[str, object]:
    """A meeting as a feed lists it."""
    return {"slug": name.lower().replace(" ", "-"), "name": name, "day": day, "time": time,
            "address": "5 Main St", **fields}  # fmt: skip


def found(phone: Phone, **fields: object) -> Page:
    """What somebody finds who looks for this."""
    return phone.fill(phone.get("/meetings/find"), "/meetings/find", **fields)


def named(page: Page, *names: str) -> list[str]:
    """Those of these names that are on the page, in its order."""
    there = [name for name in names if name in page.text]
    return sorted(there, key=page.text.index)


def open_(phone: Phone, name: str) -> Page:
    """The page of a meeting."""
    page = found(phone, day="any")
    links = [link for link in page.links if "/meetings/find/" in link]
    return next(meeting for link in links if name in (meeting := phone.get(link)).text)
