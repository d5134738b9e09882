"""The shapes of exchanged rows (TRL's vocabulary), checked and turned into records. Knows no files and no store.

pairs `prompt, chosen, rejected` · votes `prompt, response_a, response_b, choice` (or `votes`, one choice a rater) ·
thumbs `prompt, completion, label` · corrections `prompt, completion, better` · chats `messages` · prompts `prompt`.
A prompt is a list of messages or text, a reply one assistant message or text; `rater` and `criterion` are optional.
What an export adds (`opinion`, `conversation`, `time`, ...) is taken back; other keys are left alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lab.feedback.browse import IMPORTED
from lab.feedback.bundles import Bundle
from lab.feedback.opinions import Opinion
from lab.records import CHOICES, CRITERIA, Choice, Conversation, Correction, Message, Reply, Thumb, Vote, new_id

ROLES = ("system", "user", "assistant")
OWN_ID = re.compile(r"[0-9a-f]{28}")  # ids of this program; other files' "opinion" keys are not taken for ids
LONGEST_RATER = 80
LONGEST_TITLE = 60

Row = Mapping[str, Any]


class Refused(Exception):
    """A row that cannot be used; the message says why, and is shown behind the row's line number."""


@dataclass(frozen=True)
class Parsed:
    """A row as the store takes it; `kind` is pairs, votes, thumbs, corrections or chats."""

    kind: str
    bundle: Bundle


def parse(row: object, rater: str) -> Parsed:
    """One imported row; opinions without a rater get this one. Raises Refused."""
    found = checked(row)
    for kind, (keys, make) in SHAPES.items():
        if all(key in found for key in keys):
            return Parsed(kind, make(found, _rater(found, rater)))
    known = "; ".join(f"{kind}: {', '.join(keys)}" for kind, (keys, _) in SHAPES.items())
    raise Refused(f"no known shape with the keys {', '.join(sorted(found)) or '(none)'}; needs one of {known}")


def checked(row: object) -> Row:
    """The row as an object without its null values. Raises Refused for anything else and for broken text.

    What JSON does not know, the dates of a table for one, is no fault as long as no shape asks for it.
    """
    if not isinstance(row, Mapping):
        raise Refused(f"a row must be an object, not {_kind_of(row)}")
    try:
        json.dumps(row, ensure_ascii=False, default=str).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Refused(f"holds what cannot be kept as text ({type(error).__name__})") from None
    return {str(key): value for key, value in row.items() if value is not None}


def prompt_of(value: object) -> tuple[Message, ...]:
    """A prompt: text, or messages that end with the user's. Raises Refused."""
    messages = (Message(role="user", content=value),) if isinstance(value, str) else _messages(value, "prompt")
    if messages[-1]["role"] != "user" or not messages[-1]["content"].strip():
        raise Refused("the prompt must end with words of the user")
    return messages


def reply_of(row: Row, key: str) -> str:
    """A reply: text, or one message of the assistant. Raises Refused."""
    value = row[key]
    if isinstance(value, str):
        return value
    messages = _messages(value, key)
    if len(messages) != 1 or messages[0]["role"] != "assistant":
        raise Refused(f"{key} must be one assistant message, not {', '.join(m['role'] for m in messages)}")
    return messages[0]["content"]


def pair_of(row: Row) -> tuple[tuple[Message, ...], str, str]:
    """Prompt, chosen and rejected of a pairs row. Raises Refused."""
    missing = [key for key in SHAPES["pairs"][0] if key not in row]
    if missing:
        raise Refused(f"not a pairs row: {', '.join(missing)} missing")
    prompt, chosen, rejected = prompt_of(row["prompt"]), reply_of(row, "chosen"), reply_of(row, "rejected")
    if chosen == rejected:
        raise Refused("chosen and rejected are the same text")
    return prompt, chosen, rejected


def criterion_of(row: Row) -> Any:
    return _one_of(row, "criterion", CRITERIA) if "criterion" in row else "overall"


def _pairs(row: Row, rater: str) -> Bundle:
    prompt, chosen, rejected = pair_of(row)
    return _voted(row, prompt, chosen, rejected, [(rater, "a")])


def _votes(row: Row, rater: str) -> Bundle:
    prompt, first, second = prompt_of(row["prompt"]), reply_of(row, "response_a"), reply_of(row, "response_b")
    if ("choice" in row) == ("votes" in row):
        raise Refused("a votes row needs either choice or votes")
    if "choice" in row:
        return _voted(row, prompt, first, second, [(rater, _one_of(row, "choice", CHOICES))])
    choices = row["votes"]
    if not isinstance(choices, list) or not choices:
        raise Refused(f"votes must be a list of choices, not {choices!r:.80}")
    each = [_one_of({"votes": choice}, "votes", CHOICES) for choice in choices]
    return _voted(row, prompt, first, second, [(f"rater-{number}", choice) for number, choice in enumerate(each, 1)])


def _voted(row: Row, prompt: tuple[Message, ...], a: str, b: str, votes: list[tuple[str, Choice]]) -> Bundle:
    talk = _Talk(row, prompt)
    replies = talk.answer(a), talk.answer(b)
    opinions: list[tuple[Opinion, str]] = []
    for rater, choice in votes:
        known = {"id": _id(row, "opinion")} if len(votes) == 1 else {}
        vote = Vote(
            replies[0], replies[1], choice, shown=_one_of(row, "shown", ("ab", "ba")) if "shown" in row else "ab",
            criterion=criterion_of(row), ms=_milliseconds(row), rater=rater, time=_time(row), **known,
        )  # fmt: skip
        # the same content has the same origin whichever reply came first, as a pair or as a vote
        sides = sorted([a, b]) if choice in ("tie", "both_bad") else [a, b] if choice == "a" else [b, a]
        told = "first" if choice in ("a", "b") else choice
        opinions.append((vote, origin_of("vote", vote.criterion, rater, prompt, sides, told)))
    return talk.bundle(opinions)


