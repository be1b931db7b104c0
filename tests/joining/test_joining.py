"""From a slip of paper to an account: what the facilitator hands out and the patient types."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSWORD, people_of
from tests.pages import Page, Phone
from webapp.accounts.actions import CODE
from webapp.accounts.models import Person, Role
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.core.throttle import count_try
from webapp.joining.models import Invitation
from webapp.program import queries as program
from webapp.program.actions import leave
from webapp.program.models import GroupRole, Membership


def slip(desk: Phone, group: object, kind: str = "/invitations") -> Page:
    page = kind if kind == "/invitations" else ""
    return desk.fill(desk.get(f"/clinic/groups/{group.id}{page}"), kind)


def code_on(page: Page) -> str:
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.text)
    assert found is not None
    return found[0]


@pytest.fixture
def code(phone_of, cleo, evening) -> str:
    """The code on a slip for Evening IOP."""
    return code_on(slip(phone_of(cleo), evening))


def join(phone: Phone, code: str, **typed: object) -> Page:
    asked = {"username": "robin", "name": "Robin", "password": PASSWORD}
    return phone.fill(phone.get(f"/join/{code}"), "/join/", **(asked | typed))


def test_the_slip_has_a_code_to_type_and_one_to_scan(phone_of, cleo, evening):
    page = slip(phone_of(cleo), evening)
    pictures = [got.get("src") or "" for tag, got in page.tags if tag == "img"]
    assert [picture[:19] for picture in pictures] == ["data:image/svg+xml;"]
    assert code_on(page)
    assert "It works once, until Monday, November 30." in page.text
    assert "http://localhost/join" in page.text
    # What it is, whose, that it's free, and that it's private.
    for said in ("Groundwork, from", "A private place on your phone", "It’s free.",
                 "Only you can see what you write, until you share it.", "Call 911."):  # fmt: skip
        assert said in page.text


def test_each_slip_has_a_code_of_its_own(phone_of, cleo, evening):
    desk = phone_of(cleo)
    assert code_on(slip(desk, evening)) != code_on(slip(desk, evening))


@pytest.mark.database
def test_a_new_patient_is_welcomed_by_name_and_is_in_the_group(app, phone, code, phone_of, cleo):
    landed = join(phone, code)
    assert landed.address == "/today/welcome"
    assert "No one sees it unless you share it" in landed.text
    for said in ("Welcome, Robin", "Cleo runs your group, Evening IOP.",
                 "today at 6:00 PM", "Room 2"):  # fmt: skip
        assert said in landed.text
    assert {"/mindfulness/feet", "/journal/new", "/plan/supports", "/today"} <= set(landed.links)
    assert "Share with Evening IOP" in phone.get("/journal/new").text
    assert phone.get("/today").address == "/today"
    assert _person(app, "robin").role == Role.PATIENT


def test_the_four_words_are_used_by_the_first_tap(app, code):
    # Their script is there before the page is drawn.
    head = Phone(app).get(f"/join/{code}").html.split("</head>")[0]
    assert re.search(r'<script type="module" blocking="render" src="\S+/password\.js">', head)


def test_looking_at_a_slips_address_uses_nothing_up(app, code):
    for _ in range(3):
        Phone(app).get(f"/join/{code}")
        Phone(app).client.head(f"/join/{code}")
    assert join(Phone(app), code).address == "/today/welcome"


def test_looking_tells_nothing_about_a_code(app, code):
    real, wrong = (Phone(app).get(f"/join/{typed}") for typed in (code, "ZZZZ-ZZZZ-ZZZZ"))
    assert (real.status, real.ids) == (wrong.status, wrong.ids)


def test_a_code_is_forgiving_about_how_it_is_typed(app, phone_of, cleo, evening, monkeypatch):
    monkeypatch.setattr("webapp.core.codes.make_code", lambda: "K0Q14RTX9WPD")
    slip(phone_of(cleo), evening)
    phone = Phone(app)
    page = phone.fill(phone.get("/join"), "/join", code="  koqi 4rtx-9wpd ")
    assert page.address == "/join/K0Q1-4RTX-9WPD"
    assert (
        phone.fill(page, "/join/", username="robin", name="Robin", password=PASSWORD).status == 200
    )
    assert people_of(app) == ["cleo", "robin"]


@pytest.mark.parametrize("typed", ["", "short", "K7QM-4RTX-9WP", "K7QM-4RTX-9WPDD", "ñandú"])
def test_what_is_no_code_is_said_beside_the_field(phone, app, typed):
    page = phone.fill(phone.get("/join"), "/join", code=typed)
    assert page.status == 422
    assert "code-error" in page.ids
    assert page.form(having="code").fields["code"] == typed


@pytest.mark.database
def test_a_code_works_once(app, code):
    join(Phone(app), code)
    again = join(Phone(app), code, username="somebody.else")
    assert again.status == 422
    assert "That code didn’t work" in again.text
    assert people_of(app) == ["cleo", "robin"]


def test_a_code_works_for_seven_days(app, code, clock):
    clock.shift(timedelta(days=7, minutes=-1))
    page = Phone(app).get(f"/join/{code}")
    assert page.status == 200
    clock.shift(timedelta(minutes=1))
    assert join(Phone(app), code).status == 422


@pytest.mark.database
def test_guessing_the_rest_of_a_code_is_slowed_down(app, code, clock):
    guess = code[:5] + "0000-0000"
    with app.app_context():
        for _ in range(299):
            count_try((CODE, code[:4]))
    assert join(Phone(app), guess).status == 422
    # The right one has to wait with the guesses, for a second.
    assert join(Phone(app), code).status == 429
    clock.shift(timedelta(seconds=1))
    assert join(Phone(app), code).address == "/today/welcome"


def test_five_wrong_guesses_at_a_code_dont_hold_the_right_one_up(app, code, clock):
    for _ in range(5):
        assert join(Phone(app), code[:5] + "0000-0000").status == 422
    assert join(Phone(app), code).address == "/today/welcome"


def test_the_database_cannot_tell_the_code(app, code):
    with app.app_context():
        row = db.session.scalar(select(Invitation))
        kept = f"{row.public} {row.secret_hash!r}"
    assert code.replace("-", "")[4:] not in kept


@pytest.mark.database
def test_a_username_that_somebody_has_keeps_what_was_typed(app, code, ana):
    page = join(Phone(app), code, username="Ana", here_for="both")
    assert page.status == 422
    assert "That username is taken. Try another." in page.text
    kept = page.form(having="username").fields
    assert (kept["username"], kept["name"], kept["here_for"]) == ("Ana", "Robin", "both")
    assert PASSWORD not in page.html
    assert join(Phone(app), code).address == "/today/welcome"  # and the code is still good


@pytest.mark.database
def test_a_good_code_tells_of_few_names_whether_they_are_taken(app, code, ana, clock):
    """Else one slip would tell who else is here."""
    for tried in range(10):
        page = join(Phone(app), code, username="ana")
        assert page.status == 422, tried
        assert "That username is taken" in page.text
    # What waits tells nothing more: a name that is free gets the same answer.
    for username in ("ana", "nobody-has-it"):
        page = join(Phone(app), code, username=username)
        assert page.status == 429
        assert "taken" not in page.text
    clock.shift(timedelta(minutes=1, seconds=1))
    assert join(Phone(app), code).address == "/today/welcome"


def test_without_a_valid_code_nobody_learns_which_names_are_taken(app, ana):
    page = join(Phone(app), "ZZZZ-ZZZZ-ZZZZ", username="ana")
    assert "That username is taken" not in page.text


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "Enter a password."),
        ("fourteen chars", "at least 15 characters"),
        ("passwordpassword1", "too common"),
        ("passwordpassword", "repeats itself"),
        ("iloveyou1234567890", "too common"),
        ("onedayatatime2026", "too common"),
        ("RiversideClinic2026", "too common"),
        ("robin.the.cook2026", "too common"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("abcdefghijklmnopqrst", "easy to guess"),
        ("x y" * 86, "at most 256"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(app, code, password, why):
    page = join(Phone(app), code, username="robin.the.cook", password=password)
    assert page.status == 422
    assert why in page.text
    assert "password-error" in page.ids
    assert people_of(app) == ["cleo"]


@pytest.mark.parametrize(
    "password",
    [
        "lantern maple pocket river",
        "  spaces around and within  ",
        "пароль из четырёх слов",
        "🌱🌿🌳🍂 and some words",
        ("lantern maple pocket river " * 10)[:256],
    ],
)
def test_a_long_password_works_to_the_last_character(app, code, password):
    assert join(Phone(app), code, password=password).address == "/today/welcome"
    for typed, status in [(password[:-1], 422), (password, 302)]:
        sent = {"username": "robin", "password": typed}
        assert Phone(app).post("/sign-in", sent, follow=False).status == status


def test_four_words_are_offered_and_paste_is_allowed(app, code):
    page = Phone(app).get(f"/join/{code}")
    field = next(got for tag, got in page.tags if got.get("name") == "password")
    assert len((field["data-offer"] or "").split()) == 4
    assert field["autocomplete"] == "new-password"
    assert not {"onpaste", "maxlength", "pattern"} & set(field)
    assert Phone(app).get(f"/join/{code}").html.count(field["data-offer"] or "?") == 0


@pytest.mark.parametrize("username", ["ab", "x" * 41, "two words", "a/b", "<b>", ""])
def test_a_username_that_will_not_do_is_said_beside_the_field(app, code, username):
    page = join(Phone(app), code, username=username)
    assert page.status == 422
    assert "username-error" in page.ids


def test_what_i_am_here_for_can_be_said_or_skipped(app, phone_of, cleo, evening):
    desk = phone_of(cleo)
    for username, answer in [("robin", None), ("sam", "use"), ("toni", "mental_health")]:
        join(Phone(app), code_on(slip(desk, evening)), username=username, here_for=answer)
    with app.app_context():
        people = db.session.scalars(select(Person).where(Person.role == Role.PATIENT))
        said = {person.username: person.here_for for person in people}
    assert said == {"robin": None, "sam": "use", "toni": "mental_health"}


def test_an_administrator_invites_a_facilitator_into_a_group(app, phone_of, max_, evening):
    page = slip(phone_of(max_), evening, "/facilitator-invitations")
    phone = Phone(app)
    asked = phone.get(f"/join/{code_on(page)}?staff=1")
    assert "What brings you here?" not in asked.text
    landed = phone.fill(asked, "/join/", username="noor", name="Noor", password=PASSWORD)
    assert landed.address == "/clinic"
    assert "Evening IOP" in landed.text
    assert _person(app, "noor").role == Role.FACILITATOR


def test_a_facilitator_who_types_the_code_is_asked_nothing_that_is_for_patients(
    app, phone_of, max_, evening
):
    page = slip(phone_of(max_), evening, "/facilitator-invitations")
    assert "/join?staff=1" in page.text
    phone = Phone(app)
    asked = phone.fill(phone.get("/join?staff=1"), having="code", code=code_on(page))
    assert "Create your account" in asked.text
    assert "What brings you here?" not in asked.text


def test_only_who_runs_the_group_invites_into_it(app, phone_of, ana, kit, max_, evening):
    for other in (ana, kit, max_):
        assert phone_of(other).post(f"/clinic/groups/{evening.id}/invitations").status == 404
    for other in (ana, kit):
        address = f"/clinic/groups/{evening.id}/facilitator-invitations"
        assert phone_of(other).post(address).status == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_who_joins_is_in_no_other_group(app, code, evening, morning):
    join(Phone(app), code)
    with app.app_context():
        groups = db.session.scalars(
            select(Membership.group_id).where(Membership.person_id == _person(app, "robin").id)
        ).all()
    assert groups == [evening.id]


@pytest.fixture
def morning_code(phone_of, kit, morning) -> str:
    """The code on a slip for Morning IOP."""
    return code_on(slip(phone_of(kit), morning))


def take(phone: Phone, code: str) -> Page:
    return phone.fill(phone.get(f"/join/{code}/with-account"))


def groups_of(app, person: Person, part: GroupRole) -> set[str]:
    with app.app_context():
        return {group.name for group in program.groups_of(person, part)}


@pytest.mark.database
def test_who_has_an_account_keeps_it_and_is_in_the_other_group_too(app, ana, morning_code):
    phone = Phone(app)
    asked = phone.get(f"/join/{morning_code}")
    way = next(link for link in asked.links if link.endswith("/with-account"))
    signed_in = phone.fill(phone.get(way), username="ana", password=PASSWORD)
    assert signed_in.address == f"/join/{morning_code}/with-account"
    assert "You’re signed in as Ana. Everything you have here stays." in signed_in.text
    landed = take(phone, morning_code)
    assert landed.address == "/today"
    assert "You’re in the group. Nothing is shared there unless you share it." in landed.text
    assert groups_of(app, ana, GroupRole.PATIENT) == {"Evening IOP", "Morning IOP"}
    assert people_of(app) == ["ana", "kit"]
    with app.app_context():
        assert ActKind.JOINED in db.session.scalars(select(Act.kind).where(Act.person_id == ana.id))


def test_a_slip_for_the_group_one_is_in_stays_good_for_somebody_else(app, phone_of, ana, code):
    page = take(phone_of(ana), code)
    assert page.status == 422
    assert "You’re already in this group." in page.text
    assert join(Phone(app), code).address == "/today/welcome"


def test_a_slip_is_for_the_kind_of_account_it_was_made_for(
    app, phone_of, max_, ana, cleo, morning, morning_code
):
    for_staff = code_on(slip(phone_of(max_), morning, "/facilitator-invitations"))
    for person, made in [(cleo, morning_code), (ana, for_staff)]:
        page = take(phone_of(person), made)
        assert page.status == 422
        assert "This invitation is for another kind of account than yours." in page.text
    assert phone_of(max_).get(f"/join/{morning_code}/with-account").status == 404
    assert take(phone_of(cleo), for_staff).address == "/clinic"
    assert groups_of(app, cleo, GroupRole.FACILITATOR) == {"Evening IOP", "Morning IOP"}
    assert join(Phone(app), morning_code).address == "/today/welcome"


def test_with_an_account_too_a_code_works_once_and_a_wrong_one_never(
    app, phone_of, ana, ben, morning_code
):
    assert take(phone_of(ana), morning_code).address == "/today"
    for used in (morning_code, "ZZZZ-ZZZZ-ZZZZ"):
        page = take(phone_of(ben), used)
        assert page.status == 422
        assert "That code didn’t work" in page.text
    assert groups_of(app, ben, GroupRole.PATIENT) == {"Evening IOP"}


@pytest.mark.database
def test_who_was_discharged_comes_back_with_a_slip(app, phone_of, ana, evening, code):
    with app.app_context():
        leave(evening.id, ana.id)
        db.session.commit()
    assert groups_of(app, ana, GroupRole.PATIENT) == set()
    assert take(phone_of(ana), code).address == "/today"
    assert groups_of(app, ana, GroupRole.PATIENT) == {"Evening IOP"}


def test_looking_at_the_page_joins_nobody(app, phone_of, ana, morning_code):
    phone_of(ana).get(f"/join/{morning_code}/with-account")
    assert groups_of(app, ana, GroupRole.PATIENT) == {"Evening IOP"}


def _person(app, username: str) -> Person:
    with app.app_context():
        return db.session.scalars(select(Person).where(Person.username == username)).one()
