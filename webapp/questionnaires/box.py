"""PHQ-9 and GAD-7, which come with Groundwork: their notice permits it, and goes with them.

Nobody is asked either until an administrator turns it on. From then on it's like any that the
clinic imported. Both are known by their LOINC panel, so a clinic's own file of the same one is
another version of it.
"""

from functools import cache
from pathlib import Path

from webapp.core.errors import or_not_found
from webapp.questionnaires.importing import Files, text_of
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.parsing import parse

BOX = Path(__file__).parent / "box"
NAMES = ("phq-9", "gad-7")


def in_the_box(name: str) -> Files:
    """One of them, by its name in an address. Raises NotFound."""
    known = or_not_found(next((one for one in NAMES if one == name), None))
    asked, counts = (BOX / f"{known}.{ending}" for ending in ("questionnaire.json", "scoring.toml"))
    return Files(text_of(asked.read_bytes(), asked.name), text_of(counts.read_bytes(), counts.name))


@cache
def opened(name: str) -> Instrument:
    """The same, as it would be asked."""
    files = in_the_box(name)
    return parse(files.asked, files.counts)
