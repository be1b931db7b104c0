"""What the demo people wrote: made up, sentence by sentence. Nobody is meant by it."""

from webapp.demo.moments.ana import ANA
from webapp.demo.moments.evening_first import BEN, CRUZ, FEMI, HANA
from webapp.demo.moments.evening_second import IVAN, JOAN, LUIS, NOOR, TESS, WES
from webapp.demo.moments.moment import Moment
from webapp.demo.moments.morning import DANA, OMAR, PRIYA

MOMENTS: dict[str, tuple[Moment, ...]] = {
    "ana": ANA,
    "ben": BEN,
    "cruz": CRUZ,
    "femi": FEMI,
    "hana": HANA,
    "ivan": IVAN,
    "joan": JOAN,
    "luis": LUIS,
    "noor": NOOR,
    "tess": TESS,
    "wes": WES,
    "dana": DANA,
    "omar": OMAR,
    "priya": PRIYA,
}
