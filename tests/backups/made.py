"""A backup as it is made by night, with nobody in front of a screen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from webapp.app import note_keys
from webapp.backups.backup import Made, make
from webapp.core.data.db import db


@contextmanager
def no_bar(_size: int) -> Iterator[Callable[[int], object]]:
    yield lambda _done: None


def backed_up(app: Flask, folder: Path) -> Made:
    with app.app_context():
        note_keys(app)
        db.session.remove()
    return make(app.extensions["settings"], folder, no_bar)
