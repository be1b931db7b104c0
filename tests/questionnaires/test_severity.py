"""A number stands with a sentence, never with one word for what somebody is."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.conftest import SomeGroup, Someone
from tests.house.everywhere import said
from tests.pages import Page, Phone
from tests.questionnaires.conftest import PHQ_9_SCORING, Brought, answer_all
from tests.questionnaires.test_fhir_import import made

PhoneOf = Callable[[Someone], Phone]
LABELS = re.compile(
    r"\b(minimal|mild|moderate(ly)?|severe(ly)?|severity|abnormal|clinical|diagnos\w*"
    r"|depress(ed|ion|ive))\b",
    re.IGNORECASE,
)
ITEMS = [
    {"linkId": f"i{at}", "type": "choice", "text": f"Question {at}?", "required": True,
     "answerOption": [
         {"valueCoding": {"code": str(n), "display": f"Answer {n}"},
          "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                         "valueDecimal": n}]}
         for n in range(4)]}
    for at in range(9)
]  # fmt: skip
# The same bands over nine made-up questions.
SCORING = PHQ_9_SCORING.replace('["/69722-7"]', "[]").split("[[at_once]]")[0]


def assert_no_bare_label(page: Page) -> None:
    """No text of the page, but for a question as it was asked, has such a word in it."""
    for element, text in said(page.outline):
        if element.tag not in ("dt", "dd") and element.tag != "title":
            assert not LABELS.search(text), f"{text!r} on {page.address}"


@pytest.mark.parametrize("answer", ["0", "1", "2", "3"])
def test_whatever_the_number_no_page_has_a_label(
    ana: Someone, cleo: Someone, evening: SomeGroup, phone_of: PhoneOf, bring: Brought, answer: str,
    shared: Callable[..., UUID],
) -> None:  # fmt: skip
    phone = phone_of(ana)
    page = answer_all(phone, bring(made(*ITEMS), SCORING), answer)
    shared(ana, UUID(page.address.rsplit("/", 1)[1]), evening)
    assert f"Your score now: {int(answer) * 9}." in page.text
    for address in (page.address, "/check-ins", "/sharing", "/today"):
        assert_no_bare_label(phone.get(address))
    assert_no_bare_label(phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}"))


def test_a_label_would_be_seen() -> None:
    page = Page.__new__(Page)
    page.html, page.address = "<p>Your score: 15. Moderately severe</p>", "/x"
    with pytest.raises(AssertionError):
        assert_no_bare_label(page)
