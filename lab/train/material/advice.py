"""Everyday advice: one tip, two in a sentence, several in a row, or as many as were asked for."""

from __future__ import annotations

import random
from functools import partial

from lab.train.material.advice_tables import TOPICS
from lab.train.material.kinds import Dialogue, Kind, listed
from lab.train.material.talk_topics import LEAVING
from lab.train.material.voice import Round, Voice, converse, dress, of_topic, options, pick, spin

PROMPTS = options("""
How can I {x}? / How do I {x}? / How could I {x}? / I want to {x}. [Any tips?|How?|Any advice?|Can you help?|What should I
do?|] / Any tips on how to {x}? / Give me [some |]advice on how to {x}. / What's the best way to {x}? / Help me {x}[.|,
please.] / I'd like to {x}. Where do I start? / What helps to {x}? / Can you tell me how to {x}? / Tell me how to {x}[,
please|]. / I need to {x}. [Any ideas?|What should I do?|] / What should I do to {x}? / How to {x}? / Tips to {x}[,
please|][?|] / I have to {x}. What do you suggest? / I'm trying to {x}. [Any advice?|What works?] / Do you know how to {x}? /
Advice: how to {x}? / I can't {x}. What can I do? / Please help me to {x}. / Could you give me tips to {x}? / What do people
do to {x}?
""")  # fmt: skip
COUNTED = options("""
Give me {n} tip{s} to {x}[, please|]. / Tell me {n} way{s} to {x}[, please|]. / {n} tip{s} to {x}[, please|]. / Name {n}
thing{s} that help{S} to {x}. / I'd like {n} tip{s} on how to {x}.
""")  # fmt: skip
MORE = options(
    "Anything else? / What else? / Any other tips? / Tell me more. / One more tip, please. / What else can I do? / More tips, "
    "please. / And what else helps?"
)
NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four"}


def sentence(draw: random.Random, tips: list[str]) -> str:
    """One or two tips in one sentence."""
    if len(tips) == 1 or any("," in tip or " and " in tip for tip in tips):
        return spin(
            draw, pick(draw, ["[Try this: |]{a}.", "It helps [a lot |]if you {a}.", "A good start is this: {a}."]), {"a": tips[0]}
        )
    return spin(
        draw, pick(draw, ["{a}, and {b}.", "[Try this: |]{a}, and then {b}.", "{a} and {b}."]), {"a": tips[0], "b": tips[1]}
    )


def row(draw: random.Random, tips: list[str]) -> str:
    """Several tips, a sentence each."""
    joints = [
        ["First, ", "Then ", "Finally, "],
        ["", "Also, ", "And "],
        ["", "", "And "],
        ["To begin with, ", "Next, ", "In the end, "],
        ["", "", ""],
    ]
    joint = pick(draw, joints)
    if len(tips) == 2:
        joint = [joint[0], joint[1] or pick(draw, ["Also, ", "And ", ""])]
    return spin(draw, " ".join(f"{word}{tip}." for word, tip in zip(joint, tips, strict=False)))


def advise(draw: random.Random, tips: list[str], question: str, voice: Voice) -> str:
    if voice.length == "brief":
        short = [tip for tip in tips if len(tip.split()) <= 8]
        text = dress(draw, spin(draw, pick(draw, short or tips[:1]) + "."), voice.tone)
    elif voice.length == "sentence":
        text = dress(draw, sentence(draw, tips), voice.tone)
    else:
        lead = pick(draw, {"plain": ["", "", "A few things help."], "casual": ["Sure! ", "You can do it! ", "", "Good plan! "],
                           "formal": ["Certainly. ", "Here is what I would suggest. ", ""]}[voice.tone])  # fmt: skip
        text = spin(draw, f"{lead} {dress(draw, row(draw, tips[: draw.choice((2, 3, 3))]), voice.tone)}")
    return f"{text} {question}" if voice.asks else text


def counted(draw: random.Random, tips: list[str], voice: Voice) -> str:
    """As many tips as there are in `tips`: one by one, or in one sentence."""
    if voice.length == "full" or any("," in tip or " and " in tip for tip in tips):
        words = ["First", "Second", "Third", "Fourth"]
        text = " ".join(f"{word}, {tip}." for word, tip in zip(words, tips, strict=False)) if len(tips) > 1 else f"{tips[0]}."
    else:
        text = f"{listed(tips)}."
    return dress(draw, spin(draw, text), voice.tone)


def advice(draw: random.Random) -> Dialogue:
    wanted, told, question = pick(draw, TOPICS)
    wanted = spin(draw, wanted)
    wanted = wanted[0].lower() + wanted[1:]
    tips = [tip.strip() for tip in told.split(";")]
    draw.shuffle(tips) if not wanted.startswith(("boil", "cook", "bake", "make", "fix", "iron")) else None
    if draw.random() < 0.15:
        number = draw.choice((1, 2, 2, 3, 3))
        blanks = {"n": NUMBERS[number], "s": "" if number == 1 else "s", "S": "s" if number == 1 else "", "x": wanted}
        return converse(draw, [(spin(draw, pick(draw, COUNTED), blanks), partial(counted, draw, tips[:number]))])
    rounds: list[Round] = [(spin(draw, pick(draw, PROMPTS), {"x": wanted}), partial(advise, draw, tips[:3], question))]
    if draw.random() < 0.2:
        lead = "And" if tips[3].startswith(("don't", "never")) else "[You can also|You could also|It also helps to]"
        last = spin(draw, f"{lead} {tips[3]}.")
        rounds.append((pick(draw, MORE), lambda voice: dress(draw, last, voice.tone)))
    if draw.random() < 0.15:
        rounds.append(of_topic(draw, LEAVING["thanks"]))
    return converse(draw, rounds)


KINDS = [Kind("advice", 11, advice)]
