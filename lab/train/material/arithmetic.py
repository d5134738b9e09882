"""Numbers up to a hundred: sums, differences, products, halves, comparisons, counting, small stories, the calendar.

Every answer is computed, never written down, except for the calendar's table.
"""

from __future__ import annotations

import random

from lab.train.material.kinds import Dialogue, Kind, casual, turns
from lab.train.material.styles import Answer, dialogue, dress, thanked, upper
from lab.train.material.tables import one, words

ONES = words("""
    zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen,
    seventeen, eighteen, nineteen
""")
TENS = words("zero, ten, twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety")

ASKING = (
    "What is {}?", "What's {}?", "{}?", "{}=?", "{} equals what?", "How much is {}?", "Can you tell me what {} is?",
    "Hey, what is {}?", "Do you know what {} is?", "Please calculate {}.", "Calculate {}.", "Work out {}.", "Tell me {}.",
    "What does {} make?", "What do you get for {}?", "Can you work out {}?", "I need to know what {} is.", "Solve {}.",
    "Solve this: {}", "Compute {}.", "{} is what?", "How much does {} make?", "What is the answer to {}?",
    "Quick, what is {}?", "whats {}", "Can you do {}?", "I can't work out {}. Can you?", "My homework says {}. What is it?",
    "Help me with {}.", "{} please", "Hi, how much is {}?",
)  # fmt: skip
ANOTHER = (
    "Do you want to try another one?", "Shall we do another one?", "Do you have more numbers for me?",
    "What is the next one?", "Would you like a harder one?", "Are you doing homework?", "Do you like maths?",
    "Anything else to work out?", "Did you get the same?", "Is it for school?"
)  # fmt: skip
NAMES = words("""
    Tom, Anna, Ben, Lucy, Sam, Mia, Jack, Emma, Leo, Nora, Max, Lily, Oscar, Ella, Adam, Ruth, Paul, Ivy, Carl, Rosa,
    Omar, Zoe, Finn, Lena, Hugo, Maya, Peter, Clara, David, Alice, Noah, Sara, Erik, Julia, Ravi, Mei
""")  # fmt: skip
THINGS = words("""
    apples, pears, books, pens, coins, eggs, cookies, balls, cards, stamps, shells, stones, flowers, stickers, cakes,
    oranges, plums, toys, marbles, candles, lemons, sweets, cups, chairs, keys, photos, hats, tickets, nuts
""")  # fmt: skip


def spelled(number: int) -> str:
    """0 to 100 in words."""
    if number < 20:
        return ONES[number]
    if number >= 100:
        return "one hundred" if number == 100 else str(number)
    tens, rest = divmod(number, 10)
    return TENS[tens] + (f"-{ONES[rest]}" if rest else "")


def answer_to(draw: random.Random, term: str, result: int, more: str = "") -> Answer:
    """Ways to say that a term in words, such as `7 plus 5`, has this result."""
    sign = term.replace("plus", "+").replace("minus", "-").replace("times", "x").replace("divided by", "/")
    brief = [f"{result}.", f"{result}."] + (
        [f"{sign} = {result}."] if sign != term and term[0].isdigit() else [f"It is {result}."]
    )
    relaxed = [f"That's {result}!", f"That makes {result}.", f"It's {result}.", f"That's {result}.", f"Easy, that's {result}!"]
    full = [
        f"{upper(term)} is {result}.",
        f"{upper(term)} is {result}.",
        f"{upper(term)} equals {result}.",
        f"The answer is {result}.",
    ]
    return Answer(full, brief, relaxed, more, ANOTHER, str(result))


def term_of(draw: random.Random, left: int, name: str, right: int) -> tuple[str, str]:
    """(a calculation as the user may write it, the same in plain words with figures)."""
    plain = f"{left} {name} {right}"
    signs = {"plus": ("+",), "minus": ("-",), "times": ("x", "*"), "divided by": ("/",)}[name]
    chance = draw.random()
    if chance < 0.4:
        space = one(draw, ("", " "))
        return f"{left}{space}{one(draw, signs)}{space}{right}", plain
    if chance < 0.6:
        return f"{spelled(left)} {name} {spelled(right)}", plain
    return plain, plain


def follow_on(draw: random.Random, left: int, right: int, name: str) -> list[tuple[str, Answer]]:
    """`And 7 plus 6?` after `7 plus 5`."""
    then = []
    for step in (1, 2, 10):
        plain = f"{left} {name} {right + step}"
        result = left + right + step if name == "plus" else left - right - step
        if result >= 0:
            question = one(draw, ("And {}?", "What about {}?", "And what is {}?", "Now {}.", "Ok, and {}?"))
            then.append((question.format(plain), answer_to(draw, plain, result)))
    return then


