"""Words: what they mean, their opposites, plurals and past tenses, words like them, words that rhyme with them."""

from __future__ import annotations

import random

from lab.train.material.definitions import ADJECTIVES, NOUNS, OPPOSITES, PAST, PLURALS, QUALITIES, RHYMES, SYNONYMS, VERBS
from lab.train.material.kinds import Dialogue, Kind, listed
from lab.train.material.styles import Answer, dialogue, upper
from lab.train.material.tables import one

OF_WORDS = (
    "Is that clear?", "Where did you read that word?", "Do you want another word explained?",
    "Is there another word you want to know?", "Are you learning English?", "Shall I use it in a sentence?",
    "Does that help?", "Is that a new word for you?"
)  # fmt: skip
ANOTHER_WORD = (
    "Do you have another word?", "Which word is next?", "Are you learning English?", "Do you want to try another one?",
    "Shall we do another one?", "Is that for school?", "Does that help?"
)  # fmt: skip
ASK_THING = (
    "What is {}?", "What's {}?", "Define {}.", "Can you define {}?", "What does the word {bare} mean?",
    "What does '{bare}' mean?", "Explain what {} is.", "Can you explain what {} is?", "Do you know what {} is?",
    "Tell me what {} is.", "What do people mean by {}?", "I don't know what {} is.", "{bare}, what is that?",
    "What exactly is {}?", "Hey, what is {}?", "How would you explain {}?", "What is the meaning of {bare}?",
    "Meaning of {bare}?", "Give me a definition of {}.", "What is meant by {}?", "{bare} means what?",
    "Could you tell me what {} is?", "I read the word {bare}. What is it?", "Explain {} to a child.",
    "My daughter asks what {} is.", "Please explain {}."
)  # fmt: skip
ASK_WORD = (
    "What does {} mean?", "What does '{}' mean?", "Define {}.", "What is the meaning of {}?", "What does the word {} mean?",
    "Meaning of {}?", "Can you explain the word {}?", "{} means what?", "Do you know what {} means?",
    "Tell me what {} means.", "I don't know the word {}.", "Can you tell me the meaning of {}?", "How would you explain {}?",
    "I read the word {}. What does it mean?", "Explain the word {}.", "Hey, what does {} mean?",
    "What do people mean when they say {}?", "Give me a definition of {}.", "Could you define {}?", "What is meant by {}?"
)  # fmt: skip


def definitions(draw: random.Random) -> Dialogue:
    """Every word is as likely, whatever its class."""
    place = draw.randrange(len(NOUNS) + len(QUALITIES) + len(ADJECTIVES) + len(VERBS))
    if place < len(NOUNS) + len(QUALITIES):
        word, meaning = [*NOUNS, *QUALITIES][place]
        bare = word.removeprefix("a ").removeprefix("an ").removeprefix("the ")
        prompt = upper(one(draw, ASK_THING).format(word, bare=bare))
        relaxed = [f"{'It' if word != bare else 'That'}'s {meaning}.", f"That's {meaning}!"]
        answer = Answer([f"{upper(word)} is {meaning}."], f"{upper(meaning)}.", relaxed, (), OF_WORDS[:3] + OF_WORDS[6:])
    elif place < len(NOUNS) + len(QUALITIES) + len(ADJECTIVES):
        word, meaning = ADJECTIVES[place - len(NOUNS) - len(QUALITIES)]
        prompt = upper(one(draw, ASK_WORD).format(word))
        answer = Answer(
            [f"The word {word} means {meaning}.", f"{upper(word)} means {meaning}."], f"{upper(meaning)}.",
            [f"It means {meaning}.", f"That's when something or someone is {meaning}."],
            f"The opposite is {OPPOSITE[word]}." if word in OPPOSITE else (), OF_WORDS[:5] + OF_WORDS[6:]
        )  # fmt: skip
    else:
        word, meaning = VERBS[place - len(NOUNS) - len(QUALITIES) - len(ADJECTIVES)]
        prompt = upper(one(draw, ASK_WORD).format(one(draw, (word, word, f"to {word}"))))
        answer = Answer(
            [f"To {word} means to {meaning}.", f"To {word} is to {meaning}."],
            f"To {meaning}.",
            [f"It means to {meaning}.", f"That's when you {meaning}."],
            (),
            OF_WORDS[:5] + OF_WORDS[6:],
        )
    return dialogue(draw, prompt, answer)


