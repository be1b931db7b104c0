"""who was added to a group and says yes; moves that were read; how somebody came, and how often"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as table:
        table.add_column(
            sa.Column("needs_yes", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("added_by_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            "fk_membership_added_by_id_person", "person", ["added_by_id"], ["id"],
            ondelete="SET NULL",
        )  # fmt: skip
    op.create_table(
        "level_of_care",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_level_of_care"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], ondelete="CASCADE",
            name="fk_level_of_care_membership_id_membership",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_level_of_care_person_id_person",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], ondelete="SET NULL",
            name="fk_level_of_care_made_by_id_person",
        ),
    )  # fmt: skip
    op.create_index("ix_level_of_care_membership_id", "level_of_care", ["membership_id"])
    op.create_index("ix_level_of_care_person_id", "level_of_care", ["person_id"])


def downgrade() -> None:
    op.drop_table("level_of_care")
    with op.batch_alter_table("membership") as table:
        table.drop_constraint("fk_membership_added_by_id_person", type_="foreignkey")
        for name in ("seen_at", "added_by_id", "needs_yes"):
            table.drop_column(name)
