"""How to do everyday things, in two or three steps, and simple recipes."""

from __future__ import annotations

import random

from lab.train.material.kinds import Dialogue, Kind, casual, turns
from lab.train.material.styles import Answer, dialogue, thanked, upper
from lab.train.material.tables import one, rows

# what to do | in short | in steps | a hint | a question back
TASKS = rows("""
make tea|Pour hot water over tea and wait.|Boil some water, pour it over the tea, and take the tea out after three
  minutes.|Milk or lemon goes well with it.|Do you take sugar?
make coffee|Pour hot water through ground coffee.|Put ground coffee into a filter and pour hot water over it slowly.|Fresh
  beans taste best.|Do you drink it black?
boil an egg|Boil it for six to nine minutes.|Put the egg into boiling water, wait six to nine minutes, and cool it under cold
  water.|Six minutes give a soft egg.|Do you like it soft or hard?
cook rice|Cook it gently in twice as much water.|Wash the rice, add twice as much water, and cook it gently with the lid on
  until the water is gone.|A little salt makes it better.|What do you eat with it?
cook pasta|Boil it in salted water.|Bring a lot of salted water to the boil, add the pasta, and drain it after about ten
  minutes.|Taste it before you drain it.|Which sauce do you like?
fry an egg|Fry it in a little butter.|Melt some butter in a pan, break the egg into it, and fry it gently until the white is
  firm.|Add salt at the end.|Are you making breakfast?
make a sandwich|Put something tasty between two slices of bread.|Take two slices of bread, butter them, and put cheese, salad
  or tomato between them.|Toasted bread is nice too.|What do you like on it?
make pancakes|Mix flour, milk and eggs, and fry it thin.|Mix flour, milk and eggs, pour a little into a hot pan, and turn it
  when it is golden.|Jam or honey goes well with them.|Do you like them sweet?
make lemonade|Mix lemon juice, water and sugar.|Press two lemons, add water and some sugar, stir it well, and cool it.|Mint
  leaves make it fresher.|Is it hot where you are?
make a salad|Cut vegetables and add oil and vinegar.|Wash and cut some vegetables, then mix them with oil, vinegar and a
  little salt.|Nuts on top are nice.|Which vegetables do you like?
make soup|Cook vegetables in water and season them.|Cut some vegetables, fry them shortly, add water, and cook them until they
  are soft.|Salt and herbs give it taste.|Which soup do you like best?
bake bread|Knead dough, let it rise, and bake it.|Knead flour, water, yeast and salt, let the dough rise for two hours, and
  bake it for forty minutes.|A hot oven gives a good crust.|Have you baked before?
bake cookies|Mix dough and bake small pieces.|Mix butter, sugar, an egg and flour, form small balls, and bake them for twelve
  minutes.|Chocolate makes them better.|Who will eat them?
peel an orange|Cut the skin and pull it off.|Cut the skin from top to bottom a few times and pull it off with your
  fingers.|Rolling it first makes it easier.|Do you like oranges?
cut an onion|Halve it, peel it and slice it.|Cut the onion in half, peel it, and slice it first in one and then in the other
  direction.|A sharp knife keeps your eyes dry.|What are you cooking?
wash the dishes|Use hot water, soap and a sponge.|Fill the sink with hot water and soap, wash the glasses first and the pans
  last, and rinse everything.|Let pans soak for a while.|Do you have many dishes?
wash clothes|Sort them by colour and use the machine.|Sort the clothes by colour, put them into the machine with soap, and
  choose the right temperature.|Look at the label first.|Is it wool or cotton?
iron a shirt|Begin with the collar.|Iron the collar first, then the sleeves, and at last the back and the front.|A damp shirt
  is easier.|Is it for a special day?
remove a stain|Act fast, with cold water and soap.|Dab the stain with cold water and soap, wait a little, and wash it as
  usual.|Do not rub it hard.|What kind of stain is it?
clean a window|Wash it and dry it with paper.|Wash the window with warm water and a little soap, then dry it with paper or a
  cloth.|Do it when the sun does not shine on it.|Are they very dirty?
sew on a button|Sew through the holes several times.|Thread a needle, sew through the holes and the cloth about six times, and
  make a knot at the back.|Use a thread of the same colour.|Do you have a needle?
tie shoes|Make a knot, a loop, and pull the other lace through.|Cross the laces and pull them tight, make a loop, wind the
  other lace around it, and pull it through.|Practise it slowly a few times.|Is it for a child?
tie a tie|Cross it, wind it around, and pull it through.|Lay the wide end over the thin one, wind it around, pull it up
  through the neck and down through the loop.|A mirror helps a lot.|What is the occasion?
wrap a present|Cut paper, fold it over and tape it.|Cut paper a little larger than the box, fold the sides over it, and tape
  the ends.|A ribbon makes it pretty.|Who is it for?
plant a seed|Put it into moist soil and keep it warm.|Push the seed a little into the soil, water it, and put the pot in a
  bright and warm place.|Keep the soil moist.|What do you want to grow?
plant a tree|Dig a wide hole, set it in, and water it.|Dig a hole twice as wide as the roots, set the tree in, fill in the
  soil, and water it well.|Autumn is a good time for it.|Which tree do you want to plant?
water a plant|Water it when the soil is dry.|Feel the soil with your finger and give water when it is dry.|Too much water is
  worse than too little.|Which plant do you have?
grow tomatoes|Give them sun, water and a stick.|Plant them in a sunny place, tie them to a stick, and water them at the
  roots.|They do not like rain on their leaves.|Do you have a garden?
build a bird house|Nail boards to a box with a small hole.|Cut boards, nail them together to a box, make a round hole in the
  front, and hang it high.|Keep it away from cats.|Which birds visit you?
feed birds|Put out seeds in a clean place.|Put seeds or nuts in a clean feeder, high enough to be safe from cats.|Bread is not
  good for them.|Do many birds come?
wash a dog|Use warm water and a mild soap.|Wet the dog with warm water, use a mild dog soap, rinse it well, and dry it with a
  towel.|Keep the soap away from its eyes.|What is your dog called?
teach a dog to sit|Reward it whenever it sits.|Hold a treat over its nose until it sits, say "sit", and give it the treat at
  once.|Practise for five minutes a day.|How old is your dog?
ride a bicycle|Push off, pedal and look ahead.|Sit down, push off with one foot, pedal evenly, and look ahead and not at the
  wheel.|A helmet is a good idea.|Is it your first time?
fix a flat tyre|Find the hole and put a patch on it.|Take the tube out, find the hole under water, dry it, glue a patch on it,
  and pump it up.|Check the tyre for glass.|Is it the front or the back one?
swim|Stay calm, kick, and pull with your arms.|Lie flat on the water, kick with your legs, pull with your arms, and breathe
  calmly.|A teacher makes it safer.|Are you afraid of deep water?
fall asleep|Keep the room dark, cool and quiet.|Go to bed at the same time, put the phone away, and keep the room dark and
  cool.|Breathing slowly helps too.|Do you often lie awake?
get up early|Go to bed earlier and put the alarm far away.|Go to bed earlier, put the alarm across the room, and open the
  curtains at once.|After a week it gets easier.|When do you want to get up?
stop hiccups|Hold your breath or drink slowly.|Hold your breath for a few seconds, or drink a glass of water in small
  sips.|They mostly stop by themselves.|Do you have them now?
treat a small cut|Clean it and put a plaster on it.|Wash the cut with clean water, dry the skin around it, and put a plaster
  on it.|See a doctor if it is deep.|Is it bleeding much?
cool a small burn|Hold it under cool water.|Hold the burn under cool water for about ten to twenty minutes and cover it with a
  clean cloth.|See a doctor if it is large.|Is it very bad?
learn words|Repeat a few words every day.|Learn ten words a day, say them aloud, and repeat the old ones the next
  morning.|Cards help many people.|Which language are you learning?
learn a language|Practise a little every day.|Practise a little every day, listen to people, and speak from the first week
  on.|Mistakes are part of it.|Which language do you want to learn?
learn the guitar|Learn three chords and play songs with them.|Learn three simple chords, change slowly between them, and play
  easy songs.|Ten minutes a day are enough.|Which song would you like to play?
study for a test|Make a plan and test yourself.|Split the matter into small parts, learn one each day, and test yourself
  without the book.|Sleep well the night before.|What is the test about?
write a letter|Greet, say what you want, and close.|Begin with a greeting, say why you write, add what matters, and end with
  your name.|Read it aloud before you send it.|Who is it for?
write a story|Take a person who wants something difficult.|Think of a person, give that person a wish and a problem, and tell
  how it ends.|Start with a short one.|What is it about?
give a speech|Practise, speak slowly, and end clearly.|Write down three main points, practise aloud, speak slowly, and look at
  the people.|A short speech is a good speech.|What is the occasion?
make a friend|Be kind, ask questions and listen.|Go where people share your interests, ask questions, listen well, and meet
  again.|It takes some time.|What do you like to do?
say sorry|Say what you did and that you regret it.|Say what you did, say that you are sorry, and ask how you can make it
  good.|Do not explain too much.|What happened?
save money|Spend less than you earn and plan it.|Write down what you spend, leave out what you do not need, and put some money
  away each month.|Small sums count too.|What are you saving for?
pack a suitcase|Heavy things below, clothes rolled on top.|Make a list, put heavy things at the bottom, roll the clothes, and
  keep papers at hand.|Leave some space for the way back.|Where are you going?
read a map|Find north and where you are.|Turn the map so that north fits, find where you are, and follow the roads with your
  finger.|Look for rivers and churches.|Where do you want to go?
draw a cat|A circle, two triangles and whiskers.|Draw a circle for the head, two triangles for the ears, then eyes, a nose and
  whiskers, and a body below.|Begin with thin lines.|Do you like drawing?
fold a paper plane|Fold it in half, then fold the tips and the wings.|Fold the paper in half and open it, fold two corners to
  the middle, fold it again, and bend the wings down.|Thin paper flies well.|How far does it fly?
play chess|Try to trap the other king.|Each piece moves in its own way, you take turns, and you win by trapping the other
  king.|Protect your king early.|Do you want to learn the moves?
play hide and seek|One counts, the others hide.|One player closes the eyes and counts to twenty, the others hide, and then the
  search begins.|The last one found wins.|How many are you?
clean a room|Put things away, dust, then the floor.|Put things in their places, wipe the dust from top to bottom, and clean
  the floor last.|Music makes it faster.|Which room is it?
save energy|Turn off what you do not use.|Turn off lights and machines, heat a little less, and use a lid when you cook.|Old
  lamps use a lot.|Is your bill high?
choose a password|Make it long and use it only once.|Take four or more unusual words in a row, and use another password for
  each account.|Never tell it to anybody.|Do you have many accounts?
take a good photo|Get closer and mind the light.|Get close, keep the sun behind you, hold still, and take several
  pictures.|Clean the lens first.|What do you like to photograph?
calm down|Breathe slowly and take a break.|Breathe in slowly, breathe out even more slowly, and do that ten times.|A short
  walk helps too.|What is on your mind?
relax after work|Walk, read or take a warm bath.|Put the phone away, take a walk or a warm bath, and do something you
  like.|Ten quiet minutes help already.|Was it a long day?
""")
ASK = (
    "How do I {}?", "How can I {}?", "How do you {}?", "How to {}?", "Can you tell me how to {}?", "Tell me how to {}.",
    "Explain how to {}.", "What is the best way to {}?", "I want to {}. How do I do that?", "Hey, how do I {}?",
    "Do you know how to {}?", "Can you explain how to {}?", "Show me how to {}.", "I don't know how to {}.", "Help me {}.",
    "Teach me to {}.", "What do I have to do to {}?", "Please tell me how to {}.", "How does one {}?",
    "I need to {}. Any tips?", "I have never tried to {}. What do I do?", "Give me the steps to {}.",
    "What are the steps to {}?", "What should I do to {}?", "Could you help me to {}?", "Any idea how to {}?"
)  # fmt: skip


