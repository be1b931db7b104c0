"""Fetching a feed from a world that isn't always kind."""

import socket
import ssl
from datetime import timedelta
from threading import Event, Timer
from urllib.parse import urlsplit

import pytest
from cryptography.x509 import DNSName

from tests.certificates import certify
from tests.meetings.dirty import feed as feed_body
from tests.meetings.world import serving, silent
from webapp.meetings import feed

HOST = "feed.example"
BODY = feed_body([{"slug": "a", "name": "A", "day": 1, "time": "19:00"}])


@pytest.fixture
def world(tmp_path, monkeypatch):
    """`world(answer)` serves at https://feed.example; only its address counts as public."""
    pem, day = tmp_path / "feed.pem", timedelta(days=1)
    certify(pem, DNSName(HOST), ends_in=day, since=day)
    trusting = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    names = {HOST: "127.0.0.1", "inside.example": "10.0.0.7", "other.example": "127.0.0.1"}
    asked = []

    def resolve(host, port, *_, **__):
        asked.append(host)
        try:
            address = names.get(host) or socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            raise socket.gaierror from None
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    real = feed.is_public
    monkeypatch.setattr(feed, "is_public", lambda ip: ip == "127.0.0.1" or real(ip))
    servers = []

    def start(answer):
        server = serving(pem, answer)
        port = server.__enter__()
        servers.append(server)
        return f"https://{HOST}:{port}/feed.json?type=tsml"

    start.asked = asked
    yield start
    for server in servers:
        server.__exit__(None, None, None)


def answering(body=BODY, status=200, **headers):
    headers = {"Content_Type": "application/json", "Content_Length": str(len(body)), **headers}

    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            if value is not None:
                handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def fetched(address):
    return b"".join(feed.fetch(address))


def test_a_feed_is_fetched_and_imported(world, import_meetings, meeting_called):
    address = world(answering())
    assert fetched(address) == BODY
    made = import_meetings(address, "--fellowship", "smart")
    assert made.exit_code == 0, made.output
    assert meeting_called("A").fellowship == "smart"


def test_every_list_from_an_address_is_read_again_even_when_one_is_gone(
    app, world, list_meetings, meeting_called
):
    list_meetings({"slug": "file", "name": "From a file", "day": 1, "time": "18:00"})
    bodies = {"one": BODY, "two": BODY.replace(b'"A"', b'"B"')}
    there = {name: world(lambda handler, name=name: answering(bodies[name])(handler))
             for name in bodies}  # fmt: skip
    type_in = app.test_cli_runner().invoke
    for address in there.values():
        assert type_in(args=["import-meetings", address, "--fellowship", "smart"]).exit_code == 0
    bodies["one"], bodies["two"] = b"gone", BODY.replace(b'"A"', b'"C"')
    again = type_in(args=["import-meetings"])
    assert again.exit_code == 1
    assert "1 of 2 lists could not be updated." in again.output
    assert meeting_called("C").fellowship == "smart"
    for stays in ("A", "From a file"):  # of a list that is gone, and of one without an address
        assert meeting_called(stays)


def test_without_a_list_from_an_address_there_is_nothing_to_read_again(app):
    type_in = app.test_cli_runner().invoke
    assert "No list of meetings was imported" in type_in(args=["import-meetings"]).output
    assert type_in(args=["import-meetings", "--zone", "America/Chicago"]).exit_code == 2


def test_a_redirect_is_followed_to_a_public_place(world):
    there = world(answering())
    here = world(answering(b"", 302, Location=there))
    assert fetched(here) == BODY


@pytest.mark.parametrize(
    "target",
    [
        "https://inside.example/feed.json",
        "https://10.0.0.7/",
        "https://[::1]/",
        "http://feed.example/",
        "file:///etc/passwd",
        "//inside.example/",
        "https://user:word@feed.example/",
    ],
)
def test_a_redirect_inside_is_refused(world, target):
    address = world(answering(b"", 301, Location=target))
    with pytest.raises(feed.FeedRefused):
        fetched(address)


