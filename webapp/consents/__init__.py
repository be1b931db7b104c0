"""Consents: what the clinic may give to people outside the program, and the accounting of it.

*Outside consent*: a document that the patient signs for one recipient and one purpose (42 CFR
2.31). *Disclosure*: what staff gave out under one that was in force. The shares inside the program
are another room: `sharing`.
"""
