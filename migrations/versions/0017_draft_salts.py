"""a salt for each sign-in that still counts: with the server's secret it seals drafts on its phone"""

import os

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("draft_salt", sa.LargeBinary(length=16), nullable=True))
    sign_in = sa.table("sign_in", sa.column("id"), sa.column("draft_salt"), sa.column("ended_at"))
    database = op.get_bind()
    for id in database.scalars(sa.select(sign_in.c.id).where(sign_in.c.ended_at.is_(None))).all():
        database.execute(
            sa.update(sign_in).where(sign_in.c.id == id).values(draft_salt=os.urandom(16))
        )


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as batch:
        batch.drop_column("draft_salt")
