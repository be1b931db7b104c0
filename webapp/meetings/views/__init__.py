"""The pages: the log of visits, the finder, the attendance sheet."""

from webapp.meetings.views import finder, sheet
from webapp.meetings.views.log import bp

__all__ = ["bp", "finder", "sheet"]
