"""Mutual-help meetings: a log of visits, a finder, and an attendance sheet.

A *Visit* is the patient's own entry. A *Meeting* is public knowledge, read on the server from a
*Feed* that the operator chose; the patient's phone never speaks to a feed. Fellowships stand side
by side, secular ones and those with twelve steps, because no court or clinic may prefer one
(Inouye v. Kemna, 504 F.3d 705). We keep no fellowship's text, logo or readings. The road not
taken: proving a visit by photograph or position, which would betray everybody else in the room.
"""
