"""The operator brings public meetings in, and brings them up to date."""

import json

import pytest
from sqlalchemy import func, select, update

from tests.meetings.dirty import READ, ROWS, feed
from webapp.core.data.db import db
from webapp.meetings.models import Meeting, MeetingTime

NINE_AM = 9 * 60


@pytest.fixture
def count(app):
    def how_many(kind=Meeting):
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(kind))

    return how_many


def test_a_dirty_feed_is_read_row_by_row_or_said_why_not(import_meetings, tmp_path, count):
    path = tmp_path / "dirty.json"
    path.write_bytes(feed())

    made = import_meetings(path, "--fellowship", "aa")

    assert made.exit_code == 0, made.output
    assert count() == READ
    assert f"{READ} meetings: {READ} new" in made.output
    rows = [line for line in made.output.splitlines() if line.startswith("Row ")]
    said = [line for line in rows if "kept: " not in line]
    refused = [(number, why) for number, (_row, why) in enumerate(ROWS, 1) if why]
    assert sorted(int(line.split()[1]) for line in said) == [number for number, _why in refused]
    for number, why in refused:
        line = next(told for told in said if told.startswith(f"Row {number} "))
        assert f"(line {number + 1})" in line
        assert why in line


def test_what_can_be_understood_is_understood(import_meetings, tmp_path, meeting_called):
    path = tmp_path / "dirty.json"
    path.write_bytes(feed())
    import_meetings(path, "--fellowship", "aa")

    def times(name):
        return [divmod(time.week_minute, 1440) for time in meeting_called(name).times]

    assert times("Days") == [(0, 735), (2, 735), (4, 735)]
    assert times("Day as text") == [(1, 7 * 60)]
    assert times("Names") == [(0, 19 * 60 + 30), (3, 19 * 60 + 30)]
    assert times("Noon") == [(6, 12 * 60)]
    assert times("Twelve") == [(5, 5)]
    assert times("By appointment") == []
    assert meeting_called("Ben & Jo’s place") is not None
    assert (meeting_called("Where").latitude, meeting_called("Where").longitude) == (34.25, -88.7)
    assert meeting_called("Nowhere").latitude is None
    assert meeting_called("Types").tags in ("|open|wheelchair|", "|wheelchair|open|")
    assert meeting_called("Types").types == "|O|XYZ|X|"
    assert meeting_called("Link").conference_url == ""
    assert len(meeting_called("x" * 255).notes) == 2000


@pytest.mark.database
def test_the_real_feed_is_read_whole(import_meetings, real_feed, count, meeting_called):
    made = import_meetings(real_feed, "--fellowship", "aa", "--zone", "America/Chicago")
    assert made.exit_code == 0, made.output
    rows = json.loads(real_feed.read_text())
    assert count() == len(rows)
    assert "0 rows could not be read" in made.output
    assert meeting_called("Closed for Renovation").mode == "closed"
    assert meeting_called("Online Mondays").mode == "online"
    assert "|tupelo|" in meeting_called("Sunday Serenity").places
    assert meeting_called("Sunday Serenity").zone == "America/Chicago"
    assert meeting_called("朝の集い").city == "Memphis"


def test_bmlt_is_na_and_its_ways_are_known(import_meetings, tmp_path, meeting_called):
    folder = tmp_path / "client_interface" / "tsml"
    folder.mkdir(parents=True)
    rows = [
        {"slug": "hope-12", "name": "Hope", "day": 1, "time": "19:00", "end_time": "20:30",
         "types": ["BEG", "WCHR", "CLOSED", "DISC"], "coordinates": "33.6,-78.9",
         "formatted_address": "1 Oak St, Conway, SC 29526, USA", "approximate": "no"},
        {"slug": "screen-13", "name": "Screen", "day": 1, "time": "20:00", "types": ["VM", "SPK"],
         "coordinates": None, "conference_url": "https://example.org/j/5"},
    ]  # fmt: skip
    (folder / "feed.json").write_bytes(feed(rows))
    assert import_meetings(folder / "feed.json").exit_code == 0
    hope, screen = meeting_called("Hope"), meeting_called("Screen")
    assert (hope.fellowship, hope.mode, hope.minutes) == ("na", "in_person", 90)
    assert set(hope.all_tags) == {"newcomer", "wheelchair", "closed", "discussion"}
    assert (hope.latitude, hope.longitude) == (33.6, -78.9)
    assert "|conway|conway sc|conway south carolina|29526|" in hope.places
    assert (screen.mode, screen.latitude) == ("online", None)


