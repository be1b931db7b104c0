"""A made-up list of recovery meetings, and what Ana made of it: visits, a home group, a wish."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid5

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db
from webapp.demo.backdated import written_at
from webapp.entries.actions import write
from webapp.meetings import importing
from webapp.meetings.actions import like, make_home, wish
from webapp.meetings.models import Meeting, Visit

SOURCE, FELLOWSHIP = "made-up-meetings.json", "other"
# Name, days from Sunday, time, types, place, street, minutes. No such meeting or place exists.
LISTED: tuple[tuple[str, list[int], str, str, str, str, int], ...] = (
    ("Lantern Street Noon", [1, 2, 3, 4, 5], "12:00", "O,D,X", "Lantern Hall", "12 Lantern St", 60),
    ("Quiet Harbor", [0], "09:30", "O,MED", "Boathouse", "3 Pier Rd", 60),
    ("One Thing Today", [1, 4], "18:30", "C,BE", "Made-up Library", "40 Elm St", 60),
    ("Late Bus", [5, 6], "22:00", "O,D", "Depot Café", "1 Station Sq", 60),
    ("First Light", [1, 3, 5], "06:30", "O,LIT", "Mill House", "77 Mill Ln", 45),
    ("Second Try Tuesdays", [2], "19:00", "O,SP", "Grange", "5 Orchard Rd", 90),
    ("Tools, Not Rules", [3], "17:30", "O,D,X", "Lantern Hall", "12 Lantern St", 60),
    ("Women of Willow Bend", [4], "19:00", "C,W", "Willow Bend Center", "9 Willow Bend", 60),
    ("Both Sides Now", [2, 6], "10:00", "O,D,POA", "Community Room", "22 Cedar Ave", 60),
    ("Domingo Tranquilo", [0], "17:00", "O,S", "Grange", "5 Orchard Rd", 60),
    ("Young and Trying", [5], "19:30", "O,Y", "Skate Hut", "18 Foundry St", 60),
    ("Sober Saturday Walk", [6], "08:00", "O", "Mill Pond Trailhead", "1 Pond Rd", 75),
)
ONLINE: tuple[tuple[str, list[int], str, str], ...] = (
    ("Kitchen Table Online", [0, 1, 2, 3, 4, 5, 6], "20:00", "O,D"),
    ("Night Owls Online", [0, 3, 5], "23:00", "O"),
    ("Breath and Step Online", [2, 4], "07:15", "O,MED"),
)
HOME, LIKED = "Lantern Street Noon", ("Kitchen Table Online", "Tools, Not Rules")
# Days ago, hour, meeting, what she took along, what she wants to do.
WENT: tuple[tuple[int, int, str, str, str], ...] = (
    (24, 12, HOME, "I just sat in the back.", ""),
    (19, 20, "Kitchen Table Online", "Camera off. Still counted.", ""),
    (15, 12, HOME, "Somebody saved me a chair.", "Go again on Friday"),
    (11, 17, "Tools, Not Rules", "Write the urge down before I argue with it.", ""),
    (8, 12, HOME, "Said my name.", "Ask June for her number"),
    (4, 20, "Kitchen Table Online", "", ""),
    (1, 12, HOME, "June says the third month is easier.", "Call June on Sunday"),
)


def meet(person: Person, now: datetime, zone: str) -> None:
    """List the meetings; she went to some in the last weeks."""
    _list(zone)
    found = db.session.scalars(select(Meeting).where(Meeting.name.in_((HOME, *LIKED))))
    by_name = {meeting.name: meeting for meeting in found}
    for name in LIKED:
        like(person, by_name[name])
    make_home(person, by_name[HOME])
    wish(person, 2, None)
    today = clock.local(now, zone)
    for days, hour, name, takeaway, commitment in WENT:
        at = (today - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        place = by_name[name].location
        content = {
            "meeting": name, "fellowship": FELLOWSHIP, "place": place, "takeaway": takeaway,
            "attended": "in_person" if place else "online", "commitment": commitment, "zone": zone,
        }  # fmt: skip
        visit = write(Visit, person, uuid5(person.id, f"visit {days}"), at, content)
        written_at(at + timedelta(minutes=70), visit)


def _list(zone: str) -> None:
    chosen = importing.Chosen(SOURCE, FELLOWSHIP, zone)
    body = BytesIO(json.dumps(_rows()).encode())
    for _step in importing.steps(body, chosen, importing.Report()):
        pass


def _rows() -> list[dict[str, Any]]:
    rooms = [
        _row(name, days, at, types) | {
            "location": place, "address": street, "city": "Springfield", "state": "IL",
            "postal_code": "00000", "end_time": _after(at, minutes),
        }
        for name, days, at, types, place, street, minutes in LISTED
    ]  # fmt: skip
    links = [
        _row(*online) | {"conference_url": "https://example.org/made-up-meeting"}
        for online in ONLINE
    ]
    return rooms + links


def _row(name: str, days: list[int], at: str, types: str) -> dict[str, Any]:
    slug = name.replace(" ", "-").replace(",", "")
    return {"slug": slug, "name": name, "day": days, "time": at, "types": types.split(",")}


def _after(at: str, minutes: int) -> str:
    end = int(at[:2]) * 60 + int(at[3:]) + minutes
    return f"{end // 60:02}:{end % 60:02}"
