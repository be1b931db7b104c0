"""The pages: today's taps, questionnaires one question at a time, and when they are due."""

from webapp.check_ins.views import asking, due
from webapp.check_ins.views.daily import bp

__all__ = ["asking", "bp", "due"]
