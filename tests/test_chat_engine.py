"""Replies on their way: pinned to a version, in turn with others, stopped, swapped under, fitted to the context."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
import torch

from lab.chat.engine import Draft, Engine, Turn, fitted
from lab.chat.turnstile import Turnstile
from lab.errors import ModelError, VersionError
from lab.model import adapters
from lab.model.base import Base, load_base
from lab.records import AdapterVersion, Message, Sampling
from tests.tiny import write_adapters

SAMPLING = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=16)


@dataclass
class FakeVersions:
    """A registry of folders that does not look into them."""

    base: str
    folders: dict[int, Path] = field(default_factory=dict)
    current: int = 0

    def live(self) -> int:
        return self.current

    def get(self, version: int, verify: bool = False) -> AdapterVersion:
        if version not in self.folders:
            raise VersionError(f"there is no version {version}; see `versions`")
        return AdapterVersion(version, self.base, 0, "candidate", "dpo", 0.0, folder=self.folders[version])


@pytest.fixture(scope="module")
def folders(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return write_adapters(tiny_model, tmp_path_factory.mktemp("adapters"))


@pytest.fixture
def base(tiny_model: Path) -> Base:
    return load_base(str(tiny_model), "none", "cpu")


@pytest.fixture
def make(tiny_model: Path, folders: dict[int, Path]) -> Callable[..., Engine]:
    """Engines, each on a base of its own, since an engine rules what its base holds."""

    def make(live: int = 0, busy: Callable[[float], None] = lambda until: None) -> Engine:
        base = load_base(str(tiny_model), "none", "cpu")
        base.template.end_ids = frozenset()  # every reply grows to its full length, whatever the seed
        return Engine(base, cast(Any, FakeVersions(base.id, dict(folders), live)), busy)

    return make


def held(engine: Engine) -> set[str]:
    """Adapters in memory."""
    return set(adapters.names(engine._base))


def turn(text: str = "hello there", seed: int = 1, version: int | None = None, tokens: int = 16) -> Turn:
    message = Message(role="user", content=text)
    return Turn((message,), replace(SAMPLING, max_new_tokens=tokens), seed, version)


def whole(engine: Engine, *turns: Turn) -> list[Draft]:
    *_, last = engine.stream(turns or (turn(),), threading.Event())
    return last


def growing(engine: Engine, *turns: Turn, stop: threading.Event | None = None) -> Iterator[list[Draft]]:
    return engine.stream(turns or (turn(),), stop or threading.Event())


# one stream


def test_a_reply_grows_token_by_token_to_its_end(make: Callable[..., Engine]) -> None:
    seen = [drafts[0] for drafts in growing(make(), turn(tokens=5))]
    assert [len(d.token_ids) for d in seen] == [0, 1, 2, 3, 4, 5]
    assert [d.finish for d in seen] == [None] * 5 + ["length"]
    for before, after in pairwise(seen):
        assert after.token_ids[:-1] == before.token_ids
        assert after.logprobs[:-1] == before.logprobs
        assert after.text.startswith(before.text)


def test_half_a_character_is_never_shown(make: Callable[..., Engine], base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of é and of an emoji come as two and four tokens; a plain decode showed � until the last of them."""
    ids = base.template.encode_reply("é🙂x")[:-1]
    assert len(ids) == 7
    engine = make()
    draws = iter(ids)
    monkeypatch.setattr("lab.model.generate.draw", lambda logits, *_: torch.tensor([next(draws)]))
    texts = [drafts[0].text for drafts in growing(engine, turn(tokens=7))]
    assert texts == ["", "", "é", "é", "é", "é", "é🙂", "é🙂x"]


def test_stop_keeps_the_tokens_drawn_and_draws_no_more(make: Callable[..., Engine]) -> None:
    engine, stop = make(), threading.Event()
    uninterrupted = whole(engine)[0]
    running = growing(engine, stop=stop)
    for drafts in running:
        if len(drafts[0].token_ids) == 4:
            stop.set()
    assert drafts[0].finish == "stopped"
    assert drafts[0].token_ids == uninterrupted.token_ids[:4]
    assert drafts[0].logprobs == uninterrupted.logprobs[:4]
    assert drafts[0].text


def test_stop_leaves_a_finished_neighbour_as_it_ended(make: Callable[..., Engine]) -> None:
    stop = threading.Event()
    for drafts in growing(make(), turn(tokens=2), turn(tokens=16), stop=stop):
        if len(drafts[1].token_ids) == 4:
            stop.set()
    assert [d.finish for d in drafts] == ["length", "stopped"]
    assert [len(d.token_ids) for d in drafts] == [2, 4]


