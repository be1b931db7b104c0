"""Whatever is typed or sent: a plain sentence beside the field, nothing lost, never a 500."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.conftest import NOW, PASSWORD, is_whole
from tests.house.everywhere import PLACES, ben_writes
from tests.house.world import World
from tests.pages import Form, Page, Phone
from webapp.accounts.models import Person
from webapp.core import folding
from webapp.core.data.db import db

TEXTS = (
    "", " ", "\0", "a\0b", "\ud800", "ok \udfff ok", "\x1b[31m", "🙂" * 3000, "مرحبا \u202e بك",
    "x" * 201, "x" * 20_001, "<script>go()</script>", "{{ 7*7 }}", "%(name)s %s", "' OR 1=1 --",
    "\r\n" * 50, "../../etc/passwd",
)  # fmt: skip
NUMBERS = (
    "-1", "11", "1e9", "٣", "９", "1_0", "0x10", "NaN", "9" * 400, "9" * 5000, "3.5", " 7 ", "+5",
    "2147483648", "9223372036854775808",
)  # fmt: skip
DATES = (
    "0000-00-00T00:00", "0001-01-01T00:00", "1899-12-31T23:59", "1900-01-01T00:00",
    "9999-12-31T23:59", "99999-01-01T00:00", "2026-02-30T10:00", "2026-03-08T02:30",
    f"{NOW:%Y}-11-25T22:00", "2026-11-23T25:61", "2026-11-23", "T", "24:00", "18:00:00.5",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-23T10:00+99:99",
)  # fmt: skip
# What passes as text, and may be longer, or other, once it is in lower case or stored.
ODD = (
    "ß" * 40,
    "ΐ" * 40,
    "\ufeffx\ufeff",
    "a\u0301" * 20,
    "🙂" * 50,
    "مرحبا \u202e بك",
    "\ud800 x",
)
GOOD = {
    "urge": "3", "username": "somebody", "name": "Somebody", "signed_name": "Ben", "days": "1",
    "password": "copper valley window sail", "starts": "18:00", "minutes": "90", "words": "Good.",
    "track": "process", "zone": "UTC", "bring_up": "y", "day": "2026-12-01", "title": "Doctor",
    "from_day": "2026-12-01", "says": "late", "move-day": "2026-12-01", "move-starts": "18:00",
    "authorization-sessions": "12", "days-days": "1",
    "kind": "family", "recipient": "Ben", "what": "attendance", "purpose": "support",
    "ends": "2026-12-01",
}  # fmt: skip
IDS = ("not-an-id", "0" * 32, "{" + "0" * 32 + "}", "urn:uuid:" + "f" * 32, "٣" * 32, "g" * 36)
VALUES = st.sampled_from([*TEXTS, *NUMBERS, *DATES, *IDS]) | st.text(
    st.characters(exclude_categories=()), max_size=60
)
Some = Callable[[Iterable[Any], int], list[Any]]


@dataclass
class Opened:
    """A form on the page it stands on, on the phone of whoever may fill it in."""

    phone: Phone
    form: Form
    action: str

    def send(self, pairs: list[tuple[str, str]]) -> TestResponse:
        """Send fields as the bytes they are, lone surrogates too."""
        body = urlencode(pairs, encoding="utf-8", errors="surrogatepass")
        kind = "application/x-www-form-urlencoded"
        return self.phone.client.post(self.action, data=body, content_type=kind)


def open_form(world: World, place: str) -> Opened:
    who, address, having = PLACES[place]
    phone = world.phone(who)
    page = phone.get(address.format(**world.ids))
    form = next(shown for shown in page.forms if having in shown.names)
    return Opened(phone, form, form.action or page.address)


@pytest.fixture(params=PLACES)
def opened(request: pytest.FixtureRequest, world: World) -> Opened:
    ben_writes(world)
    return open_form(world, request.param)


@pytest.fixture
def some(request: pytest.FixtureRequest, opened: Opened) -> Some:
    """A few of many, other ones at each place, so that each of them comes to its turn; the whole
    product is `make fuzz`."""
    place = list(PLACES).index(request.node.callspec.params["opened"])

    def choose(many: Iterable[Any], few: int) -> list[Any]:
        listed = list(many)
        if is_whole(request.config):
            return listed
        return [
            listed[(place * few + number) % len(listed)] for number in range(min(few, len(listed)))
        ]

    return choose


def assert_it_went_well(answer: TestResponse, sent: object) -> None:
    assert answer.status_code < 500, f"{answer.status_code} for {sent!r:.300}"


@pytest.mark.fuzz
@pytest.mark.database
def test_whatever_is_sent_is_answered(opened: Opened, some: Some, many: Callable[..., int]) -> None:
    names = sorted(opened.form.names - {"csrf_token"})
    token = ("csrf_token", opened.form.fields["csrf_token"])
    for value in some((*TEXTS, *NUMBERS, *DATES, *IDS), 2):
        pairs = [token, *((name, value) for name in names)]
        assert_it_went_well(opened.send(pairs), value)
    good = dict(opened.form.fields.items()) | GOOD
    usual = {name: good[name] for name in opened.form.names if name in good}
    for name, value in some(product(ODD, names), 2):  # alone, it reaches the database or is refused
        assert_it_went_well(opened.send(list((usual | {name: value}).items())), (name, value))
    for kind, body in some(no_forms(names[0], token[1]), 1):
        for headers in ({}, {"X-CSRFToken": token[1]}):
            answer = opened.phone.client.post(
                opened.action, data=body.encode(), content_type=kind, headers=headers
            )
            assert_it_went_well(answer, (kind, body[:80], headers))
    for pairs in some(missing_and_doubled(list(opened.form.fields.items(multi=True)), token), 1):
        assert_it_went_well(opened.send(pairs), pairs[:3])
    answer = opened.send([token, ("situation", "x" * 1_100_000)])
    assert answer.status_code == 413
    assert "That’s too long" in answer.get_data(as_text=True)

    @settings(
        max_examples=many(1, 100), suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.data())
    def fill_in(data: st.DataObject) -> None:
        pairs = [token]
        for name in names:
            values = VALUES | st.just(opened.form.fields.get(name, ""))
            drawn = data.draw(st.lists(values, max_size=2), label=name)
            pairs += [(name, value) for value in drawn]
        assert_it_went_well(opened.send(pairs), pairs)

    fill_in()


def missing_and_doubled(
    good: list[tuple[str, str]], token: tuple[str, str]
) -> list[list[tuple[str, str]]]:
    return [
        [token],
        [*good, *good],
        [*good, ("unknown", "x"), ("", "x"), ("role", "administrator"), ("author_id", "0" * 32)],
        [(name.upper(), value) for name, value in good] + [token],
        [(f"{name}[]", value) for name, value in good] + [token],
        good * 700,
    ]


def no_forms(name: str, token: str) -> list[tuple[str, str]]:
    """Bodies that no form sends, with their content types."""
    part = f'--b\r\nContent-Disposition: form-data; name="{name}"'
    end = (
        f'\r\n--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--b--\r\n'
    )
    utf_16 = "Content-Type: text/plain; charset=utf-16"
    return [
        ("application/json", f'{{"{name}": 5, "urge": [[1]], "csrf_token": "{token}"}}'),
        ("application/json", f'{{"{name}": "\\ud800"}}'),
        ("application/json", '["\\ud800", null, 5]'),
        ("application/json", "[" * 1000 + "]" * 1000),
        ("application/json", "{nonsense"),
        ("multipart/form-data", "no boundary at all"),
        ("multipart/form-data; boundary=b", "--b\r\nbroken"),
        ("multipart/form-data; boundary=b", f'{part}; filename="f.txt"\r\n\r\nwords{end}'),
        ("multipart/form-data; boundary=b", f"{part}\r\n{utf_16}\r\n\r\n\0w{end}"),
        ("multipart/form-data; boundary=b", "--b\r\n" + "X: y\r\n" * 2000 + end),
        ("application/x-www-form-urlencoded", "%ED%A0%80=%ED%A0%80&=&&==&%&%zz"),
        ("application/x-www-form-urlencoded", "&".join(f"f{n}=1" for n in range(5000))),
        ("text/plain; charset=nonsense", "x"),
        ("nonsense", "x"),
    ]  # fmt: skip


@pytest.mark.database
def test_a_username_with_any_letters_makes_an_account_or_is_refused(world: World) -> None:
    made = {"ΐ" * 40, "a\u0301" * 20, "Straße", "ＡＢＣ"}
    for username in (*ODD, "Straße", "ＡＢＣ", "İİİ", "ŉ" * 40, "ﬃ" * 14):
        fields = {**world.fields("joining.join", ""), "username": username.replace("\ud800", "?")}
        page = Phone(world.app).post(f"/join/{world.invitation()}", fields, follow=False)
        assert page.status == (302 if username in made else 422), username
        with world.app.app_context():
            assert max(map(len, db.session.scalars(select(Person.username)))) <= 64


def text_fields(opened: Opened) -> Iterator[tuple[str, str]]:
    """The fields that somebody writes words into, with their kinds."""
    page = opened.phone.get(opened.action) if "/clinic/feedback" not in opened.action else None
    for element in page.outline.all("input", "textarea") if page else []:
        kind = element.attrs.get("type", "text") if element.tag == "input" else "textarea"
        if (
            kind in ("text", "textarea", "password")
            and element.attrs.get("name") in opened.form.names
        ):
            yield element.attrs["name"], kind
    if page is None:
        yield "words", "textarea"


@pytest.mark.fuzz
def test_refused_words_have_a_sentence_beside_them_and_are_still_there(
    opened: Opened, some: Some
) -> None:
    for name, kind in list(text_fields(opened)):
        if opened.action.startswith("/journal") and name == "word":
            continue  # a search finds nothing, which is an answer
        # What nobody can see is dropped from words; of a password it may be a part.
        refused = ("x" * 20_001, "a\0b", "zq \x1b there") if kind == "password" else ("x" * 20_001,)
        for words in some(refused, 1):
            assert_refused_and_kept(opened, name, kind, words)


def assert_refused_and_kept(opened: Opened, name: str, kind: str, words: str) -> None:
    fields = dict(opened.form.fields.items()) | {"urge": "3", "bring_up": "y", name: words}
    fields["safety"] = "yes"  # a call for help is kept however long it is
    answer = opened.send(list(fields.items()))
    page = Page(answer, opened.action)
    assert page.status == 422, f"{name}: {page.status}"
    elements = page.outline.elements
    beside = next(element for element in elements if element.attrs.get("id") == f"{name}-error")
    inside = "".join(text for element in beside.inside for text in element.texts)
    assert len(inside.strip()) > 10, f"no sentence beside {name}"
    assert f'href="#{name}"' in page.html, f"no way from the summary to {name}"
    kept = next(form.fields.get(name) for form in page.forms if name in form.names)
    assert kept == ("" if kind == "password" else words), f"{name} is lost"
    assert kind != "password" or words not in page.html


@pytest.mark.database
@pytest.mark.long
def test_strange_addresses_are_answered(world: World) -> None:
    phone = world.phone("ana")
    pages = ["/journal", "/journal/new", f"/entries/{world.ids['private']}/share", "/unlock"]
    names = ("before", "urge", "group", "bring_up", "next", "staff", "word", "kind", "source")
    for value in (*TEXTS, *NUMBERS, *DATES, *IDS):
        query = urlencode(dict.fromkeys(names, value[:6000]), errors="surrogatepass")
        for address in (*pages, "/join/x"):
            answer = phone.client.get(address, query_string=query)
            assert_it_went_well(answer, f"{address}?{query:.200}")


@pytest.mark.parametrize(
    "path",
    ["/journal/{}", "/join/{}", "/s/{}/css/base.css", "/s/0/{}", "/{}", "/clinic/sessions/{}"],
)
def test_strange_paths_are_answered(world: World, path: str) -> None:
    phone = world.phone("ana")
    for value in (
        *TEXTS,
        *NUMBERS,
        *IDS,
        "..%2f..%2fwsgi.py",
        "%2e%2e/wsgi.py",
        "%ED%A0%80",
        "%00",
    ):
        raw = value if "%" in value else urlencode({"": value[:1500]}, errors="surrogatepass")[1:]
        answer = phone.client.get(path.format(raw))
        assert answer.status_code < 500, f"{path} {value!r:.100}"
        assert "create_app" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "to",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/%09/elsewhere.example",
        "\n//elsewhere.example",
        "/join/a\r\nSet-Cookie: x",
        "javascript:go()",
        "/sign-out",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(world: World, to: str) -> None:
    answer = world.phone("ana").client.get("/unlock", query_string={"next": to})
    assert answer.status_code == 200
    phone = world.phone("ana")
    fields = {**world.fields("accounts.unlock", "ana"), "csrf_token": phone.token()}
    sent = phone.client.post("/unlock", query_string={"next": to}, data=fields)
    assert sent.headers["Location"] == "/today"


STRANGERS = {
    "/join": ("code",),
    "/join/K7QM-4RTX-9WPD": ("username", "name", "password"),
    "/reset": ("code", "username", "password"),
    "/sign-in": ("username", "password"),
    "/sign-in/code": ("code",),
}


@pytest.mark.parametrize("address", STRANGERS)
def test_a_strangers_megabyte_is_never_compared(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One letter may be eighteen when it is: one such post held a worker until it was killed."""
    compared, ordered = [0], unicodedata.normalize

    def watched(form: str, text: str) -> str:
        if form.startswith("NFK"):
            compared.append(len(text))
        return ordered(form, text)

    phone, much = Phone(world.app), "\ufdfa" * 300_000
    for name in STRANGERS[address]:
        fields = {"username": "robin", "name": "Robin", "password": PASSWORD, "code": "K7QM"}
        del fields[name]
        sent = f"{urlencode({'csrf_token': phone.token(), **fields})}&{name}={much}".encode()
        with monkeypatch.context() as patched:
            patched.setattr(folding.unicodedata, "normalize", watched)
            page = phone.client.post(
                address, data=sent, content_type="application/x-www-form-urlencoded"
            )
        assert page.status_code == 422, name
        assert max(compared) < 20_000, name
