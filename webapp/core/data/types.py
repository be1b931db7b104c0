"""Column types that say what they mean."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Processor = Callable[[Any], Any]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, never a naive time. A naive one is a mistake and raises.

    SQLite keeps text. It is written and read here in one step each, since the library's three
    steps were a tenth of what a page with sixty entries cost.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Processor:
        return _as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _from_text if dialect.name == "sqlite" else _in_utc


class Id(Uuid[UUID]):
    """A row's id. SQLite keeps text, and the ids of a page's rows are mostly those of the last."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return _id_from_text if dialect.name == "sqlite" else None


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    instant = _in_utc(value)
    return _utc_as_text(instant) if instant else None


# A request says "now" to each of its statements, mostly twice. In UTC alone: elsewhere the two
# hours of one night are equal.
@lru_cache(maxsize=1_000)
def _utc_as_text(instant: datetime) -> str:
    # Without "+00:00", which costs twice as much to write and to cut off.
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=20_000)
def _from_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{value}+00:00") if value else None


class _Known(UUID):
    """An id that remembers how it is written: into addresses, and into what a seal is bound to."""

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        super().__init__(text)
        object.__setattr__(self, "_text", super().__str__())

    def __str__(self) -> str:
        return self._text


@lru_cache(maxsize=20_000)
def _id_from_text(value: str | None) -> UUID | None:
    return None if value is None else _Known(value)


# `:now` in a clause or statement that is built once and run with the instant of each request:
# building one anew costs several times what running it does.
NOW = bindparam("now", type_=UtcDateTime)
