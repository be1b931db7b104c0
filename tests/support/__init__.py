"""What tests stand on: their fixtures, and the names that go with them (see tests/conftest.py)."""

import pytest

PLUGINS = [
    "tests.support.choosing",  # which tests run, and how many of what is proved by number
    "tests.support.apps",  # the app on empty tables, and apps of their own
    "tests.support.browsers",  # one browser for whatever asks for it
    "tests.support.people",  # who there is, in which groups, and when
    "tests.support.phones",  # what people do with their phones
]
# Before anybody imports one: then what they assert is told in full as in a test.
pytest.register_assert_rewrite(*PLUGINS)
