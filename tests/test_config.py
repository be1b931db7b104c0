"""Each setting is read at start, and whatever can't be meant is refused by its name."""

import sys
from dataclasses import fields
from pathlib import Path

import pytest

from webapp.config import BadSetting, HelpLines, Settings
from webapp.reminders.push.endpoints import Hosts

HERE = {"GROUNDWORK_ADDRESS": "https://groundwork.example.org"}
RIGHT = {
    "ADDRESS": ["https://groundwork.example.org:8443", "https://10.0.0.7", "https://[::1]:8443"],
    "PUSH_CONTACT": ["", "ops@example.org", "OPS+push@Clinic.Example.ORG"],
    "DATABASE_URL": ["sqlite:////srv/x.db", "postgresql+psycopg://me:secret@db/clinic"],
    "CLINIC_NAME": ["Riverside Clinic", "Clínica Ñandú"],
    "SHORT_NAME": ["Groundwork12"],
    "ZONE": ["America/Chicago", "UTC"],
    "PLAIN_HTTP": ["", "0"],
    "TRUSTED_PROXIES": ["0", "1"],
    "PUSH_HOSTS": ["", "push.example.org *.example.org, 127.0.0.1:8443 [::1]:8443"],
    "SIGN_IN_DAYS": ["1", "30"],
    "STAFF_SIGN_IN_HOURS": ["1", "24"],
    "HELP_CLINIC": ["", "555-0100"],
}
WRONG = {
    "ADDRESS": ["", "groundwork.example.org", "http://groundwork.example.org", "https://",
                "https://me@clinic.example", "https://clinic.example/app", "https://a b.example",
                "https://clinic.example:0", "https://clinic.example:99999", "https://-a.example",
                "https://clinic.example?x", "https://clinic.example\n", "https://clínica.example",
                "https://clinic.example, https://b.example", "https://<clinic>.example"],
    "PUSH_CONTACT": ["mailto:ops@example.org", "Ops <ops@example.org>", " ops@example.org ",
                     "ops@localhost", "https://clinic.example.org", "ops", "öps@exämple.org",
                     "ops@example.org\n", "a@example.org,b@example.org"],
    "DATABASE_URL": ["", "clinic", "postgres://me@db/clinic", "postgresql://me@db/clinic",
                     "mysql://me@db/clinic", "sqlite://", "sqlite:///here.db",
                     "sqlite:////srv/x.db?mode=ro"],
    "DATA": ["", __file__],
    "CLINIC_NAME": ["", "two\nlines", "x" * 201],
    "SHORT_NAME": ["", "thirteen-long"],
    "ZONE": ["", "Eastern", "america/new_york", "../etc/passwd"],
    "PLAIN_HTTP": ["true", "yes", "2"],
    "DEMO": ["on"],
    "TRUSTED_PROXIES": ["", "one", "-1", "11", "١"],
    "SIGN_IN_DAYS": ["0", "30.5", "31", "99999"],
    "STAFF_SIGN_IN_HOURS": ["0", "25"],
    "WEEK_HOURS_LEAST": ["31"],  # the most is 30
    "HASH_MEMORY": ["0"],
    "HASH_PASSES": ["0"],
    "PUSH_HOSTS": ["https://push.example.org", "push.example.org/path", "a@b"],
    "PUSH_CA": ["/nowhere/ca.pem", __file__],
    "HELP_CLINIC": ["555\n0100"],
    "PUSH_CONTCT": ["ops@example.org"],  # and so would be dropped without a word
}  # fmt: skip


@pytest.mark.parametrize(
    ("database", "pool"),
    [
        ("sqlite:////srv/x.db", "postgresql+psycopg://me@db:6432/clinic"),
        ("postgresql+psycopg://me@db/clinic", "sqlite:////srv/x.db"),
        ("postgresql+psycopg://me@db/clinic", "pgbouncer"),
    ],
)
def test_a_pool_of_another_database_is_refused(database: str, pool: str) -> None:
    named = {"GROUNDWORK_DATABASE_URL": database, "GROUNDWORK_POOL_URL": pool}
    with pytest.raises(BadSetting, match="GROUNDWORK_POOL_URL"):
        Settings.from_environment(HERE | named)