def test_bmlts_own_rows_are_read_too(import_meetings, tmp_path, meeting_called):
    folder = tmp_path / "client_interface" / "json"
    folder.mkdir(parents=True)
    room = {
        "id_bigint": "71", "worldid_mixed": "", "weekday_tinyint": "1", "venue_type": "1",
        "start_time": "23:30:00", "duration_time": "01:30:00", "time_zone": "America/Denver",
        "formats": "O,B,WC,Zq", "meeting_name": "Made-up Hope", "published": "1",
        "location_text": "Hall", "location_info": "Side door", "location_street": "1 Oak St",
        "location_municipality": "Springfield", "location_province": "IL", "comments": "Bring tea",
        "location_postal_code_1": "62701", "latitude": "39.8", "longitude": "-89.6",
        "contact_name_1": "Jo Smith",
    }  # fmt: skip
    screen = {
        "id_bigint": 72, "weekday_tinyint": 7, "venue_type": 2, "start_time": "20:00:00",
        "duration_time": "00:00:00", "formats": "VM", "meeting_name": "Made-up Screen",
        "location_street": "1 Oak St", "location_municipality": "Springfield",
        "location_province": "IL", "virtual_meeting_link": "https://example.org/j/5",
        "virtual_meeting_additional_info": "Passcode: 4321", "phone_meeting_number": "555-0102",
    }  # fmt: skip
    hidden = room | {"id_bigint": "73", "meeting_name": "Hidden", "published": "0"}
    odd = room | {"id_bigint": "74", "meeting_name": "Odd", "weekday_tinyint": "0"}
    (folder / "feed.json").write_bytes(feed([room, screen, hidden, odd]))

    made = import_meetings(folder / "feed.json")

    assert made.exit_code == 0, made.output
    assert "Row 3 (line 4): Its server holds it back." in made.output
    assert "Row 4 (line 5): “0 of 1 to 7” isn’t a day of the week." in made.output
    assert "Smith" not in made.output
    hope, on_screen = meeting_called("Made-up Hope"), meeting_called("Made-up Screen")
    assert (hope.fellowship, hope.mode, hope.minutes) == ("na", "in_person", 90)
    assert (hope.zone, hope.where) == ("America/Denver", "1 Oak St, Springfield, IL, 62701")
    assert [time.week_minute for time in hope.times] == [6 * 1440 + 23 * 60 + 30]
    assert set(hope.all_tags) == {"newcomer", "wheelchair", "open"}
    assert (hope.notes, hope.location_notes) == ("Bring tea", "Side door")
    assert (on_screen.mode, on_screen.minutes) == ("online", 60)
    assert [time.week_minute for time in on_screen.times] == [5 * 1440 + 20 * 60]
    assert on_screen.conference_url_notes == "Passcode: 4321"
    assert meeting_called("Hidden") is None


@pytest.mark.database
def test_importing_again_updates_and_removes(list_meetings, meeting_called, count):
    stays = {"slug": "stays", "name": "Stays", "day": 1, "time": "09:00"}
    moves = {"slug": "moves", "name": "Moves", "day": [1, 2], "time": "09:00"}
    goes = {"slug": "goes", "name": "Goes", "day": 1, "time": "09:00"}
    list_meetings(stays, moves, goes)
    before = meeting_called("Moves").id

    made = list_meetings(stays, {**moves, "day": 3})

    assert "2 meetings: 0 new, 1 changed, 1 unchanged, 1 removed" in made.output
    assert meeting_called("Goes") is None
    moved = meeting_called("Moves")
    assert moved.id == before
    assert [time.week_minute for time in moved.times] == [2 * 1440 + NINE_AM]
    assert count(MeetingTime) == 2


