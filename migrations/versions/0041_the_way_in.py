"""the way in: individual groups have no typed name"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("group") as table:
        table.alter_column("name", existing_type=sa.String(80), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE \"group\" SET name = 'Individual ' || id WHERE name IS NULL")
    with op.batch_alter_table("group") as table:
        table.alter_column("name", existing_type=sa.String(80), nullable=False)
