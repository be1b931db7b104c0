"""Reminders that arrive, and a log of what became of each.

*Reminder*: a rule ("an hour before group"). *Notification*: one due message, made ahead from the
rules. *PushSubscription*: a phone that wants them. *Delivery*: one attempt to hand a message to
one phone's push service. *Sender*: a process that does so.

A service for the features: they call `actions.remind(person, rule)`; what has to hold at the
moment of sending (not cancelled, not moved, still in the group) is joined then, so nobody has to
call back. Sent at least once and shown once: a crash may send twice, but with the same Topic and
tag, so the second takes the first one's place. "Exactly once" can't be had across a crash.

The road not taken: a lease in wall time, which a clock's jump ends early; a scheduler inside the
web workers, which sends as often as there are workers.
"""
