"""What a database may do in its own way is tried on each of them."""

import re

from tests.conftest import root

ITS_OWN_WAY = re.compile(
    r"with_for_update|skip_locked|inserting\(|short_transaction|begin_nested|IntegrityError"
    r"|dialect|distinct\("
)


def test_each_room_with_sql_beyond_plain_columns_is_tried_on_postgresql() -> None:
    for room in (start.parent.name for start in (root() / "webapp").glob("*/__init__.py")):
        files = (root() / "webapp" / room).rglob("*.py")
        if any(ITS_OWN_WAY.search(file.read_text()) for file in files):
            tests = (root() / "tests" / room).glob("test_*.py")
            assert any("mark.database" in test.read_text() for test in tests), f"mark one of {room}"
