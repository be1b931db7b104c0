"""A starter library of things that help: ours, in our own words. People add their own.

None of them needs money or a screen; each can be done within minutes. Those with breath name
another way, since attention to breath isn't calming for everybody.
"""

from webapp.core.wording import lazy_gettext as _l

GROUPS = {
    "body": _l("With my body"),
    "mind": _l("With my mind"),
    "people": _l("With people"),
    "place": _l("With what’s around me"),
}

SKILLS = {
    "body": {
        "walk": _l("Walk around the block"),
        "cold-water": _l("Put cold water on my face or hands"),
        "slow-out": _l("Breathe out slowly, or hum"),
        "feet": _l("Press both feet into the floor"),
        "shower": _l("Take a shower"),
        "eat": _l("Eat something"),
        "drink-water": _l("Drink a big glass of water"),
        "stretch": _l("Stretch from head to toe"),
        "squeeze": _l("Make fists, hold, and let go"),
        "music-move": _l("Put on a song and move"),
        "rest": _l("Lie down for ten minutes"),
    },
    "mind": {
        "wait": _l("Wait ten minutes, then decide"),
        "play-through": _l("Play the tape forward to tomorrow morning"),
        "name-it": _l("Name the feeling out loud"),
        "five-things": _l("Name five things I can see"),
        "write": _l("Write it down"),
        "read-why": _l("Read why I’m here"),
        "past-times": _l("Remember a time an urge passed"),
        "count-back": _l("Count down from 100 by sevens"),
        "kind-words": _l("Tell myself what I’d tell a friend"),
        "small-job": _l("Finish one small chore"),
        "hobby": _l("Draw, knit, fix something, play music"),
    },
    "people": {
        "call": _l("Call someone"),
        "text-one": _l("Text “Rough moment, can you talk?”"),
        "meeting": _l("Go to a recovery meeting"),
        "sit-with": _l("Sit with someone without talking about it"),
        "ask-hug": _l("Ask for a hug"),
        "help-someone": _l("Do something for someone else"),
        "pet": _l("Spend time with an animal"),
        "say-no": _l("Say “not today” and leave it at that"),
        "bring-group": _l("Save it to talk about in group"),
    },
    "place": {
        "leave": _l("Leave the room, or walk away"),
        "other-way": _l("Take a different way home"),
        "outside": _l("Go outside for fresh air"),
        "out-of-reach": _l("Put it out of reach"),
        "hand-over": _l("Give someone my card or cash for the day"),
        "tidy": _l("Tidy up one corner"),
        "light": _l("Turn on a light or open a window"),
        "safe-place": _l("Go where there are people: a library, a store"),
        "quiet-phone": _l("Put my phone in another room"),
    },
}

ALL = {slug: words for group in SKILLS.values() for slug, words in group.items()}


def in_words(chosen: str) -> str:
    """A skill as it is read: one of ours by its name, one's own as it was typed."""
    return str(ALL.get(chosen, chosen))
