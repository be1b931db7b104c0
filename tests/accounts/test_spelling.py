"""Usernames and passwords are the same in every encoding that a keyboard may send."""

import unicodedata

import pytest
from sqlalchemy import update

from tests.accounts.test_signing_in import sign_in
from tests.conftest import people_of
from tests.joining.test_joining import code, join  # noqa: F401
from tests.pages import Phone
from webapp.accounts.models import Person
from webapp.accounts.passwords import _hasher
from webapp.core.data.db import db

pytestmark = pytest.mark.database

ACCENTED = "lanterne à côté du naïf café"


def changed(app, someone, **values) -> None:
    with app.app_context():
        db.session.execute(update(Person).where(Person.id == someone.id).values(**values))
        db.session.commit()


def test_a_username_is_found_in_each_encoding(app, phone, code):  # noqa: F811
    assert join(phone, code, username="Jose\u0301").status == 200
    assert people_of(app)[-1] == "josé"
    for typed in ("josé", "JOSE\u0301", "ｊｏｓé"):
        assert sign_in(Phone(app), typed).address == "/today"
    assert sign_in(Phone(app), "jose").status == 422


def test_a_username_that_would_become_one_that_is_taken_is_refused(phone, code, ana):  # noqa: F811
    refused = join(phone, code, username="ａｎａ")
    assert refused.status == 422
    assert "That username is taken." in refused.text


@pytest.mark.parametrize("username", ["½½½", "ab\u2060", "ﷺ" * 3])
def test_a_username_is_judged_as_it_is_kept(phone, code, username):  # noqa: F811
    assert join(phone, code, username=username).status == 422


def test_two_usernames_that_would_have_become_one_keep_their_spelling(app, ana, ben):
    changed(app, ben, username="ａｎａ")
    as_ana, as_ben = sign_in(Phone(app), "ana"), sign_in(Phone(app), "ａｎａ")
    assert "Ana" in as_ana.text
    assert "Ben" in as_ben.text


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_a_password_fits_in_each_encoding(app, phone, code, form):  # noqa: F811
    join(phone, code, password=unicodedata.normalize("NFD", ACCENTED))
    typed = unicodedata.normalize(form, ACCENTED)
    assert sign_in(Phone(app), "robin", typed).address == "/today"
    assert sign_in(Phone(app), "robin", "lanterne a cote du naif cafe").status == 422


def test_a_password_from_before_still_opens_and_then_in_each_encoding(app, ana):
    before = unicodedata.normalize("NFD", ACCENTED)
    with app.app_context():
        hashed = _hasher().hash(before)
    changed(app, ana, password_hash=hashed)
    assert sign_in(Phone(app), "ana", before).address == "/today"
    assert sign_in(Phone(app), "ana", ACCENTED).address == "/today"


def test_a_name_with_an_accent_is_no_stronger_password(phone, code):  # noqa: F811
    refused = join(phone, code, username="jose-maria", password="José-Maríá-José-María 1")
    assert refused.status == 422
