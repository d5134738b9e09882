"""What the user asks to be given: jokes, riddles, facts, a push, and something to watch, read, play, cook, do or visit."""

from __future__ import annotations

import random
import re
from functools import partial

from lab.train.material.kinds import Dialogue
from lab.train.material.talk_daily import REACTIONS
from lab.train.material.talk_lists import ACTIVITIES, BOOKS, FACTS, FILMS, GAMES, JOKES, MEALS, MOTTOS, MUSIC, PLACES, RIDDLES
from lab.train.material.talk_topics import LEAVING
from lab.train.material.voice import Round, Voice, compose, converse, dress, of_topic, options, pick, spin

ASKED = {
    "joke": options("[Tell me|Do you know|Can you tell me|Give me|I want to hear|Let me hear] a [joke|funny joke|good "
        "joke|short joke|silly joke][, please|][?|] / Joke[, please|][.|!] / Make me laugh[.|!|, please.] / Say something "
        "funny[.|] / Do you know any jokes?"),
    "riddle": options("[Tell me|Give me|Ask me|Do you know] a [riddle|good riddle|short riddle|puzzle|brain teaser][, "
        "please|][?|] / Riddle me this[.|] / Riddle[, please|][.|]"),
    "fact": options("[Tell me|Give me|Do you know] [a fun fact|something interesting|an interesting fact|a random "
        "fact|something new|something I don't know][, please|][?|] / Surprise me[.|!] / Fun fact[, please|][.|] / Teach me "
        "something[.| new.] / Tell me something[.|]"),
    "motto": options("Motivate me[.|, please.|!] / [Give me|Tell me|I need] some [motivation|encouragement|kind words][, "
        "please|][.|] / [Say|Tell me] something [motivating|encouraging|inspiring][.|] / I need a push[.|] / Inspire me[.|!] "
        "/ Give me a motto[ for today|][.|]"),
}  # fmt: skip
AGAIN = options(
    "[Another one|One more|More|Again|Next one|Another][, please|][.|!] / Tell me another[ one|][.|] / Do you "
    "have another[ one|]? / Haha, one more[.|!]"
)


def asked_for(draw: random.Random, name: str) -> str:
    prompt = spin(draw, pick(draw, ASKED[name]))
    if prompt.split()[0] in ("Do", "Can"):
        return prompt if prompt.endswith("?") else prompt.rstrip(".") + "?"
    return prompt.replace("?", "")


def told_joke(draw: random.Random, pair: tuple[str, str], voice: Voice) -> str:
    leads = {"plain": "Here is one: / All right, here's one: ", "formal": "Certainly. / Here is one: ",
             "casual": "Okay, here goes! / Sure! / I've got one: / Haha, try this: "}[voice.tone]  # fmt: skip
    lead = pick(draw, options(leads)) + " " if voice.length == "full" else ""
    text = dress(draw, f"{lead}{pair[0]} {pair[1]}", "formal" if voice.tone == "formal" else "plain")
    return (
        text + " " + pick(draw, ("Want another one?", "Did you like it?", "Shall I tell you one more?")) if voice.asks else text
    )


SUBJECTS = options("""
bicycle / book / bull / tomato / leopard / cheese / clock / tree / computer / bear / baker / sea / broom / bee / fish / pencil
/ cookie / lamp / kangaroo / cloud / chimney / egg / moon / golfer / snowman / orange / dinosaur / ghost / mushroom / train /
duck / calendar / cat / keyboard / dog / robot / cow / banana / elephant / hat / pig / music teacher / shoe / pony / stamp /
gardener / lemon / scarecrow / sheep
""")
ABOUT = options("""
Tell me a joke about {x}. / [A joke|Joke] about {x}[, please|]. / Do you know a joke about {x}? / Make a joke about {x}[,
please|]. / I want a joke about {x}. / [Can|Could] you tell me a joke about {x}?
""")


def joke(draw: random.Random) -> tuple[Round, Round]:
    """A joke, now and then about what the user names, and another one."""
    first, second = draw.sample(JOKES, 2)
    prompt = asked_for(draw, "joke")
    if draw.random() < 0.3:
        subject = pick(draw, SUBJECTS)
        first = pick(draw, [pair for pair in JOKES if re.search(rf"\b{subject}s?\b", pair[0].lower())])
        second = pick(draw, [pair for pair in JOKES if pair is not first])
        named = subject if subject in ("cheese", "sheep") else pick(draw, [f"a {subject}", f"{subject}s"])
        prompt = spin(draw, pick(draw, ABOUT), {"x": named.replace("fishs", "fish")})
    return (prompt, partial(told_joke, draw, first)), (spin(draw, pick(draw, AGAIN)), partial(told_joke, draw, second))


def riddle(draw: random.Random) -> Dialogue:
    """The riddle, and most of the time the user gives up or has the answer."""
    question, answer = pick(draw, RIDDLES)
    plain = answer[0].lower() + answer[1:].rstrip(".")
    lead = spin(draw, "[Here is a riddle:|Try this one:|All right.] ")

    def ask(voice: Voice) -> str:
        return f"{lead} {question}" if voice.length == "full" else question

    def solve(voice: Voice) -> str:
        return answer if voice.length == "brief" else f"{pick(draw, ('The answer is', 'The answer was'))} {plain}."

    rounds: list[Round] = [(asked_for(draw, "riddle"), ask)]
    chance = draw.random()
    if chance < 0.4:
        rounds.append(
            (pick(draw, options("I give up. / I don't know. / No idea. / Tell me. / What is it? / What's the answer?")), solve)
        )
    elif chance < 0.65:
        said = spin(draw, pick(draw, options("Is it {x}? / It's {x}. / Maybe {x}? / I think it's {x}. / {x}!")), {"x": plain})
        right = spin(draw, pick(draw, options(f"Yes, that's right. / Correct! / Well done, it's {plain}. / Exactly, {plain}.")))
        rounds.append((said, lambda voice: dress(draw, right, voice.tone)))
    return converse(draw, rounds)