def sums(draw: random.Random) -> Dialogue:
    top = 20 if draw.random() < 0.85 else 50
    left, right = draw.randint(0, top), draw.randint(0, top)
    if draw.random() < 0.35:
        left, right = draw.randint(0, 10), draw.randint(0, 10)
    term, plain = term_of(draw, left, "plus", right)
    more = f"You can check it: {left + right} minus {right} is {left}."
    answer = answer_to(draw, plain, left + right, more)
    worded = (
        f"What is the sum of {left} and {right}?", f"Add {left} and {right}.", f"Add {right} to {left}.",
        f"What do {left} and {right} make together?", f"How much are {left} and {right} together?",
        f"Can you add {left} and {right} for me?", f"{left} and {right} is?"
    )  # fmt: skip
    prompt = one(draw, worded) if draw.random() < 0.2 else one(draw, ASKING).format(term)
    return dialogue(draw, upper(prompt), answer, follow_on(draw, left, right, "plus"))


def differences(draw: random.Random) -> Dialogue:
    left = draw.randint(1, 20 if draw.random() < 0.75 else 60)
    right = draw.randint(0, left)
    term, plain = term_of(draw, left, "minus", right)
    answer = answer_to(draw, plain, left - right, f"You can check it: {left - right} plus {right} is {left}.")
    worded = (
        f"Take {right} from {left}.", f"What is {left} take away {right}?",
        f"What is the difference between {left} and {right}?", f"Subtract {right} from {left}.",
        f"How much is {left} less {right}?", f"I have {left} and take away {right}. What is left?"
    )  # fmt: skip
    prompt = one(draw, worded) if draw.random() < 0.2 else one(draw, ASKING).format(term)
    return dialogue(draw, upper(prompt), answer, follow_on(draw, left, right, "minus"))


def products(draw: random.Random) -> Dialogue:
    left, right = draw.randint(1, 10), draw.randint(0, 10)
    if draw.random() < 0.25 and right:
        term, plain = term_of(draw, left * right, "divided by", right)
        answer = answer_to(draw, plain, left, f"After all, {left} times {right} is {left * right}.")
        worded = [f"Divide {left * right} by {right}.", f"How many times does {right} go into {left * right}?"]
    else:
        term, plain = term_of(draw, left, "times", right)
        answer = answer_to(draw, plain, left * right, f"And {right} times {left} is {left * right} too.")
        worded = [
            f"Multiply {left} by {right}.",
            f"What is {left} multiplied by {right}?",
            f"What is the product of {left} and {right}?",
        ]
    prompt = one(draw, worded) if draw.random() < 0.2 else one(draw, ASKING).format(term)
    return dialogue(draw, upper(prompt), answer)


def parts(draw: random.Random) -> Dialogue:
    """Halves and doubles, squares and quarters."""
    number = draw.randint(1, 25)
    name, given, result, check = one(
        draw,
        (
            ("half of", number * 2, number, f"Twice {number} is {number * 2}."),
            ("double", number, number * 2, f"That is {number} plus {number}."),
            ("twice", number, number * 2, f"That is {number} plus {number}."),
            ("a quarter of", (number % 12 + 1) * 4, number % 12 + 1, f"Half of it is {(number % 12 + 1) * 2}."),
            ("three times", number % 12 + 1, (number % 12 + 1) * 3, f"Twice {number % 12 + 1} is {(number % 12 + 1) * 2}."),
        )
    )  # fmt: skip
    term = f"{name} {given}"
    prompts = [form.format(term) for form in ASKING if "=" not in form]
    return dialogue(draw, upper(one(draw, prompts)), answer_to(draw, term, result, check))


def problems(draw: random.Random) -> Dialogue:
    """A small story with one step."""
    who, other = draw.sample(NAMES, 2)
    things = one(draw, THINGS)
    many, few = draw.randint(3, 20), draw.randint(1, 9)
    less = min(few, many - 1)
    gains = (
        (f"{who} has {many} {things} and gets {few} more.", "has"),
        (f"{who} has {many} {things}. {other} gives {who} {few} more.", "has"),
        (f"{who} finds {many} {things} and then {few} more.", "has"),
        (f"{who} buys {many} {things} on Monday and {few} more on Friday.", "has")
    )  # fmt: skip
    losses = (
        (f"{who} has {many} {things} and gives {less} to {other}.", "has"),
        (f"{who} has {many} {things} and loses {less}.", "has"),
        (f"{who} had {many} {things} but sold {less} of them.", "has"),
        (f"There were {many} {things} in a box. {who} took {less} away.", "box")
    )  # fmt: skip
    kind = draw.random()
    if kind < 0.45:
        story, result, why = one(draw, gains)[0], many + few, f"{many} plus {few} is {many + few}."
        ask, full = f"How many {things} does {who} have now?", f"{who} has {result} {things} now."
    elif kind < 0.85:
        story, owner = one(draw, losses)
        result, why = many - less, f"{many} minus {less} is {many - less}."
        left = things if result != 1 else things.removesuffix("s")
        ask, full = f"How many {things} does {who} have left?", f"{who} has {result} {left} left."
        if owner == "box":
            ask, full = (
                f"How many {things} are left in the box?",
                f"There {'is' if result == 1 else 'are'} {result} {left} left in the box.",
            )
    else:
        each, boxes = draw.randint(2, 9), draw.randint(2, 6)
        story, result, why = (
            f"{who} has {boxes} boxes with {each} {things} each.",
            each * boxes,
            f"{boxes} times {each} is {each * boxes}.",
        )
        ask, full = f"How many {things} are there in all?", f"There are {result} {things} in all."
    forms = (
        "{0} {1}",
        "{0} {1}",
        "{0} {1}",
        "Here is a problem: {0} {1}",
        "Can you solve this? {0} {1}",
        "Maths question: {0} {1}",
        "Help me with this: {0} {1}",
    )
    answer = Answer(full, f"{result}.", [f"That's {result}!", f"It's {result}."], why, ANOTHER, str(result))
    because = [
        ("Why?", Answer(f"Because {why}")),
        ("How did you get that?", Answer(why)),
        ("Can you explain that?", Answer(f"Yes. {why} {full}")),
    ]
    return dialogue(draw, one(draw, forms).format(story, ask), answer, because, instructed=0.05)


