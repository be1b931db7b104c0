"""What the clinic sets: from the environment once, and then the same in each process."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event

from tests.conftest import started
from tests.pages import Phone
from webapp import create_app
from webapp.config import HelpLines, Settings
from webapp.core.data.db import db
from webapp.pwa.views import begun_blank
from webapp.settings.current import clinic_settings
from webapp.settings.first import ignored_settings


@pytest.fixture
def other_process(app, settings):
    """The same clinic in another process: it has read what was set before."""
    made = create_app(settings)
    made.testing = True
    yield made
    with made.app_context():
        db.engine.dispose()


def test_at_first_start_the_environment_counts_and_afterwards_the_database(
    own_settings: Settings,
) -> None:
    lines = HelpLines(clinic="555-0100")
    new = started(replace(own_settings, clinic_name="Riverside Clinic", help_lines=lines))
    assert new.test_cli_runner().invoke(args=["init"]).exit_code == 0
    later = started(replace(own_settings, clinic_name="Another", zone="America/Chicago"))
    with later.app_context():
        row = clinic_settings()
        assert (row.version, row.clinic_name) == (1, "Riverside Clinic")
        assert (row.zone, row.help_lines) == (Settings.zone, lines)
        assert ignored_settings({"GROUNDWORK_CLINIC_NAME": "Riverside Clinic"}, row) == []
        told = {"GROUNDWORK_CLINIC_NAME": "Another", "GROUNDWORK_DATA": "/srv",
                "GROUNDWORK_HELP_CLINIC": "", "GROUNDWORK_WEEK_HOURS_LEAST": "6"}  # fmt: skip
        assert ignored_settings(told, row) == ["GROUNDWORK_CLINIC_NAME", "GROUNDWORK_HELP_CLINIC"]


def test_every_process_shows_what_was_changed_without_a_restart(
    other_process, phone_of, max_, ana, clinic_sets
):
    stranger, here = Phone(other_process), phone_of(ana)
    with here.client.session_transaction(base_url=here.base_url) as session:
        signed_in = Phone(other_process, session["_user_id"])
    assert "Riverside Clinic" in stranger.get("/join/0000-0000-0000").text
    signed_in.get("/install")
    worker = stranger.get("/sw.js").response.text
    clinic_sets(clinic_name="Lakeside", short_name="Lake", help_clinic="555-0199")
    assert "Lakeside" in stranger.get("/join/0000-0000-0000").text
    assert "tel:5550199" in stranger.get("/help-now").links
    assert stranger.get("/manifest.webmanifest").response.json["short_name"] == "Lake"
    assert "Lake" in signed_in.get("/install").text
    assert stranger.get("/sw.js").response.text != worker  # so that phones fetch Help now anew


def test_phones_fetch_the_kept_pages_anew_after_another_zone(phone: Phone, clinic_sets) -> None:
    kept, worker = phone.get("/blank/trigger").html, phone.get("/sw.js").html
    clinic_sets(zone="America/Chicago")
    assert phone.get("/blank/trigger").html != kept
    assert phone.get("/sw.js").html != worker


def test_help_now_answers_without_the_database_with_the_last_known_numbers(
    app: Flask, phone: Phone, clinic_sets, monkeypatch
) -> None:
    clinic_sets(help_clinic="555-0199")
    assert "tel:5550199" in phone.get("/help-now").links
    tried = []

    def is_away(*_: object) -> None:
        tried.append(1)
        raise db.engine.dialect.loaded_dbapi.OperationalError("is away")

    with app.app_context():
        event.listen(db.engine, "do_execute", is_away)
        engine = db.engine
    try:
        kinds = [f"/blank/{kind}" for kind in begun_blank()]
        for address in (
            "/help-now",
            "/offline",
            "/quiet",
            "/manifest.webmanifest",
            "/sw.js",
            *kinds,
        ):
            assert phone.get(address).status == 200, address
        assert "tel:5550199" in phone.get("/help-now").links
    finally:
        event.remove(engine, "do_execute", is_away)


def test_a_signed_in_page_asks_nothing_more_for_them(app, phone_of, ana, clinic_sets):
    phone = phone_of(ana)
    phone.get("/today")
    asked = []
    with app.app_context():
        engine = db.engine
    hear = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", hear)
    try:
        phone.get("/today")
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    assert not [said for said in asked if "FROM clinic_settings" in said and "sign_in" not in said]