def _thumbs(row: Row, rater: str) -> Bundle:
    prompt, completion, label = prompt_of(row["prompt"]), reply_of(row, "completion"), row["label"]
    if not isinstance(label, bool):
        raise Refused(f"label must be true or false, not {label!r:.80}")
    reasons, comment = row.get("reasons", []), row.get("comment", "")
    if not isinstance(comment, str) or not isinstance(reasons, list) or not all(isinstance(reason, str) for reason in reasons):
        raise Refused("reasons must be a list of words and comment must be text")
    talk = _Talk(row, prompt)
    thumb = Thumb(
        talk.answer(completion), "up" if label else "down", criterion_of(row), tuple(reasons), comment, rater,
        _id(row, "opinion"), _time(row),
    )  # fmt: skip
    return talk.bundle([(thumb, origin_of("thumb", thumb.criterion, rater, prompt, completion, label))])


def _corrections(row: Row, rater: str) -> Bundle:
    prompt, completion, better = prompt_of(row["prompt"]), reply_of(row, "completion"), reply_of(row, "better")
    if not better.strip():
        raise Refused("better is empty; it must hold the reply that was wanted")
    talk = _Talk(row, prompt)
    correction = Correction(talk.answer(completion), better, criterion_of(row), rater, _id(row, "opinion"), _time(row))
    return talk.bundle([(correction, origin_of("correction", correction.criterion, rater, prompt, completion, better))])


def _chats(row: Row, rater: str) -> Bundle:
    messages = _messages(row["messages"], "messages")
    roles = [message["role"] for message in messages]
    if "user" not in roles or "assistant" not in roles[roles.index("user") :]:
        raise Refused("a chat needs words of the user and an answer of the assistant")
    talk = _Talk(row, messages, _id(row, "conversation"))
    return Bundle(talk.conversation, tuple(talk.replies), origin=origin_of("chat", messages))


SHAPES: dict[str, tuple[tuple[str, ...], Callable[[Row, str], Bundle]]] = {
    "pairs": (("prompt", "chosen", "rejected"), _pairs),
    "votes": (("prompt", "response_a", "response_b"), _votes),
    "corrections": (("prompt", "completion", "better"), _corrections),
    "thumbs": (("prompt", "completion", "label"), _thumbs),
    "chats": (("messages",), _chats),
}


class _Talk:
    """A new conversation that holds these turns, and the answers given to the last of them."""

    def __init__(self, row: Row, messages: tuple[Message, ...], conversation: str = "") -> None:
        words = next(message["content"] for message in messages if message["role"] == "user").split()
        title = row["title"] if isinstance(row.get("title"), str) else " ".join(words)
        created = _time(row)
        self.conversation = Conversation(conversation or new_id(), title[:LONGEST_TITLE], created, IMPORTED)
        self.replies: list[Reply] = []
        parent = None
        for message in messages:
            reply = Reply(new_id(), self.conversation.id, parent, message["role"], message["content"], time=created)  # type: ignore[arg-type]
            self.replies.append(reply)
            parent = reply.id
        self._last = parent

    def answer(self, text: str) -> str:
        reply = Reply(new_id(), self.conversation.id, self._last, "assistant", text, time=self.conversation.created)
        self.replies.append(reply)
        return reply.id

    def bundle(self, opinions: list[tuple[Opinion, str]]) -> Bundle:
        return Bundle(self.conversation, tuple(self.replies), tuple(opinions))


def origin_of(*content: object) -> str:
    """Names a content: the same words, rater and verdict give the same name in every file."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _messages(value: object, key: str) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise Refused(f"{key} must be text or a list of messages, not {_kind_of(value)}")
    made = []
    for message in value:
        if not isinstance(message, Mapping) or not isinstance(message.get("content"), str):
            raise Refused(f"{key} holds a message without text: {message!r:.80}")
        if message.get("role") not in ROLES:
            raise Refused(f"{key} has the role {message.get('role')!r:.80}; use one of {', '.join(ROLES)}")
        made.append(Message(role=message["role"], content=message["content"]))
    if any(message["role"] == "system" for message in made[1:]):
        raise Refused(f"{key} has a system message that is not the first")
    return tuple(made)


def _one_of(row: Row, key: str, allowed: tuple[Any, ...]) -> Any:
    if row[key] not in allowed:
        raise Refused(f"{key} is {row[key]!r:.80}; use one of {', '.join(allowed)}")
    return row[key]


def _rater(row: Row, default: str) -> str:
    rater = row.get("rater", default)
    if not isinstance(rater, str) or not rater.strip() or len(rater) > LONGEST_RATER:
        raise Refused(f"rater must be a name of 1 to {LONGEST_RATER} characters, not {rater!r:.100}")
    return rater


def _id(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) and OWN_ID.fullmatch(value) else new_id()


def _time(row: Row) -> float:
    value = row.get("time")
    return float(value) if isinstance(value, int | float) and 0 < value < 1e11 else time.time()


def _milliseconds(row: Row) -> int | None:
    value = row.get("ms")
    return value if isinstance(value, int) and 0 <= value < 2**53 else None


def _kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "empty" if value in ([], None) else names.get(type(value), type(value).__name__)
