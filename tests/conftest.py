"""People, groups and signed-in phones, on a real database, through the real app.

The fixtures are in `tests/support/`; what tests import besides is told here.
"""

from pathlib import Path

from tests.support import PLUGINS
from tests.support.apps import forget_the_disk, make_tables, set_up, settings_in, started, typed
from tests.support.choosing import is_whole
from tests.support.people import NOW, PASSWORD, ZONE, Made, SomeGroup, Someone, people_of
from tests.support.tables import Rows, all_rows, empty_tables, let_acts_be_deleted, put_back

__all__ = [
    "NOW", "PASSWORD", "ZONE", "Made", "Rows", "SomeGroup", "Someone", "all_rows",
    "empty_tables", "forget_the_disk", "is_whole", "let_acts_be_deleted", "make_tables",
    "people_of", "put_back", "root", "set_up", "settings_in", "started", "typed",
]  # fmt: skip

pytest_plugins = PLUGINS


def root() -> Path:
    """Where the repository is."""
    return Path(__file__).resolve().parent.parent
