"""An opinion that was withdrawn can be restored: a row of its own, like the withdrawal it undoes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retractions", sa.Column("restored", sa.Boolean, nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("retractions", "restored")
