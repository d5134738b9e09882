"""What chat and trainer share, as rows: leases, flags, the base's log-probs, measured once. The caller opens the connection."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from lab.feedback import tables
from lab.feedback.conversations import chunks


def take_lease(connection: Connection, name: str, holder: str, seconds: float) -> bool:
    """Takes a free or expired lease, or renews the holder's own; False while another holds it."""
    if lease_holder(connection, name) not in (None, holder):
        return False
    row = {"holder": holder, "expires": time.time() + seconds}
    connection.execute(insert(tables.leases).values(name=name, **row).on_conflict_do_update(index_elements=["name"], set_=row))
    return True


def release_lease(connection: Connection, name: str, holder: str) -> None:
    connection.execute(delete(tables.leases).where(tables.leases.c.name == name, tables.leases.c.holder == holder))


def lease_holder(connection: Connection, name: str) -> str | None:
    table = tables.leases
    return connection.execute(select(table.c.holder).where(table.c.name == name, table.c.expires > time.time())).scalar()


def set_flag(connection: Connection, name: str, value: str | None) -> None:
    if value is None:
        connection.execute(delete(tables.flags).where(tables.flags.c.name == name))
        return
    row = {"value": value}
    connection.execute(insert(tables.flags).values(name=name, **row).on_conflict_do_update(index_elements=["name"], set_=row))


def flag(connection: Connection, name: str) -> str | None:
    return connection.execute(select(tables.flags.c.value).where(tables.flags.c.name == name)).scalar()


def reference_logprobs(connection: Connection, base: str, keys: Sequence[str]) -> dict[str, float]:
    table = tables.reference_logprobs
    found: dict[str, float] = {}
    for some in chunks(keys):
        query = select(table.c.key, table.c.value).where(table.c.base == base, table.c.key.in_(some))
        found |= {row.key: row.value for row in connection.execute(query)}
    return found


def keep_reference_logprobs(connection: Connection, base: str, values: Mapping[str, float]) -> None:
    if values:
        statement = insert(tables.reference_logprobs)
        statement = statement.on_conflict_do_update(index_elements=["base", "key"], set_={"value": statement.excluded.value})
        connection.execute(statement, [{"base": base, "key": key, "value": value} for key, value in values.items()])
