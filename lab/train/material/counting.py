"""Numbers in their order: before and after, bigger and smaller, odd and even, counting, and the calendar."""

from __future__ import annotations

import random

from lab.train.material.arithmetic import ANOTHER
from lab.train.material.kinds import Dialogue, Kind, listed
from lab.train.material.styles import ANYTHING_ELSE, Answer, article, dialogue, upper
from lab.train.material.tables import one, rows, words

CALENDAR = """
days in a week|7|A week goes from Monday to Sunday.
days in a year|365|A leap year has 366.
days in a leap year|366|The extra day is the 29th of February.
months in a year|12|The first is January and the last is December.
weeks in a year|52|That is 52 weeks and one day, to be exact.
hours in a day|24|Twelve of them come before noon.
minutes in an hour|60|Half an hour is 30 minutes.
seconds in a minute|60|And a minute is a small part of an hour.
minutes in half an hour|30|A whole hour has 60.
seasons in a year|4|They are spring, summer, autumn and winter.
days in January|31|It is the first month of the year.
days in April|30|May follows with 31.
days in June|30|July follows with 31.
days in August|31|July has 31 as well.
days in December|31|It is the last month of the year.
days in a weekend|2|They are Saturday and Sunday.
years in a decade|10|Ten decades make a century.
years in a century|100|That is ten decades.
months in half a year|6|A whole year has twelve.
hours in two days|48|One day has 24 hours.
days in two weeks|14|One week has seven.
eggs in a dozen|12|Half a dozen is six.
sides in a triangle|3|It has three corners too.
sides in a square|4|All of them are equally long.
corners in a square|4|It has four equal sides too.
cents in a dollar|100|Half a dollar is 50 cents.
centimetres in a metre|100|A metre is a bit longer than a yard.
metres in a kilometre|1000|You walk that in about twelve minutes.
letters in the English alphabet|26|It goes from A to Z.
players in a football team|11|One of them is the goalkeeper.
"""
DAYS = words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
MONTHS = words("January, February, March, April, May, June, July, August, September, October, November, December")


def neighbours(draw: random.Random) -> Dialogue:
    number = draw.randint(1, 60)
    side, result = one(draw, (("after", number + 1), ("before", number - 1)))
    forms = (
        "What number comes {0} {1}?", "What comes {0} {1}?", "Which number is {0} {1}?", "Which number comes right {0} {1}?",
        "What is the number {0} {1}?", "Can you tell me the number {0} {1}?", "Do you know what number comes {0} {1}?",
        "When I count, what comes {0} {1}?", "Tell me the number {0} {1}.", "Hey, what number comes {0} {1}?",
        "If I count up, which number is just {0} {1}?"
    )  # fmt: skip
    answer = Answer(
        [
            f"The number {side} {number} is {result}.", f"{result} comes {side} {number}.",
            f"The number {result} comes {side} {number}."
        ], f"{result}.", [f"That's {result}!", f"It's {result}."],
        f"We count {listed([str(n) for n in range(max(0, number - 1), number + 2)])}.", ANOTHER, str(result),
    )  # fmt: skip
    return dialogue(draw, one(draw, forms).format(side, number), answer)


def comparisons(draw: random.Random) -> Dialogue:
    left, right = draw.sample(range(100) if draw.random() < 0.6 else range(21), 2)
    big, small = max(left, right), min(left, right)
    if draw.random() < 0.3:
        claim = one(draw, (("bigger", left > right), ("smaller", left < right), ("more", left > right), ("less", left < right)))
        word, true = claim
        forms = (
            "Is {0} {2} than {1}?",
            "Is the number {0} {2} than {1}?",
            "Is it true that {0} is {2} than {1}?",
            "Am I right that {0} is {2} than {1}?",
        )
        fact = f"{left} is {word} than {right}" if true else f"{right} is {word} than {left}"
        answer = Answer(
            f"{'Yes' if true else 'No'}, {fact}.", f"{'Yes' if true else 'No'}.",
            [f"Yep, {fact}!"] if true else [f"Nope, {fact}!"], f"The difference is {big - small}.", ANOTHER,
            "Yes" if true else "No"
        )  # fmt: skip
        return dialogue(draw, one(draw, forms).format(left, right, word), answer)
    word, result, opposite = one(
        draw,
        (
            ("bigger", big, "smaller"), ("smaller", small, "bigger"), ("larger", big, "smaller"), ("greater", big, "less"),
            ("higher", big, "lower"), ("lower", small, "higher")
        )
    )  # fmt: skip
    other = big + small - result
    questions = (
        "Which is {2}, {0} or {1}?", "What is {2}, {0} or {1}?", "Which number is {2}, {0} or {1}?",
        "{0} or {1}, which is {2}?", "Is {0} or {1} {2}?", "Can you tell me which is {2}: {0} or {1}?",
        "Which of these is {2}: {0} or {1}?", "Hey, which one is {2}, {0} or {1}?", "Out of {0} and {1}, which is {2}?",
        "Tell me the {2} number: {0} or {1}."
    )  # fmt: skip
    answer = Answer(
        [f"{result} is {word} than {other}.", f"The {word} number is {result}.", f"{result} is the {word} one."],
        [f"{result}.", f"{result} is."], [f"That's {result}!", f"It's {result}."],
        [f"The difference is {big - small}.", f"{other} is {opposite}."], ANOTHER, str(result),
    )  # fmt: skip
    return dialogue(draw, one(draw, questions).format(left, right, word), answer)


