"""Sealed content: one JSON document a row, under the owner's data key, bound to the row.

Bound data names the row, its owner and its version, so a row that was swapped for another,
given to another person or rolled back doesn't open. Such a row is drawn in its place, with a
sentence: whatever is asked of it is nothing, and nothing can be written over it.
"""

import json
import os
from functools import lru_cache
from typing import Any, ClassVar, Generic, NoReturn, Self, TypeVar, overload
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, event, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session
from sqlalchemy.orm.attributes import flag_modified

from webapp.core import limits
from webapp.core.crypto.keys import keyring
from webapp.core.errors import Ceiling, RolledBack, Unopened, report_unopened
from webapp.core.folding import one_line
from webapp.core.wording import gettext as _

T = TypeVar("T")
FORMAT = b"\x01"
_line = lru_cache(maxsize=2_000)(one_line)  # a page asks for the same names many times
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_read = json.JSONDecoder().raw_decode  # `seal` writes nothing around the document


def seal(content: dict[str, Any], key: AESGCM, bound: bytes) -> bytes:
    """Encrypt a document: format byte, nonce of 12 bytes, AES-256-GCM ciphertext with its tag."""
    nonce = os.urandom(12)
    plain = _written(content).encode()
    return FORMAT + nonce + key.encrypt(nonce, plain, bound)


def unseal(sealed: bytes, key: AESGCM, bound: bytes) -> dict[str, Any]:
    """Open a document. Raises Unopened if it was altered, or key, row, owner or version is another,
    or it has a format that this version doesn't know."""
    try:
        if sealed[:1] != FORMAT:
            raise ValueError(sealed[:1])
        plain = key.decrypt(sealed[1:13], sealed[13:], bound).decode()
        content: dict[str, Any] = _read(plain)[0]
    except (InvalidTag, ValueError):
        raise Unopened(bound.decode()) from None
    return content


class Closed(dict[str, Any]):
    """Stands for what can't be opened: it reads as empty, and refuses to be changed."""

    def __init__(self, error: Unopened) -> None:
        super().__init__()
        self.error = error
        report_unopened(error)

    def refuse(self, *_: Any, **__: Any) -> NoReturn:
        """Nothing is written over what may yet be brought back."""
        raise type(self.error)(self.error.which)

    __setitem__ = __delitem__ = __ior__ = refuse
    clear = update = pop = popitem = setdefault = refuse


def opened_or_closed(sealed: bytes, key: AESGCM, bound: bytes) -> dict[str, Any]:
    """The document, or what stands for one that can't be opened."""
    try:
        return unseal(sealed, key, bound)
    except Unopened as error:
        return Closed(error)


