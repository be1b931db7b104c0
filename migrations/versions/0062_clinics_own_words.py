"""the clinic's address and paragraph in consents, its contact for push services, what it needn't"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TEXTS = {"clinic_address": 200, "push_contact": 200, "not_needed": 200, "consent_added": 2000}

EDITIONS = [
    ("clinic_settings", "consent_edition"),
    ("consent", "clinic_edition"),
    ("outside_consent", "clinic_edition"),
    ("permission", "clinic_edition"),
]


def upgrade() -> None:
    for name, most in TEXTS.items():
        op.add_column(
            "clinic_settings",
            sa.Column(name, sa.String(most), nullable=False, server_default=sa.text("''")),
        )
    for table, name in EDITIONS:
        op.add_column(
            table, sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("1"))
        )
    # What the environment said so far goes on; from here on the database is asked.
    if contact := current_app.extensions["settings"].push_contact:
        kept = sa.table("clinic_settings", sa.column("push_contact"), sa.column("version"))
        op.execute(kept.update().values(push_contact=contact, version=kept.c.version + 1))


def downgrade() -> None:
    for table, name in EDITIONS[::-1]:
        op.drop_column(table, name)
    for name in TEXTS:
        op.drop_column("clinic_settings", name)
