"""Things to write: lists, sentences with a word, short messages, slogans and verses."""

from __future__ import annotations

import random

from lab.train.material.kinds import Dialogue, Kind, casual, listed, turns
from lab.train.material.names import FAMILIES, GIFTS, HOBBIES, MEN, TOWNS, WOMEN
from lab.train.material.nature import GROUPS
from lab.train.material.styles import Answer, said, thanked, upper
from lab.train.material.tables import one, pairs, rows, words

LISTS = {
    "fruits": GROUPS["a fruit"], "vegetables": GROUPS["a vegetable"], "animals": GROUPS["an animal"],
    "birds": GROUPS["a bird"], "insects": GROUPS["an insect"], "trees": GROUPS["a tree"], "flowers": GROUPS["a flower"],
    "tools": GROUPS["a tool"], "musical instruments": GROUPS["a musical instrument"],
    "pieces of furniture": GROUPS["a piece of furniture"], "vehicles": GROUPS["a vehicle"],
    "pieces of clothing": GROUPS["a piece of clothing"], "metals": GROUPS["a metal"], "drinks": GROUPS["a drink"],
    "colours": GROUPS["a colour"], "sports": GROUPS["a sport"], "planets": GROUPS["a planet"], "hobbies": HOBBIES,
    "countries in Europe": words("France, Spain, Italy, Poland, Norway, Greece, Austria, Portugal, Finland, Hungary"),
    "countries in Asia": words("China, Japan, India, Thailand, Vietnam, Nepal, Mongolia, Iran"),
    "countries in Africa": words("Egypt, Kenya, Ghana, Morocco, Nigeria, Ethiopia, Senegal, Zambia"),
    "countries in South America": words("Brazil, Chile, Peru, Argentina, Colombia, Ecuador, Uruguay"),
    "big cities": words("Paris, London, Tokyo, Cairo, Delhi, Mexico City, New York, Istanbul"),
    "farm animals": words("cow, pig, sheep, goat, hen, horse, duck, donkey"),
    "pets": words("dog, cat, rabbit, hamster, canary, goldfish, parrot"),
    "wild animals": words("lion, bear, wolf, fox, elephant, giraffe, zebra, tiger"),
    "sea animals": words("whale, dolphin, shark, seal, crab, octopus, starfish"),
    "parts of the body": words("head, arm, leg, hand, foot, knee, shoulder, back"),
    "school subjects": words("maths, history, music, biology, art, geography, English, physics"),
    "days of the week": words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "months": words("January, March, April, May, June, July, August, October, December"),
    "jobs": words("baker, teacher, nurse, pilot, cook, farmer, lawyer, painter, carpenter"),
    "spices": words("pepper, cinnamon, ginger, paprika, cumin, nutmeg"),
    "things in a kitchen": words("pan, pot, spoon, knife, oven, fridge, kettle, plate"),
    "rooms of a house": words("kitchen, bedroom, bathroom, living room, hall, cellar, attic"),
    "board games": words("chess, checkers, go, backgammon, ludo"),
    "languages": words("English, French, Spanish, German, Arabic, Chinese, Hindi, Russian"),
    "feelings": words("joy, fear, anger, sadness, hope, pride, surprise, love"),
    "kinds of weather": words("rain, sun, snow, wind, fog, hail, storm"),
    "fairy tale figures": words("a witch, a king, a dragon, a giant, a dwarf, a fairy, a princess"), "girls' names": WOMEN,
    "boys' names": MEN, "things for a picnic": words("a blanket, bread, cheese, fruit, water, cups, a knife"), "gifts": GIFTS,
    "rivers": words("the Nile, the Danube, the Amazon, the Rhine, the Thames, the Seine"),
    "ideas for dinner": words("soup, pasta, rice with vegetables, pizza, an omelette, a salad, fish"),
    "things to do on a rainy day": words("reading a book, baking a cake, playing a game, watching a film, writing letters"),
    "good habits": words(
        "sleeping enough, drinking water, a daily walk, reading a little, saying thank you, eating vegetables"
    ),
}  # fmt: skip
NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
OF_LISTS = (
    "Do you need more?",
    "Which one do you like best?",
    "Is that enough?",
    "Shall I name some more?",
    "What do you need them for?",
    "Do you have a favourite?",
)