def test_the_trainer_is_told_before_the_first_token_and_with_every_one(make: Callable[..., Engine]) -> None:
    told: list[float] = []
    running = growing(make(busy=told.append), turn(tokens=3))
    next(running)
    assert told == []  # pinned, nothing drawn
    list(running)
    assert len(told) == 4
    assert all(time.time() - 30 < until <= time.time() + 1 for until in told)


# versions


def test_the_live_version_speaks_from_the_start(make: Callable[..., Engine]) -> None:
    bare, tuned = whole(make(0))[0], whole(make(1))[0]
    assert (bare.version, tuned.version) == (0, 1)
    assert bare.token_ids != tuned.token_ids


def test_a_swap_under_a_streaming_reply(make: Callable[..., Engine]) -> None:
    """The reply in flight finishes on its version with exactly the tokens it would have had; the next is on the new."""
    engine = make(1)
    undisturbed, drafts = whole(engine)[0], []
    for drafts in growing(engine):
        if len(drafts[0].token_ids) == 5:
            engine.use_adapter(2)
            assert engine.live == 2
    assert drafts[0] == undisturbed
    assert drafts[0].version == 1
    after = whole(engine)[0]
    assert after.version == 2
    assert after.token_ids != undisturbed.token_ids
    assert after == whole(make(2))[0]


@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 0)])
def test_a_swap_to_and_from_the_bare_base(make: Callable[..., Engine], before: int, after: int) -> None:
    """The first adapter wraps the model and the last one unwraps it, under a reply that goes on."""
    engine = make(before)
    undisturbed = whole(engine)[0]
    for drafts in growing(engine):
        if len(drafts[0].token_ids) == 5:
            engine.use_adapter(after)
    assert drafts[0] == undisturbed
    assert whole(engine)[0].version == after


def test_a_version_is_pinned_before_anything_is_drawn(make: Callable[..., Engine]) -> None:
    engine = make(1)
    running = growing(engine)
    assert next(running)[0].version == 1
    engine.use_adapter(2)
    assert list(running)[-1][0] == whole(make(1))[0]


def test_an_old_adapter_leaves_memory_when_its_last_reply_ends(make: Callable[..., Engine]) -> None:
    engine = make(1)
    one, two = growing(engine), growing(engine)
    next(one), next(two)
    engine.use_adapter(2)
    assert held(engine) == {"v1", "v2"}
    list(one)
    assert held(engine) == {"v1", "v2"}
    list(two)
    assert held(engine) == {"v2"}
    engine.use_adapter(0)
    assert held(engine) == set()


def test_a_closed_and_a_forgotten_stream_let_their_version_go(make: Callable[..., Engine]) -> None:
    engine = make(1)
    closed, forgotten = (engine.stream([turn()], threading.Event()) for _ in range(2))
    next(closed), next(forgotten)
    engine.use_adapter(2)
    closed.close()
    assert held(engine) == {"v1", "v2"}
    del forgotten
    gc.collect()
    assert held(engine) == {"v2"}


def test_what_is_drawn_ahead_is_no_use_of_the_engine_and_holds_no_trainer_up(make: Callable[..., Engine]) -> None:
    told: list[float] = []
    engine = make(busy=told.append)
    ahead = engine.stream([turn()], threading.Event(), ahead=True)
    next(ahead), next(ahead)
    assert not engine.in_use and told == []
    awaited = engine.stream([turn()], threading.Event())
    next(awaited), next(awaited)
    assert engine.in_use and told
    awaited.close()
    assert not engine.in_use
    assert list(ahead)[-1][0].finish == "length"


def test_a_stream_that_ends_inside_another_s_turn_waits_for_nothing(make: Callable[..., Engine]) -> None:
    """The garbage collector may end a forgotten stream in the very thread that holds the model: waiting was a deadlock."""
    engine = make(1)
    forgotten = engine.stream([turn()], threading.Event())
    next(forgotten)
    engine.use_adapter(2)
    with engine._turnstile:
        forgotten.close()
    assert held(engine) == {"v1", "v2"}
    whole(engine)
    assert held(engine) == {"v2"}


