"""Small talk: greetings and moods of a chat, what the assistant is, what the user tells of himself, jokes and suggestions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lab.train.material.kinds import Dialogue, Kind
from lab.train.material.talk_daily import DAILY, FEEL_WELL, REACTIONS
from lab.train.material.talk_memory import memory
from lab.train.material.talk_shared import (
    EVENTS,
    JOBS,
    LIKES,
    OPINIONS,
    PET_NAMES,
    PETS,
)
from lab.train.material.talk_suggest import joke, lists, recommend
from lab.train.material.talk_topics import ABOUT_HONE, GREETINGS, LEAVING
from lab.train.material.voice import Round, Voice, compose, converse, fixed, of_topic, options, pick, speak, spin, weighted

AGAIN: list[tuple[list[str], dict[str, Any]]] = [  # the same in another way
    (options("[Can you say that|Say it|Say that] [shorter|in fewer words|briefly], please. / Too long. / Make it shorter, "
        "please."),
     {"length": "brief", "asks": False}),
    (options("Tell me more. / Can you say more? / Go on. / And what else?"), {"length": "full"}),
    (options("[Say that|Say it] more formally, please. / More formally, please."), {"tone": "formal"}),
    (options("Say it more casually, please. / Say that like a friend would."), {"tone": "casual"}),
]  # fmt: skip


def small(draw: random.Random) -> Dialogue:
    """One remark and a reply; at times the user wants the reply said in another way."""
    topic = weighted(draw, pick(draw, (GREETINGS, LEAVING, ABOUT_HONE, ABOUT_HONE, REACTIONS, DAILY)))
    rounds = [of_topic(draw, topic)]
    if topic.name in ("who", "can_do", "learn", "made", "weekend", "bored", "meaning", "feelings") and draw.random() < 0.25:
        wish, wanted = pick(draw, AGAIN)
        rounds.append((spin(draw, pick(draw, wish)), lambda voice: speak(draw, topic, replace(voice, **wanted))))
    return converse(draw, rounds)


def chain(draw: random.Random) -> Dialogue:
    """A short visit: hello, how are you, something, thanks, goodbye, or a part of that."""
    rounds: list[Round] = []
    if draw.random() < 0.7:
        rounds.append(of_topic(draw, weighted(draw, GREETINGS)))
    if draw.random() < 0.3:
        mood = draw.random() < 0.7
        rounds.append(well(draw) if mood else not_well(draw))
    middle: list[Callable[[], Round]] = [
        lambda: of_topic(draw, weighted(draw, ABOUT_HONE)),
        lambda: of_topic(draw, weighted(draw, DAILY)),
        lambda: event(draw),
        lambda: liking(draw)[0],
        lambda: joke(draw)[0],
    ]
    rounds += [pick(draw, middle)() for _ in range(draw.choice((1, 1, 2)))]
    if draw.random() < 0.35:
        rounds.append(of_topic(draw, pick(draw, (LEAVING["thanks"], REACTIONS["praise"], REACTIONS["okay"], REACTIONS["lol"]))))
    if draw.random() < 0.35 or len(rounds) < 2:
        rounds.append(of_topic(draw, pick(draw, (LEAVING["bye"], LEAVING["good_night"], LEAVING["thanks"]))))
    return converse(draw, rounds[:4])


def well(draw: random.Random) -> Round:
    return of_topic(draw, FEEL_WELL["well"])


def not_well(draw: random.Random) -> Round:
    return of_topic(draw, FEEL_WELL["not_well"])


# -- what the user tells -----------------------------------------------------------------------------------------


def liking(draw: random.Random) -> tuple[Round, Round]:
    """(what the user likes, the answer to the question back)."""
    thing, verb, trait, question, answers, remark = pick(draw, LIKES)
    it, is_ = ("They", "they're") if verb == "are" else ("It", "it's")
    blanks = {"x": thing, "is": verb, "trait": trait, "It": it, "it's": is_, "them": "them" if verb == "are" else "it"}
    prompt = spin(draw, pick(draw, options(
        "I [like|love|really like|enjoy|adore] {x}[.|!|] / I'm [really |]into {x}[.|] / My hobby is {x}[.|] / I like {x} a "
        "lot[.|] / {x} {is} my favourite thing[.|]"
        " / I [just |]love {x}, [you know|honestly|to be honest][.|] / [Do you like|What do you think about|Tell me "
        "about|Let's talk about] {x}[?|]"
    )), blanks)  # fmt: skip
    asked = prompt.startswith(("Do you like", "What do you think"))
    if prompt.startswith(("Tell", "Let's")):
        prompt = prompt.replace("?", ".")
    head = "[I'm only a program, but people say that]" if asked else "[I hear that|Many people say that|They say that]"

    def reply(voice: Voice) -> str:
        if asked:
            brief = ["I'm a program, but {it's} popular.", "I can't, but many people do."]
            main = [f"{head} {{x}} {{is}} {{trait}}.", "I have no taste of my own, but {x} {is} {trait}."]
            more, asks = ["Everyone sees it a bit differently.", remark], ["Do you like {them}?", "And you?"]
        else:
            brief = ["{x} {is} {trait}.", "Nice, {x}!", "{x}, a good choice!", "Good taste!"]
            main = ["{x} {is} {trait}.", "[That's nice|How nice|Lovely], {x} {is} {trait}.", f"{head} {{x}} {{is}} {{trait}}."]
            more = ["It's good to have something that you love.", "I can see why people like {them}.", remark]
            asks = [question]
        return compose(draw, voice, brief=brief, main=main, more=more, asks=asks, bright=not asked, blanks=blanks)

    def after(voice: Voice) -> str:
        return fixed(draw, voice, [f"[That sounds good|Nice|Good choice|How nice]. {remark}", remark, f"[I see|Ah, nice]. "
            f"{remark}"],
                     pick(draw, ["What do you enjoy most about it?", "Is there anything new you'd like to try?", "Do you share "
                         "it with anyone?"]), True)  # fmt: skip

    def opening(voice: Voice) -> str:
        text = reply(Voice(voice.length, voice.tone, False))
        return f"{text} {question}"

    return (prompt, reply), ("\n".join([prompt, pick(draw, answers)]), lambda v: opening(v) if v.length == "open" else after(v))


def event(draw: random.Random) -> Round:
    said, remark, question = pick(draw, EVENTS)
    brief = (
        options("[Oh|Ah], [that's a pity|that's annoying][.|!]")
        if any(w in said for w in ("lost", "missed", "slept badly"))
        else []
    )
    return spin(draw, said + "[.|!|]"), lambda v: compose(
        draw, v, brief=brief or [remark], main=[remark], more=["Thank you for telling me.", "I'd like to hear more about it."],
        asks=[question], bright=not brief,
    )  # fmt: skip


def job(draw: random.Random) -> Round:
    work, good, question = pick(draw, JOBS)
    blanks = {"x": work, "good": good}
    prompt = spin(
        draw,
        "[I'm a {x}|I am a {x}|I work as a {x}|My job is being a {x}|I became a {x} [last year|this "
        "month]|I'm a {x} by trade|I've been a {x} for [two|five|ten|twenty] years][.|!|]",
        blanks,
    )
    return prompt, lambda v: compose(
        draw, v, brief=["A {x}, how interesting!", "A {x}, that's good work.", "A fine job, {x}!"],
        main=["[A {x}, that's a fine job|That's a good job], because {good}.", "As a {x}, {good}.", "Being a {x} [must "
            "be|sounds] interesting, since {good}."],
        more=["I imagine that no two days are the same.", "It surely takes skill and patience.", "The world needs people like "
            "you."],
        asks=[question, "How long have you done it?", "What do you like most about it?"], bright=True, blanks=blanks,
    )  # fmt: skip


def pet(draw: random.Random) -> Round:
    animal, name = pick(draw, PETS), pick(draw, PET_NAMES)
    blanks = {"x": animal, "n": name}
    prompt = spin(
        draw,
        "[I have a {x} called {n}|I have a {x} named {n}|My {x} is called {n}|My {x}'s name is {n}|This is my "
        "{x} {n}|I've got a {x}, {n}|We have a {x}. [His|Her] name is {n}][.|!|]",
        blanks,
    )
    more = ["Animals make a home warmer.", "I'm sure that {n} keeps you busy.", "A {x} can be a true friend."]
    asks = ["How old is {n}?", "What does {n} like to do?", "How long have you had {n}?", "What is {n} like?"]
    main = [
        "{n} is a [lovely|great|fine|good] name for a {x}.",
        "A {x} called {n} sounds like good company.",
        "{n} the {x} is lucky to have you.",
        "I'd say hello to {n} if I could.",
    ]
    brief = ["{n} is a lovely name!", "Hello to {n}!", "{n} sounds sweet.", "A {x}, how nice!"]
    return prompt, lambda v: compose(draw, v, brief=brief, main=main, more=more, asks=asks, bright=True, blanks=blanks)


def share(draw: random.Random) -> Dialogue:
    """The user tells of himself; the reply picks it up, and half of the time the talk goes on."""
    chance = draw.random()
    if chance < 0.5:
        first, second = liking(draw)
        if draw.random() < 0.5 and not first[0].startswith(("Do", "What", "Tell", "Let")):
            prompt, answer = second[0].split("\n")
            opening = second[1]
            asking = [(prompt, lambda v: opening(Voice("open", v.tone, True))), (answer, opening)]
            return converse(draw, asking + ([of_topic(draw, LEAVING["bye"])] if draw.random() < 0.15 else []))
        return converse(draw, [first])
    if chance < 0.65:
        rounds = [job(draw)]
    elif chance < 0.78:
        rounds = [pet(draw)]
    else:
        rounds = [event(draw)]
    if draw.random() < 0.25:
        rounds.append(pick(draw, (joke(draw)[0], of_topic(draw, LEAVING["thanks"]), of_topic(draw, REACTIONS["question"]))))
    return converse(draw, rounds)


def opinion(draw: random.Random) -> Dialogue:
    thing, view = pick(draw, OPINIONS)
    prompt = pick(
        draw,
        options(
            "What do you think [about|of] {x}? / [What's|What is] your opinion on {x}? / Your opinion on "
            "{x}? / Tell me your opinion on {x}. / How do you feel about {x}? / What are your thoughts on {x}?"
        ),
    )
    if " or " in thing:
        prompt = pick(
            draw, options("{x}? / {x}, what do you think? / What's better, {x}? / What do you prefer, {x}? / Do you prefer {x}?")
        )
    return converse(draw, [(spin(draw, prompt, {"x": thing}), lambda v: compose(
        draw, v, brief=[*[f"{view.split(',')[0]}."] * 3, "I have no view of my own.", "That's a matter of taste."],
main=[f"I have no opinion of my own, and people say this: {view}.",
              f"As I see it, {view}.", f"People often say that {view}."],
        more=["In the end it's a matter of taste.", "I'm only a small model, so your view counts more.", "There are good "
            "reasons on both sides."],
        asks=["What do you think?", "And what's your view?", "Which way do you lean?", "How do you see it?"],
    ))])  # fmt: skip


KINDS = [
    Kind("talk_small", 14, small),
    Kind("talk_chain", 8, chain),
    Kind("talk_share", 10, share),
    Kind("talk_memory", 9, memory),
    Kind("talk_lists", 8, lists),
    Kind("talk_recommend", 7, recommend),
    Kind("talk_opinion", 3, opinion),
]
