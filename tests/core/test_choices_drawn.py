"""A choice drawn by hand is the one that WTForms draws."""

import pytest
from flask import Flask
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from wtforms import RadioField

from webapp.core.web.choices import Several, choices
from webapp.core.web.forms import OurForm, needed

ODD = choices([("a", "Plain"), ("b", 'A "quoted" <b> & so on'), ('"><i>', "Odd value")])


class Asked(OurForm):
    """Each kind of field that has choices to tap."""

    one = RadioField("One?", choices=ODD)
    must = RadioField("Which?", [needed("Please choose.")], choices=ODD)
    number = RadioField("How much?", choices=choices([(0, "None"), (1, "Some")]), coerce=int)
    many = Several("Which ones?", choices=ODD)


@pytest.mark.parametrize("name", ["one", "must", "number", "many"])
@pytest.mark.parametrize(
    "said", [{}, {"one": "b", "must": '"><i>', "number": "0", "many": ["b", '"><i>']}]
)
@pytest.mark.parametrize(
    ("component", "reveals", "attributes"),
    [
        ("chips", "b", {"class": "chip-input"}),
        ("choices", 0, {"class": "tick"}),
        ("taps", ("b", 1), {}),
    ],
)
def test_it_says_the_same(
    app: Flask,
    name: str,
    said: dict[str, object],
    component: str,
    reveals: object,
    attributes: dict[str, str],
) -> None:
    revealing = reveals if component == "taps" else (reveals,)
    with app.test_request_context():
        field = Asked(MultiDict(said))[name]
        template = app.jinja_env.get_template(f"components/{component}.html")
        drawn = str(getattr(template.module, component)(field, reveals=reveals))
        for option in field:
            assert str(option(data_reveals=option.data in revealing, **attributes)) in drawn
            assert f">{escape(option.label.text)}</" in drawn
        assert drawn.count("<input ") == len(field.choices)
        assert "<b>" not in drawn