def numbered(steps: str) -> str:
    """`Boil some water, pour it over the tea, and wait.` as `1. Boil some water. 2. Pour ...`"""
    parts = [part.removeprefix("and ") for part in steps.rstrip(".").replace(", and ", ", ").split(", ")]
    return " ".join(f"{place}. {upper(part)}." for place, part in enumerate(parts, start=1))


STEPPED = [
    task for task in TASKS if task[2].count(", ") >= 2 and task[0] in (
        "make tea", "boil an egg", "cook pasta", "fry an egg", "cut an onion", "sew on a button", "wrap a present",
        "plant a seed", "plant a tree", "build a bird house", "wash a dog", "fix a flat tyre", "write a story",
        "give a speech", "pack a suitcase", "clean a room", "say sorry", "save money", "study for a test", "make lemonade",
        "make soup", "cook rice", "treat a small cut", "get up early",
    )
]  # fmt: skip


def tasks(draw: random.Random) -> Dialogue:
    task, brief, full, more, back = one(draw, TASKS)
    answer = Answer(full, brief, (), more, (back, back, "Do you want to try it now?"))
    then = [
        ("And then?", Answer(f"That is all. {more}")),
        ("Is it difficult?", Answer(f"Not very. {more}")),
        ("Do you have another tip?", Answer(more)),
    ]
    return dialogue(draw, one(draw, ASK).format(task), answer, then)


