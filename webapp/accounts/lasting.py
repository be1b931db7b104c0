"""How long a sign-in lasts, whatever it's used for, and how long it may be unused before it asks
again who is there. docs/security.md says why. Pure.

By the clock of the world, not by the one on the wall: a night on which clocks change is no longer
and no shorter.
"""

from datetime import timedelta

from webapp.config import Settings

# Without use, in seconds. What a patient's phone asks by a PIN is its owner's own choice.
PATIENT_AWAY, STAFF_AWAY = 5 * 60, 15 * 60
SHARED = timedelta(hours=12)


def at_most(settings: Settings, *, is_staff: bool, own_phone: bool) -> timedelta:
    """After which time a sign-in is over, however much it is used."""
    if is_staff:
        return timedelta(hours=settings.staff_sign_in_hours)
    return timedelta(days=settings.sign_in_days) if own_phone else SHARED
