"""indexes for what grows: years of shares, of answers to phones, and of what was said ahead"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

ASKS = sa.text("asks_about IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_share_entry_id", "share", ["entry_id"])
    op.create_index("ix_share_author_id_closes_at", "share", ["author_id", "closes_at"])
    op.drop_index("ix_share_author_id", "share")
    op.create_index("ix_heads_up_patient_id", "heads_up", ["patient_id"])
    op.create_index(
        "ix_answer_person_id_asks",
        "answer",
        ["person_id"],
        sqlite_where=ASKS,
        postgresql_where=ASKS,
    )


def downgrade() -> None:
    op.drop_index("ix_answer_person_id_asks", "answer")
    op.drop_index("ix_heads_up_patient_id", "heads_up")
    op.create_index("ix_share_author_id", "share", ["author_id"])
    op.drop_index("ix_share_author_id_closes_at", "share")
    op.drop_index("ix_share_entry_id", "share")
