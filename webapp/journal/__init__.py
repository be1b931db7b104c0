"""The trigger journal: a moment that pulled toward using, or made symptoms worse.

Three taps are enough (strength, kind, Save). Everything else is optional, and words come before
numbers: it is the person's own record, shared only entry by entry.
"""
