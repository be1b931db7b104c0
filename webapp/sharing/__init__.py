"""Sharing: private by default, entry by entry, with an end, taken back at any time.

*Consent*: the signed document that lets shares leave the patient. *Share*: this entry, with this
group's facilitators, for one group session or until taken back. *Reading*: a reader opened this
version, first and last time; the patient sees it. *Feedback*: a facilitator's short answer.

Nobody is told to end a share: whoever asks what is visible joins the share to the present state
(membership, consent, session), so leaving a group, taking back or a cancelled session take effect
on the next request.
"""
