"""What a phone says its address is, is input: only known push services are ever written to."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reminders.hostile import REBOUND, endpoints
from webapp.core.addresses import is_public
from webapp.reminders.push.client import PushClient
from webapp.reminders.push.endpoints import SERVICES, Endpoint, Hosts, NotAllowed, check_keys
from webapp.reminders.push.messages import Message

GOOD = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91bH-_x",
    "https://fcm.googleapis.com/wp/abc?x=1",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://web.push.apple.com/QKC1",
    "https://wns2-by3p.notify.windows.com/w/?token=BQ%3d%3d",
    "https://fcm.googleapis.com:443/fcm/send/x",
]
_watched: list[tuple[str, object]] = []
_watching = [False]


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching[0] and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _watched.append((event, arguments[1:]))


sys.addaudithook(_watch)


@contextmanager
def no_socket() -> Iterator[None]:
    """Nothing in here may ask a resolver or connect to anything."""
    _watched.clear()
    _watching[0] = True
    try:
        yield
    finally:
        _watching[0] = False
    assert _watched == []


@pytest.mark.parametrize("url", GOOD)
def test_the_services_behind_every_browser_are_known(url):
    assert Hosts().check(url).port == 443


def test_three_hundred_hostile_endpoints_are_refused():
    hostile = endpoints()
    assert len(hostile) >= 300
    through = []
    with no_socket():
        for url in hostile:
            with suppress(NotAllowed):
                through.append((url, Hosts(("push.example.org",)).check(url)))
    assert through == []


@given(st.text(max_size=80))
def test_no_text_at_all_gets_through_or_breaks_it(text):
    for url in (text, f"https://{text}", f"https://fcm.googleapis.com{text}"):
        try:
            endpoint = Hosts().check(url)
        except NotAllowed:
            continue
        assert endpoint.host == "fcm.googleapis.com"
        assert endpoint.port == 443
        assert endpoint.target.isascii()
        assert "\n" not in endpoint.target


def test_a_name_that_turns_to_an_inner_address_opens_no_socket():
    for addresses in REBOUND:
        answer = _send(Hosts().check(GOOD[0]), Hosts(), addresses)
        assert answer.status is None
        assert answer.trouble == "inner address", addresses


def test_the_operator_may_name_services_of_their_own():
    hosts = Hosts(("push.example.org", "*.unified.example", "127.0.0.1:8443", "10.1.2.3:443"))
    assert hosts.check("https://push.example.org/x").host == "push.example.org"
    assert hosts.check("https://a.unified.example/x").host == "a.unified.example"
    assert hosts.check("https://127.0.0.1:8443/x").origin == "https://127.0.0.1:8443"
    for url in (
        "https://127.0.0.1/x",
        "https://127.0.0.1:8444/x",
        "https://push.example.org:444/x",
    ):
        with pytest.raises(NotAllowed):
            hosts.check(url)


def test_a_named_service_still_may_not_turn_inward():
    hosts = Hosts(("push.example.org",))
    answer = _send(hosts.check("https://push.example.org/x"), hosts, ["127.0.0.1"])
    assert answer.trouble == "inner address"


def test_what_is_public_and_what_is_not():
    for address in ("8.8.8.8", "142.250.1.1", "2a00:1450::1", "64:ff9b::808:808"):
        assert is_public(address), address


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("BHa8", "AAAAAAAAAAAAAAAAAAAAAA"),
        ("B" + "A" * 86, "AAAAAAAAAAAAAAAAAAAAAA"),  # right length, not on the curve
        ("é" * 87, "AAAAAAAAAAAAAAAAAAAAAA"),
        ("A" * 1000, "A" * 1000),
    ],
)
def test_keys_that_no_browser_made_are_refused(p256dh, auth):
    with pytest.raises(NotAllowed):
        check_keys(p256dh, auth)


def test_a_secret_of_three_bytes_is_refused():
    key = "BHa8Mu8iusPCHG4PSwrt7Y0P3CiFUam48tXjLU2tuZh9cGNRFEJQYLW0gLC8i-lhlk_W3s-Xyb-0zog2unIH6Xc"
    check_keys(key, "AAAAAAAAAAAAAAAAAAAAAA")
    for auth in ("", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "not base64!"):
        with pytest.raises(NotAllowed):
            check_keys(key, auth)


def test_the_list_is_the_four_services_and_chromiums_second_name():
    assert len(SERVICES) == 5


def _send(endpoint: Endpoint, hosts: Hosts, addresses: list[str]):
    async def resolve(_host: str, _port: int) -> list[str]:
        return addresses

    async def go():
        post = PushClient(hosts, resolve=resolve)
        try:
            return await post.send(Message(endpoint, {}, b""))
        finally:
            await post.close()

    # In a thread of its own: a browser that another test opened still holds this one's loop.
    with no_socket(), ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, go()).result()
