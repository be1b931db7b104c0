"""Who comes from elsewhere gets a page that waits for no file; who is here already gets links."""

import base64
import gzip
import hashlib
import re

import brotli
import pytest

from tests.house.test_headers import POLICY, csp
from webapp.core.web.routes import reads

OUTSIDE = {
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
    "Accept-Encoding": "gzip, deflate, br, zstd",
}
SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
WITHIN = re.compile(
    r'<(style|script)(?: type="module" blocking="render")?>(.+?)</(?:style|script)>', re.DOTALL
)
SELF = {"style-src": {"'self'"}, "script-src": {"'self'"}}
WORDS = "Walked home past the old place, and the light was on."


def opened(answer):
    """A page as a browser reads it."""
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
    return unpack[answer.headers["Content-Encoding"]](answer.data).decode()


def first(phone, address, **more):
    return phone.client.get(address, headers=OUTSIDE | more)


@pytest.mark.parametrize("site", ["none", "cross-site"])
@pytest.mark.parametrize("address", ["/sign-in", "/help-now", "/no-such-page"])
def test_a_strangers_first_page_has_its_styles_in_it(phone, address, site):
    page = opened(first(phone, address, **{"Sec-Fetch-Site": site}))
    (linked,) = SHEET.findall(phone.get(address).html)
    sheet = phone.get(linked).html
    assert f"<style>{sheet}</style>" in page
    assert SHEET.findall(page) == []
    # The script comes when it can; what the first frame has room for is known without it.
    assert re.search(r'<script type="module" src="/s/\w+/js/app\.js"></script>', page)
    assert "self.waits=" in dict(WITHIN.findall(page))["script"]


@pytest.mark.parametrize("address", ["/today", "/plan/safety"])
def test_a_pages_own_sheet_comes_with_it(phone_of, ana, address):
    phone = phone_of(ana)
    linked = SHEET.findall(phone.get(address).html)
    page = opened(first(phone, address))
    assert [phone.get(sheet).html for sheet in linked] == [
        text for kind, text in WITHIN.findall(page) if kind == "style"
    ]


def test_the_policy_allows_what_stands_in_this_page_and_nothing_else(phone_of, ana):
    answer = first(phone_of(ana), "/plan/safety")
    said = dict(SELF)
    for kind, text in WITHIN.findall(opened(answer)):
        known = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        said[f"{kind}-src"] |= {f"'sha256-{known}'"}
    assert {name: len(rules) for name, rules in said.items()} == {"style-src": 3, "script-src": 2}
    policy = csp(answer)
    assert {name: set(policy.pop(name).split()) for name in said} == said
    assert policy == {name: rule for name, rule in POLICY.items() if name not in said}


@pytest.mark.parametrize(
    "asked",
    [
        {"Sec-Fetch-Site": "same-origin"},  # from a page of ours, or through the worker
        {"Sec-Fetch-Dest": "empty"},  # what the worker keeps
        {"Sec-Fetch-Dest": "", "Sec-Fetch-Site": ""},  # a browser that says nothing
        {"Accept-Encoding": "identity"},
    ],
)
@pytest.mark.parametrize("address", ["/sign-in", "/help-now"])
def test_whoever_has_the_files_or_cant_take_the_page_gets_links(phone, address, asked):
    answer = first(phone, address, **asked)
    page = opened(answer) if "Content-Encoding" in answer.headers else answer.text
    assert len(SHEET.findall(page)) == 1
    assert WITHIN.findall(page) == []
    assert "sha256" not in answer.headers["Content-Security-Policy"]


def test_nothing_of_hers_is_compressed(phone_of, ana):
    """What somebody else got into a page together with her words would be told by its length."""
    phone = phone_of(ana)
    saved = phone.fill(phone.get("/journal/new"), "/journal/new", urge="7", situation=WORDS)
    answer = first(phone, saved.address)
    assert WORDS in opened(answer)
    assert WORDS.encode() in answer.data
    assert re.search(rb'name="csrf_token"[^>]* value="\S+"', answer.data)
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"Cookie", "Accept-Encoding"} <= set(re.split(", ?", answer.headers["Vary"]))


@pytest.mark.parametrize("length", [0, 65_535, 65_536, 200_000])
def test_a_page_of_any_length_arrives_whole(app, phone, monkeypatch, length):
    link = SHEET.search(phone.get("/sign-in").html)[0]
    words = "ä, ".encode() * length
    view = reads(lambda: None)(lambda: link.encode() + words)
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", view)
    page = gzip.decompress(first(phone, "/sign-in").data)
    assert page.startswith(b"<style>")
    assert page.partition(b"</style>")[2] == words
