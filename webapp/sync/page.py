"""What every page tells the phone about its outbox."""

from flask import Flask, Response, current_app, request, session
from flask_login import current_user

from webapp.accounts.access import current_person, current_sign_in, is_away
from webapp.accounts.queries import author_mark, draft_key
from webapp.core.crypto.key_files import Followed
from webapp.sync import keys


def init_app(app: Flask) -> None:
    """Make it available to every template, and tell the phone what it can let go of."""
    app.extensions["outbox keys"] = keys.follow(app.extensions["settings"].data / "keys")
    app.jinja_env.globals |= {
        "outbox_key": outbox_key,
        "outbox_mark": outbox_mark,
        "outbox_done": outbox_done,
        "draft_seal": draft_seal,
        "typed_seal": typed_seal,
    }
    app.after_request(note_what_was_saved)


def outbox_keys() -> keys.OutboxKeys:
    """The server's keys of the running app, those included that were added meanwhile."""
    followed: Followed[keys.OutboxKeys] = current_app.extensions["outbox keys"]
    return followed.now()


def outbox_key() -> str:
    """The key to seal to, as `id.point`: the same for everybody."""
    return outbox_keys().current.named_point


def outbox_mark() -> str:
    """Whose words this phone may keep until they are sent: nobody's on a shared phone."""
    if not current_user.is_authenticated or not current_person.is_patient:
        return ""
    return author_mark(current_person) if current_sign_in().own_phone else ""


def draft_seal() -> str:
    """The key that a form on this page seals its draft with: none on a shared phone, nor while one
    is hidden or locked (an exercise is open then, too)."""
    return draft_key(current_sign_in()) if outbox_mark() and not is_away() else ""


def typed_seal() -> str:
    """The key for what is being typed as this page covers itself, where no draft is kept. Only for
    a page of somebody who isn't away."""
    return "" if outbox_mark() else draft_key(current_sign_in())


def outbox_done() -> str:
    """The operations that this phone can let go of: their form was saved a moment ago."""
    return str(session.pop("done", "")) if "done" in session else ""


def note_what_was_saved(response: Response) -> Response:
    """A form that a phone also keeps, sealed or as begun, was saved by the page itself.

    A redirect after a post is how a page of ours says that it saved.
    """
    if request.method == "POST" and response.status_code in (302, 303):
        operation = request.form.get("operation") or request.form.get("begun", "")
        if operation and current_user.is_authenticated:
            session["done"] = operation[:80]
    return response
