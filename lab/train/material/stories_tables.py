"""Heroes, plots and pictures for stories, verses and descriptions.

A plot is `who-clause | beginning | trouble | turn | end | short end`; the beginning follows the hero, as in "A fox wanted ...".
{The} is the hero with article or name, {he} {him} {his} the pronouns, {Their} and so on those of two heroes.
"""

import re

# ruff: noqa: E501  (a row is a line)

BAR = re.compile(r" *\|(?![^\[]*\]) *")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", " ").split(",") if name.strip()]


ANIMALS = _names("""dog, cat, mouse, rabbit, fox, bear, wolf, lion, tiger, elephant, giraffe, monkey, horse, pony, donkey, cow, pig, sheep, goat, goose, duck, hen, chicken, rooster, owl, crow, eagle, sparrow, swan,
penguin, parrot, peacock, frog, toad, turtle, tortoise, snake, lizard, crocodile, whale, dolphin, shark, fish, goldfish, octopus, crab, seal, otter, beaver, squirrel, hedgehog, badger, mole, bat, deer, moose,
camel, kangaroo, koala, panda, hippo, rhino, zebra, hamster, guinea pig, kitten, puppy, bee, ant, spider, butterfly, ladybird, snail, worm, caterpillar, firefly, grasshopper, raccoon, llama, sloth, seagull, raven, lamb, polar bear""")
PEOPLE = _names("""boy, girl, old man, old woman, king, queen, prince, princess, knight, wizard, witch, pirate, sailor, captain, fisherman, farmer, baker, cook, teacher, doctor, nurse, pilot, astronaut, detective, painter,
musician, singer, dancer, clown, gardener, shepherd, tailor, carpenter, blacksmith, miner, hunter, thief, giant, dwarf, elf, fairy, mermaid, dragon, unicorn, robot, ghost, monster, troll, alien, vampire, inventor,
scientist, librarian, postman, firefighter, student, mother, father, grandmother, grandfather, brother, sister, child, beggar, poet, juggler, magician, explorer, lighthouse keeper, bus driver, clockmaker, superhero, goblin, snowman""")
THINGS = _names("""tree, cloud, boat, star, river, stone, flower, leaf, seed, key, lost key, clock, lamp, candle, kite, ball, red balloon, balloon, teapot, cup, spoon, chair, book, pencil, letter, shoe, sock, hat, coat, umbrella, button, coin,
mirror, bell, drum, violin, piano, train, car, bus, bicycle, tractor, ship, rocket, plane, lighthouse, castle, house, bridge, door, window, mountain, snowflake, raindrop, puddle, wave, wind, moon, sun, shadow, pumpkin, apple, cookie,
cake, carrot, potato, paper boat, paper plane, teddy bear, doll, puppet, toy soldier, music box, bench, broom, suitcase, phone, computer, old car, little house, pebble, feather, acorn, mushroom, rose, sunflower, lantern, compass, scarf, blanket""")
HE_NAMES = _names(
    "Pip, Max, Tom, Oskar, Finn, Hugo, Bruno, Sam, Leo, Milo, Felix, Ben, Theo, Otto, Rory, Jasper, Toby, Emil, Barnaby, Igor, Nils, Casper, Gus, Arlo"
)
SHE_NAMES = _names(
    "Mina, Lily, Rosa, Ada, Nora, Ella, Clara, Zoe, Ivy, Luna, Greta, Ruby, Tilda, Maya, Olive, Poppy, Flora, Hazel, Wilma, Freya, Pearl, Juno, Stella, Edda"
)
IT_NAMES = _names(
    "Blink, Button, Twinkle, Rusty, Sprout, Puff, Tick, Dot, Bobbin, Pebble, Flicker, Copper, Snap, Whisper, Bumble"
)
QUALITIES = [
    "brave",
    "little",
    "clever",
    "lazy",
    "shy",
    "tiny",
    "curious",
    "hungry",
    "kind",
    "lonely",
    "old",
    "young",
    "proud",
    "sleepy",
    "clumsy",
    "happy",
    "grumpy",
    "lost",
    "poor",
    "friendly",
    "quiet",
    "funny",
    "patient",
    "greedy",
    "small",
    "cheerful",
]
THING_QUALITIES = [
    "little",
    "old",
    "lonely",
    "tiny",
    "curious",
    "brave",
    "proud",
    "sleepy",
    "happy",
    "forgotten",
    "shy",
    "kind",
    "grumpy",
]

