"""How the user feels, with or without the cause: warm, to the point, and never pushy. In danger it points to people."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from lab.train.material.feelings_tables import AFTER, CAUSES, FEELINGS, WORDS
from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.voice import Round, Voice, compose, converse, of_topic, pick, speak, spin, weighted

BRIGHT = {"happy", "proud", "excited"}
LINKS = (" because {c}.", ", {c}.", ". {C}.", " because {c}", ", because {c}.", ". {C}")


def with_cause(draw: random.Random) -> Round:
    """The feeling and its cause, or the cause alone; the reply speaks of the cause."""
    feeling, said, warm, idea, question = pick(draw, CAUSES)
    cause = spin(draw, said)
    small = cause if cause.startswith(("I ", "I'", "Christmas", "Friday")) else cause[0].lower() + cause[1:]
    if draw.random() < 0.35:
        prompt = cause + pick(draw, (".", ".", "", "!" if feeling in BRIGHT else "."))
    else:
        why = pick(draw, LINKS).replace("{c}", small).replace("{C}", cause)
        prompt = pick(draw, FEELINGS[feeling].prompts)
        if not prompt.startswith(("[I'm", "I feel")):
            why = ". " + cause + pick(draw, (".", ""))
        prompt = spin(draw, prompt, {"why": why, **{k: pick(draw, v) for k, v in WORDS.items()}})
    topic = FEELINGS[feeling]
    short = [warm.split(",")[0] + "." if len(warm.split(",")[0].split()) > 2 else warm + "."]

    def reply(voice: Voice) -> str:
        return compose(draw, voice, brief=short + topic.brief[:1], main=[f"{warm}."], more=[f"{idea}."], asks=[question],
                       bright=topic.bright)  # fmt: skip

    return prompt, reply


def plain(draw: random.Random) -> Round:
    """A feeling without a cause, or one that needs help from people."""
    topic = weighted(draw, FEELINGS)
    said = pick(draw, [text for text in topic.prompts if "Guess what" not in text])
    prompt = spin(draw, said, {"why": pick(draw, (".", ".", "", "!" if topic.bright else ".")),
                                                   **{k: pick(draw, v) for k, v in WORDS.items()}})  # fmt: skip
    if topic.name in ("serious", "abuse"):
        return prompt, lambda v: grave(draw, topic.name, v)
    return prompt, partial(speak, draw, topic)


def grave(draw: random.Random, name: str, voice: Voice) -> str:
    """No jokes, no slang: the tone is calm, and help is always named."""
    topic = FEELINGS[name]
    calm = Voice(voice.length, "formal" if voice.tone == "formal" else "plain", voice.asks)
    return compose(draw, calm, brief=topic.brief, main=topic.main, more=topic.more, asks=topic.asks)


def feelings(draw: random.Random) -> Dialogue:
    chance = draw.random()
    if chance < 0.62:
        first = with_cause(draw)
        bright = "!" in first[0]
    elif chance < 0.7:
        topic = FEELINGS[pick(draw, ("sad", "angry", "lonely"))]
        offer = "Do you want to [talk about it|tell me more]?"
        said = spin(draw, pick(draw, topic.prompts), {"why": ".", **{k: pick(draw, v) for k, v in WORDS.items()}})
        first = said, lambda voice: f"{speak(draw, topic, replace(voice, asks=False))} {spin(draw, offer)}"
        return converse(draw, [first, of_topic(draw, AFTER["talk"])])
    else:
        first = plain(draw)
        bright = False
    rounds = [first]
    if draw.random() < 0.25:
        rounds.append(of_topic(draw, AFTER["bright" if bright else "heavy"]))
    return converse(draw, rounds)


KINDS = [Kind("feelings", 12, feelings)]
