"""Ana writes how she came to this group, and tells it when it is her turn."""


def test_three_lengths_each_with_who_can_see_it(phone_of, ana, evening, shared_part):
    phone = phone_of(ana)
    page = phone.get("/plan/story")
    assert "It’s OK to say “not tonight.”" in page.text
    phone.fill(phone.get("/plan/full/before"), having="answer", answer="I sang in a choir")
    phone.fill(phone.get("/plan/intro/intro"), having="answer", answer="I’m Ana, and I’m new")
    assert phone.get("/plan/story").text.count("Only me") == 2
    shared_part(ana, "intro", evening)
    text = phone.get("/plan/story").text
    assert "Facilitators of Evening IOP" in text
    assert text.count("Only me") == 1


def test_a_heavy_question_says_so_and_leads_to_help(phone_of, ana):
    page = phone_of(ana).get("/plan/full/hard")
    assert "can be hard" in page.text
    assert "You can stop at any time" in page.text
    assert "/plan/safety" in page.links
    assert "Finish later" in page.text


def test_stopping_keeps_what_is_there(phone_of, ana):
    phone = phone_of(ana)
    page = phone.fill(phone.get("/plan/full/before"), having="answer", answer="I sang", stop="1")
    assert page.address == "/plan/story"
    assert "I sang" in phone.get("/plan/full").text


def test_not_tonight_keeps_a_sentence_that_was_begun_and_makes_nothing_of_nothing(phone_of, ana):
    phone = phone_of(ana)
    page = phone.fill(phone.get("/plan/full/before"), having="answer", answer=" ", stop="1")
    assert page.text.count("Only me") == 0
    assert "Saved" not in page.text
    shown = phone.get("/plan/full/hard")
    leaving = [got for tag, got in shown.tags if tag == "button" and got.get("form") == "asked"]
    assert [field["name"] for field in leaving] == ["stop"], "leaving is a way of saving"
    phone.fill(shown, having="answer", answer="It was the winter that", stop="1")
    assert "It was the winter that" in phone.get("/plan/full").text


def test_telling_it_shows_the_words_and_a_clock_that_is_not_started(phone_of, ana, ben):
    phone = phone_of(ana)
    assert phone.get("/plan/telling/tell").status == 404
    phone.fill(phone.get("/plan/telling/telling"), having="answer", answer="It began with a bike")
    page = phone.get("/plan/telling/tell")
    assert "It began with a bike" in page.text
    assert 'data-minutes="5"' in page.html
    assert "Not tonight" in page.text
    assert phone_of(ben).get("/plan/telling/tell").status == 404


def test_sharing_one_line_shares_nothing_else(phone_of, ana, cleo, evening, shared_part):
    phone = phone_of(ana)
    phone.fill(phone.get("/plan/full/hard"), having="answer", answer="Not for them")
    phone.fill(phone.get("/plan/intro/intro"), having="answer", answer="I’m Ana")
    shared_part(ana, "intro", evening)
    page = phone_of(cleo).get(f"/clinic/groups/{evening.id}/people/{ana.id}")
    assert "I’m Ana" in page.text
    assert "Not for them" not in page.html
