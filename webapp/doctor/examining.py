"""A check looks at one thing and returns nothing, or what is wrong with it. Whatever breaks in one
check is said, and the others go on.
"""

from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from enum import StrEnum
from threading import Thread
from typing import Any

from webapp.core.trouble import reason
from webapp.core.wording import gettext as _
from webapp.doctor.case import Case, Unavailable

PATIENCE = 10  # seconds for one check: a disk or a network that hangs stops only that one


@dataclass(frozen=True)
class Problem:
    """What is wrong, in one sentence, and what to do about it."""

    says: str
    mend: str
    is_known: bool = False  # good to know, and nothing is broken because of it

    @classmethod
    def of(cls, trouble: Exception) -> "Problem":
        """What another part of the program refused in its own words: the mend comes second."""
        says, _dot, mend = str(trouble).partition(". ")
        return cls(f"{says}.", mend)


@dataclass(frozen=True)
class Check:
    """`slow` ones ask a network or start a program: not while somebody waits for a page."""

    name: str
    about: Any  # what it looks at, in the reader's language
    look: Callable[[Case], Problem | None]
    slow: bool


class State(StrEnum):
    """What came of a check."""

    WELL = "well"
    PROBLEM = "problem"
    KNOWN = "known"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Finding:
    """What came of one check. Plain values: those of slow checks are kept."""

    name: str
    state: State
    says: str = ""
    mend: str = ""

    @property
    def about(self) -> Any:
        """What it looked at."""
        return CHECKS[self.name].about


CHECKS: dict[str, Check] = {}


def check(about: Any, *, slow: bool = False) -> Callable[[Callable[[Case], Problem | None]], Any]:
    """Register a check under the name of its function."""

    def register(look: Callable[[Case], Problem | None]) -> Callable[[Case], Problem | None]:
        CHECKS[look.__name__] = Check(look.__name__, about, look, slow)
        return look

    return register


def examine(case: Case, *, slow: bool | None = None) -> list[Finding]:
    """Look at everything, or only at what is `slow` or isn't. Never raises."""
    chosen = [one for one in CHECKS.values() if slow in (None, one.slow)]
    try:
        return [_in_time(one, case) for one in chosen]
    finally:
        case.close()


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether there is nothing to do."""
    return all(finding.state in (State.WELL, State.KNOWN) for finding in findings)


def _in_time(one: Check, case: Case) -> Finding:
    found: list[Finding] = []
    looking = Thread(
        target=copy_context().run, args=(lambda: found.append(_look(one, case)),), daemon=True
    )
    looking.start()
    looking.join(PATIENCE)
    late = _("it took over %(num)s seconds", num=PATIENCE)
    return found[0] if found else _unchecked(one, late)


def _look(one: Check, case: Case) -> Finding:
    try:
        problem = one.look(case)
    except Unavailable as missing:
        return _unchecked(one, str(missing))
    except Exception as trouble:  # whatever it is, by its name: its words may be a person's
        return _unchecked(one, reason(trouble))
    if problem is None:
        return Finding(one.name, State.WELL)
    state = State.KNOWN if problem.is_known else State.PROBLEM
    return Finding(one.name, state, problem.says, problem.mend)


def _unchecked(one: Check, why: str) -> Finding:
    says = _("%(about)s couldn’t be checked: %(why)s.", about=one.about, why=why)
    return Finding(one.name, State.UNCHECKED, says)
