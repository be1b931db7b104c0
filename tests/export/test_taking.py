"""Ana takes everything along, and nobody else does."""

import html
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import NOW, SomeGroup, Someone
from tests.export.taken import ADDRESS, asked_for, taken
from tests.pages import Page, Phone
from webapp.accounts.confirming import LASTS
from webapp.accounts.models import Person
from webapp.audit.kinds import ActKind
from webapp.audit.models import Act
from webapp.core.data.db import db
from webapp.entries.actions import edit, remove
from webapp.entries.models import Entry, EntryVersion
from webapp.export.queries import AT_ONCE
from webapp.export.views import ONE_AT_A_TIME
from webapp.export.writing import Waiting
from webapp.journal.models import Trigger
from webapp.sharing.actions import answer

Known = Callable[..., Phone]
Wrote = Callable[..., UUID]
BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&{{7*7}}"


def acts(app: Flask, person: Someone) -> list[str]:
    with app.app_context():
        kinds = select(Act.kind).where(Act.person_id == person.id)
        return list(db.session.scalars(kinds.order_by(Act.number)))


@pytest.mark.database
def test_ana_reads_what_she_wrote_as_its_form_asks_it(
    ana: Someone, wrote: Wrote, phone_of: Known
) -> None:
    wrote(ana, situation="Payday", feelings=["hopeful"], acted="unsaid", urge=7)
    phone = phone_of(ana)
    page = phone.get(ADDRESS)
    assert "Anyone who opens this phone can read this file." in page.text
    said = html.unescape(taken(phone).page)
    for words in ("What happened?", str(NOW.year), "Payday", "Hopeful", "I’d rather not say"):
        assert words in said
    assert not re.search("today at|yesterday|tomorrow", said)


@pytest.mark.database
def test_a_wrong_password_gets_nothing_and_leaves_no_act(
    app: Flask, ana: Someone, wrote: Wrote, phone_of: Known, clock: time_machine.Traveller
) -> None:
    wrote(ana, situation="Payday")
    phone = phone_of(ana)
    clock.shift(LASTS)
    assert phone.get(ADDRESS).form(having="own_password")
    refused = asked_for(phone, "not the right words at all")
    assert refused.status_code == 422
    assert "That password isn’t right." in Page(refused, ADDRESS).text
    assert "everything_taken" not in acts(app, ana)
    assert taken(phone).data["entries"][0]["content"]["situation"] == "Payday"
    assert acts(app, ana).count("everything_taken") == 1


def test_the_file_is_kept_by_no_browser_and_its_name_tells_nothing(
    ana: Someone, phone_of: Known
) -> None:
    answer = asked_for(phone_of(ana))
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="everything.zip"'


def test_one_at_a_time(
    ana: Someone, ben: Someone, phone_of: Known, clock: time_machine.Traveller
) -> None:
    first, second = phone_of(ana), phone_of(ana)
    assert asked_for(first).status_code == 200
    assert asked_for(second).status_code == 429
    assert asked_for(phone_of(ben)).status_code == 200
    clock.shift(ONE_AT_A_TIME.longest + timedelta(seconds=1))
    assert asked_for(second).status_code == 200


@pytest.mark.database
def test_every_entry_is_in_it_once_however_many_there_are(
    app: Flask, ana: Someone, wrote: Wrote, phone_of: Known
) -> None:
    at_once = [wrote(ana, NOW, situation=f"No. {n}") for n in range(AT_ONCE + 1)]
    later = [wrote(ana, NOW + timedelta(minutes=n)) for n in range(AT_ONCE)]
    with app.app_context():
        for id in at_once[:AT_ONCE]:
            edit(db.session.get_one(Trigger, id), 1, NOW, {"situation": "Changed"})
        remove(db.session.get_one(Trigger, later[0]))
        db.session.commit()
    ours = taken(phone_of(ana)).data
    ids = [entry["id"] for entry in ours["entries"]]
    assert sorted(ids) == sorted(map(str, [*at_once, *later]))
    assert [entry["id"] for entry in ours["entries"] if entry["removed_at"]] == [str(later[0])]
    former = {row["entry_id"]: row["content"]["situation"] for row in ours["former_versions"]}
    assert former == {str(id): f"No. {n}" for n, id in enumerate(at_once[:AT_ONCE])}


