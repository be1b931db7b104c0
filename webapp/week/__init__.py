"""My week: groups, what to read and bring, what is one's own, and the calendar of a phone.

It stands above the features because a week has something of each of them.
"""
