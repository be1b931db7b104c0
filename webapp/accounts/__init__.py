"""People, and how they prove who they are.

*Person*: a patient, a facilitator or an administrator. *SignIn*: one device's login, a row that
can be seen and ended. *PasswordReset*: a code that a facilitator hands over after checking who
is in front of them. There is no e-mail anywhere: a mailbox is often not private, and a message
from a clinic tells its own story.
"""
