"""The outbox of the SII: what is to be sent to the books.

Revision ID: 0004_sii_outbox
"""

from alembic import op

from aeat_sii.sii import outbox
from reference_server import chain

revision = "0004_sii_outbox"
down_revision = "0003_as4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    outbox.create_tables(chain.raw(op.get_bind()))


def downgrade() -> None:
    """Drop the tables."""
    for name in outbox.TABLES:
        op.drop_table(name)
