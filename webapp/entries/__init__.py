"""What was written. Everything a patient writes is an *Entry*: who, what kind, when, and a
sealed content.

From this one idea follow, once for all kinds: replay of what was written offline, sharing and
taking back, "who opened this", versions, export and erasure. Also here: the words for triggers
and moods that several features use.
"""
