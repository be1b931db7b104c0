"""A typed number dials who was meant, or nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import root
from webapp.core.phones import MOST, dial


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("988", "988"),
        ("988 (press 1)", "988"),
        ("988, then press 1", "988"),
        ("call 911", "911"),
        ("24/7: 988", "988"),
        ("211.", "211"),
        ("112", "112"),
        ("000", "000"),
        ("13 11 14", "131114"),
        ("116 123", "116123"),
        ("741741", "741741"),
        ("555-0177", "5550177"),
        ("(555) 555-0142", "5555550142"),
        ("555.555.0142", "5555550142"),
        ("1 (800) 273-8255", "18002738255"),
        ("1800 273 8255", "18002738255"),
        ("(555) 555-0142 ext. 9", "5555550142"),
        ("(555) 555-0142 (ext 9)", "5555550142"),
        ("555-555-0142 x1203", "5555550142"),
        ("5555550142x12", "5555550142"),
        ("555-555-0142 #12", "5555550142"),
        ("555-555-0142 option 2, then 4", "5555550142"),
        ("555-555-0142, PIN: 1234", "5555550142"),
        ("+1 312 555 0100,,86712345678#,,,,*123456#", "+13125550100"),
        ("+13125550100,,555#", "+13125550100"),
        ("1-800-273-TALK", "18002738255"),
        ("1-800-273-talk", "18002738255"),
        ("1 800 273 TALK", "18002738255"),
        ("1-800-273-TALK (8255)", "18002738255"),
        ("1-800-GET-HELP", "18004384357"),
        ("1-800-4-A-CHILD", "18004224453"),
        ("555-TALK", "5558255"),
        ("988 LINE", "988"),
        ("555-0142-cell", "5550142"),
        ("555-0142 CELL", "5550142"),
        ("Home 555-555-0142", "5555550142"),
        ("call 555-555-0142 after 6", "5555550142"),
        ("555-555-0142 (weekdays until 5pm)", "5555550142"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+44 20 7946 0000", "+442079460000"),
        ("00 44 20 7946 0000", "+442079460000"),
        ("011 44 20 7946 0000", "011442079460000"),
        ("0800 111 0 111", "08001110111"),
        ("５５５－０１７７", "5550177"),
        ("٥٥٥-٠١٧٧", "5550177"),
        ("555\u20110177", "5550177"),
        ("555−0177", "5550177"),
        ("\u202d555\u200b-\u00ad0177\u202c", "5550177"),
        ("555\u00a0555\u00a00142", "5555550142"),
        ("9\ufe0f\u20e38\ufe0f\u20e38\ufe0f\u20e3", "988"),
    ],
)
def test_one_number_that_is_sure_is_dialed(typed, number):
    assert dial(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "ask Sam",
        "Suite 911, ask for Ann",
        "unit 211",
        "555-0142 or 555-0199",
        "555-0142, 555-0199",
        "555-0142,555-0199",
        "555-0142 / 555-0199",
        "5550142 5550199",
        "555-0142 then 555-0199",
        "555-0142 ext 9, 555-0199",
        "988 or 911",
        "988 911",
        "988 (press 1) or 911",
        "911 555-0142",
        "555-2142 988",
        "555-555-0142 9",
        "555-555-014",
        "1-800-273-825",
        "1-800-CONTACTS",
        "8OO-273-8255",
        "1-8OO-273-8255",
        "555-O142",
        "555-0142\n555-0199",
        "55",
        "555",
        "Room 112",
        "Room 4242",
        "*67 555-0142",
        "sam5550142@example.com",
        "https://zoom.example/j/5551234567",
        "zoom.example/j/5551234567",
        "javascript:alert(1)",
        "2026-11-20",
        "+",
        "+1 555 0142",
        "+0 555 555 0142",
        "555-0142²",
        "call " * 40 + "555-0142",
        "9" * 400,
    ],
)
def test_two_numbers_or_none_that_is_sure_dial_nobody(typed):
    assert dial(typed) == ""


@given(st.text(max_size=2 * MOST) | st.text("0123456789+-() .xX#,TALK/", max_size=40))
def test_whatever_is_typed_a_number_has_digits_and_is_part_of_it(typed):
    assert re.fullmatch(r"(\+?\d{3,18})?", dial(typed), re.ASCII)


@given(st.from_regex(r"[2-9]\d\d-[2-9]\d\d-\d{4}", fullmatch=True), st.integers(0, 999_999))
def test_an_extension_changes_nothing(number, extension):
    plain = dial(number)
    for between in (" ext. ", " ext ", "x", " #", ",,", " (press "):
        assert dial(f"{number}{between}{extension}") == plain


def test_no_page_and_no_script_dials_past_the_reader():
    places = [*root().glob("templates/**/*"), *root().glob("static/js/**/*.js")]
    lines = [line for place in places if place.is_file() for line in place.read_text().splitlines()]
    dialing = [line for line in lines if re.search(r"\b(tel|sms):(?!\w)|scheme ~", line)]
    assert len(dialing) >= 3
    # The one script has what the server read: `number` of /plan/safety/people.
    read = [
        f"{link}.href = `{scheme}:${{number}}`;"
        for link, scheme in (("call", "tel"), ("text", "sms"))
    ]
    assert [line for line in dialing if "|dial" not in line and line.strip() not in read] == []
