"""Whoever writes a scoring file copies it from the page for operators, so each works as it is."""

import re
from textwrap import dedent

import pytest

from tests.conftest import root
from webapp.questionnaires import box, scoring_file
from webapp.questionnaires.parsing import parse

PAGE = (root() / "docs/operator.md").read_text()
INDENTED = re.findall(r"(?:^(?:    .*)?\n)+", PAGE, re.MULTILINE)
BLOCKS = [dedent(block) for block in INDENTED if "[[scales]]" in block]
IN_THE_CODE = (scoring_file.__doc__ or "").partition("\n\n")[2].partition("\n\nA scale")[0]


def test_the_page_has_a_short_one_and_a_full_one() -> None:
    assert len(BLOCKS) == 2
    assert len(BLOCKS[0].split()) == 5, "a scale needs a name and no more"


@pytest.mark.parametrize("example", [*BLOCKS, dedent(IN_THE_CODE)])
def test_each_example_scores_phq_9_as_it_stands_there(example: str) -> None:
    found = parse(box.in_the_box("phq-9").asked, example)
    asked = found.questionnaire.questions
    answers = {question.link_id: question.options[1].key for question in asked}
    assert found.content(answers)["scores"] == {"All together": "9"}
