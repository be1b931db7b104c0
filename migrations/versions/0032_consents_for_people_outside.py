"""consents for people outside the program, and what was given out under them"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text_version", sa.String(16), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outside_consent"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE",
            name="fk_outside_consent_person_id_person",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_outside_consent_person_id_signed_at", "outside_consent", ["person_id", "signed_at"]
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_disclosure"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name="fk_disclosure_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["outside_consent.id"], ondelete="CASCADE",
            name="fk_disclosure_consent_id_outside_consent",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], ondelete="SET NULL", name="fk_disclosure_by_id_person"
        ),
    )  # fmt: skip
    op.create_index(
        "ix_disclosure_person_id_recorded_at", "disclosure", ["person_id", "recorded_at"]
    )


def downgrade() -> None:
    op.drop_table("disclosure")
    op.drop_table("outside_consent")
