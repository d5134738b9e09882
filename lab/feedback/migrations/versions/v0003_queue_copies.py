"""A conversation that was made from another one's prompt remembers which: both are forgotten together."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # written out, because SQLite adds a column with its reference in one statement and Alembic would take two
    op.execute("ALTER TABLE conversations ADD COLUMN prompt_of VARCHAR(64) REFERENCES conversations (id)")
    op.create_index("conversations_prompt_of", "conversations", ["prompt_of"])


def downgrade() -> None:
    op.drop_index("conversations_prompt_of", "conversations")
    op.execute("ALTER TABLE conversations DROP COLUMN prompt_of")
