"""A starter library of things that help: ours, in our own words. People add their own.

None of them needs money or a screen; each can be done within minutes. Those with breath name
another way, since attention to breath isn't calming for everybody.
"""

from webapp.core.wording import lazy_gettext as _l

GROUPS = {
    "body": _l("With my body"),
    "mind": _l("With my mind"),
    "people": _l("With people"),
    "place": _l("With the place I’m in"),
}

SKILLS = {
    "body": {
        "walk": _l("Walk around the block"),
        "cold-water": _l("Cold water on my face or hands"),
        "slow-out": _l("Breathe out slowly, or hum"),
        "feet": _l("Press both feet into the floor"),
        "shower": _l("Take a shower"),
        "eat": _l("Eat something"),
        "drink-water": _l("Drink a big glass of water"),
        "stretch": _l("Stretch from head to toe"),
        "squeeze": _l("Make fists, hold, let go"),
        "music-move": _l("Put on a song and move"),
        "rest": _l("Lie down for ten minutes"),
    },
    "mind": {
        "wait": _l("Wait ten minutes, then choose"),
        "play-through": _l("Think it through to tomorrow morning"),
        "name-it": _l("Name the feeling, out loud"),
        "five-things": _l("Name five things that I can see"),
        "write": _l("Write it down"),
        "read-why": _l("Read why I’m here"),
        "past-times": _l("Think of a time when it passed"),
        "count-back": _l("Count back from 100 by sevens"),
        "kind-words": _l("Say what I’d say to a friend"),
        "small-job": _l("Do one small job to the end"),
        "hobby": _l("Draw, knit, fix, play"),
    },
    "people": {
        "call": _l("Call someone"),
        "text-one": _l("Text “bad moment, can you talk?”"),
        "meeting": _l("Go to a meeting"),
        "sit-with": _l("Sit with someone, without talking about it"),
        "ask-hug": _l("Ask for a hug"),
        "help-someone": _l("Do something for someone else"),
        "pet": _l("Spend time with an animal"),
        "say-no": _l("Say “not today” and nothing more"),
        "bring-group": _l("Save it to bring up in group"),
    },
    "place": {
        "leave": _l("Leave the room, or the street"),
        "other-way": _l("Take another way home"),
        "outside": _l("Go outside for fresh air"),
        "out-of-reach": _l("Put it out of reach"),
        "hand-over": _l("Give my card or cash to someone for a day"),
        "tidy": _l("Tidy one corner"),
        "light": _l("Change the light, open a window"),
        "safe-place": _l("Go where people are: a library, a store"),
        "quiet-phone": _l("Put the phone in another room"),
    },
}

ALL = {slug: words for group in SKILLS.values() for slug, words in group.items()}


def in_words(chosen: str) -> str:
    """A skill as it is read: one of ours by its name, one's own as it was typed."""
    return str(ALL.get(chosen, chosen))
