"""who is in which group is found by both: for each shared entry of a huddle it is asked twice"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_membership_person_id_until_at", "membership")
    op.create_index(
        op.f("ix_membership_person_id_group_id"), "membership", ["person_id", "group_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_membership_person_id_group_id"), "membership")
    op.create_index("ix_membership_person_id_until_at", "membership", ["person_id", "until_at"])
