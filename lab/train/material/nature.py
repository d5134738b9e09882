"""Tables of animals, things, food, jobs and people: one sure fact in every field."""

from __future__ import annotations

from lab.train.material.tables import pairs, rows, words

# animal | legs | sound, as a verb | baby | home | food | kind
ANIMALS = rows("""
dog|4|bark|puppy|a kennel|meat|mammal
cat|4|meow|kitten||meat and fish|mammal
cow|4|moo|calf|a barn|grass|mammal
horse|4|neigh|foal|a stable|grass and hay|mammal
pig|4|grunt|piglet|a sty|almost anything|mammal
sheep|4|bleat|lamb|a fold|grass|mammal
goat|4|bleat|kid||grass and leaves|mammal
lion|4|roar|cub|a den|meat|mammal
tiger|4|roar|cub||meat|mammal
bear|4|growl|cub|a den|berries, fish and roots|mammal
wolf|4|howl|pup|a den|meat|mammal
fox|4|bark|cub|a den|mice and berries|mammal
elephant|4|trumpet|calf||grass and leaves|mammal
mouse|4|squeak|pup|a hole|seeds and grain|mammal
rabbit|4||kitten|a burrow|grass and carrots|mammal
donkey|4|bray|foal|a stable|grass and hay|mammal
giraffe|4||calf||leaves|mammal
zebra|4||foal||grass|mammal
deer|4||fawn||grass and leaves|mammal
kangaroo|||joey||grass|mammal
squirrel|4||||nuts and seeds|mammal
hedgehog|4|||a nest of leaves|insects and snails|mammal
beaver|4||kit|a lodge|bark and leaves|mammal
bat|||pup|a cave|insects|mammal
whale|0||calf|the sea|krill and fish|mammal
dolphin|0|click|calf|the sea|fish|mammal
seal|0|bark|pup|the sea|fish|mammal
monkey||chatter|||fruit and leaves|mammal
duck|2|quack|duckling|a nest|water plants and insects|bird
hen|2|cluck|chick|a coop|grain|bird
rooster|2|crow|chick|a coop|grain|bird
goose|2|honk|gosling|a nest|grass|bird
owl|2|hoot|owlet|a hollow tree|mice|bird
eagle|2|scream|eaglet|a nest|small animals and fish|bird
swan|2||cygnet|a nest|water plants|bird
crow|2|caw|chick|a nest|almost anything|bird
pigeon|2|coo||a nest|seeds|bird
penguin|2||chick||fish|bird
sparrow|2|chirp|chick|a nest|seeds|bird
parrot|2|squawk|chick|a hollow tree|seeds and fruit|bird
turkey|2|gobble|||grain|bird
frog|4|croak|tadpole|a pond|insects|amphibian
toad|4|croak|tadpole||insects|amphibian
snake|0|hiss|||mice and eggs|reptile
crocodile|4||hatchling|a river|fish and other animals|reptile
turtle|4||hatchling||water plants and small animals|reptile
lizard|4||hatchling||insects|reptile
shark|0||pup|the sea|fish|fish
salmon|0||||small fish|fish
goldfish|0|||a pond or a tank|fish food and plants|fish
bee|6|buzz||a hive|nectar and pollen|insect
ant|6|||an ant hill|seeds and small insects|insect
butterfly|6||caterpillar||nectar|insect
fly|6|buzz|maggot||almost anything|insect
mosquito|6|buzz|||nectar and blood|insect
ladybird|6||||small insects|insect
grasshopper|6|chirp|||grass|insect
cricket|6|chirp|||plants|insect
spider|8||spiderling|a web|insects|arachnid
scorpion|8||||insects|arachnid
crab|10|||the sea|almost anything|crustacean
octopus|||||crabs and shellfish|mollusc
snail|0||||leaves|mollusc
""")

