"""Groundwork: what a patient keeps between groups, and what the facilitator reads before one."""

from webapp.app import check_start, create_app

__all__ = ["check_start", "create_app"]