OPPOSITE = dict(OPPOSITES)
SIDES = [
    *OPPOSITES,
    *((right, left) for left, right in OPPOSITES if [r for _, r in OPPOSITES].count(right) == 1 and right not in OPPOSITE),
]


def opposites(draw: random.Random) -> Dialogue:
    word, other = one(draw, SIDES)
    prompts = (
        "What is the opposite of {}?", "What's the opposite of {}?", "Opposite of {}?", "Give me the opposite of {}.",
        "Tell me the opposite of {}.", "Can you tell me the opposite of {}?", "Do you know the opposite of {}?",
        "The opposite of {} is what?", "Which word means the opposite of {}?", "What word is the opposite of {}?",
        "Name the opposite of {}.", "Hey, what is the opposite of {}?", "I need the opposite of {}.",
        "Find the opposite of {}.", "What would be the opposite of {}?",
        "If it is not {}, what is it?" if word in (
            "hot", "big", "wet", "full", "open", "loud", "clean", "cheap", "near", "new"
        ) else "The opposite of {}?"
    )  # fmt: skip
    answer = Answer(
        [f"The opposite of {word} is {other}.", f"The opposite of {word} is {other}."],
        f"{upper(other)}.",
        [f"That's {other}!", f"It's {other}."],
        (),
        ANOTHER_WORD,
        upper(other),
    )
    second, its = one(draw, SIDES)
    then = [
        (
            one(draw, ("And of {}?", "And {}?", "What about {}?", "And the opposite of {}?")).format(second),
            Answer(f"The opposite of {second} is {its}.", f"{upper(its)}.", f"That's {its}!"),
        )
    ]
    return dialogue(draw, upper(one(draw, prompts).format(word)), answer, then)


def plurals(draw: random.Random) -> Dialogue:
    word, other = one(draw, PLURALS)
    prompts = (
        "What is the plural of {}?", "What's the plural of {}?", "Plural of {}?", "Tell me the plural of {}.",
        "Can you tell me the plural of {}?", "How do you say more than one {}?", "The plural of {} is what?",
        "Do you know the plural of {}?", "Give me the plural of {}.", "One {}, two what?",
        "What do you call more than one {}?", "I need the plural of {}.", "Make {} plural.",
        "How do I write the plural of {}?"
    )  # fmt: skip
    answer = Answer(
        [f"The plural of {word} is {other}."],
        f"{upper(other)}.",
        [f"It's {other}!", f"One {word}, two {other}."],
        (),
        ANOTHER_WORD,
        upper(other),
    )
    second, its = one(draw, PLURALS)
    then = [
        (
            one(draw, ("And of {}?", "And {}?", "What about {}?")).format(second),
            Answer(f"The plural of {second} is {its}.", f"{upper(its)}.", f"It's {its}!"),
        )
    ]
    return dialogue(draw, upper(one(draw, prompts).format(word)), answer, then)


def past_tenses(draw: random.Random) -> Dialogue:
    word, other = one(draw, PAST)
    prompts = (
        "What is the past tense of {}?", "What's the past tense of {}?", "Past tense of {}?", "What is the past of {}?",
        "Tell me the past tense of {}.", "Can you tell me the past tense of {}?", "The past tense of {} is what?",
        "Give me the past tense of {}.", "Do you know the past tense of {}?", "I need the past tense of {}.",
        "How do I say {} in the past?", "Put {} into the past tense.", "What is {} in the past tense?"
    )  # fmt: skip
    example = (
        ()
        if " " in other
        else [
            f"For example: yesterday I {other}."
            if word in ("sleep", "sing", "swim", "run", "dance", "cook", "work", "walk", "cry")
            else f"You use it for what is over, as in: they {other}."
        ]
    )
    answer = Answer(
        [f"The past tense of {word} is {other}."],
        f"{upper(other)}.",
        [f"It's {other}!", f"That's {other}."],
        example[:1] if word in ("sleep", "sing", "swim", "run", "dance", "cook", "work", "walk", "cry") else (),
        ANOTHER_WORD,
    )
    second, its = one(draw, PAST)
    then = [
        (
            one(draw, ("And of {}?", "And {}?", "What about {}?")).format(second),
            Answer(f"The past tense of {second} is {its}.", f"{upper(its)}.", f"It's {its}!"),
        )
    ]
    return dialogue(draw, upper(one(draw, prompts).format(word)), answer, then)