COLOURS = pairs("""
grass: green; the sky on a clear day: blue; snow: white; a ripe banana: yellow; a ripe tomato: red; coal: black; a
lemon: yellow; milk: white; blood: red; a carrot: orange; chocolate: brown; the sun at noon: yellow; a frog: green; a
cucumber: green; an elephant: grey; a flamingo: pink; a polar bear: white; a raven: black; a strawberry: red; a pumpkin:
orange; a crocodile: green; salt: white; a fire engine: red; the night sky: black; a blueberry: blue; a leaf in summer:
green; cheese: yellow; ink: black or blue; gold: yellow; silver: grey; coffee: brown; wood: brown; a canary: yellow; a
swan: white; cream: white; a cherry: red; a lime: green; spinach: green; a sunflower: yellow; a plum: purple; lavender:
purple; an aubergine: purple; sand: yellow; a lion: yellow and brown; a zebra: black and white; a panda: black and
white; a ladybird: red with black dots; a bee: yellow and black; the sea: blue; an orange: orange; flour: white; a
cloud: white or grey
""")
TOOLS = pairs("""
a hammer: hitting nails; a knife: cutting; a spoon: eating soup; a fork: eating; a pen: writing; a pencil: writing and
drawing; a saw: cutting wood; scissors: cutting paper and cloth; an umbrella: staying dry in the rain; a clock: telling
the time; a key: opening a lock; a ladder: climbing up; a broom: sweeping the floor; a bed: sleeping; a lamp: giving
light; a towel: drying yourself; soap: washing; a comb: combing hair; a toothbrush: brushing teeth; a needle: sewing; a
map: finding the way; a camera: taking pictures; a telescope: looking at the stars; a microscope: looking at very small
things; a thermometer: measuring temperature; a ruler: measuring length and drawing lines; a scale: weighing things; a
bucket: carrying water; a rope: tying and pulling things; a spade: digging; a rake: gathering leaves; a kettle: boiling
water; an oven: baking; a fridge: keeping food cold; a phone: calling people; a helmet: protecting the head; glasses:
seeing better; a pillow: resting the head; a compass: finding north; an anchor: holding a ship in place; a net: catching
fish; a bell: making a ringing sound; a whistle: giving a signal; a candle: giving light; a blanket: keeping warm; a
basket: carrying things; a rubber: removing pencil marks; glue: sticking things together; a screwdriver: turning screws;
a drill: making holes; a paintbrush: painting; a calendar: keeping track of the days; a bag: carrying things
""")
JOBS = pairs("""
baker: bakes bread and cakes; teacher: teaches students; doctor: helps sick people; nurse: cares for sick people;
farmer: grows crops and keeps animals; pilot: flies planes; cook: prepares meals; butcher: cuts and sells meat; tailor:
makes clothes; carpenter: builds things from wood; plumber: repairs water pipes; electrician: works on electric wires;
painter: paints walls or pictures; gardener: takes care of gardens; firefighter: puts out fires; dentist: takes care of
teeth; librarian: takes care of books in a library; journalist: writes about the news; author: writes books; judge:
decides cases in court; lawyer: helps people with the law; astronaut: travels into space; astronomer: studies the stars;
fisherman: catches fish; shepherd: looks after sheep; miner: digs for coal or metals; postman: brings letters; driver:
drives a car or a bus; sailor: works on a ship; barber: cuts hair; waiter: serves food in a restaurant; vet: treats sick
animals; architect: plans houses; mechanic: repairs machines and cars; musician: plays music; actor: plays roles on
stage or in films; photographer: takes photos; translator: puts texts into another language; programmer: writes programs
for computers; cleaner: keeps rooms clean; optician: makes and sells glasses; beekeeper: keeps bees for their honey;
conductor: leads an orchestra; scientist: studies how the world works; pharmacist: prepares and sells medicines
""")
FOOD = pairs("""
bread: flour, water, yeast and salt; butter: cream; cheese: milk; chocolate: cocoa beans, sugar and often milk; wine:
grapes; jam: fruit and sugar; yoghurt: milk; pasta: flour and water or eggs; tofu: soybeans; ketchup: tomatoes, vinegar
and sugar; an omelette: eggs; flour: grain; honey: nectar, which bees gather; raisins: grapes; popcorn: corn; chips:
potatoes; beer: water, barley, hops and yeast; paper: wood; glass: sand; a candle: wax; wool: the hair of sheep;
leather: the skin of animals; silk: threads of the silkworm; a window: glass; a book: paper; a pancake: flour, eggs and
milk; a salad: vegetables and a dressing; olive oil: olives; peanut butter: peanuts; lemonade: lemons, water and sugar;
mayonnaise: egg yolks and oil; porridge: oats and milk or water; steel: iron and a little carbon; mashed potatoes:
potatoes, milk and butter; apple juice: apples; rubber: the sap of a tree or oil; concrete: cement, sand, stones and
water; ice: water
""")
GROUPS = {
    "a fruit": words("""
        apple, pear, banana, cherry, plum, orange, lemon, grape, peach, mango, strawberry, melon, apricot, pineapple,
        kiwi, fig
    """),
    "a vegetable": words("carrot, onion, cabbage, potato, leek, cauliflower, turnip, radish, parsnip, beetroot"),
    "an animal": words("dog, horse, lion, rabbit, tiger, whale, frog, bear, goat, monkey, camel, deer"),
    "a bird": words("sparrow, eagle, owl, duck, penguin, swan, crow, robin, parrot, goose, ostrich, gull"),
    "an insect": words("bee, ant, fly, butterfly, beetle, wasp, moth, mosquito, ladybird"),
    "a tree": words("oak, birch, pine, willow, beech, maple, fir, ash, elm, poplar"),
    "a flower": words("rose, tulip, daisy, lily, sunflower, daffodil, poppy, orchid, violet"),
    "a tool": words("hammer, saw, drill, screwdriver, spade, rake, axe, wrench"),
    "a musical instrument": words("piano, violin, guitar, flute, drum, trumpet, cello, harp, clarinet"),
    "a piece of furniture": words("table, chair, sofa, bed, desk, wardrobe, bookshelf, cupboard"),
    "a vehicle": words("car, bus, train, truck, bicycle, tractor, van, tram, motorcycle"),
    "a piece of clothing": words("shirt, coat, sock, hat, skirt, jacket, dress, scarf, sweater, glove"),
    "a metal": words("iron, gold, silver, copper, tin, lead, zinc"),
    "a drink": words("coffee, tea, lemonade, juice, water, cocoa"),
    "a colour": words("red, blue, green, yellow, purple, brown"),
    "a sport": words("tennis, football, swimming, hockey, rowing, cycling, golf"),
    "a planet": words("Mars, Venus, Jupiter, Saturn, Mercury, Neptune, Uranus, Earth"),
}  # fmt: skip
MASS = set(words("""
    tea, coffee, lemonade, juice, water, cocoa, iron, gold, silver, copper, tin, lead, zinc, tennis, football,
    swimming, hockey, rowing, cycling, golf, red, blue, green, yellow, purple, brown, Mars, Venus, Jupiter, Saturn,
    Mercury, Neptune, Uranus, Earth
"""))  # without an article  # fmt: skip

