"""Who there is, and where each of them is signed in."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from flask_login import UserMixin
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from webapp.core import clock
from webapp.core.codes import OneTimeCode
from webapp.core.crypto.keys import DataKey
from webapp.core.crypto.sealing import Sealed, SealedLine, SealedRow
from webapp.core.data.db import Base
from webapp.core.data.hanging import Hangs
from webapp.core.data.types import UtcDateTime
from webapp.core.folding import looks, name_keys
from webapp.core.wording import gettext as _


class Role(StrEnum):
    """What a person is here as."""

    PATIENT = "patient"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"


class HereFor(StrEnum):
    """The one question asked when joining; the words on some pages follow it."""

    USE = "use"
    MENTAL_HEALTH = "mental_health"
    BOTH = "both"


class _Name(SealedLine):
    """The name to be called by; the username for a name that can't be opened."""

    def __get__(self, row: Any, owner: type) -> Any:
        name = super().__get__(row, owner)
        return row.username if name is None and row is not None and row.is_unopened else name


FORMER_NAME_SHOWN = timedelta(days=14)


class Person(SealedRow, Base):
    """Somebody with an account. The name to be called by is sealed; the username is not.

    A name may be anybody's: refusing one that is taken would tell who else is here. So staff see
    the username where two look alike (`apart`), and for a while what somebody was called before.
    """

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Secret addresses made before this moment are worth nothing any more.
    handed_out_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # asked for; until then, a week
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a legal hold goes on

    # Never loaded by itself: a statement that reads more than one person brings their keys along.
    key: Mapped[DataKey | None] = relationship(lazy="raise", viewonly=True)

    name = _Name()
    former_name = SealedLine()
    renamed_at = Sealed[str]()
    here_for = Sealed[str]()
    label = SealedLine()  # by which staff tell a patient apart: a last initial, a chart number
    asks_again = Sealed[bool]()  # for the password, after five minutes away
    quiet_today = Sealed[bool]()  # Today shows words and numbers only after a tap
    lock_offer_over = Sealed[bool]()  # the offer of a PIN was answered, whichever way
    own_words = Sealed[dict[str, list[str]]]()  # added to the journal's chips, by the question
    dismissed = Sealed[list[str]]()  # what Today suggested in a first week and isn't wanted
    answered_at = Sealed[str]()  # a suggestion, with a no

    @property
    def sealed_for(self) -> UUID:
        return self.id

    @property
    def sealed_as(self) -> str:
        return str(self.id)

    apart = False  # another one in the same list looks alike
    supervises = False  # in this list, as clinical supervisor of the group

    @property
    def called(self) -> str:
        """The name to be called by; the username where there is none."""
        return self.name or self.username

    @property
    def as_reader(self) -> str:
        """How patients read who can open what they share."""
        return supervisor_called(self.called) if self.supervises else self.called

    def rename(self, name: str) -> None:
        """Be called something else. Of several changes in two weeks, the first name counts."""
        if looks(name) != looks(self.name or ""):
            if not self.was:
                self.former_name = self.name
            self.renamed_at = clock.now().isoformat()
        self.name = name

    @property
    def was(self) -> str | None:
        """What staff knew this person as, for two weeks after another name."""
        since = self.renamed_at
        if not since or clock.now() - datetime.fromisoformat(since) >= FORMER_NAME_SHOWN:
            return None
        former = self.former_name
        return former if former and looks(former) != looks(self.name or "") else None

    @property
    def is_patient(self) -> bool:
        """Whether this is somebody in the program."""
        return self.role == Role.PATIENT

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody who works here."""
        return self.role != Role.PATIENT

    @property
    def is_facilitator(self) -> bool:
        """Whether this is somebody who runs groups."""
        return self.role == Role.FACILITATOR

    @property
    def is_administrator(self) -> bool:
        """Whether this is somebody who sets the clinic up. Administrators see no entries."""
        return self.role == Role.ADMINISTRATOR


def supervisor_called(name: str) -> str:
    """A clinical supervisor, to patients."""
    return _("%(name)s (clinical supervisor)", name=name)


def by_name(people: Iterable[Person]) -> list[Person]:
    """People in the order of their names, those marked who look like another one of them."""
    found = [(name_keys(person.name or ""), person) for person in people]
    times = Counter(look for (_sorted_by, look), _one in found)
    for (_sorted_by, look), person in found:
        person.apart = times[look] > 1
    found.sort(key=lambda row: (row[0][0], row[1].username))
    return [person for _keys, person in found]


WITH_KEY = joinedload(Person.key, innerjoin=True)  # people whose names are to be read


class SignIn(SealedRow, UserMixin, Base):
    """One device's login. Ending it here ends it there, on the next request.

    `draft_salt` goes into the key that drafts on this device are sealed with; none when it ended.
    """

    __tablename__ = "sign_in"
    hangs = Hangs(("person_id",), ended="ended_at", empties=("draft_salt",))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    own_phone: Mapped[bool] = mapped_column(default=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How often it was hidden or locked. A cookie says as of which time it is; an older one is
    # locked, and one from before the last Hide, `hidden_as`, wants the password.
    locks: Mapped[int] = mapped_column(default=0, server_default="0")
    hidden_as: Mapped[int] = mapped_column(default=0, server_default="0")
    # The phone's own lock: after so many minutes without use (0: as soon as it is left). One with
    # no PIN ("") opens by its owner's passkey alone, or the password.
    pin_hash: Mapped[str | None] = mapped_column(String(255))
    pin_after: Mapped[int] = mapped_column(default=0, server_default="0")
    pin_tries: Mapped[int] = mapped_column(default=0, server_default="0")  # wrong ones in a row
    draft_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    # When the password was last given on it (see `confirming`).
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the second factor was
    # When its owner signed in on a device that wasn't known, until they say on this one that it's
    # seen.
    new_device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    device = Sealed[str]()

    token = ""  # the raw token, known only while the cookie is being made

    @property
    def has_lock(self) -> bool:
        """Whether this device has a lock of its own, with a PIN or without."""
        return self.pin_hash is not None

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"{self.id}|{self.person_id}"

    def get_id(self) -> str:
        """What Flask-Login puts into the cookie."""
        return self.token


class PasswordReset(OneTimeCode, Base):
    """A code for a new password, handed over in person."""

    __tablename__ = "password_reset"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class AppCode(OneTimeCode, Base):
    """A code that signs the installed app in: on an iPhone it shares nothing with the browser."""

    __tablename__ = "app_code"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class Authenticator(SealedRow, Base):
    """The app on a staff member's phone whose number is asked for after the password.

    `last_step` is the half minute of the last number that was taken: none counts twice.
    """

    __tablename__ = "authenticator"
    hangs = Hangs(("person_id",))
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_step: Mapped[int]

    secret = Sealed[str]()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"authenticator|{self.person_id}"


class RecoveryCode(OneTimeCode, Base):
    """A code on paper for when the phone isn't there; one of ten."""

    __tablename__ = "recovery_code"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class Passkey(SealedRow, Base):
    """What signs its owner in on a device that knows them, by its screen lock, face or finger.

    What we have of it opens nothing: a public key. `sign_count` only ever grows, where it counts.
    """

    __tablename__ = "passkey"
    hangs = Hangs(("person_id",))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    name = SealedLine()

    @property
    def sealed_for(self) -> UUID:
        return self.person_id

    @property
    def sealed_as(self) -> str:
        return f"passkey|{self.id}|{self.person_id}"


class UsedChallenge(Base):
    """A passkey answered this once. It is kept until its challenge is too old to be answered."""

    __tablename__ = "used_challenge"
    challenge: Mapped[bytes] = mapped_column(LargeBinary(24), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Restoration(Base):
    """The clinic's data was brought back from a backup. What was shared and agreed to before is
    over: nobody can say what of it had ended since the backup was taken."""

    __tablename__ = "restoration"
    restored_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)  # up to when the data goes
    # When an administrator had looked at whom it let in again. Until then nothing is erased: a
    # legal hold that was set since the backup is lost.
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
