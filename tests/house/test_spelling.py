"""One place says how typed text is compared, and how a name may look."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import StringField
from wtforms.fields.core import UnboundField

from tests.conftest import root
from webapp.core.folding import one_line
from webapp.core.web.forms import OurForm

# What machines write and read, in which case is all that differs.
OF_MACHINES = {
    "webapp/config.py", "webapp/reminders/push/endpoints.py", "webapp/core/web/error_pages.py",
    "webapp/core/folding.py", "webapp/reminders/push/client.py", "webapp/meetings/feed.py",
    "webapp/meetings/reading.py", "webapp/doctor/support.py", "webapp/settings/first.py",
    "webapp/meetings/bmlt.py",
}  # fmt: skip
# A username is told from others that differ by an accent.
MINDS_ACCENTS = {"webapp/accounts/queries.py"}


def test_typed_text_is_compared_by_one_module() -> None:
    own = re.compile(r"\.(casefold|lower|upper)\(\)|unicodedata")
    found = {
        str(file.relative_to(root()))
        for file in (root() / "webapp").rglob("*.py")
        if own.search(file.read_text())
    }
    assert found - OF_MACHINES - MINDS_ACCENTS == CODES


# What is folded first and then written large; a phone number, of which letters become digits.
CODES = {
    "webapp/core/codes.py", "webapp/core/phones.py", "webapp/insight/patterns.py",
    "webapp/core/web/choices.py",
}  # fmt: skip


def forms(kind: type = OurForm) -> Iterator[type]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from forms(subclass)


def lines() -> dict[str, UnboundField]:
    return {
        f"{form.__module__}.{form.__name__}.{name}": field
        for form in forms()
        if form.__module__.startswith("webapp")
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and field.field_class is StringField
    }


def test_every_line_that_is_typed_is_one_that_can_be_seen(app: Flask) -> None:
    found = lines()
    assert len(found) > 40
    from_scripts = {"endpoint", "p256dh", "auth"}  # a browser's own words about its push service
    assert [
        name
        for name, field in found.items()
        if one_line not in (field.kwargs.get("filters") or [])
        if name.rsplit(".", 1)[1] not in from_scripts
    ] == []


STAFF = [
    file for file in (root() / "templates").rglob("*.html") if "layouts/clinic" in file.read_text()
]


@pytest.mark.parametrize("file", STAFF, ids=lambda file: file.stem)
def test_staff_see_names_drawn_in_one_way(file) -> None:
    said = re.sub(r'<span class="away">[^<]*</span>|<bdi>[^<]*</bdi>', "", file.read_text())
    assert re.findall(r"\{\{ [\w.]*(?:person|patient|facilitator)\.name\b[^}]*\}\}", said) == []
