"""What I'll bring: the topic large, what else is shared, and what became of it."""

from datetime import timedelta

from tests.conftest import NOW
from webapp.core.data.db import db
from webapp.program.models import GroupSession
from webapp.sharing.models import Share


def test_she_brings_a_topic_says_what_became_of_it_and_nothing_ends_by_that(
    app, phone_of, ana, ben, cleo, evening, wrote, shared, clock
):
    nothing = phone_of(ana).get("/sharing/bring")
    assert "No topic yet" in nothing.text
    shared(ana, wrote(ana, situation="At my aunt’s"), evening, bring_up=True, about="Being asked")
    shared(ana, wrote(ana, situation="The car"), evening, bring_up=True)
    shared(ana, wrote(ana, situation="A dream"), evening)
    phone = phone_of(ana)
    page = phone.get("/sharing/bring")
    assert "“Being asked”" in page.text
    assert page.text.count("Shared until") == 1
    assert "At my aunt’s" not in page.text  # her own few words in place of the entry
    assert "The car" in page.text
    assert page.text.index("Also shared") < page.text.index("A dream")
    changes = [phone.get(link).form(having="about") for link in page.links if "bring_up=1" in link]
    assert {form.fields["about"] for form in changes} == {"Being asked", ""}
    assert all("bring_up" in form.fields for form in changes)
    assert "Being asked" not in phone_of(ben).get("/sharing/bring").text
    assert page.text.count("No one has opened this yet.") == 3
    phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}")
    assert phone.get("/sharing/bring").text.count("Opened by Cleo, today at 4:00 PM.") == 3
    first, second = (form.action for form in page.forms if form.action.endswith("/not-this-time"))
    assert phone_of(ben).post(first).status == 404
    lowered = phone.post(second if "Being" in page.text.split("The car")[0] else first)
    assert lowered.text.count("My topic") == 1
    assert lowered.text.index("Also shared") < lowered.text.index("A dream")
    clock.move_to(NOW + timedelta(hours=6))  # 10:00 PM
    phone = phone_of(ana)
    after = phone.get("/sharing/bring")
    assert "How did group go?" in after.text
    became = next(form.action for form in after.forms if form.action.endswith("/became"))
    assert phone_of(ben).post(became, {"what": "talked"}).status == 404
    assert phone.post(became, {"what": "odd"}).status == 409
    said = phone.fill(phone.get("/today"), "/became", having="shown")
    assert said.address == "/today"
    assert "How did group go?" not in said.text
    assert "You marked this: Talked about." in phone.get("/sharing").text
    assert "Talked about" in phone_of(cleo).get(f"/clinic/sessions/{evening.tonight}/agenda").text
    with app.app_context():
        open_ones = db.session.query(Share).filter(Share.ended_at.is_(None)).count()
    assert open_ones == 3


def test_next_time_it_is_shared_for_the_next_session_in_the_same_words(
    app, phone_of, ana, evening, wrote, shared, clock
):
    shared(ana, wrote(ana), evening, bring_up=True, about="Money")
    clock.move_to(NOW + timedelta(hours=6))
    phone = phone_of(ana)
    after = phone.get("/sharing/bring")
    became = next(form.action for form in after.forms if form.action.endswith("/became"))
    assert "No next group is scheduled yet." in after.text
    assert phone.post(became, {"what": "next"}).status == 409
    with app.app_context():
        at = NOW + timedelta(days=2)
        db.session.add(
            GroupSession(group_id=evening.id, starts_at=at, ends_at=at + timedelta(hours=3))
        )
        db.session.commit()
    page = phone.post(became, {"what": "next"})
    assert "What I’ll bring" in page.text
    assert "“Money”" in page.text
    assert phone.post(became, {"what": "talked"}).status == 409  # that share has ended
