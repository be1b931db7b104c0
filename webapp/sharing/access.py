"""Who may see a shared entry, or a line over time, as clauses: the one place where that is said.

They are built once; a statement with one of them is run with the values that `at` gives.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, literal_column, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.core.data.types import NOW, UtcDateTime
from webapp.entries.models import Entry
from webapp.program.models import SHARES_OUTLAST, GroupRole, GroupSession, Membership
from webapp.sharing.consent_text import WITHOUT_COURSES
from webapp.sharing.models import Consent, Course, Share, SupervisorAnswer
from webapp.signing.models import in_force

_entry, _author, _reader = aliased(Entry), aliased(Membership), aliased(Membership)
_answer = aliased(SupervisorAnswer)
# Written into the statement: as values they would be handed over anew with each of its clauses.
_ONE: ColumnElement[int] = literal_column("1")
_PATIENT: ColumnElement[str] = literal_column(f"'{GroupRole.PATIENT}'")
_FACILITATOR: ColumnElement[str] = literal_column(f"'{GroupRole.FACILITATOR}'")


def at(now: datetime, reader: Person | None = None) -> dict[str, Any]:
    """The values that a statement with these clauses needs; a reader where it says VISIBLE."""
    values: dict[str, Any] = {"now": now, "closed": now - SHARES_OUTLAST}
    return values if reader is None else values | {"reader": reader.id}


def _there_is(what: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(_ONE).select_from(what).where(*where).correlate(Share, Course).exists()


def _stands(shared: Any, since: Any, *of: ColumnElement[bool]) -> Any:
    """Not ended, its author a member since before it was made, and the consent in force."""
    return and_(
        shared.ended_at.is_(None),
        # Who left and came back shares anew: an older share doesn't wake up again.
        _there_is(
            _author,
            _author.group_id == shared.group_id,
            _author.person_id == shared.author_id,
            _author.part == _PATIENT,
            _author.from_at <= since,
            or_(_author.until_at.is_(None), _author.until_at > NOW),
        ),
        # Nor does it wake up when a consent that had run out is signed again.
        _there_is(
            Consent,
            Consent.person_id == shared.author_id,
            Consent.group_id == shared.group_id,
            Consent.signed_at <= since,
            IN_FORCE,
            *of,
        ),
    )


def _opens(shared: Any, since: Any) -> ColumnElement[bool]:
    """A clinical supervisor: what is shared since they began, and of whoever said yes, all."""
    return or_(
        _reader.supervises.is_(False),
        _reader.from_at <= since,
        select(_ONE)
        .select_from(_answer)
        .where(
            _answer.membership_id == _reader.id,
            _answer.person_id == shared.author_id,
            _answer.opens_earlier,
        )
        .correlate(Share, Course, _reader)
        .exists(),
    )


def _is_read_by(shared: Any, since: Any, *of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether `:reader` facilitates its group now, or supervises it."""
    return _there_is(
        _reader,
        _reader.group_id == shared.group_id,
        _reader.person_id == bindparam("reader"),
        _reader.part == _FACILITATOR,
        _reader.from_at <= NOW,
        or_(_reader.until_at.is_(None), _reader.until_at > NOW),
        _opens(shared, since),
        *of,
    )


# Consents that are signed, not taken back and not over.
IN_FORCE = in_force(Consent)


def _is_open(entry_is_there: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(
        # Said once more without a look at the session: of years of shares few are left for that.
        or_(Share.closes_at.is_(None), Share.closes_at > NOW),
        _stands(Share, Share.shared_at),
        entry_is_there,
        or_(
            Share.group_session_id.is_(None),
            _there_is(
                GroupSession,
                GroupSession.id == Share.group_session_id,
                GroupSession.cancelled_at.is_(None),
                # As it was said, wherever the session was moved since.
                or_(
                    Share.closes_at > NOW,
                    and_(
                        Share.closes_at.is_(None),
                        GroupSession.ends_at > bindparam("closed", type_=UtcDateTime),
                    ),
                ),
            ),
        ),
    )


# Shares in force: their session not cancelled, and not over with the time for notes, the entry
# still there.
IS_OPEN = _is_open(_there_is(_entry, _entry.id == Share.entry_id, _entry.removed_at.is_(None)))

# Shares that this reader may open now, with the entry: in force, and of a group that they
# facilitate now. Who reads one reads the entry too, so this looks at it where it stands.
VISIBLE = and_(
    _is_read_by(
        Share,
        Share.shared_at,
        # Who stands in for one session doesn't open what is for another one.
        or_(
            _reader.only_session_id.is_(None),
            Share.group_session_id.is_(None),
            Share.group_session_id == _reader.only_session_id,
        ),
    ),
    _is_open(and_(Entry.id == Share.entry_id, Entry.removed_at.is_(None))),
)

# The same of what is seen over time, under a consent that speaks of it.
_SAYS_SO = [Consent.text_version != literal_column(f"'{former}'") for former in WITHOUT_COURSES]
COURSE_IS_OPEN = _stands(Course, Course.started_at, *_SAYS_SO)
COURSE_VISIBLE = and_(_is_read_by(Course, Course.started_at), COURSE_IS_OPEN)