# name | what to say after `was` or `is` | the field's question: who + verb phrase, answered by the name | verb of being
PEOPLE = rows("""
Albert Einstein|a physicist who worked out the theory of relativity|worked out the theory of relativity|was
Isaac Newton|an English scientist who described gravity|described the law of gravity|was
Marie Curie|a scientist who discovered radium and polonium|discovered radium|was
Charles Darwin|a scientist who explained evolution|explained evolution by natural selection|was
Galileo Galilei|an Italian scientist who discovered four moons of Jupiter|discovered four moons of Jupiter|was
William Shakespeare|an English writer of plays and poems|wrote Romeo and Juliet|was
Jane Austen|an English writer of novels|wrote Pride and Prejudice|was
Charles Dickens|an English writer of novels|wrote Oliver Twist|was
Mark Twain|an American writer|wrote The Adventures of Tom Sawyer|was
Leo Tolstoy|a Russian writer of novels|wrote War and Peace|was
Miguel de Cervantes|a Spanish writer|wrote Don Quixote|was
Homer|a poet of ancient Greece|is said to have composed the Odyssey|was
Dante|an Italian poet|wrote the Divine Comedy|was
Hans Christian Andersen|a Danish writer of fairy tales|wrote The Little Mermaid|was
Mary Shelley|an English writer|wrote Frankenstein|was
Victor Hugo|a French writer|wrote Les Misérables|was
Jules Verne|a French writer of adventure stories|wrote Around the World in Eighty Days|was
Lewis Carroll|an English writer|wrote Alice in Wonderland|was
Agatha Christie|an English writer of crime stories|wrote Murder on the Orient Express|was
George Orwell|an English writer|wrote Animal Farm|was
Leonardo da Vinci|an Italian painter and inventor|painted the Mona Lisa|was
Vincent van Gogh|a Dutch painter|painted Sunflowers and The Starry Night|was
Pablo Picasso|a Spanish painter|painted Guernica|was
Michelangelo|an Italian painter and sculptor|painted the ceiling of the Sistine Chapel|was
Claude Monet|a French painter|painted the famous water lilies|was
Frida Kahlo|a Mexican painter known for her self-portraits|is known for self-portraits from Mexico|was
Ludwig van Beethoven|a German composer|wrote the Moonlight Sonata|was
Wolfgang Amadeus Mozart|a composer from Austria|wrote The Magic Flute|was
Johann Sebastian Bach|a German composer|wrote the Brandenburg Concertos|was
Antonio Vivaldi|an Italian composer|wrote The Four Seasons|was
Christopher Columbus|a seafarer who reached America in 1492|sailed to America in 1492|was
Ferdinand Magellan|a seafarer whose ships sailed around the world|led the first voyage around the world|was
Marco Polo|a traveller from Venice who wrote about China|travelled from Venice to China|was
Neil Armstrong|an American astronaut|was the first person on the Moon|was
Yuri Gagarin|a Soviet cosmonaut|was the first person in space|was
Amelia Earhart|an American pilot|was the first woman to fly alone across the Atlantic|was
George Washington|a general and a president of the United States|was the first president of the United States|was
Abraham Lincoln|a president of the United States who ended slavery there|was president during the American Civil War|was
Nelson Mandela|a South African who fought against apartheid|was the first black president of South Africa|was
Mahatma Gandhi|an Indian who fought for freedom without violence|led India to independence without violence|was
Martin Luther King|an American who fought for equal rights|gave the speech "I have a dream"|was
Cleopatra|a queen of ancient Egypt|was the last queen of ancient Egypt|was
Julius Caesar|a Roman general and ruler|was killed in Rome on the Ides of March|was
Napoleon|a French emperor and general|lost the battle of Waterloo|was
Florence Nightingale|an English nurse who changed hospitals|founded modern nursing|was
Louis Pasteur|a French scientist who studied germs|invented pasteurization|was
Alexander Fleming|a Scottish scientist|discovered penicillin|was
Alexander Graham Bell|an inventor|made the first practical telephone|was
Thomas Edison|an American inventor|invented the phonograph|was
Johannes Gutenberg|a German printer|brought printing with movable type to Europe|was
Ada Lovelace|an English mathematician|wrote one of the first computer programs|was
Alan Turing|an English mathematician and a father of the computer|helped to break the Enigma code|was
Socrates|a philosopher of ancient Greece|was the teacher of Plato|was
Aristotle|a philosopher of ancient Greece|was the teacher of Alexander the Great|was
Pythagoras|a thinker of ancient Greece|gave his name to a theorem about triangles|was
Archimedes|a scientist of ancient Greece|is said to have called "Eureka" in the bath|was
Anne Frank|a girl who wrote a diary while she was hiding|wrote a famous diary while hiding in Amsterdam|was
Charlie Chaplin|an actor of silent films|played the Tramp in silent films|was
Tim Berners-Lee|a British computer scientist|invented the World Wide Web|is
""")
