"""What the operator types."""

import re
import shutil
import socket

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD, ZONE, set_up, started, typed
from tests.pages import Phone
from webapp import create_app
from webapp.accounts.models import Person, Role
from webapp.config import Settings
from webapp.core import clock as our_clock
from webapp.core.crypto.key_files import BadKeyFile
from webapp.core.crypto.keys import DataKey
from webapp.core.data.db import db
from webapp.program.actions import add_pattern
from webapp.program.models import Group, GroupSession
from webapp.program.recurrence import Weekly


def join_as(app: Flask, link: str, username: str):
    phone = Phone(app)
    page = phone.get(link)
    return phone.fill(page, "/join/", username=username, name="Max", password=PASSWORD)


def link_in(said: str) -> str:
    found = re.search(r"/join/[0-9A-Z-]{14}\?staff=1", said)
    assert found is not None, said
    return found[0]


def test_init_makes_keys_and_database_and_prints_a_link_that_works_once(clinic, own_settings):
    said = typed(clinic, "init")
    assert "within 7 days" in said
    assert "RECOVERY SHEET" in said
    keys = sorted((own_settings.data / "keys").iterdir())
    assert [key.name for key in keys] == ["outbox.keys", "outer.keys", "push.pem", "secret.key"]
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert join_as(clinic, link_in(said), "max").address == "/clinic"
    assert join_as(clinic, link_in(said), "other").status == 422
    with clinic.app_context():
        assert [person.role for person in db.session.scalars(select(Person))] == [
            Role.ADMINISTRATOR
        ]


def test_init_a_second_time_says_that_there_is_an_administrator(clinic):
    join_as(clinic, link_in(set_up(clinic)), "max")
    said = typed(clinic, "init")
    assert "There is already an administrator." in said
    assert "/join/" not in said


def test_invite_prints_a_link_for_another_administrator(clinic):
    join_as(clinic, link_in(set_up(clinic)), "max")
    assert join_as(clinic, link_in(typed(clinic, "invite")), "mia").address == "/clinic"


def test_rotating_the_key_keeps_every_word_and_wraps_it_anew(clinic, own_settings):
    join_as(clinic, link_in(set_up(clinic)), "max")
    with clinic.app_context():
        before = db.session.scalars(select(DataKey.outer_id)).one()
    assert "1 keys re-encrypted." in typed(clinic, "rotate-key")
    restarted = started(own_settings)
    with restarted.app_context():
        after = db.session.scalars(select(DataKey.outer_id)).one()
        assert after != before
        assert db.session.scalars(select(Person)).one().name == "Max"


def test_planning_ahead_can_be_repeated(clinic):
    set_up(clinic)
    with clinic.app_context():
        group = Group(name="Evening IOP", zone=ZONE)
        db.session.add(group)
        today = our_clock.now().date()
        add_pattern(group, Weekly(0, our_clock.EARLIEST.time(), 180, today))
        db.session.commit()
    first = typed(clinic, "plan-ahead")
    assert first in ("8 sessions scheduled.\n", "9 sessions scheduled.\n")  # a Monday may be today
    assert typed(clinic, "plan-ahead") == "0 sessions scheduled.\n"
    with clinic.app_context():
        made = len(db.session.scalars(select(GroupSession)).all())
        assert first == f"{made} sessions scheduled.\n"


def test_a_database_without_its_keys_is_refused_and_left_alone(clinic, own_settings):
    set_up(clinic)
    keys = own_settings.data / "keys"
    shutil.move(keys, own_settings.data / "elsewhere")
    with pytest.raises(BadKeyFile, match=r"outer\.keys is missing.* Restore it from a backup"):
        create_app(own_settings)
    assert not keys.exists()  # no new ones, which would open nothing
    shutil.move(own_settings.data / "elsewhere", keys)
    create_app(own_settings)


def test_nobody_else_on_the_machine_has_anything_to_look_for_in_the_data(
    clinic: Flask, own_settings: Settings
) -> None:
    assert own_settings.data.stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said_before_anything_is_started(clinic: Flask) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = clinic.test_cli_runner().invoke(args=["serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"Port {port} is in use" in result.output
    assert "Groundwork is running at" not in result.output


def test_a_clinic_without_a_name_is_asked_for_one(clinic: Flask) -> None:
    page = join_as(clinic, link_in(set_up(clinic)), "max")
    assert "Set the clinic’s name" in page.text
