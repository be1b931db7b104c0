"""How each kind of question is answered. A form's `value` is what the entry keeps."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import uuid4

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
)
from wtforms.validators import Optional, ValidationError

from webapp.core import clock
from webapp.core.folding import folded
from webapp.core.limits import LINE
from webapp.core.web.choices import OneOrOwn, Several, choices, weekdays
from webapp.core.web.forms import OurForm, TimeOfDay, line, needed, words
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.words import TRIGGER_KINDS
from webapp.plan.library import ALL, GROUPS, SKILLS, in_words
from webapp.plan.outline import Question
from webapp.plan.text import as_date
from webapp.settings.current import clinic_settings

MOST_OWN, MOST_STEPS = 60, 12


class Day(DateField):
    """A date, with our own sentence for what is none."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, [Optional(), _near], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Check the date.")) from None


def _near(_form: Form, field: Field) -> None:
    if field.data and not 1900 <= field.data.year <= 2200:
        raise ValidationError(_l("Check the date."))


def _has_come(field: Field) -> None:
    if field.data and field.data > clock.local(clock.now(), clinic_settings().zone).date():
        raise ValidationError(_l("That date is in the future."))


def many(label: Any, offered: Mapping[str, Any]) -> Several:
    """Any number of things from a list."""
    return Several(label, choices=choices(offered), validate_choice=False)


class AnswerForm(OurForm):
    """One answer. `version` is the plan's when the page was shown."""

    version = HiddenField(default="0")

    @property
    def value(self) -> Any:
        """What the entry keeps."""
        raise TypeError(type(self).__name__)

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        """The fields for what the entry keeps."""
        return dict(value or {})

    def ask(self, question: Question, content: Mapping[str, Any]) -> None:
        """Put the question's words on the form, and whatever the rest of the part offers."""


class WordsForm(AnswerForm):
    """As many words as somebody has."""

    answer = words(_l("Your answer"))

    @property
    def value(self) -> Any:
        return self.answer.data

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        return {"answer": value}


class PrescriberForm(AnswerForm):
    """Who prescribes, and the number."""

    who = line(_l("Name"))
    phone = line(_l("Phone"), most=40)

    @property
    def value(self) -> Any:
        return _filled({"who": self.who.data, "phone": self.phone.data})

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        return dict(value or {})


class MadeForm(AnswerForm):
    """With whom a safety plan was made, and when."""

    who = line(_l("Name"))
    day = Day(_l("Date"))

    def validate_day(self, field: Field) -> None:
        """A day that has come."""
        _has_come(field)

    @property
    def value(self) -> Any:
        return _filled({"who": self.who.data, "day": _iso(self.day.data)})

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        value = value or {}
        return {"who": value.get("who"), "day": as_date(value.get("day"))}


class SkillsForm(AnswerForm):
    """Things that help: from our list, and one's own."""

    body = many(GROUPS["body"], SKILLS["body"])
    mind = many(GROUPS["mind"], SKILLS["mind"])
    people = many(GROUPS["people"], SKILLS["people"])
    place = many(GROUPS["place"], SKILLS["place"])
    own = words(_l("My own ideas, one per line"), most=4000)

    @property
    def value(self) -> Any:
        ours = [skill for group in GROUPS for skill in self[group].data or [] if skill in ALL]
        return [*ours, *self._own]

    @property
    def _own(self) -> list[str]:
        once: dict[str, str] = {}
        for text in filter(None, map(str.strip, (self.own.data or "").split("\n"))):
            once.setdefault(folded(text), text)
        return list(once.values())

    def validate_own(self, _field: Field) -> None:
        """Nothing is cut off: what is too much comes back."""
        if len(self._own) > MOST_OWN:
            raise ValidationError(_("Use up to %(most)s lines.", most=MOST_OWN))
        if any(len(text) > LINE for text in self._own):
            raise ValidationError(_("Each line can have up to %(most)s characters.", most=LINE))

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        chosen = value or []
        own = "\n".join(skill for skill in chosen if skill not in ALL)
        return {
            group: [skill for skill in chosen if skill in SKILLS[group]] for group in GROUPS
        } | {"own": own}


class FavouritesForm(AnswerForm):
    """Which of the chosen things help most."""

    most = many(_l("What helps me most"), {})

    @property
    def value(self) -> Any:
        known = {choice.value for choice in self.most.choices}
        return [skill for skill in self.most.data or [] if skill in known]

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        return {"most": value or []}

    def ask(self, question: Question, content: Mapping[str, Any]) -> None:
        self.most.choices = choices(
            (skill, in_words(skill)) for skill in content.get("skills") or []
        )


