"""Staff sign in with a number from an app as well, from a date on; paper helps when the phone
isn't there."""

import base64
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.accounts.test_signing_in import sign_in
from tests.conftest import NOW, PASSWORD
from tests.pages import Page, Phone
from webapp.accounts import totp
from webapp.accounts.actions import issue_reset
from webapp.accounts.models import Authenticator, Person, RecoveryCode
from webapp.app import _config
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.config import Settings
from webapp.core import clock as our_clock
from webapp.core.data.db import db
from webapp.settings.first import make_row
from webapp.settings.models import ClinicSettings

VERSIONS = count(1_000)
GIVE, SET_UP = "/sign-in/second-step", "/you/second-step"


def required(app, since) -> None:
    """The clinic asks for one from then on."""
    with app.app_context():
        make_row(db.session.connection(), app.extensions["settings"])
        # The process keeps what it read, by the version; that of another test is another one.
        values = {"second_factor_from": since, "version": next(VERSIONS)}
        db.session.execute(update(ClinicSettings).values(values))
        db.session.commit()


def secret_on(page: Page) -> bytes:
    """What the app learns from the page."""
    text = page.html.split('<p class="code">')[1].split("<")[0].replace(" ", "")
    return base64.b32decode(text)


def number(secret: bytes, later: int = 0) -> str:
    return totp.number_at(secret, our_clock.now() + timedelta(seconds=later))


def set_up(phone: Phone) -> tuple[bytes, list[str]]:
    """Go through the page; what the app and the paper have then."""
    page = phone.get(SET_UP)
    secret = secret_on(page)
    paper = phone.fill(page, SET_UP, having="digits", digits=number(secret))
    assert "Backup codes" in paper.text
    codes = [part.split("<")[0] for part in paper.html.split('<li class="code">')[1:]]
    return secret, codes


def test_however_long_the_clinics_name_is_the_code_to_scan_has_room_for_it(
    app, phone_of, cleo, clock
):
    required(app, NOW)
    with app.app_context():
        values = {"clinic_name": "é" * 200, "version": next(VERSIONS)}
        db.session.execute(update(ClinicSettings).values(values))
        db.session.commit()
    assert phone_of(cleo).get(SET_UP).status == 200


@pytest.mark.parametrize(
    ("demo", "address", "off"),
    [(True, "", True), (True, "http://localhost:8000", True), (True, "http://[::1]:8000", True),
     (True, "http://127.0.0.1:8000", True), (True, "https://demo.example.org", False),
     (True, "http://192.0.2.7:8000", False), (True, "http://localhost.example.org", False),
     (False, "", False), (False, "http://localhost:8000", False)],
)  # fmt: skip
def test_it_is_off_in_a_demo_of_this_machine_and_nowhere_else(demo, address, off):
    settings = Settings(Path("/x"), "sqlite://", demo=demo, address=address, plain_http=True)
    assert _config(settings, b"")["SECOND_FACTOR_OFF"] is off


def test_where_it_is_off_whoever_comes_from_elsewhere_needs_it_all_the_same(
    app, phone_of, cleo, max_, evening, clock, monkeypatch
):
    required(app, NOW - timedelta(days=1))
    monkeypatch.setitem(app.config, "SECOND_FACTOR_OFF", True)
    for someone in (cleo, max_):
        here, elsewhere = phone_of(someone), phone_of(someone)
        elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        assert here.get("/clinic").address == "/clinic"
        assert elsewhere.get("/clinic").address.startswith(SET_UP)
    monkeypatch.setitem(app.config, "SECOND_FACTOR_OFF", False)
    assert here.get("/clinic").address.startswith(SET_UP)


def half(app, who: str = "cleo") -> tuple[Phone, Page]:
    """The password was right."""
    phone = Phone(app)
    return phone, sign_in(phone, who)


def give(phone: Phone, page: Page, digits: str) -> Page:
    return phone.fill(page, having="digits", digits=digits)


def test_cleo_signs_in_with_her_password_and_the_number_from_her_app(
    app, phone_of, cleo, evening, clock
):
    secret, codes = set_up(phone_of(cleo))
    assert len(set(codes)) == 10
    clock.shift(timedelta(seconds=30))
    phone, asked = half(app)
    assert asked.address == GIVE
    assert "Open your authenticator app and enter the number it shows." in asked.text
    assert "passkey" not in asked.html
    assert phone.get("/clinic").address.startswith("/sign-in?next=")  # half is nothing
    assert phone.get("/you").address.startswith("/sign-in?next=")
    wrong = give(phone, asked, "000000")
    assert wrong.status == 422
    assert give(phone, wrong, number(secret)).address == "/clinic"


