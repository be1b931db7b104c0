"""Whoever came from *To do* on the first day goes back to it with each form, to what is left."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue


def from_to_do() -> str | None:
    """What the next address says as well, while somebody comes from there."""
    return "1" if request.args.get("todo") else None


def onward(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Once something is done: back to *To do* for who came from it, or else to this page."""
    return redirect(url_for("clinic.index") if from_to_do() else url_for(endpoint, **values))
