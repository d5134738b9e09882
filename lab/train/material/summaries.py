"""Passages to summarize, to name the subject of, and to answer questions about."""

from __future__ import annotations

import random
from collections.abc import Callable

from lab.train.material.events import EVENTS
from lab.train.material.kinds import Dialogue, Kind, casual, turns
from lab.train.material.names import FOODS, GIFTS, HOBBIES, JOBS, PET_NAMES, PETS, TOWNS
from lab.train.material.passages import DAILY, Passage, two
from lab.train.material.styles import Answer, article, said, thanked, upper
from lab.train.material.tables import one

PASSAGES: tuple[Callable[[random.Random], Passage], ...] = (*DAILY, *EVENTS)

BEFORE = (
    "Summarize:", "Summarize this:", "Summarize this in one sentence:", "Please summarize:", "Please summarize this text:",
    "Can you summarize this?", "Could you summarize the following?", "Sum this up:", "TL;DR:", "Give me a summary:",
    "Shorten this:", "Make this shorter:", "What does this say, in one sentence?", "Give me the main point:",
    "In one sentence, what happens here?", "Short version please:", "Summarize the text below.", "I need a summary of this:",
    "Write a one-sentence summary:", "Put this in one sentence:", "Tell me in short what this says:", "Summary please:",
    "Summarise:", "Please summarise this:", "Hey, can you sum this up?", "Can you shorten this for me?", "Boil this down:",
    "Read this and sum it up:", "What is the gist of this?",
)  # fmt: skip
AFTER = (
    "Summarize this.", "Please summarize.", "Can you sum that up?", "TL;DR?", "What does it say, in short?",
    "Give me a summary.", "Summarize that in one sentence.", "Make it one sentence.", "Shorter please.",
    "What is the main point?", "In one sentence?", "Can you shorten this?", "Summary?", "Sum it up for me.",
    "What happened, in short?",
)  # fmt: skip
ABOUT = (
    "What is this about?",
    "What is this text about?",
    "Tell me what this is about:",
    "What's this about?",
    "What is the topic of this?",
    "What is the subject of this text?",
    "Can you tell me what this is about?",
    "In a few words, what is this about?",
)
TITLE = (
    "Give this a title:",
    "Find a title for this:",
    "What would be a good title for this?",
    "Write a headline for this:",
    "I need a title for this text:",
    "Suggest a title:",
)
BACK = (
    "Is that short enough?",
    "Do you need it even shorter?",
    "Is that what you need?",
    "Shall I say more about it?",
    "Do you have a question about it?",
    "What is it for?",
    "Does that help?",
    "Do you have another text?",
)
OF_TEXTS = (
    "Do you have another question about it?",
    "Is that what you wanted to know?",
    "What else would you like to know?",
    "Does that help?",
    "Shall I sum it up too?",
)


def put(draw: random.Random, wish: str, text: str, after: bool = False) -> str:
    """The passage with what the user wants; only the wish is written carelessly at times, so that names keep their capitals."""
    between = one(draw, (" ", " ", " ", "\n", "\n\n"))
    if not wish.startswith("TL;DR"):
        wish = careless(draw, wish, after)
    if not after and wish[-1] not in ".:?!":
        between = "\n"
    return f"{text}{between}{wish}" if after else f"{wish}{between}{text}"


def careless(draw: random.Random, wish: str, after: bool) -> str:
    return casual(draw, wish) if after or wish[-1] != ":" else (wish[0].lower() + wish[1:] if draw.random() < 0.15 else wish)


def follow(draw: random.Random, passage: Passage, used: str = "") -> list[str]:
    """A question about the passage and its answer, or thanks; most of the time nothing."""
    if draw.random() > 0.3:
        return []
    if draw.random() < 0.3:
        return list(thanked(draw))
    question, full, brief = one(draw, [ask for ask in passage.asks if ask[0] != used])
    return [casual(draw, question), said(draw, Answer(full, brief, question=OF_TEXTS))]


def summaries(draw: random.Random) -> Dialogue:
    passage = one(draw, PASSAGES)(draw)
    after = draw.random() < 0.35
    relaxed = [
        f"In short: {passage.summaries[0]}",
        f"Here it is in short: {passage.summaries[1]}",
        f"So, {passage.summaries[1]}" if passage.summaries[1][0] != "A" else passage.summaries[1],
    ]
    answer = Answer(passage.summaries, (), relaxed[:2], (), BACK)
    reply = said(draw, answer)
    return turns(put(draw, one(draw, AFTER if after else BEFORE), passage.text, after), reply, *follow(draw, passage))