def test_two_versions_speak_in_one_batch_as_each_does_alone(make: Callable[..., Engine]) -> None:
    engine = make(1)
    left, right = whole(engine, turn(version=0, seed=3), turn(version=2, seed=4))
    assert (left.version, right.version) == (0, 2)
    assert left.token_ids == whole(make(0), turn(seed=3))[0].token_ids
    assert right.token_ids == whole(make(2), turn(seed=4))[0].token_ids
    assert held(engine) <= {"v1", "v2"}


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_live(
    make: Callable[..., Engine], tmp_path: Path
) -> None:
    engine = make(1)
    before = whole(engine)
    with pytest.raises(VersionError, match="no version 9"):
        engine.use_adapter(9)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "adapter_model.safetensors").write_bytes(b"no")
    cast(FakeVersions, engine._versions).folders[4] = broken
    with pytest.raises(VersionError, match="does not load"):
        engine.use_adapter(4)
    with pytest.raises(VersionError, match="does not load"):
        whole(engine, turn(version=3), turn(version=4))
    assert engine.live == 1
    assert held(engine) == {"v1"}
    assert whole(engine) == before


# several streams


def test_two_streams_draw_in_turn_and_each_what_it_draws_alone(make: Callable[..., Engine]) -> None:
    engine = make(1)
    asked = [turn("hello there", 1, version=1, tokens=30), turn("how are you today?", 2, version=2, tokens=30)]
    alone = [whole(engine, each)[0] for each in asked]
    order: list[int] = []
    results: list[Draft | None] = [None, None]
    start = threading.Barrier(2)

    def run(k: int) -> None:
        start.wait()
        for drafts in growing(engine, asked[k]):
            order.append(k)
            results[k] = drafts[0]

    threads = [threading.Thread(target=run, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == alone
    assert 10 <= order[:30].count(0) <= 20  # half way through, both are about half way


def test_a_swap_waits_for_no_reply_to_end(make: Callable[..., Engine]) -> None:
    engine = make(0)
    running = growing(engine, turn(tokens=100))
    next(running), next(running)
    swap = threading.Thread(target=engine.use_adapter, args=(1,))
    swap.start()
    swap.join(30)
    assert engine.live == 1
    assert not next(running)[0].finish


def test_the_turnstile_lets_in_by_order_of_arrival() -> None:
    turnstile, order = Turnstile(), []

    def enter(k: int) -> None:
        with turnstile:
            order.append(k)

    threads = []
    with turnstile:
        assert not turnstile.enter_if_free()
        for k in range(5):
            threads.append(threading.Thread(target=enter, args=(k,)))
            threads[-1].start()
            while len(turnstile._queue) <= k:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert order == [0, 1, 2, 3, 4]
    assert turnstile.enter_if_free()
    turnstile.leave()
    assert turnstile.enter_if_free()


# fitting


def talk(*contents: str) -> tuple[Message, ...]:
    roles = ["system"] + ["user", "assistant"] * len(contents)
    return tuple(Message(role=role, content=text) for role, text in zip(roles, contents, strict=False))


def test_the_oldest_exchanges_go_first_and_the_system_prompt_never(base: Base) -> None:
    messages = talk("be kind", "one " * 20, "two " * 20, "three " * 20, "four " * 20, "five")
    everything = base.template.encode_prompt(messages)
    assert fitted(base.template, messages, len(everything)) == everything
    without_one = base.template.encode_prompt([messages[0], *messages[3:]])
    assert fitted(base.template, messages, len(everything) - 1) == without_one
    least = base.template.encode_prompt([messages[0], messages[-1]])
    assert fitted(base.template, messages, len(least)) == least
    with pytest.raises(ModelError, match=rf"too long: {len(least)} tokens .* takes {len(least) - 1} "):
        fitted(base.template, messages, len(least) - 1)


def test_a_long_conversation_still_gets_its_whole_reply(make: Callable[..., Engine]) -> None:
    words = "tell me a story " * 20
    messages = (*[Message(role=r, content=words) for r in ("user", "assistant") * 10], Message(role="user", content="yes"))
    engine = make()
    draft = whole(engine, Turn(messages, replace(SAMPLING, max_new_tokens=5000), seed=1))[0]
    assert len(draft.token_ids) == engine._base.context // 2


def test_a_message_that_is_too_long_says_so_and_lets_go(make: Callable[..., Engine]) -> None:
    engine = make(1)
    with pytest.raises(ModelError, match="the message is too long"):
        whole(engine, turn("dog " * 600))
    engine.use_adapter(0)
    assert held(engine) == set()
