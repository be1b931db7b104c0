"""Every ceiling on what one person can type, send, keep or draw, in one place.

Work on what somebody typed grows at most in proportion to it (`tests/house/test_work.py` holds
that), so these numbers bound what one person can cost a clinic. They are far above what anybody
writes. At a ceiling nothing is lost: words stay in the form or on the phone, with a plain sentence.
Getting help meets none of them: neither Help now nor a check-in that says "I'm not safe".
"""

from datetime import timedelta

LINE = 200  # characters on one line
TEXT = 20_000  # characters in one text: ten pages
# Characters that one form, or one operation of a phone, brings: no script has less room.
OPERATION = 64 * 1024
DOCUMENT = 512 * 1024  # bytes of one sealed row: a part of the plan, grown over the years
PRINTED = 2 * DOCUMENT  # of a sheet with the initials that were drawn at two hundred meetings
REQUEST = 1024 * 1024  # bytes of one request: some operations at once, or a clinic's file

FIELDS = 200  # of one operation: the longest form there is has sixty
FORM_FIELDS = 1_000  # of a form on a page: a roll call of sixty people has some hundred
OPERATIONS = 200  # in one replay: a phone sends a hundred at most
DEVICES = 10  # signed in at a time, for each person
ITEMS = 200  # on one list that stands on one page: of the plan, of medications, of favorites
CALENDAR = 300  # events in the calendar that a phone fetches: those next to now
SHEETS_A_DAY = 20  # printed by one person: each holds a copy of two hundred visits

A_DAY = timedelta(days=1)
ENTRIES_A_DAY = 500  # new ones of one person, and changes of one entry
SHARES_A_DAY = 200  # of one person
CONSENTS_A_DAY = 20  # for people outside, of one person

PAGE = 40  # rows of a list that grows
CHANGES = 20  # versions of one text on a page: each may be of full length
FORMER = 20  # former versions among which what a phone brings is looked for
# What is sealed can be neither searched nor counted without opening it: so many of one's own.
SEARCHED = 1_000  # entries that a search opens before it asks whether to look further back
SEARCHED_TEXT = 1_000_000  # characters that it looks through before it asks: a year of many words
COUNTED = 5_000  # entries that a page about all of them tells of: the newest
PRACTICED = 200  # exercises that say which one helps: the newest
