"""Sentences to be said in another way: formally, politely, in fewer words, in another tense, as a question, corrected."""

from __future__ import annotations

import random
from dataclasses import dataclass

from lab.train.material.kinds import Dialogue, Kind, casual, turns
from lab.train.material.names import MEN, TOWNS, WOMEN
from lab.train.material.registers import LONG, MISTAKES, POLITE, REGISTERS
from lab.train.material.styles import thanked, upper
from lab.train.material.tables import one, pairs, rows, words

THING = words("""
    the report, the keys, the photos, the book, the tickets, the address, the list, the recipe, the plan, the
    password, the invoice, the notes, the contract, the file, the map
""")
DAY = words("today, tomorrow, on Monday, on Tuesday, on Friday, next week, this evening, at noon, on Sunday")
EVENT = words("the party, the meeting, the lesson, the dinner, the concert, the match, the appointment, the training, the call")


@dataclass(frozen=True)
class Verb:
    base: str
    third: str
    past: str
    rests: tuple[str, ...]


VERBS = [Verb(base, third, past, tuple(words(rest, ";"))) for base, third, past, rest in rows("""
walk|walks|walked|to the park; to school; along the river; home
play|plays|played|in the garden; the piano; football; chess
read|reads|read|a long book; the newspaper; a letter
write|writes|wrote|a letter; a song; a short story
eat|eats|ate|an apple; soup; breakfast in the kitchen
drink|drinks|drank|a cup of tea; cold milk; water
go|goes|went|to the market; to the lake; to work by bus
buy|buys|bought|fresh bread; a new coat; flowers
see|sees|saw|a big bird; the moon; an old friend
sing|sings|sang|a song; in the shower; in a choir
run|runs|ran|to the station; in the park; very fast
swim|swims|swam|in the sea; in the lake
cook|cooks|cooked|dinner; a soup; for the whole family
clean|cleans|cleaned|the house; the windows; the car
open|opens|opened|the door; a window; the box
watch|watches|watched|a film; the birds; the rain
make|makes|made|a cake; a plan; a paper boat
find|finds|found|a coin; the way; an old key
help|helps|helped|the neighbours; at the farm; in the kitchen
sleep|sleeps|slept|on the sofa; in a tent; very well
work|works|worked|in a shop; at the hospital; late
carry|carries|carried|a heavy bag; the boxes
visit|visits|visited|the museum; an old aunt; a friend in the city
like|likes|liked|the new teacher; the quiet street; this song
draw|draws|drew|a house; a funny face; a map
take|takes|took|the train; a photo; a warm bath
wear|wears|wore|a green hat; a warm coat
need|needs|needed|some help; a new phone; more time
""")]  # fmt: skip
SUBJECTS = words("""
    I, you, we, they, he, she, my sister, my brother, the teacher, the old man, the children, my friends, the girl,
    the boy, our neighbours, the nurse
""")
MANY = set(words("we, they, you, I, the children, my friends, our neighbours"))


@dataclass(frozen=True)
class Clause:
    """A simple sentence in all its forms; `rest` is what follows the verb."""

    subject: str
    verb: Verb
    rest: str

    @property
    def plural(self) -> bool:
        return self.subject in MANY

    def present(self) -> str:
        return upper(f"{self.subject} {self.verb.base if self.plural else self.verb.third} {self.rest}.")

    def past(self) -> str:
        return upper(f"{self.subject} {self.verb.past} {self.rest}.")

    def future(self) -> str:
        return upper(f"{self.subject} will {self.verb.base} {self.rest}.")

    def question(self) -> str:
        return upper(f"{'do' if self.plural else 'does'} {self.subject} {self.verb.base} {self.rest}?")

    def asked(self) -> str:
        """The question in the past tense."""
        return f"Did {self.subject} {self.verb.base} {self.rest}?"

    def negative(self) -> str:
        return upper(f"{self.subject} {'do' if self.plural else 'does'} not {self.verb.base} {self.rest}.")

    def negative_past(self) -> str:
        return upper(f"{self.subject} did not {self.verb.base} {self.rest}.")


def clause(draw: random.Random) -> Clause:
    verb = one(draw, VERBS)
    subject = one(draw, SUBJECTS) if draw.random() < 0.6 else one(draw, WOMEN + MEN)
    return Clause(subject, verb, one(draw, verb.rests))


