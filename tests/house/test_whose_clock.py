"""A time on a page is by a clock that the page can name."""

import re

import pytest
from flask import Flask

from tests.conftest import SomeGroup
from webapp.core.data.db import db
from webapp.core.dates import zone_name
from webapp.program.models import Group


@pytest.fixture
def elsewhere(app: Flask, evening: SomeGroup) -> None:
    """The group meets an hour west of the clinic."""
    with app.app_context():
        db.session.get_one(Group, evening.id).zone = "America/Chicago"
        db.session.commit()


def clock_of(page) -> str:
    return re.findall(r'data-clock="([^"]+)"', page.html)[0]


@pytest.mark.parametrize("address", ["/journal/new", "/medication", "/reminders", "/you", "/plan"])
def test_a_patients_page_names_the_clinics_clock(phone_of, ana, address):
    page = phone_of(ana).get(address)
    assert clock_of(page) == "America/New_York"
    assert "Times on this page are in Eastern Time" in page.text


def test_today_and_the_pages_about_a_group_name_the_groups_clock(
    elsewhere, phone_of, ana, cleo, evening
):
    assert clock_of(phone_of(ana).get("/today")) == "America/Chicago"
    desk, tried = phone_of(cleo), set[str]()
    about = (f"/clinic/groups/{evening.id}", f"/clinic/sessions/{evening.tonight}")
    new = [about[0], about[1], f"{about[1]}/attendance"]
    while new:
        address = new.pop()
        tried.add(address)
        page = desk.get(address)
        if page.status != 200 or "<main" not in page.html:
            continue
        assert clock_of(page) == "America/Chicago", address
        new += [
            link for link in {*page.links} - tried if link.startswith(about) and link not in new
        ]
    assert len(tried) > 5


def test_the_pages_that_a_phone_keeps_name_it_too(phone):
    assert clock_of(phone.get("/blank/trigger")) == "America/New_York"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "Eastern Time"),
        ("America/Los_Angeles", "Pacific Time"),
        ("America/Phoenix", "Mountain Standard Time"),
        ("Europe/Berlin", "Central European Time"),
        ("UTC", "Coordinated Universal Time"),
    ],
)
def test_a_zone_has_a_name_that_people_know(app, zone, name):
    with app.app_context():
        assert zone_name(zone) == name


@pytest.mark.parametrize(
    ("who", "address"),
    [("ana", "/week"), ("ana", "/journal/new"), ("cleo", "/clinic")],
)
def test_an_hour_by_another_clock_than_the_pages_says_so(
    elsewhere, request, phone_of, cleo, who, address
):
    page = phone_of(request.getfixturevalue(who)).get(address)
    assert clock_of(page) == "America/New_York"
    hours = re.findall(r"5:00 PM(?:–\S+ PM)?(.{13})", page.text)
    assert hours, page.text
    assert {said.strip(" ,.") for said in hours} == {"Central Time"}


def test_where_the_clocks_are_one_no_zone_is_named(phone_of, ana, evening):
    assert "6:00 PM–9:00 PM, Room 2" in phone_of(ana).get("/week").text
