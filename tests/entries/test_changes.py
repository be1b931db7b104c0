"""Two texts in one: what stayed, what went, what came."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.entries.changes import Piece, compare, steps

texts = st.text(alphabet="ab \n", max_size=60)


def test_a_changed_word_stands_beside_the_former_one():
    assert compare("Call Sam first", "Call Lee first") == [
        Piece("same", "Call "), Piece("gone", "Sam "), Piece("new", "Lee "), Piece("same", "first ")
    ]  # fmt: skip


@given(texts, texts)
def test_nothing_of_either_text_is_lost(before, after):
    pieces = compare(before, after)
    new = "".join(piece.text for piece in pieces if piece.kind != "gone")
    old = "".join(piece.text for piece in pieces if piece.kind != "new")
    assert new.split() == after.split()
    assert old.split() == before.split()


@given(texts)
def test_the_same_text_has_no_change(text):
    assert all(piece.kind == "same" for piece in compare(text, text))


def test_a_changed_word_in_a_long_text_is_found_in_its_line():
    lines = [f"This is line {n} of many.\n" for n in range(300)]
    other = [*lines[:150], "A line of its own.\n", lines[150].replace("many", "few"), *lines[151:]]
    changed = [piece for piece in compare("".join(lines), "".join(other)) if piece.kind != "same"]
    assert "".join(piece.text for piece in changed if piece.kind == "gone").split() == ["many."]
    assert "few." in changed[-1].text


def test_a_line_that_is_moved_holds_up_no_other():
    pieces = compare("one\ntwo\nthree\nfour", "two\nthree\nfour\none")
    assert "".join(piece.text for piece in pieces if piece.kind == "same") == "two\nthree\nfour\n"


def test_only_parts_that_changed_are_told():
    [change] = steps([{"a": "one", "b": "two"}, {"a": "one", "c": "three"}])
    assert change == {"b": [Piece("gone", "two ")], "c": [Piece("new", "three ")]}