@pytest.mark.database
def test_what_cant_be_opened_is_named_and_takes_nothing_along(
    app: Flask, ana: Someone, wrote: Wrote, phone_of: Known
) -> None:
    bent, back, fine = wrote(ana), wrote(ana, situation="Before"), wrote(ana, situation="Payday")
    with app.app_context():
        first = db.session.get_one(Trigger, back).sealed
        edit(db.session.get_one(Trigger, back), 1, NOW, {"situation": "After"})
        db.session.commit()
        put_back = {"sealed": first, "version": 1}
        db.session.execute(update(Entry).where(Entry.id == back).values(put_back))
        db.session.execute(update(Entry).where(Entry.id == bent).values(sealed=b"\1" * 40))
        db.session.commit()
    ours = taken(phone_of(ana))
    said = {entry["id"]: entry for entry in ours.data["entries"]}
    for id in (bent, back):
        assert (said[str(id)]["content"], said[str(id)]["cannot_be_opened"]) == (None, True)
    assert said[str(fine)]["content"]["situation"] == "Payday"
    assert "cannot_be_opened" not in said[str(fine)]
    page = html.unescape(ours.page)
    assert page.count("This can’t be opened") == 2
    assert "Payday" in page
    with app.app_context():
        noted = db.session.scalars(select(Act).where(Act.kind == ActKind.UNOPENED)).one()
        assert (noted.actor_id, noted.count) == (ana.id, 2)


@pytest.mark.database
def test_staff_have_names_and_other_patients_have_none(
    app: Flask,
    ana: Someone,
    ben: Someone,
    cleo: Someone,
    evening: SomeGroup,
    wrote: Wrote,
    shared: Callable[..., UUID],
    phone_of: Known,
) -> None:
    entry = wrote(ana, situation="Payday")
    shared(ana, entry, evening)
    wrote(ben, situation="Only Ben’s")
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    with app.app_context():
        by = db.session.get_one(Person, cleo.id)
        answer(db.session.get_one(Trigger, entry), "Good to know", by=by)
        db.session.commit()
    ours = taken(phone_of(ana))
    assert ours.data["openings"][0]["reader_id"] == {"id": str(cleo.id), "name": "Cleo"}
    assert ours.data["replies"][0]["content"] == {"words": "Good to know"}
    assert ours.data["consents"][0]["content"]["signed_name"] == ana.name
    assert "Cleo replied to an entry." in [act["says"] for act in ours.data["activity"]]
    assert "Opened by" in ours.page
    for theirs in ("Only Ben", str(ben.id), ben.username):
        assert theirs not in ours.page + str(ours.data)


def test_words_stay_words_in_the_page(ana: Someone, wrote: Wrote, phone_of: Known) -> None:
    wrote(ana, situation=BAD)
    page = taken(phone_of(ana)).page
    assert "<script" not in page
    assert "<img" not in page
    assert BAD in html.unescape(page)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}'" in html.unescape(page)
    assert not re.search(r"""\s(src|href|style|on\w+)=""", re.sub("<dd>.*?</dd>", "", page))


def test_a_row_of_former_words_is_no_row_of_somebody_elses(
    app: Flask, ana: Someone, ben: Someone, wrote: Wrote, phone_of: Known
) -> None:
    theirs = wrote(ben, situation="First")
    with app.app_context():
        edit(db.session.get_one(Trigger, theirs), 1, NOW, {"situation": "Second"})
        db.session.commit()
        assert db.session.scalars(select(EntryVersion)).one()
    assert taken(phone_of(ana)).data["former_versions"] == []


def test_what_is_sent_in_small_pieces_leaves_nothing_behind_for_each() -> None:
    waiting = Waiting()
    for _piece in range(10):
        waiting.write(b"")
    assert waiting.parts == []
