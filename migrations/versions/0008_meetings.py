"""mutual-help meetings: feeds and what they list, favourites, sheets, how often somebody wants to go"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_rhythm",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_meeting_rhythm_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_meeting_rhythm")),
    )
    op.create_table(
        "meeting_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=False),
        sa.Column("fellowship", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_feed")),
        sa.UniqueConstraint("source", name=op.f("uq_meeting_feed_source")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("slug", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("fellowship", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("location", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("conference_url", sa.Text(), nullable=False),
        sa.Column("conference_phone", sa.String(length=64), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("types", sa.String(length=255), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("entity", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["meeting_feed.id"],
            name=op.f("fk_meeting_feed_id_meeting_feed"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(
            "ix_meeting_feed_id_generation", ["feed_id", "generation"], unique=False
        )
    op.create_table(
        "meeting_time",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("week_minute", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_time_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "week_minute", name=op.f("pk_meeting_time")),
    )
    op.create_table(
        "meeting_favourite",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_meeting_favourite_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_favourite")),
    )
    with op.batch_alter_table("meeting_favourite", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_favourite_person_id"), ["person_id"], unique=False
        )
    op.create_table(
        "meeting_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_meeting_sheet_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_sheet")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_meeting_sheet_code_hash")),
    )
    with op.batch_alter_table("meeting_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_sheet_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("meeting_sheet")
    op.drop_table("meeting_favourite")
    op.drop_table("meeting_time")
    op.drop_table("meeting")
    op.drop_table("meeting_feed")
    op.drop_table("meeting_rhythm")
