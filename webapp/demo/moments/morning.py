"""Morning IOP: Dana, Omar and Priya."""

from webapp.demo.moments.moment import NEXT, THEN, Moment

# fmt: off
# 36, alcohol; at home with two kids, who are at school while she is in group.
DANA = (
    Moment("Mon 15:40", 3, 6, "time", "That stretch between school pickup and dinner.",
           thought="Everybody needs something from me. No one asks how I am.",
           feelings="overwhelmed tired", did="Put on loud music and peeled potatoes.",
           acted="no", after=4, shared=THEN),
    Moment("Wed 20:30", 3, 7, "time place", "Kids are in bed. Just me and the liquor cabinet.",
           feelings="lonely", did="Sat on the stairs, where I can hear them breathing.",
           acted="no", after=4),
    Moment("Sat 13:00", 2, 7, "person", "Kid’s birthday party. All the moms had plastic cups.",
           thought="I’d be on my third by now.", feelings="anxious",
           did="Volunteered for face painting. Kept both hands busy.", acted="no", after=3,
           shared=THEN, answer="Keeping both hands busy would work at other parties, too."),
    Moment("Thu 19:00", 2, 8, "conflict", "Their dad canceled the weekend. By text.",
           thought="And I’m the one who has to tell them.", feelings="angry sad",
           did="Told them. Had two glasses once they were asleep. Dumped the rest at eleven.",
           acted="yes", after=4, shared=THEN, about="the text messages",
           answer="Thank you for telling it like it was. You told the kids first, and that was "
                  "hard."),
    Moment("Mon 08:30", 1, 3, "time", "Took my time walking home after drop-off.",
           feelings="hopeful", after=1),
    Moment("Sun 17:30", 1, 5, "time", "Sunday night. Gym bags, one missing shoe.",
           feelings="tired", acted="no", after=4),
    Moment("Tue 16:10", 0, 4, "good_news", "My daughter drew our family and I’m smiling in it.",
           feelings="hopeful sad", did="Hung it where the bottle opener used to be.",
           acted="no", after=1, shared=NEXT, early=True),
    Moment("15:30", 0, 5, "time", "That stretch of the day again. A little shorter, I think.",
           did="Potatoes.", acted="no", after=3, shared=NEXT, about="afternoons"),
)

# 48, alcohol; drives a cab at night.
OMAR = (
    Moment("Sat 04:40", 3, 6, "person time",
           "Last ride of the night. Happy couple in the back with a bottle.",
           thought="They offered me some. Nice people.", feelings="tired",
           did="Drove home with all the windows down.", acted="no", after=3),
    Moment("Wed 13:00", 2, 5, "money", "Needed front brakes. Then the guy said rear brakes too.",
           feelings="overwhelmed", did="Paid for half today.", acted="no", after=4),
    Moment("Fri 15:00", 1, 3, "person", "Sat with my uncle. He talks, I peel the oranges.",
           feelings="hopeful", after=1),
    Moment("23:10", 1, 5, "body"),
)

# 27, worry and low days; works from home. Shared for a while, then canceled her consent.
PRIYA = (
    Moment("Wed 09:00", 1, 6, "feeling", "Opened my inbox. 212 unread.",
           thought="If I don’t look, they’re not there.", feelings="overwhelmed anxious",
           body="Cold feet, hot face.", did="Answered the three shortest.", after=4, shared=THEN),
    Moment("Sat 18:30", 1, 7, "person", "My cousin’s engagement. All my aunts ask one question.",
           thought="Yes, that one.", feelings="anxious ashamed",
           did="Hung out with the little kids under the table.", after=3),
    Moment("Sun 22:00", 1, 5, "time", "Packed my work bag even though I work from home.",
           feelings="sad"),
    Moment("Tue 14:00", 0, 4, "feeling", "Said in group I don’t know what I like anymore.",
           feelings="empty hopeful", did="Bought one mango on the way home.", after=2),
    Moment("10:20", 0, 3, "feeling", acted="unsaid"),
)
