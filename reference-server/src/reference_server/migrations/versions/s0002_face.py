"""What was handed to FACe.

Revision ID: 0002_face
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_face"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "face_submissions",
        sa.Column("invoice_id", sa.String(36), nullable=False),
        sa.Column("company_id", sa.String(36), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("registry_code", sa.String(60), nullable=True),
        sa.Column("processing", sa.String(10), nullable=True),
        sa.Column("cancellation", sa.String(10), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("invoice_id", name="pk_face_submissions"),
    )
    op.create_index("ix_face_submissions_company_id", "face_submissions", ["company_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("face_submissions")