@pytest.mark.database
def test_two_feeds_leave_each_other_alone(list_meetings, count, meeting_called):
    row = {"slug": "same", "name": "Same slug", "day": 1, "time": "09:00"}
    list_meetings(row, name="one")
    list_meetings({**row, "name": "Another"}, name="two", fellowship="smart")
    assert count() == 2
    assert meeting_called("Another").fellowship == "smart"


def test_what_was_said_once_is_remembered(list_meetings, import_meetings, tmp_path, meeting_called):
    row = {"slug": "a", "name": "A", "day": 1, "time": "09:00"}
    list_meetings(row, fellowship="lifering", zone="America/Denver")
    assert import_meetings(tmp_path / "feed.json").exit_code == 0
    assert meeting_called("A").fellowship == "lifering"
    assert meeting_called("A").zone == "America/Denver"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "doesn’t start with “[”. It’s empty"),
        (b"<!DOCTYPE html><p>Not found", "It’s a web page (HTML). Use JSON"),
        (b"<html>Not found</html>", "It’s a web page (HTML)"),
        (b'<?xml version="1.0"?><meetings/>', "It’s XML. Use JSON"),
        (b"slug,name,day\na,A,1\n", "It’s a table (CSV). Use JSON"),
        ("\ufeffName;Tag;Zeit\r\nA;1;".encode(), "It’s a table (CSV)"),
        (b"BEGIN:VCALENDAR\r\n", "It’s a calendar (iCalendar)"),
        (b"PK\x03\x04\x14\0\x06\0\x08", "It’s a spreadsheet"),
        (b"\x1f\x8b\x08\0\0\xff", "It’s a compressed file (gzip)"),
        (b"Our meetings", "It’s an unknown format"),
        (b'{"code": "rest_no_route"}', "It’s one JSON object that begins with “code”"),
        (b'{"range": "A1", "values": []}', "begins with “range”"),
        (
            b'[{"id_bigint": "1", "weekday_tinyint": "2", "start_time": "19:00:00"}]',
            "Row 1 (line 1): It has no name.",
        ),
        (b'{"resourceType": "Questionnaire", "status": "active"}', "It’s a FHIR Questionnaire."),
        ("\ufeff<!doctype html><title>Meetings".encode(), "It’s a web page (HTML)"),
        ("name\tday\ttime\r\nÜber 50\t1\t19:00\r\n".encode("cp1252"), "It’s a table (CSV)"),
        ('[{"slug": "a", "name": "Café"}]'.encode("cp1252"), "Save the file as UTF-8 instead"),
        (b"[]", "No readable meetings found"),
        (b"[{}, 5]", "No readable meetings found. Row 1 (line 1): It has no slug."),
        (
            b'[\n{"slug": "a", "name": "A"},\n{"slug": "b"',
            "stops being JSON at line 3",
        ),
        (b'[\n{"slug": "a", "name": "A"}\n{"slug": "b"}]', "stops being JSON at line 3"),
        (b'[{"slug": "a", "name": "A"}] and more', "stops being JSON at line 1"),
        (b'[{"slug": "a", "name": "A\xff"}]', "isn\u2019t UTF-8"),
        ('[{"slug": "a", "name": "Ä"}]'.encode("utf-16"), "It’s text in UTF-16"),
        (b"[" * 100_000, "stops being JSON"),
        (b'[{"slug": ' + b"9" * 5000 + b"}]", "stops being JSON"),
        (b'[{"slug": "' + b"a" * 400_000, "stops being JSON"),
    ],
)
def test_what_is_no_feed_changes_nothing(
    list_meetings, import_meetings, tmp_path, count, body, sentence
):
    list_meetings({"slug": "kept", "name": "Kept", "day": 1, "time": "09:00"})
    (tmp_path / "feed.json").write_bytes(body)
    made = import_meetings(tmp_path / "feed.json")
    assert made.exit_code == 1
    assert sentence in made.output
    assert "Traceback" not in made.output
    assert count() == 1


