"""What can go wrong, named where the rule lives. `error_pages` makes a page of each, once."""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

Item = TypeVar("Item")
Made = TypeVar("Made")
_unopened: ContextVar[tuple[str, ...]] = ContextVar("unopened", default=())
log, security = logging.getLogger("groundwork"), logging.getLogger("groundwork.security")


class GroundworkError(Exception):
    """A refusal that a person may read: `message` is one plain sentence."""

    status = 500

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotSignedIn(GroundworkError):
    """Nobody is signed in, or the phone was away for too long and asks again.

    `way_in` is the endpoint of the page that lets the person in again.
    """

    status = 401
    way_in = "accounts.sign_in"


class NotFound(GroundworkError):
    """Absent, or not yours: what you may not see does not exist."""

    status = 404


class Conflict(GroundworkError):
    """Somebody, perhaps yourself on another phone, was there first."""

    status = 409


class Invalid(GroundworkError):
    """What was sent can't be what a person typed into our form."""

    status = 422


class TooMany(GroundworkError):
    """Tried too often: it may be tried again after `wait`."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


class Ceiling(GroundworkError):
    """More than `limits` allows; `message` says what, and what to do. Nothing typed is lost."""

    status = 429


class Unopened(GroundworkError):
    """A sealed row or a key was altered, put in another's place, or lost: it can't be opened.

    `which` is the row's table and id, for the security log; never words.
    """

    status = 410

    def __init__(self, which: str) -> None:
        super().__init__()
        self.which = which
        self.removal = ""  # the address by which its author takes it away, on a page about it alone


class RolledBack(Unopened):
    """A row stands as it was before a later change that is known of."""


class Busy(GroundworkError):
    """Others are writing; nothing was saved, and trying again in a few seconds is safe."""

    status = 503


class Away(GroundworkError):
    """The database can't be reached. Nothing was saved; how long it lasts nobody here knows."""

    status = 503


class Full(GroundworkError):
    """No room is left to write on. Trying again changes nothing: somebody has to make room."""

    status = 507


class Broken(GroundworkError):
    """The database is damaged, or another one than ours. Somebody has to mend it."""

    status = 500


def or_not_found(found: Item | None) -> Item:
    """What was looked for. Raises NotFound where there is none."""
    if found is None:
        raise NotFound
    return found


def report(error: BaseException, reason: str = "") -> str:
    """Our fault. The log gets the place in our code and a number to ask for, never the words."""
    number = secrets.token_hex(4)
    trace, places = error.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    log.error("%s at %s: %s", number, reason or type(error).__name__, " > ".join(places[-8:]))
    return number


def report_unopened(error: Unopened) -> None:
    """For whoever looks after the clinic's data: which row, and nothing of what is in it."""
    security.error("%s: %s", type(error).__name__, error.which)
    _unopened.set((*_unopened.get()[-99:], error.which))


def forget_unopened() -> None:
    """A new request met nothing so far."""
    _unopened.set(())


def met_unopened() -> bool:
    """Whether this request met something that can't be opened."""
    return bool(_unopened.get())


def unopened_rows() -> list[str]:
    """Which ones: the latest hundred."""
    return list(_unopened.get())


def each(items: Iterable[Item], do: Callable[[Item], Iterable[Made]]) -> Iterator[Made]:
    """What is made of each item. One that fails unexpectedly is in the log and stops no other.

    The database's own trouble is everybody's: half a list would look like a whole one.
    """
    for item in items:
        try:
            made = list(do(item))
        except DBAPIError:
            raise
        except Exception as error:
            report(error)
        else:
            yield from made
