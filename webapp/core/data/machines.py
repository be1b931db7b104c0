"""Several machines may share one PostgreSQL. Each names its connections after itself, so that what
only one of them may do can see the others."""

from socket import gethostname
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

OURS = "groundwork "
_NAMES = text(
    "SELECT DISTINCT application_name FROM pg_stat_activity "
    "WHERE datname = current_database() AND starts_with(application_name, :ours)"
)


def own_name() -> str:
    """What this machine's connections are called; PostgreSQL takes 63 characters."""
    return f"{OURS}{gethostname()}"[:63]


def other_machines(session: Session | scoped_session[Any]) -> list[str]:
    """Those that are connected now. A file is on one machine."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    names = set(session.scalars(_NAMES, {"ours": OURS})) - {own_name()}
    return sorted(name.removeprefix(OURS) for name in names)