def lists(draw: random.Random) -> Dialogue:
    name = draw.choices(("joke", "riddle", "fact", "motto"), (5, 3, 4, 3))[0]
    if name == "joke":
        rounds = list(joke(draw))[: draw.choice((1, 1, 2))]
        if draw.random() < 0.25:
            rounds.append(of_topic(draw, REACTIONS["lol"]))
        return converse(draw, rounds)
    if name == "riddle":
        return riddle(draw)
    items = draw.sample(FACTS if name == "fact" else MOTTOS, 3)
    if name == "fact":
        leads = ["Did you know this?", "Here's a fact."]
        asks = ["Did you know that?", "Would you like another one?", "Does that surprise you?"]
    else:
        leads = ["I believe in you.", "Take a deep breath.", "You can do this."]
        asks = ["What are you working on?", "What is the first small step?", "What stands in your way?"]

    def reply(item: str, voice: Voice) -> str:
        text = pick(draw, leads) + " " + item if voice.length == "full" else item
        if voice.length == "full" and name == "motto":
            text += " " + items[2]
        return dress(draw, text, voice.tone, True) + (" " + pick(draw, asks) if voice.asks else "")

    rounds = [(asked_for(draw, name), partial(reply, items[0]))]
    if draw.random() < 0.3:
        rounds.append((spin(draw, pick(draw, AGAIN)), partial(reply, items[1])))
    return converse(draw, rounds)


# -- suggestions and opinions ------------------------------------------------------------------------------------

TIPS = {
    "film": (FILMS, "[film|movie]", "a [{k} |][film|movie]", "watch"), "book": (BOOKS, "book", "a [{k} |]book", "read"),
    "game": (GAMES, "game", "a game[ for {k}|]", "play"),
    "meal": (MEALS, "[meal|dish|recipe]", "something [to eat |]for {k}", "cook"),
    "activity": (ACTIVITIES, "activity", "something to do {k}", "do"), "place": (PLACES, "place", "a place for {k}", "visit"),
    "music": (MUSIC, "[song|piece of music]", "some {k} music", "listen to"),
}  # fmt: skip
WANTED = options("""
[Recommend|Suggest] {what}[, please|]. / [Can|Could] you [recommend|suggest] {what}? / What [{noun}|kind of {noun}] should I
{do}[ tonight| next| today|]? / I'm looking for {what}[.|] / I want to {do} {what}. Any ideas? / Do you know {what}? / Any
idea for {what}? / What can I {do}? I'd like {what}. / Tell me {what}[.|] / Give me an idea: {what}[.|] / I need {what}[.|]
""")


def recommend(draw: random.Random) -> Dialogue:
    """A film, a book, a meal and so on, of the kind asked for, with a reason; the user may want a second one."""
    name = pick(draw, list(TIPS))
    things, noun, what, do = TIPS[name]
    kind = pick(draw, things)[1]
    blanks = {"do": do, "noun": noun, "what": what}
    prompt = pick(draw, WANTED)
    for key, value in blanks.items():
        prompt = prompt.replace(f"{{{key}}}", value)
    if name in ("meal", "place") and "Any ideas?" in prompt:
        prompt = prompt.replace("something", "a dish").replace("[to eat |]", "")
    prompt = spin(draw, prompt, {"k": kind})
    fitting = [t for t in things if t[1] == kind] if kind in prompt else list(things)
    picks = draw.sample(fitting, min(2, len(fitting)))
    asks = {"film": "Do you know it?", "book": "Have you read it?", "game": "Have you played it?", "meal": "Does that sound "
        "tasty?",
            "activity": "Does that sound good?", "place": "Have you been there?", "music": "Do you know it?"}[name]  # fmt: skip

    def reply(pick: tuple[str, str, str], other: tuple[str, str, str] | None, voice: Voice) -> str:
        thing, _, reason = pick
        more = [f"If not, there is also {other[0]}."] if other else ["I hope you enjoy it."]
        more += ["I hope it's what you're looking for.", "It's only a suggestion, of course."]
        brief = [f"{thing}.", f"Try {thing}.", f"How about {thing}?", f"{thing}, perhaps."]
        main = [
            f"[I'd suggest|You could try|I recommend|Try] {thing}, because {reason}.",
            f"{thing} is a good choice, because {reason}.",
        ]
        return compose(draw, voice, brief=brief, main=main, more=more, asks=[asks, "Is that what you had in mind?"])

    rounds: list[Round] = [(prompt, partial(reply, picks[0], picks[1] if len(picks) > 1 and draw.random() < 0.5 else None))]
    if len(picks) > 1 and draw.random() < 0.3:
        again = "[Something else|Another one|Another idea|What else][, please|]. / I know that one already. Another? / "
        again += "[Not that one|I don't like that]. Something else?"
        rounds.append((spin(draw, pick(draw, options(again))), partial(reply, picks[1], None)))
    if draw.random() < 0.2:
        rounds.append(of_topic(draw, LEAVING["thanks"]))
    return converse(draw, rounds)
