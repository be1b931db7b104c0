"""What the clinic sets in the browser, in one row: its name, its zone, its numbers.

*ClinicSettings*: the row. A field is a column of it, and a field of the page's form; one that
`config.Settings` names as well is taken from the environment, once, when the row is made.
`current.clinic_settings` is how everybody asks. Not here: what must be known before there is a
database, and what only the operator should decide (`config.py`).
"""
