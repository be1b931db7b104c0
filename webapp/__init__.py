"""Groundwork: what a patient keeps between groups, and what the facilitator reads before one."""

from webapp.app import create_app

__all__ = ["create_app"]
