"""Insight: what repeats in somebody's own entries, and what their plan has for it.

Also what changed in a shared part of the plan. The journal shows the plan's answer through
`writing.kind.beside`, since nobody calls up: without this package its pages have no such slot.
"""