def ordering(draw: random.Random) -> Dialogue:
    numbers = draw.sample(range(1, 60), draw.randint(3, 4))
    down = draw.random() < 0.3
    right = [str(n) for n in sorted(numbers, reverse=down)]
    given = [str(n) for n in numbers]
    chance = draw.random()
    if chance < 0.5:
        way = one(
            draw,
            ("from big to small", "from largest to smallest")
            if down
            else ("from small to big", "in order", "from smallest to largest"),
        )
        forms = (
            f"Put these numbers {way}: {{}}", f"Sort these numbers {way}: {{}}", f"Can you sort {{}} {way}?",
            f"Write {{}} {way}.", f"Order these {way}: {{}}"
        )  # fmt: skip
        prompt = one(draw, forms).format(", ".join(given)).replace("Order these in order", "Put these in order")
        full = [f"{upper(way)} they are {listed(right)}.", f"The right order is {listed(right)}."]
        return dialogue(
            draw, prompt, Answer(full, f"{', '.join(right)}.", f"Here you go: {listed(right)}.", question=ANOTHER), instructed=0
        )
    word, result = one(
        draw, (("biggest", max(numbers)), ("smallest", min(numbers)), ("largest", max(numbers)), ("lowest", min(numbers)))
    )
    forms = (
        "Which is the {1}: {0}?", "Which of these numbers is the {1}: {0}?", "What is the {1} of {0}?",
        "Find the {1} number: {0}", "{0}, which is the {1}?"
    )  # fmt: skip
    answer = Answer(
        [f"The {word} number is {result}.", f"The {word} of them is {result}."], f"{result}.", [f"That's {result}!"],
        question=ANOTHER, word=str(result)
    )  # fmt: skip
    return dialogue(draw, one(draw, forms).format(listed(given, "or" if draw.random() < 0.5 else "and"), word), answer)


def counting(draw: random.Random) -> Dialogue:
    step = one(draw, (1, 1, 1, 2, 5, 10))
    start = one(draw, (1, 1, 1, draw.randint(2, 20))) if step == 1 else step
    end = start + step * draw.randint(3, 9)
    numbers = [str(n) for n in range(start, end + 1, step)]
    by = {1: "", 2: " by twos", 5: " by fives", 10: " by tens"}[step]
    if draw.random() < 0.25:
        start, end, by = draw.randint(4, 12), 1, " down"
        numbers = [str(n) for n in range(start, 0, -1)]
    forms = (
        "Count from {0} to {1}{2}.", "Can you count from {0} to {1}{2}?", "Please count{2} from {0} to {1}.",
        "Count{2} from {0} to {1}.", "Could you count{2} from {0} to {1} for me?",
        "I want to hear you count{2} from {0} to {1}.", "Count for me{2}, from {0} to {1}."
    )  # fmt: skip
    line = ", ".join(numbers)
    return dialogue(
        draw, one(draw, forms).format(start, end, by),
        Answer(
            [f"{line}."], (), [f"{line}. Done!", f"Here we go: {line}."],
            question=("Shall I count on?", "Do you want to count with me?", "Do you want me to count backwards too?")
        ), instructed=0
    )  # fmt: skip


