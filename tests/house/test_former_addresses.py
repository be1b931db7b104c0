"""An address that somebody kept goes on answering, for those who may come in today."""

from collections.abc import Callable

import pytest

from tests.conftest import SomeGroup, Someone
from tests.house.world import World
from tests.pages import Phone

# Who may come in, the address of before, the one now, and what a form there is filled in with.
FORMER: list[tuple[str, str, str, dict[str, str] | None]] = [
    ("ana", "/week/dates/{tonight}", "/week/sessions/{tonight}", None),
    ("ana", "/week/dates/{tonight}.ics", "/week/sessions/{tonight}.ics", None),
    ("ana", "/week/dates/{tonight}", "/week/sessions/{tonight}", {"says": "late"}),
    ("ana", "/week/dates/{tonight}/coming", "/week/sessions/{tonight}/coming", {}),
    ("cleo", "/clinic/groups/{group}/dates", "/clinic/groups/{group}/sessions", None),
    ("cleo", "/clinic/groups/{group}/dates/new", "/clinic/groups/{group}/sessions/new", None),
    ("cleo", "/clinic/groups/{group}/dates/new", "/clinic/groups/{group}/sessions/new",
     {"day": "2026-12-05", "starts": "09:00", "minutes": "60"}),
    ("cleo", "/clinic/sessions/{tonight}/date", "/clinic/sessions/{tonight}/details", None),
    ("cleo", "/clinic/sessions/{tonight}/date", "/clinic/sessions/{tonight}/details",
     {"topic": "Paydays"}),
    ("cleo", "/clinic/groups/{group}/people/{ana}/cover",
     "/clinic/groups/{group}/people/{ana}/authorization",
     {"cover-sessions": "12", "cover-from_day": "2026-11-23", "cover-note": "Ref 77"}),
]  # fmt: skip
OTHERS = {"ana": ("dana", "cleo", "robin", "max"), "cleo": ("ana", "kit", "robin")}


@pytest.mark.parametrize(("who", "before", "now", "typed"), FORMER)
def test_a_kept_address_leads_to_where_it_is_now(
    world: World, who: str, before: str, now: str, typed: dict[str, str] | None
) -> None:
    phone = world.phone(who)
    before, now = (_at(world, address) for address in (before, now))
    fields = None if typed is None else typed | {"csrf_token": phone.token()}
    former = _ask(phone, before + "?week=2026-11-23&x=%2F%0D", fields)
    assert former.status_code == 308  # the same method, with what was posted
    assert former.headers["Location"] == now + "?week=2026-11-23&x=%2F%0D"
    arrived = _ask(phone, former.headers["Location"], fields)
    assert arrived.status_code == (200 if typed is None else 302)


@pytest.mark.parametrize(("who", "before", "now", "typed"), FORMER)
def test_it_leads_nobody_else_there(
    world: World, who: str, before: str, now: str, typed: dict[str, str] | None
) -> None:
    before, held = _at(world, before), world.everything()
    for other in OTHERS[who]:
        phone = world.phone(other)
        fields = None if typed is None else typed | {"csrf_token": phone.token()}
        assert _ask(phone, before, fields).status_code == 404, other
    phone = world.phone("nobody")
    fields = None if typed is None else typed | {"csrf_token": phone.token()}
    stopped = _ask(phone, before, fields)
    if typed is None:
        assert (stopped.status_code, stopped.headers["Location"][:9]) == (302, "/sign-in?")
    else:
        assert stopped.status_code == 401
    assert world.everything() == held


def test_a_page_that_was_open_meanwhile_still_says_that_one_is_late(
    phone_of: Callable[..., Phone], ana: object, cleo: object, evening: SomeGroup
) -> None:
    phone = phone_of(ana)
    form = phone.get(f"/week/sessions/{evening.tonight}").form("/sessions/", having="says")
    sent = form.fields.to_dict() | {"says": "late", "reason": "Bus"}
    former = _ask(phone, f"/week/dates/{evening.tonight}", sent)
    assert _ask(phone, former.headers["Location"], sent).status_code == 302
    assert "Bus" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}").text


def test_an_authorization_typed_on_a_page_of_before_is_kept(
    phone_of: Callable[..., Phone], ana: Someone, cleo: object, evening: SomeGroup
) -> None:
    desk, plan = phone_of(cleo), f"/clinic/groups/{evening.id}/people/{ana.id}"
    form = desk.get(f"{plan}/plan").form("/authorization")
    sent = {name.replace("authorization-", "cover-"): said for name, said in form.fields.items()}
    sent |= {"cover-sessions": "0", "cover-note": "Ref 77"}
    refused = _ask(desk, f"{plan}/authorization", sent)
    assert refused.status_code == 422
    assert "Ref 77" in refused.text
    former = _ask(desk, f"{plan}/cover", sent | {"cover-sessions": "12"})
    again = _ask(desk, former.headers["Location"], sent | {"cover-sessions": "12"})
    assert again.status_code == 302
    page = desk.get(f"{plan}/plan").text
    assert "0 of 12 used" in page
    assert "Ref 77" in page


def test_a_post_without_the_pages_token_gets_no_further(world: World) -> None:
    answer = _ask(world.phone("ana"), f"/week/dates/{world.evening.tonight}", {"says": "late"})
    assert answer.status_code == 400


def _at(world: World, address: str) -> str:
    evening, ana = world.evening, world.people["ana"].id
    return address.format(tonight=evening.tonight, group=evening.id, ana=ana)


def _ask(phone: Phone, address: str, fields: dict[str, str] | None):  # type: ignore[no-untyped-def]
    method = "GET" if fields is None else "POST"
    return phone.client.open(address, method=method, data=fields, base_url=phone.base_url)
