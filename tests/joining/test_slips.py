"""Invitations for a new group: twelve at once, with labels; listed, canceled singly, gone after."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import people_of
from tests.joining.test_joining import code_on, join
from tests.pages import Page, Phone
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.crypto.keys import keyring
from webapp.core.crypto.sealing import Closed
from webapp.core.data.db import db
from webapp.joining.actions import MOST_OPEN
from webapp.joining.models import Invitation

pytestmark = pytest.mark.database

LABEL = "zq-Wexler 42"
CODES = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def listed(desk: Phone, group: object) -> Page:
    return desk.get(f"/clinic/groups/{group.id}/invitations")


def make(desk: Phone, group: object, many: object = "1", labels: str = "") -> Page:
    return desk.fill(listed(desk, group), "/invitations", many=many, labels=labels)


def cancel(desk: Phone, group: object) -> Page:
    return desk.fill(listed(desk, group), "/cancellation")


@pytest.fixture
def table(app):
    """How many invitations there are."""

    def count() -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(Invitation))

    return count


@pytest.fixture
def robin(app):
    """The label that staff see by Robin's name."""

    def label() -> str | None:
        with app.app_context():
            return db.session.scalar(select(Person).where(Person.username == "robin")).label

    return label


def test_cleo_makes_twelve_at_once_each_with_its_own_code_and_picture(
    app, phone_of, cleo, evening, table
):
    page = make(phone_of(cleo), evening, "12")
    assert "12 invitations to Evening IOP" in page.text
    codes = CODES.findall(page.text)
    assert len(set(codes)) == 12
    pictures = {got.get("src") for tag, got in page.tags if tag == "img"}
    assert len(pictures) == 12
    for number, code in enumerate((codes[0], codes[11])):
        assert join(Phone(app), code, username=f"robin{number}").address == "/today/welcome"
    assert table() == 10
    with app.app_context():  # each is an act: one of them may be canceled
        acts = select(func.count()).where(Act.kind == ActKind.INVITED)
        assert db.session.scalar(acts) == 12


def test_labels_alone_say_how_many(phone_of, cleo, evening):
    page = make(phone_of(cleo), evening, "1", "B.\n\n  Chart 7 \nK.")
    assert len(CODES.findall(page.text)) == 3
    assert all(f" {label} " in page.text for label in ("B.", "Chart 7", "K."))


@pytest.mark.parametrize(
    ("many", "labels", "said"),
    [
        ("13", "", "Enter a number from 1 to 12."),
        ("0", "", "Enter a number from 1 to 12."),
        ("x", "", "Enter a whole number."),
        ("1", "\n".join("abcdefghijklm"), "Enter at most 12 labels"),
        ("1", "A label of more than 20", "Each label can have at most 20 characters."),
    ],
)
def test_what_cant_be_made_is_said_and_nothing_is_made(
    many, labels, said, phone_of, cleo, evening, table
):
    page = make(phone_of(cleo), evening, many, labels)
    assert (page.status, table()) == (422, 0)
    assert said in page.text
    assert page.form(having="labels").fields["labels"].strip() == labels


