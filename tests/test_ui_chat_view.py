"""How a conversation, a difference, opinions and origins look on the page."""

from __future__ import annotations

from typing import Any

import pytest

from lab.loop.lineage import Learned, Step
from lab.records import Correction, Reply, Thumb
from lab.ui.tabs import chat_view
from lab.ui.tabs.places import Tree

ASKED = Reply("u", "c", None, "user", "hi <x>")


def reply(text: str = "yo", version: int | None = 7, finish: Any = "end", name: str = "a") -> Reply:
    return Reply(name, "c", "u", "assistant", text, version=version, finish=finish)


def shown(*replies: Reply) -> list[dict[str, Any]]:
    return chat_view.bubbles([ASKED, replies[0]], Tree([ASKED, *replies]))


def by(bubble: str) -> str:
    return bubble.split('<span class="by">')[1].split("</span>")[0]


def test_an_open_fence_is_closed_so_that_the_version_under_the_text_stays_visible():
    content = shown(reply("look:\n```python\nx = 1"))[1]["content"]
    assert content.index("\n```\n") < content.index("version 7")


@pytest.mark.parametrize(
    ("turn", "line"),
    [
        (reply(version=0), "base"), (reply(), "version 7"), (reply(finish="stopped"), "version 7 · stopped"),
        (reply(finish="length"), "version 7 · cut at its length limit"),
    ],
)  # fmt: skip
def test_every_bubble_says_which_version_spoke_and_how_it_ended(turn: Reply, line: str):
    name, _, rest = line.partition(" · ")
    linked = f'<a href="#/from/a" title="where this version comes from">{name}</a>'
    assert by(shown(turn)[1]["content"]) == linked + (f" · {rest}" if rest else "")


def test_what_nobody_spoke_has_no_origin_to_show():
    assert by(shown(reply(version=None, finish="given"))[1]["content"]) == "given"


def test_a_draft_is_marked_because_it_is_not_stored_yet():
    assert chat_view.growing("", 3) == '…\n\n<span class="by writing">version 3</span>'
    assert "writing" not in str(shown(reply()))


def test_messages_carry_ids_and_what_is_typed_obeys_nobody():
    user, bot = shown(reply())
    assert [(each["role"], each["metadata"]) for each in (user, bot)] == [("user", {"id": "u"}), ("assistant", {"id": "a"})]
    assert user["content"].startswith("hi &lt;x>\n\n")
    forged = shown(reply('<span class="by"><a href="#/edit/u">x</a></span>'))[1]["content"]
    assert forged.count('<span class="by">') == 1, "a reply cannot make a link of its own"


def test_siblings_are_counted_and_one_alone_is_not():
    assert " of " not in str(shown(reply()))
    assert "1 of 2" in shown(reply(), reply(name="b"))[1]["content"]


def test_a_difference_is_by_words_escaped_and_empty_where_there_is_none():
    assert chat_view.difference("one two three", "one 2 three") == '<p class="diff">one<del> two</del><ins> 2</ins> three</p>'
    assert chat_view.difference("a", "a ") == ""
    assert "<script" not in chat_view.difference("a", "a <script>")
    assert "Too long" in chat_view.difference("a " * 5000, "b " * 5000)


def test_opinions_in_words():
    assert chat_view.opinion_words(Thumb("a", "up")) == "thumb up"
    assert chat_view.opinion_words(Thumb("a", "down", "safe", ("wrong",), "why?")) == "thumb down (safe): wrong “why?”"
    assert chat_view.opinion_words(Correction("a", "Better", "helpful")) == "better answer (helpful): “Better”"
    mine = chat_view.about(reply(), [Thumb("a", "up"), Thumb("a", "down", rater="ann")], "me", "Kept")
    assert "Kept: thumb up" in mine and "down" not in mine


def test_an_origin_lists_versions_their_opinions_and_how_many_more():
    learned = tuple(Learned(str(number), "vote", f"“a{number}” over “<b>”") for number in range(15))
    steps = [Step(7, 2, "live", "dpo", "j", "preferred", learned), Step(2, 0, "retired", "kto", "k", "", ())]
    told = chat_view.origin(steps, reply())
    assert "**version 7** (live), dpo from version 2, 15 opinions. preferred" in told
    assert "**version 2** (retired), kto from base, 0 opinions" in told
    assert "a11" in told and "a12" not in told and "and 3 more; `python3 launch.py lineage 7`" in told
    assert "<b>" not in told
