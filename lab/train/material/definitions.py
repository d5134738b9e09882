"""Everyday words and what they mean, and words that go together: opposites, plurals, past tenses, synonyms, rhymes."""

from __future__ import annotations

from lab.train.material.tables import pairs, words

# `a volcano: a mountain ...` - things, with their article, said as "A volcano is a mountain ..."
NOUNS = pairs("""
a volcano: a mountain that can throw out hot melted rock; an island: land with water all around it; a desert: a dry
place with very little rain; a river: a long stream of water that flows to the sea or a lake; a lake: a large area of
water with land around it; an ocean: a very large sea; a mountain: a very high hill; a valley: the low land between
hills; a forest: a large area with many trees; a waterfall: water that falls over a high edge; a glacier: a large mass
of ice that moves slowly; a beach: a strip of sand or stones by the sea; a cave: a hole in a hill or a rock; a bridge:
something that leads over a river or a road; a tunnel: a way under the ground; a harbour: a place where ships are safe;
a village: a small group of houses in the country; a city: a very large town; a capital: the city where the government
of a country sits; a country: a land with its own government; a continent: one of the very large areas of land on Earth;
a border: the line between two countries; an earthquake: a strong shaking of the ground; a storm: bad weather with
strong wind; a hurricane: a very strong storm that comes from a warm sea; a flood: a lot of water where it is usually
dry; a drought: a long time without rain; a rainbow: an arc of colours in the sky; a cloud: many tiny drops of water in
the air; fog: a cloud close to the ground; dew: small drops of water on the grass in the morning; frost: thin ice on
cold things; snow: frozen water that falls in white flakes; thunder: the loud sound that follows lightning; lightning: a
flash of electricity in the sky; a planet: a large ball that moves around a star; a star: a huge ball of hot gas that
shines; the sun: the star at the centre of our solar system; a moon: a body that moves around a planet; a comet: a body
of ice and dust that gets a bright tail near the sun; a galaxy: a huge group of stars; gravity: the force that pulls
things toward each other; energy: the ability to do work; oxygen: a gas that we need to breathe; an atom: a very small
building block of matter; a molecule: a group of atoms joined together; a cell: the smallest living part of a plant or
an animal; a mammal: an animal that feeds its young with milk; a reptile: an animal with dry scales, such as a snake; an
insect: a small animal with six legs; a bird: an animal with feathers and two wings; a fish: an animal that lives in
water and breathes through gills; a fossil: the remains of a very old plant or animal in stone; a dinosaur: an animal
that lived many millions of years ago; a herd: a group of animals that live together; a seed: the part of a plant from
which a new plant grows; a root: the part of a plant that takes up water from the soil; a leaf: a flat green part of a
plant; pollen: a fine powder made by flowers; a library: a place where you can borrow books; a museum: a place where you
can see old or beautiful things; a theatre: a place where plays are shown; a hospital: a place where sick people are
treated; a school: a place where children learn; a university: a place where adults study; a bakery: a shop that makes
and sells bread; a pharmacy: a shop that sells medicines; a market: a place where people buy and sell things; a factory:
a building where things are made by machines; a castle: a large old building with strong walls; a lighthouse: a tower
with a light that guides ships; a farm: a place where crops are grown and animals are kept; a garden: a piece of land
for flowers or vegetables; a kitchen: a room for cooking; a roof: the top cover of a house; a window: an opening in a
wall, with glass; a staircase: a set of steps in a building; a dictionary: a book that explains words; a novel: a long
story in a book; a poem: a text in lines that often rhyme; a diary: a book in which you write about your days; a recipe:
a list of steps for cooking something; a map: a drawing of a place from above; a calendar: a list of the days and months
of a year; a newspaper: a paper with the news of the day; a letter: a written message, or a sign of the alphabet; a
secret: something that only few people know; a proverb: a short saying that people know well; a joke: a short story that
makes people laugh; a riddle: a question that is a puzzle; a fairy tale: an old story with magic in it; a fable: a short
story that teaches a lesson; a noun: a word for a person, a place or a thing; a verb: a word for something we do; an
adjective: a word that describes a thing; a sentence: a group of words with a complete meaning; an alphabet: the letters
of a language in order; a computer: a machine that works with information; the internet: a network that connects
computers all over the world; a website: a set of pages on the internet; an email: a message sent between computers;
software: the programs of a computer; a robot: a machine that can do tasks by itself; a battery: a thing that stores
electricity; electricity: a form of energy that runs lamps and machines; an engine: a machine that makes something move;
a magnet: a piece of metal that pulls iron; a lens: a curved piece of glass that bends light; a bicycle: a vehicle with
two wheels and pedals; a submarine: a ship that can travel under water; a helicopter: an aircraft with blades that turn
on top; a rocket: a machine that flies into space; a satellite: a thing that moves around a planet; an ambulance: a car
that takes sick people to a hospital; an orchestra: a large group of people who play music together; a choir: a group of
people who sing together; a piano: an instrument with black and white keys; a violin: an instrument with four strings
and a bow; a melody: a row of notes that form a tune; rhythm: the regular beat in music; a birthday: the day on which
someone was born; a wedding: a celebration of two people who marry; a holiday: a time when you do not work; a festival:
a large celebration; a journey: a trip from one place to another; a habit: something you do very often; a hobby:
something you do for fun in your free time; a neighbour: a person who lives near you; a friend: a person you like and
trust; a guest: a person who is invited; an orphan: a child whose parents have died; a twin: one of two children born at
the same time; an ancestor: a person from your family who lived long ago; a cousin: a child of your aunt or uncle; a
customer: a person who buys something; a volunteer: a person who works without pay; an expert: a person who knows a lot
about something; an inventor: a person who thinks up new things; a hero: a person who is very brave; a president: the
leader of a country or a club; a citizen: a person who belongs to a country; money: what we use to pay for things; a
bank: a place that keeps and lends money; a loan: money that you must pay back; a tax: money that people pay to the
state; a budget: a plan for spending money; a bargain: something good at a low price; a salary: money paid for work
every month; a law: a rule of a country; a vote: a choice that you make in an election; an election: a time when people
choose their leaders; a government: the people who lead a country; democracy: a system in which the people choose their
leaders; peace: a time without war; a promise: words that say you will surely do something; the heart: the organ that
pumps blood through the body; the brain: the organ that we think with; a muscle: a part of the body that makes it move;
a bone: a hard part inside the body; the skin: the outer cover of the body; a fever: a body temperature that is too
high; a vaccine: a medicine that protects against an illness; an allergy: a bad reaction of the body to something;
breakfast: the first meal of the day; a vegetable: a plant that we eat; a spice: a powder or seed that gives food more
taste; a sandwich: two slices of bread with something between; a snack: a small meal; a vegetarian: a person who eats no
meat; a dessert: sweet food at the end of a meal; a question: words that ask for an answer; an opinion: what somebody
thinks about something; an argument: a talk between people who do not agree, or a reason; a fact: something that is
true; a rumour: a story that may not be true; a mistake: something that is not right; a dream: pictures and stories in
your mind while you sleep; a shadow: a dark shape behind a thing that stops light; an echo: a sound that comes back to
you; a mirror: a glass in which you see yourself; a triangle: a shape with three sides; a circle: a round shape; a
square: a shape with four equal sides; a century: a time of one hundred years; a decade: a time of ten years; midnight:
twelve o'clock at night; noon: twelve o'clock in the day
""")
# qualities, without an article, said as "Patience is being able ..."
QUALITIES = pairs("""
patience: being able to wait calmly; courage: doing something although you are afraid; honesty: telling the truth;
kindness: being friendly and helpful to others; friendship: the bond between people who like and trust each other; love:
a very deep and warm feeling for someone; anger: a strong feeling when something seems unfair; fear: the feeling that
something bad may happen; joy: a feeling of great happiness; sadness: the feeling of being unhappy; jealousy: a bad
feeling because someone has what you want; pride: a good feeling about something you have done; hope: the wish and
belief that something good will happen; trust: the belief that someone is honest and will not hurt you; respect: seeing
the worth of another person; freedom: being able to choose what you do; justice: treating people in a fair way; wisdom:
knowing much about life and using it well; humour: the ability to laugh and to make others laugh; curiosity: the wish to
know more; loneliness: the sad feeling of being alone; gratitude: the feeling of being thankful; forgiveness: being no
longer angry with someone who hurt you; loyalty: standing by someone in good and bad times; generosity: being glad to
give to others; ambition: the strong wish to reach something; creativity: the ability to make new things and ideas;
confidence: the belief that you can do something; empathy: feeling what another person feels; discipline: doing what has
to be done, even if it is hard; teamwork: working together toward one goal; nostalgia: a warm and sad feeling about the
past; boredom: the feeling of having nothing interesting to do; stress: the feeling that there is too much to do;
beauty: what is lovely to see or to hear; luck: good things that happen by chance; progress: getting closer to a goal;
silence: a time without any sound; education: teaching and learning; health: the state of body and mind
""")
# adjectives, said as "Generous means that ..." or "A generous person ..."
ADJECTIVES = pairs("""
generous: glad to give to others; brave: not stopped by fear; lazy: not willing to work; polite: having good manners;
rude: having bad manners; stubborn: not willing to change your mind; shy: nervous with other people; curious: wanting to
know more; honest: telling the truth; greedy: always wanting more; patient: able to wait calmly; clever: quick to
understand; wise: knowing much about life; humble: not too proud; selfish: thinking only of yourself; loyal: standing by
your friends; nervous: worried and not calm; calm: quiet and not excited; grateful: thankful; jealous: unhappy because
others have more; lonely: sad because of being alone; exhausted: very tired; furious: very angry; delighted: very happy;
anxious: worried about what may happen; cheerful: happy and friendly; ancient: very old; modern: of the present time;
huge: very big; tiny: very small; narrow: not wide; shallow: not deep; hollow: empty inside; fragile: easy to break;
solid: hard and firm; rough: not smooth; sharp: able to cut; blunt: not sharp; transparent: easy to see through; rare:
not often seen; common: often seen; famous: known by many people; unique: the only one of its kind; strange: not usual;
obvious: easy to see or understand; complicated: not easy to understand; simple: easy to understand; essential: very
important and needed; useful: good for a purpose; useless: good for nothing; edible: safe to eat; poisonous: able to
kill or harm if eaten; delicious: very good to eat; fresh: new and not old; rotten: bad and no longer good to eat; raw:
not cooked; frozen: turned into ice; damp: a little wet; dusty: covered with dust; gloomy: dark and sad; bright: full of
light; annual: happening once a year; daily: happening every day; temporary: lasting only for some time; permanent:
lasting for always; sudden: happening quickly and without warning; gradual: happening little by little; punctual: on
time; urgent: needing to be done at once; reliable: able to be trusted; careless: not careful; cautious: careful about
danger; reluctant: not really willing; eager: wanting something very much
""")
# said as "To borrow means to take ..."
VERBS = pairs("""
borrow: take something and give it back later; lend: give something for some time; whisper: speak very quietly; shout:
speak very loudly; wander: walk around without a plan; hesitate: wait before you do something because you are not sure;
promise: say that you will surely do something; apologize: say that you are sorry; forgive: stop being angry with
someone; admire: think very highly of someone; celebrate: do something special for a happy event; explore: travel
through a place to learn about it; invent: think up something new; discover: find something that was not known; repair:
make a broken thing work again; recycle: use old material again; translate: put words into another language; predict:
say what will happen; compare: look at how things are alike or different; describe: say what something is like;
persuade: bring someone to agree; refuse: say no to something; compete: try to win against others; cooperate: work
together; hibernate: sleep through the winter; melt: turn from solid to liquid; freeze: turn from liquid to solid;
evaporate: turn from liquid into gas; float: stay on top of water; sink: go down under water; stumble: nearly fall while
walking; yawn: open the mouth wide because you are tired; sneeze: push air out of the nose suddenly; imitate: do the
same as someone else; summarize: say the main points in few words; procrastinate: put off what you should do now
""")