def subjects(draw: random.Random) -> Dialogue:
    passage = one(draw, PASSAGES)(draw)
    if draw.random() < 0.3:
        prompt = put(draw, one(draw, TITLE), passage.text)
        title = upper(passage.about)
        return turns(
            prompt,
            said(
                draw,
                Answer(
                    [f"A title could be: {title}.", f'You could call it "{title}".'],
                    f"{title}.",
                    f"How about: {title}?",
                    question="Do you like it?" if draw.random() < 0.5 else (),
                ),
            ),
        )
    after = draw.random() < 0.4
    answer = Answer(
        [f"It is about {passage.about}.", f"This is about {passage.about}.", f"The text is about {passage.about}."],
        f"{upper(passage.about)}.",
        [f"It's about {passage.about}."],
        passage.summaries,
        BACK[3:5],
    )
    prompt = put(draw, one(draw, ABOUT[:2] + ABOUT[3:6] + ABOUT[7:] if after else ABOUT), passage.text, after)
    return turns(prompt, said(draw, answer), *follow(draw, passage))


def reading(draw: random.Random) -> Dialogue:
    """One question about a passage, before or after it."""
    passage = one(draw, PASSAGES)(draw)
    question, full, brief = one(draw, passage.asks)
    lead = one(draw, ("", "", "", "Read this: ", "Here is a text: ", "Read and answer: ", "I have a question about this text. "))
    wish = (
        question
        if draw.random() < 0.75
        else one(draw, ("Now tell me: {}", "My question: {}", "Question: {}", "Can you tell me? {}", "So: {}")).format(question)
    )
    prompt = put(draw, wish, lead + passage.text, after=True) if draw.random() < 0.8 else put(draw, question, passage.text)
    reply = said(draw, Answer(full, brief, question=OF_TEXTS))
    return turns(prompt, reply, *follow(draw, passage, question))


def who_has_what(draw: random.Random) -> Dialogue:
    """Two or three people, each with something; who has what?"""
    (first, second), (third, _) = two(draw), two(draw)
    names = list(dict.fromkeys([first.name, second.name, third.name]))
    verb, ask_who, ask_what, things = one(
        draw,
        (
            ("has {}", "Who has {}?", "What does {} have?", [article(pet) for pet in PETS]),
            ("is {}", "Who is {}?", "What is {}'s job?", [article(job) for job in JOBS]),
            ("likes {}", "Who likes {}?", "What does {} like?", HOBBIES),
            ("lives in {}", "Who lives in {}?", "Where does {} live?", TOWNS),
            ("got {}", "Who got {}?", "What did {} get?", GIFTS), ("eats {}", "Who eats {}?", "What does {} eat?", FOODS),
            ("has a dog called {}", "Whose dog is called {}?", "What is {}'s dog called?", PET_NAMES),
        )
    )  # fmt: skip
    chosen = draw.sample(things, len(names))
    place = draw.randrange(len(names))
    name, thing = names[place], chosen[place]
    text = " ".join(f"{n} {verb.format(t)}." for n, t in zip(names, chosen, strict=True))
    full = f"{name} {verb.format(thing)}."
    if draw.random() < 0.5:
        question, brief = ask_who.format(thing), f"{name}." if not verb.startswith("has a dog") else f"{name}'s dog."
    else:
        question, brief = ask_what.format(name), f"In {thing}." if verb.startswith("lives") else f"{upper(thing)}."
    reply = said(draw, Answer(full, brief, question=OF_TEXTS[1:4]))
    spoken = [put(draw, question, text, after=True), reply]
    if draw.random() < 0.3:
        other = (place + 1) % len(names)
        spoken += [
            casual(draw, one(draw, ("And {}?", "What about {}?")).format(names[other])),
            f"{names[other]} {verb.format(chosen[other])}.",
        ]
    return turns(*spoken)


def summaries_wished(draw: random.Random) -> Dialogue:
    """A summary in the style that the user asks for."""
    passage = one(draw, PASSAGES)(draw)
    short = passage.summaries[1]
    wishes = (
        ("Summarize this briefly:", short), ("Summarize this in a few words:", f"{upper(passage.about)}."),
        ("Give me the summary and nothing else:", short),
        ("Just a few words please, what is this?", f"{upper(passage.about)}."), ("Be brief and sum this up:", short),
        ("In as few words as you can, what is this?", f"{upper(passage.about)}."),
        ("Answer formally. Summarize this:", passage.summaries[0]),
        ("Sum this up like a friend:", f"In short: {passage.summaries[1]}")
    )  # fmt: skip
    wish, reply = one(draw, wishes)
    return turns(put(draw, wish, passage.text), reply, *follow(draw, passage))


KINDS = [
    Kind("summaries", 3.0, summaries),
    Kind("subjects", 1.0, subjects),
    Kind("reading", 1.5, reading),
    Kind("who_has_what", 1.0, who_has_what),
    Kind("summaries_wished", 0.6, summaries_wished),
]
