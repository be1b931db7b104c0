"""a session's agenda: the order, minutes and own lines; what became of what was to be talked about"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("group_session_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("group_session_id", "topic_id", name="pk_agenda_item"),
        sa.ForeignKeyConstraint(
            ["group_session_id"], ["group_session.id"], ondelete="CASCADE",
            name="fk_agenda_item_group_session_id_group_session",
        ),
        sa.ForeignKeyConstraint(
            ["share_id"], ["share.id"], ondelete="CASCADE", name="fk_agenda_item_share_id_share"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], ondelete="CASCADE",
            name="fk_agenda_item_author_id_person",
        ),
    )  # fmt: skip
    op.create_index("ix_agenda_item_share_id", "agenda_item", ["share_id"])
    with op.batch_alter_table("share") as table:
        table.add_column(sa.Column("mark", sa.String(8), nullable=True))
        table.add_column(sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("marked_by_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("marked_for_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            "fk_share_marked_by_id_person", "person", ["marked_by_id"], ["id"], ondelete="SET NULL"
        )
        table.create_foreign_key(
            "fk_share_marked_for_id_group_session", "group_session", ["marked_for_id"], ["id"],
            ondelete="SET NULL",
        )  # fmt: skip


def downgrade() -> None:
    with op.batch_alter_table("share") as table:
        table.drop_constraint("fk_share_marked_for_id_group_session", type_="foreignkey")
        table.drop_constraint("fk_share_marked_by_id_person", type_="foreignkey")
        for name in ("marked_for_id", "marked_by_id", "marked_at", "mark"):
            table.drop_column(name)
    op.drop_table("agenda_item")