OPPOSITES = pairs("""
hot: cold; big: small; tall: short; fast: slow; happy: sad; old: young; new: old; light: dark; heavy: light; hard: soft;
wet: dry; full: empty; open: closed; early: late; loud: quiet; rich: poor; strong: weak; clean: dirty; good: bad; right:
wrong; true: false; near: far; high: low; thick: thin; wide: narrow; deep: shallow; sharp: blunt; sweet: sour; easy:
difficult; cheap: expensive; beautiful: ugly; brave: cowardly; polite: rude; kind: cruel; safe: dangerous; alive: dead;
awake: asleep; first: last; up: down; left: right; in: out; over: under; before: after; always: never; everything:
nothing; day: night; summer: winter; love: hate; friend: enemy; question: answer; begin: end; buy: sell; give: take;
push: pull; win: lose; come: go; laugh: cry; remember: forget; arrive: leave; ask: answer; build: destroy; north: south;
east: west; war: peace; success: failure; inside: outside; front: back; top: bottom; morning: evening; black: white;
smooth: rough; lazy: hard-working; generous: stingy; patient: impatient; possible: impossible; honest: dishonest;
visible: invisible; modern: ancient; calm: nervous; bright: dark; simple: complicated; noisy: quiet; careful: careless;
useful: useless; increase: decrease; accept: refuse; arrival: departure; entrance: exit; more: less; many: few; above:
below; together: apart; yes: no; male: female; land: sea; float: sink; freeze: melt; lend: borrow
""")
PLURALS = pairs("""
child: children; mouse: mice; foot: feet; tooth: teeth; man: men; woman: women; goose: geese; sheep: sheep; fish: fish;
person: people; leaf: leaves; knife: knives; wife: wives; life: lives; wolf: wolves; half: halves; shelf: shelves; baby:
babies; city: cities; lady: ladies; story: stories; berry: berries; party: parties; country: countries; fly: flies; box:
boxes; bus: buses; dish: dishes; church: churches; glass: glasses; watch: watches; fox: foxes; potato: potatoes; tomato:
tomatoes; hero: heroes; ox: oxen; deer: deer; cat: cats; dog: dogs; book: books; house: houses; tree: trees; day: days;
boy: boys; toy: toys; key: keys; monkey: monkeys; piano: pianos; photo: photos; roof: roofs; loaf: loaves; thief:
thieves; scarf: scarves; brush: brushes; class: classes; apple: apples; chair: chairs; star: stars; friend: friends
""")
PAST = pairs("""
go: went; see: saw; eat: ate; drink: drank; run: ran; swim: swam; sing: sang; write: wrote; read: read; speak: spoke;
take: took; give: gave; come: came; buy: bought; bring: brought; think: thought; teach: taught; catch: caught; sleep:
slept; keep: kept; feel: felt; leave: left; meet: met; find: found; make: made; say: said; tell: told; sell: sold; know:
knew; grow: grew; throw: threw; fly: flew; draw: drew; break: broke; choose: chose; drive: drove; ride: rode; rise:
rose; win: won; begin: began; fall: fell; get: got; forget: forgot; have: had; be: was or were; do: did; hear: heard;
hold: held; lose: lost; pay: paid; put: put; cut: cut; send: sent; spend: spent; build: built; sit: sat; stand: stood;
understand: understood; wear: wore; wake: woke; walk: walked; play: played; work: worked; talk: talked; help: helped;
cook: cooked; try: tried; cry: cried; stop: stopped; dance: danced; love: loved; live: lived; carry: carried; open:
opened; close: closed; ask: asked; look: looked; jump: jumped; hide: hid; bite: bit; ring: rang; shake: shook; steal:
stole; blow: blew
""")
SYNONYMS = {
    left: words(right) for left, right in pairs("""
happy: glad, cheerful, joyful, pleased, delighted; sad: unhappy, gloomy, down, miserable, sorrowful; big: large, huge,
great, enormous, giant; small: little, tiny, mini, minute, short; fast: quick, rapid, swift, speedy, hasty; good: fine,
great, excellent, nice, wonderful; bad: poor, awful, terrible, nasty, horrible; beautiful: pretty, lovely, handsome,
attractive, gorgeous; smart: clever, bright, wise, intelligent, sharp; tired: sleepy, weary, exhausted, worn out,
drained; angry: mad, furious, cross, annoyed, irate; funny: amusing, comical, humorous, witty, hilarious; brave: bold,
courageous, fearless, daring, heroic; calm: peaceful, quiet, relaxed, still, serene; difficult: hard, tough, tricky,
challenging, demanding; easy: simple, effortless, plain, light, straightforward; strange: odd, weird, unusual, peculiar,
curious; important: vital, major, essential, key, significant; old: aged, elderly, ancient, antique, former; begin:
start, open, launch, commence, set off; end: finish, stop, close, conclude, complete; help: assist, aid, support, back,
serve; look: see, watch, gaze, stare, glance; say: tell, speak, state, mention, remark; walk: stroll, wander, march,
hike, stride; nice: kind, pleasant, friendly, lovely, sweet; scared: afraid, frightened, fearful, terrified, alarmed;
rich: wealthy, well-off, prosperous, affluent, moneyed
""")
}  # fmt: skip
RHYMES = [words(line) for line in """
cat, hat, mat, bat, rat, flat
dog, frog, log, fog, jog
sun, run, fun, bun, one
tree, bee, sea, free, knee, key
house, mouse, blouse
light, night, bright, right, kite, white
day, play, say, may, way, grey
rain, train, plane, chain, brain
star, car, far, jar
moon, spoon, soon, tune, June
book, look, cook, hook, took
cake, lake, snake, make, bake
king, ring, sing, spring, wing
boat, coat, goat, note, throat
ball, tall, wall, fall, small
hand, sand, land, band, stand
bed, red, head, bread, said
snow, go, show, blow, toe
time, rhyme, lime, climb
heart, start, art, part, smart
bell, well, shell, tell, smell
blue, shoe, new, you, true, two
fish, dish, wish
nose, rose, toes, hose, goes
chair, bear, hair, pear, care
ice, mice, rice, nice, twice
pen, ten, hen, men, when
door, floor, four, more, shore
love, dove, glove, above
year, ear, deer, near, hear
""".strip().splitlines()]  # fmt: skip
