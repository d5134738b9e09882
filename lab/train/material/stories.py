"""Stories about what was asked for, a few lines of verse, descriptions and short exchanges between two speakers."""

from __future__ import annotations

import random
from dataclasses import dataclass

from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.stories_tables import (
    ANIMALS,
    HE_NAMES,
    IT_NAMES,
    MASS,
    PAIR_PLOTS,
    PEOPLE,
    PLACES,
    PLOTS,
    QUALITIES,
    SCENES,
    SHE_NAMES,
    TALKS,
    THING_PLOTS,
    THING_QUALITIES,
    THINGS,
    VERSE_SUBJECTS,
    VERSES,
)
from lab.train.material.talk_daily import REACTIONS
from lab.train.material.talk_topics import LEAVING
from lab.train.material.voice import Round, Voice, converse, of_topic, options, pick, spin

AT_SEA = set(options("""
mermaid / whale / dolphin / shark / octopus / crab / seal / sailor / captain / pirate / fish / penguin / seagull
"""))  # fmt: skip
IN_THE_AIR = set(
    options(
        "owl / crow / eagle / sparrow / swan / parrot / peacock / bat / bee / butterfly / ladybird / firefly / seagull / raven"
    )
) | {"goose", "duck", "pilot", "astronaut", "dragon", "fairy", "superhero"}
SHE = {
    "girl",
    "old woman",
    "queen",
    "princess",
    "witch",
    "nurse",
    "fairy",
    "mermaid",
    "mother",
    "grandmother",
    "sister",
    "hen",
    "cow",
}
HE = {
    "boy",
    "old man",
    "king",
    "prince",
    "knight",
    "wizard",
    "fisherman",
    "postman",
    "father",
    "grandfather",
    "brother",
    "snowman",
    "rooster",
}
ASKED = options("""
[Tell me|Write|Give me|I want|I'd like|Write me|Make up|I'd love to hear] a [story|short story|little story|tale|bedtime
story|tiny story|funny story] about {x}[, please|]. / [Can|Could] you [tell me|write|make up] a [story|short story|tale] about
{x}? / [Story|A story|Short story] about {x}[, please| please|][.|] / Do you know a story about {x}? / Please [tell me|write]
a story about {x}. / Tell [me|us] about {x}, as a story. / A bedtime story about {x}, please. / I need a story about {x} for
my [kids|daughter|son]. / [Once upon a time there was|There once was] {x}. Go on. / Make a story with {x}[, please|]. / Write
[two|a few|some] sentences about {x} as a story. / Let's have a story about {x}[.|!]
""")  # fmt: skip
ANY = options("""
Tell me a [story|bedtime story|short story|fairy tale|good story][, please|][.|!] / [Can|Could] you tell me a [story|bedtime
story|fairy tale]? / Write a [short |]story[.|, please.] / I want [to hear |]a story[.|!] / Story time[.|!] / [Read|Tell] me
something before I sleep[.|, please.] / Make up a story[.| for me.] / Do you know [a story|any stories]? / Once upon a time /
Once upon a time... / A story, please. / Tell us a tale[.|]
""")  # fmt: skip
CONTINUED = options(
    "Once upon a time there was {x}... / There once was {x}... / Continue: there was once {x}. / Continue this story: Once "
    "there was {x}. / Once upon a time {x}..."
)
ASKS = options(
    "Did you like it? / Would you like another story? / Shall I tell you one more? / Who should be in the next one? / Was "
    "that a good ending?"
)


@dataclass(frozen=True)
class Hero:
    noun: str
    quality: str  # an adjective, or empty
    name: str  # or empty
    he: str  # he, she or it

    @property
    def asked(self) -> str:
        return f"a {self.quality} {self.noun}".replace("  ", " ")

    def blanks(self, draw: random.Random) -> dict[str, str]:
        the = pick(draw, [f"the {self.noun}", self.name or f"the {self.noun}"])
        him, his = {"he": ("him", "his"), "she": ("her", "her"), "it": ("it", "its")}[self.he]
        return {"the": the, "The": the[0].upper() + the[1:], "he": self.he, "He": self.he.capitalize(), "him": him, "his": his}


def hero(draw: random.Random, wanted: str = "") -> Hero:
    """Somebody or something for a story; a quality and a name now and then."""
    noun = wanted or pick(draw, pick(draw, (ANIMALS, ANIMALS, PEOPLE, PEOPLE, THINGS)))
    thing = noun in THINGS
    he = "it" if thing else "she" if noun in SHE else "he" if noun in HE else pick(draw, ("he", "she"))
    plain = " " in noun or noun in ("giant", "dwarf", "beggar", "child")
    quality = "" if plain or draw.random() < 0.6 else pick(draw, THING_QUALITIES if thing else QUALITIES)
    named = draw.random() < (0.2 if thing else 0.55)
    name = pick(draw, {"he": HE_NAMES, "she": SHE_NAMES, "it": IT_NAMES}[he]) if named else ""
    return Hero(noun, quality, name, he)


