"""What the model cannot know, and says so: live things, the future, the person's own data, things nobody told it."""

from __future__ import annotations

import random

from lab.train.material.kinds import Dialogue, Kind, casual, turns
from lab.train.material.styles import Answer, dialogue, thanked, upper
from lab.train.material.tables import one, words

CITIES = words("""
    Paris, London, Berlin, Rome, Madrid, New York, Tokyo, Vienna, Oslo, Boston, Chicago, Dublin, Sydney, Cairo,
    Toronto, Lisbon
""")
DAYS = words("today, tomorrow, this weekend, tonight, on Monday, next week, this afternoon, right now")
THINGS = words("gold, oil, bread, milk, petrol, a house, a bus ticket, a new phone, Bitcoin, coffee")
TEAMS = words("Arsenal, Barcelona, Liverpool, the Yankees, Bayern, Real Madrid, the Lakers, our team")

CANNOT = (
    "I cannot know that",
    "I do not know that",
    "I have no way to know that",
    "I cannot tell",
    "I cannot see that from here",
    "Sorry, I do not know that",
    "I am afraid I cannot know that",
)
RELAXED = (
    "Sorry, I can't know that",
    "I've no idea, sorry",
    "No clue, I'm afraid",
    "I wish I knew",
    "I can't tell, sorry",
    "Hmm, I don't know that",
)

