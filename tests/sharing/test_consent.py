"""The consent: kept as it was signed, canceled for good, and asked for anew."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from tests.conftest import NOW
from tests.pages import Page, Phone
from tests.sharing.test_sharing import share
from webapp.accounts.models import Person
from webapp.consents.consent_text import NOTICE
from webapp.core.data.db import db
from webapp.entries.models import Entry
from webapp.program.models import Group
from webapp.sharing import actions, consent_text
from webapp.sharing.actions import ConsentNeeded
from webapp.sharing.queries import consent_for

pytestmark = pytest.mark.database

WORDS = "Walked past the old place"
# What each version of the text says, without names and dates. A version never changes its words.
TEXTS = {
    "2026-11": "aced6e2c10d5b852",
    "2": "e53ae5a26ef97dc8",
    "3": "a7571c5764d01d01",
    "4": "d30a19bf8c0ff13e",
}


@pytest.fixture
def signed(phone_of, ana, cleo, wrote) -> Phone:
    """Ana's phone, after she signed the consent and shares an entry until she takes it back."""
    phone = phone_of(ana)
    share(phone, wrote(ana, situation=WORDS), "Ana R.", until="taken_back")
    return phone


def consent_page(phone: Phone) -> Page:
    return phone.get(next(link for link in phone.get("/sharing").links if "/consents/" in link))


def kept(phone_of, cleo, ana, evening) -> str:
    return phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}").html


def test_it_is_kept_word_for_word_with_signature_and_date(signed, leaves, cleo, evening):
    leaves(evening, cleo)  # whoever comes and goes afterwards
    page = consent_page(signed)
    assert "Signed Monday, November 23, 2026 by Ana R." in page.text
    assert f"Text version {consent_text.VERSION}." in page.text
    assert "The facilitators of Evening IOP. Right now: Cleo." in page.text
    assert NOTICE not in page.text  # that goes with what staff give out, not with one's own copy


def test_other_words_are_another_version(app, monkeypatch):
    monkeypatch.setattr(consent_text, "full_day", lambda _date: "…")
    with app.app_context():
        text = consent_text.document(
            patient="…", group="…", clinic="…", readers=["…"], ends=date(2027, 11, 23)
        )
    assert sha256(repr(text).encode()).hexdigest()[:16] == TEXTS[consent_text.VERSION]


def test_who_signed_an_older_text_shares_on_and_reads_what_they_signed(
    app, monkeypatch, phone_of, ana, cleo, evening, wrote
):
    with app.app_context():
        person, group = db.session.get_one(Person, ana.id), db.session.get_one(Group, evening.id)
        monkeypatch.setattr(actions, "VERSION", "2026-11")
        text, ends = [["Whose words", "Mine: Ana."]], NOW + timedelta(days=300)
        actions.sign_consent(person, group, "Ana R.", text, ends)
        db.session.commit()
    phone = phone_of(ana)
    share(phone, wrote(ana, situation=WORDS), until="taken_back")
    assert WORDS in kept(phone_of, cleo, ana, evening)
    page = consent_page(phone)
    assert "Text version 2026-11." in page.text
    assert "Whose words Mine: Ana." in page.text
    assert "Whose information" not in page.text
    phone.fill(page, "/revocation")
    assert WORDS not in kept(phone_of, cleo, ana, evening)
    assert "Text version 2026-11." in consent_page(phone).text


def test_what_is_signed_is_what_was_read(
    phone_of, ana, kit, cleo, evening, wrote, clinic_sets, put_into
):
    phone, entry = phone_of(ana), wrote(ana, situation=WORDS)
    page = phone.get(f"/entries/{entry}/share")
    clinic_sets(clinic_name="Lakeside Clinic")
    again = phone.fill(page, "/share", signed_name="Ana R.", until="taken_back")
    assert again.status == 422
    assert "Nothing is signed yet." in again.text
    assert "Lakeside Clinic, through this app." in again.text
    put_into(evening, kit)
    again = phone.fill(again, "/share", signed_name="Ana R.", until="taken_back")
    assert "Right now: Cleo, Kit." in again.text
    assert WORDS not in kept(phone_of, cleo, ana, evening)
    phone.post(again.address, {"signed_name": "Ana R.", "until": "taken_back"})
    assert WORDS not in kept(phone_of, cleo, ana, evening)
    phone.fill(again, "/share", signed_name="Ana R.", until="taken_back")
    assert WORDS in kept(phone_of, cleo, ana, evening)
    assert "Lakeside Clinic, through this app." in consent_page(phone).text


