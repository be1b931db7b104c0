"""The words of a consent for somebody outside. Every element of 42 CFR 2.31(a), a paragraph each.

A change of wording is a new `VERSION`; what somebody signed is kept as it was signed.
For a lawyer to check before a clinic relies on it.
"""

from dataclasses import dataclass
from datetime import date

from webapp.core.dates import full_day
from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l

VERSION = "2"

# 42 CFR 2.32(a)(2), the short form of the notice that goes with each disclosure.
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."

# What has to stand on the public notice, word for word (42 CFR 2.22(b)(1)(i)).
NOTICE_HEADER = (
    "Notice of Privacy Practices of",
    "This notice describes:",
    "HOW HEALTH INFORMATION ABOUT YOU MAY BE USED AND DISCLOSED",
    "YOUR RIGHTS WITH RESPECT TO YOUR HEALTH INFORMATION",
    "HOW TO FILE A COMPLAINT CONCERNING A VIOLATION OF THE PRIVACY OR SECURITY OF YOUR HEALTH "
    "INFORMATION, OR OF YOUR RIGHTS CONCERNING YOUR INFORMATION",
    "YOU HAVE A RIGHT TO A COPY OF THIS NOTICE (IN PAPER OR ELECTRONIC FORM) AND TO DISCUSS IT "
    "WITH {who} AT {where} IF YOU HAVE ANY QUESTIONS.",
)

# From when the public notice (42 CFR 2.22) reads as it does: a new day with each change of it.
NOTICE_SINCE = date(2026, 11, 27)

RECIPIENTS = {
    "doctor": _l("A psychiatrist or doctor"),
    "counselor": _l("A counselor or therapist"),
    "family": _l("A family member or friend"),
    "payer": _l("An insurer or other payer"),
}
WHAT = {
    "attendance": _l("That I’m in this program, and which groups I came to"),
    "progress": _l("How I’m doing in treatment, and my treatment plan"),
    "diagnosis": _l("What I’m being treated for (my diagnosis)"),
    "medication": _l("My medication"),
    "tests": _l("My drug and alcohol test results"),
    "discharge": _l("When and how I finish the program, and my aftercare plan"),
    "bills": _l("What is needed to pay for my treatment: dates, services, and costs"),
}
PURPOSES = {
    "care": _l("For my treatment: so they can coordinate my care"),
    "support": _l("At my request: so they can support me"),
    "payment": _l("For payment: so my treatment can be covered"),
    "request": _l("At my request"),
}


@dataclass(frozen=True)
class Terms:
    """Who may get what, what for, and until when: in words, as they are signed."""

    recipient: str
    kind: str
    place: str
    what: list[str]
    purpose: str
    ends: date


def document(terms: Terms, *, patient: str, clinic: str) -> list[list[str]]:
    """The consent as pairs of heading and paragraph, with the names filled in.

    2.31(a) asks for: who (1), who may disclose (2), what (3), to whom (4), why (5), how to revoke
    it, and what stays done (6), when it ends (7), signature (8) and date (9), redisclosure and
    refusing (10). The signature and its date are added by `sign`.
    """
    to = f"{terms.recipient} ({terms.kind})"
    return [
        [_("Whose information"), _("Mine: %(patient)s.", patient=patient)],
        [_("Who may give it out"), _("The staff of %(clinic)s.", clinic=clinic)],
        [_("Who may get it"), f"{to}, {terms.place}." if terms.place else f"{to}."],
        [
            _("What they may get"),
            _(
                "Only what is listed here:\n%(what)s\nNothing I write in this app, and no "
                "counseling notes that a counselor keeps apart from my record.",
                what="\n".join(f"• {what}" for what in terms.what),
            ),
        ],
        [_("Why"), f"{terms.purpose}."],
        [
            _("How I can cancel (revoke) it"),
            _(
                "Anytime, with one tap under Sharing or a written note to the clinic. It takes "
                "effect right away. It can’t bring back what was already given out, and anything "
                "the clinic has already done because of it stays done."
            ),
        ],
        [
            _("When it ends"),
            _(
                "At the end of %(day)s, or sooner if I cancel it. It also ends if the clinic has "
                "to restore the app from a backup. I can sign again then.",
                day=full_day(terms.ends),
            ),
        ],
        [
            _("Further sharing"),
            _(
                "Whoever gets it also gets a written notice: federal rules (42 CFR part 2) protect "
                "it. Health privacy law (HIPAA) may let a doctor or an insurer share it further. "
                "That can be for treatment, for payment, or to run their services. Family and "
                "friends may not be bound by these laws. My records can’t be used against me in "
                "court or by the police unless I agree in writing or a court orders it under those "
                "rules."
            ),
        ],
        [
            _("If I say no"),
            _(
                "I can still come to group and use everything here. If I don’t allow what an "
                "insurer needs, it may not pay for my treatment, and I may have to pay."
            ),
        ],
    ]
