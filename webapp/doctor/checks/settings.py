"""What was set, and whether it can be meant."""

import stat

from sqlalchemy import select

from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.core.wording import ngettext
from webapp.doctor.case import Case, Unavailable
from webapp.doctor.examining import Problem, check
from webapp.settings.first import ignored_settings
from webapp.settings.models import ClinicSettings

OFF = ("", "0", "false", "False", "no")  # as Flask has it


@check(_l("Settings"))
def settings(case: Case) -> Problem | None:
    """Whether they can be used at all."""
    mend = _("Correct it in %(file)s, and restart all services.", file=case.env_file)
    try:
        unusable = case.settings.unusable if case.is_empty else ()
    except Unavailable as trouble:
        return Problem(str(trouble.__cause__), mend)
    return Problem(unusable[0], mend) if unusable else None


@check(_l("Settings for trying things out"))
def trial_settings(case: Case) -> Problem | None:
    """What is for one's own computer only, on a machine that others reach."""
    switches = {
        "GROUNDWORK_DEMO": case.settings.demo,
        "GROUNDWORK_PLAIN_HTTP": case.settings.plain_http,
        "FLASK_DEBUG": case.environ.get("FLASK_DEBUG", "") not in OFF,
    }
    on = [name for name, is_on in switches.items() if is_on]
    if not on or not case.is_public:
        return None
    return Problem(
        ngettext(
            "%(names)s is on, and other people can reach this clinic.",
            "%(names)s are on, and other people can reach this clinic.",
            len(on),
            names=", ".join(on),
        ),
        _("Remove it from %(file)s, and restart all services.", file=case.env_file),
    )


@check(_l("The file with the settings"))
def settings_file(case: Case) -> Problem | None:
    """It may hold a password."""
    file = case.env_file
    if not file.exists() or not file.stat().st_mode & stat.S_IRWXO:
        return None
    return Problem(
        _("Anyone on this machine can open %(file)s.", file=file),
        _("Run: chmod o= %(file)s", file=file),
    )


@check(_l("Settings that don’t count"))
def ignored(case: Case) -> Problem | None:
    """What the environment says otherwise than the database, which counts since then."""
    columns = ClinicSettings.__table__.c
    with case.connected() as connection:
        row = connection.execute(select(*columns)).mappings().first()
    names = ignored_settings(case.environ, ClinicSettings.drawn(dict(row))) if row else []
    if not names:
        return None
    return Problem(
        ngettext(
            "%(names)s in %(file)s doesn’t count.",
            "%(names)s in %(file)s don’t count.",
            len(names),
            names=", ".join(names),
            file=case.env_file,
        ),
        _("What an administrator set on the Settings page counts. Remove these from the file."),
        is_known=True,
    )
