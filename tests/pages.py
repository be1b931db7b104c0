"""A phone that opens pages and fills in their real forms."""

import time
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Form:
    """A form as the browser would send it."""

    action: str
    method: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    """Python's, which counts no lines: nobody asks where on a page something was."""

    def updatepos(self, i: int, j: int) -> int:
        return j


class _Parser(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        self.tags.append((tag, got))
        if got.get("id"):
            self.ids.append(got["id"] or "")
        if tag == "a":
            self.links.append(got.get("href") or "")
        if tag in ("script", "style", "title"):
            self._silent += 1
        name = got.get("name") or ""
        if tag == "form":
            self._form = Form(got.get("action") or "", (got.get("method") or "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and name:
            self._form.names.add(name)
            kind = got.get("type") or "text"
            if tag == "input" and (kind not in ("checkbox", "radio") or "checked" in got):
                self._form.fields.add(name, got.get("value") or ("y" if kind == "checkbox" else ""))
            elif tag == "textarea":
                self._area = name
                self._form.fields.setdefault(name, "")
            elif tag == "select":
                self._select = name
        if tag == "option" and self._form is not None and self._select:
            first = self._select not in self._form.fields
            if first or "selected" in got:
                self._form.fields[self._select] = got.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._silent -= 1
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            # A browser reads any line end as one, and drops the first one of a textarea.
            plain = data.replace("\r\n", "\n").replace("\r", "\n")
            first = not self._form.fields[self._area]
            self._form.fields[self._area] += plain.removeprefix("\n") if first else plain
        if not self._silent:
            self.texts.append(data)


@dataclass(eq=False)  # two alike are two
class Element:
    """A tag with its attributes, its own texts, and the elements around it and in it."""

    tag: str
    attrs: dict[str, str]
    around: tuple["Element", ...]
    texts: list[str] = field(default_factory=list)
    inside: list["Element"] = field(default_factory=list)

    def is_in(self, *tags: str) -> bool:
        return any(element.tag in tags for element in self.around)


class Outline(_Reader):
    """A page as the browser would build it (void elements and self-closing svg included)."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = [Element("", {}, ())]
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        element = Element(tag, held, tuple(self._open))
        self.elements.append(element)
        for outer in self._open:
            outer.inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].texts.append(data)

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


class Page:
    """What came back, read as a person and as a browser would."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response, self.address = response, address
        self.status = response.status_code
        self.html = response.get_data().decode(errors="replace")  # a file has no text

    @cached_property
    def _parsed(self) -> _Parser:
        parser = _Parser()
        parser.feed(self.html)
        return parser

    @cached_property
    def outline(self) -> Outline:
        """Its elements, one in another."""
        return Outline(self.html)

    @property
    def text(self) -> str:
        """The words on the page."""
        return " ".join(" ".join(self._parsed.texts).split())

    @property
    def forms(self) -> list[Form]:
        return self._parsed.forms

    @property
    def ids(self) -> list[str]:
        return self._parsed.ids

    @property
    def links(self) -> list[str]:
        return self._parsed.links

    @property
    def tags(self) -> list[tuple[str, dict[str, str | None]]]:
        return self._parsed.tags

    def form(self, action: str = "", having: str = "") -> Form:
        """The form that posts to an address containing `action` and has a field `having`."""
        for form in self.forms:
            if action in (form.action or self.address) and (not having or having in form.names):
                return form
        raise AssertionError(
            f"no form for {action!r} with {having!r} on {self.address}: {self.text}"
        )


class Client(FlaskClient):
    """Reads each answer to its end, so that the file behind it is closed."""

    def open(self, *args: Any, buffered: bool = True, **options: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, **options)


Flask.test_client_class = Client


class Phone:
    """A browser without scripts, with its own cookies."""

    def __init__(self, app: Flask, token: str = "", base_url: str = "http://localhost") -> None:
        self.app, self.base_url, self._host = app, base_url, urlsplit(base_url).hostname or ""
        self.client = app.test_client()
        self._tokens: dict[str, str] = {}
        signer = app.session_interface.get_signing_serializer(app)
        self._signer, self._cookie = signer, app.config["SESSION_COOKIE_NAME"]
        if token:
            self._remember({"_user_id": token, "_fresh": True, "seen": int(time.time())})

    def get(self, address: str, **options: Any) -> Page:
        """Open an address, following redirects."""
        response = self.client.get(
            address, follow_redirects=True, base_url=self.base_url, **options
        )
        return Page(response, response.request.full_path.rstrip("?"))

    def post(self, address: str, data: Any = None, *, follow: bool = True, **options: Any) -> Page:
        """Send fields to an address, with this phone's own form token."""
        fields = MultiDict(data or {})
        fields.setdefault("csrf_token", self.token())
        response = self.client.post(
            address, data=fields, follow_redirects=follow, base_url=self.base_url, **options
        )
        return Page(response, response.request.full_path.rstrip("?"))

    def fill(self, page: Page, action: str = "", *, having: str = "", **fields: Any) -> Page:
        """Fill in a form of the page and send it, as the browser would."""
        form = page.form(action, having)
        sent = MultiDict(form.fields)
        for name, value in fields.items():
            if value is None:
                sent.poplist(name)
            else:
                sent.setlist(name, list(value) if isinstance(value, list | tuple) else [value])
        target = form.action or page.address
        if form.method == "get":
            return self.get(target, query_string=sent)
        response = self.client.post(
            target, data=sent, follow_redirects=True, base_url=self.base_url
        )
        return Page(response, response.request.full_path.rstrip("?"))

    def token(self) -> str:
        """The form token of this phone, as a page with a form would bring it (`fill` sends what
        the page brought)."""
        session = self._session()
        half = session.get("csrf_token")
        if half is None:
            half = token_hex(20)
            self._remember({**session, "csrf_token": half})
        if half not in self._tokens:
            signed = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token")
            self._tokens[half] = signed.dumps(half)
        return self._tokens[half]

    def _session(self) -> dict[str, Any]:
        """What the server put down on this phone."""
        kept = self.client.get_cookie(self._cookie, self._host)
        return self._signer.loads(kept.value) if kept and kept.value else {}

    def _remember(self, session: dict[str, Any]) -> None:
        self.client.set_cookie(self._cookie, self._signer.dumps(session), domain=self._host)