def filled(draw: random.Random, row: tuple[str, ...]) -> tuple[str, ...]:
    slots = {
        "name": one(draw, WOMEN + MEN),
        "thing": one(draw, THING),
        "day": one(draw, DAY),
        "event": one(draw, EVENT),
        "town": one(draw, TOWNS),
    }
    return tuple(text.format(**slots) for text in row)


LEADS = ("", "", "", "", "Sure: ", "Of course: ", "Here you go: ", "You could say: ", "You can write: ", "Here it is: ")
BACK = (
    "Is that better?",
    "Does that fit?",
    "Do you have another one?",
    "Is that what you need?",
    "Shall I try another way?",
    "Do you like it?",
    "Who is it for?",
)


def rewritten(
    draw: random.Random,
    wishes: tuple[str, ...],
    given: str,
    result: str,
    again: tuple[str, str] | None = None,
    back: tuple[str, ...] = BACK,
    leads: tuple[str, ...] = LEADS,
) -> Dialogue:
    """The wish with the sentence, plain or in quotes, and the result, plain or with a word before or after it."""
    quote = one(draw, ("", "", '"', "'")) if "'" not in given else one(draw, ("", "", '"'))
    wish = one(draw, wishes)
    if "{}" in wish:
        quote = quote or '"'
        prompt = wish.format(f"{quote}{given}{quote}")
    elif draw.random() < 0.3:
        between = one(draw, (" ", "\n")) if quote or given[-1] in ".?!" else "\n"
        mark = "?" if wish.startswith(("how", "can", "what", "is ", "are ", "did ")) else "."
        prompt = f"{quote}{given}{quote}{between}{upper(wish)}{mark}"
    else:
        prompt = f"{upper(wish)}: {quote}{given}{quote}"
    reply = one(draw, leads) + result
    if back and draw.random() < 0.3:
        reply += f" {one(draw, back)}"
    if draw.random() < 0.12:
        prompt = prompt[0].lower() + prompt[1:]
    spoken = [prompt, reply]
    if draw.random() < 0.22:
        spoken += [casual(draw, again[0]), again[1]] if again and draw.random() < 0.5 else thanked(draw)
    return turns(*spoken)


def formal(draw: random.Random) -> Dialogue:
    relaxed, stiff = filled(draw, one(draw, REGISTERS))
    wishes = (
        "make this formal", "make this more formal", "rewrite this formally", "say this in a formal way",
        "please make this sound professional", "can you make this formal", "write this formally",
        "turn this into formal English", "I need this in formal words", "how do I say {} formally?",
        "make it sound more professional", "rewrite this for my boss", "what is the formal way to say {}?",
        "say {} more formally."
    )  # fmt: skip
    return rewritten(
        draw,
        wishes,
        relaxed,
        stiff,
        (one(draw, ("And casually?", "Now casual again.")), upper(relaxed if relaxed[-1] in ".?!" else f"{relaxed}.")),
    )


def relaxed(draw: random.Random) -> Dialogue:
    loose, stiff = filled(draw, one(draw, REGISTERS))
    loose = upper(loose if loose[-1] in ".?!" else f"{loose}.")
    wishes = (
        "make this casual",
        "make this more casual",
        "say this in a relaxed way",
        "make it less formal",
        "how would a friend say this",
        "rewrite this casually",
        "can you make this sound friendly and relaxed",
        "say it like to a friend",
        "this is too stiff, make it casual",
        "how do I say {} casually?",
        "turn this into a text to a friend",
    )
    return rewritten(draw, wishes, stiff, loose, ("And formally?", stiff))


ORDERS = [verb for verb in VERBS if verb.base not in ("like", "need", "see", "sleep")]
ASKS = ("Could you please {}?", "Could you please {}?", "Could you {}, please?", "Would you please {}?", "Please could you {}?")


def order(draw: random.Random) -> tuple[str, str]:
    """`Open the door.` and the same as a polite question."""
    verb = one(draw, ORDERS)
    wish = f"{verb.base} {one(draw, verb.rests)}" + (f" {one(draw, DAY)}" if draw.random() < 0.2 else "")
    return upper(f"{wish}{one(draw, '.!')}"), one(draw, ASKS).format(wish)


