"""How an answer is said: in few words or many, formally or at ease, with a question at the end or without.

People rate pairs of replies, and they differ in what they like. So one and the same answer is said in ways that vary
independently of each other, and a request such as "Be brief." is obeyed. An author writes an `Answer` once, in all its
ways; `dialogue` makes of it and of a question's wordings a whole dialogue, `dress` a single reply:

    dress(draw, full="The capital of France is Paris.", brief="Paris.", relaxed="That's Paris!",
          more="It lies on the Seine.", question="Have you been there?")

Every text is one wording or several to draw from; empty where there is none. What goes where:

    full      whole sentences, neutral and without contractions, because it serves as the formal way too
    brief     the fewest words, with a full stop
    relaxed   as friends say it: contractions, at times an exclamation mark
    more      another true sentence on the subject, which can follow `full` and `relaxed`
    question  something fitting to ask back at the end
    word      the answer as one word, without a full stop, where it has one
    unsure    it is a refusal or a not-knowing: no cheerful opener goes before it, and nobody doubts it
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lab.train.material.kinds import Dialogue, casual, turns
from lab.train.material.tables import one

Texts = str | Sequence[str]

ASKED_BACK = 0.35  # of the replies that could end with a question
OPENED = 0.10  # of the replies in whole sentences
INSTRUCTED = 0.125  # of the dialogues begin with a wish about the style
CONTINUED = 0.27  # of the dialogues have a second exchange

TO_QUESTIONS = ("Good question!", "I know this one!", "Nice question.", "Good question.", "Easy one!", "Happy to answer that.")
TO_REQUESTS = ("Sure!", "Of course.", "Sure.", "Happy to help.", "Of course!", "Gladly.", "No problem.", "Here you go.")
REQUESTS = (
    "can ", "could ", "would ", "will ", "please ", "tell ", "give ", "name ", "do you know", "do you have", "explain",
    "write", "help", "make ", "describe", "define", "list ", "show ", "i need", "i want", "i'd like", "let's"
)  # fmt: skip

WISHES: dict[str, tuple[str, ...]] = {
    "brief": (
        "Be brief. {}", "Briefly: {lower}", "{} Keep it short.", "Short answer please: {lower}", "In short: {lower}",
        "{} Please be brief.", "Just the answer: {lower}", "Keep it short. {}", "As short as you can: {lower}",
        "{} Short answer.", "Quick answer please. {}", "No long talk please. {}"
    ),
    "word": (
        "In one word: {lower}", "One word only: {lower}", "{} Answer in one word.", "Answer with one word. {}",
        "{} Just one word please.", "One word answer: {lower}"
    ),
    "sentence": (
        "{} Answer in a full sentence.", "Answer in one sentence: {lower}", "In a full sentence: {lower}",
        "Please use a whole sentence. {}", "{} A full sentence please."
    ),
    "detail": (
        "Explain in detail. {}", "{} Tell me more than one word.", "In detail: {lower}", "{} Please give details.",
        "Give me a longer answer. {}", "{} Please say a bit more.", "Be detailed. {}", "{} I want to know more."
    ),
    "formal": (
        "Answer formally. {}", "Be formal. {}", "{} Please answer formally.", "In formal words: {lower}",
        "Please keep it formal. {}", "{} Use formal language.", "Formal answer please: {lower}"
    ),
    "relaxed": (
        "Be casual. {}", "Answer like a friend. {}", "{} Keep it casual.", "Talk to me like a friend. {}",
        "Casual answer please: {lower}", "{} Say it in a relaxed way.", "Be relaxed. {}"
    ),
    "asking": (
        "{} Then ask me something.", "Answer and then ask me a question. {}", "{} And ask me something back.",
        "Ask me a question after your answer. {}"
    ),
}  # fmt: skip

THANKS = (
    "Thanks!", "Thank you!", "Thanks.", "Thank you.", "Great, thanks!", "Cool, thanks.", "Thanks a lot!", "Ok, thank you.",
    "Good to know, thanks.", "That helps, thanks!", "Perfect, thank you.", "Ah, thanks!", "Nice, thanks.", "thx",
    "Thank you very much.", "Okay thanks", "Thanks for your help.", "Many thanks!"
)  # fmt: skip
WELCOME = (
    "You're welcome!", "You are welcome.", "My pleasure!", "Any time!", "Glad to help!", "Happy to help.", "No problem!",
    "You are very welcome.", "Gladly!", "I'm glad that helped.", "Always happy to help!", "With pleasure."
)  # fmt: skip
ANYTHING_ELSE = (
    "Is there anything else you want to know?", "What else can I do for you?", "Do you have another question?",
    "Anything else on your mind?", "What would you like to know next?", "Can I help with anything else?", "Shall we go on?"
)  # fmt: skip
SHORTER = (
    "Can you say that in fewer words?", "Shorter please.", "Too long. Say it shorter.", "Make it shorter.", "In short?",
    "Can you be brief?", "Give me the short version."
)  # fmt: skip
LONGER = (
    "Tell me more.", "Can you tell me more?", "More please.", "What else?", "Anything more about that?", "Go on.",
    "That is too short. Say more.", "I'd like to hear more.", "Can you add something?"
)  # fmt: skip
DOUBTS = ("Are you sure?", "Really?", "Is that true?", "Are you certain?", "Sure?", "Is that right?", "You sure about that?")
ASSURED = ("Yes, I am sure.", "Yes, quite sure.", "Yes.", "Yes, I am certain.", "Yes, that is right.", "Yes, really.")
FORMALLY = ("Can you say that more formally?", "Now formally please.", "Say it in formal words.", "Please put it formally.")
RELAXED = ("Say it like a friend would.", "Can you say that more casually?", "Now casually please.", "Put it in a relaxed way.")


@dataclass(frozen=True)
class Answer:
    """One answer in all the ways it may be said; the module's docstring says what goes where."""

    full: Texts
    brief: Texts = ()
    relaxed: Texts = ()
    more: Texts = ()
    question: Texts = ()
    word: str = ""
    unsure: bool = False


