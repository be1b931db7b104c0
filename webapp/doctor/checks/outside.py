"""The clinic's address as it is seen from outside."""

import ssl
import time

from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext
from webapp.doctor.asking import FORGED, MARK, SEEN, Unreachable, ask, certificate_ends, mark
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.examining import Problem, check

DAYS_LEFT = 14
A_DAY = 24 * 60 * 60


@check(_l("The address"), slow=True)
def address(case: Case) -> Problem | None:
    """Whether Groundwork answers there. What is wrong with its certificate is said by that."""
    if not case.address.netloc:
        return None
    try:
        answer = ask(case, "/healthz", {})
    except ssl.SSLError:
        raise Unavailable(_("its certificate isn’t accepted")) from None
    except Unreachable as trouble:
        return Problem(
            _("%(address)s can’t be reached from this machine (%(why)s).",
              address=case.address.geturl(), why=trouble),
            _("Check that the proxy runs and that the name leads here. Some networks can’t reach "
              "their own address: then try it on a phone."),
        )  # fmt: skip
    if (answer.status, answer.body) == (200, "ok"):
        return None
    return Problem(
        _("Something other than Groundwork answers at %(address)s (%(status)s).",
          address=case.address.geturl(), status=answer.status),
        _("Check GROUNDWORK_ADDRESS, and that the proxy passes everything on to Groundwork."),
    )  # fmt: skip


@check(_l("The certificate"), slow=True)
def certificate(case: Case) -> Problem | None:
    """Whether browsers accept it, and for how long."""
    if case.address.scheme != "https":
        return None
    mend = _("Renew the certificate, reload the proxy, and check what renews it automatically.")
    try:
        left = int((certificate_ends(case) - time.time()) // A_DAY)
    except ssl.SSLError as trouble:
        why = getattr(trouble, "verify_message", "") or trouble.reason
        says = _("The certificate of %(address)s isn’t accepted: %(why)s.",
                 address=case.address.geturl(), why=why)  # fmt: skip
        return Problem(says, mend)
    except Unreachable as trouble:
        raise Unavailable(_("the address can’t be reached")) from trouble
    if left >= DAYS_LEFT:
        return None
    return Problem(
        ngettext(
            "The certificate of %(address)s ends in %(num)s day.",
            "The certificate of %(address)s ends in %(num)s days.",
            left,
            address=case.address.geturl(),
        ),
        mend,
    )


@check(_l("The proxy"), slow=True)
def proxy(case: Case) -> Problem | None:
    """Whom the app takes a visitor for: wrong tries at passwords are counted by that."""
    if case.address.scheme != "https":
        return None
    held, _checks = case.sound_secrets()
    try:
        told = ask(case, SEEN, {MARK: mark(held), "X-Forwarded-For": FORGED}).told
    except (ssl.SSLError, Unreachable):
        raise Unavailable(_("the address can’t be reached")) from None
    if told is None:
        raise Unavailable(_("this Groundwork doesn’t answer at its address"))
    if told["client"] == FORGED:
        return Problem(
            _("Anyone can claim to come from another address, so wrong passwords aren’t slowed."),
            _("Set GROUNDWORK_TRUSTED_PROXIES to the number of your proxies, and have the first "
              "one replace X-Forwarded-For (deploy/nginx.conf)."),
        )  # fmt: skip
    if told["trusted"] and told["trusted"] <= told["forwarded"]:
        return None
    return Problem(
        _("Groundwork takes every visitor for the proxy, so one person’s wrong passwords slow "
          "everyone."),
        _("Set GROUNDWORK_TRUSTED_PROXIES to the number of your proxies, and have them pass "
          "X-Forwarded-For (deploy/nginx.conf)."),
    )  # fmt: skip