def begin(draw: random.Random, who: Hero, where: str, going_on: bool) -> str:
    """The hero comes in; the verb follows."""
    if going_on:
        return pick(draw, [f"The {who.noun}", f"This {who.noun}"])
    intro = who.asked + (f" [called|named] {who.name}" if who.name else "")
    link = "that" if who.he == "it" else "who"
    forms = [
        intro,
        f"Once there was {intro} {link}",
        f"Once upon a time {intro}",
        f"There was once {intro} {link}",
        f"Long ago {intro}",
    ]
    if where:
        forms = [f"{where[0].upper()}{where[1:]} there was {intro} {link}", f"{where[0].upper()}{where[1:]} {intro}"]
    return pick(draw, forms)


def joined(first: str, second: str) -> str:
    """Two sentences as one."""
    second = second.replace("{He}", "{he}").replace("{The}", "{the}").replace("{A}", "{a}")
    second = second[0].lower() + second[1:]
    return f"{first}, {second}" if second.startswith("but ") else f"{first}, and {second}"


def tell(draw: random.Random, who: Hero, plot: list[str], where: str, going_on: bool, voice: Voice, two: bool = False) -> str:
    """The plot with this hero, in two sentences or in four; in one when only one is wanted."""
    _, verb, trouble, turn, end, short = plot
    opening = f"{begin(draw, who, where, going_on)} {verb}"
    if voice.strict or (voice.length == "sentence" and not voice.asks and draw.random() < 0.2):
        parts = [joined(opening, short)]
    elif voice.length == "full" and not two:
        parts = [opening + ".", trouble, turn, end]
    elif voice.length == "brief" or two:
        parts = [opening + ".", short]
    else:
        parts = pick(draw, [[opening + ".", short], [opening + ".", trouble, turn, end]])
    text = " ".join(spin(draw, part, who.blanks(draw)) for part in parts)
    return text + (" " + pick(draw, ASKS) if voice.asks and draw.random() < 0.7 else "")


def plot_for(draw: random.Random, who: Hero) -> list[str]:
    """A plot that makes sense for this hero: no seal dreams of the sea, and no owl of flying."""
    if who.he == "it":
        return pick(draw, THING_PLOTS)
    known = "sea" if who.noun in AT_SEA else "fly" if who.noun in IN_THE_AIR else "none"
    return pick(draw, [plot for plot in PLOTS if not plot[0].endswith(known)])


def story(draw: random.Random) -> Dialogue:
    """A story about the hero that was asked for, at a place or with a wish when the prompt says so."""
    who = hero(draw)
    plot = plot_for(draw, who)
    where, asked, chance = "", who.asked, draw.random()
    going_on = False
    if chance < 0.12:
        asked = f"{asked} {plot[0]}"
    elif chance < 0.24 and who.he != "it":
        place = pick(draw, list(PLACES))
        where, asked = PLACES[place], f"{asked} {place}"
    if draw.random() < 0.1 and who.name and chance > 0.24:
        asked = f"{asked} {pick(draw, ('called', 'named'))} {who.name}"
    prompts = ASKED
    if 0.24 < chance < 0.34:
        prompts, going_on = CONTINUED, True
        asked = who.asked
    elif chance > 0.88:
        prompts = ANY
    prompt = spin(draw, pick(draw, prompts), {"x": asked})
    if going_on:
        who = Hero(who.noun, who.quality, "", who.he)
    rounds: list[Round] = [(prompt, lambda voice: tell(draw, who, plot, where, going_on, voice, "two sentences" in prompt))]
    if draw.random() < 0.2:
        other = hero(draw)
        more = plot_for(draw, other)
        again = spin(
            draw,
            pick(
                draw,
                options(
                    "Now one about {x}. / And one about {x}? / Tell me another one, about {x}. / Another one about {x}, "
                    "please. / One more, with {x}."
                ),
            ),
            {"x": other.asked},
        )
        rounds.append((again, lambda voice: tell(draw, other, more, "", False, voice)))
    elif draw.random() < 0.12:
        rounds.append(of_topic(draw, pick(draw, (LEAVING["thanks"], REACTIONS["praise"]))))
    return converse(draw, rounds)


