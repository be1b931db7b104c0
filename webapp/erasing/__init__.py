"""Erasing an account: what nobody else ever opened goes, what the clinic must keep is locked away.

`kept` says which rows are which. What is kept is sealed anew with a records key, which no page
opens; the person's own key is destroyed, in the same transaction. `docs/decisions/0077-*.md`.
"""
