"""A feed with every defect that real ones have, a line each: what is read, and why what is not."""

import json

# (the row as it stands in the feed, what is said when it can't be read)
ROWS = [
    ({"slug": "clean", "name": "Clean", "day": 1, "time": "19:00"}, None),
    ({"slug": "days", "name": "Days", "day": [1, "3", "Friday"], "time": "12:15"}, None),
    ({"slug": "day-text", "name": "Day as text", "day": "2", "time": "07:00:00"}, None),
    ({"slug": "day-names", "name": "Names", "day": "Mondays & Thu.", "time": "7:30 PM"}, None),
    ({"slug": "noon", "name": "Noon", "day": 0, "time": "noon"}, None),
    ({"slug": "twelve", "name": "Twelve", "day": 6, "time": "12:05 a.m."}, None),
    (
        {"slug": "entities", "name": "Ben &amp; Jo&#8217;s <b>place</b>", "day": 5, "time": "9pm"},
        None,
    ),
    (
        {"slug": "text-coordinates", "name": "Where", "latitude": "34.25", "longitude": "-88.7"},
        None,
    ),
    ({"slug": "odd-coordinates", "name": "Nowhere", "latitude": "north", "longitude": 999}, None),
    ({"slug": 4711, "name": "Number as slug", "day": 3.0, "time": "18:00"}, None),
    ({"slug": "types", "name": "Types", "day": 1, "time": "8:00", "types": "O,XYZ,X"}, None),
    ({"slug": "nul", "name": "N\0ul \ud800", "day": 1, "time": "8:00"}, None),
    ({"slug": "script", "name": "Link", "conference_url": "javascript:alert(1)"}, None),
    ({"slug": "long", "name": "x" * 9000, "notes": "y" * 90_000}, None),
    ({"slug": "by-appointment", "name": "By appointment", "day": None, "time": ""}, None),
    ({"slug": "clean", "name": "Twice", "day": 2, "time": "19:00"}, "already used its slug"),
    ({"name": "No slug", "day": 1, "time": "19:00"}, "has no slug"),
    ({"slug": "no-name", "name": " &nbsp; ", "day": 1, "time": "19:00"}, "has no name"),
    ({"slug": "no-time", "name": "No time", "day": 1}, "a day but no time"),
    ({"slug": "no-day", "name": "No day", "time": "19:00"}, "a time but no day"),
    ({"slug": "day-7", "name": "Day 7", "day": 7, "time": "19:00"}, "“7” isn’t a day"),
    ({"slug": "day-odd", "name": "Day", "day": "whenever", "time": "19:00"}, "isn’t a day"),
    ({"slug": "day-true", "name": "Day", "day": True, "time": "19:00"}, "isn’t a day"),
    ({"slug": "time-odd", "name": "Time", "day": 1, "time": "25:00"}, "“25:00” isn’t a time"),
    ({"slug": "time-pm", "name": "Time", "day": 1, "time": "13:00 pm"}, "isn’t a time"),
    ({"slug": "time-list", "name": "Time", "day": 1, "time": ["19:00"]}, "isn’t a time"),
    (
        {"slug": "zone", "name": "Zone", "day": 1, "time": "8:00", "timezone": "Mars"},
        "Unknown time zone",
    ),
    ("just text", "isn’t an object"),
    (None, "isn’t an object"),
    ([1, 2], "isn’t an object"),
    (7, "isn’t an object"),
]

READ = sum(reason is None for _row, reason in ROWS)


def feed(rows=None) -> bytes:
    """One row a line: the first one stands on line 2."""
    rows = [row for row, _reason in ROWS] if rows is None else rows
    return ("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n").encode()
