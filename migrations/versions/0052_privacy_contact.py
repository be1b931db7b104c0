"""with whom patients may talk about the privacy notice"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

NAMES = ("privacy_contact", "privacy_email")


def upgrade() -> None:
    for name in NAMES:
        op.add_column(
            "clinic_settings",
            sa.Column(name, sa.String(200), nullable=False, server_default=sa.text("''")),
        )


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("clinic_settings", name)