# word | sentences that use it
SENTENCES = pairs("""
dog: The dog sleeps under the table; cat: My cat likes to sit in the sun; tree: An old tree stands behind the house;
book: I read this book in one day; rain: The rain stopped in the evening; sun: The sun is shining today; happy: We were
happy to see our friends again; sad: She was sad when the summer was over; river: A small boat goes down the river;
mountain: From the mountain you can see the sea; bread: The smell of fresh bread filled the kitchen; friend: A good
friend listens to you; school: The children walk to school together; music: Soft music came from the next room; garden:
There are many flowers in the garden; winter: In winter the lake is frozen; apple: He ate a red apple after lunch;
train: The train left at seven o'clock; letter: She wrote a long letter to her aunt; window: Please open the window;
door: Somebody knocked at the door; key: I cannot find my key; coffee: The coffee is still hot; water: Plants need water
and light; fire: They sat around the fire and sang; moon: The moon was full last night; star: One bright star stood
above the hill; bird: A little bird sang in the morning; fish: The fish swam away quickly; horse: The horse ran across
the field; house: They painted their house yellow; city: The city never sleeps; village: Everyone in the village knows
her; teacher: Our teacher tells good stories; doctor: The doctor told him to rest; beautiful: What a beautiful day it
is; quickly: He ran quickly to the bus; slowly: The old man walked slowly home; always: She always smiles in the
morning; never: I have never been to Asia; because: I stayed at home because it was raining; although: Although it was
late, we went for a walk; yesterday: Yesterday we visited the museum; tomorrow: Tomorrow we will go to the beach;
patience: It takes patience to learn the piano; courage: It takes courage to tell the truth; dream: I had a strange
dream last night; secret: Can you keep a secret; hope: We hope to see you soon; love: They love their small garden;
time: There is enough time for a cup of tea; money: He saves money for a new bicycle; idea: That is a very good idea;
question: May I ask a question; answer: Nobody knew the answer; umbrella: Take an umbrella with you; ship: The ship
reached the harbour at night; bridge: The bridge leads over a wide river; market: We buy fruit at the market; chair: The
cat sleeps on my chair; table: Dinner is on the table; phone: My phone rang in the middle of the film; computer: The
computer is very slow today; robot: The robot cleaned the whole floor; holiday: Our holiday begins next week; birthday:
Her birthday is in May; snow: The snow covered the whole street; wind: The wind blew my hat away; summer: In summer we
swim in the lake; night: The night was quiet and warm; morning: Every morning he drinks tea; brave: The brave girl saved
her brother; curious: The curious cat looked into the bag; tired: I was so tired that I fell asleep at once; hungry: The
hungry boy ate two plates of soup; cake: We baked a cake for the party; hat: Her green hat looks funny; shoe: I lost a
shoe on the beach; cheese: He likes bread with cheese; island: They lived on an island for a year; forest: It is cool in
the forest
""")
# an occasion | the short message; slots in braces
NOTES = rows("""
thank you note to {name} for {gift}|Dear {name}, thank you so much for {gift}. It made me very happy. Best wishes, {me}
thank you message to {name} for the help|Dear {name}, thank you for your help. I could not have done it without you. Best
  wishes, {me}
invitation to my birthday for {name}|Dear {name}, I would like to invite you to my birthday on {day} at {time}. I hope you can
  come. Yours, {me}
invitation to dinner for {name}|Dear {name}, would you like to come to dinner on {day} at {time}? It would be lovely to see
  you. Yours, {me}
email to my boss {name} that I am sick|Dear {name}, I am sorry, but I am sick and cannot come to work today. I will let you
  know how I am tomorrow. Best regards, {me}
email to {name} to ask for a meeting|Dear {name}, could we meet on {day} at {time}? I would like to talk about our plans. Best
  regards, {me}
email to {name} to move our meeting to {day}|Dear {name}, I am sorry, but I have to move our meeting. Would {day} at {time}
  suit you? Best regards, {me}
message to {name} that I will be late|Hi {name}, I am sorry, but I will be about twenty minutes late. See you soon! {me}
apology to {name} because I forgot the birthday|Dear {name}, I am so sorry that I forgot your birthday. I wish you all the
  best. Yours, {me}
apology to {name} because I broke a cup|Dear {name}, I am sorry that I broke your cup. I will buy you a new one. Yours, {me}
note for my neighbour {name} about the noise|Dear {name}, we have a party on {day}, and it may get a little loud. Please tell
  us if it is too much. Best wishes, {me}
note to {name} to water my plants|Dear {name}, could you please water my plants while I am away? The key is under the mat.
  Thank you! {me}
birthday wishes for {name}|Dear {name}, happy birthday! I wish you health, joy and a wonderful year. Yours, {me}
get well card for {name}|Dear {name}, I heard that you are ill. Get well soon! I am thinking of you. Yours, {me}
congratulations to {name} for the new job|Dear {name}, congratulations on your new job! I am sure you will do very well. Best
  wishes, {me}
postcard from {town} to {name}|Dear {name}, greetings from {town}! The weather is fine and the food is great. See you soon, {me}
goodbye message to {name}|Dear {name}, it was lovely to work with you. I wish you all the best for the future. Yours, {me}
email to {name} to say yes to an invitation|Dear {name}, thank you for the invitation. I will be glad to come on {day}. Best
  wishes, {me}
email to {name} to say no to an invitation|Dear {name}, thank you for the invitation. I am sorry, but I cannot come on {day}.
  Best wishes, {me}
reminder to {name} about the lesson on {day}|Dear {name}, this is a short reminder of our lesson on {day} at {time}. See you
  then! {me}
request to {name} for {gift} back|Dear {name}, could you please bring back {gift} that I lent you? I need it on {day}. Thank
  you, {me}
""")
SLOGANS = pairs("""
a bakery: Fresh bread, good day!; a coffee shop: One cup, and the day begins.; a bookshop: Open a book, open a world.; a
school: Learn today, lead tomorrow.; a garden shop: Let your garden smile.; a bicycle shop: Two wheels, no limits.; a
toy shop: Play is where dreams begin.; a gym: Stronger every day.; a hotel: Sleep here, feel at home.; a tea shop: Take
your time, take a tea.; a library: Every page is a journey.; a zoo: Meet the wild, close to you.; a shoe shop: Every
step counts.; a bank: Your money in good hands.; a hair salon: A new look, a new you.; a restaurant: Come hungry, leave
happy.; a flower shop: Say it with flowers.; an ice cream shop: A little summer in every bite.; a travel agency: The
world is waiting for you.; a pet shop: Friends for life.; a soap: Clean hands, happy people.; a mattress: Good nights
make good days.; a train company: Sit back, we are on our way.; a music school: Find your sound.; a swimming pool: Dive
into a better day.
""")
# subject | verse, lines between slashes
VERSES = rows("""
a cat|My little cat is soft and small,/she sleeps all day inside the hall.
a cat|A cat sat down upon my book,/and gave me one long, sleepy look.
a dog|My dog runs fast across the land,/and brings a stick into my hand.
a dog|A happy dog, a wagging tail,/he follows me on every trail.
the sea|The sea is deep, the sea is blue,/it sings its quiet song to you.
the sea|The waves come in, the waves go out,/the gulls above them fly about.
the moon|The moon is shining in the night,/and fills my window with its light.
the moon|The moon is up, the day is done,/good night to you and everyone.
spring|The snow is gone, the grass is green,/the finest spring I've ever seen.
spring|A bird is singing in the tree,/and spring has come for you and me.
summer|The summer sun is warm and bright,/we play outside from dawn till night.
autumn|The leaves are falling, red and brown,/and softly cover all the town.
winter|The winter wind is cold tonight,/and all the roofs are covered white.
rain|The rain is tapping on my door,/I like to hear it more and more.
rain|Little drops of rain come down,/they wash the streets of all the town.
the sun|The sun gets up and starts to shine,/it warms your face and also mine.
friendship|A friend is someone, kind and true,/who laughs and also cries with you.
friendship|When days are dark and skies are grey,/a friend can chase the clouds away.
love|My love for you is like the sea,/as deep and wide as it can be.
love|I think of you when day is new,/and when it ends, I think of you.
a tree|The old tree stands so tall and wide,/a hundred birds can live inside.
a bird|A little bird upon the wall/sings the sweetest song of all.
the night|The night is still, the stars are bright,/sleep well, my friend, sleep well, good night.
home|Wherever I may walk or roam,/there is no place like my own home.
tea|A cup of tea, a cosy chair,/and peace and quiet everywhere.
a robot|The robot hums, the robot blinks,/and nobody knows what it thinks.
a birthday|Another year, another cake,/so make a wish for your own sake!
school|We learn to read, we learn to write,/and some of us are even bright.
the mountains|The mountains reach up to the sky,/and eagles pass them flying high.
a river|The river runs beneath the trees,/and carries leaves along the breeze.
flowers|The flowers open, red and blue,/and each one holds a drop of dew.
a mouse|A tiny mouse lives in my house,/a quiet little guest, my mouse.
""")


