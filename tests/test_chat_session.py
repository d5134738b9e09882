"""What is said, kept: against the real store, the real registry and a real tiny model."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest

from lab.chat.engine import Engine
from lab.chat.session import Live, Session, title_of
from lab.errors import LabError, ModelError, StoreError, VersionError
from lab.feedback.store import Store
from lab.loop.trial import status
from lab.loop.worker import Worker
from lab.model import adapters
from lab.model.base import load_base
from lab.records import Job, Reply, Report, Sampling, new_id
from lab.registry.versions import Versions
from lab.settings import load_settings
from lab.ui.lab import Lab
from lab.ui.tabs import versions as versions_tab
from lab.ui.tabs.versions import VersionsHandlers
from tests.tiny import write_adapters

SAMPLING = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=12)


@dataclass
class Parts:
    session: Session
    store: Store
    engine: Engine
    versions: Versions


@pytest.fixture(scope="module")
def folders(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return write_adapters(tiny_model, tmp_path_factory.mktemp("adapters"), (1, 2))


@pytest.fixture
def parts(home: Path, tiny_model: Path, folders: dict[int, Path]) -> Iterator[Parts]:
    """A lab with versions 1 (live) and 2."""
    base = load_base(str(tiny_model), "none", "cpu")
    base.template.end_ids = frozenset()  # every reply grows to its full length, whatever the seed
    store, versions = Store(home / "feedback_data"), Versions(home / "adapters", base.id)
    for folder in folders.values():
        job = Job("dpo", base.id, 0, "", (), seed=1)
        shutil.copytree(folder, versions.staging(job.id), dirs_exist_ok=True)
        versions.add(versions.staging(job.id), job, Report("dpo", None, 0, 1, 1, {}, 1.0, 0.5, None, None, 0, 0.0, {}, 1.0, 1.0))
    versions.activate(1)
    engine = Engine(base, versions, store.signals.set_busy)
    yield Parts(Session(store, engine, load_settings(home)), store, engine, versions)
    store.close()


def said(
    parts: Parts, text: str = "hello there", conversation: str | None = None, parent: str | None = None,
    system: str | None = None, stop: threading.Event | None = None,
) -> Live:  # fmt: skip
    *_, last = parts.session.say(conversation, parent, text, SAMPLING, system, stop)
    return last


def until(lives: Iterator[Live], tokens: int) -> Live:
    """Runs a stream to the point where its first reply has this many tokens."""
    return next(live for live in lives if live.drafts and len(live.drafts[0].token_ids) == tokens)


# speaking


def test_a_reply_is_stored_with_all_that_made_it(parts: Parts) -> None:
    live = said(parts)
    (reply,), (draft,) = live.replies, live.drafts
    kept = parts.store.reply(reply.id)
    assert kept == reply
    assert (kept.role, kept.parent, kept.conversation) == ("assistant", live.user and live.user.id, live.conversation)
    assert (kept.token_ids, kept.logprobs, kept.text) == (draft.token_ids, draft.logprobs, draft.text)
    assert (kept.version, kept.base, kept.sampling) == (1, parts.engine.base_id, SAMPLING)
    assert kept.finish == "length"
    assert kept.seed is not None
    assert [turn.text for turn in parts.store.thread(reply.id)] == ["hello there", kept.text]
    (conversation,) = parts.store.conversations()
    assert (conversation.title, conversation.source, conversation.turns) == ("hello there", "chat", 2)


def test_the_user_s_turn_is_stored_before_the_model_speaks_and_replies_only_at_the_end(parts: Parts) -> None:
    running = parts.session.say(None, None, "hello there", SAMPLING)
    first = next(running)
    assert first.user is not None
    assert parts.store.reply(first.user.id).text == "hello there"
    assert first.drafts[0].token_ids == ()
    lives = [first, *running]
    assert all(live.replies == [] for live in lives[:-1])
    assert len(lives[-1].replies) == 1
    assert len(parts.store.replies(first.conversation)) == 2


def test_a_reply_can_be_rated_the_moment_it_is_seen_to_have_ended(parts: Parts) -> None:
    """Replies are stored before the last item, so no click can come before its reply."""
    for live in parts.session.say(None, None, "hello there", SAMPLING):
        if live.drafts[0].finish:
            (reply,) = live.replies
            parts.session.thumb(reply.id, "up")
    assert [thumb.reply for thumb in parts.store.thumbs()] == [reply.id]


def test_a_conversation_goes_on_with_its_system_prompt_and_its_history(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    stream = parts.engine.stream

    def listening(turns: Any, stop: threading.Event) -> Any:
        asked.append(turns[0].messages)
        return stream(turns, stop)

    monkeypatch.setattr(parts.engine, "stream", listening)
    first = said(parts, "hello", system="be kind")
    second = said(parts, "how are you?", first.conversation, first.replies[0].id, system="be rude")
    reply = first.replies[0].text
    assert [m["content"] for m in asked[0]] == ["be kind", "hello"]
    assert [m["content"] for m in asked[1]] == ["be kind", "hello", reply, "how are you?"]
    roles = ["system", "user", "assistant", "user"]
    assert [m["role"] for m in asked[1]] == roles
    assert [turn.role for turn in parts.store.thread(second.replies[0].id)] == [*roles, "assistant"]


def test_settings_fill_in_what_is_not_given(parts: Parts, home: Path) -> None:
    (home / "lab.toml").write_text('system_prompt = "be brief"\nrater = "ann"\n[sampling]\nmax_new_tokens = 3\n')
    session = Session(parts.store, parts.engine, load_settings(home))
    *_, live = session.say(None, None, "hello")
    assert parts.store.thread(live.replies[0].id)[0].text == "be brief"
    assert len(live.replies[0].token_ids) <= 3
    assert session.thumb(live.replies[0].id, "up").rater == "ann"


def test_regenerate_answers_the_same_turn_again(parts: Parts) -> None:
    first = said(parts)
    *_, again = parts.session.regenerate(first.replies[0].id, replace(SAMPLING, temperature=1.3))
    assert again.user is None
    assert again.replies[0].parent == first.replies[0].parent
    assert again.replies[0].seed != first.replies[0].seed
    assert len(parts.store.replies(first.conversation)) == 3


def test_compare_draws_two_versions_for_one_turn(parts: Parts) -> None:
    *_, live = parts.session.compare(None, None, "hello there", SAMPLING, (0, 2))
    a, b = live.replies
    assert (a.version, b.version) == (0, 2)
    assert a.parent == b.parent == (live.user and live.user.id)
    assert a.seed != b.seed
    parts.session.vote(a.id, b.id, "b", "ba", ms=1200)
    (vote,) = parts.store.votes()
    assert (vote.a, vote.b, vote.choice, vote.shown, vote.ms) == (a.id, b.id, "b", "ba", 1200)
    assert parts.store.conversations()[0].source == "compare"


# what goes on while a reply grows


def test_a_swap_under_a_streaming_reply(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, by the registry: the stored reply has the tokens it would have had, the next is the new version's."""
    monkeypatch.setattr("lab.chat.session.secrets.randbelow", lambda top: 1)
    undisturbed = said(parts).replies[0]
    running = parts.session.say(None, None, "hello there", SAMPLING)
    until(running, 3)
    parts.engine.use_adapter(parts.versions.activate(2).version)
    *_, last = running
    kept = parts.store.reply(last.replies[0].id)
    assert kept.version == 1
    assert (kept.token_ids, kept.logprobs, kept.finish) == (undisturbed.token_ids, undisturbed.logprobs, undisturbed.finish)
    after = said(parts).replies[0]
    assert after.version == 2
    assert after.token_ids != undisturbed.token_ids


