"""What is on a form's list can be chosen, each once; anything else is refused in one sentence."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from webapp.core.web.choices import Several, choices, weekdays_field
from webapp.core.web.forms import OurForm


class PickForm(OurForm):
    """One or several of two, and days."""

    one = SelectField("One", choices=choices({"a": "Alpha", "b": "Beta"}), default="a")
    some = Several("Some", choices=choices([("a", "Alpha"), ("b", "Beta")]))
    days = weekdays_field("Days")


def sent(app: Flask, **fields: list[str]) -> PickForm:
    with app.test_request_context():
        form = PickForm(MultiDict(fields), meta={"csrf": False})
        form.validate()
        return form


def test_what_was_sent_twice_is_chosen_once_in_the_order_it_was_sent(app: Flask) -> None:
    form = sent(app, some=["b", "a", "b"], days=["6", "0", "6"])
    assert (form.some.data, form.days.data, form.errors) == (["b", "a"], [6, 0], {})


@pytest.mark.parametrize("name", ["one", "some", "days"])
@pytest.mark.parametrize("value", ["7", "-1", "x", "", "%(value)s", "%d %s", "９" * 5000])
def test_what_is_not_on_the_list_is_refused_and_never_repeated(
    app: Flask, name: str, value: str
) -> None:
    form = sent(app, **{name: [value]})
    assert form.errors == {name: ["Choose from the list."]}


def test_more_than_one_that_is_not_on_the_list_is_one_sentence_too(app: Flask) -> None:
    form = sent(app, some=["x", "y", "a"], days=["8", "9"])
    both = ["Choose from the list."]
    assert form.errors == {"some": both, "days": both}
