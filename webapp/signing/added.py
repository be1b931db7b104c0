"""What a clinic adds to a consent: one paragraph, after everything that the law asks for."""

from webapp.core.wording import gettext as _
from webapp.settings.models import ClinicSettings


def added_by(clinic: ClinicSettings) -> list[list[str]]:
    """As a text to sign has it: none, or one pair of heading and paragraph. It can't take back what
    stands above it (42 CFR 2.31), and says so."""
    if not clinic.consent_added:
        return []
    above = _("If this says something different from what’s above, what’s above counts.")
    heading = _("Added by %(clinic)s", clinic=clinic.clinic_name)
    return [[heading, f"{clinic.consent_added}\n{above}"]]
