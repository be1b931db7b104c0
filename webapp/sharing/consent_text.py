"""The words of the consent. Every element of 42 CFR 2.31(a), one plain paragraph each.

A change of wording is a new `VERSION`; what somebody signed is kept as it was signed.
Our reading, for a lawyer to check before a clinic relies on it: a share inside one's own program
is an in-app permission; we ask for the full consent all the same.
"""

from datetime import date

from webapp.core.dates import full_day
from webapp.core.wording import gettext as _

VERSION = "2026-11"

# 42 CFR 2.32(a)(2), the short form of the notice that goes with each disclosure.
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


def document(
    *, patient: str, group: str, clinic: str, readers: list[str], ends: date
) -> list[list[str]]:
    """The consent as pairs of heading and paragraph, with the names filled in.

    2.31(a) asks for: who (1), who may disclose (2), what (3), to whom (4), why (5), how to take
    it back (6), when it ends (7), signature (8) and date (9), redisclosure and refusing (10).
    The signature and its date are added by `sign_consent`.
    """
    names = ", ".join(readers) if readers else _("nobody yet")
    return [
        [_("Whose words"), _("Mine: %(patient)s.", patient=patient)],
        [_("Who passes them on"), _("%(clinic)s, through this app.", clinic=clinic)],
        [
            _("What"),
            _(
                "Only the entries that I share, one by one, and what I write to bring up with "
                "them. Nothing else that I write, not even how much."
            ),
        ],
        [
            _("Who may read them"),
            _(
                "The facilitators of %(group)s. Right now: %(names)s. If that changes, I am told.",
                group=group,
                names=names,
            ),
        ],
        [_("What for"), _("For my treatment, at my own request: to be known before group starts.")],
        [
            _("How I take it back"),
            _(
                "Any time: one tap under Sharing, or a written note to the clinic. It counts from "
                "the next time anybody opens a page. What was read before can’t be unread, and "
                "what the clinic already did because of it stays done."
            ),
        ],
        [
            _("When it ends"),
            _(
                "On %(day)s, or sooner: when I leave the group, or take it back.",
                day=full_day(ends),
            ),
        ],
        [
            _("Passing on"),
            _(
                "The clinic must protect what I share. Where the law lets it pass my records on "
                "for treatment, payment or running the clinic, the next holder may pass them on "
                "as health privacy law (HIPAA) allows. They may not be used against me in court "
                "or by the police unless I agree in writing or a court orders it under these rules."
            ),
        ],
        [
            _("If I say no"),
            _("I can still come to group and use everything here. I just don’t share in the app."),
        ],
    ]
