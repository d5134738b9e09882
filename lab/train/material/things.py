"""Questions about animals, things, work and food. The facts are in tables beside it."""

from __future__ import annotations

import random

from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.nature import ANIMALS, COLOURS, FOOD, GROUPS, JOBS, MASS, TOOLS
from lab.train.material.styles import Answer, article, dialogue, upper
from lab.train.material.tables import one

OF_ANIMALS = (
    "Do you like {0}?",
    "Do you like animals?",
    "Have you ever seen one?",
    "What is your favourite animal?",
    "Is there another animal you want to know about?",
    "Are you interested in animals?",
)
PLURAL_ANIMALS = {
    "wolf": "wolves", "mouse": "mice", "sheep": "sheep", "goose": "geese", "deer": "deer", "fox": "foxes", "fly": "flies",
    "butterfly": "butterflies", "salmon": "salmon", "goldfish": "goldfish", "octopus": "octopuses", "donkey": "donkeys",
    "turkey": "turkeys", "monkey": "monkeys", "mosquito": "mosquitoes", "ostrich": "ostriches"
}  # fmt: skip


def many(animal: str) -> str:
    return PLURAL_ANIMALS.get(animal, f"{animal}s")


def animals(draw: random.Random) -> Dialogue:
    name, legs, sound, baby, home, food, kind = one(draw, ANIMALS)
    an, group = article(name), many(name)
    question = [text.format(group) for text in OF_ANIMALS]
    then: list[tuple[str, Answer]] = []
    if food:
        then.append(
            (
                one(draw, (f"And what do {group} eat?", "And what do they eat?", f"What does {an} eat?")),
                Answer(f"{upper(group)} eat {food}.", f"{upper(food)}."),
            )
        )
    if baby:
        then.append(
            (
                one(draw, ("And what is its baby called?", f"What is a baby {name} called?")),
                Answer(f"A baby {name} is called {article(baby)}.", f"{upper(article(baby))}."),
            )
        )
    topics = [
        topic
        for topic, value in (("legs", legs), ("sound", sound), ("baby", baby), ("home", home), ("food", food), ("kind", kind))
        if value
    ]
    topic = one(draw, topics)
    if topic == "legs":
        prompts = [
            f"How many legs does {an} have?",
            f"How many legs do {group} have?",
            f"How many legs has {an}?",
            f"Do you know how many legs {an} has?",
            f"Number of legs of {an}?",
            f"Can you tell me how many legs {group} have?",
        ]
        count = legs if legs != "0" else "no"
        answer = Answer(
            [f"{upper(an)} has {count} legs.", f"{upper(group)} have {count} legs."], f"{legs}." if legs != "0" else "None.",
            [f"It has {count} legs!"] if legs != "0" else [f"None! {upper(group)} have no legs."],
            f"It is {article(kind)}." if kind not in ("mammal", "bird", "fish") else (), question,
            legs if legs != "0" else "None"
        )  # fmt: skip
    elif topic == "sound":
        prompts = [
            f"What sound does {an} make?",
            f"What noise does {an} make?",
            f"What sound do {group} make?",
            f"What does {an} say?",
            f"How does {an} sound?",
            f"What do you call the sound of {an}?",
            f"Tell me what sound {an} makes.",
        ]
        answer = Answer(
            [f"{upper(group)} {sound}.", f"We say that {group} {sound}."],
            f"They {sound}.",
            [f"It's simple: {group} {sound}!", f"{upper(group)} {sound}!"],
            (),
            question,
        )
    elif topic == "baby":
        prompts = [
            f"What is a baby {name} called?",
            f"What do you call a young {name}?",
            f"What is the young of {an} called?",
            f"What is the name for a baby {name}?",
            f"A baby {name} is called what?",
            f"Do you know what a baby {name} is called?",
        ]
        answer = Answer(
            [f"A baby {name} is called {article(baby)}.", f"A young {name} is {article(baby)}."],
            f"{upper(article(baby))}.",
            [f"That's {article(baby)}!", f"It's {article(baby)}."],
            (),
            question,
            upper(baby),
        )
    elif topic == "home":
        prompts = [
            f"Where does {an} live?",
            f"Where do {group} live?",
            f"What is the home of {an}?",
            f"Where can I find {an} at home?",
            f"Do you know where {group} live?",
            f"In what does {an} live?",
        ]
        verb = (
            f"{upper(group)} often live in {home}."
            if home not in ("the sea", "a web", "a hive", "an ant hill")
            else f"{upper(group)} live in {home}."
        )
        answer = Answer([verb], f"In {home}.", [f"In {home}!", f"They live in {home}."], (), question)
    elif topic == "food":
        prompts = [
            f"What does {an} eat?",
            f"What do {group} eat?",
            f"What is the food of {an}?",
            f"Do you know what {group} eat?",
            f"Can you tell me what {an} eats?",
            f"What should {an} eat?",
            f"Tell me what {group} eat.",
            f"What do {group} like to eat?",
        ]
        answer = Answer(
            [f"{upper(group)} eat {food}."],
            f"{upper(food)}.",
            [f"They eat {food}!", f"Mostly {food}."] if "almost" not in food else [f"They eat {food}!"],
            (),
            question,
        )
        then = then[1:]
    else:
        guess = one(draw, ("mammal", "bird", "fish", "insect", "reptile", kind, kind, kind))
        true = guess == kind
        prompts = [
            f"Is {an} {article(guess)}?",
            f"Are {group} {guess}s?".replace("fishs", "fish"),
            f"Would you call {an} {article(guess)}?",
            f"Is it true that {an} is {article(guess)}?",
        ]
        if true and draw.random() < 0.6:
            prompts = [
                f"What kind of animal is {an}?",
                f"What type of animal is {an}?",
                f"What is {an}?",
                f"Which group of animals does {an} belong to?",
            ]
            answer = Answer(
                [f"{upper(an)} is {article(kind)}."],
                f"{upper(article(kind))}.",
                [f"It's {article(kind)}!"],
                f"{upper(group)} eat {food}." if food else (),
                question,
            )
        else:
            fact = f"{an} is {article(kind)}"
            answer = Answer(
                f"{'Yes' if true else 'No'}, {fact}.",
                "Yes." if true else [f"No, {article(kind)}.", "No."],
                f"{'Yep' if true else 'Nope'}, {fact}!",
                (),
                question,
                "Yes" if true else "No",
            )
    return dialogue(draw, prompts, answer, then)


