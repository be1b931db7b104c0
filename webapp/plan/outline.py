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
        return next((one for one in self.questions if one.name == name), None)

    def after(self, question: Question) -> Question | None:
        """The question that comes next, or None after the last."""
        at = self.questions.index(question)
        return self.questions[at + 1] if at + 1 < len(self.questions) else None


WHY = Part(
    "why",
    _l("Why I’m here"),
    _l("What you want to keep in mind on a hard day."),
    (
        Question(
            "why",
            _l("Why I’m here"),
            _l("Why are you here?"),
            _l("In your own words. What brought you, and what do you hope will change?"),
        ),
    ),
)

GOALS = Part(
    "goals",
    _l("My goals"),
    _l("What you work on, in small steps."),
    (
        Question(
            "goals",
            _l("My goals"),
            _l("What do you want to work on?"),
            _l("One goal at a time. Cut it into steps that fit into a week."),
            "goals",
        ),
    ),
)

TRIGGERS = Part(
    "triggers",
    _l("When something sets me off"),
    _l("What pulls at you, and what you do when it comes."),
    (
        Question(
            "triggers",
            _l("What I do when it comes"),
            _l("What sets you off, and what will you do then?"),
            _l("You will see your own answer when you log a moment of this kind."),
            "planned",
        ),
    ),
)

SIGNS = Part(
    "signs",
    _l("My warning signs"),
    _l("How you can tell that it is getting harder."),
    (
        Question(
            "early",
            _l("Early signs"),
            _l("What are the first small signs?"),
            _l("Maybe you sleep less, skip meals, stop calling people, or get short with them."),
        ),
        Question(
            "late",
            _l("Late signs"),
            _l("How do you know that it is close?"),
            _l("What do you think, do or feel just before it gets too much?"),
        ),
    ),
)

SKILLS = Part(
    "skills",
    _l("What helps me"),
    _l("Things to do when it pulls. Some are here, add your own."),
    (
        Question(
            "skills",
            _l("What I can do"),
            _l("What helps you, or might help?"),
            _l("Tap what you want to keep. You can try it in a calm hour first."),
            "skills",
        ),
        Question(
            "favourites",
            _l("What helps me most"),
            _l("Which of these help you most?"),
            _l("They stand on top when a moment is hard."),
            "favourites",
        ),
    ),
)

ACTIVITIES = Part(
    "week",
    _l("Good hours in my week"),
    _l("Good things with a day and an hour."),
    (
        Question(
            "activities",
            _l("My week"),
            _l("What good thing will you do, and when?"),
            _l("A walk, a meal with someone, a class, an early night."),
            "week",
        ),
    ),
)

PEOPLE = Part(
    "people",
    _l("The people around me"),
    _l("Who to see more of, and who less."),
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
    _l("Who I can ask"),
    _l("Names, numbers, and what to ask for."),
    (
        Question(
            "supports",
            _l("Who I can ask"),
            _l("Who can you ask, and what for?"),
            _l("A ride, a talk, a place to stay, company on a bad evening."),
            "contacts",
        ),
    ),
)

MEDICATION = Part(
    "medication",
    _l("My medication plan"),
    _l("What you agreed with the person who prescribes."),
    (
        Question(
            "prescriber",
            _l("Who prescribes"),
            _l("Who prescribes for you?"),
            _l("Name and number, so that you have them at hand."),
            "prescriber",
        ),
        Question(
            "medication",
            _l("What we agreed"),
            _l("What did you agree on?"),
            _l("What you take and when, what to watch for, and what to do if you miss one."),
        ),
    ),
)

LIVING = Part(
    "living",
    _l("Work, home, money, family"),
    _l("What is going on, and the next step."),
    (
        Question("work", _l("Work or school"), _l("What about work or school?")),
        Question("housing", _l("Home"), _l("What about the place where you live?")),
        Question("money", _l("Money"), _l("What about money?")),
        Question("family", _l("Family"), _l("What about family?")),
    ),
)

AFTER = Part(
    "after",
    _l("When the program ends"),
    _l("What you will do with the hours that open up."),
    (
        Question(
            "after",
            _l("When the program ends"),
            _l("What will you do on the days when you used to come to group?"),
            _l("Meetings, visits, work, rest. Who will notice if it gets hard again?"),
        ),
    ),
)

SAFETY = Part(
    "safety",
    _l("My safety plan"),
    _l("What to do, step by step, when things get dark."),
    (
        Question(
            "signs",
            _l("How I notice"),
            _l("How do you notice that it is getting dark?"),
            _l("Thoughts, pictures in your mind, a mood, a place, something you do. One a line."),
            step=1,
        ),
        Question(
            "alone",
            _l("What I can do by myself"),
            _l("What can you do by yourself that takes the edge off?"),
            _l("A shower, music, a walk, cold water, a show. Two or three that really work."),
            step=2,
        ),
        Question(
            "company",
            _l("People who take my mind off it"),
            _l("Who is good company?"),
            _l("You don’t have to tell them how you feel. Being with them is enough."),
            "contacts",
            step=3,
        ),
        Question(
            "places",
            _l("Places that take my mind off it"),
            _l("Where can you go to be among people?"),
            _l("A library, a park, a coffee shop, a meeting."),
            step=3,
        ),
        Question(
            "ask",
            _l("People I can tell"),
            _l("Who can you tell that you need help?"),
            _l("People who you trust with it. Do they know that they are on your list?"),
            "contacts",
            step=4,
        ),
        Question(
            "professionals",
            _l("Professionals who help"),
            _l("Which professionals and places can help?"),
            _l("Your clinic, a doctor, the nearest emergency room. Help lines are there already."),
            "contacts",
            step=5,
        ),
        Question(
            "safer",
            _l("How I make it safer around me"),
            _l("What can be put out of reach, and who can help with it?"),
            _l(
                "Time and distance save lives. Pills, weapons or other things can be locked away, "
                "handed over, or kept somewhere else for a while."
            ),
            step=6,
        ),
        Question(
            "worth",
            _l("What is worth living for"),
            _l("What is worth living for?"),
            _l("People, pets, plans, small things. Whatever counts for you."),
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
    _l("My story, in full"),
    _l("As long as you like, over as many evenings as you like."),
    (
        Question(
            "before",
            _l("Before"),
            _l("What was life like before things got hard?"),
            _l("A place, a person, something you liked to do."),
        ),
        Question(
            "hard",
            _l("When it got hard"),
            _l("What happened, as far as you want to tell it?"),
            _l(
                "This one can be heavy. You choose how near you go. "
                "“I’m not ready to tell that part” is a whole answer."
            ),
            heavy=True,
        ),
        Question(
            "turn",
            _l("What brought me here"),
            _l("What made you come to this group?"),
            _l("A person, a day, a thought. It doesn’t have to be a big moment."),
        ),
        Question(
            "now",
            _l("Where I am now"),
            _l("What is different now, even a little?"),
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
    _l("Five minutes"),
    _l("What you want to say when it is your turn."),
    (
        Question(
            "telling",
            _l("Five minutes"),
            _l("How would you tell it in five minutes?"),
            _l("About 600 words, read aloud. Leave out what you don’t want to be asked about."),
        ),
    ),
    group="story",
)

LINE = Part(
    "intro",
    _l("One line"),
    _l("For when people go around the room and say who they are."),
    (
        Question(
            "intro",
            _l("One line"),
            _l("How do you want to say who you are?"),
            _l("Your name can be enough."),
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
