"""Ana's consent for her psychiatrist, and what Cleo gave out under it."""

from datetime import datetime, timedelta

from webapp.accounts.models import Person
from webapp.consents.actions import give, sign
from webapp.consents.consent_text import PURPOSES, RECIPIENTS, WHAT, Terms, document
from webapp.core import clock
from webapp.core.data.db import db
from webapp.settings.current import clinic_settings


def let_out(person: Person, reader: Person, now: datetime, zone: str) -> None:
    """Signed three weeks ago, for half a year; a call about her attendance since."""
    today, signed = clock.local(now, zone).date(), now - timedelta(days=20)
    ends = today + timedelta(days=160)
    what = [str(WHAT[key]) for key in ("attendance", "medication")]
    terms = Terms(
        "Dr. Okafor", str(RECIPIENTS["doctor"]), "Harbor Street Clinic", what,
        str(PURPOSES["care"]), ends,
    )  # fmt: skip
    paper = document(terms, patient=person.called, clinic=clinic_settings().clinic_name)
    consent = sign(person, terms, "Ana", paper, clock.start_of_day(ends, zone))
    consent.signed_at = signed
    db.session.flush()
    given = give(consent, what[:1], "By phone", today - timedelta(days=6), reader)
    given.recorded_at = now - timedelta(days=6)
