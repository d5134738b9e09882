"""How a reply of the talking kinds sounds: short or long, casual or formal, asking back or not, as the user may wish.

Texts are written once, with contractions and in a plain tone. `[a|b|]` in a text is a choice, `{name}` a blank. It
knows nothing about what is said.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lab.train.material.kinds import Dialogue, casual, turns


@dataclass(frozen=True)
class Voice:
    length: str  # "brief", "sentence" or "full"
    tone: str  # "plain", "casual" or "formal"
    asks: bool  # ends with a question back
    strict: bool = False  # one sentence was asked for, and not one more


@dataclass(frozen=True)
class Topic:
    """What people say in one situation, and the parts a reply is put together from; a `more` may follow any `main`."""

    name: str
    weight: float = 1.0
    bright: bool = False  # an exclamation mark fits
    prompts: list[str] = field(default_factory=list)
    brief: list[str] = field(default_factory=list)
    main: list[str] = field(default_factory=list)  # one sentence each
    more: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)


T = TypeVar("T")
Reply = Callable[[Voice], str]
Round = tuple[str, Reply]  # what the user says, and what answers it
CHOICE = re.compile(r"\[([^\[\]]*)\]")
LONG_FORMS = [(re.compile(short), long) for short, long in (
    (r"\b[Cc]an't\b", "cannot"), (r"\bwon't\b", "will not"), (r"\bWon't\b", "Will not"), (r"n't\b", " not"),
    (r"\b(I)'m\b", r"\1 am"), (r"'re\b", " are"), (r"'ve\b", " have"), (r"'ll\b", " will"),
    (r"\b(I|[Yy]ou|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Ii]t)'d\b", r"\1 would"), (r"\b([Ll])et's\b", r"\1et us"),
    (r"\b([Ii]t|[Tt]hat|[Tt]here|[Hh]ere|[Ww]hat|[Ww]ho|[Hh]e|[Ss]he|[Hh]ow|[Ww]here)'s\b", r"\1 is"),
    (r"\bHi\b|\bHey\b", "Hello"), (r"\bThanks\b", "Thank you"), (r"\ba bit\b", "a little"), (r"\bkids\b", "children"),
    (r"!", "."),
)]  # fmt: skip
AN = re.compile(r"\b([Aa])n? ([\"']?)([A-Za-z]+)")
SOUNDS_LIKE_A = re.compile(r"(?:uni[^nm]|us[eu]|uk|one\b|once|eu)", re.IGNORECASE)
SOUNDS_LIKE_AN = re.compile(r"(?:[aeiou]|hour|honest|heir|honou?r|x-)", re.IGNORECASE)
# words that may lose their capital behind another one
LOWERED = """
that it the a an you there what this your some not people sounds good nice great many try here who no yes my most how every few
one there's that's it's what's here's well being having
"""
WISHES: list[tuple[dict[str, object], str, str]] = [  # what it sets, the user's words, the reply
    ({"length": "brief", "asks": False}, "[Please |]be brief. / [Please |]keep [it|your answers] short. / "
     "Short answers[, please|]. / [Please |]answer in a few words. / Be concise[, please|]. / No long answers[, please|].",
     "Will do. / Okay, short answers. / Sure. / Of course. / Understood."),
    ({"length": "sentence", "asks": False, "strict": True}, "[Please |]answer in one sentence. / One sentence only[, "
        "please|]. / "
     "[Please |]reply with [just|only] one sentence.", "One sentence it is. / Of course, one sentence. / Sure."),
    ({"length": "full"}, "[Please |]give me longer answers. / [Please |]answer in [some|more] detail. / "
     "[Please |]tell me more than one sentence. / I like long answers.", "Gladly, I'll say a bit more. / Sure, I'll go into "
         "detail. / Of course."),
    ({"tone": "formal"}, "[Please |]talk to me formally. / [Please |]be formal. / [Please |]use formal language. / "
     "[Please |]speak politely and formally. / I prefer a formal tone.",
     "Certainly. / Of course, I will be formal. / As you wish. / Very well."),
    ({"tone": "casual"}, "[Please |]be casual. / Talk to me like a friend[, please|]. / [Please |]don't be so formal. / "
     "[You can |]talk casually [with me|to me]. / Keep it relaxed[, please|].",
     "Sure thing! / Okay, no problem! / You got it! / Happy to!"),
    ({"asks": False}, "[Please |]don't ask me questions. / No questions back[, please|]. / Don't ask me anything[, please|].",
     "Okay, no questions. / Understood. / All right. / Of course."),
    ({"asks": True}, "[Please |]ask me questions too. / [Please |]ask me something back. / I like it when you ask me things.",
     "Gladly. / Sure, I'll ask back. / Okay, I will."),
]  # fmt: skip


def pick(draw: random.Random, choices: Sequence[T]) -> T:
    """One of them, whatever they are."""
    return choices[draw.randrange(len(choices))]


def spin(draw: random.Random, text: str, blanks: Mapping[str, str] | None = None) -> str:
    """Every `[a|b]` decided, every `{name}` filled, and the spelling around them put right."""
    while found := CHOICE.search(text):
        text = text[: found.start()] + pick(draw, found[1].split("|")) + text[found.end() :]
    for name, value in (blanks or {}).items():
        text = text.replace(f"{{{name}}}", value)
    return polish(text)


def polish(text: str) -> str:
    """One space between words, a or an, and a capital where a sentence begins; lines stay lines."""
    text = re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", text)).strip()
    text = re.sub(r" ([,.!?])", r"\1", text)
    text = AN.sub(_article, text)
    return re.sub(r"(^|[.!?][\"']? |\n)([\"']?)([a-z])", lambda m: m[1] + m[2] + m[3].upper(), text)


def _article(found: re.Match[str]) -> str:
    word = found[3]
    vowel = SOUNDS_LIKE_AN.match(word) and not SOUNDS_LIKE_A.match(word)
    return f"{found[1]}{'n' if vowel else ''} {found[2]}{word}"


def options(text: str) -> list[str]:
    """`one / two / three` as a list; line breaks count as spaces."""
    return [part for part in " ".join(text.split()).split(" / ") if part]


def topics(text: str) -> dict[str, Topic]:
    """Topics from a table: `# name weight !`, then lines that begin with ? (prompts), - (brief), = (main), + (more), ~ (asks)."""
    parts = {"?": "prompts", "-": "brief", "=": "main", "+": "more", "~": "asks"}
    found: dict[str, Topic] = {}
    for block in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        name, *rest = head.split()
        topic = Topic(name, float(next((r for r in rest if r != "!"), "1")), "!" in rest)
        for line in re.sub(r"\n(?![-?=+~] )", " ", body).split("\n"):
            if line.strip():
                getattr(topic, parts[line[0]]).extend(options(line[2:]))
        found[name] = topic
    return found


def weighted(draw: random.Random, found: Mapping[str, Topic]) -> Topic:
    return draw.choices(list(found.values()), [topic.weight for topic in found.values()])[0]


def any_voice(draw: random.Random) -> Voice:
    length = draw.choices(("brief", "sentence", "full"), (3, 4, 3))[0]
    return Voice(length, draw.choices(("plain", "casual", "formal"), (3, 4, 3))[0], draw.random() < 0.4)


def dress(draw: random.Random, text: str, tone: str, bright: bool = False) -> str:
    """The tone put on a text: long forms and no exclamation for formal; for casual an exclamation or a word before it."""
    if tone == "formal":
        for short, long in LONG_FORMS:
            text = short.sub(long, text)
    elif tone == "casual":
        if bright and draw.random() < 0.6:
            text = re.sub(r"(?<=[a-z]{2})\.(?=\s|$)", "!", text, count=1)
        first = re.split(r"[ ,]", text)[0]
        if first.lower() in LOWERED.split() and draw.random() < (0.3 if bright else 0.1):
            text = pick(draw, ("Oh, ", "Ah, ", "Well, ", "Ooh, ") if bright else ("Well, ",)) + text[0].lower() + text[1:]
    return text


def compose(
    draw: random.Random, voice: Voice, *, brief: Sequence[str], main: Sequence[str], more: Sequence[str] = (),
    asks: Sequence[str] = (), bright: bool = False, blanks: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A reply of the voice's length from these parts, each spun and filled."""
    said = [pick(draw, brief if voice.length == "brief" and brief else main)]
    if voice.length == "full" and more:
        said += draw.sample(list(more), 2 if len(more) > 3 and draw.random() < 0.35 else 1)
    text = dress(draw, spin(draw, " ".join(said), blanks), voice.tone, bright)
    if voice.asks and asks and not text.endswith("?"):
        text += " " + dress(draw, spin(draw, pick(draw, asks), blanks), "plain" if voice.tone == "casual" else voice.tone)
    return text


