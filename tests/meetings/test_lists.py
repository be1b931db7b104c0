"""Max keeps the clinic's lists of meetings, in the browser."""

from datetime import timedelta
from gettext import NullTranslations
from io import BytesIO

import flask_babel
import pytest
from flask import has_request_context
from sqlalchemy import func, select, update

from tests.house.drawing import forget_the_language
from tests.meetings.dirty import feed
from webapp.audit.models import Act
from webapp.core import clock
from webapp.core.data.db import db
from webapp.meetings import lists
from webapp.meetings.feed import FeedRefused
from webapp.meetings.models import Feed, ListDraft, Meeting
from webapp.meetings.views import lists as views

PAGE = "/clinic/meeting-lists"
AT = "https://lists.example/feed.json"


def row(number: int) -> dict:
    return {"slug": f"m{number}", "name": f"Made-up meeting {number}", "day": 1, "time": "19:00"}


FOUR = feed([row(number) for number in range(4)])


@pytest.fixture
def desk(phone_of, max_):
    return phone_of(max_)


@pytest.fixture
def sends(monkeypatch):
    """`sends(body)` is what the address answers from now on; or why it doesn't."""
    answer = []

    def fetched(_address):
        if isinstance(answer[-1], Exception):
            raise answer[-1]
        return answer[-1]

    monkeypatch.setattr(views, "fetch_while_waiting", fetched)
    return answer.append


@pytest.fixture
def names(app):
    def listed():
        with app.app_context():
            return sorted(db.session.scalars(select(Meeting.name)))

    return listed


def add(desk, body=b"", name="list.json", *, to=PAGE, **said):
    said = {"fellowship": "smart"} | said
    file = [(BytesIO(body), name)] if body else None
    return desk.fill(desk.get(to), having="fellowship", file=file, **said)


def use(desk, page):
    return desk.fill(page, "previews", having="csrf_token")


def the_feed(app):
    with app.app_context():
        return db.session.scalars(select(Feed)).one()


@pytest.mark.database
def test_a_file_is_looked_at_and_then_used(app, desk, names):
    rows = [row(0), {"slug": "odd", "name": "Odd", "day": 9, "time": "9:00"}, row(1), row(0)]
    page = add(desk, feed(rows), "C:\\lists\\spring.json", zone="America/Chicago")
    assert "2 meetings on this list" in page.text
    assert "spring.json · SMART · Central Time" in page.text
    assert "Made-up meeting 1" in page.text
    assert "Row 2 (line 3): “9” isn’t a day of the week." in page.text
    assert "Row 4 (line 5): An earlier row already used its slug" in page.text
    assert names() == []

    page = use(desk, page)
    assert "Patients can find these meetings now." in page.text
    assert "spring.json" in page.text
    assert "2 meetings" in page.text
    assert "2 rows couldn’t be read." in page.text
    assert names() == ["Made-up meeting 0", "Made-up meeting 1"]
    assert "Changed the lists of recovery meetings" in desk.get("/clinic/audit").text


@pytest.mark.database
def test_an_address_is_read_again_and_it_is_said_what_changed(app, desk, sends, names):
    sends(FOUR)
    use(desk, add(desk, address=AT))
    assert the_feed(app).source == AT
    sends(feed([row(0), row(1), {**row(2), "time": "20:00"}, row(7)]))
    page = desk.fill(desk.get(PAGE), "/refresh")
    assert "The list is up to date." in page.text
    assert "Last time: 1 new, 1 changed, 1 removed." in page.text
    assert "Made-up meeting 3" not in names()


def test_an_address_that_fails_keeps_what_was_listed_and_says_why_and_how_old_it_is(
    app, desk, sends, names
):
    sends(FOUR)
    use(desk, add(desk, address=AT))
    sends(FeedRefused("The feed took too long."))
    page = desk.fill(desk.get(PAGE), "/refresh")
    assert "The last try didn’t work" in page.text
    assert "The feed took too long. Patients still find what was listed before." in page.text
    assert len(names()) == 4
    with app.app_context():
        nine_days = clock.now() - timedelta(days=9, hours=1)
        db.session.execute(update(Feed).values(imported_at=nine_days))
        db.session.commit()
    assert "This list is 9 days old." in desk.get(PAGE).text
    sends(FOUR)
    assert "didn’t work" not in desk.fill(desk.get(PAGE), "/refresh").text


@pytest.mark.database
def test_an_update_that_would_take_more_than_half_away_waits_for_a_yes(app, desk, sends, names):
    sends(FOUR)
    use(desk, add(desk, address=AT))
    sends(feed([row(0)]))
    page = desk.fill(desk.get(PAGE), "/refresh")
    assert "More than half would be removed. Look at it first." in page.text
    assert len(names()) == 4
    (at,) = [link for link in page.links if "/previews/" in link]
    page = desk.get(at)
    assert "3 of 4 meetings would be removed." in page.text
    page = use(desk, page)
    assert names() == ["Made-up meeting 0"]
    assert "waiting" not in page.text


