"""What no browser sends, at every address: queries, headers, cookies, JSON, uploads, and paths.

Each is answered with a page that says what is wrong, never with an error of ours.
"""

import base64
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.house.everywhere import ben_writes
from tests.house.test_bad_input import DATES, IDS, NUMBERS, TEXTS, no_forms
from tests.house.test_routes import POLICY, rule_for
from tests.house.who_gets_in import PEOPLE
from tests.house.world import World

FORM = "application/x-www-form-urlencoded"
# Every name that a page of ours reads from its address or from a form's.
ASKED = (
    "before", "next", "again", "group", "entry", "page", "day", "week", "about", "show", "what",
    "exercise", "meeting", "period", "staff", "bring_up", "chosen", "from_day", "until_day", "of",
    "word", "kind", "back", "id", "version", "operation", "begun", "fellowship", "near", "miles",
)  # fmt: skip
HEADERS = (
    "Accept-Encoding", "Accept-Language", "Authorization", "If-None-Match", "If-Modified-Since",
    "If-Match", "Range", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Host", "Origin",
    "Referer", "User-Agent", "Purpose", "Sec-Purpose", "Sec-Fetch-Site", "X-Forwarded-For",
    "X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-CSRFToken",
    "X-Groundwork", "Forwarded", "Expect", "Date",
)  # fmt: skip
SAID = (
    "", ",", ";", "*", "bytes=0-,5-2,-", "bytes=99999999999999999999-", "W/", '"', "null",
    "\xff\xfe", "x" * 8000, "gzip;q=x, br;q=-1, ;q=", "Bearer ", "Basic =====", "://", "//[::1",
    "http://[", "chunked, chunked", "9" * 400, "%00%0d%0a", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 3000, "application/json; charset=\xff", "\tx\t",
)  # fmt: skip
COOKIES = (
    "", ".", "..", "a.b.c", "\xff", "x" * 5000, ".eJw" + "A" * 3000, "e30.AAAAAA.AAAA",
    base64.urlsafe_b64encode(b"\0" * 96).decode(), "====", "%00", '"quoted', "ä" * 20,
)  # fmt: skip
JSON = (
    b"null", b"[]", b'{"operations": 5}', b'{"operations": [null, 5, "x", {}, []]}',
    b'{"drafts": [{"id": 5, "kind": [], "mark": {}, "at": null, "key": 1, "box": 2}]}',
    b'{"operations": [{"id": "' + b"0" * 32 + b'", "kind": "trigger", "mark": "\\ud800", "at": '
    b'"9999-99-99", "key": "x", "box": "\\u0000"}], "now": "9999-12-31T23:59:59+23:59"}',
    b'{"operations": [' + b"{}," * 300 + b"{}]}", b"[" * 100_000, b"9" * 5000, b"\xff\xfe{}",
    b'{"now": ' + b"1" * 5000 + b"}", b"NaN", b"",
)  # fmt: skip
FILES = ("", "x", "../../etc/passwd", "a\0b", "名" * 200, "f.svg", "f.json")
DRAWN = {
    "asked": ASKED, "odd": (*TEXTS, *NUMBERS, *DATES, *IDS), "header": HEADERS, "said": SAID,
    "cookie": COOKIES, "json": JSON, "file": FILES,
}  # fmt: skip


class Dealt:
    """Cards of each kind, one after the other and over again: each comes to its turn."""

    def __init__(self) -> None:
        self.turns = {name: cycle(cards) for name, cards in DRAWN.items()}

    def __call__(self, name: str) -> Any:
        return next(self.turns[name])


def odd_requests(
    rule: Rule, address: str, method: str, fields: MultiDict[str, str], dealt: Dealt, cookie: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """One of each kind: an address, and what goes with it."""
    good: dict[str, Any] = {"data": fields} if method == "POST" else {}
    asked = [(dealt("asked"), dealt("odd")[:3000]) for _ in range(4)]
    yield f"{address}?{urlencode(asked, errors='surrogatepass')}", good
    yield address, good | {"headers": {dealt("header"): dealt("said") for _ in range(2)}}
    yield address, good | {"headers": {"Cookie": f"{cookie}={dealt('cookie')}"}}
    for argument in sorted(rule.arguments):
        value = quote(dealt("odd")[:3000], safe="", errors="surrogatepass")
        yield re.sub(f"<[^<]*{argument}>", value, rule.rule), good
    if method == "POST":
        token = {"X-CSRFToken": fields["csrf_token"], "X-Groundwork": "outbox"}
        yield address, {"data": dealt("json"), "headers": token, "content_type": "application/json"}
        bodies = no_forms(min(fields), fields["csrf_token"])
        kind, body = bodies[len(address) % len(bodies)]
        yield address, {"data": body.encode(), "content_type": kind, "headers": token}
        files = {name: (BytesIO(dealt("json")), dealt("file")) for name in fields}
        yield address, {"data": files, "headers": token}
    for name in sorted(good and fields.keys() - {"csrf_token"}):
        odd = fields.copy()
        odd[name] = dealt("odd")
        body = urlencode(list(odd.items(multi=True)), errors="surrogatepass").encode()
        yield address, {"data": body, "content_type": FORM}


@pytest.mark.fuzz
def test_no_request_however_odd_is_an_error_of_ours(
    world: World, rules: list[Rule], many: Callable[[int, int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(world.app.config, "PROPAGATE_EXCEPTIONS", False)
    ben_writes(world)
    dealt, sent, wrong = Dealt(), 0, []
    names = cycle(world.app.config[name] for name in
                  ("SESSION_COOKIE_NAME", "KNOWN_COOKIE", "HERE_COOKIE_NAME"))  # fmt: skip
    for (method, at), expected in list(POLICY.items())[:: many(30, 1)] * many(1, 3):
        rule = rule_for(rules, method, at)
        address = world.address(rule)
        who = next((one for one in PEOPLE if expected[one] == "in"), "ana")
        phone = world.phone(who)
        fields = MultiDict(world.fields(rule.endpoint, who)) | {"csrf_token": phone.token()}
        for to, options in odd_requests(rule, address, method, fields, dealt, next(names)):
            sent += 1
            answer = phone.client.open(to, method=method, **options)
            if answer.status_code >= 500:
                wrong.append((answer.status_code, method, at, to[:200], repr(options)[:300]))
    assert not wrong, f"{len(wrong)} of {sent}: {wrong[:20]}"
    assert sent > many(50, 5_000)
