"""a second factor for staff: the app, codes on paper, and from when on one is needed"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authenticator",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            ondelete="CASCADE",
            name="fk_authenticator_person_id_person",
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_authenticator"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.String(4), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            ondelete="CASCADE",
            name="fk_recovery_code_person_id_person",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["person.id"],
            ondelete="SET NULL",
            name="fk_recovery_code_made_by_id_person",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("public", name="uq_recovery_code_public"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])
    at = sa.DateTime(timezone=True)
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("second_at", at, nullable=True))
    with op.batch_alter_table("clinic_settings") as table:
        table.add_column(sa.Column("second_factor_from", at, nullable=True))
    # A clinic whose row isn't there yet gets the date with it (`settings.first`). Processes read
    # the row anew when its version is another one.
    settings = sa.table(
        "clinic_settings", sa.column("second_factor_from", at), sa.column("version")
    )
    op.execute(
        settings.update().values(
            second_factor_from=datetime.now(UTC) + timedelta(days=14),
            version=settings.c.version + 1,
        )
    )


def downgrade() -> None:
    with op.batch_alter_table("clinic_settings") as table:
        table.drop_column("second_factor_from")
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("second_at")
    op.drop_table("recovery_code")
    op.drop_table("authenticator")
