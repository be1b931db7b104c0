"""A record in words: each field as its form asks it, each answer as it was tapped."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from webapp.core.dates import full_day, hour, wall
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.export.queries import UNOPENED, Record
from webapp.plan.outline import PARTS
from webapp.writing.kind import KINDS

Line = tuple[str, list[str]]
WORDS = {
    "about": _l("To talk about"),
    "at": _l("When"),
    "actor_id": _l("Who"),
    "author_id": _l("By"),
    "bring_up": _l("Wants to talk about it"),
    "created_at": _l("Written"),
    "group_id": _l("Group"),
    "group_session_id": _l("Group session"),
    "happened_at": _l("When"),
    "made_by_id": _l("By"),
    "marked_by_id": _l("By"),
    "opened_by_id": _l("Opened by"),
    "reader_id": _l("Opened by"),
    "own_words": _l("Words I added"),
    "removed_at": _l("Deleted"),
    "says": _l("What happened"),
    "said": _l("Questions and answers"),
    "undone_by_id": _l("Undone by"),
    "updated_at": _l("Last changed"),
    "zone": _l("Time zone"),
}

UNREAD = ("version", "number", "sequence", "locks", "round")  # counted for programs


class InWords:
    """Records as lines to read, by the clock of one zone. Kept for years, so no day is "today"."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def lines(self, record: Record) -> list[Line]:
        """What and how, for each field that says something. Ids say nothing to a reader."""
        found = []
        for name, value in record.items():
            if name in UNREAD or ("says" in record and name == "kind"):
                continue
            if name == UNOPENED:
                found.append((_("This can’t be opened"), [_("It’s here, but it can’t be read.")]))
            elif name == "content":
                found.extend(self._content(str(record.get("kind", "")), value or {}))
            elif texts := list(self._texts(_spoken(value) if name == "kind" else value, {})):
                found.append((str(WORDS.get(name, _spoken(name))), texts))
        return found

    def _content(self, kind: str, content: Mapping[str, Any]) -> Iterator[Line]:
        asked = self._plan(content) or self._asked.get(kind, {})
        for name, value in content.items():
            label, choices = asked.get(name, (str(WORDS.get(name, _spoken(name))), {}))
            if texts := list(self._texts(value, choices)):
                yield label, texts

    @cached_property
    def _asked(self) -> dict[str, dict[str, tuple[str, dict[str, str]]]]:
        """By kind and field: what its form asks, and the words for what can be tapped there."""
        found = {}
        for name, kind in KINDS.items():
            if kind.form is not None:
                form = kind.form(formdata=None, zone=self.zone)
                found[name] = {field.name: (str(field.label.text), _taps(field)) for field in form}
        return found

    def _plan(self, content: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, str]]]:
        part = PARTS.get(str(content.get("part")))
        asked = part.questions if part is not None else ()
        return {question.name: (str(question.heading), {}) for question in asked}

    def _texts(self, value: Any, choices: Mapping[str, str]) -> Iterator[str]:
        if value is None or value == "" or isinstance(value, UUID):
            return
        if isinstance(value, bool):
            yield _("Yes") if value else _("No")
        elif isinstance(value, datetime):
            yield f"{full_day(value, self.zone)}, {hour(value, self.zone)}"
        elif isinstance(value, time):
            yield wall(value)
        elif isinstance(value, date):
            yield full_day(value)
        elif isinstance(value, Mapping):
            yield " · ".join(self._pairs(value, choices))  # sentences end with a period
        elif isinstance(value, (list, tuple)):
            for one in value:
                if isinstance(one, (list, tuple)):
                    yield ": ".join(text for part in one for text in self._texts(part, choices))
                else:
                    yield from self._texts(one, choices)
        else:
            yield choices.get(str(value), str(value))

    def _pairs(self, value: Mapping[str, Any], choices: Mapping[str, str]) -> Iterator[str]:
        for name, inside in value.items():
            texts = ", ".join(self._texts(inside, choices))
            if texts and name in ("name", "starts_at"):
                yield texts
            elif texts and name != "id":
                yield f"{_spoken(name)}: {texts}"


def _taps(field: Any) -> dict[str, str]:
    choices = getattr(field, "choices", None)
    choices = choices() if callable(choices) else choices or ()
    return {str(choice.value): str(choice.label) for choice in choices}


def _spoken(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()
