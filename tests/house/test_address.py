"""Where the clinic is: its own address says so, and nothing that a request claims."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.conftest import Someone, set_up, started
from tests.house.who_gets_in import policy
from tests.house.world import World
from tests.pages import Phone
from webapp import create_app
from webapp.config import Settings
from webapp.core.data.db import db

OURS, EVIL = "https://groundwork.example.org", "evil.example"
CLAIMS = {
    "HTTP_HOST": EVIL, "HTTP_X_FORWARDED_HOST": EVIL, "HTTP_X_FORWARDED_PROTO": "http",
    "HTTP_FORWARDED": f"host={EVIL}", "HTTP_X_FORWARDED_PORT": "8666", "SERVER_NAME": EVIL,
    "HTTP_X_FORWARDED_PREFIX": "/evil", "wsgi.url_scheme": "http",
}  # fmt: skip


@pytest.fixture(scope="module")
def lied_to(whole_app: Flask, settings: Settings) -> Iterator[Flask]:
    """The app at its own address, to which every request claims to be somewhere else."""
    here = replace(settings, plain_http=False, address=OURS, trusted_proxies=1)
    made = create_app(here)
    made.testing, inner = True, made.wsgi_app
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.wsgi_app = lambda environ, start: inner(environ | CLAIMS, start)  # type: ignore[method-assign]
    yield made
    with made.app_context():
        db.engine.dispose()


def test_what_a_request_claims_to_be_sent_to_gets_into_no_answer(
    world: World, lied_to: Flask, rules: list[Rule]
) -> None:
    tokens = {who: world.token(who) for who in ("ana", "cleo", "max")} | {"nobody": ""}
    seen = 0
    for rule in rules:
        for method in rule.methods & {"GET", "POST"}:
            allowed = policy()[method, rule.rule]
            for who in (who for who in tokens if allowed[who] != "no"):
                phone = Phone(lied_to, tokens[who], base_url=OURS)
                answer = world.send(phone, method, rule, who, world.address(rule))
                told = f"{answer.headers} {answer.get_data(as_text=True)}"
                assert EVIL not in told, f"{method} {rule.rule} as {who}"
                assert "http://localhost" not in told, rule.rule
                seen += answer.status_code < 400
    assert seen > 150


def test_links_that_leave_the_app_are_at_its_own_address(
    lied_to: Flask, app: Flask, ana: Someone, cleo: Someone, evening: Any, phone_of: Any
) -> None:
    desk, own = (_here(lied_to, phone_of(who)) for who in (cleo, ana))
    slip = desk.post(f"/clinic/groups/{evening.id}/invitations").html
    assert f"{OURS}/join" in slip
    reset = desk.post(f"/clinic/groups/{evening.id}/people/{ana.id}/reset").html
    assert f"{OURS}/reset" in reset
    assert f'value="{OURS}/' in own.post("/week/calendar").html


@pytest.mark.parametrize(
    "origin",
    [f"https://{EVIL}", f"http://{EVIL}", "http://localhost", "null",
     "http://groundwork.example.org", f"{OURS}:8443"],
)  # fmt: skip
def test_a_form_from_where_a_request_claims_to_be_is_refused_and_the_log_names_the_setting(
    lied_to: Flask, ana: Someone, phone_of: Any, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    phone = _here(lied_to, phone_of(ana))
    fields = {"urge": "4", "csrf_token": phone.token()}
    answer = phone.post("/journal/new", fields, headers={"Origin": origin})
    assert answer.status == 400
    assert "GROUNDWORK_ADDRESS" in caplog.text
    assert EVIL not in caplog.text
    assert phone.post("/journal/new", fields, headers={"Origin": OURS}).status == 200


def test_the_first_administrators_link_has_the_address(own_settings: Settings) -> None:
    here = replace(own_settings, plain_http=False, address=OURS)
    assert f"  {OURS}/join/" in set_up(started(here))


def _here(lied_to: Flask, phone: Phone) -> Phone:
    with phone.client.session_transaction(base_url=phone.base_url) as session:
        token = session["_user_id"]
    return Phone(lied_to, token, base_url=OURS)