# name: (prompts, why not, what to do instead, what to ask back)
LIVE: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "weather": (
        (
            "What is the weather like {day}?", "What's the weather in {city}?", "Will it rain {day}?", "Is it raining?",
            "Is it cold outside?", "How warm is it in {city}?", "Do I need an umbrella {day}?", "What is the temperature?",
            "Is it sunny in {city}?", "Weather forecast for {city}?", "Will it snow {day}?", "How is the weather?",
            "Tell me the weather for {day}.", "Can you check the weather in {city}?", "What will the weather be {day}?",
            "Is it windy {day}?"
        ),
        (
            "because I cannot see the weather", "because I have no link to the weather service",
            "since I have no window and no internet", "because I have no live data"
        ),
        (
            "A look out of the window helps most.", "A weather app can tell you.", "The forecast of your town will tell you.",
            "Please check a weather service."
        ), ("How does it look outside?", "Are you going out?", "What do you have planned?", "Do you hope for sun?"),
    ),
    "news": (
        (
            "What is in the news today?", "Any news?", "What happened today?", "Tell me the latest news.",
            "What is going on in the world?", "What are the headlines?", "Did something happen in {city} today?",
            "Who won the election?", "What is new in {city}?", "What's the latest from {city}?", "What happened yesterday?",
            "Is there any news about {city}?", "Can you read me the news?", "Did you hear the news?"
        ),
        (
            "because I do not get any news", "because I am not connected to the internet",
            "since I only know what I learned before", "because nobody tells me the news"
        ), ("A newspaper will know.", "Please look at a news site.", "The radio will tell you.", "A news site can help you."),
        (
            "What did you hear?", "Is there something you are waiting for?", "What kind of news do you like?",
            "Did something happen?"
        ),
    ),
    "time": (
        (
            "What time is it?", "What's the time?", "Can you tell me the time?", "What day is it today?", "What is the date?",
            "What year is it?", "Which day is today?", "Is it late?", "What time is it in {city}?", "Do you have the time?",
            "How late is it?", "What is today's date?", "Tell me the time please.", "Is today Monday?", "What month is it?"
        ),
        (
            "because I have no clock", "because I cannot see a clock or a calendar", "since I have no clock inside",
            "because I live without a clock"
        ),
        (
            "Your phone will tell you.", "The clock of your computer knows it.", "Please look at the corner of your screen.",
            "A clock near you will help."
        ), ("Are you in a hurry?", "Do you have an appointment?", "Are you waiting for something?"),
    ),
    "person": (
        (
            "What is my name?", "Do you know my name?", "How old am I?", "Where do I live?", "What did I eat today?",
            "Do you know me?", "What is my phone number?", "Where am I?", "What is my favourite colour?",
            "What do I look like?", "When is my birthday?", "What did I do yesterday?", "Where are my keys?",
            "Do you know where I work?", "Can you see me?", "What am I wearing?", "What is my password?",
            "Do you remember me?", "Who am I?", "What am I thinking?", "How many siblings do I have?"
        ),
        (
            "because you have not told me", "because I only know what you write here", "since I cannot see you",
            "because I know nothing about you yet"
        ),
        (
            "You can tell me, if you like.", "I know only what you tell me here.", "Tell me, and I will use it in this chat.",
            "If you tell me, we can talk about it."
        ), ("Will you tell me?", "Do you want to tell me?", "Would you like to tell me something about you?"),
    ),
    "future": (
        (
            "What will happen tomorrow?", "Will I be rich?", "Will I find love?", "Who will win the game?",
            "Who will win the match {day}?", "Will {team} win?", "What are the next lottery numbers?", "Will my plan work?",
            "When will I die?", "Will I pass the exam?", "What will the world be like in 100 years?",
            "Can you tell my future?", "Will it be a good year?", "Will the price of {thing} go up?",
            "Who will be the next president?", "Will I get the job?", "Should I expect good luck?"
        ),
        (
            "because nobody can see the future", "because the future is open", "since I cannot look ahead",
            "because I am no fortune teller"
        ),
        (
            "We will have to wait and see.", "Time will tell.", "You can do your part, and the rest is luck.",
            "It depends on many things."
        ),
        (
            "What do you hope for?", "What do you think yourself?", "Are you worried about it?",
            "What would you like to happen?"
        ),
    ),
    "live": (
        (
            "What does {thing} cost?", "How much is {thing} today?", "What is the price of {thing}?",
            "Did {team} win yesterday?", "What was the score of {team}?", "When does the next train to {city} leave?",
            "Is the shop open?", "Is there a traffic jam on the way to {city}?", "What is on TV tonight?",
            "Which films are on {day}?", "Is my flight to {city} on time?", "Is the museum in {city} open {day}?",
            "When does the bus come?", "How did {team} play?", "What is the best hotel in {city}?",
            "What is the number of a taxi in {city}?", "How long is the queue?", "Are there tickets left for {team}?",
            "How many people are online?"
        ),
        (
            "because I have no internet", "because I have no live data", "since I cannot look things up",
            "because it changes and I cannot look it up"
        ),
        (
            "Please look it up online.", "A search on the web will help.", "It is best to call there and ask.",
            "An app can tell you."
        ), ("Is there something else I can do?", "What do you need it for?", "Are you planning something?"),
    ),
}  # fmt: skip
ACTIONS = (
    "Call my mother.", "Set an alarm for seven.", "Order me a pizza.", "Book a table for two.", "Play some music.",
    "Send an email to my boss.", "Open the window.", "Turn on the light.", "Search the web for shoes.",
    "Show me a picture of a cat.", "Can you call a taxi?", "Remind me to buy milk.", "Book a flight to {city}.",
    "Make me a coffee.", "Can you send a message to Tom?", "Look it up online.", "Draw me a horse.", "Sing a song.",
    "Download a film.", "Can you wake me at six?", "Buy me a ticket to {city}."
)  # fmt: skip
UNABLE = (
    "I cannot do that, I can only write.",
    "I can only write text, so I cannot do that.",
    "That is not possible for me. I only chat.",
    "I am not able to do that, because I am only a chat program.",
    "Sorry, I have no hands for that. I only write.",
)
ABLE = (
    "I can help you plan it.",
    "I can write a note about it for you.",
    "I can help you find the words for it.",
    "But we can talk about it.",
)
OBSCURE = (
    "Who was the mayor of {city} in 1873?", "How many windows are there in {city}?",
    "What did {name} say to {other} yesterday?", "What is the name of my neighbour's cat?",
    "How many people live in my street?", "What did {name} eat for lunch?", "How many hairs do I have?",
    "Who is {name} {family}?", "Do you know {name} {family}?", "What is the phone number of {name}?",
    "Where does {name} live?", "How old is {name}?", "What is {name} doing?", "Who is my teacher?",
    "What is the name of my boss?", "What is the street of {name} called?", "Have you heard of {name} {family}?",
    "How tall is {name} {family}?", "Tell me about {name} {family}."
)  # fmt: skip
NAMES = words("Tom, Anna, Ben, Lucy, Sam, Mia, Jack, Emma, Leo, Nora, Max, Lily, Oscar, Ella, Adam, Ruth")
FAMILIES = words(
    "Brookfield, Hartwell, Fenmoor, Tillman, Ashcombe, Lindwell, Marrow, Penhale, Oakden, Silverley, Thornby, Wexham"
)


def filled(draw: random.Random, text: str) -> str:
    name, other = draw.sample(NAMES, 2)
    return text.format(
        day=one(draw, DAYS),
        city=one(draw, CITIES),
        thing=one(draw, THINGS),
        team=one(draw, TEAMS),
        name=name,
        other=other,
        family=one(draw, FAMILIES),
    )


def live(draw: random.Random) -> Dialogue:
    topic = one(draw, list(LIVE))
    prompts, reasons, instead, question = LIVE[topic]
    why = one(draw, reasons)
    prompt = filled(draw, one(draw, prompts))
    if draw.random() < 0.15:
        prompt = one(draw, ("Hey, {}", "Tell me, {}", "Hi, {}", "One question: {}", "Please, {}")).format(
            prompt[:1].lower() + prompt[1:]
        )
    reason = upper(why.removeprefix("because ").removeprefix("since "))
    answer = Answer(
        [f"{one(draw, CANNOT)}, {why}.", f"{one(draw, CANNOT)}, {why}.", f"{reason}, so I cannot tell."],
        [f"{one(draw, CANNOT)}.", "I do not know."], [f"{one(draw, RELAXED)}. {reason}.", f"{one(draw, RELAXED)}!"], instead,
        question, unsure=True,
    )  # fmt: skip
    then = [
        (one(draw, ("Why not?", "Why?", "How come?", "Why can't you?")), Answer(f"{upper(why)}.".replace("Since", "Because"))),
        (
            one(draw, ("Then guess.", "Just guess.", "Can you guess?")),
            Answer([f"I would rather not guess. {one(draw, instead)}", "A guess would not help you much."]),
        ),
    ]
    return dialogue(draw, prompt, answer, then, instructed=0.06)


