"""Grammars of short made-up passages, each with one-sentence summaries and questions about what it says.

A passage has what matters and what does not; its summary has the names, the deed and the outcome. There are many names, so
that the only way to be right is to look them up in the passage.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from lab.train.material.names import (
    DAYS,
    FAMILIES,
    FOODS,
    GIFTS,
    HOBBIES,
    JOBS,
    MEN,
    MONTHS,
    PET_NAMES,
    PETS,
    PLACES,
    PRODUCTS,
    TOWNS,
    WOMEN,
)  # fmt: skip
from lab.train.material.styles import article, upper
from lab.train.material.tables import one


@dataclass(frozen=True)
class Passage:
    """What was said, in one sentence (several wordings), in a few words after `about`, and (question, answer, brief) on it."""

    text: str
    summaries: tuple[str, ...]
    about: str
    asks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Person:
    name: str
    they: str
    their: str
    them: str


def person(draw: random.Random) -> Person:
    if draw.random() < 0.5:
        return Person(one(draw, WOMEN), "she", "her", "her")
    return Person(one(draw, MEN), "he", "his", "him")


def two(draw: random.Random) -> tuple[Person, Person]:
    first = person(draw)
    second = person(draw)
    while second.name == first.name:
        second = person(draw)
    return first, second


def joined(draw: random.Random, *sentences: str, extra: tuple[str, ...] = (), at: int = 0) -> str:
    """The sentences as a passage, now and then with one that does not matter, at a place or anywhere after the second."""
    kept = list(sentences)
    if extra and draw.random() < 0.6:
        kept.insert(at or draw.randint(2, len(kept)), one(draw, extra))
    return " ".join(kept)


def lost_pet(draw: random.Random) -> Passage:
    owner, finder = two(draw)
    pet, name, place, day = one(draw, PETS), one(draw, PET_NAMES), one(draw, PLACES), one(draw, DAYS)
    text = joined(
        draw, f"On {day}, {owner.name} could not find {owner.their} {pet} {name}.",
        f"{upper(owner.they)} looked in every room and asked the neighbours.",
        f"In the evening {finder.name} saw {name} near {place}.",
        f"{upper(finder.they)} brought the {pet} home, and {owner.name} was very happy.",
        extra=("It had rained all day.", f"{name} was hungry and a little dirty.", "Nobody had slept much."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{owner.name} lost {owner.their} {pet} {name}, and {finder.name} found it near {place}.",
            f"{finder.name} found {owner.name}'s lost {pet} {name} near {place}.",
            f"{owner.name}'s {pet} {name} got lost, but {finder.name} brought it home."
        ), f"a lost {pet} that {finder.name} found",
        (
            (f"Who found {name}?", f"{finder.name} found {name}.", f"{finder.name}."),
            (f"Where was {name}?", f"{name} was near {place}.", f"Near {place}."),
            ("Who lost a pet?", f"{owner.name} lost {owner.their} {pet}.", f"{owner.name}."),
            ("What kind of animal was it?", f"It was {article(pet)}.", f"{upper(article(pet))}.")
        ),
    )  # fmt: skip


def club(draw: random.Random) -> Passage:
    head, town, hobby, day, count = person(draw), one(draw, TOWNS), one(draw, HOBBIES), one(draw, DAYS), draw.randint(6, 60)
    place = one(draw, PLACES[:6])
    text = joined(
        draw, f"{head.name} started a {hobby} club in {town}.", f"The members meet every {day} at {place}.",
        f"At first only three people came, but now there are {count}.", f"{head.name} says that everyone is welcome.",
        extra=("There is always tea and cake.", "The room is small but warm.", "Most members are beginners."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{head.name} started a {hobby} club in {town} that has grown to {count} members.",
            f"The {hobby} club that {head.name} started in {town} now has {count} members.",
            f"{head.name}'s {hobby} club in {town} meets every {day} and welcomes everyone."
        ), f"{article(hobby)} club in {town}",
        (
            ("Who started the club?", f"{head.name} started the club.", f"{head.name}."),
            ("When do they meet?", f"They meet every {day}.", f"Every {day}."),
            ("How many members are there now?", f"There are {count} members now.", f"{count}."),
            ("Where is the club?", f"The club is in {town}.", f"In {town}.")
        ),
    )  # fmt: skip


def meeting(draw: random.Random) -> Passage:
    (head, other), day = two(draw), one(draw, DAYS)
    plan, why = one(
        draw,
        (
            ("a new website", "the old one is too slow"), ("a bigger office", "the old one is too small"),
            ("longer opening hours", "many customers come late"), ("a new logo", "the old one looks dated"),
            ("a party for the whole team", "everyone worked hard"), ("a better printer", "the old one is broken"),
            ("a training course", "there are many new tools"), ("lower prices", "sales went down"),
            ("a new menu", "guests asked for it")
        )
    )  # fmt: skip
    month = one(draw, MONTHS)
    text = joined(
        draw, f"The team met on {day} and talked about {plan}.", f"{head.name} said that this is needed because {why}.",
        f"{other.name} was worried about the cost.", f"In the end they agreed to begin in {month}.",
        extra=("The meeting took two hours.", "Three people could not come.", "There was coffee for everyone."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"The team agreed on {plan} and will begin in {month}.",
            f"At a meeting on {day} the team decided to begin with {plan} in {month}.",
            f"The team plans {plan} from {month} on, although {other.name} was worried about the cost."
        ), f"a meeting on {plan}",
        (
            ("Who was worried about the cost?", f"{other.name} was worried about the cost.", f"{other.name}."),
            ("When was the meeting?", f"The meeting was on {day}.", f"On {day}."),
            ("When will they begin?", f"They will begin in {month}.", f"In {month}."),
            ("What did they talk about?", f"They talked about {plan}.", f"{upper(plan)}.")
        ),
    )  # fmt: skip


def accident(draw: random.Random) -> Passage:
    who, helper = two(draw)
    place, day = one(draw, PLACES), one(draw, DAYS)
    how, hurt = one(
        draw,
        (
            ("fell off a bicycle", "knee"), ("slipped on the ice", "arm"), ("stumbled over a root", "ankle"),
            ("fell on the stairs", "back"), ("ran into a door", "nose"), ("cut an apple carelessly", "thumb"),
            ("dropped a heavy box", "foot"), ("touched a hot pan", "hand")
        )
    )  # fmt: skip
    text = joined(
        draw, f"On {day}, {who.name} {how} near {place}.", f"{upper(who.they)} hurt {who.their} {hurt}.",
        f"{helper.name} saw it and called a doctor.", f"The doctor said that it was not bad, and {who.name} could go home.",
        extra=("Many people stopped to look.", "It was a cold day.", f"{helper.name} waited there too."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{who.name} {how} and hurt {who.their} {hurt}, but it was not bad.",
            f"{who.name} hurt {who.their} {hurt} near {place}, and {helper.name} called a doctor.",
            f"{who.name} {how} near {place}, but could go home after seeing a doctor."
        ), f"a small accident near {place}",
        (
            ("Who had an accident?", f"{who.name} had an accident.", f"{who.name}."),
            ("Who called the doctor?", f"{helper.name} called the doctor.", f"{helper.name}."),
            (f"What did {who.name} hurt?", f"{who.name} hurt {who.their} {hurt}.", f"{upper(who.their)} {hurt}."),
            ("Where did it happen?", f"It happened near {place}.", f"Near {place}.")
        ),
    )  # fmt: skip


def trip(draw: random.Random) -> Passage:
    (first, second), town, month = two(draw), one(draw, TOWNS), one(draw, MONTHS)
    by = one(draw, ("train", "bus", "car", "boat", "bicycle"))
    best = one(
        draw,
        (
            "the old castle",
            "the blue lake",
            "a small island",
            "the night market",
            "a boat ride",
            "the view from the tower",
            "the quiet beach",
            "a concert in the park",
            "the long walk in the hills",
        ),
    )
    text = joined(
        draw, f"In {month}, {first.name} and {second.name} travelled to {town} by {by}.",
        "They stayed for five days in a small hotel.", f"{second.name} lost a map on the first day, but that did not matter.",
        f"What they liked best was {best}.", "They want to go back next year.",
        extra=("The food was good.", "The hotel had a garden.", "It was warm and sunny."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{first.name} and {second.name} travelled to {town} in {month} and liked {best} best.",
            f"{first.name} and {second.name} spent five days in {town} and want to go back.",
            f"On their trip to {town}, {first.name} and {second.name} liked {best} most of all."
        ), f"a trip to {town}",
        (
            ("Where did they go?", f"They went to {town}.", f"To {town}."),
            ("How did they travel?", f"They travelled by {by}.", f"By {by}."),
            ("What did they like best?", f"They liked {best} best.", f"{upper(best)}."),
            (f"Who travelled with {first.name}?", f"{second.name} travelled with {first.name}.", f"{second.name}.")
        ),
    )  # fmt: skip


def weather(draw: random.Random) -> Passage:
    town, day, next_day = one(draw, TOWNS), *draw.sample(DAYS, 2)
    bad = one(draw, ("heavy rain", "strong wind", "thick fog", "snow", "a thunderstorm", "hail", "ice on the roads"))
    good = one(draw, ("sunny", "dry and mild", "warm", "clear but cold", "calm and bright"))
    text = joined(
        draw, f"People in {town} should expect {bad} on {day}.", "Drivers are asked to be careful and to leave early.",
        f"By {next_day} the weather will change.", f"Then it will be {good}.",
        extra=("Schools will stay open.", "Some buses may be late.", "The wind comes from the west."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{town} will have {bad} on {day}, but by {next_day} it will be {good}.",
            f"There will be {bad} in {town} on {day} and better weather by {next_day}.",
            f"After {bad} on {day}, the weather in {town} will be {good} by {next_day}."
        ), f"the weather in {town}",
        (
            (f"What will the weather be on {day}?", f"There will be {bad} on {day}.", f"{upper(bad)}."),
            ("When will the weather change?", f"It will change by {next_day}.", f"By {next_day}."),
            ("Which town is it about?", f"It is about {town}.", f"{town}."),
            (f"What will it be like by {next_day}?", f"By {next_day} it will be {good}.", f"{upper(good)}.")
        ),
    )  # fmt: skip


def product(draw: random.Random) -> Passage:
    maker, town = one(draw, FAMILIES), one(draw, TOWNS)
    thing, does = one(draw, PRODUCTS)
    price, month = draw.randint(2, 30) * 10, one(draw, MONTHS)
    text = joined(
        draw, f"The company {maker} from {town} has made {thing} that {does}.", "Engineers worked on it for two years.",
        f"It will cost {price} dollars and can be bought from {month} on.",
        "First testers were pleased, though some found it too heavy.",
        extra=("It comes in three colours.", "The company has forty workers.", "The box is made of paper."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{maker} has made {thing} that {does} and costs {price} dollars.",
            f"From {month} on, {maker} will sell {thing} that {does}.",
            f"The company {maker} will sell {thing} that {does} for {price} dollars."
        ), f"{thing} that {does}",
        (
            ("Who made it?", f"The company {maker} made it.", f"The company {maker}."),
            ("What does it cost?", f"It costs {price} dollars.", f"{price} dollars."),
            ("When can I buy it?", f"You can buy it from {month} on.", f"From {month} on."),
            ("What is special about it?", f"It is {thing} that {does}.", f"It {does}.")
        ),
    )  # fmt: skip


def opening(draw: random.Random) -> Passage:
    who, town, day = person(draw), one(draw, TOWNS), one(draw, DAYS)
    shop, sells = one(
        draw,
        (
            ("a bakery", "bread and cakes"), ("a bookshop", "old and new books"),
            ("a flower shop", "flowers from the region"), ("a toy shop", "wooden toys"),
            ("a tea house", "forty kinds of tea"), ("a bicycle shop", "used bicycles"),
            ("a cheese shop", "cheese from small farms"), ("a music shop", "guitars and drums"),
            ("an ice cream shop", "home-made ice cream")
        )
    )  # fmt: skip
    former = one(draw, JOBS)
    text = joined(
        draw, f"{who.name} {one(draw, FAMILIES)} opened {shop} in {town} on {day}.", f"It sells {sells}.",
        f"Before that, {who.they} worked as {article(former)} for ten years.",
        "On the first day the queue reached the corner, and everything was sold by noon.",
        extra=("The shop has a red door.", "The street is quiet.", "A neighbour helped to paint the walls."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{who.name} opened {shop} in {town}, and everything was sold on the first day.",
            f"{who.name}, who had been {article(former)}, opened {shop} in {town}.",
            f"The new shop of {who.name} in {town} sells {sells} and had a very good first day."
        ), f"{shop} that opened in {town}",
        (
            ("Who opened the shop?", f"{who.name} opened the shop.", f"{who.name}."),
            ("What does the shop sell?", f"The shop sells {sells}.", f"{upper(sells)}."),
            (
                f"What did {who.name} do before?", f"{who.name} worked as {article(former)} before.",
                f"{upper(who.they)} was {article(former)}."
            ), ("Where is the shop?", f"The shop is in {town}.", f"In {town}.")
        ),
    )  # fmt: skip


def birthday(draw: random.Random) -> Passage:
    (who, giver), age = two(draw), draw.randint(5, 90)
    gift, food = one(draw, GIFTS), one(draw, FOODS)
    text = joined(
        draw, f"{who.name} turned {age} last week and had a party in the garden.",
        f"There was {food} for all the guests." if not food.endswith("s") else f"There were {food} for all the guests.",
        f"{giver.name} gave {who.them} {gift}.", f"{who.name} said that it was the best present of all.",
        extra=("They played games until dark.", "A neighbour played the piano.", "It was a warm evening."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{who.name} turned {age} and got {gift} from {giver.name}.",
            f"At {who.name}'s party, {giver.name} gave {who.them} {gift}, the best present of all.",
            f"{who.name} had a party in the garden for {who.their} birthday and got {gift} from {giver.name}."
        ), f"the birthday of {who.name}",
        (
            (f"How old is {who.name}?", f"{who.name} is {age}.", f"{age}."),
            (f"What did {giver.name} give?", f"{giver.name} gave {gift}.", f"{upper(gift)}."),
            ("Whose birthday was it?", f"It was {who.name}'s birthday.", f"{who.name}'s."),
            ("What did the guests eat?", f"The guests ate {food}.", f"{upper(food)}.")
        ),
    )  # fmt: skip


def match(draw: random.Random) -> Passage:
    home, away = draw.sample(TOWNS, 2)
    hero, high, low = person(draw), draw.randint(2, 6), draw.randint(0, 1)
    sport, day = one(draw, ("football", "handball", "hockey", "basketball")), one(draw, DAYS)
    text = joined(
        draw, f"The {sport} team of {home} played against {away} on {day}.", f"{away} was better in the first half.",
        f"After the break {hero.name} came into the game, and everything changed.",
        f"{home} won {high} to {low}, and the fans sang all the way home.",
        extra=("It was cold and wet.", "About two hundred people came.", "The field was muddy."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{home} won {high} to {low} against {away}, after {hero.name} had come into the game.",
            f"Thanks to {hero.name}, {home} won the {sport} match against {away}.",
            f"{home} beat {away} {high} to {low} on {day}."
        ), f"a {sport} match between {home} and {away}",
        (
            ("Who won?", f"{home} won {high} to {low}.", f"{home}."),
            ("Who changed the game?", f"{hero.name} changed the game.", f"{hero.name}."),
            ("What was the score?", f"The score was {high} to {low}.", f"{high} to {low}."),
            ("Who lost?", f"{away} lost.", f"{away}.")
        ),
    )  # fmt: skip


DAILY = (lost_pet, club, meeting, accident, trip, weather, product, opening, birthday, match)
