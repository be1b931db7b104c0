"""What the plan asks, part by part. The words are our own; pure, without reading or writing.

A question's `kind` says how it is answered: `words` (as many as there are), `contacts`, `goals`,
`planned` (a trigger and what I do then) and `week` (lists), `skills`, `favourites`, `made`,
`prescriber` (forms of their own).
"""

from dataclasses import dataclass, field
from typing import Any

from webapp.core.wording import lazy_gettext as _l

LISTS = {"contacts", "goals", "planned", "week"}


@dataclass(frozen=True)
class Question:
    """One page: what it asks, and the heading that its answer gets in the finished plan."""

    name: str
    heading: Any
    asks: Any
    hint: Any = ""
    kind: str = "words"
    heavy: bool = False
    step: int = 0  # of the safety plan: people and places to be among are one

    @property
    def is_list(self) -> bool:
        """Whether the answer is a list to which one adds."""
        return self.kind in LISTS


@dataclass(frozen=True)
class Part:
    """One part of the plan; one entry keeps it. `group` is where it stands on the plan's page."""

    name: str
    title: Any
    about: Any
    questions: tuple[Question, ...] = field(default=())
    group: str = "plan"

    def question(self, name: str) -> Question | None:
        """One of its questions."""
        return next((question for question in self.questions if question.name == name), None)

    def after(self, question: Question) -> Question | None:
        """The question that comes next, or None after the last."""
        at = self.questions.index(question)
        return self.questions[at + 1] if at + 1 < len(self.questions) else None


WHY = Part(
    "why",
    _l("Why I’m here"),
    _l("What to remember on a hard day."),
    (
        Question(
            "why",
            _l("Why I’m here"),
            _l("What brought you here?"),
            _l("In your own words. What do you hope will change?"),
        ),
    ),
)

GOALS = Part(
    "goals",
    _l("My goals"),
    _l("What you’re working on, in small steps."),
    (
        Question(
            "goals",
            _l("My goals"),
            _l("What do you want to work on?"),
            _l("One goal at a time. Break it into steps you can do in a week."),
            "goals",
        ),
    ),
)

TRIGGERS = Part(
    "triggers",
    _l("My triggers"),
    _l("What brings on an urge, and what you’ll do about it."),
    (
        Question(
            "triggers",
            _l("What I’ll do about my triggers"),
            _l("What are your triggers, and what will you do?"),
            _l("You’ll see your answer when you write about this kind of trigger."),
            "planned",
        ),
    ),
)

SIGNS = Part(
    "signs",
    _l("My warning signs"),
    _l("How you can tell things are getting harder."),
    (
        Question(
            "early",
            _l("Early signs"),
            _l("What are the first, small signs?"),
            _l("Maybe you sleep less, skip meals, stop calling people, or snap at them."),
        ),
        Question(
            "late",
            _l("Late signs"),
            _l("How do you know it’s getting serious?"),
            _l("What do you think, feel, or do right before it gets to be too much?"),
        ),
    ),
)

SKILLS = Part(
    "skills",
    _l("What helps me"),
    _l("Things to do when an urge hits. Choose from our list or add your own."),
    (
        Question(
            "skills",
            _l("What I can do"),
            _l("What helps you, or might help?"),
            _l("Tap the ones you want to keep. Try them out when you feel calm."),
            "skills",
        ),
        Question(
            "favourites",
            _l("What helps me most"),
            _l("Which of these help you most?"),
            _l("You’ll see one of these on Today."),
            "favourites",
        ),
    ),
)

ACTIVITIES = Part(
    "week",
    _l("Good things in my week"),
    _l("Things you look forward to, with a day and a time."),
    (
        Question(
            "activities",
            _l("Good things in my week"),
            _l("What’s one good thing you’ll do, and when?"),
            _l("A walk, a meal with a friend, a class, going to bed early."),
            "week",
        ),
    ),
)

PEOPLE = Part(
    "people",
    _l("The people in my life"),
    _l("Who to see more of, and who to see less of."),
    (
        Question(
            "build",
            _l("People to get to know"),
            _l("Who would you like to get to know better?"),
            _l("Someone from group, a neighbor, someone you lost touch with."),
        ),
        Question(
            "keep",
            _l("People to stay close to"),
            _l("Who is good for you, and how do you stay in touch?"),
        ),
        Question(
            "back",
            _l("People to step back from"),
            _l("Who do you need some space from, at least for now?"),
            _l("You don’t have to be angry with someone to need space from them."),
        ),
    ),
)

SUPPORTS = Part(
    "supports",
    _l("People I can ask for help"),
    _l("Names, numbers, and what to ask for."),
    (
        Question(
            "supports",
            _l("People I can ask for help"),
            _l("Who can you ask for help, and with what?"),
            _l("A ride, a talk, a place to stay, company on a hard night."),
            "contacts",
        ),
    ),
)

MEDICATION = Part(
    "medication",
    _l("My medication plan"),
    _l("What you and your prescriber agreed on."),
    (
        Question(
            "prescriber",
            _l("My prescriber"),
            _l("Who prescribes your medication?"),
            _l("Their name and number, so you have them handy."),
            "prescriber",
        ),
        Question(
            "medication",
            _l("What we agreed on"),
            _l("What did you agree on?"),
            _l("What you take and when, what to watch for, and what to do if you miss a dose."),
        ),
    ),
)

