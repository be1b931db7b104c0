"""A route declares two things in one place: who may come in, and whether it reads or writes.

    @bp.get("/today")
    @reads(patient)

A route without a declaration doesn't start; the guard runs before the view, inside the
transaction, and the commit follows the view: returning commits, raising rolls back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from webapp.core.db import db, writing
from webapp.core.errors import NotFound

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
    """Shows somebody else's shared entries and records, in the same transaction, who opened them.

    The one GET that writes. A prefetch or a HEAD is no person reading, so it gets nothing.
    """
    return _declare(Declaration(guard, "opens"))


def declaration_of(view: Any) -> Declaration | None:
    """What this view declared, if it did."""
    declared: Declaration | None = getattr(view, "declaration", None)
    return declared


class GuardedFlask(Flask):
    """Flask, with the guard and the commit in the dispatch itself."""

    def dispatch_request(self) -> AnyResponse:
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        assert request.url_rule is not None
        view = self.view_functions[request.url_rule.endpoint]
        declared = declaration_of(view)
        if declared is None:
            raise NotFound
        if declared.way == "opens":
            _refuse_readers_who_are_nobody()
        unsafe = request.method not in ("GET", "HEAD")
        with writing(allowed=declared.way == "opens" or (declared.way == "writes" and unsafe)):
            try:
                declared.guard()
                response = self.make_response(view(**(request.view_args or {})))  # type: ignore[arg-type]
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
        return response

    def check_declarations(self) -> None:
        """Refuse to start with a route that didn't say who may come in."""
        for rule in self.url_map.iter_rules():
            if declaration_of(self.view_functions[rule.endpoint]) is None:
                raise RuntimeError(f"{rule.endpoint} doesn't declare who may come in")


def _declare(declaration: Declaration) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.declaration = declaration  # type: ignore[attr-defined]
        return view

    return mark


def _refuse_readers_who_are_nobody() -> None:
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if request.method == "HEAD" or "prefetch" in purpose or "prerender" in purpose:
        raise NotFound
