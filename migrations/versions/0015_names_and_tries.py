"""usernames and towns in one spelling, waits that grow, and since when handed-out addresses count

Usernames are compared in one encoding of Unicode from now on. Two that would become the same one
keep their spelling, and are still found by it.
"""

import re

import sqlalchemy as sa
from alembic import op

from webapp.core.folding import place_name, same_letters

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None
FEWER_ROWS = {"tries": "what was counted of wrong tries is forgotten once"}


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("handed_out_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_table("tries")
    op.create_table(
        "tries",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_last_at"), "tries", ["last_at"])
    _usernames()
    _towns()


def _usernames() -> None:
    person = sa.table("person", sa.column("id"), sa.column("username"))
    rows = op.get_bind().execute(sa.select(person.c.id, person.c.username)).all()
    wished = {id: same_letters(same_letters(name).casefold()) for id, name in rows}
    names = list(wished.values())
    for id, name in rows:
        new = wished[id]
        if new != name and len(new) <= 64 and names.count(new) == 1:
            op.execute(sa.update(person).where(person.c.id == id).values(username=new))


def _towns() -> None:
    meeting = sa.table("meeting", sa.column("id"), sa.column("city"), sa.column("places"))
    rows = op.get_bind().execute(sa.select(meeting.c.id, meeting.c.city, meeting.c.places)).all()
    for id, city, places in rows:
        # Former keys had a space for an apostrophe, which the town's own name still tells.
        former = " ".join(re.sub(r"[^\w\s]", " ", city.casefold()).split())
        found = []
        for one in places.split("|"):
            rest = one.removeprefix(former)
            is_city = former and one.startswith(former) and rest[:1] in ("", " ")
            found.append(place_name(city + rest if is_city else one))
        if (new := "|".join(found)) != places:
            op.execute(sa.update(meeting).where(meeting.c.id == id).values(places=new))


def downgrade() -> None:
    op.drop_table("tries")
    op.create_table(
        "tries",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_since"), "tries", ["since"])
    op.drop_column("person", "handed_out_since")
