"""Who comes, who came, and how much is covered.

*HeadsUp* ("I'll be late", "I can't come", said by the patient ahead of a session), *Attendance*
(how somebody took part, marked by a facilitator, seen by the patient) and *Authorisation* (how many
sessions an insurance covers, and when it is reviewed).
"""
