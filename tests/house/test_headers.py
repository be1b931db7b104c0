"""What every answer of ours carries, whatever was asked and however it went (every page that is
looked at: `test_routes.py`)."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD, Someone
from tests.house.world import World
from tests.pages import Phone
from webapp.core.web.routes import reads

OURS = "https://localhost"
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
    "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'",
    "manifest-src": "'self'", "worker-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'", "trusted-types": "worker",
}  # fmt: skip
# A file by itself draws and runs nothing.
FOR_FILES = {"default-src": "'none'", "frame-ancestors": "'none'"}
# Answers that are the same for everybody say themselves how long they may be kept.
PUBLIC = ("/manifest.webmanifest", "/sw.js", "/s/<_digest>/<path:path>")


def assert_safe(answer: TestResponse, where: str) -> None:
    """The headers that belong on everything, personal or not, done or refused."""
    held = answer.headers
    rules = FOR_FILES if "/s/" in where else POLICY
    assert csp(answer) == rules or where.endswith("/sw.js"), where
    assert held.get("X-Content-Type-Options") == "nosniff", where
    assert held.get("Referrer-Policy") == "same-origin", where
    assert held.get("Cross-Origin-Opener-Policy") == "same-origin", where
    assert held.get("Cross-Origin-Resource-Policy") == "same-origin", where
    assert held.get("X-Frame-Options") == "DENY", where
    assert "camera=()" in held.get("Permissions-Policy", ""), where
    assert "geolocation=(self)" in held.get("Permissions-Policy", ""), where
    told = [name for name in held.keys() if name.lower().startswith("access-control-")]  # noqa: SIM118
    assert told == [], where
    # A server in front may name itself; we don't say which versions of what we are.
    assert not held.getlist("Server"), where
    assert not held.getlist("X-Powered-By"), where
    kind = held.get("Content-Type", "")
    assert not kind.startswith("text/") or re.search("charset=.?utf-8", kind), where


def assert_carries_them(answer: TestResponse, address: str, where: str) -> None:
    """What an answer to anybody who looks at an address carries."""
    assert_safe(answer, where)
    if address not in PUBLIC:
        assert_kept_nowhere(answer, where)


def assert_kept_nowhere(answer: TestResponse, where: str) -> None:
    assert answer.headers.get("Cache-Control") == "no-store", where
    assert "Cookie" in answer.headers.get("Vary", ""), where
    # But what a calendar fetches again and again, which has no words and is its own secret.
    assert "ETag" not in answer.headers or where.endswith(".ics"), where


def csp(answer: TestResponse) -> dict[str, str]:
    parts = (
        part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";")
    )
    return {name: value for name, _, value in parts}


def test_every_form_that_was_sent_carries_them(world: World, rules: list[Rule]) -> None:
    for rule in rules:
        if "POST" in (rule.methods or ()):
            who = "max" if rule.rule.startswith("/clinic") else "ana"
            answer = world.send(world.phone(who), "POST", rule, who, world.address(rule))
            assert_safe(answer, rule.rule)
            assert_kept_nowhere(answer, rule.rule)


@pytest.fixture
def breaks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of help raises what nobody expected."""

    def view() -> str:
        raise RuntimeError

    monkeypatch.setitem(app.view_functions, "pwa.help_now", reads(lambda: None)(view))


@pytest.mark.parametrize(
    ("status", "method", "address"),
    [
        (404, "GET", "/no-such-page"),
        (404, "GET", "/s/0000000000000000/no-such-file.css"),
        (404, "GET", "/journal/not-an-id"),
        (405, "POST", "/today"),
        (405, "DELETE", "/journal/new"),
        (400, "POST", "/sign-in"),
        (413, "POST", "/journal/new"),
        (500, "GET", "/help-now"),
    ],
)
def test_every_refusal_carries_them(
    app: Flask, breaks: None, status: int, method: str, address: str
) -> None:
    body = {"situation": "x" * 1_100_000} if status == 413 else None
    answer = app.test_client().open(address, method=method, data=body)
    assert answer.status_code == status
    assert_safe(answer, address)
    assert_kept_nowhere(answer, address)


def static_files(app: Flask) -> Iterator[str]:
    folder = app.config["STATIC_FOLDER"]
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix not in {".gz", ".br"}:
            yield f"/s/{app.config['STATIC_DIGEST']}/{file.relative_to(folder)}"


def test_files_are_kept_for_ever_under_their_hash(app: Flask) -> None:
    client = app.test_client()
    addresses = list(static_files(app))
    assert len(addresses) > 15
    for address in addresses:
        for method in ("GET", "HEAD"):
            # As browsers say it; over plain HTTP they leave br out.
            answer = client.open(address, method=method, headers={"Accept-Encoding": "gzip, br"})
            assert answer.status_code == 200
            assert_safe(answer, address)
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            if address.endswith((".css", ".js", ".svg")) and len(answer.data) > 400:
                assert answer.headers["Content-Encoding"] == "br"
                assert "Accept-Encoding" in answer.headers["Vary"]
                older = client.open(address, method=method, headers={"Accept-Encoding": "gzip"})
                assert older.headers["Content-Encoding"] == "gzip"