def colours(draw: random.Random) -> Dialogue:
    thing, colour = one(draw, COLOURS)
    bare = thing.removeprefix("a ").removeprefix("an ").removeprefix("the ")
    prompts = (
        f"What colour is {thing}?", f"What color is {thing}?", f"Which colour does {thing} have?",
        f"What is the colour of {thing}?", f"Do you know what colour {thing} is?", f"Tell me the colour of {thing}.",
        f"Hey, what color is {thing}?", f"Colour of {bare}?", f"What color does {thing} have?",
        f"Can you tell me what color {thing} is?", f"{upper(thing)} has what colour?"
    )  # fmt: skip
    answer = Answer(
        [f"{upper(thing)} is {colour}.", f"The colour of {thing} is {colour}."], f"{upper(colour)}.",
        [f"It's {colour}!", f"That's {colour}."], (),
        (
            "What is your favourite colour?", f"Do you like {colour.split(' ')[0]}?", "Are you painting something?",
            "Is that your favourite colour?"
        ), upper(colour) if " " not in colour else ""
    )  # fmt: skip
    return dialogue(draw, prompts, answer)


def tools(draw: random.Random) -> Dialogue:
    thing, use = one(draw, TOOLS)
    does, is_used = ("do", "are") if thing in ("scissors", "glasses") else ("does", "is")
    prompts = (
        f"What {is_used} {thing} used for?", f"What {is_used} {thing} for?", f"What do you do with {thing}?",
        f"What do people use {thing} for?", f"Why do people have {thing}?", f"What can I do with {thing}?",
        f"Can you tell me what {thing} {is_used} for?", f"What {is_used} {thing} good for?", f"For what do we use {thing}?",
        f"Explain what {thing} {is_used} for."
    )  # fmt: skip
    answer = Answer(
        [f"{upper(thing)} {is_used} used for {use}.", f"People use {thing} for {use}."], f"For {use}.",
        [f"It's for {use}!" if does == "does" else f"They're for {use}!"], (),
        (
            "Do you have one?" if thing.startswith("a") else "Do you need some help with it?",
            "What do you need it for?" if does == "does" else "What do you need them for?"
        )
    )  # fmt: skip
    return dialogue(draw, prompts, answer)


def jobs(draw: random.Random) -> Dialogue:
    job, does = one(draw, JOBS)
    an = article(job)
    if draw.random() < 0.35:
        prompts: tuple[str, ...] = (
            f"Who {does}?",
            f"What do you call someone who {does}?",
            f"What is the job of a person who {does}?",
            f"Which job is it when someone {does}?",
            f"Do you know who {does}?",
            f"Tell me who {does}.",
        )
        answer = Answer(
            [f"{upper(an)} {does}.", f"Someone who {does} is called {an}."],
            f"{upper(an)}.",
            [f"That's {an}!"],
            (),
            ("Is that your job?", "Would you like that job?", "What do you do?"),
            upper(job),
        )
        return dialogue(draw, prompts, answer)
    prompts = (
        f"What does {an} do?", f"What is {an}?", f"What is the job of {an}?",
        f"What do {job}s do?".replace("postmans", "postmen").replace("fishermans", "fishermen"), f"What work does {an} do?",
        f"Can you tell me what {an} does?", f"What does {an} do all day?", f"Do you know what {an} does?",
        f"Explain what {an} does."
    )  # fmt: skip
    answer = Answer(
        [f"{upper(an)} {does}.", f"{upper(an)} is a person who {does}."],
        (),
        [f"{upper(an)} is someone who {does}."],
        (),
        ("Is that your job?", "Would you like that job?", f"Do you know {an}?", "What is your job?"),
    )
    return dialogue(draw, prompts, answer)


