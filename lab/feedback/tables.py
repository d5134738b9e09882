"""The tables of the store as this version of the code sees them. How they came to be is told in migrations/.

`seq` counts rows in the order they were written, so "newest" never depends on a clock. Opinions are append-only.
`origin` names the content an imported row came from; the same content is never imported twice.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()

conversations = Table(
    "conversations", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("source", String(32), nullable=False),
    Column("origin", String(64), unique=True),
    Column("prompt_of", String(64), ForeignKey("conversations.id")),
    Index("conversations_prompt_of", "prompt_of"),
)  # fmt: skip

replies = Table(
    "replies", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("conversation", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("parent", String(64), ForeignKey("replies.id")),
    Column("role", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("token_ids", JSON, nullable=False),
    Column("logprobs", JSON, nullable=False),
    Column("version", Integer),
    Column("base", Text, nullable=False),
    Column("sampling", JSON(none_as_null=True)),
    Column("seed", Integer),
    Column("finish", String(16), nullable=False),
    Column("time", Float, nullable=False),
    Index("replies_conversation", "conversation"),
    Index("replies_parent", "parent"),
)  # fmt: skip

thumbs = Table(
    "thumbs", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("reply", String(64), ForeignKey("replies.id"), nullable=False),
    Column("value", String(16), nullable=False),
    Column("criterion", String(16), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("rater", String(80), nullable=False),
    Column("time", Float, nullable=False),
    Column("origin", String(64), unique=True),
    Index("thumbs_reply", "reply", "rater", "criterion"),
)  # fmt: skip

votes = Table(
    "votes", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("a", String(64), ForeignKey("replies.id"), nullable=False),
    Column("b", String(64), ForeignKey("replies.id"), nullable=False),
    Column("choice", String(16), nullable=False),
    Column("shown", String(2), nullable=False),
    Column("criterion", String(16), nullable=False),
    Column("ms", Integer),
    Column("rater", String(80), nullable=False),
    Column("time", Float, nullable=False),
    Column("origin", String(64), unique=True),
    Index("votes_a", "a"),
    Index("votes_b", "b"),
)  # fmt: skip

corrections = Table(
    "corrections", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("reply", String(64), ForeignKey("replies.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("criterion", String(16), nullable=False),
    Column("rater", String(80), nullable=False),
    Column("time", Float, nullable=False),
    Column("origin", String(64), unique=True),
    Index("corrections_reply", "reply"),
)  # fmt: skip

retractions = Table(
    "retractions", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("opinion", String(64), nullable=False),
    Column("time", Float, nullable=False),
    Column("restored", Boolean, nullable=False, server_default=text("0")),
    Index("retractions_opinion", "opinion"),
)  # fmt: skip

jobs = Table(
    "jobs", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("algorithm", String(16), nullable=False),
    Column("base", Text, nullable=False),
    Column("parent", Integer, nullable=False),
    Column("parent_hash", Text, nullable=False),
    Column("opinions", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("publish", String(16), nullable=False),
    Column("created", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("heartbeat", Float, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("version", Integer),
    Column("error", Text, nullable=False),
    Index("jobs_state", "state"),
    Index("jobs_version", "base", "version"),
)  # fmt: skip

leases = Table(
    "leases", metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires", Float, nullable=False),
)  # fmt: skip

flags = Table(
    "flags", metadata,
    Column("name", String(128), primary_key=True),
    Column("value", Text, nullable=False),
)  # fmt: skip

reference_logprobs = Table(
    "reference_logprobs", metadata,
    Column("base", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("value", Float, nullable=False),
)  # fmt: skip
