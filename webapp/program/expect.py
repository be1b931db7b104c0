"""Our words for *What to expect here*, and for what staff do with what the huddle says first;
a program may put its own in place of each."""

from webapp.core.wording import lazy_gettext as _l

# A part's name, its heading and our words. What an intensive outpatient program is: SAMHSA's
# advisory on IOP (2021); confidentiality: 42 CFR Part 2. The words are ours.
PARTS = {
    "groups": (
        _l("How groups work"),
        _l(
            "Groups meet on set days, at set times. A facilitator leads each group. "
            "It starts on time, so try to get there a few minutes early.\n\n"
            "In some groups, people talk about their week. In others, you learn something or "
            "practice a skill. You choose how much you say. Listening counts too."
        ),
    ),
    "first": (
        _l("Your first days"),
        _l(
            "No one expects you to know how it works. You’ll hear names, a few rules, and what "
            "this group is about. You can say you’re new and leave it at that."
        ),
    ),
    "private": (
        _l("Privacy in group"),
        _l(
            "What people say in group stays in group. Please don’t tell anyone who was there "
            "or what they said.\n\n"
            "The law protects the records of this program. There are a few times when staff must "
            "act: when someone is in danger, when a child or an older person may be harmed, or "
            "when a court issues a special order. Ask us about this any time."
        ),
    ),
    "absent": (
        _l("If you’re late or can’t come"),
        _l(
            "Let us know ahead of time in My week. You don’t have to say why. Come in even if "
            "you’re late.\n\n"
            "If you used, or things got worse, come anyway. That’s what the group is for."
        ),
    ),
    "not_here": (
        _l("What this program doesn’t do"),
        _l(
            "We don’t do detox. Stopping some things all at once, such as alcohol or benzos, can "
            "be dangerous. Ask us or a doctor first.\n\n"
            "There are no beds here, and no one is on duty around the clock. If you need more "
            "than we have, we’ll help you find it.\n\n"
            "No one checks this app between groups. If it can’t wait, use Help now."
        ),
    ),
    "unsafe": (
        _l("If you share that you’re not safe"),
        _l(
            "Your facilitators see it first when they open the page before group. They meet with "
            "you privately before group and make a plan with you.\n\n"
            "The app alerts no one, and no one checks between groups. If you’re not safe right "
            "now, use Help now."
        ),
    ),
    "bring": (
        _l("What to bring"),
        _l(
            "Bring yourself, and something to drink if you like. On your first day, bring a list "
            "of the medications you take. Put your phone on silent during group."
        ),
    ),
}

# Only staff read these: beside what the huddle says first.
FOR_STAFF = {
    "safety": (
        _l("When someone shares that they’re not safe"),
        _l("Meet with the person privately before group, and follow the clinic’s safety protocol."),
    ),
    "used": (
        _l("When someone shares that they used"),
        _l("This is information, not an alarm. Thank them for saying so. Ask what they need."),
    ),
}
