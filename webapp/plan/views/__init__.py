"""The pages: the plan's parts, the kept safety plan, the telling, the hand-out."""

from webapp.plan.views import family, kept, story
from webapp.plan.views.parts import bp

__all__ = ["bp", "family", "kept", "story"]
