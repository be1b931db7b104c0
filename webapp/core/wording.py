"""Texts in the language of the request, for templates and dates.

Flask-Babel asks for context, domain and language anew at every text, and Jinja wraps that in two
calls more: together a third of what the huddle cost. Here a request asks once.
"""

from contextvars import ContextVar
from typing import Any

from babel.support import NullTranslations
from flask import Flask
from flask_babel import get_translations

_held: ContextVar[NullTranslations | None] = ContextVar("translations", default=None)


def init_app(app: Flask) -> None:
    """Give every template `_` and `ngettext`. Called after Flask-Babel, whose own these replace.

    They return plain text, which the page escapes like any other, values included.
    """
    app.jinja_env.globals |= {"_": gettext, "ngettext": ngettext}
    app.before_request(_hold)
    app.teardown_request(_let_go)


def gettext(message: str, **values: Any) -> str:
    """The text in this request's language, with the values put in."""
    text: str = (_held.get() or get_translations()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The text for this number of things, which may stand in it as `num`."""
    text: str = (_held.get() or get_translations()).ngettext(one, many, num)
    return text % ({"num": num} | values)


def _hold() -> None:
    _held.set(get_translations())


def _let_go(_error: BaseException | None) -> None:
    _held.set(None)