def test_a_file_under_a_former_hash_is_todays_and_not_for_ever(app: Flask) -> None:
    client = app.test_client()
    for address in static_files(app):
        former = client.get(address.replace(app.config["STATIC_DIGEST"], "0" * 16))
        assert former.status_code == 200
        assert former.data == client.get(address).data
        assert_safe(former, address)
        assert "immutable" not in former.headers["Cache-Control"]
        assert int(re.findall(r"max-age=(\d+)", former.headers["Cache-Control"])[0]) <= 3600


@pytest.mark.parametrize("twin", [".gz", ".br"])
@pytest.mark.parametrize("digest", ["todays", "0" * 16])
def test_a_compressed_twin_has_no_address(app: Flask, digest: str, twin: str) -> None:
    digest = app.config["STATIC_DIGEST"] if digest == "todays" else digest
    client = app.test_client()
    assert client.get(f"/s/{digest}/js/app.js").status_code == 200
    assert client.get(f"/s/{digest}/js/app.js{twin}").status_code == 404


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {}, 405),
        ("GET", {"Range": "bytes=0-9"}, 206),
        ("GET", {"Range": "bytes=9999999-"}, 416),
        ("GET", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
    ],
)
def test_also_the_rarer_answers_about_files(
    app: Flask, method: str, headers: dict[str, str], status: int
) -> None:
    address = next(static_files(app))
    answer = app.test_client().open(address, method=method, headers=headers)
    assert answer.status_code == status
    assert_safe(answer, f"{method} {address} {headers}")


def test_the_worker_may_fetch_from_here_and_do_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/sw.js")
    # The script is the outbox's, which pages use as well.
    assert csp(answer) == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "script-src": "'self'",
    }
    assert answer.headers["Cache-Control"] == "no-cache"


def test_over_https_browsers_are_told_to_stay_there(secure_app: Flask) -> None:
    client = secure_app.test_client()
    for address in ("/sign-in", "/no-such-page", "/sw.js", next(static_files(secure_app))):
        answer = client.get(address, base_url=OURS)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_over_plain_http_they_are_not(app: Flask) -> None:
    for address in ("/sign-in", next(static_files(app))):
        assert "Strict-Transport-Security" not in app.test_client().get(address).headers


def cookies_of(answer: TestResponse) -> dict[str, set[str]]:
    found = {}
    for cookie in answer.headers.getlist("Set-Cookie"):
        name, *flags = cookie.split("; ")
        kept = {"kept" if flag.startswith(("Expires", "Max-")) else flag for flag in flags}
        found[name.partition("=")[0]] = kept
    return found


@pytest.mark.parametrize("keeps", ["y", None])
def test_the_cookie_over_https_is_ours_alone(
    secure_app: Flask, ana: Someone, keeps: str | None
) -> None:
    phone = Phone(secure_app, base_url=OURS)
    answer = sign_in(phone, keeps, headers={"Referer": f"{OURS}/sign-in"})
    flags = {"Secure", "SameSite=Lax", "Path=/"} | ({"kept"} if keeps else set())
    expected = {"__Host-groundwork": flags | {"HttpOnly"}}
    expected["__Host-groundwork-here"] = flags  # a script deletes it
    if keeps:
        expected["__Host-groundwork-known"] = flags | {"HttpOnly"}
    assert cookies_of(answer) == expected
    pair = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "-known" not in cookie]
    assert len({tuple(re.findall("Expires=[^;]+", cookie)) for cookie in pair}) == 1


def test_the_cookie_over_plain_http_is_as_close_as_it_gets(app: Flask, ana: Someone) -> None:
    answer = sign_in(Phone(app), "y")
    flags = {"SameSite=Lax", "Path=/", "kept"}
    assert cookies_of(answer) == {
        "groundwork": flags | {"HttpOnly"},
        "groundwork-here": flags,
        "groundwork-known": flags | {"HttpOnly"},
    }


def test_looking_around_sets_no_new_cookie(
    ana: Someone, phone_of: Callable[[Someone], Phone]
) -> None:
    phone = phone_of(ana)
    phone.get("/today")  # the first page of a phone brings the form token
    for address in ("/today", "/journal", "/help-now", "/sw.js", "/healthz"):
        assert "Set-Cookie" not in phone.get(address).response.headers, address


def sign_in(phone: Phone, keeps: str | None, **options: object) -> TestResponse:
    form = phone.get("/sign-in").form(having="password")
    form.fields["username"], form.fields["password"] = "ana", PASSWORD
    if keeps is None:
        form.fields.poplist("own_phone")
    answer = phone.client.post("/sign-in", data=form.fields, base_url=phone.base_url, **options)
    assert answer.status_code == 302
    return answer
