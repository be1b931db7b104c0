"""Wherever a time is typed, it is read as people type it, and what can't be read is not lost."""

import re

import pytest

from tests.house.world import World
from tests.pages import Page, Phone

# Every field of a time: who types it, on which page, and the form that it is in.
FIELDS = [
    ("ana", "/check-ins/reminder", "at"),
    ("ana", "/week/appointments/new", "starts"),
    ("ana", "/medication/new", "times-0"),
    ("ana", "/plan/week/activities", "at"),
    ("ana", "/reminders", "quiet_from"),
    ("max", "/clinic/groups/new", "starts"),
    ("max", "/clinic/groups/{evening}/times/new", "starts"),
    ("cleo", "/clinic/groups/{evening}/sessions/new", "starts"),
    ("cleo", "/clinic/sessions/{tonight}/details", "move-starts"),
]


def typed_into(phone: Phone, address: str, name: str, words: str) -> Page:
    form = phone.get(address).form(having=name)
    form.fields.setlist(name, [words])
    return phone.post(form.action or address, form.fields)


@pytest.mark.parametrize(("who", "at", "name"), FIELDS)
def test_what_cannot_be_read_is_said_and_stays_as_it_was_typed(
    world: World, who: str, at: str, name: str
) -> None:
    address = at.format(**world.ids)
    page = typed_into(world.phone(who), address, name, "half six")
    assert page.status == 422
    assert re.search(r"Enter a (start )?time, like 6:00 PM\.", page.text)
    (field,) = [got for _tag, got in page.tags if got.get("name") == name]
    # A browser's own field for times would be empty: it shows only what it can read.
    assert (field["value"], field["type"]) == ("half six", "text")


@pytest.mark.parametrize(("who", "at", "name"), FIELDS)
def test_six_pm_is_read_in_every_form(world: World, who: str, at: str, name: str) -> None:
    address = at.format(**world.ids)
    page = typed_into(world.phone(who), address, name, "6 pm")
    assert f"{name}-error" not in page.ids
    for got in (got for _tag, got in page.tags if got.get("name") == name and page.status == 422):
        assert (got["value"], got["type"]) == ("18:00", "time")
