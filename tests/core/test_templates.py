"""What stands on a page is escaped, and what is the same on each is worked out once."""

from uuid import uuid4

import pytest
from flask import Flask, render_template_string, url_for
from flask_wtf.csrf import generate_csrf
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape
from werkzeug.routing import BuildError

from tests.house.drawing import forget_templates
from webapp.core.web.templates import shown


@given(st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats()))
def test_whatever_somebody_wrote_stands_on_a_page_escaped(value: object) -> None:
    assert shown(value) == escape(value)


@given(st.text(alphabet="&<>'\"ab"))
def test_signs_that_mean_something_to_a_browser_never_pass(text: str) -> None:
    assert shown(text) == str(escape(text))


def test_markup_of_a_component_stands_as_it_is() -> None:
    assert shown(Markup("<b>kept</b>")) == "<b>kept</b>"


class Cheater(str):
    """A text that says of itself that it is markup, as `Markup` does."""

    def __html__(self) -> str:
        return "<i>as it says</i>"


def test_a_kind_of_text_with_words_of_its_own_is_asked_for_them() -> None:
    assert shown(Cheater("x")) == escape(Cheater("x"))


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ _('Today') }}", "Today"),
        ("{{ _('%(count)s new.', count=there) }}", "&lt;3&gt; new."),
        ("{{ url_for('today.index') }}", "/today"),
        ("{{ url_for('journal.new', urge=there) }}", "/journal/new?urge=%3C3%3E"),
        ("{% for name in ['sign_in'] %}{{ url_for('accounts.' ~ name) }}{% endfor %}", "/sign-in"),
        ("{% set said = _('Today') %}{{ said|upper }}", "TODAY"),
    ],
)
def test_texts_and_addresses_come_out_the_same_worked_out_or_not(
    app: Flask, template: str, page: str
) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        # As a file would be: escaped.
        page_of = "{% autoescape true %}" + template + "{% endautoescape %}"
        assert render_template_string(page_of, there="<3>") == page


@pytest.mark.parametrize("id", [uuid4(), "<3>", None])
@pytest.mark.parametrize("endpoint", ["huddle.show", "journal.new", "huddle.person"])
def test_the_address_of_one_comes_out_the_same_whatever_stands_for_its_id(
    app: Flask, endpoint: str, id: object
) -> None:
    page_of = "{% autoescape true %}{{ url_for('" + endpoint + "', id=id) }}{% endautoescape %}"
    with app.test_request_context("/"):
        try:
            address = url_for(endpoint, id=id)
        except BuildError:
            with pytest.raises(BuildError):
                render_template_string(page_of, id=id)
        else:
            assert render_template_string(page_of, id=id) == escape(address)


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("<p>\n    a\n\n  <b>c</b> d\n</p>", "<p>\na\n<b>c</b> d\n</p>"),
        ('<a class="x"\n    href="/">go</a>', '<a class="x"\nhref="/">go</a>'),
        ("{% if true %}\n  one\n{% endif %}  two", "\none\n  two"),
        ("<textarea>\n{{ there }}</textarea>", "<textarea>\n  as\n\n   typed \n </textarea>"),
        ('<input value="{{ there }}">', '<input value="  as\n\n   typed \n ">'),
    ],
)
def test_a_page_has_the_line_ends_of_its_template_and_every_space_that_a_person_wrote(
    app: Flask, template: str, page: str
) -> None:
    with app.test_request_context("/"):
        assert render_template_string(template, there="  as\n\n   typed \n ") == page


def test_an_address_that_nobody_answers_is_found_when_a_template_is_compiled(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(LookupError):
        app.jinja_env.from_string("{{ url_for('nowhere.at_all') }}")


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ pill('New', kind) }}", '<span class="pill soft">New</span>'),
        ("{{ pill('New', 'soft') }}", '<span class="pill soft">New</span>'),
        ("{{ pill(text='<3>', kind='soft') }}", '<span class="pill soft">&lt;3&gt;</span>'),
        ("{% for pill in ['one'] %}{{ pill }}{% endfor %}", "one"),
        ("{% macro own(pill) %}{{ pill('own') }}{% endmacro %}{{ own(said) }}", "as said: own"),
        ("{% for n in range(3) %}{{ pill(n, 'soft') }}{% endfor %}", '">0</span><span class="pill'),
        ("{% for n in range(3) %}{% if n == there %}x{% endif %}{{ n }}{% endfor %}", "012"),
        ("{% for n in range(3) %}{{ loop.index }}{% endfor %}", "123"),
        ("{% for a, b in (('<', _('Today')), ('b', kind)) %}{{ a }}{{ b }}{% endfor %}", "Todayb"),
        ("{% for a, b in (('<', 1), ('b', 2)) %}{{ a }}{{ b }}{% endfor %}", "&lt;1b2"),
        (
            "{% for n in range(2) %}{% for m in range(2) %}{{ n }}{{ m }}.{% endfor %}{% endfor %}",
            "00.01.10.11.",
        ),
        ("{% for n in range(0) %}{{ n }}{% else %}none{% endfor %}", "none"),
        ("{% set n = 7 %}{% for n in range(2) %}{{ n }}{% endfor %}{{ n }}", "017"),
        ("{% call card(kind='soft') %}{{ there }}{% endcall %}", "<3>"),
        ("{% call card() %}{% for n in range(3) %}{{ n }}{% endfor %}{% endcall %}", "012"),
    ],
)
def test_a_component_comes_out_the_same_worked_out_or_not(
    app: Flask, template: str, page: str
) -> None:
    imports = '{% from "components/pill.html" import pill %}'
    if "card" in template:
        imports = '{% from "components/card.html" import card %}'
    with app.test_request_context("/"):
        made = app.jinja_env.from_string(imports + template)
        values = {"kind": "soft", "there": Markup("<3>"), "said": lambda what: f"as said: {what}"}
        assert page in made.render(values).strip()


def test_what_brings_a_token_is_drawn_anew_for_each_who_asks(app: Flask) -> None:
    asks = '{% from "components/sure.html" import sure %}{{ sure("End it", "Sure?", "/x", "End") }}'
    with app.test_request_context("/"):
        made = app.jinja_env.from_string(asks)
    drawn = []
    for _person in range(2):
        with app.test_request_context("/"):
            drawn.append(made.render(csrf_token=generate_csrf))
    assert drawn[0] != drawn[1]


def test_in_another_language_every_template_is_loaded_anew(app: Flask) -> None:
    before = app.jinja_env.get_template("components/pill.html")
    forget_templates(app)
    assert app.jinja_env.get_template("components/pill.html") is not before
