"""Signing: a text is shown whole, signed with a name, kept as it was read, and canceled by a tap.

What consents, permissions and the consent for sharing have in common; what is signed is theirs.
"""
