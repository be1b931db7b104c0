"""Which tests run, and how many of what is proved by number."""

import gc
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as property_tests

# A count and no clock: a machine that is busy with something else finds no mistake of ours. The
# same examples each time, so that who changed nothing breaks nothing; others with `--whole`.
_PROFILE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
property_tests.register_profile("few", max_examples=30, derandomize=True, **_PROFILE)
property_tests.register_profile("whole", max_examples=1000, **_PROFILE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption(
        "--whole",
        action="store_true",
        help="proofs by number in full: every input, kill and power cut (make fuzz, make faults)",
    )


def is_whole(config: pytest.Config) -> bool:
    """Whether what is proved by number is tried in full, or in a few seconds."""
    return bool(config.getoption("--whole"))


def pytest_configure(config: pytest.Config) -> None:
    property_tests.load_profile("whole" if is_whole(config) else "few")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run the tests marked `database`: what it may do in its own way (locks, claims,
    constraints, migrations, backups, what it takes as text or number), and each page and each
    writing route once, so that it gets every statement there is. The rest was tried on SQLite and
    would be no other: who may do what, what pages look like, what a feature makes of its rows."""
    for item in items:
        if is_whole(config) and getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("fuzz")
        if {"world", "rules"} <= {*getattr(item, "fixturenames", ())}:  # every page or route
            item.add_marker("long")
    # Every page is opened once in a test process: in one of them, if its readers stand together.
    items.sort(key=lambda item: "pages" not in getattr(item, "fixturenames", ()))
    if config.getoption("--database") == "sqlite":
        return
    chosen = [
        item
        for item in items
        if item.get_closest_marker("database")
        and "database_url" in getattr(item, "fixturenames", ())
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """Look more rarely for what nobody needs any more, and not among what is there before the first
    test: going through all of it again and again was a fifteenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 100)


@pytest.fixture(scope="session")
def many(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How many of what is proved by number: `many(5, 300)`, a few unless told `--whole`."""
    return lambda few, all_: all_ if is_whole(request.config) else few