def polite(draw: random.Random) -> Dialogue:
    rude, kind = order(draw) if draw.random() < 0.5 else filled(draw, one(draw, POLITE))
    wishes = (
        "make this polite",
        "make this more polite",
        "say this politely",
        "how can I say {} politely?",
        "rewrite this in a polite way",
        "can you make this sound nicer",
        "please make this friendlier",
        "what is a polite way to say {}?",
        "say {} in a nicer way.",
        "this sounds rude, fix it",
        "rewrite this more politely",
        "put this politely",
        "make it kinder",
    )
    return rewritten(draw, wishes, rude, kind)


def shorter(draw: random.Random) -> Dialogue:
    given, result = filled(draw, one(draw, LONG))
    wishes = (
        "make this shorter",
        "shorten this",
        "say this in fewer words",
        "make it brief",
        "can you shorten this sentence",
        "cut this down",
        "too long, make it short",
        "rewrite this so that it is short",
        "say it briefly",
        "please shorten",
        "shorten this sentence",
        "can you make this sentence shorter",
    )
    return rewritten(draw, wishes, given, result)


def tenses(draw: random.Random) -> Dialogue:
    it = clause(draw)
    name, given, result, other = one(
        draw,
        (
            ("past", it.present(), it.past(), ("And in the future?", it.future())),
            ("past", it.present(), it.past(), ("And as a question?", it.asked())),
            ("future", it.present(), it.future(), ("And in the past?", it.past())),
            ("present", it.past(), it.present(), ("And in the future?", it.future())),
            ("question", it.present(), it.question(), ("Now in the past.", it.asked())),
            ("question", it.past(), it.asked(), ("And in the present?", it.question())),
            ("negative", it.present(), it.negative(), ("And in the past?", it.negative_past())),
            ("statement", it.question(), it.present(), ("In the past please.", it.past())),
        )
    )  # fmt: skip
    wishes = {
        "past": (
            "put this into the past tense", "make this past tense", "change this to the past tense",
            "say this in the past tense", "rewrite this in the past", "past tense please", "turn this into the past tense",
            "what is {} in the past tense?", "can you put this in the past"
        ),
        "future": (
            "put this into the future tense", "make this future tense", "say this in the future",
            "change this to the future tense", "rewrite this in the future tense"
        ),
        "present": (
            "put this into the present tense", "make this present tense", "change this to the present tense",
            "say this in the present tense"
        ),
        "question": (
            "make this a question", "turn this into a question", "change this to a question", "rewrite this as a question",
            "can you ask this as a question", "how do I ask this", "make a question of this"
        ),
        "negative": (
            "make this negative", "say the opposite with not", "turn this into a negative sentence", "negate this",
            "put a not into this"
        ),
        "statement": (
            "make this a statement", "turn this question into a statement", "change this question to a plain sentence"
        ),
    }[name]  # fmt: skip
    return rewritten(draw, wishes, given, result, other, () if name == "question" else BACK[:4])


def plural_sentences(draw: random.Random) -> Dialogue:
    noun, many = one(
        draw,
        pairs("""
            cat: cats; dog: dogs; child: children; bird: birds; boy: boys; girl: girls; teacher: teachers; farmer:
            farmers; mouse: mice; woman: women; man: men; student: students; horse: horses; baby: babies; doctor:
            doctors
        """),
    )
    base, third, rest = one(
        draw,
        (
            ("sleep", "sleeps", "all day"), ("run", "runs", "in the garden"), ("eat", "eats", "in the kitchen"),
            ("sit", "sits", "under a tree"), ("like", "likes", "warm milk"), ("wait", "waits", "at the door"),
            ("play", "plays", "outside"), ("look", "looks", "out of the window"), ("walk", "walks", "home"),
            ("sing", "sings", "in the morning"), ("need", "needs", "some food"), ("be", "is", "tired"), ("be", "is", "hungry")
        )
    )  # fmt: skip
    alone, together = f"The {noun} {third} {rest}.", f"The {many} {base if base != 'be' else 'are'} {rest}."
    if draw.random() < 0.25:
        return rewritten(draw, ("make this singular", "put this into the singular", "say this about only one"), together, alone)
    return rewritten(
        draw,
        (
            "make this plural",
            "put this into the plural",
            "change this to plural",
            "rewrite this in the plural",
            "turn this into plural",
            "say this about more than one",
            "plural please",
        ),
        alone,
        together,
    )


