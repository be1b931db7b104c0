"""The words of the consent. Every element of 42 CFR 2.31(a), one plain paragraph each.

A change of wording is a new `VERSION`; what somebody signed is kept as it was signed.
Our reading, for a lawyer to check before a clinic relies on it: a share inside one's own program
is an in-app permission; we ask for the full consent all the same.
"""

from collections.abc import Sequence
from datetime import date

from webapp.core.dates import full_day
from webapp.core.wording import gettext as _

# "2026-11" said the same as "2" in other words. Whoever signed one of them isn't asked again: what
# they agreed to is unchanged, and each consent keeps the text that was signed. "3" says more: that
# entries stay open for notes after group. Under a former one they don't. "4" says more again: that
# what one questionnaire comes to, or mood and sleep, may be seen over time.
VERSION = "4"
FORMER = ("2026-11", "2")
WITHOUT_COURSES = (*FORMER, "3")


def names_notes(version: str) -> bool:
    """Whether a consent in this wording speaks of notes after group."""
    return version not in FORMER


def names_courses(version: str) -> bool:
    """Whether a consent in this wording speaks of what is seen over time."""
    return version not in WITHOUT_COURSES


def document(
    *,
    patient: str,
    group: str,
    clinic: str,
    readers: list[str],
    ends: date,
    supervisors: Sequence[tuple[str, date]] = (),
) -> list[list[str]]:
    """The consent as pairs of heading and paragraph, with the names filled in.

    2.31(a) asks for: who (1), who may disclose (2), what (3), to whom (4), why (5), how to revoke
    it (6), when it ends (7), signature (8) and date (9), redisclosure and refusing (10).
    The signature and its date are added by `sign_consent`. `supervisors` are those who will be,
    each with the day.
    """
    names = ", ".join(readers) if readers else _("no one yet")
    who = _(
        "The facilitators of %(group)s. Right now: %(names)s. If this changes, I’ll be "
        "notified in the app.",
        group=group,
        names=names,
    )
    for name, day in supervisors:
        who += " " + _(
            "From %(day)s: %(name)s (clinical supervisor).", day=full_day(day), name=name
        )
    return [
        [_("Whose information"), _("Mine: %(patient)s.", patient=patient)],
        [_("Who shares it"), _("%(clinic)s, through this app.", clinic=clinic)],
        [
            _("What is shared"),
            _(
                "Only the entries I choose to share, one by one, and any note I add about what I "
                "want to talk about. If I turn it on, also the numbers from one questionnaire, or "
                "from my mood and sleep, each time I enter them, until I turn it off. Nothing else "
                "I write is shared, not even how much I write."
            ),
        ],
        [
            _("Who can see it"),
            who,
        ],
        [
            _("Why"),
            _(
                "For my treatment, at my own request: so my facilitators know how I’m doing "
                "before group, and can write their notes about the group after it."
            ),
        ],
        [
            _("How I can cancel (revoke) it"),
            _(
                "Anytime, with one tap under Sharing or a written note to the clinic. It takes "
                "effect right away. What someone has already seen can’t be unseen, and anything "
                "the clinic has already done because of it stays done."
            ),
        ],
        [
            _("When it ends"),
            _(
                "On %(day)s, or sooner if I leave the group or cancel it.",
                day=full_day(ends),
            )
            + " "
            + _(
                "What I share for one group closes sooner, once the notes are due. When I share "
                "it, the app says when."
            ),
        ],
        [
            _("Further sharing"),
            _(
                "The clinic must protect what I share. The law may let it share my records for "
                "treatment, payment, or running the clinic. Whoever gets them may share them "
                "further as health privacy law (HIPAA) allows. My records can’t be used against "
                "me in court or by the police unless I agree in writing or a court orders it "
                "under the federal rules that protect them (42 CFR part 2)."
            ),
        ],
        [
            _("If I say no"),
            _("I can still come to group and use everything here. I just won’t share in the app."),
        ],
    ]
