"""Settings: environment variables `GROUNDWORK_*`, read once at the edge, safe by default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class HelpLines:
    """The numbers on *Help now*. US ones by default; a clinic elsewhere sets its own.

    Sources: 988lifeline.org (call, text and chat), samhsa.gov national helpline,
    thehotline.org (domestic violence).
    """

    emergency: str = "911"
    crisis_call: str = "988"
    crisis_text: str = "988"
    crisis_chat: str = "https://chat.988lifeline.org"
    treatment: str = "1-800-662-4357"
    treatment_name: str = "SAMHSA"
    violence: str = "1-800-799-7233"
    clinic: str = ""
    clinic_hours: str = ""


@dataclass(frozen=True)
class Settings:
    """One installation is one clinic; this is everything that its operator may set."""

    data: Path
    database_url: str
    clinic_name: str = "Groundwork"
    short_name: str = "Groundwork"
    zone: str = "America/New_York"
    plain_http: bool = False
    demo: bool = False
    trusted_proxies: int = 0
    # Push services besides the known ones: push.example.org, *.example.org, 127.0.0.1:8443.
    push_hosts: tuple[str, ...] = ()
    push_ca: str = ""  # a file with the authority that signed their certificates
    push_contact: str = ""  # whom a push service writes to when something is wrong with ours
    sign_in_days: int = 30
    staff_sign_in_hours: int = 12
    # What the program plans for a patient's week. Programs differ: 6 to 30 hours.
    week_hours_least: int = 6
    week_hours_most: int = 30
    # Argon2id, OWASP's second profile and above: 19 MiB, 2 passes. Tests make it cheap.
    hash_memory: int = 19_456
    hash_passes: int = 2
    help_lines: HelpLines = field(default_factory=HelpLines)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read `GROUNDWORK_*`. Raises ValueError naming the variable that cannot be read."""

        def text(name: str, default: str) -> str:
            return environ.get(f"GROUNDWORK_{name}", default)

        def number(name: str, default: int) -> int:
            value = text(name, str(default))
            if not value.isascii() or not value.isdigit():
                raise ValueError(f"GROUNDWORK_{name} must be a whole number, not {value!r}")
            return int(value)

        data = Path(text("DATA", str(ROOT / "var"))).resolve()
        lines = HelpLines()
        return cls(
            data=data,
            database_url=text("DATABASE_URL", f"sqlite:///{data / 'groundwork.db'}"),
            clinic_name=text("CLINIC_NAME", cls.clinic_name),
            short_name=text("SHORT_NAME", cls.short_name),
            zone=text("ZONE", cls.zone),
            plain_http=text("PLAIN_HTTP", "") == "1",
            demo=text("DEMO", "") == "1",
            trusted_proxies=number("TRUSTED_PROXIES", cls.trusted_proxies),
            push_hosts=tuple(text("PUSH_HOSTS", "").replace(",", " ").lower().split()),
            push_ca=text("PUSH_CA", ""),
            push_contact=text("PUSH_CONTACT", ""),
            sign_in_days=number("SIGN_IN_DAYS", cls.sign_in_days),
            staff_sign_in_hours=number("STAFF_SIGN_IN_HOURS", cls.staff_sign_in_hours),
            week_hours_least=number("WEEK_HOURS_LEAST", cls.week_hours_least),
            week_hours_most=number("WEEK_HOURS_MOST", cls.week_hours_most),
            hash_memory=number("HASH_MEMORY", cls.hash_memory),
            hash_passes=number("HASH_PASSES", cls.hash_passes),
            help_lines=HelpLines(
                emergency=text("HELP_EMERGENCY", lines.emergency),
                crisis_call=text("HELP_CRISIS_CALL", lines.crisis_call),
                crisis_text=text("HELP_CRISIS_TEXT", lines.crisis_text),
                crisis_chat=text("HELP_CRISIS_CHAT", lines.crisis_chat),
                treatment=text("HELP_TREATMENT", lines.treatment),
                treatment_name=text("HELP_TREATMENT_NAME", lines.treatment_name),
                violence=text("HELP_VIOLENCE", lines.violence),
                clinic=text("HELP_CLINIC", lines.clinic),
                clinic_hours=text("HELP_CLINIC_HOURS", lines.clinic_hours),
            ),
        )