COUNTS = {
    1: ("a word", "one word", "another word"),
    2: ("two words", "2 words"),
    3: ("three words", "3 words"),
    4: ("four words", "4 words"),
    5: ("five words", "5 words"),
}


def synonyms(draw: random.Random) -> Dialogue:
    word = one(draw, list(SYNONYMS))
    count = one(draw, (1, 1, 2, 3, 3, 5))
    chosen = draw.sample(SYNONYMS[word], count)
    many = one(draw, COUNTS[count])
    if count == 1:
        prompts = [
            f"What is another word for {word}?",
            f"Give me another word for {word}.",
            f"Another word for {word}?",
            f"What is a synonym of {word}?",
            f"Tell me a word that means {word}.",
            f"What can I say instead of {word}?",
            f"I need another word for {word}.",
            f"Do you know another word for {word}?",
            f"What's a synonym for {word}?",
        ]
        full = [f"Another word for {word} is {chosen[0]}.", f"You can say {chosen[0]}."]
    else:
        prompts = [
            f"Give me {many} for {word}.",
            f"Tell me {many} that mean {word}.",
            f"I need {many} for {word}.",
            f"Can you give me {many} for {word}?",
            f"Find {many} like {word}.",
            f"Name {many} that mean {word}.",
            f"What are {many} for {word}?",
        ]
        full = [f"{upper(listed(chosen))} mean much the same as {word}.", f"You can say {listed(chosen, 'or')}."]
    answer = Answer(
        full,
        f"{upper(', '.join(chosen))}.",
        [f"How about {listed(chosen, 'or')}?"],
        (),
        ("Which one do you like best?" if count > 1 else "Does that fit?", "What are you writing?", "Do you need more words?"),
    )
    return dialogue(draw, prompts, answer, instructed=0)


def rhymes(draw: random.Random) -> Dialogue:
    row = one(draw, RHYMES)
    word, *rest = draw.sample(row, len(row))
    count = one(draw, (1, 1, 1, 2, 3))
    chosen = rest[: min(count, len(rest))]
    if len(chosen) == 1:
        prompts = [
            f"What rhymes with {word}?",
            f"Tell me a word that rhymes with {word}.",
            f"Give me a rhyme for {word}.",
            f"What word rhymes with {word}?",
            f"A rhyme for {word}?",
            f"I need a rhyme for {word}.",
            f"Can you find a rhyme for {word}?",
            f"Which word rhymes with {word}?",
            f"Do you know a word that rhymes with {word}?",
        ]
        full = [f"{upper(chosen[0])} rhymes with {word}.", f"A rhyme for {word} is {chosen[0]}."]
    else:
        many = one(draw, COUNTS[len(chosen)])
        prompts = [
            f"Give me {many} that rhyme with {word}.",
            f"Tell me {many} that rhyme with {word}.",
            f"Find {many} that rhyme with {word}.",
            f"What are {many} that rhyme with {word}?",
            f"I need {many} that rhyme with {word}.",
        ]
        full = [f"{upper(listed(chosen))} rhyme with {word}."]
    answer = Answer(
        full,
        f"{upper(', '.join(chosen))}.",
        [f"How about {listed(chosen, 'or')}?"],
        (),
        ("Are you writing a poem?", "Do you need more rhymes?", "Does that fit?"),
    )
    return dialogue(draw, prompts, answer, instructed=0)


KINDS = [
    Kind("definitions", 5.0, definitions),
    Kind("opposites", 1.4, opposites),
    Kind("plurals", 0.8, plurals),
    Kind("past_tenses", 0.9, past_tenses),
    Kind("synonyms", 0.8, synonyms),
    Kind("rhymes", 0.7, rhymes),
]
