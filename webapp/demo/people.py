"""Who is in the demo."""

from dataclasses import dataclass

from webapp.accounts.models import HereFor

PASSWORD = "groundwork-demo"


@dataclass(frozen=True)
class Member:
    """A patient: what for, how many days ago they came, and whether they signed the consent."""

    username: str
    here_for: HereFor
    days: int
    signed: bool = True
    revoked: bool = False


EVENING = (
    Member("ana", HereFor.BOTH, 38),
    Member("ben", HereFor.USE, 31),
    Member("cruz", HereFor.USE, 19),
    Member("femi", HereFor.USE, 52),
    Member("hana", HereFor.MENTAL_HEALTH, 45),
    Member("ivan", HereFor.USE, 66),
    Member("joan", HereFor.BOTH, 40),
    Member("luis", HereFor.USE, 33),
    Member("noor", HereFor.MENTAL_HEALTH, 17),
    Member("tess", HereFor.BOTH, 26),
    Member("wes", HereFor.BOTH, 15, signed=False),
)
MORNING = (
    Member("dana", HereFor.USE, 44),
    Member("omar", HereFor.USE, 58, signed=False),
    Member("priya", HereFor.MENTAL_HEALTH, 23, revoked=True),
)
# In month nine after Evening IOP.
LEFT, CAME_DAYS, LEFT_DAYS = "vera", 340, 264
RUNS_EVENING, RUNS_MORNING, RUNS_CLINIC = "cleo", "kit", "max"
