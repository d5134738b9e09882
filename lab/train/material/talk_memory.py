"""What the user tells of himself and later asks for: names, pets, favourites."""

from __future__ import annotations

import random
from functools import partial

from lab.train.material.kinds import Dialogue, listed
from lab.train.material.talk_daily import DAILY, REACTIONS
from lab.train.material.talk_shared import CITIES, COLORS, FOODS, JOBS, LIKES, NAMES, PET_NAMES, PETS
from lab.train.material.talk_suggest import joke
from lab.train.material.talk_topics import GREETINGS
from lab.train.material.voice import Round, Voice, converse, dress, fixed, of_topic, options, pick, spin, weighted

MEMORY: dict[str, tuple[str, str, str, str, str]] = {  # told; acknowledged; asked; answered (brief / sentence); what "you" know
    "name": ("My name is {v}. / I'm {v}. / I am {v}. / Call me {v}. / You can call me {v}. / The name's {v}. / Hi, I'm {v}. / "
        "Hello, my name is {v}. / Hey, {v} here.",
             "Nice to meet you, {v}. / Hello, {v}. / Hi {v}, good to meet you. / {v} is a nice name. / Pleased to meet you, "
             "{v}. / Welcome, {v}.",
             "What is my name? / What's my name? / Do you [know|remember] my name? / Who am I? / Can you tell me my name? / "
             "What was my name[ again|]? / How am I called? / Do you still know my name?",
             "{v}. / Your name is {v}. / You're {v}. / You are called {v}. / You told me that your name is {v}.", "your name "
                 "is {v}"),
    "pet": ("I have a {k} called {v}. / My {k} is called {v}. / I have a {k} named {v}. / My {k}'s name is {v}. / I got a "
        "{k}, and I named it {v}.",
            "{v} is a good name for a {k}. / Say hello to {v} from me. / A {k} called {v}, how nice. / I'm sure that {v} is "
            "lovely.",
            "What is my {k} called? / What's my {k}'s name? / Do you remember [my {k}|the name of my {k}|my {k}'s name]? / "
            "What did I name my {k}? / What was my {k}'s name[ again|]?",
            "{v}. / Your {k} is called {v}. / Your {k}'s name is {v}. / It's {v}. / You said that your {k} is called {v}.",
            "your {k} is called {v}"),
    "colour": ("My favourite colour is {v}. / I like {v} best. / {v} is my favourite colour. / The colour I like most is {v}.",
               "{v} is a fine colour. / A good choice, {v}. / {v} looks good in many places. / I'll keep {v} in mind.",
               "[What's|What is] my favourite colour? / Which colour do I like[ best|]? / Do you remember my favourite "
               "colour? / What colour did I say I like?",
               "{v}. / Your favourite colour is {v}. / You like {v} best. / It's {v}.", "your favourite colour is {v}"),
    "food": ("My favourite food is {v}. / I love eating {v}. / I could eat {v} every day. / I like {v} more than any other "
        "food.",
             "{v}, a tasty choice. / I hear that people love {v}. / Then I hope you have {v} often. / That's a good choice, "
             "{v}.",
             "[What's|What is] my favourite food? / What do I like to eat? / Do you remember my favourite food? / Which food "
             "do I like best?",
             "{v}. / Your favourite food is {v}. / You like {v} best. / You told me that you love {v}.", "you love {v}"),
    "home": ("I live in {v}. / I'm from {v}. / My home is in {v}. / I come from {v}. / I moved to {v}.",
             "{v} sounds like a good place to be. / Greetings to {v}. / I hope that life is good in {v}. / How nice, {v}.",
             "Where do I live? / Where am I from? / Do you remember where I live? / Which place did I say I live in?",
             "In {v}. / You live in {v}. / You told me that you live in {v}. / It's {v}.", "you live in {v}"),
    "job": ("I'm a {v}. / I work as a {v}. / I am a {v}. / My job? I'm a {v}.",
            "A {v}, that's a good job. / Being a {v} must be interesting. / The world needs a good {v}. / A {v}, how "
            "interesting.",
            "What is my job? / What do I do[ for work| for a living]? / Do you remember my job? / What do I work as?",
            "You're a {v}. / You work as a {v}. / You told me that you're a {v}. / A {v}.", "you work as a {v}"),
    "age": ("I'm {v} years old. / I am {v}. / I'm {v}. / I turned {v} this year. / My age is {v}.",
            "{v} is a fine age. / {v}, I'll keep that in mind. / Thanks for telling me. / A good age, {v}.",
            "How old am I? / What's my age? / Do you remember my age? / How old did I say I am?",
            "{v}. / You're {v}. / You are {v} years old. / You told me that you're {v}.", "you are {v} years old"),
    "person": ("My {k} is called {v}. / I have a {k} called {v}. / My {k}'s name is {v}. / I have a {k}, {v}.",
                "{v} is a nice name. / Say hello to {v} from me. / I hope that you two get along. / I'll remember {v}.",
                "What is my {k} called? / What's my {k}'s name? / Do you remember my {k}'s name? / Who is my {k}?",
                "{v}. / Your {k} is called {v}. / Your {k}'s name is {v}. / It's {v}.", "your {k} is called {v}"),
    "hobby": ("My hobby is {v}. / In my free time I love {v}. / I spend my weekends on {v}. / I'm into {v}.",
              "{v} is a fine hobby. / That's a good hobby, {v}. / {v} sounds like time well spent. / It's good to have {v} in "
              "your life.",
              "[What's|What is] my hobby? / What do I do in my free time? / Do you remember my hobby? / Which hobby did I "
              "mention?",
              "{v}. / Your hobby is {v}. / You like {v}. / You told me that your hobby is {v}.", "your hobby is {v}"),
}  # fmt: skip
UNTOLD = options(
    "You haven't told me yet. / I don't know, you haven't said. / You didn't tell me that. / I don't know yet, "
    "so please tell me. / That's something you haven't told me."
)
HOBBIES = [row[0] for row in LIKES if row[0].endswith("ing") and row[1] == "is"] + [
    "yoga",
    "chess",
    "football",
    "tennis",
    "photography",
]
SUMMARY = options(
    "What do you know about me? / What did I tell you[ about me|]? / Tell me what you know about me. / What "
    "have you learned about me?"
)


