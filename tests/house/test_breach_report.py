"""After a break-in the clinic learns whose data there is and what was done, without a word."""

from tests.conftest import typed
from tests.house.world import EVERY_WORD, World


def test_it_says_whose_which_kinds_and_what_was_opened_since_then_and_nothing_more(
    world: World,
) -> None:
    world.phone("cleo").get(f"/clinic/sessions/{world.evening.tonight}")
    said = typed(world.app, "breach-report", "--since", "2026-11-23")
    hers = said.split(str(world.people["ana"].id))[1].split("\n\n")[0]
    for part in ("trigger 2 (from 2026-11-23)", "outside_consent 1", "disclosure 1", "consent 1",
                 "entries, by 1 accounts", "shared 3", "disclosed 1"):  # fmt: skip
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
