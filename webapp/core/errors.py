"""What can go wrong, named where the rule lives. `error_pages` makes a page of each, once."""

import logging
import secrets

log = logging.getLogger("groundwork")


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
    """Tried too often; `message` says how long to wait."""

    status = 429


class Ceiling(TooMany):
    """More than `limits` allows; `message` says what, and what to do. Nothing typed is lost."""


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