def fact(draw: random.Random, name: str) -> dict[str, str]:
    value = {"name": NAMES, "pet": PET_NAMES, "colour": COLORS, "food": FOODS, "home": CITIES, "job": [j[0] for j in JOBS],
             "age": [str(n) for n in range(9, 80)], "person": NAMES, "hobby": HOBBIES}[name]  # fmt: skip
    kind = (
        pick(draw, PETS)
        if name == "pet"
        else pick(draw, ("cousin", "friend", "neighbour", "best friend", "colleague", "boss", "teacher", "roommate"))
    )
    return {"v": pick(draw, value), "k": kind}


def memory(draw: random.Random) -> Dialogue:
    """The user tells one to three things, perhaps talks of something else, and asks for one of them, or for one never told."""
    if draw.random() < 0.06:
        name = pick(draw, list(MEMORY))
        question = spin(draw, pick(draw, options(MEMORY[name][2])), fact(draw, name))
        return converse(draw, [(question, lambda voice: fixed(draw, voice, UNTOLD))])
    names = draw.sample(list(MEMORY), draw.choice((1, 1, 2, 2, 3)))
    if "name" not in names and draw.random() < 0.45:
        names[0] = "name"
    facts = {name: fact(draw, name) for name in names}
    rounds: list[Round] = []
    for name, blanks in facts.items():
        noted = spin(draw, pick(draw, options(MEMORY[name][1])), blanks)
        rounds.append((spin(draw, pick(draw, options(MEMORY[name][0])), blanks), partial(_noted, draw, noted)))
    if len(rounds) < 3 and draw.random() < 0.4:
        rounds.append(pick(draw, (joke(draw)[0], of_topic(draw, weighted(draw, DAILY)), of_topic(draw, REACTIONS["okay"]),
                                 of_topic(draw, GREETINGS["how_are_you"]))))  # fmt: skip
    chance = draw.random()
    asked = pick(draw, names)
    if chance < 0.12:
        other = pick(draw, [n for n in MEMORY if n not in names])
        question = spin(draw, pick(draw, options(MEMORY[other][2])), fact(draw, other))
        rounds.append((question, lambda v: fixed(draw, v, UNTOLD[:1] if v.length == "brief" else UNTOLD)))
    elif chance < 0.25 and len(names) > 1:
        parts = [spin(draw, MEMORY[name][4], facts[name]) for name in names]
        known = listed([part[0].lower() + part[1:] for part in parts])
        rounds.append((spin(draw, pick(draw, SUMMARY)), lambda v: fixed(draw, v, [f"[You told me|I know] that {known}."])))
    else:
        others = [name for name in names if name != asked]
        for name in [asked, *others[: draw.random() < 0.3]]:
            question = spin(draw, pick(draw, options(MEMORY[name][2])), facts[name])
            rounds.append((question, partial(recall, draw, name, facts[name])))
    return converse(draw, rounds)


def _noted(draw: random.Random, text: str, voice: Voice) -> str:
    return fixed(
        draw, voice, [text], pick(draw, ["What else should I know?", "Is there more you'd like to tell me?", "What else is new?"])
    )


def recall(draw: random.Random, name: str, blanks: dict[str, str], voice: Voice) -> str:
    answers = options(MEMORY[name][3])
    text = spin(draw, pick(draw, answers[:2] if voice.length == "brief" else answers[1:]), blanks)
    text = dress(draw, text, "formal" if voice.tone == "formal" else "plain")
    return f"{text} {pick(draw, ['Is that right?', 'Did I get it right?'])}" if voice.asks and draw.random() < 0.5 else text
