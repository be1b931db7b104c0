"""Writes iCalendar (RFC 5545) for a phone's calendar. Plain values in, bytes out.

What is in a calendar, and what it is called there, is said by those who have it: sessions and
appointments by `week`, listed meetings by `meetings`. The library writes lines, escapes and folds;
it is loaded with the first calendar that a worker writes.
"""
