"""Today suggests one thing, what is near before what is useful some day."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from webapp.insight.suggest import Known, Suggestion, suggest

CALM = Known(hard_at=None, has_safety=True, open_kind=None, review_due=False, has_plan=True)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, None),
        ({"hard_at": NOW - timedelta(hours=23)}, Suggestion.SAFETY),
        ({"hard_at": NOW - timedelta(hours=25)}, None),
        ({"hard_at": NOW + timedelta(hours=1)}, None),
        ({"hard_at": NOW, "has_safety": False, "open_kind": "money"}, Suggestion.MAKE_SAFETY),
        ({"open_kind": "money", "review_due": True}, Suggestion.RESPONSE),
        ({"review_due": True, "has_safety": False}, Suggestion.REVIEW),
        ({"has_safety": False, "has_plan": False}, Suggestion.MAKE_SAFETY),
        ({"has_plan": False}, Suggestion.BEGIN),
    ],
)
def test_one_thing_at_most(change, what):
    assert suggest(Known(**{**CALM.__dict__, **change}), NOW) is what