LIVING = Part(
    "living",
    _l("Work, home, money, family"),
    _l("What’s going on, and your next step."),
    (
        Question("work", _l("Work or school"), _l("How are things at work or school?")),
        Question("housing", _l("Home"), _l("How are things where you live?")),
        Question("money", _l("Money"), _l("How are things with money?")),
        Question("family", _l("Family"), _l("How are things with your family?")),
    ),
)

AFTER = Part(
    "after",
    _l("When the program ends"),
    _l("What you’ll do to stay well after the program."),
    (
        Question(
            "after",
            _l("When the program ends"),
            _l("What will you do on the days you used to come to group?"),
            _l(
                "Recovery meetings, doctor visits, work, rest. Who will notice if things get hard "
                "again?"
            ),
        ),
    ),
)

SAFETY = Part(
    "safety",
    _l("My safety plan"),
    _l("What to do, step by step, in your hardest moments."),
    (
        Question(
            "signs",
            _l("My warning signs"),
            _l("What are your warning signs?"),
            _l("Thoughts, images, moods, places, or things you do. One per line."),
            step=1,
        ),
        Question(
            "alone",
            _l("Things I can do on my own"),
            _l("What can you do on your own to take your mind off things?"),
            _l("A shower, music, a walk, cold water, a show. Pick two or three that really work."),
            step=2,
        ),
        Question(
            "company",
            _l("People who take my mind off things"),
            _l("Who can you spend time with to take your mind off things?"),
            _l("You don’t have to tell them how you feel. Being with them is enough."),
            "contacts",
            step=3,
        ),
        Question(
            "places",
            _l("Places that take my mind off things"),
            _l("Where can you go to be around people?"),
            _l("A library, a park, a coffee shop, a recovery meeting."),
            step=3,
        ),
        Question(
            "ask",
            _l("People I can ask for help"),
            _l("Who can you ask for help?"),
            _l("People you trust. Do they know they’re on your list?"),
            "contacts",
            step=4,
        ),
        Question(
            "professionals",
            _l("Professionals who can help"),
            _l("Which professionals and places can help in a crisis?"),
            _l("Your clinic, a doctor, the nearest emergency room. Crisis lines are already here."),
            "contacts",
            step=5,
        ),
        Question(
            "safer",
            _l("How I make my home safer"),
            _l("What can be put out of reach, and who can help with that?"),
            _l(
                "Time and distance save lives. Pills, weapons, and other things can be locked up, "
                "given to someone, or kept somewhere else for a while."
            ),
            step=6,
        ),
        Question(
            "worth",
            _l("What makes life worth living"),
            _l("What makes life worth living for you?"),
            _l("People, pets, plans, small things. Whatever matters to you."),
        ),
        Question(
            "made",
            _l("Made with"),
            _l("Who did you make this plan with?"),
            _l("It works best when you make it with someone from your team."),
            "made",
        ),
    ),
    group="safety",
)

STORY = Part(
    "full",
    _l("My full story"),
    _l("As long as you like. Take as many evenings as you need."),
    (
        Question(
            "before",
            _l("Before"),
            _l("What was life like before things got hard?"),
            _l("A place, a person, something you liked to do."),
        ),
        Question(
            "hard",
            _l("When things got hard"),
            _l("What happened? Tell as much as you want."),
            _l(
                "This one can be hard. You decide how much to tell. "
                "“I’m not ready to tell that part” is a fine answer."
            ),
            heavy=True,
        ),
        Question(
            "turn",
            _l("What brought me here"),
            _l("What brought you to this group?"),
            _l("A person, a day, a thought. It doesn’t have to be a big moment."),
        ),
        Question(
            "now",
            _l("Where I am now"),
            _l("What’s different now, even a little?"),
        ),
        Question(
            "hope",
            _l("What I hope for"),
            _l("What do you hope for?"),
        ),
    ),
    group="story",
)

TELLING = Part(
    "telling",
    _l("Five-minute version"),
    _l("What you want to say when it’s your turn."),
    (
        Question(
            "telling",
            _l("Five-minute version"),
            _l("How would you tell it in five minutes?"),
            _l("About 600 words, read out loud. Leave out what you don’t want to be asked about."),
        ),
    ),
    group="story",
)

LINE = Part(
    "intro",
    _l("One-line version"),
    _l("For when everyone in the room introduces themselves."),
    (
        Question(
            "intro",
            _l("One-line version"),
            _l("How do you want to introduce yourself?"),
            _l("Just your name is fine."),
        ),
    ),
    group="story",
)

PLAN = (
    WHY,
    GOALS,
    TRIGGERS,
    SIGNS,
    SKILLS,
    ACTIVITIES,
    PEOPLE,
    SUPPORTS,
    MEDICATION,
    LIVING,
    AFTER,
)
STORIES = (STORY, TELLING, LINE)
PARTS = {part.name: part for part in (*PLAN, SAFETY, *STORIES)}
