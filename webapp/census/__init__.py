"""The director's page: the program in numbers, by quarter and group, and nobody's name.

Exact are the clinic's own records: who was in care, came, and left how. Nothing is counted from
entries, not even that there are any. What patients answered comes only from those who signed *Count
me, without my name* (`counting`), and goes by its rule about small numbers.
"""
