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
    [
        *(("00:45", 75), ("23:30", 60), (None, 60), ("later", 60), ("23:00", 23 * 60 + 30)),
        *(("24:00", 30), ("24:00:00", 30), ("25:00", 90), ("24:45", 75), ("48:00", 60)),
    ],
)
def test_a_meeting_may_go_over_midnight(end, minutes):
    assert meeting(end_time=end).minutes == minutes


@pytest.mark.parametrize(
    ("day", "time", "end", "days", "minutes"),
    [
        (5, "24:00", None, (5,), 60),  # Friday's midnight is Saturday's first minute
        ([5, 6], "24:00:00", "25:30", (5, 6), 90),
        (0, "24:00", "01:00", (0,), 60),
        (5, "00:00", "01:00", (4,), 60),
    ],
)
def test_24_00_is_the_end_of_its_day(day, time, end, days, minutes):
    listed = meeting(day=day, time=time, end_time=end)
    assert (listed.days, listed.starts, listed.minutes) == (days, 0, minutes)
    for later in ("24:01", "25:00", "48:00"):
        with pytest.raises(CannotRead, match="isn’t a time of day"):
            meeting(time=later)


ZOOM = "https://zoom.us/j/123"


@pytest.mark.parametrize(
    ("said", "link", "beside"),
    [
        (ZOOM, ZOOM, ""),
        (f"{ZOOM} Passcode: 4321", ZOOM, "Passcode: 4321"),
        (f"Join: {ZOOM}, code 4321", ZOOM, "Join: code 4321"),
        ("HTTPS://zoom.us/j/1?pwd=a.b-c", "HTTPS://zoom.us/j/1?pwd=a.b-c", ""),
        ("zoom.us/j/123", ZOOM, ""),
        ("zoom.us/j/123 Passcode: 4321", ZOOM, "Passcode: 4321"),
        ("www.example.org", "https://www.example.org", ""),
        ("us02web.zoom.us/j/9", "https://us02web.zoom.us/j/9", ""),
        ("mailto:group@example.org", "", "group@example.org"),
        ("Email group@example.org for the link", "", "Email group@example.org for the link"),
        ("Zoom ID 123 456, code 4321", "", "Zoom ID 123 456, code 4321"),
        ("St.Mary hall", "", "St.Mary hall"),
        ("group@example.org/x", "", "group@example.org/x"),
        ("https://zoom.us@example.com/j/1", "", "https://zoom.us@example.com/j/1"),
        ("https://[::1", "", "https://[::1"),
        ("https://example.org:99999/", "", "https://example.org:99999/"),
        ("javascript:alert(1)", "", ""),
        (" Data:text/html,x", "", ""),
        (["https://zoom.us/j/123"], "", ""),
    ],
)
def test_a_link_is_a_link_and_whatever_stands_beside_it_stays_as_words(said, link, beside):
    listed = meeting(conference_url=said)
    assert (listed.conference_url, listed.conference_url_notes) == (link, beside)


def test_what_a_feed_says_of_the_way_in_is_kept():
    notes = {
        "conference_url_notes": "Passcode: 4321",
        "conference_phone_notes": "Enter 998877#",
        "location_notes": "Rear door.<br>Ring twice",
        "group_notes": "No meeting on first Mondays.",
    }
    listed = meeting(**notes, **LINK, **PHONE)
    assert listed.conference_url_notes == "Passcode: 4321"
    assert listed.conference_phone == "+13125550100,,555#"
    assert listed.conference_phone_notes == "Enter 998877#"
    assert listed.location_notes == "Rear door.\nRing twice"
    assert listed.group_notes == "No meeting on first Mondays."
    for name in notes:
        assert len(getattr(meeting(**{name: "x" * 9_000}), name)) == 2_000


@pytest.mark.parametrize(
    ("said", "phone", "beside"),
    [
        ("Ask the group", "", "Ask the group"),
        ("+1 312 555 0100 " + "or ask " * 20 + "1", "", "+1 312 555 0100 " + "or ask " * 20 + "1"),
        ("+13125550142,,123456789#", "+13125550142,,123456789#", ""),
    ],
)
def test_a_number_is_whole_or_stays_as_words(said, phone, beside):
    listed = meeting(conference_phone=said)
    assert (listed.conference_phone, listed.conference_phone_notes) == (phone, beside)


