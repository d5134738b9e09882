"""The SQLite file behind the store: opened, migrated, read and written. Knows nothing of what the tables mean.

Every write is one transaction that takes SQLite's write lock at its start, so what is read inside it stays true until
it is committed; a commit returns when the data is on the disk (WAL, synchronous=FULL).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from lab.errors import StoreError

HEAD = "0003"  # the newest step in migrations/versions
PATIENCE = 30.0  # seconds that a write waits for another process's
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One file, any number of threads and processes."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)  # conversations are private
        except OSError as error:
            raise StoreError(f"cannot keep feedback in {file.parent}: {error.strerror}; choose another --home") from None
        url = URL.create("sqlite", database=str(file))
        self._engine = create_engine(url, connect_args={"timeout": PATIENCE}, pool_timeout=PATIENCE)
        event.listen(self._engine, "connect", _on_connect)
        event.listen(self._engine, "begin", _on_begin)
        self._writer = self._engine.execution_options(immediate=True)
        try:
            self._use_wal()
            self._migrate()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the file."""
        with self._errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside a transaction: committed at the end, undone when anything is raised."""
        with self._errors(), self._writer.begin() as connection:
            yield connection

    def rewrite(self, patience: float | None = None) -> None:
        """Writes the file anew from its rows, and cuts the log to nothing. Raises StoreError if a reader stays so many seconds.

        Deleted rows are overwritten where they lie (secure_delete). But where SQLite had moved rows between pages before, copies
        of them may stand in what a page does not use; those are only gone from a new file.
        """
        patience = PATIENCE if patience is None else patience
        until = time.monotonic() + patience
        self._alone("VACUUM", patience)
        while self._alone("PRAGMA wal_checkpoint(TRUNCATE)", patience)[0]:  # busy
            if time.monotonic() > until:
                raise StoreError(f"{self.file}: another process keeps reading it; stop that one and ask again")
            time.sleep(0.05)

    def _alone(self, command: str, patience: float) -> tuple[int, ...]:
        """Runs what needs a connection of its own, outside of a transaction; its row, if it has one."""
        connection = sqlite3.connect(self.file, timeout=patience, isolation_level=None)
        try:
            return connection.execute(command).fetchone() or ()
        except sqlite3.Error as error:
            raise StoreError(f"{self.file}: {error}; {_remedy(str(error))}") from None
        finally:
            connection.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error)
            raise StoreError(f"{self.file}: {reason}; {_remedy(reason)}") from error
        except UnicodeEncodeError as error:
            raise StoreError(f"text that is not valid Unicode cannot be kept ({error.reason}); mend it") from None

    def _use_wal(self) -> None:
        """Sets the file to WAL, which lasts. SQLite does not wait by itself when two processes do this at once."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                connection = sqlite3.connect(self.file, timeout=PATIENCE)
                try:
                    connection.execute("PRAGMA journal_mode=WAL").fetchall()
                    return
                finally:
                    connection.close()
            except sqlite3.Error as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise StoreError(f"{self.file}: {error}; {_remedy(str(error))}") from None
                time.sleep(0.05)

    def _migrate(self) -> None:
        with self.read() as connection:
            if _revision(connection) == HEAD:
                return
        from alembic import command  # only a file that is new or old needs it
        from alembic.config import Config

        with self.write() as connection:
            found = _revision(connection)
            if found is not None and found > HEAD:
                raise StoreError(f"{self.file} was written by a newer version of this program ({found} > {HEAD}); update it")
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _on_connect(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    connection.create_function("folded", 1, _folded, deterministic=True)  # SQLite itself ignores the case of ASCII alone
    for pragma in (f"busy_timeout={int(PATIENCE * 1000)}", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _folded(value: str | None) -> str:
    return (value or "").casefold()


def _on_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _remedy(reason: str) -> str:
    if "not a database" in reason or "malformed" in reason:
        return "put back a copy of the file, or move it away to start with an empty one"
    if "locked" in reason:
        return "another process has held it for too long; stop that one and try again"
    if "full" in reason:
        return "free some space and try again"
    return "check that the file and its folder can be written"
