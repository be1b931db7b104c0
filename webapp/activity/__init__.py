"""Who did what, to read: the audit log for the administrator, and a patient's own *Activity*.

The administrator sees staff by username and patients by a number, which is the beginning of their
id: no name, no entry. A patient sees what happened to her own account and who opened what she
shared; that comes from Readings, which say of each entry what an act says of a page.
"""