NOT_EATEN = ("paper", "glass", "wool", "leather", "silk", "a window", "steel", "rubber", "concrete", "ice", "a book", "a candle")
COOKED = ("bread", "an omelette", "pasta", "a pancake", "a salad", "lemonade", "mayonnaise", "porridge", "jam")
GROWN = ("honey", "silk", "ice", "wool")  # not made by people


def food(draw: random.Random) -> Dialogue:
    """What bread is made from, and other things one cannot eat."""
    thing, made = one(draw, FOOD)
    are = "are" if thing in ("raisins", "chips", "mashed potatoes") else "is"
    prompts = [
        f"What {are} {thing} made of?", f"What {are} {thing} made from?", f"What do you make {thing} from?",
        f"Do you know what {thing} {are} made of?", f"Can you tell me what {thing} {are} made of?",
        f"Tell me what {thing} {are} made of.", f"{upper(thing)} {are} made of what?", f"From what {are} {thing} made?"
    ]  # fmt: skip
    if thing in COOKED and draw.random() < 0.3:
        prompts = [
            f"What do I need for {thing}?",
            f"What goes into {thing}?",
            f"What is in {thing}?",
            f"What do you put into {thing}?",
        ]
        answer = Answer(
            f"You need {made} for {thing}.", f"{upper(made)}.", f"Just {made}!", (), ("Are you making some?", "Who will eat it?")
        )
        return dialogue(draw, prompts, answer)
    full = [f"{upper(thing)} {are} made from {made}."]
    if thing not in GROWN:
        full.append(f"People make {thing} from {made}.")
    back = ["Is that for school?", "What else would you like to know?"]
    if thing not in NOT_EATEN:
        back = [f"Do you like {'it' if are == 'is' else 'them'}?", "Are you making some?", "Have you ever made some yourself?"]
    return dialogue(draw, prompts, Answer(full, f"From {made}.", [f"From {made}!", f"{upper(thing)}? From {made}."], (), back))


def groups(draw: random.Random) -> Dialogue:
    """Is a banana a fruit? What kind of thing is a hammer?"""
    group = one(draw, list(GROUPS))
    thing = one(draw, GROUPS[group])
    named = thing if thing in MASS else article(thing)
    guess = one(draw, [*GROUPS, group, group, group, group, group, group, group, group])
    also = {"a bird": "an animal", "an insect": "an animal"}.get(group)
    if guess in (also, "a drink", "a tool") or (thing in ("orange", "violet", "rose", "lily", "daisy", "ash")):
        guess = group
    true = guess == group
    if draw.random() < 0.5 and true:
        prompts = (
            f"What is {named}?",
            f"What kind of thing is {named}?",
            f"What sort of thing is {named}?",
            f"{upper(named)} is what?",
            f"To which group does {named} belong?",
            f"Can you tell me what {named} is?",
        )
        return dialogue(
            draw,
            prompts,
            Answer(
                f"{upper(named)} is {group}.",
                f"{upper(group)}.",
                [f"It's {group}!", f"That's {group}."],
                (),
                ("What else would you like to know?", "Is that a new word for you?"),
            ),
        )
    fact = f"{named} is {group}"
    prompts = (
        f"Is {named} {guess}?",
        f"Would you say {named} is {guess}?",
        f"Is it true that {named} is {guess}?",
        f"{upper(named)} is {guess}, right?",
        f"Tell me, is {named} {guess}?",
        f"Do you think {named} is {guess}?",
    )
    answer = Answer(
        f"{'Yes' if true else 'No'}, {fact}.",
        "Yes." if true else ["No.", f"No, {group}."],
        f"{'Yep' if true else 'Nope'}, {fact}!",
        (),
        ("What else would you like to know?", "Do you have another one?"),
        "Yes" if true else "No",
    )
    return dialogue(draw, prompts, answer)


KINDS = [
    Kind("animals", 2.5, animals),
    Kind("colours", 0.8, colours),
    Kind("tools", 0.7, tools),
    Kind("jobs", 0.7, jobs),
    Kind("food", 0.6, food),
    Kind("groups", 1.2, groups),
]
