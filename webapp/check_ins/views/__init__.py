"""The pages: today's taps and what they add up to."""

from webapp.check_ins.views.daily import bp

__all__ = ["bp"]