def test_where_she_was_going_is_where_she_comes(app, phone_of, cleo, evening, clock):
    secret, _codes = set_up(phone_of(cleo))
    clock.shift(timedelta(seconds=30))
    phone = Phone(app)
    asked = phone.get(f"/clinic/groups/{evening.id}")
    asked = phone.fill(asked, username="cleo", password=PASSWORD)
    assert give(phone, asked, number(secret)).address == f"/clinic/groups/{evening.id}"


@pytest.mark.database
def test_no_number_counts_twice(app, phone_of, cleo, clock):
    secret, _codes = set_up(phone_of(cleo))
    phone, asked = half(app)
    assert give(phone, asked, number(secret)).status == 422  # it set the app up
    clock.shift(timedelta(seconds=30))
    assert give(phone, asked, number(secret)).address == "/clinic"
    other, asked = half(app)
    assert give(other, asked, number(secret)).status == 422
    assert give(other, asked, number(secret, -30)).status == 422  # nor an earlier one
    clock.shift(timedelta(seconds=30))
    assert give(other, asked, number(secret)).address == "/clinic"


@pytest.mark.parametrize("beside", [-60, 60, 3600])
def test_a_number_of_another_minute_is_wrong(app, phone_of, cleo, clock, beside):
    secret, _codes = set_up(phone_of(cleo))
    clock.shift(timedelta(minutes=5))
    phone, asked = half(app)
    assert give(phone, asked, number(secret, beside)).status == 422


@pytest.mark.parametrize("typed", ["", " ", "１２３４５６", "12345", "1234567", "🙂", "x" * 300])
def test_what_is_no_number_is_wrong_and_said(app, phone_of, cleo, clock, typed):
    set_up(phone_of(cleo))
    phone, asked = half(app)
    assert give(phone, asked, typed).status == 422
    assert phone.get("/clinic").address.startswith("/sign-in")


@pytest.mark.database
def test_a_code_from_paper_works_once_and_only_for_its_owner(app, phone_of, cleo, kit, clock):
    _secret, codes = set_up(phone_of(cleo))
    _other, kits = set_up(phone_of(kit))
    phone, asked = half(app)
    assert give(phone, asked, kits[0]).status == 422
    assert give(phone, asked, codes[0].lower()).address == "/clinic"
    assert "9 backup codes left" in phone.get(SET_UP).text
    other, asked = half(app)
    assert give(other, asked, codes[0]).status == 422
    with app.app_context():
        assert codes[1].replace("-", "").encode() not in b"".join(
            db.session.scalars(select(RecoveryCode.secret_hash))
        )


@pytest.mark.database
def test_new_codes_end_those_from_before(app, phone_of, cleo, clock):
    desk = phone_of(cleo)
    _secret, codes = set_up(desk)
    page = desk.fill(desk.get(SET_UP), "/recovery-codes")
    assert "Backup codes" in page.text
    with app.app_context():
        last = db.session.scalar(select(Act.kind).order_by(Act.number.desc()).limit(1))
    assert last == ActKind.RECOVERY_CODES_MADE
    phone, asked = half(app)
    assert give(phone, asked, codes[0]).status == 422


@pytest.mark.database
def test_wrong_numbers_have_to_wait(app, phone_of, cleo, clock):
    secret, _codes = set_up(phone_of(cleo))
    phone, asked = half(app)
    for _ in range(10):
        assert give(phone, asked, "000000").status == 422
    clock.shift(timedelta(seconds=29))
    again, asked_again = half(app)  # nor does a new half help
    assert give(again, asked_again, number(secret)).status == 429


def test_half_a_sign_in_lasts_ten_minutes_and_ends_with_the_password(app, phone_of, cleo, clock):
    secret, _codes = set_up(phone_of(cleo))
    phone, asked = half(app)
    clock.shift(timedelta(minutes=10))
    assert give(phone, asked, number(secret)).address == "/sign-in"
    phone, asked = half(app)
    with app.app_context():
        db.session.get_one(Person, cleo.id).password_hash = "another"
        db.session.commit()
    assert give(phone, asked, number(secret)).address == "/sign-in"


@pytest.mark.database
def test_setting_one_up_signs_other_devices_out(app, phone_of, cleo, clock):
    desk, elsewhere = phone_of(cleo), phone_of(cleo)
    set_up(desk)
    assert desk.get("/clinic").address == "/clinic"
    assert elsewhere.get("/clinic").address.startswith("/sign-in")


def test_a_wrong_number_sets_nothing_up_and_keeps_the_code_to_scan(app, phone_of, cleo, clock):
    desk = phone_of(cleo)
    page = desk.get(SET_UP)
    wrong = desk.fill(page, SET_UP, having="digits", digits="000000")
    assert wrong.status == 422
    assert secret_on(wrong) == secret_on(page)
    assert not has_one(app, cleo.id)