class ItemForm(AnswerForm):
    """One thing on a list. Its id makes the same save twice one thing."""

    id = HiddenField(default=lambda: str(uuid4()))


class ContactForm(ItemForm):
    """Somebody to call or write to."""

    name = line(_l("Name"), needed(_l("Enter a name.")), most=100)
    phone = line(_l("Phone"), most=40)
    note = line(_l("What to ask for, or their address"))

    @property
    def value(self) -> Any:
        return {field: self[field].data for field in ("name", "phone", "note") if self[field].data}


class StepForm(Form):
    """A small step toward a goal."""

    words = line(_l("Small step"))
    by = Day(_l("Target date"))
    done = BooleanField(_l("Done"))


class GoalForm(ItemForm):
    """A goal with its steps; it may be one that was agreed on with the team."""

    goal = words(_l("Goal"), needed(_l("Enter your goal.")), most=2000)
    steps = FieldList(FormField(StepForm), min_entries=3, max_entries=MOST_STEPS)
    together = BooleanField(_l("I made this goal with my team"))
    who = line(_l("Who did you make it with?"))
    agreed = Day(_l("When did you agree on it?"))
    proposes = BooleanField(_l("I’d like to agree on this goal with my team"))
    review = Day(_l("When will you look at it again?"))
    going = words(_l("How is it going?"), most=2000)

    @property
    def value(self) -> Any:
        steps = [
            _filled({"words": step["words"], "by": _iso(step["by"]), "done": step["done"]})
            for step in self.steps.data
            if step["words"]
        ]
        goal = {
            "words": self.goal.data,
            "steps": steps,
            "proposes": self.proposes.data,
            "review": _iso(self.review.data),
            "going": self.going.data,
        }
        if self.together.data:
            goal |= {"with": self.who.data, "agreed": _iso(self.agreed.data)}
        return _filled(goal)

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        steps = [step | {"by": as_date(step.get("by"))} for step in value.get("steps") or []]
        empty = min(2, MOST_STEPS - len(steps))
        return {
            "goal": value.get("words"),
            "steps": [*steps, *({} for _ in range(empty))],
            "together": bool(value.get("with")),
            "who": value.get("with"),
            "agreed": as_date(value.get("agreed")),
            "proposes": bool(value.get("proposes")),
            "review": as_date(value.get("review")),
            "going": value.get("going"),
        }

    def validate_agreed(self, field: Field) -> None:
        """A day that has come."""
        _has_come(field)

    def validate_who(self, field: Field) -> None:
        """A goal made together names with whom."""
        if self.together.data and not field.data:
            raise ValidationError(_l("Enter who you made it with."))


class PlannedForm(ItemForm):
    """A trigger, and what to do when it comes."""

    kind = OneOrOwn(
        _l("What kind of trigger is it?"), choices=choices(TRIGGER_KINDS), validators=[Optional()]
    )
    what = line(_l("What is it, in your own words?"))
    response = words(_l("What will you do?"), needed(_l("Enter what you will do.")), most=2000)

    @property
    def value(self) -> Any:
        return {
            field: self[field].data for field in ("kind", "what", "response") if self[field].data
        }


class ActivityForm(ItemForm):
    """Something good with a weekday and an hour."""

    what = line(_l("What will you do?"), needed(_l("Enter what you will do.")))
    day = RadioField(_l("Which day?"), choices=weekdays, validators=[needed(_l("Choose a day."))])
    at = TimeOfDay(_l("What time?"), [Optional()])

    @property
    def value(self) -> Any:
        at = self.at.data.strftime("%H:%M") if self.at.data else None
        return _filled({"what": self.what.data, "day": self.day.data, "at": at})

    @classmethod
    def shown(cls, value: Any) -> dict[str, Any]:
        at = value.get("at")
        return dict(value) | {"at": time.fromisoformat(at) if at else None}


FORMS: dict[str, type[AnswerForm]] = {
    "words": WordsForm,
    "prescriber": PrescriberForm,
    "made": MadeForm,
    "skills": SkillsForm,
    "favourites": FavouritesForm,
    "contacts": ContactForm,
    "goals": GoalForm,
    "planned": PlannedForm,
    "week": ActivityForm,
}


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
