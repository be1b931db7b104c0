"""The first day: what a clinic has to have before its patients come, each with the form for it.

One step more is one line more in STEPS. What no data can tell ("we need none") is said by hand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app

from webapp.accounts.access import needs_second_factor_from
from webapp.accounts.models import Person
from webapp.accounts.queries import staff, with_second_factor
from webapp.clinic.queries import what_is_there
from webapp.config import Settings
from webapp.core.wording import lazy_gettext as _l
from webapp.program.models import Group
from webapp.settings.models import ClinicSettings

_NOT_NEEDED = _l("Not needed here")


@dataclass(frozen=True)
class Found:
    """What the steps look at."""

    clinic: ClinicSettings
    groups: list[Group]
    without: list[Group]  # nobody runs them
    problems: set[str]  # of the system check, by name
    there: set[str]  # what somebody made already, by step
    staff_without: int  # people without a second step


@dataclass(frozen=True)
class Step:
    """`endpoint` is where it is done, with `values`; without one, `says` tells how. `by_hand` is
    what an administrator can say instead of doing it."""

    name: str
    says: Any
    is_done: Callable[[Found], bool]
    endpoint: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    why: Any = ""
    by_hand: Any = ""


@dataclass(frozen=True)
class Seen:
    """A step as it stands: left, done, or said not to be needed."""

    step: Step
    is_done: bool
    is_by_hand: bool


def _settings(part: str, field_name: str) -> dict[str, str]:
    return {"part": part, "_anchor": field_name}


def _is_there(step: str) -> Callable[[Found], bool]:
    return lambda found: step in found.there


def _is_well(*checks: str) -> Callable[[Found], bool]:
    return lambda found: found.problems.isdisjoint(checks)


STEPS = (
    Step("name", _l("Set the clinic’s name"),
         lambda found: found.clinic.clinic_name != current_app.config["UNNAMED"],
         "clinic.settings", _settings("clinic", "clinic_name"),
         _l("It appears in the consent that patients sign.")),
    Step("zone", _l("Check the clinic’s time zone"),
         lambda found: found.clinic.zone != Settings.zone,
         "clinic.settings", _settings("clinic", "zone"), by_hand=_l("It’s right")),
    Step("help", _l("Set the clinic’s own phone number for Help now, and when someone answers"),
         lambda found: bool(found.clinic.help_clinic and found.clinic.help_clinic_hours),
         "clinic.settings", _settings("help", "help_clinic"), by_hand=_NOT_NEEDED),
    Step("push", _l("Name a contact for push services"), _is_well("push_contact"),
         "clinic.settings", _settings("reminders", "push_contact"),
         _l("Reminders wait until then.")),
    Step("groups", _l("Create the first group: its days, location, and time zone"),
         lambda found: bool(found.groups), "clinic.new_group"),
    Step("facilitators", _l("Give each group a facilitator"),
         lambda found: bool(found.groups) and not found.without, "clinic.index"),
    Step("holidays", _l("Enter holidays"), _is_there("holidays"), "program.holidays",
         by_hand=_l("None this year")),
    Step("questionnaires", _l("Choose questionnaires, such as PHQ-9"),
         _is_there("questionnaires"), "questionnaires.index", by_hand=_NOT_NEEDED),
    Step("check_ins", _l("Choose on which days patients are asked to check in"),
         _is_there("check_ins"), "check_ins.due_days", by_hand=_l("The usual days fit")),
    Step("expect", _l("Read what patients see: what to expect here, and what staff do when "
                      "someone isn’t safe"),
         _is_there("expect"), "program.change_expect", by_hand=_l("The standard text fits")),
    Step("meetings", _l("Add a list of recovery meetings"),
         _is_there("meetings"), "meeting_lists.index", by_hand=_NOT_NEEDED),
    Step("backup", _l("Back up every night"), _is_well("backups"), "doctor.health"),
    Step("drill", _l("Try a backup"), _is_well("backups", "drill"), "doctor.health",
         why=_l("A backup that no one ever restored may not work.")),
    Step("second_step", _l("Have all staff set up a second step"),
         lambda found: not found.staff_without, "staff.index"),
)  # fmt: skip
BY_HAND = {step.name for step in STEPS if step.by_hand}


def find(
    clinic: ClinicSettings, groups: list[Group], without: list[Group],
    problems: Iterable[str], now: datetime,
) -> Found:  # fmt: skip
    """Look once at everything that the steps ask for."""
    return Found(clinic, groups, without, {*problems}, what_is_there(now), _without_second_step())


def seen(found: Found) -> list[Seen]:
    """Each step as it stands."""
    by_hand = BY_HAND.intersection(found.clinic.not_needed.split())
    return [
        Seen(step, (done := step.is_done(found)) or step.name in by_hand,
             step.name in by_hand and not done)
        for step in STEPS
    ]  # fmt: skip


def _without_second_step() -> int:
    if needs_second_factor_from() is None:
        return 0
    people = staff(Person.disabled_at.is_(None))
    return len(people) - len(with_second_factor(people))
