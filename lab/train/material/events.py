"""More grammars of passages: work, finds, rescues, festivals, journeys, kitchens and gardens."""

from __future__ import annotations

import random

from lab.train.material.names import ANIMALS, DAYS, FAMILIES, FOODS, HOBBIES, JOBS, LOST, MONTHS, PLACES, TIMES, TOWNS
from lab.train.material.passages import Passage, joined, person, two
from lab.train.material.styles import article, upper
from lab.train.material.tables import one


def new_job(draw: random.Random) -> Passage:
    who, town = person(draw), one(draw, TOWNS)
    old, new = draw.sample(JOBS, 2)
    text = joined(
        draw, f"For eight years {who.name} worked as {article(old)}.",
        f"Then {who.they} saw a film about {article(new)} and could not stop thinking about it.",
        f"{upper(who.they)} went back to school at night.",
        f"Since spring, {who.name} has been {article(new)} in {town} and loves every day of it.",
        extra=(f"{upper(who.their)} friends were surprised.", "It was not always easy.", "The school was far away."), at=3,
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{who.name}, who used to be {article(old)}, is now {article(new)} in {town}.",
            f"{who.name} went back to school and became {article(new)} in {town}.",
            f"After eight years as {article(old)}, {who.name} became {article(new)} and loves it."
        ), f"how {who.name} became {article(new)}",
        (
            (f"What is {who.name} now?", f"{who.name} is {article(new)} now.", f"{upper(article(new))}."),
            (f"What was {who.name} before?", f"{who.name} was {article(old)} before.", f"{upper(article(old))}."),
            (f"Where does {who.name} work now?", f"{who.name} works in {town}.", f"In {town}."),
            ("Who changed jobs?", f"{who.name} changed jobs.", f"{who.name}.")
        ),
    )  # fmt: skip


def rescue(draw: random.Random) -> Passage:
    who, animal, place, time = person(draw), one(draw, ANIMALS), one(draw, PLACES), one(draw, TIMES)
    where = one(draw, ("in a net", "in a deep hole", "behind a fence", "in a garage", "in an old pipe", "on a roof"))
    text = joined(
        draw, f"{upper(time)}, {who.name} heard a strange noise near {place}.",
        f"{upper(article(animal))} was caught {where} and could not get out.",
        f"{who.name} put on gloves and worked for an hour.",
        f"At last the {animal} was free and ran away." if animal not in (
            "owl", "swan", "goose", "eagle", "stork"
        ) else f"At last the {animal} was free and flew away.",
        extra=("Some children watched.", "It was almost dark.", "Nobody else was there."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{who.name} freed {article(animal)} that was caught {where} near {place}.",
            f"{upper(article(animal))} was caught {where}, and {who.name} freed it.",
            f"Near {place}, {who.name} saved {article(animal)} that could not get out."
        ), f"{article(animal)} that was saved by {who.name}",
        (
            (f"Who freed the {animal}?", f"{who.name} freed the {animal}.", f"{who.name}."),
            (f"Where was the {animal} caught?", f"The {animal} was caught {where}.", f"{upper(where)}."),
            ("Which animal was it?", f"It was {article(animal)}.", f"{upper(article(animal))}."),
            (f"What did {who.name} put on?", f"{upper(who.they)} put on gloves.", "Gloves.")
        ),
    )  # fmt: skip


def found_thing(draw: random.Random) -> Passage:
    (finder, owner), thing, place, day = two(draw), one(draw, LOST), one(draw, PLACES), one(draw, DAYS)
    noun = thing.split()[-1]
    text = joined(
        draw, f"{finder.name} found {thing} at {place} on {day}.",
        f"Inside it was a note with the name {owner.name}." if noun in (
            "bag", "wallet", "purse", "rucksack"
        ) else f"There was a small label with the name {owner.name}.", f"{finder.name} looked up the address and went there.",
        f"{owner.name} was so glad that {owner.they} invited {finder.name} to dinner.",
        extra=("It was getting late.", "The street was empty.", "Nobody else had seen it."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{finder.name} found {thing} at {place} and took it back to {owner.name}.",
            f"{owner.name} got {owner.their} lost {noun} back from {finder.name}.",
            f"{finder.name} returned {thing} to {owner.name} and was invited to dinner."
        ), f"{thing} that {finder.name} found",
        (
            (f"Who found {thing}?", f"{finder.name} found {thing}.", f"{finder.name}."),
            ("Who was the owner?", f"The owner was {owner.name}.", f"{owner.name}."),
            ("Where was it found?", f"It was found at {place}.", f"At {place}."),
            ("What was found?", f"{finder.name} found {thing}.", f"{upper(thing)}.")
        ),
    )  # fmt: skip


