"""Words of one's own among the chips: added while writing, there the next time, and found again."""

from datetime import timedelta

from tests.conftest import NOW
from webapp.accounts.models import Person
from webapp.core.data.db import db
from webapp.journal.models import Trigger


def test_what_she_called_it_is_a_button_the_next_time_and_is_found_again(
    app, phone_of, ana, ben, wrote
):
    phone = phone_of(ana)
    page = phone.get("/journal/new")
    saved = phone.fill(
        page, "/journal/new", urge="6", kinds=["money"], own_kinds="payday, Conflict, payday\0",
        own_feelings="Brain fog", own_what="weed",
    )  # fmt: skip
    assert "Money, Payday, Conflict" in saved.text
    assert "What it was about Weed" in saved.text
    with app.app_context():
        kept = db.session.query(Trigger).one().content
        assert kept["kinds"] == ["money", "Payday", "conflict"]
        assert (kept["feelings"], kept["what"]) == (["Brain fog"], ["Weed"])
        assert db.session.get_one(Person, ana.id).own_words == {
            "kinds": ["Payday"], "feelings": ["Brain fog"], "what": ["Weed"],
        }  # fmt: skip
    page = phone.get("/journal/new")
    for word in ("Payday", "Brain fog", "Weed"):
        assert f">{word}</label>" in page.html
        assert f">{word}</label>" not in phone_of(ben).get("/journal/new").html
        assert f">{word}</label>" not in phone.get("/blank/trigger").html
    again = phone.fill(page, "/journal/new", urge=None, kinds=["Payday"], what=["Weed"])
    edit = phone.get(f"{again.address}/edit").form("/edit").fields
    assert (edit.getlist("kinds"), edit.getlist("what")) == (["Payday"], ["Weed"])
    for day in range(3):
        wrote(ana, at=NOW - timedelta(days=day), urge=5, kinds=["Payday"], what=["Weed"])
    patterns = phone.get("/journal/patterns").text
    assert "Most common trigger: Payday" in patterns
    assert "What it was about" in patterns
    listed = phone.get("/journal")
    found = phone.fill(listed, "/journal/search", kind="Payday", word="weed")
    assert found.html.count('class="entry-row"') == 5
    # A plan for it, like for any other.
    page = phone.get("/plan/coverage")
    page = phone.fill(page, having="response", kind="Payday", response="Card stays at home")
    assert "Added to your plan" in page.text
    assert "Card stays at home" in phone.get(again.address).text


def test_her_words_are_hers_to_take_out_and_what_she_wrote_with_them_stays(phone_of, ana, ben):
    phone = phone_of(ana)
    page = phone.get("/journal/new")
    phone.fill(page, "/journal/new", urge="3", own_kinds="My cousin’s street; paydays")
    page = phone.get("/journal/words")
    assert page.form(having="own_kinds").fields.getlist("kinds") == [
        "My cousin’s street", "Paydays",
    ]  # fmt: skip
    kept = {"kinds": ["My cousin’s street"]}
    long = "rain, " + "x" * 90
    refused = phone.fill(page, having="own_kinds", **kept, own_kinds=long)
    assert refused.status == 422
    assert "is too long for a button" in refused.text
    form = refused.form(having="own_kinds").fields
    assert (form["own_kinds"], form.getlist("kinds")) == (long, kept["kinds"])
    assert ">Paydays</label>" in refused.html, "taken out only once it is saved"
    done = phone.fill(refused, having="own_kinds", own_kinds="rain, my cousin’s street")
    assert done.address == "/journal/new"
    assert ">Rain</label>" in done.html
    assert "Paydays" not in done.text
    assert "Paydays" in phone.get("/journal").text
    # A page that was open, or a phone without a network, may bring it all the same.
    back = phone.fill(done, "/journal/new", urge="2", kinds=["Paydays", "money"])
    assert "Money, Paydays" in back.text
    assert phone.fill(page, having="own_kinds", own_kinds="x" * 20_001).status == 422
    assert (
        phone_of(ben)
        .get("/journal/words")
        .form(having="own_kinds")
        .names.isdisjoint({"kinds", "feelings", "what"})
    )
