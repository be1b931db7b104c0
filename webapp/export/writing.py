"""How a file is written while it is sent: JSON, FHIR, and the zip around them. Pure."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

FORMAT, VERSION = "groundwork-everything", 1
SENT_AT_ONCE = 32 * 1024  # bytes


class Waiting:
    """What the zip has written and nobody has sent yet. It can't be wound back."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        if data:  # most of the time what is compressed waits for more of it
            self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing stands between this and `parts`."""

    def taken(self) -> bytes:
        found, self.parts, self.size = b"".join(self.parts), [], 0
        return found


def zipped(files: Iterable[tuple[str, Iterable[str]]], at: datetime) -> Iterator[bytes]:
    """A zip, piece by piece; however much is in it, a piece is in memory."""
    waiting = Waiting()
    with ZipFile(waiting, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, parts in files:
            about = ZipInfo(name, at.timetuple()[:6])
            about.compress_type = ZIP_DEFLATED
            with archive.open(about, "w") as file:
                for part in parts:
                    file.write(part.encode())
                    if waiting.size > SENT_AT_ONCE:
                        yield waiting.taken()
    yield waiting.taken()


def as_json(at: datetime, tables: Iterable[tuple[str, Iterable[Any]]]) -> Iterator[str]:
    """`docs/export.md` says what is in it."""
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "made_at": {_written(at)}'
    for name, records in tables:
        yield f",\n{_written(name)}: ["
        yield from _listed(records)
        yield "]"
    yield "}\n"


def as_bundle(at: datetime, resources: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """A FHIR R4 collection of resources, each under its address."""
    yield f'{{"resourceType": "Bundle", "type": "collection", "timestamp": {_written(at)}'
    yield ',\n"entry": ['
    yield from _listed({"fullUrl": url, "resource": resource} for url, resource in resources)
    yield "]}\n"


def _listed(rows: Iterable[Any]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + _written(row)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


_written = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