def speak(draw: random.Random, topic: Topic, voice: Voice, blanks: Mapping[str, str] | None = None) -> str:
    return compose(draw, voice, brief=topic.brief, main=topic.main, more=topic.more, asks=topic.asks, bright=topic.bright,
                   blanks=blanks)  # fmt: skip


def of_topic(draw: random.Random, topic: Topic) -> Round:
    """A prompt of the topic and what replies to it."""
    return spin(draw, pick(draw, topic.prompts)), lambda voice: speak(draw, topic, voice)


def fixed(draw: random.Random, voice: Voice, texts: list[str], asks: str = "", bright: bool = False) -> str:
    """A reply of which only the tone varies, and a question back when the voice asks."""
    text = dress(draw, spin(draw, pick(draw, texts)), voice.tone, bright)
    return f"{text} {spin(draw, asks)}" if asks and voice.asks else text


def converse(draw: random.Random, rounds: Sequence[Round]) -> Dialogue:
    """The rounds as a dialogue in one tone. One in ten begins with a wish how to be answered, and it is obeyed."""
    tone = any_voice(draw).tone
    wish: dict[str, object] = {}
    texts: list[str] = []
    before = after = ""
    if draw.random() < 0.1:
        wish, words, replies = one_wish(draw)
        place = draw.random()
        if place < 0.4:
            texts += [casual(draw, spin(draw, words)), pick(draw, options(replies))]
        elif place < 0.75:
            before = spin(draw, words) + " "
        else:
            after = " " + spin(draw, words)
    for place, (prompt, reply) in enumerate(rounds):
        voice = replace(any_voice(draw), **{"tone": tone, **wish})  # type: ignore[arg-type]
        stop = "" if not after or prompt[-1] in ".!?" else "."
        asked = prompt if place else before + prompt + stop + after
        texts += [casual(draw, asked), reply(voice)]
    return turns(*texts)


def one_wish(draw: random.Random) -> tuple[dict[str, object], str, str]:
    wish, words, replies = WISHES[draw.choices(range(len(WISHES)), (4, 2, 2, 2, 2, 1, 1))[0]]
    return wish, pick(draw, options(words)), replies