def test_a_group_has_so_many_open_ones_and_no_more(phone_of, cleo, evening, table):
    desk = phone_of(cleo)
    for _ in range(MOST_OPEN // 12):
        make(desk, evening, "12")
    page = make(desk, evening, "1")
    assert (page.status, table()) == (422, MOST_OPEN)
    assert "cancel some first" in page.text
    cancel(desk, evening)
    assert make(desk, evening, "1").status == 200


def test_both_facilitators_see_what_is_open_until_when_and_who_made_it(
    phone_of, cleo, kit, put_into, evening
):
    put_into(evening, kit)
    code = code_on(make(phone_of(cleo), evening, "1", LABEL))
    for who in (cleo, kit):
        page = listed(phone_of(who), evening)
        assert LABEL in page.text
        assert "Works until Monday, November 30. Made by: Cleo" in page.text
        assert code not in page.html


def test_neither_max_nor_kit_of_another_group_sees_labels_or_codes(
    app, phone_of, cleo, kit, max_, ana, evening, morning
):
    code = code_on(make(phone_of(cleo), evening, "2", LABEL))
    with app.app_context():
        ids = db.session.scalars(select(Invitation.id)).all()
    for who in (kit, max_, ana):
        phone = phone_of(who)
        assert listed(phone, evening).status == 404
        for id in ids:
            address = f"/clinic/groups/{evening.id}/invitations/{id}/cancellation"
            assert phone.post(address).status == 404
    others = f"/clinic/groups/{morning.id}/invitations/{ids[0]}/cancellation"
    assert phone_of(kit).post(others).status == 404
    desk = phone_of(max_)
    for address in ("/clinic", f"/clinic/groups/{evening.id}", "/clinic/audit", "/clinic/staff"):
        page = desk.get(address)
        assert page.status == 200
        assert LABEL not in page.html
        assert code not in page.html
    assert join(Phone(app), code).status == 200


def test_who_takes_it_has_its_label_sealed_with_their_own_key(
    app, phone_of, cleo, evening, table, robin
):
    join(Phone(app), code_on(make(phone_of(cleo), evening, "1", LABEL)))
    assert (robin(), table()) == (LABEL, 0)
    assert LABEL in phone_of(cleo).get(f"/clinic/groups/{evening.id}").text


def test_until_then_it_opens_with_its_makers_key_alone(app, phone_of, cleo, kit, evening):
    make(phone_of(cleo), evening, "1", LABEL)
    with app.app_context():
        slip = db.session.scalar(select(Invitation))
        assert LABEL.encode() not in slip.sealed
        assert slip.label == LABEL
        slip.made_by_id = kit.id  # by hand: another's key opens nothing
        keyring(db.session).key_of(kit.id)
        db.session.flush()
        db.session.expire(slip)
        assert isinstance(slip.content, Closed)
        db.session.rollback()


def test_ana_who_has_a_label_keeps_it(app, phone_of, ana, cleo, kit, evening, morning):
    with app.app_context():
        db.session.get_one(Person, ana.id).label = "A. of mornings"
        db.session.commit()
    address = f"/join/{code_on(make(phone_of(kit), morning, '1', LABEL))}/with-account"
    phone = phone_of(ana)
    phone.fill(phone.get(address), address)
    with app.app_context():
        assert db.session.get_one(Person, ana.id).label == "A. of mornings"


def test_a_canceled_one_answers_like_a_wrong_code_and_leaves_nothing(
    app, phone_of, cleo, evening, table
):
    desk = phone_of(cleo)
    code = code_on(make(desk, evening, "1", LABEL))
    said = cancel(desk, evening)
    assert "Canceled. Its code doesn’t work anymore." in said.text
    assert (LABEL in said.text, table()) == (False, 0)
    canceled, wrong = join(Phone(app), code), join(Phone(app), "ZZZZ-ZZZZ-ZZZZ")
    assert (canceled.status, canceled.ids) == (wrong.status, wrong.ids)
    assert all("That code didn’t work" in page.text for page in (canceled, wrong))
    assert people_of(app) == ["cleo"]
    with app.app_context():
        act = db.session.scalar(select(Act).where(Act.kind == ActKind.INVITATION_CANCELED))
        assert (act.actor_id, act.about_id) == (cleo.id, evening.id)


def test_one_is_canceled_and_the_others_stay(app, phone_of, cleo, evening, table):
    desk = phone_of(cleo)
    codes = CODES.findall(make(desk, evening, "3", "A.\nB.\nC.").text)
    cancel(desk, evening)
    assert table() == 2
    tried = [join(Phone(app), code, username=f"robin{n}").status for n, code in enumerate(codes)]
    assert sorted(tried) == [200, 200, 422]


def test_what_is_over_isnt_listed_and_the_night_takes_it_away(
    app, phone_of, cleo, evening, clock, table
):
    make(phone_of(cleo), evening, "2", LABEL)
    clock.shift(timedelta(days=6))
    make(phone_of(cleo), evening, "1", "Later")
    clock.shift(timedelta(days=1))
    page = listed(phone_of(cleo), evening)
    assert (LABEL in page.text, "Later" in page.text, table()) == (False, True, 3)
    assert app.test_cli_runner().invoke(args=["erase-due"]).exit_code == 0
    assert table() == 1


@pytest.mark.parametrize("how", ["left the group", "was taken out of it", "works here no more"])
def test_what_somebody_made_who(
    how, app, phone_of, leaves, cleo, kit, max_, put_into, evening, table
):
    put_into(evening, kit)
    make(phone_of(kit), evening, "2", LABEL)
    kept = code_on(make(phone_of(cleo), evening))
    desk = phone_of(max_)
    if how == "left the group":
        leaves(evening, kit)
    elif how == "was taken out of it":
        address = f"/clinic/groups/{evening.id}/people/{kit.id}/leaving"
        desk.fill(desk.get(address), address)
        desk.fill(desk.get(f"/clinic/groups/{evening.id}"), "/return")  # and back in
    else:
        address = f"/clinic/staff/{kit.id}/closing"
        desk.fill(desk.get(address), address)
    assert LABEL not in listed(phone_of(cleo), evening).text
    assert table() == 1
    assert join(Phone(app), kept).address == "/today/welcome"


def test_kit_who_fills_in_sees_none(phone_of, cleo, kit, evening):
    desk = phone_of(cleo)
    make(desk, evening, "1", LABEL)
    address = f"/clinic/groups/{evening.id}/colleague"
    desk.fill(desk.get(address), address, person=str(kit.id), session=str(evening.tonight))
    assert phone_of(kit).get(f"/clinic/sessions/{evening.tonight}").status == 200
    assert listed(phone_of(kit), evening).status == 404
