"""What a browser may fetch while a finger is still on the link."""

import fnmatch
import json

from webapp.core.web.routes import declaration_of


def rules(phone):
    address = phone.get("/sign-in").response.headers["Speculation-Rules"].strip('"')
    answer = phone.get(address)
    assert answer.response.content_type == "application/speculationrules+json"
    (rule,) = json.loads(answer.html)["prefetch"]
    return rule


def may_be_fetched(rule, address):
    wanted, (_, refused) = rule["where"]["and"][0]["href_matches"], ("", rule["where"]["and"][1])
    never = refused["not"]["href_matches"]
    return any(fnmatch.fnmatch(address, pattern) for pattern in wanted) and not any(
        fnmatch.fnmatch(address, pattern) for pattern in never
    )


def test_only_a_patients_own_pages_and_only_when_tapped(app, phone):
    rule = rules(phone)
    assert rule["eagerness"] == "conservative"
    for address in ("/today", "/journal", "/journal/new?urge=7", "/plan/safety"):
        assert may_be_fetched(rule, address)
    for address in ("/sign-out", "/you", "/clinic", "/clinic/sessions/1", "/week/feed/x.ics",
                    "/medication/printed", "/check-ins/1/export"):  # fmt: skip
        assert not may_be_fetched(rule, address)


def test_nothing_that_notes_a_reader_or_downloads_is_fetched_ahead(app, phone):
    rule = rules(phone)
    for route in app.url_map.iter_rules():
        if declaration_of(app.view_functions[route.endpoint]).way == "opens":
            assert not may_be_fetched(rule, route.rule), route.rule


def test_a_huddle_that_is_fetched_ahead_is_not_opened(phone_of, cleo, evening):
    desk = phone_of(cleo)
    address = f"/clinic/sessions/{evening.tonight}"
    ahead = desk.client.get(address, headers={"Sec-Purpose": "prefetch"}, base_url=desk.base_url)
    assert ahead.status_code == 404
