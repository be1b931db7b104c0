"""What comes up again, with what is planned for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.entries.words import TRIGGER_KINDS
from webapp.insight.coverage import Logged, coverage

KINDS = st.sampled_from(list(TRIGGER_KINDS))
logged = st.lists(st.builds(Logged, st.lists(KINDS).map(tuple), st.integers(0, 10)))
planned = st.lists(
    st.fixed_dictionaries({"kind": KINDS, "response": st.sampled_from(["", "Call"])})
)


@pytest.mark.parametrize(
    ("moments", "plan", "found"),
    [
        ([], [], []),
        ([("money", 5)], [], []),
        ([("money", 5), ("money", 8)], [], [("money", 2, 6.5, ())]),
        ([("money", 5)] * 2 + [("place", 3)] * 3, [], [("place", 3, 3, ()), ("money", 2, 5, ())]),
        (
            [("money", 5)] * 2 + [("place", 3)] * 3,
            [{"kind": "place", "response": "Other way home"}],
            [("money", 2, 5, ()), ("place", 3, 3, ("Other way home",))],
        ),
        ([("money", 5)] * 2, [{"what": "payday", "response": "Call"}], [("money", 2, 5, ())]),
    ],
)
def test_what_has_no_response_stands_first(moments, plan, found):
    result = coverage([Logged((kind,), urge) for kind, urge in moments], plan)
    assert [
        (covered.kind, covered.count, covered.mean, covered.responses) for covered in result
    ] == found


@given(logged, planned)
def test_each_recurring_kind_stands_there_once(moments, plan):
    found = coverage(moments, plan)
    assert len({covered.kind for covered in found}) == len(found)
    for covered in found:
        assert covered.count == sum(covered.kind in moment.kinds for moment in moments) >= 2
        assert 0 <= covered.mean <= 10
    assert [covered.is_open for covered in found] == sorted(
        (covered.is_open for covered in found), reverse=True
    )
