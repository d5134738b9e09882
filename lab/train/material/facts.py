"""Questions about the world: countries, people, science. The facts are in tables beside it."""

from __future__ import annotations

import random
import re

from lab.train.material.countries import COUNTRIES, MORE
from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.nature import PEOPLE
from lab.train.material.science import explanations
from lab.train.material.styles import Answer, dialogue, upper
from lab.train.material.tables import one

ASK_CAPITAL = (
    "What is the capital of {}?", "What's the capital of {}?", "Capital of {}?", "What is {}'s capital?",
    "Which city is the capital of {}?", "Can you tell me the capital of {}?", "Do you know the capital of {}?",
    "Hey, what is the capital of {}?", "Tell me the capital of {}.", "The capital of {}?", "What city is the capital of {}?",
    "Name the capital of {}.", "I forgot the capital of {}.", "whats the capital of {}",
    "Please tell me what the capital of {} is.", "What is the name of the capital of {}?", "Which is the capital of {}?",
    "What would be the capital of {}?", "Hello, do you know what the capital of {} is?", "I need the capital of {}.",
    "The capital of {} is what?", "Could you name the capital of {}?", "{} capital?", "Help me: what is the capital of {}?",
    "Quick question: what is the capital of {}?", "I'm looking for the capital of {}.",
)  # fmt: skip
ASK_COUNTRY = (
    "{} is the capital of which country?", "Which country has the capital {}?", "What country is {} the capital of?",
    "{} is the capital of what?", "Of which country is {} the capital?", "Where is {}?", "In which country is {}?",
    "What country is {} in?", "Do you know where {} is?", "Which country is {} in?", "Tell me in which country {} is.",
    "Can you tell me where {} is?", "Where would I find {}?", "Where on the map is {}?",
    "Hey, which country does {} belong to?", "Where does {} lie?", "I want to know where {} is.", "{}, where is that?",
)  # fmt: skip
OF_CAPITALS = (
    "Have you been there?", "Would you like to go there?", "Do you want to know another capital?", "Are you planning a trip?",
    "Is that for a quiz?", "Which country is next?", "Do you like travelling?", "What else would you like to know about it?",
    "Are you learning the capitals?", "Do you like big cities?"
)  # fmt: skip
AND = ("And of {}?", "And {}?", "What about {}?", "And the capital of {}?", "How about {}?", "Ok, and {}?", "Now {}.")


def capital_answer(place: int) -> Answer:
    country = COUNTRIES[place]
    name, capital = country.name, country.capital
    return Answer(
        [
            f"The capital of {name} is {capital}.", f"The capital of {name} is {capital}.",
            f"{capital} is the capital of {name}."
        ], f"{capital}.", [f"That's {capital}!", f"It's {capital}.", f"{capital}, of course!"],
        f"{MORE[capital]}." if capital in MORE else (
            f"{upper(name)} is in {country.continent}." if country.continent else ()
        ), OF_CAPITALS, capital if " " not in capital else "",
    )  # fmt: skip


def capitals(draw: random.Random) -> Dialogue:
    place, other = draw.sample(range(len(COUNTRIES)), 2)
    question = one(draw, ASK_CAPITAL).format(COUNTRIES[place].name)
    then = [(one(draw, AND).format(COUNTRIES[other].name), capital_answer(other))]
    return dialogue(draw, upper(question), capital_answer(place), then)


def countries_of(draw: random.Random) -> Dialogue:
    """From the capital to the country."""
    country = one(draw, [c for c in COUNTRIES if c.capital != c.name])
    name, capital = country.name, country.capital
    prompt = one(draw, ASK_COUNTRY[:5] if name.startswith(capital) else ASK_COUNTRY).format(capital)
    where = [f"{capital} is the capital of {name}."]
    answer = Answer(
        where, f"{upper(name)}.", [f"That's {name}!", f"It's the capital of {name}."],
        f"{upper(name)} is in {country.continent}." if country.continent else (), OF_CAPITALS,
        upper(name) if " " not in name else "",
    )  # fmt: skip
    if "capital" not in prompt:
        answer = Answer(
            [f"{capital} is in {name}."], f"In {name}.", [f"It's in {name}!", f"That's in {name}."], where, OF_CAPITALS
        )
    if country.continent:
        then = [
            ("And on which continent is that?", Answer(f"{upper(name)} is in {country.continent}.", f"In {country.continent}."))
        ]
    else:
        then = []
    return dialogue(draw, prompt, answer, then)


