"""One page for each thing that can go wrong, in plain words, with what was typed still there."""

import errno
import logging
import re
from math import ceil

from flask import Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from webapp.core import errors, trouble
from webapp.core.wording import gettext as _
from webapp.core.wording import ngettext

log = logging.getLogger("groundwork")

# Seconds after which it is worth another try. When there is room again nobody can say.
RETRY: dict[type[errors.GroundworkError], int] = {
    errors.Busy: 5,
    errors.Away: 60,
    errors.Full: 60,
}
IDS = re.compile(r"([0-9a-fA-F]{8}-[0-9a-fA-F-]{27} ?)+")  # nothing that somebody typed
NEVER_SHOWN_AGAIN = ("password", "current", "csrf", "code", "secret", "phone_pin")


def init_app(app: Flask) -> None:
    """Register the handlers, from the named refusals to whatever nobody expected."""
    app.register_error_handler(errors.NotSignedIn, not_signed_in)
    app.register_error_handler(errors.GroundworkError, refused)
    app.register_error_handler(errors.TooMany, too_many)
    app.register_error_handler(CSRFError, stale_page)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(StaleDataError, changed_meanwhile)
    app.register_error_handler(IntegrityError, made_meanwhile)
    app.register_error_handler(DBAPIError, database_trouble)
    app.register_error_handler(NoConnectionFree, no_connection_free)
    app.register_error_handler(Exception, unexpected)


def not_signed_in(error: errors.NotSignedIn) -> ResponseReturnValue:
    """To the page that lets people in; a form that was on its way shows its words, to copy."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for(error.way_in, next=request.full_path.rstrip("?")))
    kept = _is_on_the_phone() and _("Your words are kept on this phone. Sign in and they go out.")
    text = _("Nothing was saved. Sign in, then save it again.")
    way_in = url_for(error.way_in)
    return page(401, _("Sign in again"), kept or text, kept=bool(kept), way_in=way_in)


def refused(error: errors.GroundworkError) -> ResponseReturnValue:
    """A named refusal, with its own sentence if it brought one."""
    title, text = _words(error.status)
    if isinstance(error, errors.Away):
        title, text = _away()
    elif isinstance(error, errors.Full) and request.method == "GET":
        text = _(
            "Opening this page is recorded, so it can’t be opened until the clinic frees up space. "
            "Tell the clinic."
        )
    removal = error.removal if isinstance(error, errors.Unopened) else ""
    retry = RETRY.get(type(error))
    return page(error.status, title, error.message or text, retry, removal=removal)


def too_many(error: errors.TooMany) -> ResponseReturnValue:
    """When to come back, for a person and for a program."""
    seconds = max(1, ceil(error.wait.total_seconds()))
    minutes = ceil(seconds / 60)
    text = ngettext(
        "Too many tries. Try again in 1 minute.",
        "Too many tries. Try again in %(num)s minutes.",
        minutes,
    )
    shown, status, headers = page(429, _("Try again later"), text)
    return shown, status, headers | {"Retry-After": str(seconds)}


def stale_page(_error: CSRFError) -> ResponseReturnValue:
    """The form’s own check failed: signed out since the page was opened, or cookies are off."""
    if _is_on_the_phone() and "_user_id" not in session:  # signed out in another tab
        return not_signed_in(errors.NotSignedIn())
    kept = _is_on_the_phone() and _("This is saved on your phone. It will be sent automatically.")
    text = _("Nothing was saved. Open the page again, then save it again.")
    return page(400, _("You were signed out"), kept or text, kept=bool(kept))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What the framework refused: a wrong address, method or size."""
    status = error.code or 500
    title, text = _words(status)
    return page(status, title, text)


def changed_meanwhile(_error: StaleDataError) -> ResponseReturnValue:
    """Somebody else saved between our read and our write."""
    return refused(errors.Conflict())


def made_meanwhile(error: IntegrityError) -> ResponseReturnValue:
    """The same thing was made twice at once (a name, a share), and the other was first."""
    is_twice = "unique" in str(error.orig).lower()
    return refused(errors.Conflict()) if is_twice else unexpected(error)