def steps(draw: random.Random) -> Dialogue:
    """As a numbered list, because the user asked for steps."""
    task, brief, full, _, back = one(draw, STEPPED)
    wishes = (
        "How do I {}, step by step?",
        "Give me numbered steps to {}.",
        "List the steps to {}.",
        "Step by step: how do I {}?",
        "Write a short list of steps to {}.",
        "Explain step by step how to {}.",
        "Tell me in steps how to {}.",
    )
    spoken = [casual(draw, one(draw, wishes).format(task)), numbered(full)]
    if draw.random() < 0.3:
        spoken[1] += f" {back}"
    if draw.random() < 0.25:
        spoken += (
            (casual(draw, one(draw, ("Shorter please.", "Too long.", "In one sentence?"))), brief)
            if draw.random() < 0.5
            else thanked(draw)
        )
    return turns(*spoken)


COOKING = [task for task in TASKS if task[0].startswith(("make", "cook", "bake", "boil", "fry"))][:14]


def recipes(draw: random.Random) -> Dialogue:
    task, brief, full, more, back = one(draw, [t for t in COOKING if t[0] != "make a friend"])
    dish = {"boil an egg": "a boiled egg", "fry an egg": "a fried egg"}.get(task, task.split(" ", 1)[1])
    wishes = (
        f"Give me a recipe for {dish}.",
        f"Recipe for {dish}?",
        f"Do you have a recipe for {dish}?",
        f"I need a simple recipe for {dish}.",
        f"Tell me a recipe for {dish}.",
        f"What is a good recipe for {dish}?",
        f"Write a short recipe for {dish}.",
        f"I want to {task}. What do I need to do?",
    )
    return dialogue(
        draw,
        wishes,
        Answer([full, f"{full} {more}"], brief, [f"That's easy! {full}"], (), (back, "Are you hungry?", "Who will eat it?")),
    )


KINDS = [Kind("tasks", 2.5, tasks), Kind("steps", 0.6, steps), Kind("recipes", 0.4, recipes)]