def mistakes(draw: random.Random) -> Dialogue:
    wrong, right = filled(draw, one(draw, MISTAKES))
    if draw.random() < 0.12:
        wishes: tuple[str, ...] = ("is this correct", "is this right", "did I write this correctly")
        if draw.random() < 0.5:
            return rewritten(
                draw, tuple(f"{wish}? {{}}" for wish in wishes), right, "Yes, that is correct.", back=(), leads=("",)
            )
        return rewritten(
            draw, tuple(f"{wish}? {{}}" for wish in wishes), wrong, f"Not quite. It should be: {right}", back=(), leads=("",)
        )
    wishes = (
        "fix the mistakes",
        "fix this",
        "correct this",
        "correct this sentence",
        "fix the grammar",
        "please correct my English",
        "can you fix this sentence",
        "what is wrong here",
        "correct the mistakes",
        "check my grammar",
        "check this sentence",
        "proofread this",
        "find the mistake",
        "how should it be: {}",
        "repair this sentence",
    )
    return rewritten(draw, wishes, wrong, right, ("Thanks. Was it very wrong?", "No, only a small mistake. Everyone makes them."))


def capitals(draw: random.Random) -> Dialogue:
    it = clause(draw)
    wishes: tuple[str, ...]
    given = one(
        draw, (it.present(), it.past(), it.future(), f"Hello {one(draw, WOMEN + MEN)}!", f"Welcome to {one(draw, TOWNS)}!")
    )
    if draw.random() < 0.6:
        wishes, result = (
            (
                "write this in capitals",
                "make this uppercase",
                "put this in capital letters",
                "write this in all caps",
                "uppercase this",
                "change this to upper case",
                "all caps please",
            ),
            given.upper(),
        )
    else:
        given, result = given.upper(), given.lower()
        wishes = (
            "write this in lower case",
            "make this lowercase",
            "put this in small letters",
            "lowercase this",
            "no capitals please",
        )
    return rewritten(draw, wishes, given, result, back=())


def repeats(draw: random.Random) -> Dialogue:
    it = clause(draw)
    name = one(draw, WOMEN + MEN)
    given = one(
        draw,
        (
            it.present(),
            it.past(),
            it.future(),
            f"My name is {name}.",
            f"Good morning, {name}!",
            f"I live in {one(draw, TOWNS)}.",
            f"Have a nice day, {name}.",
        ),
    )
    wishes = (
        "repeat after me",
        "repeat this",
        "say this",
        "please repeat",
        "say after me",
        "copy this",
        "write exactly this",
        "can you say this",
    )
    chosen = one(draw, wishes)
    return turns(
        casual(draw, f"{upper(chosen)}:").rstrip(":") + f": {given}" if draw.random() < 0.8 else f"{given}\n{upper(chosen)}.",
        given,
    )


def swaps(draw: random.Random) -> Dialogue:
    """One word of a sentence is to be exchanged."""
    it = clause(draw)
    old, new = draw.sample(WOMEN + MEN, 2)
    verb, rest = it.verb, it.rest
    given, result = f"{old} {verb.third} {rest}.", f"{new} {verb.third} {rest}."
    wishes = (
        f"change the name to {new}",
        f"replace {old} by {new}",
        f"use {new} instead of {old}",
        f"put {new} in place of {old}",
        f"swap {old} for {new}",
        f"replace {old} with {new}",
    )
    return rewritten(draw, wishes, given, result, back=())


KINDS = [
    Kind("formal", 1.2, formal),
    Kind("relaxed", 0.8, relaxed),
    Kind("polite", 0.8, polite),
    Kind("shorter", 0.8, shorter),
    Kind("tenses", 1.5, tenses),
    Kind("plural_sentences", 0.5, plural_sentences),
    Kind("mistakes", 1.2, mistakes),
    Kind("capital_letters", 0.4, capitals),
    Kind("repeats", 0.4, repeats),
    Kind("swaps", 0.4, swaps),
]
