"""The pages: the plan's parts, the kept safety plan, the telling, the days, the hand-out."""

from webapp.plan.views import days, family, kept, story
from webapp.plan.views.parts import bp

__all__ = ["bp", "days", "family", "kept", "story"]
