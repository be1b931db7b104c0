"""The permissions there are, and the words of each. A declaration each; nothing else lists them.

A change of wording is a new `version`; what somebody signed is kept as it was signed.
"""

from dataclasses import dataclass
from datetime import date

from flask_babel.speaklater import LazyString

from webapp.core.dates import full_day
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l

COUNTED_FROM = 4  # people below which a count could point at somebody


@dataclass(frozen=True)
class Kind:
    """One thing that may be permitted. `name` is stored, and never renamed."""

    name: str
    version: str
    title: LazyString  # in the patient's words
    what: LazyString
    why: LazyString
    undone: LazyString  # what canceling can't undo
    without: LazyString


QUOTE = Kind(
    "quote",
    "1",
    _l("Quote me in my chart"),
    _l(
        "Copy my own words into my chart, the clinic’s record about me. Only from entries that I "
        "share with my facilitators, and only while they can open them."
    ),
    _l("At my own request: so my chart says it in my words."),
    _l("What is already in my chart stays there."),
    _l(
        "Nothing changes for me. My facilitators can still read what I share, and write in my "
        "chart in their own words what matters for my treatment."
    ),
)
COUNT = Kind(
    "count",
    "3",
    _l("Count me, without my name"),
    _l(
        "Count my answers together with other people’s, without my name. That means what I share "
        "(for example, which triggers come up most in my group), my answers to the five "
        "questions about how life is going, and to two more: whether I have a safety plan, and "
        "how often I use this app. A count of what is shared is shown only when it’s from four or "
        "more people, and any other count only from five or more."
    ),
    _l("At my own request: so my program sees what comes up for many of us, and what helps."),
    _l(
        "My answers to these questions are deleted from what is counted. A count that was "
        "already seen can’t be unseen."
    ),
    _l("Nothing changes for me. Nothing I write or answer is part of any count."),
)
# Since which version it names what: whoever signed an earlier one isn't counted for that.
NAMES_FIVE, NAMES_SEVEN = 2, 3
PERMISSIONS = {kind.name: kind for kind in (QUOTE, COUNT)}


def document(kind: Kind, *, patient: str, clinic: str, ends: date) -> list[list[str]]:
    """The permission as pairs of heading and paragraph, with the names filled in."""
    return [
        [_("Whose information"), _("Mine: %(patient)s.", patient=patient)],
        [_("Who may do it"), _("The staff of %(clinic)s, inside the program.", clinic=clinic)],
        [_("What they may do"), str(kind.what)],
        [_("Why"), str(kind.why)],
        [
            _("How I can cancel it"),
            _("Anytime, with one tap under Sharing. It takes effect right away.")
            + f" {kind.undone}",
        ],
        [
            _("When it ends"),
            _(
                "At the end of %(day)s, or sooner if I cancel it. It also ends if the clinic has "
                "to restore the app from a backup. I can sign again then.",
                day=full_day(ends),
            ),
        ],
        [_("If I say no"), str(kind.without)],
    ]
