"""Calm: short exercises for a hard moment or a quiet one, and a log of what they did.

An *Exercise* is ours, public, the same for everybody, and kept on the phone; nothing has to be
signed in to for it. A *Practice* is a person's own entry: which one, how long, how strong the urge
or the distress was before and after. Ways of practicing belong to nobody; the wording is our own.

For some people closed eyes or the breath make things worse (va.gov, Whole Health), so every
exercise is told with open eyes, none needs the breath, and each can be stopped at any time. The
road not taken: recorded voices, which are large, speak one language and can't be read quickly.
"""