def festival(draw: random.Random) -> Passage:
    town, day, count = one(draw, TOWNS), one(draw, DAYS), draw.randint(2, 90) * 100
    what = one(draw, ("apple", "lantern", "music", "kite", "flower", "bread", "boat", "harvest", "film", "street art"))
    winner = person(draw)
    text = joined(
        draw, f"The {what} festival in {town} began on {day}.", f"About {count} visitors came on the first day.",
        f"The prize of the town went to {winner.name} {one(draw, FAMILIES)}.",
        "The mayor thanked all the helpers and promised a bigger festival next year.",
        extra=(
            "Children could come in for free.", "There were food stalls in every street.",
            "A short rain did not stop anybody."
        ),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"The {what} festival in {town} began with about {count} visitors, and {winner.name} won the prize.",
            f"About {count} people came to the {what} festival in {town}.",
            f"{winner.name} won the prize at the {what} festival in {town}."
        ), f"the {what} festival in {town}",
        (
            ("Who won the prize?", f"{winner.name} won the prize.", f"{winner.name}."),
            ("How many visitors came?", f"About {count} visitors came.", f"About {count}."),
            ("Where was the festival?", f"The festival was in {town}.", f"In {town}."),
            ("When did it begin?", f"It began on {day}.", f"On {day}.")
        ),
    )  # fmt: skip


def delay(draw: random.Random) -> Passage:
    who, (start, end) = person(draw), draw.sample(TOWNS, 2)
    late = one(draw, (20, 30, 40, 45, 50, 90))
    why = one(
        draw,
        (
            "a tree on the tracks",
            "a broken signal",
            "snow",
            "a cow on the tracks",
            "a power cut",
            "a sick driver",
            "a technical problem",
        ),
    )
    missed = one(
        draw,
        (
            "a job interview",
            "the start of a concert",
            "a dinner with friends",
            "an exam",
            "a doctor's appointment",
            "the first hour of a wedding",
        ),
    )
    text = joined(
        draw, f"The train from {start} to {end} was {late} minutes late because of {why}.",
        "Most passengers stayed calm and read.", f"{who.name} was on the train and missed {missed}.",
        f"The railway said sorry and gave {who.them} the money back.",
        extra=("The heating did not work well.", "A child handed out biscuits.", "The next train was late as well."), at=2,
    )  # fmt: skip
    return Passage(
        text,
        (
            f"The train from {start} to {end} was late because of {why}, and {who.name} missed {missed}.",
            f"{who.name} missed {missed} because the train to {end} was {late} minutes late.",
            f"Because of {why}, the train to {end} was {late} minutes late."
        ), f"a train to {end} that was late",
        (
            ("Why was the train late?", f"The train was late because of {why}.", f"Because of {why}."),
            (f"What did {who.name} miss?", f"{who.name} missed {missed}.", f"{upper(missed)}."),
            ("How late was the train?", f"The train was {late} minutes late.", f"{late} minutes."),
            ("Where did the train go?", f"The train went to {end}.", f"To {end}.")
        ),
    )  # fmt: skip


def moving(draw: random.Random) -> Passage:
    (who, helper), (old, new) = two(draw), draw.sample(TOWNS, 2)
    why = one(
        draw,
        (
            "to live closer to the sea",
            "for a new job",
            "to be near the family",
            "because the old flat was too loud",
            "to have a garden",
            "to study there",
            "because the rent went up",
        ),
    )
    broke = one(draw, ("a lamp", "a mirror", "a vase", "two plates", "a chair", "a clock"))
    text = joined(
        draw, f"{who.name} moved from {old} to {new} {why}.", f"{helper.name} helped to carry the boxes.",
        f"On the stairs {helper.name} dropped {broke}, but {who.name} only laughed.",
        "In the evening they ate pizza on the floor.",
        extra=("The new flat has a big window.", "It rained the whole day.", "The cat hid in a cupboard."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{who.name} moved from {old} to {new} {why}, and {helper.name} helped.",
            f"{helper.name} helped {who.name} to move to {new}.", f"{who.name} moved to {new} {why}."
        ), f"how {who.name} moved to {new}",
        (
            ("Who moved?", f"{who.name} moved.", f"{who.name}."),
            (f"Where does {who.name} live now?", f"{who.name} lives in {new} now.", f"In {new}."),
            (
                "What broke?" if broke != "two plates" else "What was dropped?", f"{helper.name} dropped {broke}.",
                f"{upper(broke)}."
            ), ("Who helped?", f"{helper.name} helped.", f"{helper.name}.")
        ),
    )  # fmt: skip


