"""The floor: the least work that a Flask page with a database can be. It keeps nobody safe.

`/select?rows=25` reads 25 rows by an index and draws a page of about 7 KB; `/insert` keeps one row
on disk (WAL, `synchronous=FULL`) and answers 303.
"""

import os
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import Engine, Index, create_engine, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

DATABASE = "GROUNDWORK_BENCH_FLOOR"  # environment variable: where the floor's SQLite file is
PEOPLE, ROWS = 12, 720  # sixty each, as many as the huddle shows
PAGE_ROWS = 25  # of the page that ours are compared with; every claim says so
BODY = "lorem ipsum dolor sit amet " * 6

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Notes</title></head>
<body><main><h1>Notes</h1>
{% for note in notes %}
<article><h2><a href="/notes/{{ note.id }}">{{ note.title }}</a></h2>
<time datetime="{{ note.at.isoformat() }}">{{ note.at.strftime("%d %b %H:%M") }}</time>
<p>{{ note.body }}</p></article>
{% endfor %}
</main></body>
</html>
"""


class Base(DeclarativeBase):
    """The floor's one table."""


class Note(Base):
    """A row with an owner, a time and a text."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_owner_at", "owner", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int]
    at: Mapped[datetime]
    title: Mapped[str]
    body: Mapped[str]


def connect(path: str) -> Engine:
    """The floor's database, as safe on disk as ours."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 5})
    event.listen(engine, "connect", _prepare)
    return engine


def fill(path: str, count: int = ROWS) -> None:
    """Make the file, in WAL, with as many rows as our app gets entries."""
    engine = connect(path)
    start = datetime(2026, 1, 1)  # noqa: DTZ001
    rows = [
        {
            "owner": n % PEOPLE,
            "at": start + timedelta(minutes=n),
            "title": f"note {n}",
            "body": BODY,
        }
        for n in range(count)
    ]
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(Note), rows)
    engine.dispose()


def create_app() -> Flask:
    """The floor, for gunicorn: `benchmarks.floor:create_app()`."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"notes.html": PAGE})
    engine = connect(os.environ[DATABASE])

    @app.get("/select")
    def page() -> ResponseReturnValue:
        rows = request.args.get("rows", PAGE_ROWS, int)
        with Session(engine) as session:
            notes = session.scalars(
                select(Note).where(Note.owner == 7).order_by(Note.at.desc()).limit(rows)
            ).all()
            return render_template("notes.html", notes=notes)

    @app.post("/insert")
    def keep() -> ResponseReturnValue:
        with Session(engine) as session:
            session.add(Note(owner=8, at=datetime.now(), title="new", body=request.form["body"]))  # noqa: DTZ005
            session.commit()
        return redirect(f"/select?rows={PAGE_ROWS}", 303)

    return app


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
