"""The agenda of a session: what comes up, in which order, and for how long.

What patients want to talk about, and shared goals that are due, are found anew each time: nothing
of theirs is copied here, so what isn't shared any more is gone at once. Kept are the order and the
minutes, and the facilitators' own lines, which no patient sees.
"""
