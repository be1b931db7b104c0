"""The pages: the log of visits, the finder, the attendance sheet; a clinic's lists of meetings."""

from webapp.meetings.views import finder, lists, sheet
from webapp.meetings.views.log import bp

__all__ = ["bp", "finder", "lists", "sheet"]
