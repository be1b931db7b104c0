"""Who did what: one row an act, in a chain of hashes, written with the act itself.

*Act*: somebody signed in, shared, opened a page of shared entries, made a reset code. A row holds
ids and a kind, never words, names or addresses, so that nothing of it has to change when a person
is erased. Actions say `record(...)`; what they said is written when the transaction commits, as its
last statements, and goes with it when it is rolled back. Saving an entry is no act.

The database refuses to change or delete a row. That stops mistakes, not whoever owns the machine:
for them there is the chain (`verify.py`), and its last hash in a file that is kept elsewhere.
"""
