"""The store: everything a user can lose, in one SQLite file that any number of threads and processes may open at once.

What was acknowledged survives `kill -9`. Replies and opinions are added and never changed; jobs, leases and flags are
the only rows that move. The store knows nothing of models, prompts or training: examples.py makes those of its records.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.feedback import browse, bundles, conversations, jobs, listing, opinions, purge, queued, shared
from lab.feedback.browse import IMPORTED, Detail, Filter, Row, Values
from lab.feedback.bundles import Bundle
from lab.feedback.database import Database
from lab.feedback.opinions import Opinion
from lab.feedback.purge import Purgeable
from lab.feedback.signals import Signals
from lab.records import Conversation, Correction, Job, Reply, Thumb, Vote, new_id

FILE = "lab.db"


class Store:
    """Every method, and every one of `signals`, is one transaction. Raises StoreError for what cannot be kept or found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database = Database(folder / FILE)
        self.signals = Signals(self._database)

    def close(self) -> None:
        self._database.close()

    # conversations and replies

    def start_conversation(self, title: str, source: str = "chat") -> str:
        conversation = Conversation(new_id(), title, time.time(), source)
        with self._database.write() as connection:
            conversations.add_conversations(connection, [(conversation, None)])
        return conversation.id

    def rename_conversation(self, conversation: str, title: str) -> None:
        with self._database.write() as connection:
            conversations.rename(connection, conversation, title)

    def conversations(self, limit: int = 100, source: str | None = None) -> list[Conversation]:
        """Newest first, with their number of turns; of one source, or of all."""
        with self._database.read() as connection:
            return conversations.newest(connection, limit, source)

    def chats(self, limit: int = 100, words: str = "") -> list[Conversation]:
        """One's own, newest first, without those out of sight; with `words`, those that hold them, wherever they are."""
        with self._database.read() as connection:
            return listing.chats(connection, limit, words)

    def hide_chat(self, conversation: str, out_of_sight: bool = True) -> None:
        """Takes a conversation out of the list, or puts it back. It is kept, and what was said of it still teaches."""
        with self._database.write() as connection:
            listing.hide(connection, conversation, out_of_sight)

    def is_hidden(self, conversation: str) -> bool:
        with self._database.read() as connection:
            return listing.is_hidden(connection, conversation)

    def add_reply(self, reply: Reply) -> None:
        with self._database.write() as connection:
            conversations.add_reply(connection, reply)

    def reply(self, reply_id: str) -> Reply:
        with self._database.read() as connection:
            return conversations.reply(connection, reply_id)

    def thread(self, reply_id: str) -> list[Reply]:
        """The turns from the first to this reply."""
        with self._database.read() as connection:
            return conversations.thread(connection, reply_id)

    def replies(self, conversation: str) -> list[Reply]:
        """All turns of a conversation, all branches, in the order they were stored."""
        with self._database.read() as connection:
            return conversations.replies(connection, conversation)

    def spoken(self, ids: Iterable[str]) -> dict[str, Reply]:
        """These replies by id, without their tokens: what looking at many texts takes. Those that are gone are left out."""
        with self._database.read() as connection:
            return conversations.without_tokens(connection, ids)

    def replies_with_ancestors(self, ids: Iterable[str]) -> dict[str, Reply]:
        """These replies and every turn before them, by id: what many threads are made of, read at once."""
        with self._database.read() as connection:
            return conversations.with_ancestors(connection, ids)

    def imported_turns(self) -> list[str]:
        """Ids of the assistant's turns in imported chats that were not taken back."""
        with self._database.read() as connection:
            gone = opinions.all_withdrawn(connection)
            return [each for each in conversations.assistant_turns(connection, IMPORTED) if each not in gone]

    # pairs drawn ahead

    def add_queued(self, conversation: Conversation, turns: Sequence[Reply]) -> bool:
        """A pair drawn ahead, whole or not at all. False, and nothing kept, when what its prompt came from was forgotten."""
        with self._database.write() as connection:
            return queued.add(connection, conversation, turns)

    def own_prompts(self, limit: int = 500) -> list[tuple[str, str]]:
        """(conversation, first message) of what people typed themselves, newest first."""
        with self._database.read() as connection:
            return queued.own_prompts(connection, limit)

    def unrated_pairs(self, base: str, limit: int = 200) -> list[tuple[Reply, Reply, Reply]]:
        """(prompt, a, b) of the pairs that this base drew ahead and that no vote counts for, newest first."""
        with self._database.read() as connection:
            return queued.unrated(connection, base, limit)

    def used_prompts(self) -> list[str]:
        """The prompts of everything that was drawn ahead so far."""
        with self._database.read() as connection:
            return queued.used_prompts(connection)

    # opinions

    def add_opinion(self, opinion: Opinion) -> None:
        with self._database.write() as connection:
            opinions.add(connection, opinion)

    def withdraw(self, opinion: str) -> None:
        """Takes an opinion, or an imported turn that is imitated, out of all that is read from now on; it is kept."""
        with self._database.write() as connection:
            opinions.withdraw(connection, opinion)

    def restore(self, opinion: str) -> None:
        """Undoes `withdraw`."""
        with self._database.write() as connection:
            opinions.withdraw(connection, opinion, restored=True)

    def thumbs(self) -> list[Thumb]:
        """The newest of every rater, reply and criterion, oldest first; neither cleared nor taken back."""
        with self._database.read() as connection:
            return opinions.thumbs(connection)

    def votes(self) -> list[Vote]:
        """The newest of every rater, two replies (either way round) and criterion, oldest first; not taken back."""
        with self._database.read() as connection:
            return opinions.votes(connection)

    def every_vote(self) -> list[Vote]:
        """Those that newer ones replaced too, oldest first; not taken back."""
        with self._database.read() as connection:
            return opinions.every_vote(connection)

    def blind_votes(self) -> list[Vote]:
        """The first on every two replies, on all in all, oldest first: who is who is told then. None where it was taken back."""
        with self._database.read() as connection:
            return opinions.blind_votes(connection)

    def corrections(self) -> list[Correction]:
        """The newest of every rater, reply and criterion, oldest first; not taken back."""
        with self._database.read() as connection:
            return opinions.corrections(connection)

    def thumb_of(self, reply: str, rater: str, criterion: str = "overall") -> str | None:
        """'up' or 'down', or None for no thumb, a cleared one, or one taken back."""
        with self._database.read() as connection:
            return opinions.thumb_of_reply(connection, reply, rater, criterion)

    def browse(self, wanted: Filter, start: int = 0) -> tuple[list[Row], int]:
        """(a page of opinions, newest first; how many there are in all)."""
        with self._database.read() as connection:
            return browse.page(connection, wanted, start)

    def detail(self, opinion: str) -> Detail:
        with self._database.read() as connection:
            return browse.detail(connection, opinion)

    def filter_values(self) -> Values:
        """The raters, choices and versions that opinions can be filtered by."""
        with self._database.read() as connection:
            return browse.values(connection)

    def opinions_of(self, reply: str) -> list[Opinion]:
        """The thumbs and corrections of one reply that count, oldest first of each kind; cleared thumbs are left out."""
        with self._database.read() as connection:
            return opinions.of_reply(connection, reply)

    def opinions_mark(self) -> tuple[int, ...]:
        """Differs from an earlier one when an opinion or imported chat came, was taken back or forgotten: cheap to ask often."""
        with self._database.read() as connection:
            return *opinions.mark(connection), purge.count(connection)

    def add_bundles(self, imported: Sequence[Bundle]) -> list[int]:
        """Imported rows, all in one transaction. Says for each how many of its opinions (or its chat) were new.

        What is here already, by its id or by its origin, is left out, and a row that brings nothing new leaves no trace.
        """
        with self._database.write() as connection:
            return bundles.add(connection, imported)

    def would_add(self, imported: Sequence[Bundle], seen: set[str]) -> list[int]:
        """What `add_bundles` would say, with nothing written; `seen` carries what came earlier in the same file."""
        with self._database.read() as connection:
            return bundles.would_add(connection, imported, seen)

    # forgetting

    def purgeable(self, conversation: str = "", rater: str = "") -> Purgeable:
        """What would go with a conversation, or with a rater."""
        with self._database.read() as connection:
            return purge.of_conversation(connection, conversation) if conversation else purge.of_rater(connection, rater)

    def purge(self, what: Purgeable, is_gone: Callable[[str], bool] = lambda worker: False) -> None:
        """Deletes it for good; after `finish_purge` neither the file nor its log holds a word of it.

        Raises BusyError, and deletes nothing, while a job runs whose worker is not gone.
        """
        with self._database.write() as connection:
            purge.purge(connection, what, is_gone)

    def unfinished(self) -> Purgeable | None:
        """What was purged last, where something of it is still to be done: `finish_purge` says that it is."""
        with self._database.read() as connection:
            return purge.unfinished(connection)

    def finish_purge(self, patience: float | None = None) -> None:
        """Writes the file anew without it, once all that knew of it outside is gone. Raises StoreError if a reader stays."""
        self._database.rewrite(patience)
        with self._database.write() as connection:
            purge.finish(connection)

    def purges(self) -> int:
        """How many there were: who reads notes it first, and can tell at the end whether something is gone since."""
        with self._database.read() as connection:
            return purge.count(connection)

    @contextmanager
    def between_purges(self) -> Iterator[int]:
        """How many there were; inside, there is none. For something short: nobody else writes meanwhile."""
        with self._database.write() as connection:
            yield purge.count(connection)

    # jobs

    def add_job(self, job: Job) -> None:
        with self._database.write() as connection:
            jobs.add(connection, job)

    def job(self, job_id: str) -> Job:
        with self._database.read() as connection:
            return jobs.get(connection, job_id)

    def jobs(self, limit: int = 50, base: str | None = None) -> list[Job]:
        """Newest first; of one base, or of all."""
        with self._database.read() as connection:
            return jobs.newest(connection, limit, base)

    def claim_job(self, worker: str, base: str) -> Job | None:
        """The oldest queued job of this base, now running and this worker's alone; None when there is none."""
        with self._database.write() as connection:
            return jobs.claim(connection, worker, base)

    def heartbeat(self, job_id: str, progress: dict) -> bool:
        """Keeps a running job alive and its progress visible. False, and nothing written, when it does not run any more."""
        with self._database.write() as connection:
            return jobs.heartbeat(connection, job_id, progress)

    def finish_job(self, job_id: str, version: int) -> None:
        with self._database.write() as connection:
            jobs.finish(connection, job_id, version)

    def fail_job(self, job_id: str, error: str) -> None:
        """Leaves a job that is done as it is."""
        with self._database.write() as connection:
            jobs.fail(connection, job_id, error)

    def end_waiting(self, ids: Collection[str], is_gone: Callable[[str], bool], error: str) -> None:
        """Fails those of the jobs that are queued, or whose worker is gone; one that runs goes on."""
        with self._database.write() as connection:
            jobs.end_waiting(connection, ids, is_gone, error)

    def requeue_job(self, job_id: str, crashed: bool = False) -> None:
        """Hands a running or failed job back to the queue; leaves any other as it is. Unless its trainer crashed, the
        attempt is given back: a lab that is closed and opened again must not use up a round's attempts."""
        with self._database.write() as connection:
            jobs.requeue(connection, job_id, crashed)

    def stale_jobs(self, silent_seconds: float) -> list[Job]:
        """Running jobs without a heartbeat for this long."""
        with self._database.read() as connection:
            return jobs.stale(connection, silent_seconds)

    def learned(self, rounds: Iterable[str], base: str) -> set[str]:
        """Ids of the opinions that these rounds of this base were given."""
        with self._database.read() as connection:
            return jobs.learned(connection, rounds, base)

    # what was measured once

    def reference_logprobs(self, base: str, keys: Sequence[str]) -> dict[str, float]:
        """Those of the keys that are known for this base: sums of log-probs, nats."""
        with self._database.read() as connection:
            return shared.reference_logprobs(connection, base, keys)

    def keep_reference_logprobs(self, base: str, values: Mapping[str, float]) -> None:
        with self._database.write() as connection:
            shared.keep_reference_logprobs(connection, base, values)
