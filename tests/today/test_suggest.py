"""Today suggests one thing, what is near before what is useful some day."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from webapp.today.suggest import Known, Suggestion, first_week, suggest

CALM = Known(hard_at=None, has_safety=True, open_kind=lambda: None, review_due=False, has_plan=True)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, Suggestion.INSTALL),
        ({"hard_at": NOW - timedelta(hours=23)}, Suggestion.SAFETY),
        ({"hard_at": NOW - timedelta(hours=25)}, Suggestion.INSTALL),
        ({"hard_at": NOW + timedelta(hours=1)}, Suggestion.INSTALL),
        ({"hard_at": NOW, "has_safety": False, "open_kind": lambda: "money"}, Suggestion.HELP),
        ({"hard_at": NOW, "may_lock": True}, Suggestion.SAFETY),
        ({"may_lock": True, "has_safety": False}, Suggestion.LOCK),
        # A day apart, but for what helps in a hard moment.
        ({"answered_at": NOW - timedelta(hours=23), "open_kind": lambda: "money"}, None),
        (
            {"answered_at": NOW - timedelta(hours=24), "open_kind": lambda: "money"},
            Suggestion.RESPONSE,
        ),
        ({"answered_at": NOW, "hard_at": NOW}, Suggestion.SAFETY),
        ({"hard_at": NOW, "may_rate": True}, Suggestion.SAFETY),
        ({"open_kind": lambda: "money", "may_rate": True}, Suggestion.RATE),
        ({"open_kind": lambda: "money", "review_due": True}, Suggestion.RESPONSE),
        ({"review_due": True, "has_safety": False}, Suggestion.REVIEW),
        ({"has_safety": False, "has_plan": False}, Suggestion.MAKE_SAFETY),
        ({"has_plan": False}, Suggestion.BEGIN),
        ({"hard_at": NOW, "to_begin": Suggestion.EXPECT}, Suggestion.SAFETY),
        ({"review_due": True, "to_begin": Suggestion.EXPECT}, Suggestion.REVIEW),
        ({"is_asked": True, "to_begin": Suggestion.EXPECT}, Suggestion.EXPECT),
        ({"is_asked": True, "to_begin": Suggestion.CONSENT}, Suggestion.QUESTIONS),
        ({"to_begin": Suggestion.STORY, "has_plan": False}, Suggestion.STORY),
    ],
)
def test_one_thing_at_most(change, what):
    assert suggest(Known(**{**CALM.__dict__, **change}), NOW) is what


ALL = {"consent", "make_safety", "install", "people", "reminders", "lock", "story"}


@pytest.mark.parametrize(
    ("days", "there", "what"),
    [
        (0, ALL, "expect"),
        (1, set(), "consent"),
        (1, {"consent", "make_safety"}, "install"),
        (2, set(), "make_safety"),  # whoever wants no consent isn't asked for it all week
        (5, {"reminders"}, "lock"),
        (6, {"lock", "story"}, "consent"),
        (3, ALL - {"make_safety"}, "make_safety"),
        (4, ALL, None),
    ],
)
def test_the_first_week_goes_through_what_isnt_there_yet(days, there, what):
    assert first_week(days, there) == what