def test_what_the_operator_forgot_is_asked_for(import_meetings, tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(feed())
    assert "which fellowship these meetings belong to" in import_meetings(path).output
    wrong = import_meetings(path, "--fellowship", "aa", "--zone", "Mars/Olympus")
    assert "isn’t a time zone" in wrong.output
    assert import_meetings(tmp_path / "none.json", "--fellowship", "aa").exit_code == 1
    assert import_meetings(tmp_path, "--fellowship", "aa").exit_code == 1


def test_a_byte_order_mark_is_no_obstacle(import_meetings, tmp_path, count):
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + feed([{"slug": "a", "name": "A"}]))
    assert import_meetings(path, "--fellowship", "aa").exit_code == 0
    assert count() == 1


def test_what_is_left_out_of_a_row_that_is_kept_is_said_and_no_passcode_with_it(list_meetings):
    row = {"slug": "a", "name": "A", "day": 1, "time": "19:00"}
    made = list_meetings(
        {**row, "end_time": "late", "conference_url": "Zoom 55, passcode 4321", "venmo": "@a"},
        {**row, "slug": "b", "latitude": "north", "longitude": 9, "notes": {"en": "x"}},
        {**row, "slug": "c", "notes": "y" * 2001, "venmo": "", "square": None},
        {**row, "slug": "d", "contact_1_name": "Jo Smith", "venmo": "@d", "types": ["O", "QQ"]},
        {**row, "slug": "e", "url": "https://example.org/e and more", "conference_phone": "Ask Jo"},
        {**row, "slug": "f", "conference_url": "https://example.org/" + "x" * 2000},
    )
    for sentence in (
        "Row 1 (line 2), kept: end_time: “late” isn’t a time of day. Using one hour.",
        "Row 1 (line 2), kept: conference_url isn’t a link.",
        "Row 2 (line 3), kept: latitude and longitude aren’t on Earth, so they’re ignored.",
        "Row 2 (line 3), kept: notes isn’t text, so it’s ignored.",
        "Row 3 (line 4), kept: notes was cut off after 2000 characters.",
        "Row 5 (line 6), kept: conference_phone isn’t a phone number.",
        "Row 5 (line 6), kept: url has other text with its link. Only the link is kept.",
        "Row 6 (line 7), kept: conference_url is longer than 2000 characters, so it’s ignored.",
        "Fields not used: venmo (2), contact_1_name (1)",
        "Unknown types: QQ (1)",
        "6 meetings: 6 new",
    ):
        assert sentence in made.output
    for private in ("4321", "Smith", "Ask Jo", "@a"):
        assert private not in made.output


def test_a_report_has_room_for_so_many_names(list_meetings):
    row = {"slug": "a", "name": "A"}
    made = list_meetings(row | {f"odd {number}": 1 for number in range(2_000)} | {"x" * 90: 1})
    line = next(told for told in made.output.splitlines() if told.startswith("Fields"))
    assert len(line.split(",")) == 50
    assert "x" * 41 not in line


def test_the_next_import_brings_the_new_fields_to_meetings_from_before(
    app, list_meetings, meeting_called
):
    row = {"slug": "a", "name": "A", "day": 1, "time": "19:00", "city": "Tupelo", "state": "MS",
           "conference_url_notes": "Passcode: 4321"}  # fmt: skip
    list_meetings(row)
    with app.app_context():
        before = {"conference_url_notes": "", "state": "", "fingerprint": b"before"}
        db.session.execute(update(Meeting).values(before))
        db.session.commit()
    assert "1 changed" in list_meetings(row).output
    assert meeting_called("A").conference_url_notes == "Passcode: 4321"
    assert meeting_called("A").state == "MS"
