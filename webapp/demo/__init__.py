"""The demo: made-up people in two groups, with four weeks behind them and a group coming up.

Everything goes through the features' own actions; only the times are put back afterwards. It is
all told relative to now, so it is never old on the day when somebody starts it for the first time.
"""

from random import Random

from click import ClickException
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.data.db import db, writing
from webapp.demo import (
    attending,
    bringing,
    checking_in,
    groups,
    meetings,
    outside,
    sharing,
    telling,
    way,
)
from webapp.demo.answering import answer
from webapp.demo.discharging import discharge
from webapp.demo.giving import give_homework
from webapp.demo.going_on import go_on
from webapp.demo.leading import lead
from webapp.demo.medication import medicate
from webapp.demo.people import (
    EVENING,
    LEFT,
    MORNING,
    PASSWORD,
    RUNS_CLINIC,
    RUNS_EVENING,
    RUNS_MORNING,
)
from webapp.demo.planning import count, plan
from webapp.demo.practice import practice
from webapp.program.models import Group
from webapp.questionnaires.box import in_the_box
from webapp.questionnaires.importing import bring_in, use
from webapp.settings.current import clinic_settings


class SomebodyIsHere(ClickException):
    """The demo people never move in with real ones."""

    def __init__(self) -> None:
        super().__init__("There are people in this database. The demo needs an empty one.")


def is_wanted() -> bool:
    """Whether the demo is switched on and nobody is here yet."""
    return bool(current_app.extensions["settings"].demo) and not _is_anybody_here()


def seed() -> None:
    """Fill an empty database with the demo people. Raises SomebodyIsHere."""
    if _is_anybody_here():
        raise SomebodyIsHere
    now = clock.now()
    attending.close_a_day(now, clinic_settings().zone)
    evening, morning = groups.make_groups(now, clinic_settings().zone)
    people = telling.make_people(evening, morning, now)
    top_up()
    chance = Random(34)  # the same demo each time
    for group, reader, members in (
        (evening, RUNS_EVENING, EVENING),
        (morning, RUNS_MORNING, MORNING),
    ):
        told = telling.tell([people[member.username] for member in members], group, now, chance)
        sharing.show(told, group, people[reader], members, now, chance)
        attending.attend(group, people[reader], now)
    plan(people["ana"], evening, now)
    count(people["ana"], now, evening.zone)
    practice(people["ana"], now, evening.zone)
    medicate(people["ana"], now, evening.zone)
    meetings.meet(people["ana"], now, evening.zone)
    attending.look_after(people["ana"], now, evening.zone)
    outside.let_out(people["ana"], people[RUNS_EVENING], now, evening.zone)
    go_on(people[LEFT], now, evening.zone)
    checking_in.check_in(people, evening, now, chance)
    discharge(people, evening, people[RUNS_EVENING], now)
    way.go(people, morning, now)
    give_homework(evening, people[RUNS_EVENING], now)
    lead(evening, people[RUNS_EVENING], now)
    answer(evening, morning, now, chance)
    use(bring_in(in_the_box("phq-9")))


def top_up() -> None:
    """One more Evening IOP soon, so that whoever starts the demo finds a huddle coming up."""
    evening = groups.evening()
    if evening is not None:
        soon = groups.add_soon(evening, clock.now())
        if soon is not None:
            bringing.bring_again(evening, soon)


def who_can_sign_in() -> list[str]:
    """Lines for the terminal: who, as what, in which group, with which password."""
    # In a transaction of its own: whoever serves the app must not go on holding a lock.
    with writing(allowed=False), Session(db.engine) as session:
        if session.get(Group, groups.EVENING_ID) is None:
            return []
    return [
        f"Everybody’s password is {PASSWORD}",
        "",
        f"patients of Evening IOP      {', '.join(patient.username for patient in EVENING)}",
        f"patients of Morning IOP      {', '.join(patient.username for patient in MORNING)}",
        f"left Evening IOP months ago  {LEFT}",
        f"facilitator of Evening IOP   {RUNS_EVENING}",
        f"facilitator of Morning IOP   {RUNS_MORNING}",
        f"administrator                {RUNS_CLINIC}",
    ]


def _is_anybody_here() -> bool:
    return db.session.scalar(select(Person.id).limit(1)) is not None