def test_a_damaged_version_is_refused_and_the_chat_goes_on(parts: Parts) -> None:
    folder = parts.versions.get(2).folder
    assert folder is not None
    weights = folder / "adapter_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(VersionError):
        parts.engine.use_adapter(2)
    assert said(parts).replies[0].version == 1


def test_a_stopped_reply_keeps_its_tokens(parts: Parts) -> None:
    stop = threading.Event()
    running = parts.session.say(None, None, "hello there", SAMPLING, stop=stop)
    seen = until(running, 4)
    stop.set()
    *_, last = running
    kept = parts.store.reply(last.replies[0].id)
    assert kept.finish == "stopped"
    assert (kept.token_ids, kept.logprobs) == (seen.drafts[0].token_ids, seen.drafts[0].logprobs)
    assert len(kept.logprobs) == 4


def test_a_closed_page_leaves_what_was_drawn(parts: Parts) -> None:
    running = parts.session.compare(None, None, "hello there", SAMPLING)
    seen = until(running, 4)
    running.close()
    kept = [turn for turn in parts.store.replies(seen.conversation) if turn.role == "assistant"]
    assert [turn.token_ids for turn in kept] == [draft.token_ids for draft in seen.drafts]
    assert [turn.finish for turn in kept] == ["stopped", "stopped"]


