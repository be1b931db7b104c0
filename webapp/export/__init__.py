"""*Take everything*: whatever Groundwork keeps about a patient, as one file in the patient's hands.

`queries.TABLES` says what there is; each row is a record, which becomes JSON and a line to read
alike. Nothing of it is kept here: a page of rows is read, written into the zip and sent.
"""