def calendar(draw: random.Random) -> Dialogue:
    if draw.random() < 0.5:
        what, count, more = one(draw, rows(CALENDAR))
        unit, _, whole = what.partition(" in ")
        counts: tuple[str, ...] = (
            f"How many {what}?", f"How many {unit} are there in {whole}?", f"How many {unit} are in {whole}?",
            f"How many {unit} does {whole} have?", f"Do you know how many {unit} are in {whole}?",
            f"Can you tell me how many {unit} there are in {whole}?", f"How many {unit} has {whole}?",
            f"What is the number of {unit} in {whole}?", f"Hey, how many {unit} are in {whole}?",
            f"I forgot how many {unit} {whole} has."
        )  # fmt: skip
        if whole.startswith("two"):
            counts = tuple(text for text in counts if " does " not in text and " has" not in text)
        full = [
            f"There are {count} {unit} in {whole}.",
            f"{upper(whole)} {'have' if whole.startswith('two') else 'has'} {count} {unit}.",
        ]
        return dialogue(
            draw,
            counts,
            Answer(full, f"{count}.", [f"That's {count}!", f"{count}, as far as I can count!"], more, ANYTHING_ELSE, count),
        )
    names, kind = one(draw, ((DAYS, "day"), (MONTHS, "month")))
    place = draw.randrange(len(names))
    step = one(draw, (1, 1, -1))
    given, result = names[place], names[(place + step) % len(names)]
    side = "after" if step == 1 else "before"
    forms = [
        f"What {kind} comes {side} {given}?", f"Which {kind} is {side} {given}?", f"What comes {side} {given}?",
        f"What is the {kind} {side} {given}?", f"Can you tell me which {kind} comes {side} {given}?",
        f"Do you know what {kind} is {side} {given}?", f"Tell me the {kind} {side} {given}."
    ]  # fmt: skip
    if kind == "day":
        when = "will it be tomorrow" if step == 1 else "was it yesterday"
        forms += [
            f"Today is {given}. What day {when}?",
            f"If today is {given}, what day {'is tomorrow' if step == 1 else 'was yesterday'}?"
        ]  # fmt: skip
    else:
        where = {1: "first", 2: "second", 3: "third", 12: "last"}.get(place + 1, "")
        if where and draw.random() < 0.3:
            answer = Answer(
                f"The {where} month of the year is {given}.",
                f"{given}.",
                f"That's {given}!",
                question="In which month were you born?",
                word=given,
            )
            return dialogue(
                draw,
                (
                    f"What is the {where} month of the year?",
                    f"Which month is the {where} of the year?",
                    f"What month comes {where}?",
                ),
                answer,
            )
    answer = Answer(
        [f"The {kind} {side} {given} is {result}.", f"{result} comes {side} {given}."], f"{result}.",
        [f"That's {result}!", f"It's {result}."], f"And {given} comes {'before' if step == 1 else 'after'} {result}.",
        (f"Which {kind} do you like best?", f"Do you have plans for {result}?"), result
    )  # fmt: skip
    return dialogue(draw, forms, answer)


def odd_even(draw: random.Random) -> Dialogue:
    """Odd or even."""
    number = draw.randint(0, 60)
    word, other = ("even", "odd") if number % 2 == 0 else ("odd", "even")
    chance = draw.random()
    guess = one(draw, ("odd", "even"))
    if chance < 0.5:
        forms = (
            f"Is {number} odd or even?",
            f"Is {number} even or odd?",
            f"{number}, odd or even?",
            f"Is the number {number} odd or even?",
            f"Tell me whether {number} is odd or even.",
        )
        answer = Answer(
            f"{number} is {article(word)} number.",
            f"{upper(word)}.",
            [f"It's {word}!", f"{number} is {word}."],
            f"The next {word} number is {number + 2}.",
            ANOTHER,
            upper(word),
        )
    else:
        yes = "Yes" if guess == word else "No"
        forms = (
            f"Is {number} {guess}?",
            f"Is {number} {article(guess)} number?",
            f"Is it true that {number} is {guess}?",
            f"Would you call {number} {guess}?",
            f"{number} is {guess}, right?",
        )
        answer = Answer(
            f"{yes}, {number} is {word}." if yes == "Yes" else f"No, {number} is {word}, not {other}." , f"{yes}.",
            f"{'Yep' if yes == 'Yes' else 'Nope'}, it's {word}!", f"The next {word} number is {number + 2}.", ANOTHER, yes
        )  # fmt: skip
    return dialogue(draw, forms, answer)


def more_or_less(draw: random.Random) -> Dialogue:
    """Ten more, three less."""
    number, step = draw.randint(5, 40), draw.randint(1, 10)
    up = draw.random() < 0.5 or step > number
    word, result = ("more", number + step) if up else ("less", number - step)
    forms = (
        f"What is {step} {word} than {number}?",
        f"Which number is {step} {word} than {number}?",
        f"Tell me the number that is {step} {word} than {number}.",
        f"How much is {step} {word} than {number}?",
    )
    full = f"{result} is {step} {word} than {number}."
    more = f"After all, {number} {'plus' if up else 'minus'} {step} is {result}."
    return dialogue(draw, forms, Answer(full, f"{result}.", [f"That's {result}!", f"It's {result}."], more, ANOTHER, str(result)))


KINDS = [
    Kind("neighbours", 0.7, neighbours),
    Kind("comparisons", 1.2, comparisons),
    Kind("ordering", 0.6, ordering),
    Kind("counting", 0.5, counting),
    Kind("calendar", 1.2, calendar),
    Kind("odd_even", 0.4, odd_even),
    Kind("more_or_less", 0.4, more_or_less),
]
