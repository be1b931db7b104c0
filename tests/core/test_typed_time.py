"""A time of day is read as people type it."""

import pytest

from webapp.core.typed_time import minutes_of

SIX = 18 * 60


@pytest.mark.parametrize(
    "typed",
    ["6pm", "6 PM", "6:00 PM", "6:00pm", "6:00 p.m.", " 6 P.M. ", "6p", "6.00 pm", "600pm",
     "18:00", "1800", "18.00", "18h00", "18:00:00", "6:00\u202fPM", "6:00\xa0PM"],
)  # fmt: skip
def test_six_in_the_evening_is_typed_in_many_ways(typed: str) -> None:
    assert minutes_of(typed) == SIX


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("noon", 720), ("Midnight", 0), ("12 am", 0), ("12pm", 720), ("12:30 AM", 30), ("0:05", 5),
     ("930", 570), ("24:00", 1440)],
)  # fmt: skip
def test_noon_and_midnight_are_known(typed: str, minutes: int) -> None:
    assert minutes_of(typed) == minutes


@pytest.mark.parametrize(
    "typed",
    ["", "6", "18", "six", "13 pm", "0 am", "6:60 pm", "18:000", "12345", "pm", "6pm!", "18:00 UTC",
     "half six", "٦pm:"],
)  # fmt: skip
def test_what_could_be_either_or_is_no_time_is_not_guessed(typed: str) -> None:
    assert minutes_of(typed) is None
