"""Signing and canceling a consent for somebody outside."""

from datetime import datetime
from uuid import uuid4

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.consents.consent_text import VERSION, Terms
from webapp.consents.models import OutsideConsent
from webapp.consents.queries import in_force, signed_since
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Ceiling
from webapp.core.limits import A_DAY, CONSENTS_A_DAY, PAGE
from webapp.core.wording import gettext as _


def sign(
    person: Person, terms: Terms, signed_name: str, document: list[list[str]], ends: datetime
) -> OutsideConsent:
    """Keep the consent exactly as it was shown, with the name typed as signature.

    Raises Ceiling when more are signed than a person can have use for.
    """
    now = clock.now()
    if signed_since(person, now - A_DAY) >= CONSENTS_A_DAY or len(in_force(person)) >= PAGE:
        raise Ceiling(_("You’ve reached the limit for consents. Cancel one, or try tomorrow."))
    consent = OutsideConsent(
        id=uuid4(), person_id=person.id, text_version=VERSION, signed_at=now, expires_at=ends
    )
    consent.recipient, consent.place = terms.recipient, terms.place
    consent.what, consent.purpose = terms.what, terms.purpose
    consent.signed_name, consent.document = signed_name, document
    db.session.add(consent)
    record(ActKind.CONSENT_SIGNED, person=person.id, about=consent.id, by=person.id)
    return consent


def revoke(consent: OutsideConsent) -> None:
    """From here on nothing is given out under it."""
    if consent.revoked_at is None:
        consent.revoked_at = clock.now()
        record(ActKind.CONSENT_REVOKED, person=consent.person_id, about=consent.id)
