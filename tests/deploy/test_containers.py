"""Dockerfile and compose.yaml name what there is, and give a container no more than it needs."""

import re

import pytest
from flask import Flask

from tests.conftest import root
from tests.deploy.proxies import DEPLOY
from webapp import __main__ as console

DOCKERFILE = (root() / "Dockerfile").read_text()
COMPOSE = (root() / "compose.yaml").read_text()


def copied() -> list[str]:
    lines = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M)
    return [name for line in lines for name in line.split()]


def test_the_image_is_made_of_what_there_is_and_of_nothing_private() -> None:
    let_in = re.findall(r"^!(\S+)$", (root() / ".dockerignore").read_text(), re.M)
    assert copied()
    for name in copied():
        assert (root() / name).exists()
        assert any(re.fullmatch(one.replace("*", ".*"), name) for one in let_in), name
    assert "*" in (root() / ".dockerignore").read_text().splitlines()
    assert not {"var", "groundwork.env", ".env", ".git", "."} & {*copied()}


def test_the_image_has_all_that_the_app_imports_and_reads() -> None:
    code = " ".join(file.read_text() for file in (root() / "webapp").rglob("*.py"))
    needed = {*re.findall(r'\bROOT / "([^"]+)"', code)} - {"var"}  # where the data is otherwise
    assert len(needed) > 5
    assert needed | {"webapp"} <= {*copied()}
    units = (DEPLOY / "systemd" / "groundwork-web.service").read_text()
    assert "gunicorn wsgi:app" in units
    assert '"gunicorn", "wsgi:app"' in DOCKERFILE


def test_no_container_is_root_or_may_write_besides_its_volume() -> None:
    assert DOCKERFILE.index("\nUSER groundwork") < DOCKERFILE.index("\nCMD")
    ours = COMPOSE[COMPOSE.index("x-groundwork:") : COMPOSE.index("services:")]
    caddy = COMPOSE[COMPOSE.index("  caddy:") :]
    for part in (ours, caddy):
        assert "read_only: true" in part
        assert "cap_drop: [ALL]" in part
        assert "no-new-privileges:true" in part
    assert COMPOSE.count("ports:") == 1, "the app is reached through Caddy alone"
    assert "ports:" in caddy


@pytest.mark.parametrize("name", re.findall(r"- \./(\S+?):", COMPOSE))
def test_every_file_that_compose_mounts_is_there(name: str) -> None:
    assert (root() / name).is_file()


def test_every_command_of_a_container_is_one_that_there_is(app: Flask) -> None:
    words = re.findall(r"\bgroundwork ([a-z-]+)(?=[\n;])", COMPOSE)
    assert {"deliver-reminders", "plan-ahead", "erase-due", "import-meetings", "backup"} == {*words}
    assert {*words} <= {*app.cli.commands, *console.main.commands}


def test_what_compose_tells_caddy_is_what_its_file_asks_for() -> None:
    asked = re.findall(r"\{\$(\w+):", (DEPLOY / "Caddyfile").read_text())
    told = re.findall(r"^      ([A-Z]+): ", COMPOSE, re.M)
    assert sorted(asked) == sorted(told)
    version = re.search(r'CADDY: "(\S+)"', COMPOSE)
    assert version is not None
    assert f"\n({version[1]}) {{" in (DEPLOY / "Caddyfile").read_text()
