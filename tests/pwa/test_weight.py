"""What somebody on a slow network waits for before the first page is there."""

import pytest

from tests.weight import is_code, needed
from webapp import create_app

KB = 1024


@pytest.mark.parametrize(
    ("address", "bar"), [("/sign-in", 26), ("/offline", 26), ("/today", 32), ("/journal/new", 32)]
)
def test_styles_and_scripts_of_a_first_load_are_few(phone, phone_of, ana, address, bar):
    """The worker and what it needs to start too; with their heads, as over HTTP/1.1."""
    phone = phone_of(ana) if bar == 32 else phone
    code = [file for file in needed(lambda to: phone.get(to).html, address) if is_code(file)]
    assert {file.rpartition("/")[2] for file in code} >= {
        "every.css",
        "app.js",
        "sw.js",
        "outbox.js",
    }
    heads = sum(len(str(phone.client.head(file).headers)) for file in code)
    assert heads + sum(weight(phone, file, "br") for file in code) <= bar * KB


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_whatever_is_the_same_for_everybody_comes_small(phone, coding):
    for address in ("/sw.js", "/help-now", "/offline", "/blank/trigger", "/mindfulness"):
        plain = phone.get(address).response.data
        assert weight(phone, address, coding) < len(plain) / 2
        assert weight(phone, address, f"{coding};q=0, *;q=0", plainly=True) == len(plain)


def weight(phone, address, coding, *, plainly=False):
    answer = phone.client.get(address, headers={"Accept-Encoding": coding})
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == (None if plainly else coding)
    assert "Accept-Encoding" in answer.headers["Vary"]
    return len(answer.data)


def test_each_process_serves_the_worker_byte_for_byte(app, settings):
    """A browser takes one byte that differs for another release."""
    app.extensions.pop("clinic settings", None)  # what it knew in another test
    other = create_app(settings)
    for coding in ("br", "gzip", "identity"):
        served = {
            server.test_client().get("/sw.js", headers={"Accept-Encoding": coding}).data
            for server in (app, other)
        }
        assert len(served) == 1
