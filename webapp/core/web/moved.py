"""Addresses of before: bookmarks, calendars and pages that were open meanwhile still have them."""

from flask import redirect, request
from flask.typing import ResponseReturnValue


def moved(before: str, now: str) -> ResponseReturnValue:
    """The same request again, with its query and what was posted, where it is answered now."""
    query = request.query_string.decode("latin-1")
    return redirect(request.path.replace(before, now) + (f"?{query}" if query else ""), 308)