def test_nothing_drawn_is_no_reply(parts: Parts) -> None:
    running = parts.session.say(None, None, "hello there", SAMPLING)
    closed = next(running)
    running.close()
    stop = threading.Event()
    stop.set()
    stopped = said(parts, stop=stop)
    assert stopped.replies == []
    for live in (closed, stopped):
        assert [turn.role for turn in parts.store.replies(live.conversation)] == ["user"]
    assert closed.user is not None
    *_, answered = parts.session.regenerate(closed.user.id, SAMPLING)
    assert answered.replies[0].parent == closed.user.id


def test_an_error_is_never_a_reply(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="too long"):
        said(parts, "dog " * 600)

    def broken(*_: Any) -> None:
        raise RuntimeError("out of memory")

    running = parts.session.say(None, None, "hello there", SAMPLING)
    until(running, 3)
    monkeypatch.setattr("lab.model.generate.forward", broken)
    with pytest.raises(RuntimeError, match="out of memory"):
        list(running)
    roles = [turn.role for each in parts.store.conversations() for turn in parts.store.replies(each.id)]
    assert roles == ["user", "user"]
    monkeypatch.undo()
    assert said(parts).replies


def test_two_conversations_stream_at_once(parts: Parts) -> None:
    """One is in mid-reply while the other is asked, answered and stored."""
    slow = parts.session.say(None, None, "hello there", SAMPLING)
    until(slow, 2)
    done: list[Live] = []
    other = threading.Thread(target=lambda: done.append(said(parts, "how are you?")))
    other.start()
    other.join(60)
    assert parts.store.reply(done[0].replies[0].id).text == done[0].replies[0].text
    *_, last = slow
    assert len(last.replies[0].token_ids) > 2
    assert last.conversation != done[0].conversation


# opinions


def test_opinions_reach_the_store(parts: Parts) -> None:
    live = said(parts)
    reply = live.replies[0].id
    parts.session.thumb(reply, "down", "ann", ["wrong"], "no", "safe")
    (thumb,) = parts.store.thumbs()
    assert (thumb.value, thumb.rater, thumb.reasons, thumb.comment, thumb.criterion) == ("down", "ann", ("wrong",), "no", "safe")
    parts.session.thumb(reply, "cleared", "ann", criterion="safe")
    assert parts.store.thumbs() == []
    parts.session.correct(reply, "a better reply", "bob")
    (correction,) = parts.store.corrections()
    assert (correction.reply, correction.text, correction.rater) == (reply, "a better reply", "bob")
    parts.session.take_back(correction.id)
    assert parts.store.corrections() == []