def texts(given: Texts) -> Sequence[str]:
    """A single wording is a list of one; an empty one is none."""
    return ((given,) if given else ()) if isinstance(given, str) else given


def upper(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """With a small first letter, except for the word I."""
    return text if text[:2] in ("I ", "I'") else text[:1].lower() + text[1:]


def article(noun: str) -> str:
    """The noun with `a` or `an`."""
    sound = noun.lower().startswith(("a", "e", "i", "o", "u", "hour", "honest", "heir"))
    unsound = noun.lower().startswith(("uni", "euro", "one", "use", "uk"))
    return f"{'an' if sound and not unsound else 'a'} {noun}"


def opener(draw: random.Random, prompt: str) -> str:
    """A friendly word before an answer to this prompt."""
    first = prompt.lower().removeprefix("hey, ").removeprefix("hi, ").removeprefix("hello, ")
    if first.startswith(REQUESTS):
        return one(draw, TO_REQUESTS)
    return one(draw, TO_QUESTIONS) if "?" in prompt else ""


def said(draw: random.Random, answer: Answer, wish: str = "", prompt: str = "") -> str:
    """The answer as the wish (a key of WISHES, or none) wants it. `prompt` decides on an opener; without it there is none."""
    full, brief, relaxed = texts(answer.full), texts(answer.brief), texts(answer.relaxed)
    more, question = texts(answer.more), texts(answer.question)
    if wish == "word" and answer.word:
        return answer.word
    if wish in ("brief", "word"):
        return one(draw, brief or full)
    if wish in ("sentence", "formal"):
        return one(draw, full)
    if wish == "relaxed":
        return one(draw, relaxed or full) + (f" {one(draw, question)}" if question and draw.random() < ASKED_BACK else "")
    if wish == "detail":
        return f"{one(draw, full)} {one(draw, more)}" if more else one(draw, full)
    chance = draw.random()
    if brief and chance < 0.28:
        parts = [one(draw, brief)]
    else:
        parts = [one(draw, relaxed if relaxed and draw.random() < 0.4 else full)]
        if more and chance > 0.68:
            parts.append(one(draw, more))
        if prompt and not answer.unsure and draw.random() < OPENED and (first := opener(draw, prompt)):
            parts.insert(0, first)
    if question and (wish == "asking" or draw.random() < ASKED_BACK):
        parts.append(one(draw, question))
    return " ".join(parts)


def dress(
    draw: random.Random, *, full: Texts, brief: Texts = (), relaxed: Texts = (), more: Texts = (), question: Texts = (),
    prompt: str = "",
) -> str:  # fmt: skip
    """A reply in a random one of its ways. With the user's `prompt` it may get a fitting friendly opener."""
    return said(draw, Answer(full, brief, relaxed, more, question), prompt=prompt)


def wished(draw: random.Random, prompt: str, answer: Answer) -> tuple[str, str]:
    """(the prompt with a wish about the style, the wish), a wish that this answer can obey."""
    able = {
        "brief": answer.brief, "word": answer.word, "sentence": answer.brief, "detail": answer.more, "formal": answer.full,
        "relaxed": answer.relaxed, "asking": answer.question
    }  # fmt: skip
    options = [name for name, ways in able.items() if ways]
    wish = one(draw, options + [name for name in options if name in ("brief", "detail")])
    prompt = upper(re.sub(r"^(hey|hi|hello)(, |: )", "", prompt, flags=re.IGNORECASE))
    if prompt[-1] not in ".!?":
        prompt += "."
    return one(draw, WISHES[wish]).format(prompt, lower=lower(prompt)), wish


def thanked(draw: random.Random) -> tuple[str, str]:
    """An exchange of thanks."""
    answer = one(draw, WELCOME)
    return one(draw, THANKS), f"{answer} {one(draw, ANYTHING_ELSE)}" if draw.random() < ASKED_BACK else answer


def next_exchange(draw: random.Random, answer: Answer, reply: str) -> tuple[str, str]:
    """What may follow any answer: thanks, doubt, or the wish to have it in another way than `reply`."""
    full, brief = one(draw, texts(answer.full)), texts(answer.brief)
    options = [thanked(draw), thanked(draw)]
    if answer.unsure:
        return options[0]
    shorter = [text for text in brief if text not in reply and len(text) < len(reply)]
    longer = [text for text in texts(answer.more) if text not in reply]
    relaxed = [text for text in texts(answer.relaxed) if text not in reply]
    if shorter:
        options.append((one(draw, SHORTER), one(draw, shorter)))
    if longer:
        options += [(one(draw, LONGER), one(draw, longer))] * 2
    if brief:
        options.append((one(draw, DOUBTS), one(draw, ASSURED) + (f" {full}" if len(full) < 70 else "")))
    if full not in reply:
        options.append((one(draw, FORMALLY), full))
    if relaxed:
        options.append((one(draw, RELAXED), one(draw, relaxed)))
    return one(draw, options)


def dialogue(
    draw: random.Random, prompts: Texts, answer: Answer, then: Sequence[tuple[str, Answer]] = (), instructed: float = INSTRUCTED
) -> Dialogue:
    """A dialogue that begins with one of the prompts. `then`: questions that may follow on this subject, with their answers."""
    prompt, wish = one(draw, texts(prompts)), ""
    if draw.random() < instructed:
        prompt, wish = wished(draw, prompt, answer)
    reply = said(draw, answer, wish, prompt)
    spoken = [casual(draw, prompt), reply]
    if draw.random() < CONTINUED:
        last = answer
        if then and draw.random() < 0.6:
            question, last = one(draw, then)
            reply = said(draw, last, wish)
            spoken += [casual(draw, question), reply]
        else:
            question, reply = next_exchange(draw, answer, reply)
            spoken += [casual(draw, question), reply]
        if question not in THANKS and draw.random() < 0.3:
            question, reply = thanked(draw)
            spoken += [casual(draw, question), reply]
    return turns(*spoken)
