"""The rows of a JSON array, one at a time, however long the array is. Pure."""

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from webapp.core.wording import gettext as _
from webapp.meetings.errors import NotImported
from webapp.meetings.formats import HEAD, TAKEN, seen

ROW_LIMIT = 256 * 1024  # characters; a meeting has a few hundred
_SPACE = " \t\r\n"


class Unreadable(NotImported):
    """This is no list of meetings; the message says from where on."""


@dataclass(frozen=True)
class JsonRow:
    """One value of the array, and the line on which it begins."""

    number: int
    line: int
    value: Any


def rows(chunks: Iterable[bytes]) -> Iterator[JsonRow]:
    """Each row as soon as it is whole. Raises Unreadable from where it isn't JSON any more."""
    text = _Text(chunks)
    if text.next_character() != "[":
        raise text.other_format()
    text.take(1)
    number = 0
    while (mark := text.next_character()) != "]":
        if number:
            if mark != ",":
                raise text.problem()
            text.take(1)
            text.next_character()
        number += 1
        line = text.line
        yield JsonRow(number, line, text.value())
    text.take(1)
    if text.next_character():
        raise text.problem()


class _Text:
    """What has been read and not used yet, and the number of the line where it begins."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.line = 1
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._json = json.JSONDecoder()
        self._buffer, self._at, self._is_over = "", 0, False
        self._head = b""

    def next_character(self) -> str:
        """The next character that isn't space, without using it; "" at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self.take(1)
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, count: int) -> None:
        """Use up characters."""
        self.line += self._buffer.count("\n", self._at, self._at + count)
        self._at += count

    def value(self) -> Any:
        """The JSON value that begins here."""
        while True:
            try:
                value, end = self._json.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                if len(self._buffer) - self._at > ROW_LIMIT or not self._more():
                    raise self.problem() from None
                continue
            length = end - self._at
            # A number near the end ("1e+") may go on in the next chunk.
            if len(self._buffer) - end < 4 and self._more():
                continue
            self.take(length)
            return value

    def problem(self) -> Unreadable:
        """What to say when it can't go on."""
        return Unreadable(_("This stops being JSON at line %(line)s.", line=self.line))

    def other_format(self) -> Unreadable:
        """What to say when it is no list at all."""
        while len(self._head) < HEAD and self._next():
            pass
        what = seen(self._head[:HEAD])
        return Unreadable(
            _("This doesn’t start with “[”. It’s %(what)s. %(taken)s", what=what, taken=TAKEN)
        )

    def _next(self) -> bytes:
        chunk = next(self._chunks, b"")
        if len(self._head) < HEAD:
            self._head += chunk[:HEAD]
        return chunk

    def _more(self) -> bool:
        if self._is_over:
            return False
        chunk = self._next()
        self._is_over = not chunk
        try:
            new = self._decoder.decode(chunk, final=self._is_over)
        except UnicodeDecodeError:
            if not self._buffer.strip() and self._head.lstrip()[:1] != b"[":
                raise self.other_format() from None
            raise Unreadable(
                _(
                    "The text after line %(line)s isn’t UTF-8. Save the file as UTF-8 instead "
                    "(many programs on Windows use another encoding).",
                    line=self.line,
                )
            ) from None
        self._buffer, self._at = self._buffer[self._at :] + new, 0
        return bool(new) or not self._is_over
