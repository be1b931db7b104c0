"""One-time codes that a person copies from paper: `K7QM-4RTX9WPD`.

The first four characters find the row, the other eight are the secret (40 bits), of which the
database holds only a keyed hash. Forty bits are enough because tries are throttled, the code
works once, and it ends after days.
"""

import hmac
import secrets
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.crypto.keys import AnySession, keyed_hash
from webapp.core.data.hanging import Hangs
from webapp.core.data.types import UtcDateTime
from webapp.core.folding import folded
from webapp.core.limits import LINE

# Crockford's alphabet: no I, L, O or U, so nothing is misread and no word is spelled.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PUBLIC, SECRET = 4, 8
_MISREAD = str.maketrans("ILOU", "110V")


class OneTimeCode:
    """The columns of a row that a code finds and that can be used once."""

    hangs = Hangs(("person_id", "made_by_id"), ended="used_at")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    public: Mapped[str] = mapped_column(String(PUBLIC), unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    def set_code(self) -> str:
        """Choose a code for this row and return it, to be shown once."""
        code = make_code()
        self.public, self.secret_hash = code[:PUBLIC], _hash(code)
        return shown(code)


Row = TypeVar("Row", bound=OneTimeCode)


def make_code() -> str:
    """A new code, without its dash."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC + SECRET))


def shown(code: str) -> str:
    """How a code stands on paper."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def typed(text: str) -> str | None:
    """The code in what somebody typed, or None: case, spaces, dashes and look-alikes forgiven."""
    if len(text) > LINE:  # comparing a megabyte takes a worker seconds, and strangers type codes
        return None
    code = folded(text).upper().replace(" ", "").replace("-", "").translate(_MISREAD)
    fits = len(code) == PUBLIC + SECRET and all(character in ALPHABET for character in code)
    return code if fits else None


def find_open(session: AnySession, kind: type[Row], text: str) -> Row | None:
    """The unused, unexpired row for a code. Takes as long when there is none."""
    code = typed(text) or "0" * (PUBLIC + SECRET)
    row = session.scalar(select(kind).where(kind.public == code[:PUBLIC]))
    right = hmac.compare_digest(row.secret_hash if row else bytes(32), _hash(code))
    usable = row is not None and row.used_at is None and row.expires_at > clock.now()
    return row if right and usable else None


def use(session: AnySession, row: OneTimeCode) -> bool:
    """Use the code up. Of a hundred at the same time, exactly one gets True."""
    kind = type(row)
    result = session.execute(
        update(kind).where(kind.id == row.id, kind.used_at.is_(None)).values(used_at=clock.now())
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def _hash(code: str) -> bytes:
    return keyed_hash("codes", code.encode())
