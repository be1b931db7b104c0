"""groups run on time: dates, own days, attendance, cover, calendars"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holiday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("day", name=op.f("uq_holiday_day")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_calendar_feed_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_person_id"), ["person_id"], unique=False)

    op.create_table(
        "expectation",
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["person.id"],
            name=op.f("fk_expectation_changed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_expectation")),
    )
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("review_day", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sessions BETWEEN 1 AND 999", name=op.f("ck_authorisation_sessions")),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["person.id"],
            name=op.f("fk_authorisation_made_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_authorisation_membership_id_membership"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["person.id"],
            name=op.f("fk_authorisation_patient_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
    )
    with op.batch_alter_table("authorisation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_authorisation_membership_id"), ["membership_id"], unique=False
        )

    op.create_table(
        "own_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_own_days_weekdays")),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["person.id"],
            name=op.f("fk_own_days_made_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_own_days_membership_id_membership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_days")),
    )
    with op.batch_alter_table("own_days", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_own_days_membership_id"), ["membership_id"], unique=False
        )

    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_session_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("presence", sa.String(length=16), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_session.id"],
            name=op.f("fk_attendance_group_session_id_group_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"],
            ["person.id"],
            name=op.f("fk_attendance_marked_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["person.id"],
            name=op.f("fk_attendance_patient_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "group_session_id", "patient_id", name=op.f("uq_attendance_group_session_id_patient_id")
        ),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "heads_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_session_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("says", sa.String(length=8), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_session_id"],
            ["group_session.id"],
            name=op.f("fk_heads_up_group_session_id_group_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["person.id"],
            name=op.f("fk_heads_up_opened_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["person.id"],
            name=op.f("fk_heads_up_patient_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heads_up")),
        sa.UniqueConstraint(
            "group_session_id", "patient_id", name=op.f("uq_heads_up_group_session_id_patient_id")
        ),
    )
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("link", sa.String(length=500), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("bring", sa.String(length=500), server_default="", nullable=False)
        )

    with op.batch_alter_table("group_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pattern_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("week", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("moved_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("reason", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("holiday_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("topic", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("read_before", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("link", sa.String(length=500), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_group_session_group_id_starts_at"), type_="unique")
        batch_op.create_index(
            batch_op.f("ix_group_session_holiday_id"), ["holiday_id"], unique=False
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_group_session_pattern_id_week"), ["pattern_id", "week"]
        )
        batch_op.create_index(
            "uq_group_session_start",
            ["group_id", "starts_at"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_group_session_pattern_id_schedule_pattern"),
            "schedule_pattern",
            ["pattern_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_group_session_holiday_id_holiday"),
            "holiday",
            ["holiday_id"],
            ["id"],
            ondelete="SET NULL",
        )

    # The defaults were for rows that were there already; what is new is given by us.
    with op.batch_alter_table("group", schema=None) as batch_op:
        for name in ("link", "bring"):
            batch_op.alter_column(
                name,
                existing_type=sa.String(length=500),
                existing_nullable=False,
                server_default=None,
            )
    with op.batch_alter_table("group_session", schema=None) as batch_op:
        for name, kind in (
            ("reason", sa.String(length=200)),
            ("topic", sa.String(length=200)),
            ("read_before", sa.Text()),
            ("link", sa.String(length=500)),
            ("sequence", sa.Integer()),
        ):
            batch_op.alter_column(
                name, existing_type=kind, existing_nullable=False, server_default=None
            )

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("after_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_membership_after_id_membership"),
            "membership",
            ["after_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_membership_after_id_membership"), type_="foreignkey"
        )
        batch_op.drop_column("after_id")

    with op.batch_alter_table("group_session", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_group_session_holiday_id_holiday"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_group_session_pattern_id_schedule_pattern"), type_="foreignkey"
        )
        batch_op.drop_index(
            "uq_group_session_start",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_constraint(batch_op.f("uq_group_session_pattern_id_week"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_group_session_holiday_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_group_session_group_id_starts_at"), ["group_id", "starts_at"]
        )
        batch_op.drop_column("changed_at")
        batch_op.drop_column("sequence")
        batch_op.drop_column("link")
        batch_op.drop_column("read_before")
        batch_op.drop_column("topic")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("holiday_id")
        batch_op.drop_column("reason")
        batch_op.drop_column("moved_from")
        batch_op.drop_column("week")
        batch_op.drop_column("pattern_id")

    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.drop_column("bring")
        batch_op.drop_column("link")

    op.drop_table("heads_up")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_patient_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("own_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_own_days_membership_id"))

    op.drop_table("own_days")
    with op.batch_alter_table("authorisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authorisation_membership_id"))

    op.drop_table("authorisation")
    op.drop_table("expectation")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_person_id"))

    op.drop_table("calendar_feed")
    op.drop_table("holiday")
