"""Whatever the system check can say is said by a test that breaks that thing."""

import ast
import re
from collections.abc import Iterator
from itertools import chain

from tests.conftest import root
from tests.doctor.test_checks import BREAKS
from webapp.doctor.examining import CHECKS

# What is said, by which argument of what. Another part of the program refuses in its own words.
SAYING = {
    "webapp/doctor/checks/*.py": {"Problem": 0, "Unavailable": 0},
    "webapp/doctor/case.py": {"Unavailable": 0},
    "webapp/doctor/examining.py": {"_unchecked": 1},
    "webapp/core/starting.py": {"NotStarting": 0},
    "webapp/core/crypto/keys.py": {"BadKeyFile": 1},
    "webapp/sync/keys.py": {"BadKeyFile": 1},
    "webapp/core/crypto/key_files.py": {"BadKeyFile": 1},
}
FRAMES = {
    "Unavailable": "{} couldn’t be checked: {}.",
    "_unchecked": "{} couldn’t be checked: {}.",
    "BadKeyFile": "{} {}.",
}
# Not the system check's own words: these are tried where they are made.
PASSED_ON = {
    "str(trouble.__cause__)",  # a setting's: tests/test_config.py
    "unusable[0]",
    "bad.says",  # of the files above
    "trouble.says",
    "str(missing)",
    "reason(trouble)",  # the name of whatever it is
}
NOT_SAID = {"{} doesn't contain what was just written to it."}  # it writes no keys


def test_no_check_lacks_a_test_that_breaks_its_thing() -> None:
    assert {check for check, *_ in BREAKS} == set(CHECKS)


def test_no_sentence_lacks_a_test_that_brings_it_about() -> None:
    said = [re.sub(r"\\(.)", r"\1", sentence) for _check, sentence, _how in BREAKS]
    all_ = set(chain.from_iterable(sentences()))
    assert len(all_) > 50
    lacking = [
        one
        for one in sorted(all_ - NOT_SAID)
        if not any(re.fullmatch(".+".join(map(re.escape, one.split("{}"))), it) for it in said)
    ]
    assert lacking == []


def sentences() -> Iterator[list[str]]:
    """Each that can be said, with {} for what is put into it."""
    for files, arguments in SAYING.items():
        for file in root().glob(files):
            tree = ast.parse(file.read_text())
            for function in ast.walk(tree):
                if not isinstance(function, ast.FunctionDef):
                    continue
                for call in ast.walk(function):
                    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                        continue
                    if call.func.id in arguments:
                        given = call.args[arguments[call.func.id]]
                        frame = FRAMES.get(call.func.id, "{}")
                        yield [_in_frame(frame, one) for one in _written(given, function)]


def _in_frame(frame: str, said: str) -> str:
    before, _hole, end = frame.rpartition("{}")
    return f"{before}{said}{end}".partition(". ")[0].rstrip(".") + "."


def _written(given: ast.expr, function: ast.FunctionDef) -> list[str]:
    """What stands in the code for this argument; both forms of a number."""
    if isinstance(given, ast.Name):
        (given,) = [
            step.value
            for step in ast.walk(function)
            if isinstance(step, ast.Assign) and ast.unparse(step.targets[0]) == given.id
        ]
    if isinstance(given, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in given.values]
        return ["".join(map(str, parts))]
    if isinstance(given, ast.Constant):
        return [str(given.value)]
    if isinstance(given, ast.Call) and ast.unparse(given.func) in ("_", "ngettext"):
        texts = [text.value for text in given.args if isinstance(text, ast.Constant)]
        return [re.sub(r"%\(\w+\)s", "{}", str(text)) for text in texts]
    assert ast.unparse(given) in PASSED_ON, ast.unparse(given)
    return []
