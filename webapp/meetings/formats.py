"""What a file is that isn't a feed, and what would be one. Pure."""

import re

from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l

TAKEN = _l(
    "Use JSON: a Meeting Guide feed, which is a list of meetings in [ ], or BMLT’s "
    "/client_interface/json/?switcher=GetSearchResults."
)
HEAD = 400  # bytes, by which one can tell
_FIRST_BYTES = {
    b"\x1f\x8b": _l("a compressed file (gzip)"),
    b"PK\x03\x04": _l("a spreadsheet or another zip file"),
    b"%PDF": _l("a PDF"),
    b"\xff\xfe": _l("text in UTF-16"),
    b"\xfe\xff": _l("text in UTF-16"),
}
_FIRST_WORDS = {
    r"<!doctype html|<html": _l("a web page (HTML)"),
    r"<": _l("XML"),
    r"BEGIN:VCALENDAR": _l("a calendar (iCalendar)"),
    r"[^\n{}\[]*([,;\t])[^\n]*\1[^\n]*(\n|$)": _l("a table (CSV)"),
}


def seen(head: bytes) -> str:
    """What something is, by its first bytes."""
    for first, name in _FIRST_BYTES.items():
        if head.startswith(first):
            return str(name)
    words = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if not words:
        return _("empty")
    if words.startswith("{"):
        if kind := re.match(r'\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,40})"', words):
            return _("a FHIR %(kind)s", kind=kind[1])
        key = re.match(r'\{\s*"([\w .-]{1,40})"', words)
        begins = _("one JSON object that begins with “%(key)s”", key=key[1]) if key else ""
        return begins or _("one JSON object")
    for pattern, name in _FIRST_WORDS.items():
        if re.match(pattern, words, re.IGNORECASE):
            return str(name)
    return _("an unknown format")
