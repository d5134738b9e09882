"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(64), unique=True),
    )
    op.create_table(
        "replies",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("conversation", sa.String(64), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("parent", sa.String(64), sa.ForeignKey("replies.id")),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("token_ids", sa.JSON, nullable=False),
        sa.Column("logprobs", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("sampling", sa.JSON(none_as_null=True)),
        sa.Column("seed", sa.Integer),
        sa.Column("finish", sa.String(16), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )
    op.create_index("replies_conversation", "replies", ["conversation"])
    op.create_index("replies_parent", "replies", ["parent"])
    op.create_table(
        "thumbs",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("reply", sa.String(64), sa.ForeignKey("replies.id"), nullable=False),
        sa.Column("value", sa.String(16), nullable=False),
        sa.Column("criterion", sa.String(16), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("rater", sa.String(80), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("origin", sa.String(64), unique=True),
    )
    op.create_index("thumbs_reply", "thumbs", ["reply", "rater", "criterion"])
    op.create_table(
        "votes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("a", sa.String(64), sa.ForeignKey("replies.id"), nullable=False),
        sa.Column("b", sa.String(64), sa.ForeignKey("replies.id"), nullable=False),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("shown", sa.String(2), nullable=False),
        sa.Column("criterion", sa.String(16), nullable=False),
        sa.Column("ms", sa.Integer),
        sa.Column("rater", sa.String(80), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("origin", sa.String(64), unique=True),
    )
    op.create_index("votes_a", "votes", ["a"])
    op.create_index("votes_b", "votes", ["b"])
    op.create_table(
        "corrections",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("reply", sa.String(64), sa.ForeignKey("replies.id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("criterion", sa.String(16), nullable=False),
        sa.Column("rater", sa.String(80), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("origin", sa.String(64), unique=True),
    )
    op.create_index("corrections_reply", "corrections", ["reply"])
    op.create_table(
        "retractions",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("opinion", sa.String(64), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )
    op.create_index("retractions_opinion", "retractions", ["opinion"])
    op.create_table(
        "jobs",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("algorithm", sa.String(16), nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("parent", sa.Integer, nullable=False),
        sa.Column("parent_hash", sa.Text, nullable=False),
        sa.Column("opinions", sa.JSON, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("publish", sa.String(16), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("heartbeat", sa.Float, nullable=False),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("jobs_state", "jobs", ["state"])
    op.create_index("jobs_version", "jobs", ["base", "version"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_table(
        "flags",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "reference_logprobs",
        sa.Column("base", sa.String(255), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("value", sa.Float, nullable=False),
    )


def downgrade() -> None:
    raise RuntimeError("there is nothing before the first tables")
