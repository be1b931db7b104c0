"""Our words for *What to expect here*, and for what staff do with what the huddle says first;
a program may put its own in place of each."""

from webapp.core.wording import lazy_gettext as _l

# A part's name, its heading and our words. What an intensive outpatient program is: SAMHSA's
# advisory on IOP (2021); confidentiality: 42 CFR Part 2. The words are ours.
PARTS = {
    "groups": (
        _l("How groups run"),
        _l(
            "Groups meet on set days and at set times. Each one has somebody who leads it. "
            "It starts on time, so try to be there a few minutes before.\n\n"
            "In some groups people talk about their week. In others you learn something, or try "
            "out a skill. You choose how much you say. Listening counts too."
        ),
    ),
    "first": (
        _l("Your first days"),
        _l(
            "Nobody expects you to know how it works. You will hear names, a few rules and what "
            "the evening is about. You can say that you are new, and leave it at that."
        ),
    ),
    "private": (
        _l("What stays in the room"),
        _l(
            "What people say in group stays in the group. Please don’t tell anyone who was there "
            "or what they said.\n\n"
            "The law protects the records of this program. There are a few times when staff must "
            "act: when somebody is in danger, when a child or an older person may be harmed, or "
            "when a court gives a special order. Ask us about it at any time."
        ),
    ),
    "absent": (
        _l("If you are late, or can’t come"),
        _l(
            "Tell us ahead in My week. A reason is up to you. Come in even when you are late.\n\n"
            "If you used, or things got worse, come. That is what the group is for."
        ),
    ),
    "not_here": (
        _l("What this program doesn’t do"),
        _l(
            "We don’t do detox. Stopping some things at once, such as alcohol or benzos, can "
            "be dangerous: ask us or a doctor first.\n\n"
            "There are no beds here, and nobody is on watch day and night. If you need more "
            "than we have, we help you find it.\n\n"
            "Nobody reads this app between groups. If it can’t wait, use Help now."
        ),
    ),
    "bring": (
        _l("What to bring"),
        _l(
            "Yourself, and something to drink if you like. A list of the medicines you take on "
            "your first day. Put your phone on silent during group."
        ),
    ),
}

# Only staff read these: beside what the huddle says first.
FOR_STAFF = {
    "safety": (
        _l("When someone shares that they are not safe"),
        _l("Talk with each person alone before group, and follow the clinic’s safety steps."),
    ),
    "used": (
        _l("When someone shares that they used"),
        _l("This is information, not an alarm. Thank them for saying so, and ask what they need."),
    ),
}
