"""Ratings: how group was, in four taps that name nobody.

What people tapped is only ever added up. A sum is shown once enough answers of enough people are
in it, and never changes after that; so nobody can tell one answer from two looks at it.
"""
