"""What a facilitator writes in the huddle."""

from typing import Any

from wtforms import BooleanField, Field, HiddenField
from wtforms.validators import Length, ValidationError

from webapp.core.web.forms import OurForm, words
from webapp.core.wording import lazy_gettext as _l
from webapp.entries.models import Entry
from webapp.plan.queries import goals_in


class FeedbackForm(OurForm):
    """A short reply to one entry, or the team's view of one goal in it."""

    entry = HiddenField()
    goal = HiddenField()
    agrees = BooleanField(_l("We agreed on this goal"))
    suggests = BooleanField(_l("Suggest this as a goal"))
    words = words(
        _l("Your reply"),
        Length(max=1_000, message=_l("Keep it under 1,000 characters.")),
        most=1_000,
    )

    def validate_words(self, field: Field) -> None:
        """An agreement says enough; what is about a goal that is gone comes back."""
        if not (field.data or (self.goal.data and self.agrees.data)):
            raise ValidationError(_l("Write a few words."))

        if self.goal.data and self.goal.data not in self.goals:
            raise ValidationError(_l("This goal isn’t on the plan anymore."))

    def ask(self, entry: Entry) -> None:
        """Know the goals that are there to be spoken about."""
        self.goals = goals_in(entry)

    @property
    def about(self) -> dict[str, Any]:
        """What `answer` keeps besides the words."""
        if not self.goal.data:
            return {"suggests": True} if self.suggests.data else {}
        agreed = self.goals[self.goal.data]["words"] if self.agrees.data else None
        return {"goal": self.goal.data, "agreed": agreed}
