"""The one thing that Today suggests. Pure: plain values in and out.

One at most, so that it stays a suggestion, and after an answer none for a day. What is near (a hard
moment) comes before what is useful some day (an empty plan), and for a day nothing else does.
Nothing prompts but this.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HARD_FOR = timedelta(hours=24)
APART = timedelta(days=1)


class Suggestion(StrEnum):
    """What somebody might do now."""

    SAFETY = "safety"  # open the safety plan, after a hard moment
    HELP = "help"  # the same for whoever has none: it is made on a calm day
    MAKE_SAFETY = "make_safety"
    RATE = "rate"  # how group was, which is asked for two days only
    RESPONSE = "response"  # a trigger came up again and has no response yet
    REVIEW = "review"  # a goal's day to look at it again has come
    FOLLOW_UP = "follow_up"  # whether follow-up care happened
    QUESTIONS = "questions"  # the five about how life is going
    EXPECT = "expect"  # what to expect here
    CONSENT = "consent"  # how sharing works
    PEOPLE = "people"  # to call
    REMINDERS = "reminders"
    STORY = "story"
    BEGIN = "begin"  # the plan is empty
    LOCK = "lock"  # a PIN for this phone
    INSTALL = "install"  # on the home screen; the phone knows whether it is there


# What there is to do once in a first week, and can be dismissed.
ONCE = (
    Suggestion.EXPECT,
    Suggestion.CONSENT,
    Suggestion.PEOPLE,
    Suggestion.REMINDERS,
    Suggestion.STORY,
)
_FIRST_WEEK = (
    Suggestion.CONSENT,
    Suggestion.MAKE_SAFETY,
    Suggestion.INSTALL,
    Suggestion.PEOPLE,
    Suggestion.REMINDERS,
    Suggestion.LOCK,
    Suggestion.STORY,
)


@dataclass(frozen=True)
class Known:
    """What the suggestion is made of."""

    hard_at: datetime | None  # the last hard moment
    has_safety: bool
    # The recurring kind without a response that comes up most: worked out only if it's asked for.
    open_kind: Callable[[], str | None]
    review_due: bool
    has_plan: bool
    had_follow_up: bool = False  # lately, and didn't say yet whether it happened
    may_rate: bool = False  # was in a group lately, and wasn't asked how it was
    is_asked: bool = False  # the five questions, which are open for some days only
    to_begin: Suggestion | None = None  # in the first week of a group
    may_lock: bool = False
    answered_at: datetime | None = None  # the last suggestion, by a no or by doing it

    def is_hard(self, now: datetime) -> bool:
        """Whether a hard moment is near."""
        return self.hard_at is not None and now - HARD_FOR <= self.hard_at <= now


def first_week(days: int, there: Set[Suggestion]) -> Suggestion | None:
    """What to begin with, so many days after coming in: the first thing that isn't there yet.

    Each day looks from the next one on, so that what somebody doesn't want holds up nothing.
    """
    if days == 0 and Suggestion.EXPECT not in there:
        return Suggestion.EXPECT
    order = _FIRST_WEEK * 2
    start = max(days - 1, 0) % len(_FIRST_WEEK)
    return next((item for item in order[start:] if item not in there), None)


def suggest(known: Known, now: datetime) -> Suggestion | None:
    """The first of these that fits, or nothing."""
    if known.is_hard(now):
        return Suggestion.SAFETY if known.has_safety else Suggestion.HELP
    if known.answered_at is not None and now - known.answered_at < APART:
        return None
    if known.may_rate:
        return Suggestion.RATE
    if known.open_kind() is not None:
        return Suggestion.RESPONSE
    if known.review_due:
        return Suggestion.REVIEW
    if known.had_follow_up:
        return Suggestion.FOLLOW_UP
    if known.is_asked and known.to_begin is not Suggestion.EXPECT:
        return Suggestion.QUESTIONS
    if known.to_begin is not None:
        return known.to_begin
    if known.may_lock:
        return Suggestion.LOCK
    if not known.has_safety:
        return Suggestion.MAKE_SAFETY
    return Suggestion.INSTALL if known.has_plan else Suggestion.BEGIN
