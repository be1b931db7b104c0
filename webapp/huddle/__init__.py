"""The huddle: one page per group session with what each patient chose to share for it.

What isn't shared isn't even counted, and opening the page is recorded for the patient to see.
"""