REFUSED: dict[str, Callable[[Session, Live, Live], Any]] = {
    "the message is empty": lambda s, one, two: list(s.say(None, None, " \n")),
    "there is no reply 'nobody'": lambda s, one, two: s.thumb("nobody", "up"),
    "only the assistant's replies": lambda s, one, two: s.thumb(one.user.id, "up") if one.user else None,
    "do not answer the same turn": lambda s, one, two: s.vote(one.replies[0].id, two.replies[0].id, "a"),
    "the correction is the reply itself": lambda s, one, two: s.correct(one.replies[0].id, one.replies[0].text),
    "is not in conversation": lambda s, one, two: list(s.say(one.conversation, two.replies[0].id, "hi")),
    "no conversation 'nowhere'": lambda s, one, two: list(s.say("nowhere", None, "hi")),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_does_not_fit_is_refused_in_a_line_and_leaves_nothing(parts: Parts, reason: str) -> None:
    one, two = said(parts), said(parts)
    with pytest.raises(StoreError, match=reason) as caught:
        REFUSED[reason](parts.session, one, two)
    assert isinstance(caught.value, LabError)
    assert "\n" not in str(caught.value)
    assert [conversation.turns for conversation in parts.store.conversations()] == [2, 2]
    assert not [*parts.store.thumbs(), *parts.store.votes(), *parts.store.corrections()]


def test_a_first_message_names_its_conversation() -> None:
    assert title_of("  hello\n there ") == "hello there"
    long = title_of("word " * 40)
    assert len(long) <= 60
    assert long.endswith("word…")


# the trial


def test_on_trial_a_version_answers_its_share_and_the_proven_one_the_rest(parts: Parts) -> None:
    assert parts.engine.trial() is None
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    assert parts.engine.trial() == (2, 1)
    assert {said(parts).replies[0].version for _ in range(8)} == {2}, "all of them, unless asked otherwise"
    parts.engine._share = 0.5
    spoken = [said(parts).replies[0] for _ in range(24)]
    versions = [reply.version for reply in spoken]
    assert set(versions) == {1, 2} and 4 <= versions.count(1) <= 20
    again = [parts.engine._speaker(reply.seed or 0) or 2 for reply in spoken]
    assert again == versions, "the seed decides"


def test_now_and_then_a_turn_on_trial_is_a_blind_pair(parts: Parts) -> None:
    parts.session._chance = iter([0.1, 0.1, 0.9]).__next__
    assert parts.session.pair_due() is None, "there is no trial"
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    assert parts.session.pair_due() == (2, 1)
    assert parts.session.pair_due() is None, "only a part of the turns"


def test_blind_pairs_come_as_often_as_asked_without_a_trial_too(parts: Parts) -> None:
    parts.session._chance = iter([0.4, 0.6, 0.4, 0.6]).__next__
    assert parts.session.pair_due(0.5) == (None, None), "two samples of the live version"
    assert parts.session.pair_due(0.5) is None
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    assert parts.session.pair_due(0.5) == (2, 1), "more than the trial's own share"
    assert parts.session.pair_due(0.5) is None


def test_a_blind_pair_in_a_chat_is_evidence_and_its_conversation_a_chat(parts: Parts) -> None:
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    *_, last = parts.session.pair(None, None, "hello", (2, 1), SAMPLING)
    a, b = last.replies
    assert (a.version, b.version, a.parent) == (2, 1, b.parent)
    assert [each.source for each in parts.store.conversations()] == ["chat"]
    parts.session.vote(a.id, b.id, "a")
    assert status(parts.store, parts.versions).wins == 1  # type: ignore[union-attr]


def test_a_reply_drawn_again_is_no_evidence_and_a_blind_pair_is(parts: Parts) -> None:
    """Whoever draws again did not like the first reply: the second wins more often than not, whoever spoke."""
    old = said(parts)
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    *_, new = parts.session.regenerate(old.replies[0].id, SAMPLING)
    assert (old.replies[0].version, new.replies[0].version) == (1, 2)
    parts.session.vote(old.replies[0].id, new.replies[0].id, "b", "ab")
    assert status(parts.store, parts.versions).evidence == {  # type: ignore[union-attr]
        "wins": 0, "losses": 0, "ties": 0, "own_wins": 0, "own_losses": 0,
        "better": 1.0, "worse": 1.0, "line_better": 1.0, "line_worse": 1.0,
    }  # fmt: skip
    *_, pair = parts.session.compare(old.conversation, new.replies[0].id, "and now?", SAMPLING, (2, 1))
    assert pair.conversation == old.conversation and [reply.version for reply in pair.replies] == [2, 1]
    parts.session.vote(pair.replies[0].id, pair.replies[1].id, "a", "ba")
    found = status(parts.store, parts.versions)
    assert found is not None and (found.wins, found.losses) == (1, 0)


@pytest.mark.parametrize("way", ["the button", "a command beside the chat", "the votes"])
def test_a_rollback_under_a_streaming_reply_loses_nothing(parts: Parts, way: str) -> None:
    """The reply that grows is the old version's to its end, kept with its tokens, and can be rated; the next is the other's."""
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    settings = load_settings(parts.store.folder.parent)
    parts = replace(parts, session=Session(parts.store, parts.engine, settings, seeds=lambda: 7))
    worker = Worker(parts.store, parts.versions, settings, lambda made: parts.engine.use_adapter(made.version), [])
    queue, facts = cast(Any, None), cast(Any, None)
    lab = Lab(settings, parts.store, parts.versions, parts.session, parts.engine, worker, queue, facts)
    alone = said(parts).replies[0]
    running = parts.session.say(None, None, "hello there", SAMPLING)
    before = until(running, 5)
    if way == "the button":
        with gr.Blocks():
            VersionsHandlers(lab, versions_tab.build()).rollback(None)
    elif way == "a command beside the chat":
        Versions(parts.versions.folder.parent, parts.versions.base).rollback()
        worker.tick()
    else:
        for _ in range(12):
            a, b = pair_of(parts)
            parts.session.vote(a.id, b.id, "b")
        worker.tick()
    assert (parts.versions.live(), parts.engine.live) == (1, 1)
    *_, last = running
    (reply,) = last.replies
    assert len(before.drafts[0].token_ids) == 5 and reply.token_ids == alone.token_ids and reply.finish == alone.finish
    assert parts.store.reply(reply.id) == reply and reply.version == 2
    parts.session.thumb(reply.id, "up")
    assert [thumb.reply for thumb in parts.store.thumbs()] == [reply.id]
    after = said(parts, "and now?", last.conversation, reply.id).replies[0]
    assert after.version == 1 and [turn.role for turn in parts.store.thread(after.id)] == ["user", "assistant"] * 2


def pair_of(parts: Parts) -> tuple[Reply, Reply]:
    """Kept as a blind comparison of versions 2 and 1 keeps its replies, without drawing them."""
    conversation = parts.store.start_conversation("hello", "compare")
    user = Reply(new_id(), conversation, None, "user", "hello")
    a = Reply(new_id(), conversation, user.id, "assistant", "by two", (1,), (-1.0,), 2, parts.versions.base)
    b = replace(a, id=new_id(), text="by one", version=1)
    for reply in (user, a, b):
        parts.store.add_reply(reply)
    return a, b


def test_the_proven_version_stays_loaded_while_it_is_asked_again_and_again(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    load = adapters.load
    monkeypatch.setattr(adapters, "load", lambda base, folder, name: (loads.append(name), load(base, folder, name))[1])
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    parts.engine._share = 0.5
    spoken = {said(parts).replies[0].version for _ in range(12)}
    assert spoken == {1, 2} and loads.count("v1") <= 1 and loads.count("v2") == 1
    parts.versions.end_trial(2, True, "liked", {})
    assert {said(parts).replies[0].version for _ in range(6)} == {2} and parts.engine._loaded == {2}


def test_a_version_taken_back_under_its_own_reply_loses_nothing(parts: Parts) -> None:
    parts.versions.start_trial(2, "sound", "passed")
    parts.engine.use_adapter(2)
    speaking = parts.session.say(None, None, "hello there", SAMPLING)
    until(speaking, 3)
    began = time.thread_time()
    parts.versions.end_trial(2, False, "disliked", {})
    parts.engine.use_adapter(parts.versions.live())
    assert time.thread_time() - began < 1.0
    *_, last = speaking
    (reply,) = last.replies
    assert reply.version == 2 and len(reply.token_ids) == SAMPLING.max_new_tokens and parts.store.reply(reply.id) == reply
    assert said(parts).replies[0].version == 1
