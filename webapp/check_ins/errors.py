"""What can't be brought in, in a sentence for whoever typed the command."""

from typing import Any


class NotImported(Exception):
    """A questionnaire, or what says how to score it, that we can't use as it is meant."""


def refused(item: dict[str, Any], why: str) -> NotImported:
    """Names the item by its link id and its text, since that is how its file is searched."""
    link_id, text = item.get("linkId"), item.get("text")
    name = f"Item {link_id}" if isinstance(link_id, str) and link_id else "An item"
    said = f" (“{_short(text)}”)" if isinstance(text, str) and text else ""
    return NotImported(f"{name}{said} {why}.")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