def continents(draw: random.Random) -> Dialogue:
    country = one(draw, [c for c in COUNTRIES if c.continent])
    name = country.name
    if draw.random() < 0.25:
        claim = one(draw, ("Europe", "Asia", "Africa", "South America", country.continent, country.continent))
        true = claim == country.continent
        prompts: tuple[str, ...] = (
            f"Is {name} in {claim}?", f"Is {name} a country in {claim}?", f"{upper(name)} is in {claim}, right?",
            f"Does {name} belong to {claim}?", f"Is it true that {name} is in {claim}?"
        )  # fmt: skip
        fact = f"{name} is in {country.continent}"
        answer = Answer(
            f"{'Yes' if true else 'No'}, {fact}.", "Yes." if true else [f"No, in {country.continent}.", "No."],
            [f"{'Yep' if true else 'Nope'}, {fact}!"], f"Its capital is {country.capital}.",
            OF_CAPITALS[1:2] + OF_CAPITALS[3:4] + OF_CAPITALS[6:8], "Yes" if true else "No"
        )  # fmt: skip
        return dialogue(draw, prompts, answer)
    prompts = (
        f"On which continent is {name}?", f"Which continent is {name} in?", f"What continent is {name} on?",
        f"Is {name} in Europe or somewhere else?", f"Where is {name}?", f"In what part of the world is {name}?",
        f"Can you tell me where {name} is?", f"{upper(name)}, which continent?", f"Do you know where {name} is?",
        f"Tell me where {name} is."
    )  # fmt: skip
    answer = Answer(
        [f"{upper(name)} is in {country.continent}.", f"{upper(name)} is a country in {country.continent}."],
        [f"In {country.continent}.", f"{country.continent}."],
        [f"It's in {country.continent}.", f"That's in {country.continent}!"], f"Its capital is {country.capital}.",
        OF_CAPITALS[:2] + OF_CAPITALS[3:4] + OF_CAPITALS[6:8]
    )  # fmt: skip
    return dialogue(draw, prompts, answer, [("And its capital?", capital_answer(COUNTRIES.index(country)))])


def languages(draw: random.Random) -> Dialogue:
    country = one(draw, COUNTRIES)
    name, spoken = country.name, country.language
    prompts = (
        f"What language do people speak in {name}?", f"What do they speak in {name}?", f"Which language is spoken in {name}?",
        f"What is the language of {name}?", f"Language of {name}?", f"Which languages are spoken in {name}?",
        f"Can you tell me what people speak in {name}?", f"Do you know the language of {name}?",
        f"If I go to {name}, what language will I hear?", f"What is the official language of {name}?",
        f"Tell me the language of {name}.", f"Hey, what do people speak in {name}?"
    )  # fmt: skip
    answer = Answer(
        [f"People in {name} speak {spoken}.", f"In {name} people speak {spoken}."], f"{spoken}.",
        [f"They speak {spoken}!", f"That's {spoken}."], f"The capital of {name} is {country.capital}.",
        (
            "Are you learning a language?", "Which languages do you speak?", "Are you going there?",
            "Do you want to learn it?" if " and " not in spoken else "Do you speak one of them?"
        ), spoken if " " not in spoken else ""
    )  # fmt: skip
    return dialogue(draw, prompts, answer)


def people(draw: random.Random) -> Dialogue:
    name, role, deed, be = one(draw, PEOPLE)
    last = name.split()[-1]
    question = (
        "Where did you hear that name?",
        "Is that for school?",
        "What would you like to know next?",
        "Are you interested in history?",
        "Do you want to know about someone else?",
    )
    if draw.random() < 0.5:
        prompts = [
            f"Who {be} {name}?",
            f"Who was {name}?" if be == "was" else f"Do you know {name}?",
            f"Do you know who {name} {be}?",
            f"Tell me about {name}.",
            f"What do you know about {name}?",
            f"Can you tell me who {name} {be}?",
            f"{name}, who {be} that?",
            f"Have you heard of {name}?",
            f"Who {be} {last}?" if last not in ("King", "Bell", "Vinci", "Polo", "Hugo", "Cervantes") else f"Who {be} {name}?",
        ]
        answer = Answer(
            [f"{name} {be} {role}.", f"{name} {be} {role}."],
            f"{upper(role)}.",
            [f"That's {role}."] if be == "is" else [f"That was {role}."],
            f"{last if last not in ('King', 'Vinci', 'Gogh', 'Cervantes') else name} {deed}.",
            question,
        )
        return dialogue(draw, prompts, answer)
    prompts = [
        f"Who {deed}?",
        f"Do you know who {deed}?",
        f"Can you tell me who {deed}?",
        f"Tell me who {deed}.",
        f"Hey, who {deed}?",
        f"What is the name of the person who {deed}?",
        f"I forgot who {deed}.",
    ]
    return dialogue(
        draw,
        prompts,
        Answer(
            [f"{name} {deed}.", f"It was {name}."],
            f"{name}.",
            [f"That was {name}!", f"{name} did."] if not deed.startswith(("was", "is")) else [f"That was {name}!"],
            f"{last if last not in ('King', 'Vinci', 'Gogh', 'Cervantes') else name} {be} {role}.",
            question,
        ),
    )


def science(draw: random.Random) -> Dialogue:
    blocks = explanations()
    questions, brief, full, more, back = one(draw, blocks)
    question = one(draw, questions)
    chance = draw.random()
    small = question[:1].lower() + question[1:]
    if chance < 0.12 and question.endswith("?"):
        question = one(
            draw,
            (
                "Hey, {}",
                "I wonder: {}",
                "Quick question: {}",
                "Here is something I always wanted to know: {}",
                "My son asks: {}",
                "Tell me, {}",
                "For school: {}",
            ),
        ).format(small)
    if not re.search(r"\bwhy\b|how come", question.lower()):
        brief = upper(brief.removeprefix("Because of ").removeprefix("Because "))
    then = (
        []
        if not question.lower().startswith("why")
        else [("Is that the whole reason?", Answer([f"It is the main reason. {more}"]))]
    )
    return dialogue(
        draw, question, Answer(full, brief, (), more, (back, back, "Is that clear?", "Do you want to know more?")), then
    )


KINDS = [
    Kind("capitals", 3.0, capitals),
    Kind("countries", 1.5, countries_of),
    Kind("continents", 0.8, continents),
    Kind("languages", 0.8, languages),
    Kind("people", 1.5, people),
    Kind("science", 3.0, science),
]
