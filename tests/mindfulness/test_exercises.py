"""The exercises themselves, read aloud once by a machine: plain, kind, and safe for anybody."""

import re

import pytest
import textstat
from flask import Flask

from webapp.mindfulness.exercises import EXERCISES
from webapp.mindfulness.script import BREATH, HANDS, MINUTES

ALL = list(EXERCISES.values())
BREATHES = re.compile(r"\b(breath|breathe|inhale|exhale|air|nose)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def words(app: Flask):
    """Texts need a language."""
    with app.test_request_context():
        yield


def told(exercise, minutes, way):
    return [str(step) for step in exercise.script(minutes, way)]


def test_there_are_a_dozen_and_more():
    assert len(ALL) >= 12
    assert len({str(exercise.name) for exercise in ALL}) == len(ALL)


@pytest.mark.parametrize("exercise", ALL, ids=lambda listed: listed.slug)
@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("way", [BREATH, HANDS])
def test_each_length_is_a_script_of_its_own_that_is_easy_to_read(exercise, minutes, way):
    steps = told(exercise, minutes, way)
    assert len(steps) >= 3
    assert 5 <= minutes * 60 / len(steps) <= 75  # seconds: neither hurried nor lost
    assert steps[-1] == told(exercise, 10, way)[-1]  # each length has its end
    assert textstat.flesch_kincaid_grade("\n".join(steps)) <= 6
    assert all(textstat.flesch_kincaid_grade(step) <= 9 for step in steps)
    shorter = [minute for minute in MINUTES if minute < minutes]
    assert all(set(told(exercise, length, way)) <= set(steps) for length in shorter)


@pytest.mark.parametrize("exercise", ALL, ids=lambda listed: listed.slug)
def test_nobody_has_to_close_the_eyes_or_turn_to_the_breath(exercise):
    text = " ".join([*told(exercise, 10, HANDS), str(exercise.about)])
    assert not re.search(r"\b(close|shut) your eyes\b", text, re.IGNORECASE)
    without = [text for text in told(exercise, 10, HANDS) if exercise.slug != "walk"]
    assert not any(re.search(r"\bbreathe?\b", text, re.IGNORECASE) for text in without)
    breathes = [text for text in told(exercise, 10, BREATH) if BREATHES.search(text)]
    if any("breath" in breathe.lower() for breathe in breathes):
        assert exercise.ways, "it speaks of the breath, so it needs another way"


@pytest.mark.parametrize(
    "exercise", [listed for listed in ALL if listed.rhythm], ids=lambda listed: listed.slug
)
def test_a_rhythm_has_a_word_for_each_phase_in_each_way(exercise):
    rhythm = exercise.rhythm
    assert len(rhythm.seconds) == len(rhythm.breath) == len(rhythm.hands)
    assert all("|" not in str(word) for word in rhythm.breath + rhythm.hands)
    assert not {str(hand) for hand in rhythm.hands} & {"In", "Out"}


def test_box_and_four_six_are_what_their_names_say():
    assert EXERCISES["box"].rhythm.seconds == (4, 4, 4, 4)
    assert EXERCISES["slow-breath"].rhythm.seconds == (4, 6)
