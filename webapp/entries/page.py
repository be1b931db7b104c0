"""How an entry of any kind stands on a page: its feature's own macros, found by the kind."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from flask import Flask, url_for
from jinja2 import Environment, pass_environment
from jinja2.runtime import Macro

from webapp.core.crypto.sealing import SealedRow
from webapp.core.errors import forget_unopened, met_unopened
from webapp.core.wording import gettext as _
from webapp.entries.models import Entry
from webapp.entries.words import ACTED, FEELINGS, TRIGGER_KINDS, asked_of


def init_app(app: Flask) -> None:
    """Make them available to every template."""
    # Filters, for pages with many: Jinja calls them straight.
    app.jinja_env.filters |= {
        "entry_line": entry_line,
        "strengths": strengths,
        "trigger_kinds": trigger_kinds,
        "feelings": feelings,
        "acted": acted,
    }
    app.before_request(forget_unopened)
    app.jinja_env.globals |= {
        "met_unopened": met_unopened,
        "entry_line": entry_line,
        "entry_says": entry_says,
        "entry_more": entry_more,
        "unopened": unopened,
        "entry_url": entry_url,
        "asked_of": asked_of,
    }


@pass_environment
def entry_line(environment: Environment, entry: Entry, zone: str) -> Any:
    """One line of an entry: the macro `line(entry, zone)` of its kind's template."""
    if entry.is_unopened:
        return unopened(entry)
    return _macro(environment, type(entry).lines, "line")(entry, zone)


@pass_environment
@lru_cache(maxsize=500)
def strengths(environment: Environment, urge: int | None, after: int | None) -> Any:
    """How strong it was, and afterwards, as it is drawn: of two numbers, and nobody's words."""
    return _macro(environment, "components/strengths.html", "strengths")(urge, after)


@pass_environment
def entry_more(environment: Environment, entry: Entry, zone: str) -> Any:
    """Whatever else is in an entry: the macro `more(entry, zone)` of its kind's template."""
    if entry.is_unopened:
        return ""
    return _macro(environment, type(entry).lines, "more")(entry, zone)


def unopened(row: SealedRow) -> str:
    """What stands in the place of a row that can't be opened."""
    if row.is_rolled_back:
        return _("This was changed, and the change is missing. Please tell the clinic.")
    return _("This can’t be opened. Please tell the clinic.")


@pass_environment
def entry_says(environment: Environment, entry: Entry, what: str) -> Any:
    """One thing that must not be missed: the macro `unsafe(entry)` or `used(entry)` of its kind."""
    return _macro(environment, type(entry).lines, what)(entry)


def entry_url(entry: Entry) -> str:
    """Where its author reads this entry, whole."""
    return url_for(type(entry).page, id=entry.id)


def trigger_kinds(kinds: Iterable[str] | None) -> str:
    """A place, Time of day"""
    return ", ".join(str(TRIGGER_KINDS.get(kind, kind)) for kind in kinds or [])


def feelings(felt: Iterable[str] | None) -> str:
    """Lonely, Tired"""
    return ", ".join(str(FEELINGS.get(feeling, feeling)) for feeling in felt or [])


def acted(answer: str | None) -> str:
    """Yes, No, or that somebody would rather not say."""
    return str(ACTED.get(answer, "")) if answer else ""  # type: ignore[call-overload]


@cache
def _macro(environment: Environment, template: str, name: str) -> Macro:
    macro: Macro = getattr(environment.get_template(template).module, name)
    return macro
