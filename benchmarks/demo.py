"""How long `make run` lets somebody wait: making the demo people, and finding them again."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import Result
from webapp import create_app, demo
from webapp.cli import migrate
from webapp.config import Settings
from webapp.core.data.db import db

FIRST, AGAIN = 3, 1  # seconds


def run() -> list[Result]:
    """Make everybody once, and bring their evenings up to date as each later start does."""
    with tempfile.TemporaryDirectory(prefix="groundwork-demo-") as folder:
        data = Path(folder)
        url = f"sqlite:///{data / 'demo.db'}"
        app = create_app(Settings(data=data, database_url=url, plain_http=True))
        with app.app_context():
            migrate()
            first, again = _seconds(demo.seed), _seconds(demo.top_up)
            db.engine.dispose()
    return [
        Result("demo", "Making the demo people takes", first, FIRST, unit="s"),
        Result("demo again", "Finding them again takes", again, AGAIN, unit="s"),
    ]


def _seconds(doing: Callable[[], object]) -> float:
    start = time.perf_counter()
    doing()
    db.session.commit()
    return time.perf_counter() - start
