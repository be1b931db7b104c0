"""How somebody came to this group, in three lengths; and telling it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from webapp.accounts.access import current_person, patient
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.web.routes import reads
from webapp.plan import queries
from webapp.plan.outline import PARTS, STORIES
from webapp.plan.views.parts import bp, part_entry
from webapp.settings.current import clinic_settings
from webapp.sharing import queries as sharing

MINUTES = {"telling": 5, "intro": 1}


@bp.get("/plan/story")
@reads(patient)
def story() -> ResponseReturnValue:
    """The three lengths, each with who can see it."""
    begun = queries.parts_of(current_person)
    shared: dict[str, list[str]] = {}
    for share in sharing.shares_of(current_person):
        shared.setdefault(str(share.entry_id), []).append(share.group.name)
    return render_template("plan/story.html", stories=STORIES, begun=begun, shared=shared)


@bp.get("/plan/<name>/tell")
@reads(patient)
def tell(name: str) -> ResponseReturnValue:
    """Large words and a quiet clock, for when it is one's turn."""
    part = PARTS.get(name)
    entry = part_entry(part) if part in STORIES and part else None
    if part is None or entry is None:
        raise NotFound
    return render_template(
        "plan/tell.html",
        part=part,
        content=entry.content,
        minutes=MINUTES.get(name),
        zone=clinic_settings().zone,
        now=clock.now(),
    )
