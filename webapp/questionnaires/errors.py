"""What can't be brought in, in a sentence for whoever brings it."""

from typing import Any

from webapp.core.wording import gettext as _


class NotImported(Exception):
    """A questionnaire, or what says how to score it, that we can't use as it is meant."""


class NotScored(NotImported):
    """The same, where it is the scoring file."""


def refused(item: dict[str, Any], why: str) -> NotImported:
    """Why an item can't be used, in a sentence."""
    return NotImported(_("%(item)s %(why)s.", item=named(item), why=why))


def named(item: dict[str, Any]) -> str:
    """An item by its link id and its text, since that is how its file is searched."""
    link_id, text = item.get("linkId"), item.get("text")
    known = isinstance(link_id, str) and link_id
    name = _("Item %(id)s", id=link_id) if known else _("An item")
    said = f" (“{short(text)}”)" if isinstance(text, str) and text else ""
    return f"{name}{said}"


def short(text: str) -> str:
    """So much of a text that a line can name it."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