def quiz(draw: random.Random) -> Dialogue:
    """The assistant asks, the user answers, rightly or not, and the assistant checks."""
    left, right = draw.randint(1, 12), draw.randint(1, 10)
    name, result = one(draw, (("plus", left + right), ("minus", left - right), ("times", left * right)))
    if result < 0:
        left, right, result = right, left, -result
    term = f"{left} {name} {right}"
    asked = (
        "Ask me a maths question.", "Give me a sum.", "Can you test me in maths?", "Quiz me with numbers.",
        "Give me something to calculate.", "I want to practise maths.", "Let's do some maths.", "Test me on numbers.",
        "Give me a math problem.", "Can we practise sums?"
    )  # fmt: skip
    guess = result if draw.random() < 0.6 else max(0, result + one(draw, (-2, -1, 1, 2)))
    right_answer = (
        "Yes, that is right!",
        "Correct!",
        "Well done, that is right.",
        "Right!",
        "Exactly!",
        "That is correct. Good job!",
    )
    wrong_answer = ("Not quite.", "Close, but no.", "Almost!", "Sorry, that is not right.", "No, not this time.")
    reply = one(draw, right_answer if guess == result else wrong_answer) + f" {term} is {result}."
    if draw.random() < 0.4:
        reply += " " + one(draw, ("Do you want another one?", "Shall we go on?", "Ready for the next one?"))
    said = (
        f"What is {term}?",
        f"Sure! What is {term}?",
        f"Here is one: what is {term}?",
        f"Ok, how much is {term}?",
        f"Gladly. What is {term}?",
    )
    spoken = [
        casual(draw, one(draw, asked)),
        one(draw, said),
        one(draw, (f"{guess}", f"{guess}", f"{guess}.", f"It is {guess}.", f"Is it {guess}?", f"I think {guess}", f"{guess}?")),
        reply,
    ]
    if draw.random() < 0.2:
        spoken += thanked(draw)
    return turns(*spoken)


def too_big(draw: random.Random) -> Dialogue:
    """A calculation that the model could only guess at."""
    left, right = draw.randint(101, 9999), draw.randint(21, 9999)
    term = f"{left} {one(draw, ('times', 'x', '*', 'plus', '+', 'minus', 'divided by', '/'))} {right}"
    answer = Answer(
        [
            "I am sorry, these numbers are too big for me.", "That is too big for me, and I do not want to guess.",
            "I cannot work that out. I am only good with small numbers."
        ], ["That is too big for me.", "I cannot say."],
        ["Oh, that's too big for me!", "Sorry, I'd only guess. Those numbers are too big for me."],
        ["A calculator will help.", "Please use a calculator for it.", "With small numbers I can help."],
        ("Do you have a smaller one?", "Do you want to try smaller numbers?"), unsure=True,
    )  # fmt: skip
    return dialogue(draw, upper(one(draw, ASKING).format(term)), answer, instructed=0)


def reply_only(draw: random.Random) -> Dialogue:
    """Talk about calculating, without numbers."""
    prompt = one(
        draw,
        (
            "Can you do maths?",
            "Are you good at maths?",
            "Can you calculate?",
            "Do you know how to add?",
            "Can you help me with maths?",
            "Can you help with my maths homework?",
        ),
    )
    answer = dress(
        draw,
        full=[
            "Yes, I can do small sums. I make mistakes with big numbers.", "I can do simple sums, but not big ones.",
            "I am able to calculate with small numbers."
        ], brief=["A little.", "Yes, small sums."],
        relaxed=["Sure, as long as the numbers are small!", "A bit! Small numbers are my thing."],
        question=("What shall I work out?", "What do you want to know?", "Do you have a sum for me?")
    )  # fmt: skip
    return turns(casual(draw, prompt), answer)


KINDS = [
    Kind("sums", 3.0, sums),
    Kind("differences", 2.0, differences),
    Kind("products", 1.5, products),
    Kind("parts", 0.8, parts),
    Kind("problems", 1.2, problems),
    Kind("quiz", 0.6, quiz),
    Kind("too_big", 0.5, too_big),
    Kind("maths_talk", 0.1, reply_only),
]
