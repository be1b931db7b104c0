"""Today: what matters now, at most one screen, and the one thing that is suggested.

Slots appear when their feature does.
"""
