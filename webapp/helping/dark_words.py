"""Words that may be about not wanting to be here. Pure.

A clinician must review this before opening. Until one has, the setting stays off.

Where the phrases come from: what people say by the lists of warning signs of the National
Institute of Mental Health ("wanting to die or wanting to kill themselves", "no reason to live",
"feeling trapped", "being a burden to others"), the Suicide Prevention Resource Center (the same,
and "wanting to die, feeling hopeless"), Mental Health First Aid and NAMI ("I wish I wasn't
here"), put into the first person as they are typed. The lists are for people who listen to
somebody; nobody has measured how well a match of words does, so the card asks and says nothing.

Looked for in a journal entry and in a check-in's own words, by whoever wrote them: on the phone
when Save is tapped (static/js/modules/dark-words.js, with this very pattern), and by the server
where no script did. Nothing of it is stored, logged, or shown to anybody else.
"""

import re

from webapp.core.folding import folded

PHRASES = (
    # Wanting to die
    "want to die", "wanted to die", "wanting to die", "wanna die", "wish i was dead",
    "wish i were dead", "better off dead", "ready to die",
    # Killing oneself, ending it, harm
    "kill myself", "killing myself", "end my life", "ending my life", "take my own life",
    "end it all", "suicidal", "commit suicide", "thoughts of suicide", "thinking about suicide",
    "thinking of suicide", "hurt myself", "harm myself",
    # No reason to live, a burden
    "no reason to live", "nothing to live for", "dont want to live", "dont want to be alive",
    "tired of living", "better off without me", "better off if i was gone",
    # Not being here
    "dont want to be here", "dont wanna be here", "no longer want to be here",
    "no longer want to live", "wish i wasnt here", "wish i wasnt alive",
    "wish i was never born", "dont want to wake up", "never wake up again",
)  # fmt: skip
# What takes a phrase back, with nothing but these between.
_NOT = (
    "not", "no", "no longer", "dont", "didnt", "wont", "wouldnt", "isnt",
    "wasnt", "havent", "hadnt", "stopped", "anything but",
)  # fmt: skip
_BETWEEN = (
    "really", "actually", "even", "ever", "want", "wanted", "going", "trying", "to", "feel",
    "feeling", "felt", "thinking", "thought", "thoughts", "about", "of", "planning", "having",
    "had", "any", "at", "all",
)  # fmt: skip
# Read by Python and by a browser alike.
PATTERN = (
    f"(?:^| )(?:why not |((?:{'|'.join(_NOT)})(?: (?:{'|'.join(_BETWEEN)})){{0,4}} )?)"
    f"(?:{'|'.join(PHRASES)})(?= |$)"
)
_FOUND = re.compile(PATTERN)
_END = re.compile(r"[.,;:!?\n]+")
_OTHER = re.compile("[^a-z0-9.]+")
_DO_NOT = re.compile(r"\b(do|did) not\b")


def is_dark(*texts: str | None) -> bool:
    """Whether one of these says so somewhere, as whole words and not taken back."""
    return any(
        match[1] is None for text in texts if text for match in _FOUND.finditer(_words(text))
    )


def _words(text: str) -> str:
    """Small letters, single spaces, no apostrophes; a sentence's end stays as a word of its own."""
    small = _END.sub(" . ", folded(_END.sub(" . ", text)).replace("'", ""))
    return _DO_NOT.sub(r"\1nt", _OTHER.sub(" ", small)).strip()
