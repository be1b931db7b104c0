"""Whoever adds, subtracts and knows the rule works out no number of fewer than five people."""

from collections import defaultdict
from itertools import product
from random import Random

import pytest

from webapp.counting.hiding import FEWEST, Shown, shown

Table = tuple[tuple[int, ...], ...]


def seen(table: Table) -> Shown[int]:
    return shown(dict(enumerate(table)), len(table[0]))


def key(found: Shown[int]) -> object:
    return found.clinic, found.total, tuple(sorted(found.groups.items()))


def test_four_are_not_shown_and_neither_is_what_would_tell_them() -> None:
    # Thirteen people are known to have answered: another question says so.
    assert seen(((4, 9),)) == Shown(None, 13, {})
    assert seen(((5, 9),)) == Shown((5, 9), 14, {0: (5, 9)})
    assert seen(((0, 9),)) == Shown(None, 9, {})
    assert seen(((9, 1, 9),)) == Shown(None, 19, {})
    assert seen(((2, 2),)) == Shown(None, None, {})


def test_a_clinic_without_groups_shows_nothing() -> None:
    assert shown({}, 2) == Shown(None, None, {})


def test_who_may_be_shown_does_not_take_the_place_of_who_may_not() -> None:
    # Of two groups of ten, shown alone, the second would tell that the first has a small number.
    assert seen(((4, 6), (5, 5), (0, 1))).groups == {}
    assert seen(((5, 5), (5, 4), (0, 1))).groups == {0: (5, 5)}


def test_a_small_group_takes_the_smallest_of_the_others_along() -> None:
    # Shown alone beside the clinic's numbers, the others would tell what the third one answered.
    found = seen(((9, 9), (7, 6), (1, 0)))
    assert found.clinic == (17, 15)
    assert found.groups == {0: (9, 9)}


def test_several_small_groups_hide_behind_each_other() -> None:
    found = seen(((9, 9), (7, 6), (4, 3), (1, 2)))
    assert found.groups == {0: (9, 9), 1: (7, 6)}


def test_a_group_of_which_nobody_answered_is_a_small_one() -> None:
    assert seen(((9, 9), (0, 0))).groups == {}


@pytest.mark.parametrize("seed", range(40))
def test_what_subtracting_leaves_is_five_or_more(seed: int) -> None:
    chance = Random(seed)
    for _turn in range(50):
        groups, answers = chance.randint(1, 7), chance.randint(1, 4)
        most = chance.choice((6, 12, 30))
        table = tuple(
            tuple(chance.randint(0, most) for _answer in range(answers)) for _group in range(groups)
        )
        found = seen(table)
        columns = [sum(row[at] for row in table) for at in range(answers)]
        assert found.total == (sum(columns) if sum(columns) >= FEWEST else None)
        assert found.clinic == (tuple(columns) if min(columns) >= FEWEST else None)
        assert found.clinic or found.groups == {}
        for group, row in found.groups.items():
            assert row == table[group]
            assert min(row) >= FEWEST
        unseen = [row for group, row in enumerate(table) if group not in found.groups]
        if unseen:
            rest = [sum(row[at] for row in unseen) for at in range(answers)]
            assert not found.groups or min(rest) >= FEWEST


@pytest.mark.parametrize(
    ("groups", "answers", "most"), [(1, 3, 7), (2, 2, 7), (3, 2, 6), (2, 3, 5)]
)
def test_an_attacker_who_tries_every_table_finds_no_hidden_number(
    groups: int, answers: int, most: int
) -> None:
    """All tables that look the same from outside are put side by side. No hidden number, of a group
    or of the clinic, is the same in all of them; none is even known to be there at all."""
    same: dict[object, list[Table]] = defaultdict(list)
    rows = list(product(range(most + 1), repeat=answers))
    for table in product(rows, repeat=groups):
        same[key(seen(table))].append(table)
    for tables in same.values():
        found = seen(tables[0])
        for at in range(answers):
            columns = {sum(row[at] for row in table) for table in tables}
            if not found.clinic and answers > 1 and (found.total or 0) <= most:
                assert {0, 1, 2, 3, 4} <= columns
        if groups == 1 or _left(tables[0], found) > most:
            continue
        for group in set(range(groups)) - set(found.groups):
            for at in range(answers):
                assert len({table[group][at] for table in tables}) > 2


def _left(table: Table, found: Shown[int]) -> int:
    """What the shown groups leave of an answer, at most: above where the tables end, a number may
    seem to be known that isn't."""
    unseen = [row for group, row in enumerate(table) if group not in found.groups]
    return max((sum(column) for column in zip(*unseen, strict=True)), default=0)


@pytest.mark.parametrize(("groups", "most"), [(2, 9), (3, 6)])
def test_not_even_one_who_knows_how_many_of_each_group_answered(groups: int, most: int) -> None:
    """Another question may have told how many there are in each group, nobody in one included."""
    same: dict[object, list[Table]] = defaultdict(list)
    for table in product(product(range(most + 1), repeat=2), repeat=groups):
        same[key(seen(table)), tuple(map(sum, table))].append(table)
    for (_looks, sizes), tables in same.items():  # type: ignore[misc]
        found = seen(tables[0])
        if _left(tables[0], found) > most:
            continue
        for group in set(range(groups)) - set(found.groups):
            for at in range(2):
                values = {table[group][at] for table in tables}
                assert len(values) > 1 or min(values) >= FEWEST or not sizes[group]