@pytest.mark.parametrize(
    ("fields", "city", "state"),
    [
        ({"city": "Portland", "state": "OR"}, "Portland", "OR"),
        ({"city": "Portland", "state": "Oregon"}, "Portland", "OR"),
        ({"city": "Montréal", "state": "quebec"}, "Montréal", "QC"),
        ({"city": "Billings", "state": "MT"}, "Billings", "MT"),
        ({"city": "Leeds", "state": "Yorkshire"}, "Leeds", "Yorkshire"),
        ({"formatted_address": "Portland, ME, USA", "approximate": "yes"}, "Portland", "ME"),
        ({"formatted_address": "Portland, Maine, USA"}, "Portland", "ME"),
        ({"formatted_address": "5 Elm St, New York, USA"}, "", ""),
        ({"formatted_address": "5 Elm St, Portland, Maine 04101"}, "Portland", "ME"),
        (STREET, "Springfield", "IL"),
        ({"address": "100 Main St, Tupelo, MS"}, "Tupelo", "MS"),
        ({"address": "100 Main St, MS"}, "", ""),
        ({"address": "5 Elm St, New York"}, "", ""),
        ({"city": "Salem", "formatted_address": "Salem, OR 97301, USA"}, "Salem", "OR"),
        ({"formatted_address": "1 Rue X, Montréal, QC H2X 1Y4, Canada"}, "Montréal", "QC"),
        ({"city": "Ely", "formatted_address": "1 High St, London, England, UK"}, "Ely", ""),
    ],
)
def test_which_town_and_state_an_address_means(fields, city, state):
    listed = meeting(**fields)
    assert (listed.city, listed.state) == (city, state)


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "Portland, OR", "city": "Portland", "state": "OR"},
        {"address": "Portland", "city": "Portland", "state": "OR"},
        {"formatted_address": "Portland, OR, USA"},
        {"formatted_address": "Portland, OR 97201, United States"},
    ],
)
def test_a_town_is_no_street(fields):
    assert meeting(**fields).mode == "unsaid"


def test_its_own_time_zone_comes_before_the_feeds():
    assert meeting(timezone="America/Los_Angeles").zone == "America/Los_Angeles"
    assert meeting().zone == "America/Chicago"
    with pytest.raises(CannotRead):
        meeting(timezone="CST6")
    with pytest.raises(CannotRead, match="daylight saving"):
        meeting(timezone="EST")  # in a feed from Chicago
    assert read({**BASE, "timezone": "EST"}, "aa", "America/Detroit").zone == "America/Detroit"


def test_the_places_that_it_is_found_by():
    named = meeting(city="St. Louis", state="MO", postal_code=63101, regions=["Missouri", "East"])
    assert named.places == "|saint louis|saint louis mo|saint louis missouri|63101|missouri|east|"
    assert meeting(**STREET).places == "|springfield|springfield il|springfield illinois|62701|"


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
    *("conference_url_notes", "conference_phone_notes", "location_notes", "group_notes", "country"),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, anything)) | anything)
def test_whatever_stands_in_a_row_is_read_or_refused(row):
    with suppress(CannotRead):
        listed = read(row, "aa", "America/Chicago")
        assert isinstance(listed, Listed)
        assert "\0" not in str(listed.__dict__.values())
        json.dumps(listed.__dict__).encode()
        assert all(0 <= day <= 6 for day in listed.days)
        assert listed.starts is None or 0 <= listed.starts < 24 * 60
        assert 0 < listed.minutes <= 24 * 60


@given(st.lists(anything, max_size=6), st.integers(1, 9), st.sampled_from([None, 2]))
def test_rows_come_out_as_they_went_in_however_they_are_cut(values, size, indent):
    body = json.dumps(values, indent=indent, allow_nan=True).encode()
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    assert repr([row.value for row in rows(chunks)]) == repr(json.loads(body))


@given(st.binary(max_size=60))
def test_no_bytes_crash_it(body):
    with suppress(Unreadable):
        list(rows([body]))