class Sealed(Generic[T]):
    """A field inside the sealed content: `situation = Sealed[str]()`. Absent reads as None."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed[T]": ...
    @overload
    def __get__(self, row: "SealedRow", owner: type) -> T | None: ...
    def __get__(self, row: "SealedRow | None", owner: type) -> "Sealed[T] | T | None":
        if row is None:
            return self
        # What is opened already is asked for some hundred times on a page.
        content = row.__dict__.get("_content")
        return (row.content if content is None else content).get(self.name)

    def __set__(self, row: "SealedRow", value: T | None) -> None:
        if row.content.get(self.name) != value:
            row.content[self.name] = value
            row.reseal()


class SealedLine(Sealed[str]):
    """A name inside the sealed content. What was kept before names were looked at is drawn so."""

    def __get__(self, row: Any, owner: type) -> Any:
        found = Sealed.__get__(self, row, owner)
        return _line(found) if isinstance(found, str) else found


class SealedRow:
    """A row with sealed content. It says whose key seals it and what the seal is bound to."""

    sealed: Mapped[bytes] = mapped_column(LargeBinary, default=b"")

    longest: ClassVar[int] = limits.DOCUMENT  # bytes

    @property
    def comes_through(self) -> bool:
        """Whether this is a call for help, which no ceiling stops."""
        return False

    @property
    def sealed_for(self) -> UUID:
        """The person whose key this is sealed with."""
        raise TypeError(f"{type(self).__name__} doesn't say whose it is")

    @property
    def sealed_as(self) -> str:
        """What the seal is bound to, besides the kind of row."""
        raise TypeError(f"{type(self).__name__} doesn't say what it is")

    @property
    def _may_be_empty(self) -> bool:
        return not inspect(self).persistent

    @property
    def is_unopened(self) -> bool:
        """Whether this can't be opened; then a sentence stands in its place."""
        return isinstance(self.content, Closed)

    @property
    def is_rolled_back(self) -> bool:
        """Whether that is because a later state of it is known of."""
        return isinstance(self.content, Closed) and isinstance(self.content.error, RolledBack)

    @property
    def content(self) -> dict[str, Any]:
        """The opened document; opened once, on first use."""
        content: dict[str, Any] | None = self.__dict__.get("_content")
        if content is None:
            content = self._open()
            self.__dict__["_content"] = content
        return content

    @classmethod
    def seen(cls, sealed: bytes, key: AESGCM, sealed_as: str, **columns: Any) -> Self:
        """A row to be drawn, never changed, opened at once."""
        columns["_content"] = opened_or_closed(sealed, key, cls.bound(sealed_as))
        row: Self = cls.drawn(columns)  # type: ignore[attr-defined]
        return row

    @classmethod
    def told(cls, content: dict[str, Any], **columns: Any) -> Self:
        """A row to be drawn, never changed, of what was opened already."""
        columns["_content"] = content
        row: Self = cls.drawn(columns)  # type: ignore[attr-defined]
        return row

    @classmethod
    def begun(cls, session: Session, content: dict[str, Any], **columns: Any) -> Self:
        """A new row, sealed at once, for who puts it into the database by a statement.

        As with any row to be drawn, no session watches over it. Raises Ceiling like `seal_now`.
        """
        row = cls.told(content, **columns)
        row.__dict__["sealed"] = row._seal(session)
        return row

    def must_be_open(self) -> None:
        """Raises Unopened, or RolledBack: for a page that is about this row alone."""
        if isinstance(self.content, Closed):
            self.content.refuse()

    def begin_anew(self) -> None:
        """Forget what can't be opened: whoever asks for this says everything in it again."""
        if self.is_unopened:
            self.__dict__["_content"] = {}
            self.reseal()

    def reseal(self) -> None:
        """Have the next flush seal the content anew."""
        self.__dict__["_reseal"] = True
        if "sealed" not in self.__dict__ and object_session(self) is None:
            self.sealed = b""
        flag_modified(self, "sealed")

    def seal_now(self, session: Session) -> None:
        """Called by the flush. A kind of row with versions does its counting here.

        Raises Ceiling for a document longer than any may grow, Unopened for what couldn't be read.
        """
        self.__dict__.pop("_reseal", None)
        self.must_be_open()
        self.sealed = self._seal(session)

    @classmethod
    def bound(cls, sealed_as: str) -> bytes:
        """The bytes that a seal of this kind of row is bound to."""
        return f"{cls.__tablename__}|{sealed_as}".encode()  # type: ignore[attr-defined]

    def _seal(self, session: Session) -> bytes:
        key = keyring(session).key_of(self.sealed_for)
        sealed = seal(self.content, key, self.bound(self.sealed_as))
        if len(sealed) > self.longest and not self.comes_through:
            raise Ceiling(
                _("This is too long to save all at once. Nothing was saved. Save it in two parts.")
            )
        return sealed

    def _open(self) -> dict[str, Any]:
        session = object_session(self)
        if session is None or (not self.sealed and self._may_be_empty):
            return {}
        bound = self.bound(self.sealed_as)
        return opened_or_closed(self.sealed, keyring(session).key_of(self.sealed_for), bound)


@event.listens_for(Session, "before_flush")
def _seal_before_flush(session: Session, *_: object) -> None:
    for row in [*session.new, *session.dirty]:
        if isinstance(row, SealedRow) and (row in session.new or "_reseal" in row.__dict__):
            row.seal_now(session)


@event.listens_for(SealedRow, "refresh", propagate=True)
@event.listens_for(SealedRow, "expire", propagate=True)
def _forget_opened(row: SealedRow | None, *_: object) -> None:
    if row is not None:  # a row that nobody holds any more is gone before its expiry
        row.__dict__.pop("_content", None)
