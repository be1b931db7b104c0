"""The exercises for anybody; the log of practice for whoever keeps one."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.accounts.access import anyone, current_person, is_away, patient
from webapp.core.errors import NotFound
from webapp.core.limits import PRACTICED
from webapp.core.web.compressed import compressed
from webapp.core.web.routes import reads
from webapp.core.wording import gettext as _
from webapp.entries.forms import shown
from webapp.entries.paging import place, place_of
from webapp.mindfulness import queries
from webapp.mindfulness.curve import drawing, written
from webapp.mindfulness.exercises import EXERCISES
from webapp.mindfulness.forms import OTHER, PracticeForm
from webapp.mindfulness.models import Practice
from webapp.mindfulness.script import BODY, MINUTES, NOW, THOUGHTS
from webapp.mindfulness.works import Works
from webapp.writing.kind import Kind
from webapp.writing.pages import register, zone
from webapp.writing.queries import by_day, page_of

bp = Blueprint("mindfulness", __name__)


def begun() -> dict[str, Any]:
    """Which exercise it was stands in the address; how strong it was never does."""
    done = request.args.get("exercise", "")
    return {"exercise": done} if done in EXERCISES else {}


def filled(entry: Practice, zone: str) -> Mapping[str, Any]:
    """As it stands on the form: what has no name of ours is something else."""
    said = {"exercise": entry.exercise or OTHER, "samples": written(entry.samples or [])}
    return shown(entry, zone) | said


PRACTICE = Kind(
    Practice, PracticeForm, at="/mindfulness/practices", new="/mindfulness/log", offline=True,
    begun=begun, filled=filled,
)  # fmt: skip
register(bp, PRACTICE)


def exercise_addresses() -> list[str]:
    """The public pages that a phone keeps, so that they open without a network."""
    each = [url_for("mindfulness.exercise", slug=slug) for slug in EXERCISES]
    return [url_for("mindfulness.index"), *each]


@bp.app_template_filter("exercise")
def exercise_name(slug: str | None) -> str:
    """Feet on the floor"""
    return str(EXERCISES[slug].name) if slug in EXERCISES else _("Something else that calmed me")


@bp.get("/mindfulness")
@reads(anyone)
def index() -> ResponseReturnValue:
    """All exercises. Public, the same for everybody but for the frame around, and for a patient's
    own sentence about what works."""
    return _public(
        "mindfulness/index.html",
        exercises=EXERCISES.values(),
        places={NOW: _("Right now"), BODY: _("Body"), THOUGHTS: _("Thoughts")},
        works=_helped(queries.told_by(current_person).works) if _is_own() else None,
    )


@bp.get("/mindfulness/<slug>")
@reads(anyone)
def exercise(slug: str) -> ResponseReturnValue:
    """One exercise, whole: as a text to read, and with a script as a timer that goes through it;
    for a patient, how long an urge of theirs usually takes."""
    if slug not in EXERCISES:
        raise NotFound
    exercise = EXERCISES[slug]
    usual = queries.told_by(current_person).halving if exercise.surfs and _is_own() else None
    return _public(
        "mindfulness/exercise.html",
        exercise=exercise,
        lengths=MINUTES,
        usual=usual.minutes if usual else None,
    )


@bp.get("/mindfulness/practices")
@reads(patient)
def practices() -> ResponseReturnValue:
    """One's own log, and what it tells: what works, and how long an urge takes to halve."""
    found, older = page_of(current_person, Practice, place(request.args.get("before", "")))
    return render_template(
        "mindfulness/practices.html",
        days=by_day(found, zone()),
        before=place_of(found[-1]) if older else None,
        told=queries.told_by(current_person),
        most=PRACTICED,
        zone=zone(),
    )


@bp.app_template_global("urge_curve")
def urge_curve(samples: list[list[float]]) -> Any:
    """Where the samples of a run stand on its drawing."""
    return drawing(samples)


def _helped(found: list[Works]) -> Works | None:
    """What helped most, if anything did."""
    return found[0] if found and found[0].change < 0 else None


def _is_own() -> bool:
    return current_user.is_authenticated and current_person.is_patient and not is_away()


def _public(template: str, **values: Any) -> ResponseReturnValue:
    """A patient keeps the bar at the bottom; for everybody else it is a page like help now."""
    if _is_own():
        return render_template(template, layout="layouts/patient.html", **values)
    plain = {"layout": "layouts/plain.html", "current_person": None}
    page = render_template(template, **plain, **values)
    return page if current_user.is_authenticated else compressed(page)