def test_a_pool_on_another_machine_is_reached_with_tls() -> None:
    pool = "postgresql+psycopg://me@db:6432/clinic"
    named = {"GROUNDWORK_DATABASE_URL": "postgresql+psycopg://me@db/clinic"}
    settings = Settings.from_environment(HERE | named | {"GROUNDWORK_POOL_URL": pool})
    assert settings.pool_url == f"{pool}?sslmode=require"


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in RIGHT for v in RIGHT[n]])
def test_what_can_be_meant_is_taken(name: str, value: str) -> None:
    Settings.from_environment(HERE | {f"GROUNDWORK_{name}": value})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("https://Groundwork.Example.org/", "https://groundwork.example.org"),
     ("https://groundwork.example.org:443", "https://groundwork.example.org"),
     ("https://localhost:8443", "https://localhost:8443")],
)  # fmt: skip
def test_the_address_is_kept_as_browsers_write_it(typed: str, meant: str) -> None:
    assert Settings.from_environment({"GROUNDWORK_ADDRESS": typed}).address == meant


def test_a_clinic_that_never_said_its_address_is_told_what_to_set() -> None:
    with pytest.raises(BadSetting, match=r"GROUNDWORK_ADDRESS must be the address .* https://"):
        Settings.from_environment({})


@pytest.mark.parametrize("name", ["PLAIN_HTTP", "DEMO"])
def test_over_plain_http_and_in_the_demo_any_address_will_do(name: str) -> None:
    assert Settings.from_environment({f"GROUNDWORK_{name}": "1"}).address == ""


def test_plain_http_and_https_are_not_mixed() -> None:
    for address in ("http://127.0.0.1:8000", "http://groundwork.lan"):
        plain = {"GROUNDWORK_PLAIN_HTTP": "1", "GROUNDWORK_ADDRESS": address}
        assert Settings.from_environment(plain).address == address
    with pytest.raises(BadSetting, match="GROUNDWORK_ADDRESS must begin with http:// if"):
        Settings.from_environment(HERE | {"GROUNDWORK_PLAIN_HTTP": "1"})


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in WRONG for v in WRONG[n]])
def test_what_cant_be_meant_is_refused_by_its_name_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"GROUNDWORK_{name}") as refused:
        Settings.from_environment(HERE | {f"GROUNDWORK_{name}": value}).refuse_unusable()
    said = str(refused.value)
    assert (said.count(". "), said[-1], "\n" in said) == (0, ".", False)
    assert "secret" not in said


def test_each_setting_that_the_operators_page_lists_is_one_and_none_is_left_out() -> None:
    listed = (Path(__file__).parent.parent / "docs" / "operator.md").read_text()
    with pytest.raises(BadSetting, match="no setting"):
        Settings.from_environment(HERE | {"GROUNDWORK_NO_SUCH": ""})
    helps = {field.name.upper() for field in fields(HelpLines)}
    own = {field.name.upper() for field in fields(Settings)} - {"HELP_LINES", "DEMO", "UNUSABLE"}
    for name in own | helps:
        assert name.removeprefix("WEEK_HOURS").removeprefix("HASH") in listed, name


def test_without_postgresqls_driver_the_sentence_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadSetting, match=r"run tools/venv\.sh postgres"):
        Settings.from_environment(HERE | {"GROUNDWORK_DATABASE_URL": RIGHT["DATABASE_URL"][1]})


def test_chromiums_own_push_service_is_known() -> None:
    assert Hosts().check("https://jmt17.google.com/fcm/send/abc").host == "jmt17.google.com"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/clinic", "/clinic"),
        ("/clinic?host=/run/postgresql", "/clinic?host=/run/postgresql"),
        ("localhost/clinic", "localhost/clinic"),
        ("[::1]:5433/clinic", "[::1]:5433/clinic"),
        ("db.example.org/clinic", "db.example.org/clinic?sslmode=require"),
        ("127.0.0.1.example.org/clinic", "127.0.0.1.example.org/clinic?sslmode=require"),
        ("/clinic?host=/run/x,db.lan", "/clinic?host=/run/x,db.lan&sslmode=require"),
        ("me:secret@10.0.0.7/clinic?sslmode=verify-full",) * 2,
        ("10.0.0.7/clinic?sslmode=disable",) * 2,
    ],
)
def test_a_database_elsewhere_is_reached_with_tls_unless_the_operator_says_otherwise(
    typed: str, kept: str
) -> None:
    start = "postgresql+psycopg://"
    settings = Settings.from_environment(HERE | {"GROUNDWORK_DATABASE_URL": start + typed})
    assert settings.database_url == start + kept
