"""After a break-in the clinic learns whose data there is and what was done, without a word."""

import pytest

from tests.conftest import typed
from tests.house.world import EVERY_WORD, World
from webapp.activity.breach import OWNER
from webapp.core.data.db import Base

pytestmark = pytest.mark.database


def test_it_says_whose_which_kinds_and_what_was_opened_since_then_and_nothing_more(
    world: World,
) -> None:
    world.phone("cleo").get(f"/clinic/sessions/{world.evening.tonight}")
    said = typed(world.app, "breach-report", "--since", "2026-11-23")
    hers = said.split(str(world.people["ana"].id))[1].split("\n\n")[0]
    for part in ("trigger 2 (from 2026-11-23)", "outside_consent 1", "disclosure 1", "consent 1",
                 "meeting_sheet 1", "check_in_draft 1", "membership 3", "sign_in 1",
                 "push_subscription 1", "meeting_rhythm 1", "entries, by 1 accounts",
                 "shared 3", "disclosed 1"):  # fmt: skip
        assert part in hers
    assert str(world.people["cleo"].id) not in said
    assert not [word for word in EVERY_WORD if word in said]
    assert "Ana" not in said
    later = typed(world.app, "breach-report", "--since", "2026-11-25")
    assert "opened by staff since: nothing" in later
    assert "trigger 2" in later


def test_without_a_day_it_is_refused(world: World) -> None:
    for asked in (["breach-report"], ["breach-report", "--since", "soon"]):
        assert world.app.test_cli_runner().invoke(args=asked).exit_code == 2


def test_a_table_about_a_patient_is_in_it_or_is_left_out_by_name(world: World) -> None:
    for table in Base.metadata.sorted_tables:
        columns = [key.parent.name for key in table.foreign_keys
                   if key.column.table.name == "person"]  # fmt: skip
        hers = [name for name in columns if name in OWNER]
        by_staff = {"made_by_id", "by_id", "changed_by_id", "undone_by_id", "marked_by_id",
                    "opened_by_id", "reader_id"}  # fmt: skip
        assert hers or set(columns) <= by_staff, table.name