# for anyone who can walk, swim or fly and speak
PLOTS = [BAR.split(line) for line in """
who wants to see the sea|[wanted to see the sea|dreamed of the sea every night]|The way was long, and [a deep river|a dark forest|a high wall] lay in between.|[A friendly|An old] [heron|ferryman|turtle|goat] showed {him} [a hidden path|an old bridge], and {he} walked all night.|In the morning {the} stood on the beach, and the sea was bigger than any dream.|After a long walk {he} stood on the beach at last and laughed for joy.
who is afraid of the dark|was afraid of the dark|One night [the only lamp|the last candle] went out, and everything was black.|Then {the} looked up and saw [a thousand stars|the round white moon].|"The dark is full of lights," {he} said, and {he} was never afraid again.|One night {he} looked up at the stars, and the dark seemed beautiful.
who finds a treasure|found an old map in [a bottle|a hollow tree|a dusty book]|The map led {him} over [seven hills|two rivers|a windy bridge] to a wooden box.|The box was full of [seeds|letters|marbles], and not of gold.|{The} [shared everything with the neighbours|gave some to everyone in the village], and it made {him} richer than gold.|It led to a box of seeds, and {he} planted the finest garden in the land.
who wants to fly|wanted to fly more than anything|{He} jumped from [a haystack|a low wall|a small hill] with [two big leaves|a sheet|wings of paper], and {he} fell into the mud.|[An old stork|A kind eagle|A balloon maker] saw it and offered {him} a ride.|High above the fields {the} shouted with joy, and {he} told everyone about it for years.|One day a kind eagle took {him} up, and the world below looked like a carpet.
who gets lost|got lost in [the forest|the big city|the fog] one day|Every path looked the same, and it was getting cold.|Then {the} heard [a bell|somebody singing|a dog barking] and followed the sound.|It led {him} straight home, where soup was waiting on the table.|A small bell in the distance led {him} safely home.
who makes a friend|had no friends and ate alone every day|One morning {he} found [a hedgehog|a sparrow|a small dog] with a hurt foot by the road.|{The} [carried it home|gave it water and a warm bed] and stayed up all night.|From then on the two were never apart, and nobody was lonely anymore.|One day {he} helped a hurt sparrow, and the two became friends for life.
who loses something|lost {his} [favourite hat|golden ring|red scarf|lucky coin]|{He} looked under every [stone|bed|bush] and asked everyone, but nobody had seen it.|At last {the} [sat down and cried|gave up and went to bed], and there it was, right [on {his} own head|in {his} own pocket].|{He} laughed so loudly that the whole street laughed too.|After a long search {he} found it in {his} own pocket and laughed.
who wins a race|was the slowest of all and still entered the great race|The others ran ahead, and some of them [laughed|waved].|But they stopped to [rest|quarrel|eat], and {the} just kept going.|{He} crossed the line first and could hardly believe it.|{He} never stopped, and so {he} came first in the end.
who saves the village|lived at the edge of a small village|One night the river rose, and everyone was asleep.|{The} [rang the big bell|banged on every door|shouted from the hill] until all were awake.|Nobody was hurt, and the village made a feast for {him}.|When the river rose at night, {he} woke everyone and saved them all.
who bakes a cake|wanted to bake the biggest cake in the world|But {he} [used salt instead of sugar|forgot the eggs|dropped the flour on the floor].|{The} did not give up and asked [a neighbour|{his} grandmother|the baker] for help.|The second cake was small and a bit crooked, but everyone wanted another piece.|The first one burned, but the second one made the whole town happy.
who can't sleep|could not fall asleep one night|{He} counted [sheep|stars|the ticks of the clock], but {his} eyes stayed open.|So {the} went outside and listened to [the wind|the crickets|the sea].|Soon {he} was sleeping under a tree, and the moon kept watch.|Then {he} listened to the rain, and soon {he} was dreaming.
who wants to sing|loved to sing but had a very [quiet|rough|high] voice|The others told {him} to be silent, so {he} sang alone in the woods.|One evening [a famous singer|the queen|a travelling band] passed by and stopped to listen.|Soon {the} sang in the great hall, and the others clapped the loudest.|One day the queen heard {him}, and from then on {he} sang at every feast.
who meets a dragon|met a [dragon|huge monster] on the way to market|Everyone else had run away, and the ground was shaking.|But {the} asked politely, "Are you hungry or just lonely?"|The great beast began to cry, and from then on they had tea together every Sunday.|{He} offered it a sandwich, and they became the best of friends.
who wants to reach the moon|wanted to touch the moon|{He} piled up [boxes|chairs|baskets] until the tower wobbled, and it fell with a crash.|Then {the} saw the moon shining in [a pond|a bucket of water|a puddle].|{He} put one finger in the water and smiled, because the moon was right there.|{He} found it in a quiet pond and touched it very gently.
who is too proud|told everyone that nobody was as [strong|clever|fast] as {he} was|One day {he} got stuck in [a hole|a hollow tree|the deep mud] and could not move.|[A tiny ant|A small mouse|A little beetle] called its friends, and together they pulled {him} out.|Since that day {the} [boasts no more|says thank you first].|Then a tiny mouse had to save {him}, and {he} learned to say thank you.
who plants a garden|planted a single seed behind the house|The [rain|sun] did not come for weeks, and nothing grew.|{The} carried water from the river every evening and told the seed a story.|In spring [a giant sunflower|an apple tree|a tall rose] stood there, and birds came from far away.|{He} waited all winter, and in spring the finest flower stood there.
who shares|had only one [loaf of bread|apple|warm coat] left in a hard winter|A [hungry stranger|shivering child|tired traveller] knocked at the door.|Without a word {the} shared what {he} had.|The next day a full basket stood at the door, and nobody knew where it came from.|{He} shared it with a stranger and was never hungry again.
who goes into space|built a rocket out of [old pots|a bathtub|tin cans]|It took a year, and [the neighbours shook their heads|the engine kept coughing].|One clear night it rose with a roar and left a silver line in the sky.|{The} waved from [the moon|a small green planet] and came home with a pocket full of star dust.|One night it really flew, and {he} came back with star dust in {his} hair.
""".strip().splitlines()]  # fmt: skip
# for things that stand, lie, float or shine
THING_PLOTS = [BAR.split(line) for line in """
that wants to travel|wanted to see the world|But it [could not move by itself|had been in the same place for years].|One day [a strong wind|a travelling circus|a curious child] took it along, over hills and across rivers.|It saw the sea, the snow and the big cities, and then it was happy to come home.|One day a curious child took it along, and it saw the whole wide world.
that gets lost|was lost [in a park|behind a sofa|on a rainy street]|Days went by, and nobody came to look for it.|Then [a small girl|an old man|a friendly dog] found it and carried it home.|There it got a place by the window, and it was never lost again.|At last a small girl found it and gave it the best place in the house.
that nobody wants|was old, and nobody wanted it anymore|It stood in the rain and thought that its good days were over.|Then [a boy|a painter|a poor family] saw how beautiful it was and took good care of it.|Soon everyone in town came to look at it and wished to have one too.|Then a poor boy took care of it, and it became the pride of the town.
that is afraid of the storm|was afraid of storms|One night the thunder rolled, and the wind shook everything.|A small [bird|mouse|kitten] came and asked for shelter, and so it forgot its fear.|In the morning the sun came out, and the two of them were friends.|But one night it sheltered a small bird and forgot to be afraid.
that can talk|could talk, but nobody knew it|It listened to people's troubles all day and kept quiet.|One evening a sad [girl|boy|woman] sat down beside it, and it whispered, "Tomorrow will be better."|{He} never told anyone, but from then on {he} came back every day to talk.|One day it comforted a sad child, and from then on it had a friend.
that wants to shine|wanted to be special, like the stars|The others [laughed|shook their heads] and called it plain.|Then came a night so dark that [a ship|a lost child|a traveller] could not find the way.|It did all that it could and showed the way, and in the morning everybody thanked it.|On the darkest night it showed a lost child the way home.
that brings luck|brought good luck, or so people said|A greedy man [stole it|bought it] to become rich, but nothing happened.|Angrily he threw it away, and a kind [nurse|farmer|child] picked it up.|She gave it a smile and a good place, and from that day on all went well for her.|It only worked for kind people, and so a greedy man threw it away.
that has a wish|wished for just one thing, a friend|It waited through [a long winter|many quiet years], and nobody stayed.|One spring day [a bee|a sparrow|a little girl] came and asked, "May I stay with you?"|From then on they watched every sunset together.|One spring day a sparrow came to stay, and the wish came true.
that saves the day|seemed small and useless|One day [the bridge broke|the lights went out|the king lost his way], and nobody knew what to do.|Only the small and forgotten thing was [just the right size|in just the right place] to help.|The people cheered, and nobody ever called it useless again.|But when trouble came, it was the only thing that could help.
""".strip().splitlines()]  # fmt: skip
# for two heroes {a} and {b}
PAIR_PLOTS = [BAR.split(line) for line in """
lived side by side and never spoke|One winter the snow was so deep that {b} could not get out.|{A} dug a path all night and brought warm soup.|Since then they have eaten together every evening.|One cold winter {a} helped {b}, and since then they have been friends.
set out together to find the end of the rainbow|They crossed three hills and shared one last sandwich.|The rainbow was gone when they arrived, but the view was wonderful.|"We found each other," said {b}, and {a} nodded.|They found no gold, but they came back as friends.
both wanted the same [apple|place in the sun|blanket]|They quarrelled all day until it was dark and cold.|Then {a} said, "Let us share it," and {b} was so surprised that the quarrel was over.|From that day on they shared everything.|In the end they shared it, and both were glad.
built a boat together|On the first trip a storm came up, and {b} was afraid.|{A} sang a silly song until the waves grew calm.|They came home wet and happy and planned the next trip.|They sailed around the island and came home as heroes.
got lost in the woods on a foggy evening|{A} wanted to go left, and {b} wanted to go right.|So they tossed a coin, laughed, and followed the smell of pancakes.|It led them to a warm kitchen, and they were home in time for dinner.|They held on to each other and found the way home.
had a race to the old mill|{A} was faster, but {b} knew the shorter way.|Halfway there a small bird had fallen from its nest, and both of them stopped to help.|Nobody won the race, but the bird sang for them all summer.|They stopped to help a bird, and so both of them won.
found a magic [lamp|shell|mirror] on the beach|It granted one wish, and each of them wanted something else.|In the end {a} wished that {b} would be happy, and {b} wished the same for {a}.|The magic worked twice that day.|Each of them wished the other luck, and both wishes came true.
""".strip().splitlines()]  # fmt: skip
PLACES = {
    "in space": "far away among the stars", "at the beach": "on a sunny beach", "in the forest": "deep in the forest", "in the desert": "in the middle of the desert", "in winter": "in a snowy winter", "on a farm": "on a small farm",
    "in a castle": "in an old castle", "at school": "in a small school", "on an island": "on a lonely island", "in a big city": "in a big city", "under the sea": "at the bottom of the sea", "in the jungle": "in the green jungle", "at Christmas": "on a quiet Christmas Eve",
    "in the mountains": "high up in the mountains", "on a train": "on a slow night train", "in a garden": "in a wild garden",
}  # fmt: skip
VERSES = [[line.strip() for line in row.split("/")] for row in """
Some dream of castles, some of kings, / I dream of {the} and simple things.
If I could give you just one thing, / I'd give you {the} and hear you sing.
When all the world seems dark and grey, / {the} can chase the clouds away.
I met {the} on the road today / and quite forgot what I should say.
The wind may blow, the clocks may run, / {the} still greets the morning sun.
The {x} is quiet, the night is deep, / and all the world has gone to sleep.
I thought of {the} the whole day long / and made of it a little song.
Oh {x}, you come without a sound / and spread your quiet joy around.
A {x} was waiting in the rain / until the sun came out again.
I saw {the} at break of day / and wished that it would always stay.
The {x} is here, the morning too, / and all the sky is washed in blue.
Let others praise the gold they own, / {the} is the finest thing I've known.
Who looks at {the} with open eyes / will find a small and sweet surprise.
When {the} appears, my heart grows light / and every colour seems so bright.
So here's to {the}, so dear to me, / as deep and lasting as the sea.
A {x} can teach us, if we care, / that beauty may be anywhere.
And when the evening lights are low, / I think of {the} before I go.
The years go by, the seasons turn, / and still from {the} there's much to learn.
A {x}, a smile, a cup of tea, / no more is needed here for me.
""".strip().splitlines()]  # fmt: skip
VERSE_SUBJECTS = _names(
    "cat, dog, moon, sun, sea, rain, tree, rose, river, star, wind, bird, garden, mountain, cloud, forest, flower, horse, bee, snow, night, winter, summer, autumn, spring, love, friend, home, morning, coffee, book, song, train, city, butterfly, ocean, sky, fire, candle, mother, child, dream, lake, mouse, robot, boat"
)
MASS = {"love", "home", "rain", "snow", "winter", "summer", "autumn", "spring", "coffee", "night"}
SCENES = [BAR.split(line) for line in """
the sea|The sea [rolls in, grey and green|lies wide and blue], and the air tastes of salt.|Gulls cry over the foam, and far out a white sail moves along.|Blue, wide and full of salt.
a beach|The beach lies golden in the sun, and small waves run up the sand.|Children build castles, and somebody sells ice cream.|Warm sand, soft waves, blue sky.
a forest|The forest is cool and green, and the ground is soft with moss.|Light falls through the leaves, and a woodpecker knocks somewhere.|Green, cool and full of whispers.
a mountain|The mountain stands grey and silent, with snow on its head.|Small paths wind up its sides, and the wind sings between the rocks.|High, grey and crowned with snow.
a city at night|The city glitters with a thousand windows, and cars hum like bees.|Music comes from an open door, and nobody seems to sleep.|Bright windows and restless streets.
a quiet library|The library smells of paper, and only pages rustle.|Old lamps throw warm circles on the tables.|Old paper, warm lamps, deep silence.
a busy market|The market is full of colour, and everyone calls out prices.|Oranges shine beside fresh fish and bunches of herbs.|Loud, colourful and full of smells.
a rainy street|Rain runs along the street and makes the lights swim.|Umbrellas hurry past, and a bus hisses around the corner.|Wet stones and dancing lights.
a small village|The village sleeps between two hills, with a church in the middle.|Smoke rises from the chimneys, and a dog barks far away.|A few roofs, one church, much peace.
an old house|The old house leans a little, and its shutters creak in the wind.|Ivy climbs up to the roof, and every stair has its own sound.|Crooked walls full of memories.
a garden in spring|The garden wakes up, and the first tulips open their red cups.|Bees hum around the cherry tree, and the soil smells fresh.|Fresh green and humming bees.
a desert|The desert stretches to the horizon, yellow and still.|The wind draws lines in the sand, and the air shivers with heat.|Sand, heat and endless silence.
a lake in the morning|The lake lies smooth as glass, and mist floats over it.|A fish jumps, and the rings grow wider and wider.|Still water under white mist.
a storm|The storm throws rain against the windows and bends the trees.|Lightning cuts the sky, and a moment later the thunder rolls.|Black clouds, wild wind, loud thunder.
a winter day|The winter day is white and still, and every step creaks in the snow.|Breath hangs in the air, and the sun stands low.|White, cold and very still.
a sunset|The sunset paints the sky orange and pink.|The shadows grow long, and the day says goodbye.|Orange light on a quiet sky.
a kitchen|The kitchen is warm and smells of fresh bread.|A pot bubbles on the stove, and a cat sleeps under the table.|Warm, bright and full of good smells.
a train station|The station is loud, and people hurry with bags in both hands.|A voice calls out the trains, and pigeons walk between the feet.|Hurry, voices and long platforms.
an apple|The apple is round and red, and it shines in the light.|It cracks under the first bite and tastes sweet and a little sour.|Round, red, crisp and sweet.
a cup of coffee|The coffee is black and hot, and steam curls above it.|It smells of morning and tastes bitter and round.|Hot, dark and full of morning.
an old dog|The old dog has a grey muzzle and gentle eyes.|He sleeps in the sun most of the day, but his tail still wags.|Grey muzzle, gentle eyes, slow tail.
a cat|The cat moves without a sound, soft as smoke.|Her green eyes see everything, and she decides who may touch her.|Soft paws and green eyes.
the moon|The moon hangs round and pale above the roofs.|It gives the night a silver light and never says a word.|Round, pale and silent.
a perfect day|The perfect day begins slowly, with sun on the floor and no alarm.|Friends come for lunch, and the evening ends with stories under the stars.|Sun, friends and no hurry.
a castle|The castle stands on a rock, with thick walls and four towers.|Flags snap in the wind, and the gate is made of dark oak.|Thick walls and proud towers.
an old book|The old book has a worn cover and yellow pages.|Somebody has written a name in it, a hundred years ago.|Yellow pages with a dusty smell.
""".strip().splitlines()]  # fmt: skip
# an exchange between two speakers, {a} first
TALKS = [[part.strip() for part in row.split("|")] for row in """
Have you seen the moon tonight?|Yes, it looks like a cheese.|Then I am hungry.
Why are you so quiet today?|I am thinking about dinner.|So am I.
I found something shiny.|Is it gold?|No, it is better, it is a spoon.
Are you afraid of me?|A little, because you are so big.|Don't be, I only like company.
Shall we go for a walk?|Only if we take the long way.|The long way is the best one.
It is raining again.|Good, then the flowers can drink.|And we can jump in the puddles.
What do you want to be one day?|I want to be useful.|You already are.
May I sit here?|Of course, there is room for two.|Thank you, the view is lovely.
I lost my way.|Where do you want to go?|Home.|Then follow me.
Can you keep a secret?|Yes, I am very good at it.|So am I, so I won't tell you.
Today is my birthday.|Then I will sing for you.|Please don't sing, just share the cake.
Do you believe in luck?|I believe in getting up early.|That sounds like hard luck.
""".strip().splitlines()]  # fmt: skip