def test_nobody_else_opens_it(signed, phone_of, ana, ben, cleo, max_):
    address = consent_page(signed).address
    for other in (ben, cleo, max_):
        phone = phone_of(other)
        assert phone.get(address).status == 404
        assert phone.post(f"{address}/revocation").status == 404


def test_one_persons_signature_opens_nobody_elses_words(app, ana, ben, evening, wrote, signed):
    words = wrote(ben, situation=WORDS)
    with app.app_context():
        hers = consent_for(db.session.get_one(Person, ana.id), evening.id)
        theirs, group = db.session.get_one(Entry, words), db.session.get_one(Group, evening.id)
        for consent in (hers, None):
            with pytest.raises(ConsentNeeded):
                actions.share(theirs, group, consent=consent)


def test_who_runs_the_group_no_more_opens_and_answers_nothing_from_the_next_request_on(
    phone_of, ana, cleo, evening, leaves, clock, wrote, shared
):
    entry = wrote(ana, situation=WORDS)
    shared(ana, entry, evening)
    desk = phone_of(cleo)
    address = f"/clinic/groups/{evening.id}/people/{ana.id}"
    assert WORDS in desk.get(address).html
    leaves(evening, cleo)
    clock.shift(timedelta(seconds=1))
    for page in (address, f"/clinic/sessions/{evening.tonight}"):
        answer = desk.get(page)
        assert (answer.status, WORDS in answer.html) == (404, False)
    assert desk.post("/clinic/feedback", {"entry": entry, "words": "Well done."}).status == 404


def test_taking_it_back_ends_every_share_at_once(signed, phone_of, cleo, ana, evening):
    assert WORDS in kept(phone_of, cleo, ana, evening)
    page = signed.fill(consent_page(signed), "/revocation")
    assert "Your consent is canceled. Nothing is shared with this group anymore." in page.text
    assert WORDS not in kept(phone_of, cleo, ana, evening)
    assert "You canceled this on Monday, November 23." in consent_page(signed).text


def test_signing_again_wakes_nothing(signed, phone_of, cleo, ana, evening, wrote):
    signed.fill(consent_page(signed), "/revocation")
    share(signed, wrote(ana, situation="Only this one"), "Ana R.", until="taken_back")
    page = kept(phone_of, cleo, ana, evening)
    assert "Only this one" in page
    assert WORDS not in page


def test_after_a_year_it_is_over_and_signing_again_wakes_nothing(
    signed, phone_of, cleo, ana, evening, wrote, clock
):
    clock.shift(timedelta(days=364))
    assert WORDS in kept(phone_of, cleo, ana, evening)
    clock.shift(timedelta(days=1))
    assert WORDS not in kept(phone_of, cleo, ana, evening)
    again = phone_of(ana)
    share(again, wrote(ana, situation="A year later", at=NOW), "Ana R.", until="taken_back")
    page = kept(phone_of, cleo, ana, evening)
    assert "A year later" in page
    assert WORDS not in page


def test_who_leaves_and_comes_back_signs_anew(
    signed, phone_of, leaves, put_into, cleo, ana, evening, wrote, clock
):
    leaves(evening, ana)
    clock.shift(timedelta(days=1))
    put_into(evening, ana, since=NOW + timedelta(days=1))
    entry = wrote(ana, situation="Back again")
    assert "Sign with your name" in signed.get(f"/entries/{entry}/share").text
    share(phone_of(ana), entry, "Ana R.", until="taken_back")
    page = kept(phone_of, cleo, ana, evening)
    assert "Back again" in page
    assert WORDS not in page


def test_leaving_ends_what_is_shared_on_the_next_request(signed, phone_of, cleo, ana, evening):
    desk = phone_of(cleo)
    entry_page = f"/clinic/sessions/{evening.tonight}"
    assert WORDS in desk.get(entry_page).html
    asked = desk.get(f"/clinic/groups/{evening.id}/people/{ana.id}/leaving")
    desk.fill(asked, having="reason")
    assert WORDS not in desk.get(entry_page).html
    assert "You’re not sharing anything" in signed.get("/sharing").text
