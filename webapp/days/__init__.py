"""Counting days, for whoever wants to: since something, or with something.

A return to use begins a new chapter and erases nothing; what somebody would do next time may go
into the plan at once. It stands above the plan, which knows nothing of it.
"""
