"""what the last import of a list of meetings did, and lists that wait for a yes"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0068"
branch_labels = None
depends_on = None

COUNTS = ("new", "changed", "removed", "refused")


def upgrade() -> None:
    at = sa.DateTime(timezone=True)
    op.add_column("meeting_feed", sa.Column("tried_at", at, nullable=True))
    trouble = sa.Column("trouble", sa.String(500), nullable=False, server_default=sa.text("''"))
    op.add_column("meeting_feed", trouble)
    for name in COUNTS:
        count = sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
        op.add_column("meeting_feed", count)
    op.create_table(
        "meeting_list_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(2000), nullable=False),
        sa.Column("fellowship", sa.String(16), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("made_at", at, nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["meeting_feed.id"], ondelete="CASCADE",
            name=op.f("fk_meeting_list_draft_feed_id_meeting_feed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_list_draft")),
    )  # fmt: skip
    index = op.f("ix_meeting_list_draft_feed_id")
    op.create_index(index, "meeting_list_draft", ["feed_id"], unique=False)


def downgrade() -> None:
    op.drop_table("meeting_list_draft")
    for name in ("tried_at", "trouble", *COUNTS):
        op.drop_column("meeting_feed", name)
