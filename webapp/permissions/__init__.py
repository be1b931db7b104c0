"""Permissions: what the program's own staff may do with what a patient shares.

*Permission*: a text that the patient signs for one thing. Without one in force the answer is no.
Kept apart from consents: nothing leaves the program under a permission, so none is in the
accounting of disclosures.
"""
