"""What was written without a network, when the phone has one again.

*Operation*: one thing that a person did on a phone (wrote an entry, changed one, took a share
back), sealed there to the server's key, so that the phone itself can't open it any more. *Answer*:
what became of it; the same operation sent again gets the first one. *Author mark*: says whose an
operation is, and nothing else to whoever finds the phone. A feature joins in `kinds.py`, by one
line.

Not taken: merging two texts, and letting the later clock win. Phones' clocks are wrong, and
nobody but the author can say which of two sentences she meant.
"""
