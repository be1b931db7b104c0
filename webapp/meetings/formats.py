"""What a file is that isn't a feed, and what would be one. Pure."""

import re

TAKEN = (
    "Use JSON: a Meeting Guide feed, which is a list of meetings in [ ], or BMLT’s "
    "/client_interface/json/?switcher=GetSearchResults."
)
HEAD = 400  # bytes, by which one can tell
_FIRST_BYTES = {
    b"\x1f\x8b": "a compressed file (gzip)",
    b"PK\x03\x04": "a spreadsheet or another zip file",
    b"%PDF": "a PDF",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
_FIRST_WORDS = {
    r"<!doctype html|<html": "a web page (HTML)",
    r"<": "XML",
    r"BEGIN:VCALENDAR": "a calendar (iCalendar)",
    r"[^\n{}\[]*([,;\t])[^\n]*\1[^\n]*(\n|$)": "a table (CSV)",
}


def seen(head: bytes) -> str:
    """What something is, by its first bytes."""
    for first, name in _FIRST_BYTES.items():
        if head.startswith(first):
            return name
    words = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if not words:
        return "empty"
    if words.startswith("{"):
        if kind := re.match(r'\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,40})"', words):
            return f"a FHIR {kind[1]}"
        key = re.match(r'\{\s*"([\w .-]{1,40})"', words)
        return "one JSON object" + (f" that begins with “{key[1]}”" if key else "")
    for pattern, name in _FIRST_WORDS.items():
        if re.match(pattern, words, re.IGNORECASE):
            return name
    return "an unknown format"
