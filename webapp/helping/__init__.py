"""Helping: what answers a hard moment or a return to use, from somebody's own plan and data.

One page in one tap, and the same sentences on the page of whatever entry says so. The rooms of
those entries know nothing of it: `writing.kind.beside` brings it there.
"""