def test_a_night_holds_such_an_update_too_and_the_next_good_one_replaces_it(
    app, desk, sends, names, monkeypatch
):
    sends(FOUR)
    use(desk, add(desk, address=AT))
    night = []
    monkeypatch.setattr("webapp.meetings.importing.fetch", lambda _address: iter(night))
    type_in = app.test_cli_runner().invoke
    night[:] = [feed([row(0)])]
    assert "Not used yet" in type_in(args=["import-meetings"]).output
    assert "An update is waiting." in desk.get(PAGE).text
    night[:] = [feed([row(1)])]
    type_in(args=["import-meetings"])
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ListDraft)) == 1
    night[:] = [FOUR]
    assert "4 unchanged" in type_in(args=["import-meetings"]).output
    assert "waiting" not in desk.get(PAGE).text
    night[:] = [b"<html>"]
    assert type_in(args=["import-meetings"]).exit_code == 1
    assert "It’s a web page (HTML)." in desk.get(PAGE).text
    assert len(names()) == 4


def test_a_list_is_replaced_by_another_file_and_saved_meetings_stay(app, desk, names):
    use(desk, add(desk, FOUR))
    with app.app_context():
        before = set(db.session.scalars(select(Meeting.id)))
    here = f"{PAGE}/{the_feed(app).id}/replacement"
    page = add(desk, feed([row(0), row(1), row(2), row(5)]), "summer.json", to=here)
    assert "It takes the place of the list you have: 1 new, 1 removed." in page.text
    page = use(desk, page)
    assert "summer.json" in page.text
    assert "list.json" not in page.text
    with app.app_context():
        assert len(before & set(db.session.scalars(select(Meeting.id)))) == 3


@pytest.mark.database
def test_a_list_is_removed_with_its_meetings_and_no_other(app, desk, names):
    use(desk, add(desk, FOUR))
    use(desk, add(desk, feed([{**row(9), "slug": "other"}]), "other.json", fellowship="aa"))
    with app.app_context():
        first = db.session.scalar(select(Feed.id).where(Feed.source == "list.json"))
    page = desk.fill(desk.get(PAGE), f"{first}/removal")
    assert "Removed. Patients no longer find its meetings." in page.text
    assert names() == ["Made-up meeting 9"]


def test_what_isnt_wanted_after_all_changes_nothing(app, desk, names):
    page = add(desk, FOUR)
    assert "Nothing changed." in desk.fill(page, "/removal").text
    assert names() == []
    assert desk.get(page.address).status == 404


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"name;day;time\r\nNoon;1;12:00\r\n", "It’s a table (CSV). Use JSON"),
        (b"name\tday\ttime\nNoon\t1\t12:00\n", "It’s a table (CSV). Use JSON"),
        ('[{"slug": "a", "name": "Café"}]'.encode("cp1252"), "Save the file as UTF-8 instead"),
        (b"\xef\xbb\xbf<!doctype html><p>Not found", "It’s a web page (HTML)"),
        (b'{"resourceType": "Questionnaire"}', "It’s a FHIR Questionnaire"),
        (b"[]", "No readable meetings found"),
        (feed([row(0)])[:-3], "stops being JSON at line"),
        (b"%PDF-1.7", "It’s a PDF"),
    ],
)
def test_a_file_that_is_no_list_gets_a_sentence_and_nothing_is_half_done(
    app, desk, names, body, sentence
):
    use(desk, add(desk, FOUR))
    page = add(desk, body, fellowship="aa", zone="America/Denver")
    assert page.status == 422
    assert sentence in page.text
    assert page.form(having="fellowship").fields["fellowship"] == "aa"
    assert page.form(having="fellowship").fields["zone"] == "America/Denver"
    assert len(names()) == 4
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ListDraft)) == 0


def test_a_file_of_2_mb_is_refused_with_the_size_that_is_taken(desk, names):
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="list.json"\r\n\r\n['
    body, kind = start + b" " * 2_000_000 + b"]\r\n--b--\r\n", "multipart/form-data; boundary=b"
    page = desk.client.post(PAGE, data=body, content_type=kind)
    assert page.status_code == 413
    assert "Here files can be up to 1 MB." in page.text
    assert names() == []


def test_a_byte_order_mark_is_no_obstacle(desk):
    assert "4 meetings on this list" in add(desk, b"\xef\xbb\xbf" + FOUR).text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Enter an address or choose a file."),
        ("lists.example/feed", "Enter the whole address, starting with https://"),
        ("http://lists.example/", "must start with https://"),
        ("https://127.0.0.1/", "is on a private network"),
        ("https://[::1]/", "is on a private network"),
        ("https://169.254.169.254/latest/meta-data", "is on a private network"),
        ("https://max:word@lists.example/", "can’t include a username"),
        ("file:///etc/passwd", "must start with https://"),
    ],
)
def test_an_address_inside_or_none_is_refused(desk, names, address, sentence):
    page = add(desk, address=address)
    assert page.status == 422
    assert sentence in page.text
    assert names() == []


