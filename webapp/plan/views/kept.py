"""The safety plan that a phone keeps, when its owner says so.

The page's script (`kept-plan.js`) puts a copy of `/plan/safety/kept` into the cache
`kept-safety-plan` and takes it out, and whom to call beside it (`/plan/safety/people`, for Help
now); the worker answers the first address from there and nowhere else.
"""

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, current_sign_in, patient
from webapp.accounts.queries import author_mark
from webapp.core.web.routes import reads
from webapp.plan.outline import SAFETY
from webapp.plan.queries import parts_of, people_to_call
from webapp.plan.views.parts import bp, part_entry
from webapp.settings.current import clinic_settings

NAMES_ONLY = ("company", "places", "ask", "professionals")


@bp.get("/plan/safety/kept")
@reads(patient)
def safety_kept() -> ResponseReturnValue:
    """The copy for the phone: the whole plan, or only names, numbers and places."""
    whole = request.args.get("what") == "all"
    entry = part_entry(SAFETY)
    page = render_template(
        "plan/safety_kept.html",
        part=SAFETY,
        content=entry.content if entry else {},
        questions=[
            question for question in SAFETY.questions if whole or question.name in NAMES_ONLY
        ],
        lines=clinic_settings().help_lines,
        current_person=None,
    )
    return _said_whose(make_response(page), "all" if whole else "names")


@bp.get("/plan/safety/people")
@reads(patient)
def people() -> ResponseReturnValue:
    """Names and numbers for Help now, and nothing else. On a shared phone there are none."""
    if not current_sign_in().own_phone:
        return _said_whose(jsonify([]), "people")
    found = people_to_call(parts_of(current_person))
    named = [{"name": person["name"], "number": person["number"]} for person in found]
    return _said_whose(jsonify(named), "people")


def _said_whose(response: Response, what: str) -> Response:
    """What the script reads back: whose copy, and which."""
    response.headers["Groundwork-Kept"] = f"{author_mark(current_person)} {what}"
    return response
