"""Morning IOP: Dana, Omar and Priya."""

from webapp.demo.moments.moment import NEXT, THEN, Moment

# fmt: off
# 36, alcohol; two children at school while she is in group.
DANA = (
    Moment("Mon 15:40", 3, 6, "time", "The stretch between school and dinner.",
           thought="Everybody wants something, and nobody wants me.",
           feelings="overwhelmed tired", did="Put on loud music and peeled potatoes to it.",
           acted="no", after=4, shared=THEN),
    Moment("Wed 20:30", 3, 7, "time place", "Kids in bed. The kitchen is mine, so is the cupboard.",
           feelings="lonely", did="Sat on the stairs, where I can hear them breathe.",
           acted="no", after=4),
    Moment("Sat 13:00", 2, 7, "person", "A birthday party, all the mothers with plastic cups.",
           thought="Mine would be the third.", feelings="anxious",
           did="Volunteered for face painting: both hands busy.", acted="no", after=3, shared=THEN,
           answer="Both hands busy is a plan that travels well."),
    Moment("Thu 19:00", 2, 8, "conflict", "Their father canceled the weekend. By text.",
           thought="And I get to tell them.", feelings="angry sad",
           did="Told them. Two glasses when they slept. Poured out the rest at eleven.",
           acted="yes", after=4, shared=THEN, about="the text messages",
           answer="Thank you for telling it plainly. You told the kids first, that was hard."),
    Moment("Mon 08:30", 1, 3, "time", "Walked home slowly after the school run.",
           feelings="hopeful", after=1),
    Moment("Sun 17:30", 1, 5, "time", "Sunday, gym bags, somebody’s lost shoe.",
           feelings="tired", acted="no", after=4),
    Moment("Tue 16:10", 0, 4, "good_news", "My daughter’s drawing of us has me smiling in it.",
           feelings="hopeful sad", did="Put it where the bottle opener used to hang.",
           acted="no", after=1, shared=NEXT, early=True),
    Moment("15:30", 0, 5, "time", "Same stretch of the day. A little shorter, I think.",
           did="Potatoes.", acted="no", after=3, shared=NEXT, about="afternoons"),
)

# 48, alcohol; drives a taxi at night.
OMAR = (
    Moment("Sat 04:40", 3, 6, "person time",
           "Last ride of the night: two happy people with a bottle in the back seat.",
           thought="They asked if I wanted some. Kind people.", feelings="tired",
           did="Windows down the whole way home.", acted="no", after=3),
    Moment("Wed 13:00", 2, 5, "money", "The brakes. Then the man said, also the other brakes.",
           feelings="overwhelmed", did="Paid for half now.", acted="no", after=4),
    Moment("Fri 15:00", 1, 3, "person", "Sat with my uncle. He talks, I peel oranges.",
           feelings="hopeful", after=1),
    Moment("23:10", 1, 5, "body"),
)

# 27, worry and low days; works from home. Shared for a while, then took her consent back.
PRIYA = (
    Moment("Wed 09:00", 1, 6, "feeling", "Opened my mail. 212.",
           thought="If I don’t look, there aren’t any.", feelings="overwhelmed anxious",
           body="Cold feet, hot head.", did="Answered the three shortest.", after=4, shared=THEN),
    Moment("Sat 18:30", 1, 7, "person", "My cousin’s engagement. Every aunt has one question.",
           thought="The same one.", feelings="anxious ashamed",
           did="Played with the small children under the table.", after=3),
    Moment("Sun 22:00", 1, 5, "time", "Packed my bag for a day at home. Unpacked it.",
           feelings="sad"),
    Moment("Tue 14:00", 0, 4, "feeling", "Said in group that I don’t know what I like any more.",
           feelings="empty hopeful", did="Bought one mango on the way home.", after=2),
    Moment("10:20", 0, 3, "feeling", acted="unsaid"),
)
