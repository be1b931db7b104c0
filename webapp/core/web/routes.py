"""A route declares two things in one place: who may come in, and whether it reads or writes.

    @bp.get("/today")
    @reads(patient)

A route without a declaration doesn't start; the guard runs before the view, inside the
transaction, and the commit follows the view: returning commits, raising rolls back.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, make_response, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from webapp.core.data.db import db, writing
from webapp.core.errors import NotFound
from webapp.core.web.templates import Environment

Guard = Callable[[], None]
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Declaration:
    """What a route said about itself. `way` is "reads", "writes" or "opens"."""

    guard: Guard
    way: str


def reads(guard: Guard) -> Callable[[View], View]:
    """Changes nothing."""
    return _declare(Declaration(guard, "reads"))


def writes(guard: Guard) -> Callable[[View], View]:
    """Changes something when posted to; getting the same address only shows the form."""
    return _declare(Declaration(guard, "writes"))


def opens(guard: Guard) -> Callable[[View], View]:
    """Shows somebody else's shared entries, or hands out a file, and records it before it is sent.

    The one GET that writes, by `begin_writing`, once everything is read. A prefetch or a HEAD is
    no person reading, so it gets nothing.
    """
    return _declare(Declaration(guard, "opens"))


def declaration_of(view: Any) -> Declaration | None:
    """What this view declared, if it did."""
    declared: Declaration | None = getattr(view, "declaration", None)
    return declared


class GuardedFlask(Flask):
    """Flask, which starts only when every view says who may come in."""

    jinja_environment = Environment

    def check_declarations(self) -> None:
        """Refuse to start with a route that didn't say who may come in."""
        for rule in self.url_map.iter_rules():
            if declaration_of(self.view_functions[rule.endpoint]) is None:
                raise RuntimeError(f"{rule.endpoint} doesn't declare who may come in")


def _declare(declaration: Declaration) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> AnyResponse:
            return _answer(view, declaration, values)

        guarded.declaration = declaration  # type: ignore[attr-defined]
        return cast(View, guarded)

    return wrap


def _answer(view: View, declared: Declaration, values: dict[str, Any]) -> AnyResponse:
    """What the view says, with the guard before it and the commit behind it."""
    if declared.way == "opens" and is_read_by_nobody():
        raise NotFound
    may_write = declared.way == "writes" and request.method not in ("GET", "HEAD")
    keeps = may_write or declared.way == "opens"
    # Nothing is read after the commit, so no row need be made ready for being read anew.
    db.session().expire_on_commit = False
    with writing(allowed=may_write):
        cookie = {name: copy(value) for name, value in session.items()} if keeps else None
        try:
            declared.guard()
            response = make_response(view(**values))
            if keeps:
                db.session.commit()
            else:
                db.session.flush()
        except BaseException:
            db.session.rollback()
            _put_back(cookie)
            raise
    return response


def _put_back(cookie: dict[str, Any] | None) -> None:
    """Roll the cookie back too: "Saved." may be in it, and a sign-in that has no row."""
    if cookie is not None and dict(session) != cookie:
        session.clear()
        session.update(cookie)


def is_read_by_nobody() -> bool:
    """Whether a browser asks ahead, or only for the headers: no person sees the answer."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "HEAD" or "prefetch" in purpose or "prerender" in purpose
