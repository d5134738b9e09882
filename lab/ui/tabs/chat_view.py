"""The conversation as Chatbot messages, a difference between two texts, opinions and origins in words. Pure views.

The links under a message are only names of what a click asks for; a handler checks each against what the page shows.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Sequence
from typing import Any

from lab.feedback.store import Opinion
from lab.loop.lineage import Step, through_reward
from lab.records import Correction, Reply, Thumb
from lab.ui.tabs.places import Tree
from lab.ui.view import ENDINGS, plain, short, version_name

LONGEST_DIFF = 12_000  # characters; beyond, finding the difference takes a server too long
TOLD = 12  # opinions a version
THUMB_WORDS = {"up": "thumb up", "down": "thumb down"}


def bubbles(turns: Sequence[Reply], tree: Tree) -> list[dict[str, Any]]:
    """Stored turns as Chatbot messages, one each, with their ids and what can be done with them."""
    return [{"role": turn.role, "content": bubble_of(turn, tree), "metadata": {"id": turn.id}} for turn in turns]


def bubble_of(turn: Reply, tree: Tree) -> str:
    switch = branches(turn, tree)
    if turn.role == "user":
        tools = joined(link("edit", turn.id, "edit", "change and send again"), switch)
        return f'{plain(turn.text)}\n\n<span class="tools">{tools}</span>'
    name = version_name(turn.version)
    by = name if turn.version is None else link("from", turn.id, name, "where this version comes from")
    more, better = link("about", turn.id, "say more", "reasons, criteria"), link("better", turn.id, "better answer", "write it")
    spoke = f'<span class="by">{joined(by, ENDINGS.get(turn.finish, ""))}</span>'
    return f'{plain(turn.text) or "…"}\n\n{spoke} <span class="tools">{joined(switch, more, better)}</span>'


def branches(turn: Reply, tree: Tree) -> str:
    """`‹ 2 of 3 ›` where a turn has siblings."""
    among = tree.siblings(turn.id)
    if len(among) < 2:
        return ""
    before, after = link("prev", turn.id, "‹", "the one before"), link("next", turn.id, "›", "the next one")
    return f"{before} {among.index(turn.id) + 1} of {len(among)} {after}"


def link(what: str, reply: str, words: str, title: str) -> str:
    return f'<a href="#/{what}/{reply}" title="{title}">{words}</a>'


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def growing(text: str, version: int | None) -> str:
    """A reply on its way, for the pane below the conversation."""
    return f'{plain(text) or "…"}\n\n<span class="by writing">{version_name(version)}</span>'


def answer(text: str, finish: str | None) -> str:
    """One of two replies to choose from."""
    ending = f'\n\n<span class="by">{ENDINGS[finish]}</span>' if finish in ENDINGS else ""
    return (plain(text) or "…") + ending


def difference(before: str, after: str) -> str:
    """What was taken out and what was put in, word by word, as HTML."""
    if not after.strip() or before.strip() == after.strip():
        return ""
    if len(before) + len(after) > LONGEST_DIFF:
        return '<p class="diff">Too long to show the difference; it is kept all the same.</p>'
    old, new = words_of(before.strip()), words_of(after.strip())
    parts = []
    for what, i, j, k, m in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        gone, come = html.escape("".join(old[i:j])), html.escape("".join(new[k:m]))
        if what == "equal":
            parts.append(gone)
            continue
        parts.append((f"<del>{gone}</del>" if gone else "") + (f"<ins>{come}</ins>" if come else ""))
    return f'<p class="diff">{"".join(parts)}</p>'


def words_of(text: str) -> list[str]:
    return re.findall(r"\s*(?:\w+|[^\w\s])", text)


def about(reply: Reply, opinions: Sequence[Opinion], rater: str, fate: str) -> str:
    """Which reply a panel is about, what this rater said of it so far, and what becomes of that."""
    said = [opinion_words(opinion) for opinion in opinions if opinion.rater == rater]
    line = f"{fate}: {' · '.join(plain(words) for words in said)}" if said else ""
    return plain(f"“{short(reply.text, 60)}”") + (f"\n\n{line}" if line else "")


def opinion_words(opinion: Opinion) -> str:
    where = "" if opinion.criterion == "overall" else f" ({opinion.criterion})"
    if isinstance(opinion, Thumb):
        why = ", ".join(opinion.reasons)
        note = f" “{short(opinion.comment, 60)}”" if opinion.comment else ""
        return f"{THUMB_WORDS[opinion.value]}{where}" + (f": {why}" if why else "") + note
    assert isinstance(opinion, Correction), "a reply alone has thumbs and corrections"
    return f"better answer{where}: “{short(opinion.text, 60)}”"


def origin(steps: Sequence[Step], reply: Reply) -> str:
    """The lineage of the version that spoke, newest first, with the opinions each learned from."""
    lines = [f"**Where {version_name(reply.version)} comes from**", ""]
    for step in steps:
        made = f"{step.algorithm or 'unknown'} from {version_name(step.parent or 0)}"
        made += through_reward(step)
        count = f"{len(step.learned)} opinion{'' if len(step.learned) == 1 else 's'}"
        lines.append(f"- **{version_name(step.version)}** ({step.state}), {plain(made)}, {count}. {plain(step.why)}")
        lines += [f"    - {each.kind}: {plain(each.words)}" for each in step.learned[:TOLD]]
        if len(step.learned) > TOLD:
            rest = len(step.learned) - TOLD
            lines.append(f"    - and {rest} more; `python3 launch.py lineage {step.version}` lists them all")
    return "\n".join([*lines, "- **base**: the model as it came; it learned from nobody here"])
