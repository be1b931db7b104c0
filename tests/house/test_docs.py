"""What is written for who carries on leads somewhere, and is drawn from what is there."""

import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import root
from tools import draw_floors
from webapp.core.data.db import Base

PAGES = sorted([*root().glob("*.md"), *root().glob("docs/**/*.md")])


def headings(page: Path) -> set[str]:
    """What a link into a page may name."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(root())))
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    for address in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"https?:", address):
            continue
        name, _, heading = address.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name} leads to {address}"
        assert not heading or heading in headings(there), f"{page.name} leads to {address}"


def test_every_page_is_found_from_the_readme() -> None:
    found, ways = set(), [root() / "README.md"]
    while ways:
        page = ways.pop()
        if page in found:
            continue
        found.add(page)
        links = re.findall(r"\]\(([^)\s#:]+\.md)\)", page.read_text())
        ways += [(page.parent / link).resolve() for link in links]
    assert set(PAGES) <= found


def test_the_floors_in_the_architecture_are_those_of_the_code() -> None:
    page = draw_floors.PAGE.read_text()
    assert page == draw_floors.redrawn(page), "draw it anew: .venv/bin/python tools/draw_floors.py"


def test_every_room_stands_on_a_floor_and_says_what_it_is_for() -> None:
    rooms = {name for floor in draw_floors.floors() for name in floor}
    there = {file.stem for file in (root() / "webapp").iterdir()}
    assert rooms == there - {"translations", "__init__", "__pycache__"}
    assert all(draw_floors.purpose(room).endswith(".") for room in rooms)


def test_the_license_is_the_one_that_is_named() -> None:
    project = tomllib.loads((root() / "pyproject.toml").read_text())["project"]
    assert project["license"] == "MIT"
    for file in project["license-files"]:
        assert "the Groundwork authors" in (root() / file).read_text()


def test_the_data_map_has_every_table_about_a_person(whole_app: Flask) -> None:
    page = (root() / "docs/security.md").read_text().split("## Who might try")[0]
    about = {
        table.name
        for table in Base.metadata.tables.values()
        if table.name in ("person", "act") or "sealed" in table.columns
        or any(key.column.table.name == "person" for key in table.foreign_keys)
    }  # fmt: skip
    assert len(about) > 30
    missing = sorted(name for name in about if f"`{name}`" not in page)
    assert not missing, f"say in docs/security.md whose it is, and who reads it: {missing}"