def filled(draw: random.Random, row: tuple[str, ...]) -> tuple[str, ...]:
    name, me = draw.sample(WOMEN + MEN, 2)
    slots = {
        "name": name if draw.random() < 0.9 else f"{one(draw, ('Mr', 'Mrs'))} {one(draw, FAMILIES)}", "me": me,
        "gift": one(draw, GIFTS).replace("a ", "the ", 1),
        "day": one(draw, words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")),
        "time": one(draw, words("noon, three o'clock, six o'clock, half past seven, ten o'clock, five o'clock")),
        "town": one(draw, TOWNS)
    }  # fmt: skip
    return (me, *(text.format(**slots) for text in row))


def lists(draw: random.Random) -> Dialogue:
    group = one(draw, list(LISTS))
    items = LISTS[group]
    count = draw.randint(2, 5)
    chosen = draw.sample(items, count)
    number = one(draw, (NUMBERS[count], NUMBERS[count], str(count)))
    wishes = (
        f"Name {number} {group}.", f"Give me {number} {group}.", f"List {number} {group}.", f"Tell me {number} {group}.",
        f"Can you name {number} {group}?", f"What are {number} {group}?", f"I need {number} {group}.",
        f"{upper(number)} {group} please.", f"Please list {number} {group}.", f"Write down {number} {group}.",
        f"Think of {number} {group}.", f"Could you give me {number} {group}?", f"Do you know {number} {group}?",
        f"Hey, name {number} {group}.", f"Say {number} {group}."
    )  # fmt: skip
    full = [f"{upper(NUMBERS[count])} {group} are {listed(chosen)}.", f"{upper(listed(chosen))}."]
    answer = Answer(
        full, f"{upper(', '.join(chosen))}.", [f"How about {listed(chosen)}?", f"Here you go: {listed(chosen)}."], (), OF_LISTS
    )
    spoken = [casual(draw, one(draw, wishes)), said(draw, answer)]
    rest = [item for item in items if item not in chosen]
    if rest and draw.random() < 0.25:
        more = draw.sample(rest, min(len(rest), draw.randint(1, 2)))
        ask = (
            ("One more?", "Another one?", "Add one more.")
            if len(more) == 1
            else ("Two more?", "And two more?", "Give me two more.")
        )
        spoken += [casual(draw, one(draw, ask)), f"{upper(listed(more))}."]
    return turns(*spoken)


def numbered_lists(draw: random.Random) -> Dialogue:
    group = one(draw, list(LISTS))
    chosen = draw.sample(LISTS[group], 3)
    wishes = (
        "Give me a numbered list of three {}.",
        "Make a list of 3 {}.",
        "Write a numbered list with three {}.",
        "A list of three {} please.",
        "List three {} with numbers.",
    )
    lines = [f"{place}. {upper(item)}." for place, item in enumerate(chosen, start=1)]
    return turns(casual(draw, one(draw, wishes).format(group)), one(draw, ("\n", " ")).join(lines))


def sentences(draw: random.Random) -> Dialogue:
    word, sentence = one(draw, SENTENCES)
    sentence += "?" if sentence.startswith(("Can you", "May I")) else "!" if sentence.startswith("What a") else "."
    wishes = (
        "Write a sentence with the word {}.", "Use {} in a sentence.", "Make a sentence with {}.",
        "Give me a sentence with the word {}.", "Can you use {} in a sentence?", "A sentence with {} please.",
        "Can you write a sentence with {}?", "I need a sentence with the word {}.", "Put the word {} into a sentence.",
        "Write one sentence about {}." if word in ("dog", "cat", "rain", "winter", "friend") else "Form a sentence with {}.",
        "Show me how to use the word {}.", "Build a sentence with {}.", "An example with {}?",
        "How do I use {} in a sentence?", "Give an example sentence for {}."
    )  # fmt: skip
    quoted = word if draw.random() < 0.6 else one(draw, (f'"{word}"', f"'{word}'"))
    reply = one(draw, ("", "", "", "Sure: ", "Here is one: ", "For example: ", "How about this: ")) + sentence
    if draw.random() < 0.3:
        reply += " " + one(draw, ("Do you need another one?", "Does that help?", "Is that what you need?", "Which word is next?"))
    spoken = [casual(draw, one(draw, wishes).format(quoted)), reply]
    if draw.random() < 0.2:
        word, sentence = one(draw, [pair for pair in SENTENCES if pair[1][:3] not in ("Can", "May", "Wha")])
        spoken += (
            [
                casual(draw, one(draw, ("And with {}?", "And one with {}?", "Now with {}.", "And {}?")).format(word)),
                f"{sentence}.",
            ]
            if draw.random() < 0.6
            else thanked(draw)
        )
    return turns(*spoken)


def notes(draw: random.Random) -> Dialogue:
    me, what, text = filled(draw, one(draw, NOTES))
    kind = what.split()[0]
    an = "" if kind in ("birthday", "congratulations") else "an " if kind[0] in "aei" else "a "
    short = one(draw, ("", "", "short ")) if kind not in ("thank", "get", "birthday") else ""
    signed = one(draw, (f" My name is {me}.", f" I am {me}.", f" Sign it with {me}.", f" From {me}.", f" Sign as {me}."))
    wish = f"{an}{what}" if not short else f"a short {what}" if an else f"short {what}"
    wishes = (
        "Write {}.",
        "Can you write {}?",
        "Please write {}.",
        "I need {}.",
        "Help me write {}.",
        "Could you write {} for me?",
        "Draft {}.",
        "Write me {}.",
        "Compose {}.",
        "I want to send {}.",
    )
    reply = text
    if draw.random() < 0.25:
        reply = one(draw, ("Here it is: ", "Sure: ", "How about this? ", "Of course: ")) + reply
    spoken = [casual(draw, one(draw, wishes).format(wish)).rstrip(".?") + "." + signed, reply]
    if draw.random() < 0.2:
        spoken += thanked(draw)
    return turns(*spoken)


def slogans(draw: random.Random) -> Dialogue:
    place, line = one(draw, SLOGANS)
    wishes = (
        "Write a slogan for {}.",
        "Give me a slogan for {}.",
        "I need a slogan for {}.",
        "Find a slogan for {}.",
        "Can you think of a slogan for {}?",
        "A slogan for {} please.",
        "What would be a good slogan for {}?",
        "Invent a slogan for {}.",
        "Make up a short slogan for {}.",
        "I am opening {}. Give me a slogan." if place not in ("a soap", "a mattress") else "Write an ad line for {}.",
    )
    reply = one(draw, ("", "", "How about this: ", "Here is one: ", "Sure: ")) + line
    if draw.random() < 0.35:
        reply += " " + one(draw, ("Do you like it?", "Is that your business?", "Does that fit?", "Shall I change something?"))
    spoken = [casual(draw, one(draw, wishes).format(place)), reply]
    return turns(*spoken, *(thanked(draw) if draw.random() < 0.2 else ()))


def verses(draw: random.Random) -> Dialogue:
    subject = one(draw, list(dict.fromkeys(row[0] for row in VERSES)))
    own = [text for about, text in VERSES if about == subject]
    text = one(draw, own)
    four = len(own) > 1 and draw.random() < 0.4
    if four:
        text = "/".join(draw.sample(own, 2))
        wishes: tuple[str, ...] = (
            "Write four lines about {}.",
            "Write a poem of four lines about {}.",
            "Can you write a poem with four lines about {}?",
            "A poem about {} with four lines please.",
        )
    else:
        wishes = (
            "Write a short poem about {}.",
            "Write a poem about {}.",
            "Can you write a poem about {}?",
            "Give me a rhyme about {}.",
            "Make a poem about {}.",
            "I want a poem about {}.",
            "Two lines about {} that rhyme please.",
            "Write two rhyming lines about {}.",
            "Can you rhyme something about {}?",
            "A little poem about {} please.",
            "Tell me a poem about {}.",
            "Do you know a poem about {}?",
            "Please write a verse about {}.",
        )
    lines = "\n".join(upper(line) for line in text.split("/"))
    reply = one(draw, ("", "", "", "Here is one:\n", "I tried:\n", "Sure:\n")) + lines
    if draw.random() < 0.25:
        reply += "\n" + one(draw, ("Do you like it?", "Shall I write another one?", "Who is it for?"))
    spoken = [casual(draw, one(draw, wishes).format(subject)), reply]
    if draw.random() < 0.25:
        other = [t for t in own if t != text]
        if other and not four and draw.random() < 0.5:
            spoken += [
                casual(draw, one(draw, ("Another one please.", "One more!", "Can you write another one?"))),
                "\n".join(upper(line) for line in other[0].split("/")),
            ]
        else:
            spoken += [
                casual(draw, one(draw, ("That is nice!", "I like it!", "Lovely.", "Beautiful!", "Not bad!"))),
                one(
                    draw,
                    (
                        "Thank you! I am glad that you like it.",
                        "Thanks! That makes me happy.",
                        "I am glad you like it. Shall I write another one?",
                        "Thank you. Who is it for?",
                    ),
                ),
            ]
    return turns(*spoken)


KINDS = [
    Kind("lists", 2.0, lists),
    Kind("numbered_lists", 0.4, numbered_lists),
    Kind("sentences", 1.0, sentences),
    Kind("notes", 1.2, notes),
    Kind("slogans", 0.4, slogans),
    Kind("verses", 1.0, verses),
]
