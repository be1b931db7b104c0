"""The program: who is in which group, and when it meets.

*Group* (with a track), *SchedulePattern* (its weekly days, in local wall time), *GroupSession*
(one occurrence, a row), *Membership* (who is in a group, as what, from, until).
Never a bare "session", and never "meeting": that word belongs to mutual help.
"""