def pair(draw: random.Random) -> Dialogue:
    """A story about two."""
    first, second = (hero(draw, noun) for noun in draw.sample([*ANIMALS, *PEOPLE], 2))
    plot = pick(draw, PAIR_PLOTS)
    prompt = spin(draw, pick(draw, ASKED), {"x": f"{first.asked} and {second.asked}"})
    named = {"a": f"the {first.noun}", "A": f"The {first.noun}", "b": f"the {second.noun}"}

    def reply(voice: Voice) -> str:
        verb, *rest, short = plot
        opening = pick(draw, [f"{first.asked} and {second.asked} {verb}.", f"Once upon a time {first.asked} and "
            f"{second.asked} {verb}.",
                              f"There were once {first.asked} and {second.asked} who {verb}."])  # fmt: skip
        long = "two sentences" not in prompt and (voice.length == "full" or (voice.length == "sentence" and draw.random() < 0.5))
        parts = [joined(opening.rstrip("."), short)] if voice.strict else [opening, *rest] if long else [opening, short]
        return spin(draw, " ".join(parts), named) + (" " + pick(draw, ASKS) if voice.asks and draw.random() < 0.7 else "")

    return converse(draw, [(prompt, reply)])


POEM = options("""
Write [me |]a [poem|short poem|little poem|rhyme|two-line poem] about {x}[, please|]. / [Tell me|Give me|I'd like|I want] a
[poem|rhyme|short poem] about {x}[, please|]. / [Can|Could] you write a [poem|rhyme|verse] about {x}? / [Poem|A poem|A
rhyme|Rhyme] about {x}[, please|][.|] / [Write|Make] a few lines about {x} that rhyme. / Something poetic about {x}[,
please|]. / A verse on {x}[, please|].
""")  # fmt: skip


def poem(draw: random.Random) -> Dialogue:
    """Two or four lines that rhyme in pairs."""
    subject = pick(draw, VERSE_SUBJECTS)
    mass = subject in MASS
    asked = pick(draw, [subject] if mass else [f"the {subject}", f"a {subject}"])
    the = subject if mass else f"the {subject}"
    fitting = [verse for verse in VERSES if not (mass and verse[0].startswith(("A {x}", "I ", "The {x} is quiet")))]
    if mass:
        fitting = [[line.replace("The {x}", "{the}") for line in verse] for verse in fitting]

    def reply(voice: Voice) -> str:
        count = 1 if voice.length == "brief" else 2 if voice.length == "full" else pick(draw, (1, 2))
        lines = [line for verse in draw.sample(fitting, count) for line in verse]
        text = spin(draw, "\n".join(lines), {"the": the, "x": subject})
        return "\n".join(line[0].upper() + line[1:] for line in text.split("\n"))

    return converse(draw, [(spin(draw, pick(draw, POEM), {"x": asked}), reply)])


SCENE = options("""
Describe {x}[, please|][ in one sentence| in a few words| in a sentence or two|]. / [Can|Could] you describe {x}? /
[Write|Give me] a [short |]description of {x}. / Write [a sentence|something|a few words] about {x}. / Paint {x} with words. /
What does {x} look like? / How would you describe {x}?
""")  # fmt: skip


def scene(draw: random.Random) -> Dialogue:
    """A description in few words, one sentence or two."""
    thing, first, second, short = pick(draw, SCENES)
    prompt = spin(draw, pick(draw, SCENE), {"x": thing})

    def reply(voice: Voice) -> str:
        length = (
            "sentence"
            if "a sentence" in prompt or "one sentence" in prompt
            else "brief"
            if "few words" in prompt
            else voice.length
        )
        text = spin(draw, {"brief": short, "sentence": first, "full": f"{first} {second}"}[length])
        asks = voice.asks and draw.random() < 0.6 and not any(words in prompt for words in ("sentence", "few words"))
        return f"{text} {pick(draw, ('Is that how you see it?', 'What would you add?', 'Shall I go on?'))}" if asks else text

    return converse(draw, [(prompt, reply)])


TALK = options("""
Write a [short |]dialogue between {a} and {b}[, please|]. / What would {a} say to {b}? / [A|Make a] [short |]conversation
between {a} and {b}[, please|]. / Let {a} and {b} talk. / [Can|Could] you write a [talk|dialogue] between {a} and {b}? / {a}
meets {b}. What do they say? / Write a tiny scene with {a} and {b} talking.
""")  # fmt: skip


def spoken(draw: random.Random) -> Dialogue:
    """An exchange of two, a line each."""
    first, second = draw.sample([*ANIMALS, *PEOPLE], 2)
    lines = pick(draw, TALKS)
    text = "\n".join(f"{(first, second)[place % 2].capitalize()}: {line}" for place, line in enumerate(lines))
    prompt = spin(draw, pick(draw, TALK), {"a": f"a {first}", "b": f"a {second}"})
    return converse(draw, [(prompt, lambda voice: spin(draw, text))])


KINDS = [
    Kind("stories", 13, story),
    Kind("stories_pair", 3, pair),
    Kind("poems", 4, poem),
    Kind("scenes", 2, scene),
    Kind("dialogues", 2, spoken),
]
