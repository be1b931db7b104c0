"""After the program: the year in which the account goes on.

*Life*: answers to five questions about how life is going, asked in the first week and again after
leaving. Each can be skipped. They are the patient's own entry; whoever lets answers be counted has
them kept for that too, in rows of their own (`counting`), and is asked one of them only then, and
two questions more.

*CallRequest*: "I want help again", from somebody who left. Off until the program says when it looks
and who answers. Nothing is inferred from what somebody writes, and nobody hears of them unless they
ask.
"""
