"""The way to a meeting, by the map that a phone has. Pure: no page of ours asks any map."""

from urllib.parse import quote


def directions(address: str, user_agent: str) -> str:
    """A link that is followed by a tap only. Android opens the map of one's choice by itself; an
    iPhone, and a desk, know this address."""
    if not address:
        return ""
    where = quote(address, safe="")
    is_android = "Android" in user_agent
    return f"geo:0,0?q={where}" if is_android else f"https://maps.apple.com/?q={where}"