@pytest.fixture
def language(app):
    """An app asks once which one it speaks; this one may be told another."""
    forget_the_language(app)
    yield
    forget_the_language(app)


def test_why_a_list_is_refused_is_said_in_the_clinics_language(language, desk, monkeypatch):
    class Brackets(NullTranslations):
        def gettext(self, message):
            return f"⟦{message}⟧"

    def speaks(_domain):
        return Brackets() if has_request_context() else NullTranslations()

    monkeypatch.setattr(flask_babel.Domain, "get_translations", speaks)
    page = add(desk, address="https://127.0.0.1/")  # asked for in a thread of its own
    assert "⟦127.0.0.1 is on a private network. Feeds must be public.⟧" in page.text
    page = add(desk, b'[{"name": "Made up"}]')
    assert "⟦No readable meetings found.⟧ ⟦Row 1 (line 1): ⟦It has no slug.⟧⟧" in page.text
    assert "It’s ⟦a PDF⟧. ⟦Use JSON" in add(desk, b"%PDF-1.7").text


def test_a_fellowship_has_to_be_chosen(desk):
    page = add(desk, FOUR, fellowship="")
    assert page.status == 422
    assert "Choose a fellowship." in page.text


def test_one_list_is_read_at_a_time_and_not_without_end(app, desk, sends):
    sends(FOUR)
    with app.app_context(), lists.alone():
        page = add(desk, address=AT)
    assert "Another list is being read right now." in page.text
    for _time in range(views.FETCHES.free):
        add(desk, address=AT)
    page = add(desk, address=AT)
    assert "Too many lists were read. Try again in 1 minute." in page.text
    assert "meetings on this list" in add(desk, FOUR).text  # a file asks no website


def test_a_reader_that_broke_off_lets_the_next_one_in(app, desk, sends):
    with app.app_context():
        with pytest.raises(RuntimeError), lists.alone():
            raise RuntimeError
        with lists.alone():
            pass


def test_the_database_is_free_while_a_website_takes_its_time(app, desk, monkeypatch):
    seen = []

    def fetched(_address):
        seen.append(db.session().in_transaction())
        return FOUR

    monkeypatch.setattr(views, "fetch_while_waiting", fetched)
    use(desk, add(desk, address=AT))
    desk.fill(desk.get(PAGE), "/refresh")
    assert seen == [False, False]


def test_a_list_that_is_there_isnt_added_a_second_time_but_updated(app, desk, sends, names):
    sends(FOUR)
    use(desk, add(desk, address=AT))
    use(desk, add(desk, feed([{**row(5), "slug": "x"}]), "other.json"))
    with app.app_context():
        other = db.session.scalar(select(Feed.id).where(Feed.source == "other.json"))
    page = add(desk, address=AT, to=f"{PAGE}/{other}/replacement")
    assert page.status == 422
    assert "You already have this list." in page.text
    assert "It takes the place of the list you have" in add(desk, address=AT).text


def test_a_list_that_was_added_by_itself_meanwhile_takes_no_others_place(app, desk, sends, names):
    sends(FOUR)
    use(desk, add(desk, feed([{**row(5), "slug": "x"}]), "other.json"))
    instead = add(desk, address=AT, to=f"{PAGE}/{the_feed(app).id}/replacement")
    use(desk, add(desk, address=AT))
    page = use(desk, instead)
    assert "You already have this list. Update it there." in page.text
    assert len(names()) == 5


def test_a_list_of_rows_without_end_is_refused(desk, names, monkeypatch):
    monkeypatch.setattr("webapp.meetings.importing.ROWS", 3)
    page = add(desk, b"[0,0,0,0,0]")
    assert page.status == 422
    assert "This has more than 3 rows. Nothing changed." in page.text
    assert "3 meetings on this list" in add(desk, feed([row(n) for n in range(3)])).text


@pytest.mark.database
def test_many_previews_make_room_for_each_other(app, desk):
    for number in range(lists.DRAFTS + 3):
        add(desk, feed([row(number)]), f"{number}.json")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ListDraft)) == lists.DRAFTS
        assert db.session.scalar(select(func.count()).select_from(Act)) < 5


def test_nobody_but_an_administrator_sees_the_lists(phone_of, ana, cleo):
    for other in (phone_of(ana), phone_of(cleo)):
        assert other.get(PAGE).status == 404
        assert other.post(PAGE, {"address": AT}).status == 404
