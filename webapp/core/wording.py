"""Texts in the language of the installation.

Flask-Babel asks for context, domain and language anew at every text, and Jinja wraps that in two
calls more: together a third of what the huddle cost. Here it is asked once.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_babel import get_locale, get_translations
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class _Language:
    """What an installation speaks."""

    code: str
    one: Callable[[str], str]
    many: Callable[[str, str, int], str]


_held: ContextVar[_Language | None] = ContextVar("language", default=None)


def init_app(app: Flask) -> None:
    """Give every template `_` and `ngettext`. Called after Flask-Babel, whose own these replace.

    They return plain text, which the page escapes like any other, values included.
    """
    app.jinja_env.globals |= {"_": gettext, "ngettext": ngettext, "language": language}

    def hold() -> None:
        if "language" not in app.extensions:
            asked = _asked()
            one = lru_cache(10_000)(asked.one)  # more than there are
            app.extensions["language"] = replace(asked, one=one)
        _held.set(app.extensions["language"])

    app.before_request(hold)
    app.teardown_request(_let_go)


def gettext(message: str, **values: Any) -> str:
    """The text in this request's language, with the values put in."""
    text = (_held.get() or _asked()).one(message)
    return text % values if values else text


def lazy_gettext(message: str, **values: Any) -> LazyString:
    """A text that is put into the language where it is shown: for what is said once, at start."""
    return LazyString(gettext, message, **values)


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The text for this number of things, which may stand in it as `num`."""
    text = (_held.get() or _asked()).many(one, many, num)
    return text % ({"num": num} | values)


def speaker() -> object:
    """Stays the same while the language does: for whoever remembers what was said."""
    return (_held.get() or _asked()).one


def language() -> str:
    """The code of this request's language, as HTML and Babel know it: `en`, `es-US`."""
    return (_held.get() or _asked()).code


def _asked() -> _Language:
    translations = get_translations()
    return _Language(
        str(get_locale() or "en").replace("_", "-"), translations.gettext, translations.ngettext
    )


def _let_go(_error: BaseException | None) -> None:
    _held.set(None)
