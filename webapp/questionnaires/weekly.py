"""Our own look back at a week: use, risks, protections. The items are in our own words.

In the spirit of measurement-based care (what makes it harder beside what helps, each week), with
no item of anybody's instrument. Made of the same parts as those that are read from FHIR, so it is
asked, kept, drawn and handed out in the same way.
"""

from decimal import Decimal
from uuid import UUID

from webapp.core.wording import gettext as _
from webapp.questionnaires.instruments import Instrument
from webapp.questionnaires.questionnaire import Item, Option, Questionnaire, Type
from webapp.questionnaires.scoring import Band, Better, Scale, Scoring

WEEKLY_ID = UUID("5b1f7f2c-6a0e-4f5e-9c55-2f6b1a7d9e01")
KEY = "weekly"
OUR_OWN = {"daily", KEY}  # no clinic's questionnaire is known by these
SYSTEM = f"urn:uuid:{WEEKLY_ID}"
USE = ("drank", "used", "more")
RISKS = ("pull", "around", "nights", "heavy", "quarrels")
PROTECTIONS = ("sure", "people", "plan", "meaning", "useful")


def weekly() -> Instrument:
    """The week, in the language of whoever asks."""
    days, much = _days(), _much()
    texts = {
        "drank": (_("On how many of the last 7 days did you drink alcohol?"), days),
        "used": (_("On how many days did you use a drug that wasn’t prescribed to you?"), days),
        "more": (_("On how many days did you take more medication than prescribed?"), days),
        "pull": (_("How much did urges bother you when they were at their worst?"), much),
        "around": (_("How much were you around people or places where others use?"), much),
        "nights": (_("How much did bad sleep wear you down?"), much),
        "heavy": (_("How much did a low mood or worry get in your way?"), much),
        "quarrels": (_("How much did trouble with people close to you weigh on you?"), much),
        "sure": (_("How much do you believe next week can go the way you want?"), much),
        "people": (_("How much support did you get from people?"), much),
        "plan": (_("How much did you do the things you know help you?"), much),
        "meaning": (_("How much strength did you get from things like faith, music, or nature?"),
                    much),
        "useful": (_("How much did work, school, or caring for others make your days feel "
        "worthwhile?"), much),
    }  # fmt: skip
    parts = ((_("Alcohol and drug use"), USE), (_("What made it harder"), RISKS),
             (_("What helped"), PROTECTIONS))  # fmt: skip
    groups = tuple(
        Item(f"part-{number}", Type.GROUP, heading, items=tuple(
            Item(name, Type.CHOICE, texts[name][0], options=texts[name][1]) for name in names
        ))
        for number, (heading, names) in enumerate(parts, 1)
    )  # fmt: skip
    title = _("The last 7 days")
    found = Questionnaire(KEY, title, groups, SYSTEM, "1", "en")
    return Instrument(WEEKLY_ID, found, Scoring(name=title, scales=_scales()))


def renamed(key: str | None, scores: dict[str, str]) -> dict[str, str]:
    """Scores by what their scales are called now: weeks that were kept earlier have other names."""
    now = {"What pulled": _("Made it harder"), "What held": _("Helped")} if key == KEY else {}
    return {now.get(name, name): value for name, value in scores.items()}


def _scales() -> tuple[Scale, ...]:
    two = Decimal(2)
    return (
        Scale(_("Use"), USE, better=Better.LOWER, bands=(
            _band(0, 0, _("You didn’t use on any day this week.")),
            _band(1, 7, _("There was some use this week. This can show where more support would "
                          "help.")),
            _band(8, 21, _("There was a lot of use this week. Talk with your team about it soon.")),
        )),
        Scale(_("Made it harder"), RISKS, better=Better.LOWER, change=two, bands=(
            _band(0, 6, _("Not much made this week harder.")),
            _band(7, 13, _("Some things made this week harder.")),
            _band(14, 20, _("This week was hard. You don’t have to carry it alone.")),
        )),
        Scale(_("Helped"), PROTECTIONS, better=Better.HIGHER, change=two, bands=(
            _band(0, 6, _("Not much helped this week. You can ask your team for more support.")),
            _band(7, 13, _("Some things helped this week.")),
            _band(14, 20, _("A lot helped this week. Hold on to those things.")),
        )),
    )  # fmt: skip


def _band(first: int, last: int, says: str) -> Band:
    return Band(Decimal(first), Decimal(last), says)


def _days() -> tuple[Option, ...]:
    return tuple(_option(str(number), str(number), number) for number in range(8))


def _much() -> tuple[Option, ...]:
    words = (_("Not at all"), _("A little"), _("Somewhat"), _("A lot"), _("Very much"))
    return tuple(_option(f"much-{at}", word, at) for at, word in enumerate(words))


def _option(code: str, label: str, ordinal: int) -> Option:
    coding = {"system": SYSTEM, "code": code, "display": label}
    return Option(code, label, Decimal(ordinal), (("valueCoding", coding),))
