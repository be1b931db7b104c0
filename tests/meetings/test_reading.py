"""One row at a time: what a feed says, and what it means."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.meetings.json_rows import Unreadable, rows
from webapp.meetings.reading import CannotRead, Listed, read
from webapp.meetings.vocabulary import meaning

BASE = {"slug": "a", "name": "A", "day": 1, "time": "23:30"}
STREET = {"formatted_address": "40 Elm St, Springfield, IL 62701, USA"}
LINK = {"conference_url": "https://example.org/j/555"}
PHONE = {"conference_phone": "+13125550100,,555#"}


def meeting(**fields):
    return read({**BASE, **fields}, "aa", "America/Chicago")


@pytest.mark.parametrize(
    ("fields", "mode"),
    [
        (STREET, "in_person"),
        ({**STREET, "approximate": "yes"}, "unsaid"),
        ({"formatted_address": "Springfield, IL, USA"}, "unsaid"),
        ({"address": "5 Main St", "city": "Tupelo"}, "in_person"),
        ({**STREET, **LINK}, "hybrid"),
        ({**STREET, **PHONE}, "hybrid"),
        ({**STREET, **LINK, "types": ["TC"]}, "online"),
        ({**STREET, "types": ["TC"]}, "closed"),
        ({**STREET, **PHONE, "types": ["TC"]}, "phone"),
        (LINK, "online"),
        (PHONE, "phone"),
        ({**LINK, **PHONE}, "online"),
        ({"address": "Online", "city": "Memphis", "types": ["ONL"]}, "online"),
        ({"types": ["ONL"], **STREET}, "online"),
        ({"types": ["TC"]}, "closed"),
        ({}, "unsaid"),
        ({"conference_url": "zoom"}, "unsaid"),
    ],
)
def test_how_it_can_be_attended_follows_from_all_fields_together(fields, mode):
    assert meeting(**fields).mode == mode


@pytest.mark.parametrize(
    ("fellowship", "code", "tag"),
    [
        ("aa", "BE", "newcomer"),
        ("na", "BEG", "newcomer"),
        ("aa", "BEG", None),
        ("na", "SPK", "speaker"),
        ("na", "SP", "speaker"),
        ("aa", "D", "discussion"),
        ("na", "D", None),
        ("rd", "DA", "da"),
        ("rd", "IS", "step"),
        ("aa", "IS", None),
        ("rd", "WA", "wheelchair"),
        ("aa", "DD", "dual_diagnosis"),
        ("aa", "POA", "proof"),
        ("na", "POA", None),
        ("smart", "X", "wheelchair"),
        ("smart", "D", None),
    ],
)
def test_a_code_means_what_its_fellowship_means_by_it(fellowship, code, tag):
    assert meaning(fellowship, [code]) == ({tag} if tag else set())


@pytest.mark.parametrize(
    ("end", "minutes"),
    [("00:45", 75), ("23:30", 60), (None, 60), ("later", 60), ("23:00", 23 * 60 + 30)],
)
def test_a_meeting_may_go_over_midnight(end, minutes):
    assert meeting(end_time=end).minutes == minutes


def test_its_own_time_zone_comes_before_the_feeds():
    assert meeting(timezone="America/Los_Angeles").zone == "America/Los_Angeles"
    assert meeting().zone == "America/Chicago"
    with pytest.raises(CannotRead):
        meeting(timezone="CST6")
    with pytest.raises(CannotRead, match="summer"):
        meeting(timezone="EST")  # in a feed from Chicago
    assert read({**BASE, "timezone": "EST"}, "aa", "America/Detroit").zone == "America/Detroit"


def test_the_places_that_it_is_found_by():
    named = meeting(city="St. Louis", state="MO", postal_code=63101, regions=["Missouri", "East"])
    assert named.places == "|saint louis|saint louis mo|63101|missouri|east|"
    assert meeting(**STREET).places == "|springfield|springfield il|62701|"


def test_no_persons_name_is_kept():
    listed = meeting(contact_1_name="Jo Smith", contact_1_phone="555", feedback_emails=["a@b.org"])
    assert "Smith" not in str(listed)
    assert "a@b.org" not in str(listed)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=8,
)
FIELDS = (
    *("slug", "name", "day", "time", "end_time", "timezone", "types", "regions", "region"),
    *("address", "formatted_address", "city", "state", "postal_code", "approximate"),
    *("latitude", "longitude", "coordinates", "conference_url", "conference_phone", "notes", "url"),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, anything)) | anything)
def test_whatever_stands_in_a_row_is_read_or_refused(row):
    with suppress(CannotRead):
        listed = read(row, "aa", "America/Chicago")
        assert isinstance(listed, Listed)
        assert "\0" not in str(listed.__dict__.values())
        json.dumps(listed.__dict__).encode()
        assert all(0 <= day <= 6 for day in listed.days)


@given(st.lists(anything, max_size=6), st.integers(1, 9), st.sampled_from([None, 2]))
def test_rows_come_out_as_they_went_in_however_they_are_cut(values, size, indent):
    body = json.dumps(values, indent=indent, allow_nan=True).encode()
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    assert repr([row.value for row in rows(chunks)]) == repr(json.loads(body))


@given(st.binary(max_size=60))
def test_no_bytes_crash_it(body):
    with suppress(Unreadable):
        list(rows([body]))
