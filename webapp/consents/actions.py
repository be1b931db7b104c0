"""Signing a consent for somebody outside, and giving out what it allows."""

from datetime import date, datetime
from uuid import uuid4

from webapp.accounts.models import Person
from webapp.audit.actions import record
from webapp.audit.kinds import ActKind
from webapp.consents.consent_text import VERSION, Terms
from webapp.consents.models import Disclosure, OutsideConsent
from webapp.consents.queries import in_force, signed_since
from webapp.core import clock
from webapp.core.data.db import db
from webapp.core.errors import Ceiling, Conflict
from webapp.core.limits import A_DAY, CONSENTS_A_DAY, PAGE
from webapp.core.wording import gettext as _
from webapp.signing.actions import keep


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
    keep(consent, signed_name, document, ActKind.CONSENT_SIGNED)
    return consent


def give(
    consent: OutsideConsent, what: list[str], detail: str | None, on: date, by: Person
) -> Disclosure:
    """Write down what is given out under a consent. Raises Conflict when it isn't in force, or
    doesn't allow it."""
    if not consent.is_in_force(clock.now()) or not set(what) <= set(consent.what or []):
        raise Conflict
    disclosure = Disclosure(
        id=uuid4(),
        person_id=consent.person_id,
        consent_id=consent.id,
        by_id=by.id,
        given_on=on,
        recorded_at=clock.now(),
    )
    disclosure.recipient, disclosure.place = consent.recipient, consent.place
    disclosure.what, disclosure.detail = what, detail
    disclosure.purpose = consent.purpose
    db.session.add(disclosure)
    record(ActKind.DISCLOSED, person=consent.person_id, about=disclosure.id, by=by.id)
    return disclosure