def test_a_secret_that_was_offered_to_somebody_else_or_nobody_is_none(
    app, phone_of, cleo, kit, clock
):
    theirs = phone_of(kit).get(SET_UP)
    desk = phone_of(cleo)
    for offer in (theirs.form(having="offer").fields["offer"], "", "x", "WzFd.aa.bb"):
        page = desk.fill(desk.get(SET_UP), SET_UP, having="digits", offer=offer,
                         digits=number(secret_on(theirs)))  # fmt: skip
        assert page.status == 422
    page = desk.get(SET_UP)
    clock.shift(timedelta(minutes=31))
    old = desk.fill(page, SET_UP, having="digits", digits=number(secret_on(page)))
    assert "Backup codes" not in old.text
    assert not has_one(app, cleo.id)


def test_looking_at_the_page_writes_nothing(app, phone_of, cleo, clock):
    phone_of(cleo).get(SET_UP)
    assert not has_one(app, cleo.id)


def test_before_the_date_the_page_says_how_many_days_are_left(app, phone_of, cleo, max_, clock):
    required(app, NOW + timedelta(days=13, hours=1))
    for someone in (cleo, max_):
        desk = phone_of(someone)
        assert "14 days left" in desk.get("/clinic").text
        assert "14 days left" in desk.get(SET_UP).text
        set_up(desk)
        assert "days left" not in desk.get("/clinic").text


def test_after_the_date_staff_without_one_get_the_page_to_set_it_up_and_nothing_else(
    app, phone_of, cleo, evening, ana, clock
):
    required(app, NOW)
    desk = phone_of(cleo)
    for address in ("/clinic", "/you", f"/clinic/groups/{evening.id}", "/you/password"):
        assert desk.get(address).address.split("?")[0] == SET_UP
    posted = desk.post(f"/clinic/groups/{evening.id}/invitations")
    assert posted.status == 401
    assert desk.get("/help-now").address == "/help-now"
    assert phone_of(ana).get("/today").address == "/today"  # it isn't asked of patients
    set_up(desk)
    assert desk.get("/clinic").address == "/clinic"


def test_a_sign_in_from_before_the_date_ends_at_it(app, phone_of, cleo, clock):
    required(app, NOW + timedelta(minutes=5))
    desk = phone_of(cleo)
    assert desk.get("/clinic").address == "/clinic"
    clock.shift(timedelta(minutes=5))
    assert desk.get("/clinic").address.split("?")[0] == SET_UP


def test_a_new_clinic_asks_from_two_weeks_after_it_is_made(app, clock):
    with app.app_context():
        make_row(db.session.connection(), app.extensions["settings"])
        since = db.session.scalar(select(ClinicSettings.second_factor_from))
        db.session.rollback()
    assert since == NOW + timedelta(days=14)


def test_patients_have_no_such_page(phone_of, ana, clock):
    assert phone_of(ana).get(SET_UP).status == 404


def test_a_reset_code_alone_lets_nobody_of_the_staff_in(app, phone_of, cleo, clock):
    secret, _codes = set_up(phone_of(cleo))
    with app.app_context():
        code = issue_reset(db.session.get_one(Person, cleo.id), None)
        db.session.commit()
    phone = Phone(app)
    page = phone.fill(phone.get("/reset"), username="cleo", code=code,
                      password="copper valley window sail")  # fmt: skip
    assert page.address == GIVE
    assert phone.get("/clinic").address.startswith("/sign-in")
    clock.shift(timedelta(seconds=30))
    assert give(phone, page, number(secret)).address == "/clinic"


def test_the_operator_ends_the_last_administrators_one(app, phone_of, max_, clock):
    set_up(phone_of(max_))
    run = app.test_cli_runner().invoke
    assert run(args=["reset-second-factor", "nobody"]).exit_code == 1
    done = run(args=["reset-second-factor", "Max"])
    assert done.exit_code == 0, done.output
    assert not has_one(app, max_.id)
    phone = Phone(app)
    assert sign_in(phone, "max").address == "/clinic"
    assert "Your second step was ended on the server" in phone.get(SET_UP).text


def test_a_secret_that_cannot_be_opened_lets_nobody_in_but_paper_does(app, phone_of, cleo, clock):
    secret, codes = set_up(phone_of(cleo))
    with app.app_context():
        db.session.execute(update(Authenticator).values(sealed=b"\x01" + bytes(40)))
        db.session.commit()
    clock.shift(timedelta(seconds=30))
    phone, asked = half(app)
    assert give(phone, asked, number(secret)).status == 422
    assert give(phone, asked, codes[0]).address == "/clinic"


def has_one(app, id: UUID) -> bool:
    with app.app_context():
        return db.session.get(Authenticator, id) is not None


def test_the_code_to_scan_has_its_own_white_ground_on_a_dark_screen_too(phone_of, cleo):
    assert "%20fill%3D%27%23fff%27" in phone_of(cleo).get(SET_UP).html
