"""What a facilitator writes in the huddle."""

from typing import Any

from wtforms import BooleanField, Field, HiddenField
from wtforms.validators import ValidationError

from webapp.core.web.forms import OurForm, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.models import Entry
from webapp.plan.queries import goals_in

# Said with one tap: what the patient did, never how a counselor likes it.
REACTIONS = {
    "thanks": _l("Thank you for sharing this."),
    "noticed": _l("You noticed what was going on."),
    "reached": _l("You reached out to someone."),
    "plan": _l("You used something from your plan."),
    "hard": _l("You got through a hard moment."),
    "honest": _l("It takes courage to be this honest."),
}
ASKS = _l("Could we raise this in group?")


class FeedbackForm(OurForm):
    """A short reply to one entry, or the team's view of one goal in it."""

    entry = HiddenField()
    goal = HiddenField()
    agrees = BooleanField(_l("We agreed on this goal"))
    suggests = BooleanField(_l("Suggest this as a goal"))
    reaction = HiddenField()
    asks = HiddenField()
    words = words(_l("Your reply"), most=1_000)

    def validate_words(self, field: Field) -> None:
        """An agreement or a tap says enough; what is about a goal that is gone comes back."""
        if not (field.data or (self.goal.data and self.agrees.data) or self.tapped):
            raise ValidationError(_l("Write a few words."))

        if self.goal.data and self.goal.data not in self.goals:
            raise ValidationError(_l("This goal isn’t on the plan anymore."))

    def ask(self, entry: Entry) -> None:
        """Know the goals that are there to be spoken about."""
        self.goals = goals_in(entry)

    @property
    def tapped(self) -> str:
        """What was said with one tap, instead of words."""
        return str(ASKS if self.asks.data else REACTIONS.get(self.reaction.data or "", ""))

    @property
    def about(self) -> dict[str, Any]:
        """What `answer` keeps besides the words."""
        if self.tapped:
            return {"asks": True} if self.asks.data else {}
        if not self.goal.data:
            return {"suggests": True} if self.suggests.data else {}
        agreed = self.goals[self.goal.data]["words"] if self.agrees.data else None
        return {"goal": self.goal.data, "agreed": agreed}
