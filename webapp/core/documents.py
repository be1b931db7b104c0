"""A text that somebody signs: pairs of heading and paragraph, and its hash."""

import hashlib
import json


def fingerprint(text: list[list[str]]) -> str:
    """The hash of a text, so that what is signed is what was read."""
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()
