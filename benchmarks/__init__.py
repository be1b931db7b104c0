"""How much Groundwork costs, as multiples of a bare floor: `make bench`, for people to read.

Absolute figures of one machine say little and drift from minute to minute. So every page is
measured beside the least that Flask can do (`floor.py`), under the same server, in alternating
rounds of one run, and told as a ratio. The main one is the server's CPU time a request: other
work on the machine disturbs it least.
"""
