"""Jobs as rows: queued, claimed by one trainer, kept alive by heartbeats, ended. The caller holds the transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from lab.errors import StoreError
from lab.feedback import tables
from lab.records import Job

TABLE = tables.jobs
COLUMNS = [column for column in TABLE.columns if column.name != "seq"]


def add(connection: Connection, job: Job) -> None:
    if connection.execute(select(TABLE.c.id).where(TABLE.c.id == job.id)).first():
        raise StoreError(f"job {job.id!r} is stored already")
    row = {column.name: getattr(job, column.name) for column in COLUMNS}
    connection.execute(insert(TABLE), row | {"opinions": list(job.opinions)})


def get(connection: Connection, job_id: str) -> Job:
    found = connection.execute(select(*COLUMNS).where(TABLE.c.id == job_id)).mappings().first()
    if found is None:
        raise StoreError(f"there is no job {job_id!r}")
    return job_of(found)


def newest(connection: Connection, limit: int, base: str | None) -> list[Job]:
    query = select(*COLUMNS) if base is None else select(*COLUMNS).where(TABLE.c.base == base)
    return [job_of(row) for row in connection.execute(query.order_by(TABLE.c.seq.desc()).limit(limit)).mappings()]


def claim(connection: Connection, worker: str, base: str) -> Job | None:
    """The write lock is held from the transaction's start, so no second trainer can read the same job as queued."""
    waiting = select(TABLE.c.id).where(TABLE.c.state == "queued", TABLE.c.base == base)
    oldest = connection.execute(waiting.order_by(TABLE.c.seq)).scalar()
    if oldest is None:
        return None
    values = {"state": "running", "worker": worker, "heartbeat": time.time(), "attempts": TABLE.c.attempts + 1}
    connection.execute(update(TABLE).where(TABLE.c.id == oldest).values(**values))
    return get(connection, oldest)


def heartbeat(connection: Connection, job_id: str, progress: dict) -> bool:
    """Whether the job still runs; one that was handed back or failed meanwhile is left as it is."""
    return _change(connection, TABLE.c.id == job_id, TABLE.c.state == "running", heartbeat=time.time(), progress=progress)


def finish(connection: Connection, job_id: str, version: int) -> None:
    """From any state: a version that was made exists, even if its trainer was thought dead while it slept."""
    if not _change(connection, TABLE.c.id == job_id, state="done", version=version, error="", heartbeat=time.time()):
        raise StoreError(f"there is no job {job_id!r}")


def fail(connection: Connection, job_id: str, error: str) -> None:
    get(connection, job_id)
    _change(connection, TABLE.c.id == job_id, TABLE.c.state != "done", state="failed", error=error)


def end_waiting(connection: Connection, ids: Collection[str], is_gone: Callable[[str], bool], error: str) -> None:
    """Fails those of the jobs that nobody works on: what is queued, or was left by a worker that is gone."""
    found = connection.execute(select(TABLE.c.id, TABLE.c.state, TABLE.c.worker).where(TABLE.c.state.in_(("queued", "running"))))
    for job, state, worker in found.all():
        if job in ids and (state == "queued" or is_gone(worker)):
            fail(connection, job, error)


def workers(connection: Connection) -> list[str]:
    """Of the jobs that run, of any base."""
    return list(connection.execute(select(TABLE.c.worker).where(TABLE.c.state == "running")).scalars())


def requeue(connection: Connection, job_id: str, crashed: bool) -> None:
    """Hands a running or failed job back; only what crashed was an attempt."""
    get(connection, job_id)
    values = {"state": "queued", "worker": "", "error": "", "attempts": TABLE.c.attempts if crashed else TABLE.c.attempts - 1}
    _change(connection, TABLE.c.id == job_id, TABLE.c.state.in_(("running", "failed")), **values)


def stale(connection: Connection, silent_seconds: float) -> list[Job]:
    query = select(*COLUMNS).where(TABLE.c.state == "running", TABLE.c.heartbeat < time.time() - silent_seconds)
    return [job_of(row) for row in connection.execute(query.order_by(TABLE.c.seq)).mappings()]


def learned(connection: Connection, jobs: Iterable[str], base: str) -> set[str]:
    query = select(TABLE.c.opinions).where(TABLE.c.base == base, TABLE.c.id.in_(list(jobs)))
    return {opinion for opinions in connection.execute(query).scalars() for opinion in opinions}


def job_of(row: RowMapping) -> Job:
    found = dict(row)
    return Job(**(found | {"opinions": tuple(found["opinions"])}))


def _change(connection: Connection, *where: ColumnElement[bool], **values: Any) -> bool:
    return connection.execute(update(TABLE).where(*where).values(**values)).rowcount > 0
