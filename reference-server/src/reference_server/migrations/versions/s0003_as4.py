"""Documents that leave over AS4.

Revision ID: 0003_as4
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_as4"
down_revision = "0002_face"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "as4_sendings",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("company_id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(100), nullable=False),
        sa.Column("receiver", sa.String(200), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_as4_sendings"),
        sa.UniqueConstraint("message_id", name="uq_as4_sendings_message_id"),
    )
    op.create_index("ix_as4_sendings_company_id", "as4_sendings", ["company_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("as4_sendings")