def actions(draw: random.Random) -> Dialogue:
    answer = Answer(
        UNABLE,
        ["I cannot do that, sorry."],
        ["Sorry, I can't do that! I only chat.", "I wish I could! I can only write."],
        ABLE,
        ("Is there something to write?", "Can I help with words?", "What else can I do for you?"),
        unsure=True,
    )
    return dialogue(
        draw,
        filled(draw, one(draw, ACTIONS)),
        answer,
        [(one(draw, ("Why not?", "Why?")), Answer("Because I am a small chat program that can only write text."))],
        instructed=0,
    )


def obscure(draw: random.Random) -> Dialogue:
    answer = Answer(
        [
            "I do not know that, because nobody told me.", "I do not know that, and I do not want to make something up.",
            "I have never heard about that, so I cannot say.", "I am afraid I cannot know that."
        ], ["I do not know.", "I cannot say."], ["No idea, sorry!", "I don't know, and I won't make it up."],
        ["Can you tell me more about it?", "I know only simple things."],
        ("Do you know it?", "Where could you find out?", "Why do you ask?"), unsure=True,
    )  # fmt: skip
    return dialogue(draw, filled(draw, one(draw, OBSCURE)), answer, instructed=0)


def told(draw: random.Random) -> Dialogue:
    """What the user has said can be known: the name, the town, the animal."""
    name, other = draw.sample(NAMES, 2)
    city, age = one(draw, CITIES), draw.randint(8, 70)
    pet, colour, food = (
        one(draw, words("dog, cat, rabbit, parrot, horse, hamster")),
        one(draw, words("blue, green, red, yellow, purple")),
        one(draw, words("pizza, soup, pasta, rice, cake, fish")),
    )
    told_, asked, full, brief = one(
        draw,
        (
            (
                f"My name is {name}.", ("What is my name?", "Do you know my name?", "What's my name?", "Who am I?"),
                f"Your name is {name}.", f"{name}."
            ),
            (
                f"I'm {name} and I live in {city}.", ("Where do I live?", "In which city do I live?"), f"You live in {city}.",
                f"In {city}."
            ), (f"I am {age} years old.", ("How old am I?", "Do you know my age?"), f"You are {age} years old.", f"{age}."),
            (
                f"My {pet} is called {other}.", (f"What is my {pet} called?", f"What is the name of my {pet}?"),
                f"Your {pet} is called {other}.", f"{other}."
            ),
            (
                f"My favourite colour is {colour}.", ("What is my favourite colour?", "Which colour do I like?"),
                f"Your favourite colour is {colour}.", f"{upper(colour)}."
            ),
            (
                f"I had {food} for lunch.", ("What did I have for lunch?", "What did I eat?"), f"You had {food} for lunch.",
                f"{upper(food)}."
            ),
            (
                f"I come from {city}.", ("Where do I come from?", "Where am I from?"), f"You come from {city}.",
                f"From {city}."
            ),
            (
                f"My sister {other} is a doctor.", ("What is my sister called?", "What is the name of my sister?"),
                f"Your sister is called {other}.", f"{other}."
            ),
        )
    )  # fmt: skip
    first = (
        told_ if draw.random() < 0.7 else f"{one(draw, ('Hi!', 'Hello.', 'Hey,', 'By the way,'))} {told_}".replace(", My", ", my")
    )
    react = one(
        draw,
        (
            "Thank you for telling me.",
            "Good to know!",
            "Nice to know.",
            "I see.",
            "Thanks, I will keep that in mind here.",
            "That is good to know.",
        ),
    )
    if told_.startswith(("My name", "I'm")):
        react = one(draw, (f"Nice to meet you, {name}!", f"Hello {name}!", f"Hi {name}, good to meet you.", f"Welcome, {name}!"))
    if draw.random() < 0.35:
        react += " " + one(draw, ("How are you today?", "What would you like to talk about?", "What can I do for you?"))
    reply = one(draw, (full, full, brief, f"You told me: {brief}" if brief[:2] not in ("In", "Fr") else full))
    if draw.random() < 0.3:
        return turns(casual(draw, f"{told_} {one(draw, asked)}"), reply)
    spoken = [casual(draw, first), react, casual(draw, one(draw, asked)), reply]
    if draw.random() < 0.2:
        spoken += thanked(draw)
    return turns(*spoken)


KINDS = [
    Kind("live", 2.5, live),
    Kind("actions", 0.6, actions),
    Kind("obscure", 0.8, obscure),
    Kind("told", 1.2, told),
]
