"""Whether this process can serve: its database opens, is at its revision, and its keys open it."""

from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from webapp.config import ROOT
from webapp.core.crypto.keys import DataKey, app_secrets
from webapp.core.data.db import db
from webapp.core.starting import revision_here


class NotReady(Exception):
    """Why, in a word."""


def ready() -> str:
    """The revision. Raises NotReady."""
    try:
        at = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        db.session.rollback()
        raise NotReady("database") from None
    if at != revision_here(ROOT / "migrations"):
        raise NotReady("schema")
    try:
        row = db.session.execute(select(*DataKey.__table__.c).limit(1)).first()
        if row is not None:
            app_secrets().outer.unwrap(row)
    except DBAPIError:
        db.session.rollback()
        raise NotReady("schema") from None
    except (InvalidTag, KeyError, ValueError):
        raise NotReady("keys") from None
    return str(at)