def test_a_redirect_without_end_is_refused(world):
    address = world(answering(b"", 302, Location="/feed.json"))
    with pytest.raises(feed.FeedRefused, match="redirects too many"):
        fetched(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://feed.example/feed.json",
        "ftp://feed.example/feed.json",
        "https://",
        "https://feed.example:99999/",
        "https://feed.example/a b",
        "https://feed.example/\r\nHost: inside.example",
        "https://[half",
    ],
)
def test_an_address_that_isnt_one_is_refused(address):
    with pytest.raises(feed.FeedRefused):
        fetched(address)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.20.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:0001::", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.215.14", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        # What only one of two lists had, once.
        ("192.0.0.9", False),
        ("192.88.99.1", False),
        ("::7f00:1", False),
        ("2001:1::1", False),
        ("2001:30::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("64:ff9b:1::1", False),
        ("100::1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert feed.is_public(address) is public


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    both = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(feed.FeedRefused, match="private network"):
        fetched("https://feed.example/")


def test_the_name_is_asked_for_once(world):
    """Whoever answers differently a second later changes nothing."""
    address = world(answering())
    fetched(address)
    assert world.asked.count(HOST) == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (answering(status=404), "answered 404"),
        (answering(status=500), "answered 500"),
        (answering(Content_Type="text/html; charset=utf-8"), "sent text/html, not JSON"),
        (answering(Content_Type="image/png"), "sent image/png"),
        (answering(Content_Encoding="gzip"), "compressed"),
        (answering(Content_Length=str(10**9)), "larger than 64 MB"),
        (answering(Content_Length="500"), "closed the connection"),
        (answering(Content_Length=None, Transfer_Encoding="chunked"), "closed the connection"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_sentence(world, answer, sentence):
    with pytest.raises(feed.FeedRefused, match=sentence):
        fetched(world(answer))


def test_a_body_without_end_is_cut_off(world, monkeypatch):
    monkeypatch.setattr(feed, "AT_NIGHT", feed.Bounds(1024 * 1024, 120))

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        while True:
            handler.wfile.write(b" " * 65536)

    with pytest.raises(feed.FeedRefused, match="larger than 1 MB"):
        fetched(world(answer))


def test_a_body_that_drips_is_given_up(world, monkeypatch):
    monkeypatch.setattr(feed, "AT_NIGHT", feed.Bounds(10**12, 0.3))

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        while True:
            handler.wfile.write(b" ")

    with pytest.raises(feed.FeedRefused, match="too long"):
        fetched(world(answer))


def test_who_connects_after_the_time_is_over_is_given_up(world, monkeypatch):
    class Over(Timer):
        def start(self):
            self.function()

    asked = []
    monkeypatch.setattr(feed, "Timer", Over)
    with pytest.raises(feed.FeedRefused, match="too long"):
        fetched(world(asked.append))
    assert not asked  # a server that drips from here on would never be cut off


def test_a_redirect_gets_no_time_of_its_own(world, monkeypatch):
    given = []

    class Noted(Timer):
        def __init__(self, seconds, act):
            given.append(seconds)
            super().__init__(seconds, act)

    monkeypatch.setattr(feed, "Timer", Noted)
    assert fetched(world(answering(b"", 302, Location=world(answering())))) == BODY
    assert feed.AT_NIGHT.whole > given[0] > given[1]


def test_silence_is_given_up(world, monkeypatch):
    monkeypatch.setattr(feed, "WAIT", 0.2)
    with silent() as port, pytest.raises(feed.FeedRefused, match="too long"):
        fetched(f"https://{HOST}:{port}/")


def test_another_hosts_certificate_is_refused(world):
    port = urlsplit(world(answering())).port
    with pytest.raises(feed.FeedRefused, match="trusted certificate"):
        fetched(f"https://other.example:{port}/")


def test_a_refusal_changes_nothing_and_says_so(world, import_meetings):
    made = import_meetings("https://inside.example/feed.json", "--fellowship", "aa")
    assert made.exit_code == 1
    assert "private network" in made.output
    assert "http" in import_meetings("http://feed.example/", "--fellowship", "aa").output
    assert import_meetings("https://nobody.example/", "--fellowship", "aa").exit_code == 1


def test_while_someone_waits_less_is_read_and_the_operator_can_do_more(world, monkeypatch):
    monkeypatch.setattr(feed, "WHILE_SOMEONE_WAITS", feed.Bounds(10, 10.0))
    address = world(answering())
    with pytest.raises(feed.FeedRefused, match="Whoever runs the server can import it"):
        feed.fetch_while_waiting(address)
    assert fetched(address) == BODY


def test_a_name_that_isnt_found_in_time_holds_up_no_page(monkeypatch):
    found = Event()
    monkeypatch.setattr(feed, "fetch", lambda *_: iter([b"late"] if found.wait() else []))
    monkeypatch.setattr(feed, "WHILE_SOMEONE_WAITS", feed.Bounds(10, -1.0))
    with pytest.raises(feed.FeedRefused, match="took too long"):
        feed.fetch_while_waiting("https://slow.example/")
    found.set()
