"""What somebody is here for words the questions, and nobody else's page."""

import pytest


@pytest.mark.parametrize(
    ("here_for", "asked", "shown"),
    [
        ("mental_health", "How hard is it right now?", "How hard Strength 6"),
        ("both", "How strong is the urge, or how hard is it?", "Urge Strength 6"),
        ("use", "How strong is the urge?", "Urge Strength 6"),
    ],
)
def test_the_scale_is_asked_in_her_words_wherever_it_is(
    phone_of, ana, cleo, evening, here_for, asked, shown
):
    phone, before = phone_of(ana), phone_of(cleo).get(f"/clinic/groups/{evening.id}").text
    assert "How strong is the urge?" in phone.get("/journal/new").text
    said = phone.fill(phone.get("/you"), having="asks_again", here_for=here_for)
    assert said.form(having="asks_again").fields["here_for"] == here_for
    for address in ("/journal/new", "/check-ins/new"):
        assert asked in phone.get(address).text
    today = phone.get("/today").text
    assert (asked if here_for != "use" else "How strong is the urge right now?") in today
    assert "How strong is the urge?" in phone.get("/blank/trigger").text, "that one is everybody's"
    saved = phone.fill(phone.get("/journal/new"), "/journal/new", urge="6")
    assert shown in saved.text
    # Left as it was by whoever says nothing of it; and staff have no page that knows.
    phone.fill(phone.get("/you"), having="asks_again", here_for=None, name="Ana")
    assert asked in phone.get("/journal/new").text
    assert phone_of(cleo).get(f"/clinic/groups/{evening.id}").text == before
    assert phone.fill(phone.get("/you"), having="asks_again", here_for="fun").status == 422
    assert "here_for" not in phone_of(cleo).get("/you").form(having="name").names
