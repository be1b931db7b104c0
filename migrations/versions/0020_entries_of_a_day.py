"""how much somebody wrote within a day is counted at each save, so it is found by an index"""

from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_entry_author_id_created_at"), "entry", ["author_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_entry_author_id_created_at", "entry")