def database_trouble(error: DBAPIError) -> ResponseReturnValue:
    """Locked, full, away or damaged, each as what it is; whatever else it says is our mistake."""
    named = trouble.meaning(error)
    if named in (None, errors.Broken):
        return unexpected(error)
    log.error("database: %s, %s", named.__name__, trouble.reason(error))
    return refused(named())


def no_connection_free(error: NoConnectionFree) -> ResponseReturnValue:
    """All connections of this process are in use."""
    log.error("database: Busy, %s", trouble.reason(error))
    return refused(errors.Busy())


def unexpected(error: Exception) -> ResponseReturnValue:
    """Our fault, or something that somebody has to mend; the log has the number."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("disk: Full, %s", trouble.reason(error))
        return refused(errors.Full())
    number = errors.report(error, trouble.reason(error))
    text = _(
        "Something went wrong on our end. If you contact the clinic about it, give this number: "
        "%(n)s",
        n=number,
    )
    if isinstance(error, DBAPIError) and trouble.meaning(error) is errors.Broken:
        text = _(
            "Something is wrong with this app’s database. Nothing was saved, and trying again "
            "won’t help. You may not be able to sign in until it’s fixed. Tell the clinic and give "
            "this number: %(n)s",
            n=number,
        )
    return page(500, _("That didn’t work"), text)


def page(
    status: int,
    title: str,
    text: str,
    retry: int | None = None,
    *,
    kept: bool = False,
    removal: str = "",
    way_in: str = "",
) -> tuple[str, int, dict[str, str]]:
    """The page itself, with the words that were on their way, to copy unless they are kept."""
    headers = {"Retry-After": str(retry)} if retry else {}
    words = _typed_words()
    # Nobody's name on it: after an error the database is the last thing to ask.
    shown = render_template("errors/page.html", title=title, text=text, words=words, kept=kept,
                            removal=removal, way_in=way_in, current_person=None)  # fmt: skip
    return shown, status, headers


def _words(status: int) -> tuple[str, str]:
    if status == 413 and request.mimetype == "multipart/form-data":
        too_large = _("Nothing was saved. Here files can be up to 1 MB.")
        return _("That file is too large"), too_large
    known = {
        404: (_("Page not found"), _("It may have moved, or this account can’t open it.")),
        405: (_("Page not found"), _("That link didn’t work. Go back and try again.")),
        409: (
            _("This has changed since you opened it"),
            _("Nothing was lost. Open it again and compare the two versions before you save."),
        ),
        410: (
            _("This can’t be opened"),
            _("Tell the clinic. Nothing was changed or deleted."),
        ),
        413: (
            _("That’s too long"),
            _("Nothing was saved. Make it shorter, or save it in two parts."),
        ),
        422: (_("We couldn’t read that"), _("Nothing was saved. Go back and try again.")),
        429: (_("Try again later"), _("Nothing was saved. Try again later.")),
        503: (_("Try again"), _("Nothing was saved. It should work in a few seconds.")),
        507: (
            _("The clinic’s server is out of space"),
            _(
                "Nothing was saved. No one can save anything or sign in until the clinic frees up "
                "space. Tell the clinic."
            ),
        ),
    }
    fallback = (_("That didn’t work"), _("Nothing was saved. Go back and try again."))
    return known.get(status, fallback)


def _away() -> tuple[str, str]:
    return (
        _("The app can’t be reached right now"),
        _(
            "Nothing was saved, and no one can sign in right now. Try again later. "
            "If it keeps happening, tell the clinic."
        ),
    )


def _typed_words() -> list[str]:
    return [
        value
        for name, value in _form().items()
        if len(value.strip()) > 12 and not any(part in name for part in NEVER_SHOWN_AGAIN)
        if name not in ("id", "next", "version", "begun", "behind") and not IDS.fullmatch(value)
    ]


def _is_on_the_phone() -> bool:
    """Whether what was sent went onto the phone first, which lets go of it when it is told to."""
    return "operation" in _form()


def _form() -> MultiDict[str, str]:
    try:
        return request.form if request.method == "POST" else MultiDict()
    except HTTPException:
        return MultiDict()
