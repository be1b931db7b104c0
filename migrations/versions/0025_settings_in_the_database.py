"""what an administrator sets for the clinic, in one row that is made from the environment once"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    helps = (
        "emergency", "crisis_call", "crisis_text", "crisis_chat", "treatment", "treatment_name",
        "violence", "clinic", "clinic_hours",
    )  # fmt: skip
    op.create_table(
        "clinic_settings",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("changed_by_id", sa.Uuid()),
        sa.Column("clinic_name", sa.String(200), nullable=False),
        sa.Column("short_name", sa.String(12), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("week_hours_least", sa.Integer(), nullable=False),
        sa.Column("week_hours_most", sa.Integer(), nullable=False),
        *(sa.Column(f"help_{name}", sa.String(200), nullable=False) for name in helps),
        sa.PrimaryKeyConstraint("id", name="pk_clinic_settings"),
        sa.CheckConstraint("id = 1", name="ck_clinic_settings_one_row"),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], ondelete="SET NULL",
            name="fk_clinic_settings_changed_by_id_person",
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("clinic_settings")
