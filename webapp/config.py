"""Settings: environment variables `GROUNDWORK_*`, read once at the edge, safe by default."""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import available_timezones

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
# What the tests and benchmarks are told by; no settings of the app.
OF_OTHERS = {"GROUNDWORK_TEST_DATABASE_URL", "GROUNDWORK_PICTURES", "GROUNDWORK_BENCH_FLOOR"}
ADDRESS = "must be the address that people open, such as https://groundwork.example.org"
LOCAL = ("", "localhost", "127.0.0.1", "::1")  # hosts to which nothing leaves this machine
DATABASES = "sqlite:////an/absolute/path.db or postgresql+psycopg://user:password@host/name"
# What Apple's push service takes, too: a domain with a dot, and nothing around it.
MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}"
)
_ORIGIN = re.compile(
    r"(https?)://((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?"
)
_OF_SCHEME = {"http": "80", "https": "443"}
_HOST = re.compile(r"(\*\.)?[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?")


class BadSetting(ValueError):
    """A setting can't be used as it is. Names the variable, and says what is wanted."""


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

    @property
    def violence_text(self) -> str:
        """Where the national line for violence at home can be texted; another one isn't known."""
        return "88788" if self.violence == HelpLines.violence else ""


@dataclass(frozen=True)
class Settings:
    """One installation is one clinic; this is everything that its operator may set."""

    data: Path
    database_url: str
    # https://host[:port], as people open it: links and origins come from here, never from what a
    # request says. Empty only over plain http and in the demo, where it may be any.
    address: str = ""
    # PostgreSQL: the same database as the role that owns it, for migrations and restores.
    migrate_url: str = ""
    # PostgreSQL: the same database by a pooler that hands out connections for one transaction each;
    # pages and senders go by it, and all else directly.
    pool_url: str = ""
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
    # At most what NIST SP 800-63B-4 has for each: see docs/security.md.
    sign_in_days: int = 30
    staff_sign_in_hours: int = 12
    # What the program plans for a patient's week. Programs differ: 6 to 30 hours.
    week_hours_least: int = 6
    week_hours_most: int = 30
    # Argon2id, OWASP's second profile and above: 19 MiB, 2 passes. Tests make it cheap.
    hash_memory: int = 19_456
    hash_passes: int = 2
    help_lines: HelpLines = field(default_factory=HelpLines)
    # What is wrong with those that are taken once, at the first start. Later on they don't count.
    unusable: tuple[str, ...] = ()

    def refuse_unusable(self) -> None:
        """Called when a clinic's row is made of them. Raises BadSetting."""
        if self.unusable:
            raise BadSetting(self.unusable[0])

    @property
    def is_demo_of_this_machine(self) -> bool:
        """Made-up people with a password that `make run` prints, whom nobody else reaches."""
        found = _ORIGIN.fullmatch(self.address)
        host = found[2] if found else ""
        return self.demo and host in ("", "localhost", "127.0.0.1", "[::1]")

    @property
    def passkeys_at(self) -> tuple[str, str] | None:
        """The domain and the origin that passkeys are bound to (localhost at any port: ""); None
        where browsers make none: at a number, or over plain http."""
        found = _ORIGIN.fullmatch(self.address)
        host = found[2] if found else "localhost"
        if host == "localhost" and (self.address or self.plain_http or self.demo):
            return host, self.address
        is_number = host.startswith("[") or host.rpartition(".")[2].isdigit()
        return None if is_number or not self.address.startswith("https:") else (host, self.address)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read `GROUNDWORK_*`. Raises BadSetting, naming the variable and what it wants."""
        read, once = _Read(environ), _ReadOnce(environ)
        data = read.folder("DATA", ROOT / "var")
        helps = {
            help_line.name: once.line(
                f"HELP_{help_line.name.upper()}", getattr(HelpLines, help_line.name)
            )
            for help_line in fields(HelpLines)
        }
        settings = cls(
            data=data,
            database_url=read.database("DATABASE_URL", f"sqlite:///{data / 'groundwork.db'}"),
            address=read.origin("ADDRESS"),
            migrate_url=read.owner("MIGRATE_URL"),
            pool_url=read.pool("POOL_URL"),
            clinic_name=once.line("CLINIC_NAME", cls.clinic_name, least=1),
            short_name=once.line("SHORT_NAME", cls.short_name, least=1, most=12),
            zone=once.zone("ZONE", cls.zone),
            plain_http=read.switch("PLAIN_HTTP"),
            demo=read.switch("DEMO"),
            trusted_proxies=read.number("TRUSTED_PROXIES", cls.trusted_proxies, 0, 10),
            push_hosts=read.hosts("PUSH_HOSTS"),
            push_ca=read.certificates("PUSH_CA"),
            push_contact=once.email("PUSH_CONTACT"),
            sign_in_days=read.number("SIGN_IN_DAYS", cls.sign_in_days, 1, 30),
            staff_sign_in_hours=read.number("STAFF_SIGN_IN_HOURS", cls.staff_sign_in_hours, 1, 24),
            week_hours_least=once.number("WEEK_HOURS_LEAST", cls.week_hours_least, 0, 168),
            week_hours_most=once.number("WEEK_HOURS_MOST", cls.week_hours_most, 1, 168),
            hash_memory=read.number("HASH_MEMORY", cls.hash_memory, 8, 4 * 1024 * 1024),
            hash_passes=read.number("HASH_PASSES", cls.hash_passes, 1, 100),
            help_lines=HelpLines(**helps),
        )
        once.refuse(
            "WEEK_HOURS_LEAST", settings.week_hours_least > settings.week_hours_most,
            "must not be more than GROUNDWORK_WEEK_HOURS_MOST",
        )  # fmt: skip
        read.refuse_unknown(but=once.asked)
        settings._refuse_address(read)
        return replace(settings, unusable=tuple(once.unusable))

    def _refuse_address(self, read: "_Read") -> None:
        is_plain = not self.address.startswith("https:")
        read.refuse("ADDRESS", not self.address and not self.plain_http and not self.demo, ADDRESS)
        read.refuse(
            "ADDRESS", bool(self.address) and is_plain is not self.plain_http,
            "must begin with http:// if GROUNDWORK_PLAIN_HTTP is 1, and with https:// otherwise",
        )  # fmt: skip


class _Read:
    """The environment, one setting after the other, each by what it must be."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.asked: set[str] = set()

    def refuse(self, name: str, is_wrong: bool, wanted: str) -> None:
        """Say it in one sentence. Not what was set: a database's address holds a password."""
        if is_wrong:
            raise BadSetting(f"GROUNDWORK_{name} {wanted}.")

    def refuse_unknown(self, but: set[str]) -> None:
        """A misspelled name would leave its setting at the default without a word."""
        asked = self.asked | but
        there = {name for name in self._environ if name.startswith("GROUNDWORK_")}
        for name in sorted(there - asked - OF_OTHERS):
            near = get_close_matches(name, asked, 1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise BadSetting(f"There is no setting {name}{hint}.")

    def line(self, name: str, default: str, *, least: int = 0, most: int = 200) -> str:
        value = self._text(name, default)
        fits = least <= len(value) <= most and value.isprintable()
        self.refuse(name, not fits, f"must be one line of {least} to {most} characters")
        return value if fits else default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self._text(name, str(default))
        is_one = value.isascii() and value.isdigit() and least <= int(value) <= most
        self.refuse(name, not is_one, f"must be a whole number from {least} to {most}")
        return int(value) if is_one else default

    def switch(self, name: str) -> bool:
        value = self._text(name, "")
        self.refuse(name, value not in ("", "0", "1"), "must be 1 for on, or 0 for off")
        return value == "1"

    def folder(self, name: str, default: Path) -> Path:
        value = self._text(name, str(default))
        folder = Path(value).resolve()
        wrong = not value or (folder.exists() and not folder.is_dir())
        self.refuse(name, wrong, "must be a folder")
        return folder

    def database(self, name: str, default: str) -> str:
        value = self._text(name, default)
        try:
            url = make_url(value)
        except ArgumentError:
            raise BadSetting(f"GROUNDWORK_{name} must be {DATABASES}.") from None
        if url.drivername == "sqlite":
            is_file = url.database is not None and Path(url.database).is_absolute()
            self.refuse(name, not is_file or bool(url.query), f"must be {DATABASES}")
        else:
            self.refuse(name, url.drivername != "postgresql+psycopg", f"must be {DATABASES}")
            self.refuse(
                name, not _is_installed("psycopg"),
                "is for PostgreSQL, but its driver isn’t installed: run tools/venv.sh postgres",
            )  # fmt: skip
            if not _is_here(url) and "sslmode" not in url.query:
                return value + ("&" if url.query else "?") + "sslmode=require"
        return value

    def owner(self, name: str) -> str:
        if not self._text(name, ""):
            return ""
        value, app = self.database(name, ""), make_url(self._text("DATABASE_URL", "sqlite://"))
        url = make_url(value)
        is_other = (url.host, url.port, url.database) != (app.host, app.port, app.database)
        self.refuse(name, is_other, "must be the database of GROUNDWORK_DATABASE_URL")
        self.refuse(
            name, url.get_backend_name() == "sqlite" or url.username == app.username,
            "is for PostgreSQL, and names another role than GROUNDWORK_DATABASE_URL",
        )  # fmt: skip
        return value

    def pool(self, name: str) -> str:
        if not self._text(name, ""):
            return ""
        value, app = self.database(name, ""), make_url(self._text("DATABASE_URL", "sqlite://"))
        kinds = {make_url(value).get_backend_name(), app.get_backend_name()}
        self.refuse(
            name, kinds != {"postgresql"},
            "is for PostgreSQL, beside the address of the database itself in "
            "GROUNDWORK_DATABASE_URL",
        )  # fmt: skip
        return value

    def zone(self, name: str, default: str) -> str:
        value = self._text(name, default)
        is_one = value in available_timezones()
        self.refuse(name, not is_one, "must be a time zone, such as America/Chicago")
        return value if is_one else default

    def origin(self, name: str) -> str:
        """As browsers write one: lower case, without the port that goes without saying."""
        value = self._text(name, "").lower()
        found = _ORIGIN.fullmatch(value)
        port = found[3] if found else None
        wrong = found is None or (port is not None and not 0 < int(port) < 65536)
        self.refuse(name, bool(value) and wrong, ADDRESS)
        if found is None:
            return ""
        shown = f":{int(port)}" if port and port != _OF_SCHEME[found[1]] else ""
        return f"{found[1]}://{found[2]}{shown}"

    def email(self, name: str) -> str:
        value = self._text(name, "")
        wanted = "must be a plain email address, such as it@clinic.example.org, without mailto:"
        wrong = bool(value) and not MAIL_ADDRESS.fullmatch(value)
        self.refuse(name, wrong, wanted)
        return "" if wrong else value

    def hosts(self, name: str) -> tuple[str, ...]:
        found = tuple(self._text(name, "").replace(",", " ").lower().split())
        wrong = not all(_HOST.fullmatch(host) for host in found)
        self.refuse(name, wrong, "must list hosts, such as push.example.org *.example.org:8443")
        return found

    def certificates(self, name: str) -> str:
        value = self._text(name, "")
        try:
            wrong = bool(value) and not ssl.create_default_context(cafile=value).get_ca_certs()
        except OSError:
            wrong = True
        self.refuse(name, wrong, "must be a readable file with PEM certificates")
        return value

    def _text(self, name: str, default: str) -> str:
        self.asked.add(f"GROUNDWORK_{name}")
        return self._environ.get(f"GROUNDWORK_{name}", default)


class _ReadOnce(_Read):
    """What is taken at the first start: later on a wrong one is no reason not to start."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(environ)
        self.unusable: list[str] = []

    def refuse(self, name: str, is_wrong: bool, wanted: str) -> None:
        if is_wrong:
            self.unusable.append(f"GROUNDWORK_{name} {wanted}.")


def _is_here(url: URL) -> bool:
    """Whether a PostgreSQL is on this very machine, by its socket or by loopback."""
    hosts = url.query.get("host", url.host or "")
    named = hosts.split(",") if isinstance(hosts, str) else hosts
    return all(host.startswith("/") or host in LOCAL for host in named)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:
        return False