def cooking(draw: random.Random) -> Passage:
    (cook, friend), food = two(draw), one(draw, FOODS)
    wrong = one(draw, (("salt", "sugar"), ("sugar", "salt"), ("pepper", "cinnamon"), ("oil", "vinegar"), ("cream", "yoghurt")))
    text = joined(
        draw, f"{cook.name} wanted to make {food} for {friend.name}.",
        f"By mistake {cook.they} took {wrong[1]} instead of {wrong[0]}.", f"{friend.name} took one bite and began to laugh.",
        "They threw it away and went to a restaurant together.",
        extra=("The kitchen was a mess.", "It was their first dinner in a year.", "The recipe was from an old book."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{cook.name} took {wrong[1]} instead of {wrong[0]} for the {food}, so they went to a restaurant.",
            f"{cook.name} wanted to make {food} for {friend.name}, but it went wrong.",
            f"{cook.name} spoiled the {food} by mistake and went out to eat with {friend.name}."
        ), f"{food} that went wrong",
        (
            ("Who cooked?", f"{cook.name} cooked.", f"{cook.name}."),
            (
                "What was the mistake?", f"{cook.name} took {wrong[1]} instead of {wrong[0]}.",
                f"{upper(wrong[1])} instead of {wrong[0]}."
            ), (f"What did {cook.name} want to make?", f"{cook.name} wanted to make {food}.", f"{upper(food)}."),
            ("Who was the guest?", f"{friend.name} was the guest.", f"{friend.name}.")
        ),
    )  # fmt: skip


def garden(draw: random.Random) -> Passage:
    who, neighbour = two(draw)
    plant = one(
        draw, ("tomatoes", "roses", "pumpkins", "beans", "sunflowers", "strawberries", "potatoes", "carrots", "tulips", "peppers")
    )
    enemy = one(draw, ("snails", "birds", "mice", "ants", "rabbits", "beetles"))
    trick = one(draw, ("coffee powder", "an old radio", "a net", "garlic", "a scarecrow", "egg shells", "mirrors on strings"))
    month = one(draw, MONTHS[5:10])
    text = joined(
        draw, f"{who.name} planted {plant} in the garden, but {enemy} ate most of them.",
        f"{neighbour.name} told {who.them} to try {trick}.", f"At first {who.name} did not believe it.",
        f"Yet it worked, and in {month} the garden was full of {plant}.",
        extra=("The soil there is dark and rich.", f"{who.name} is new to gardening.", "The summer was dry."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"With {trick}, {who.name} saved the {plant} from the {enemy}.",
            f"{neighbour.name} told {who.name} to try {trick} against the {enemy}, and it worked.",
            f"{who.name} had trouble with {enemy} in the garden until {neighbour.name} helped."
        ), f"{plant} and {enemy} in {who.name}'s garden",
        (
            (f"What did {who.name} plant?", f"{who.name} planted {plant}.", f"{upper(plant)}."),
            (f"What helped against the {enemy}?", f"{upper(trick)} helped.", f"{upper(trick)}."),
            ("Whose idea was it?", f"It was {neighbour.name}'s idea.", f"{neighbour.name}'s."),
            (f"What ate the {plant}?", f"{upper(enemy)} ate the {plant}.", f"{upper(enemy)}.")
        ),
    )  # fmt: skip


def lesson(draw: random.Random) -> Passage:
    (pupil, teacher), hobby = two(draw), one(draw, HOBBIES)
    weeks, place = draw.randint(2, 12), one(draw, PLACES[:10])
    end = one(
        draw,
        (
            "won a small prize",
            "taught it to a friend",
            "was praised by everyone",
            "was proud and a little surprised",
            "wanted to go on",
        ),
    )
    text = joined(
        draw, f"{pupil.name} thought that {hobby} was too difficult.",
        f"A friend sent {pupil.them} to {teacher.name}, who gives lessons at {place}.", "The first lesson was a disaster.",
        f"But after {weeks} weeks {pupil.name} {end}.",
        extra=("The lessons were cheap.", "The room was cold.", f"{teacher.name} is very patient."),
    )  # fmt: skip
    return Passage(
        text,
        (
            f"{pupil.name} took lessons in {hobby} with {teacher.name} and {end} after {weeks} weeks.",
            f"{pupil.name} found {hobby} difficult, but learned it with {teacher.name}.",
            f"After {weeks} weeks of lessons with {teacher.name}, {pupil.name} {end}."
        ), f"how {pupil.name} learned {hobby}",
        (
            ("Who gives lessons?", f"{teacher.name} gives lessons.", f"{teacher.name}."),
            (f"What did {pupil.name} learn?", f"{pupil.name} learned {hobby}.", f"{upper(hobby)}."),
            ("Where are the lessons?", f"The lessons are at {place}.", f"At {place}."),
            ("Who was the pupil?", f"{pupil.name} was the pupil.", f"{pupil.name}.")
        ),
    )  # fmt: skip


EVENTS = (new_job, rescue, found_thing, festival, delay, moving, cooking, garden, lesson)
