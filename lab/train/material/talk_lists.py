"""Jokes, riddles, facts and recommendations. A joke and a riddle are `question = answer`; a tip is `thing: genre: reason`."""

from lab.train.material.voice import options


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(left, right) for left, right in (part.split(" = ") for part in options(text))]


def _tips(text: str) -> list[tuple[str, str, str]]:
    return [(thing, kind, reason) for thing, kind, reason in (part.split(": ", 2) for part in options(text))]


JOKES = _pairs("""
Why did the bicycle lie down? = It was two-tired. / Why did the book go to the doctor? = It had a bad spine. / What do you
  call a sleeping bull? = A bulldozer.
/ Why was the maths book sad? = It had too many problems. / What did one wall say to the other? = Meet you at the corner. /
  Why did the tomato blush? = It saw the salad dressing.
/ Why can't a leopard hide? = It's always spotted. / What do you call cheese that isn't yours? = Nacho cheese. / Why did the
  clock go to school early? = It had time on its hands.
/ What kind of tree fits in your hand? = A palm tree. / Why did the computer go to bed? = It needed to crash. / What do you
  call a bear without teeth? = A gummy bear.
/ Why did the baker go to work? = He needed the dough. / What did the sea say to the beach? = Nothing, it just waved. / Why
  was the broom late? = It overswept.
/ Why do bees hum? = They forgot the words. / What do you call a fish without an eye? = A fsh. / Why did the pencil win the
  race? = It had a good lead.
/ Why did the cookie feel sick? = It felt crumby. / What has four wheels and flies? = A rubbish truck. / Why did the lamp pass
  the exam? = It was very bright.
/ What do you call a lazy kangaroo? = A pouch potato. / Why did the cloud stay home? = It was under the weather. / What did
  the big chimney say to the small one? = You're too young to smoke.
/ Why did the egg stay quiet? = It was afraid to crack up. / How does the moon cut its hair? = Eclipse it. / Why did the
  golfer bring two pairs of socks? = He might get a hole in one.
/ What do snowmen eat for breakfast? = Frosted flakes. / Why did the orange stop rolling? = It ran out of juice. / What do you
  call a dinosaur that is asleep? = A dino-snore.
/ Why are ghosts bad liars? = You can see right through them. / What did the zero say to the eight? = Nice belt. / Why did the
  tree go to the dentist? = It needed a root canal.
/ Why was the mushroom invited to every party? = He was a fun guy. / What do you call a train that sneezes? = Achoo-choo
  train. / Why did the duck get a job? = It was tired of living on crumbs and small bills.
/ Why was the calendar nervous? = Its days were numbered. / What do cats like to read? = Mews-papers. / Why did the keyboard
  take a break? = It had lost control.
/ What do you get when you cross a snowman and a dog? = Frostbite. / Why did the robot go on holiday? = It had to recharge. /
  What is a cow's favourite evening? = A night at the moo-vies.
/ Why did the banana put on cream? = It was starting to peel. / Why do elephants never use computers? = They're afraid of the
  mouse. / What did the hat say to the scarf? = You hang around, I'll go on ahead.
/ Why is the letter T like an island? = It's in the middle of water. / Why did the fish get bad marks? = They were below sea
  level. / What do you call a pig that knows karate? = A pork chop.
/ Why did the music teacher need a ladder? = To reach the high notes. / Why did the shoe go to church? = To save its sole. /
  What do clouds wear under their trousers? = Thunderwear.
/ Why couldn't the pony sing? = It was a little hoarse. / What did the stamp say to the letter? = Stick with me and we'll go
  places. / Why was the belt arrested? = It held up a pair of trousers.
/ What do you call a boomerang that won't come back? = A stick. / Why did the gardener plant a light bulb? = He wanted a power
  plant. / What do you give a sick lemon? = Lemon aid.
/ Why did the scarecrow get a prize? = He was outstanding in his field. / Why was the stairway never trusted? = It was always
  up to something. / What do sheep wish each other? = A happy ewe year.
""")
RIDDLES = _pairs("""
What has keys but opens no door? = A piano. / What has a neck but no head? = A bottle. / What gets wetter the more it dries? =
  A towel. / What has hands but can't clap? = A clock.
/ What has one eye but can't see? = A needle. / What can you catch but not throw? = A cold. / What goes up but never comes
  down? = Your age. / What has teeth but never bites? = A comb.
/ What runs but never walks? = Water in a river. / What is full of holes and still holds water? = A sponge. / What has many
  leaves but isn't a tree? = A book. / What has four legs and can't walk? = A table.
/ What belongs to you but others use it more? = Your name. / What breaks when you say its name? = Silence. / What has a thumb
  and four fingers but isn't alive? = A glove. / What has a bed but never sleeps? = A river.
/ What can fill a room and takes no space? = Light. / The more you take, the more you leave behind. What are they? =
  Footsteps. / What has ears but can't hear? = A field of corn. / What gets bigger the more you take away? = A hole.
/ What has cities but no houses? = A map. / What must be broken before you can use it? = An egg. / What has a face but no
  nose? = A clock. / What travels the world in a corner? = A stamp.
/ What follows you all day and leaves at night? = Your shadow. / What is light as a feather, yet nobody can hold it for long?
  = Your breath. / What has words but never speaks? = A book.
/ What goes up and down but never moves? = A staircase. / What begins with T, ends with T and has tea in it? = A teapot. /
  What has a ring but no finger? = A phone. / What falls in winter and never gets hurt? = Snow.
""")
FACTS = options("""
Honey can keep for many years without going bad. / An octopus has three hearts. / Bananas are berries, but strawberries are
  not. / A day on Venus is longer than its year. / Sharks are older than trees.
/ A group of crows is called a murder. / Butterflies taste with their feet. / Wombats make droppings shaped like cubes. / The
  Eiffel Tower grows a little in summer heat. / Sea otters sometimes hold hands while they sleep.
/ A snail can have thousands of tiny teeth. / Hot water can make glass crack when it's cold. / The heart of a blue whale is
  about as big as a small car. / Bees can see ultraviolet light. / Cows have close friends in their herd.
/ Polar bears have black skin under their fur. / A bolt of lightning is hotter than the surface of the sun. / The moon moves
  away from us by a few centimetres a year. / Ants have no lungs. / Flamingos get their pink colour from their food.
/ Water covers about seven tenths of the Earth. / Spiders are not insects, because they have eight legs. / Sound travels
  faster in water than in air. / Light from the sun takes about eight minutes to reach us. / Saturn would float in a big
  enough bath.
/ Cats can't taste sweet things. / Owls can't move their eyes. / The smallest bone in your body is in your ear. / Goldfish
  remember things for months. / Penguins lived in the south long before people saw them.
/ Bamboo can grow almost a metre in a day. / Carrots were once mostly purple. / Giraffes have the same number of neck bones as
  people. / Tea is the most drunk thing in the world after water. / Venus is the hottest planet in our solar system.
/ Chess has more possible games than there are atoms in the world we see. / A hummingbird can fly backwards. / Starfish have
  no brain. / Paper was invented in China. / The Great Barrier Reef is the largest living structure on Earth.
/ Dolphins call each other by a kind of name. / Male seahorses carry the babies. / A pineapple takes about two years to grow.
  / Pearls melt slowly in vinegar. / Your nose can tell apart a huge number of smells. / Rabbits can see nearly all around
  them.
""")
MOTTOS = options("""
Start small, but start today. / You don't have to be perfect to begin. / One step is enough for now. / Hard days end too. /
  Nobody was good at the beginning. / Done is better than perfect. / Rest is part of the work.
/ You've come through every bad day so far. / Slow progress is still progress. / Do the next small thing. / Mistakes are how
  we learn. / Be patient with yourself. / The first step is the hardest, so make it tiny. / What you practise grows.
/ Ten minutes a day add up. / You can begin again at any moment. / Courage can be very quiet. / Compare yourself with
  yesterday, not with others. / A bad start can have a good end. / Trust what you've already managed.
""")
FILMS = _tips("""
The Matrix: science fiction: it asks what is real between its chases / Finding Nemo: family: a father crosses the ocean for
  his son / Toy Story: family: the toys come alive when nobody looks / Jaws: thriller: you hardly see the shark for a long
  time
/ Casablanca: classic: it's a love story in the middle of a war / Alien: horror: it's one ship, one crew and one terrible
  guest / Groundhog Day: comedy: a man lives the same day again and again / Up: family: a house flies away with balloons
/ Jurassic Park: adventure: dinosaurs walk through a park / Back to the Future: comedy: a boy meets his own parents when they
  were young / Inception: science fiction: thieves enter other people's dreams / The Lion King: family: a young lion has to
  find his place
/ Rear Window: thriller: a man sees too much from his window / Psycho: horror: its music alone makes you nervous / Titanic:
  romance: a love story meets a sinking ship / Amelie: romance: a shy woman secretly makes others happy / Spirited Away:
  animated: a girl works in a bath house for spirits
/ My Neighbor Totoro: animated: two sisters meet a gentle forest spirit / Wall-E: animated: a lonely robot cleans up the Earth
  / Ratatouille: animated: a rat becomes a great cook / The Princess Bride: adventure: it has fencing, jokes and true love /
  Some Like It Hot: comedy: two musicians hide among women
/ Home Alone: comedy: a boy defends his house with silly traps / Paddington: family: a polite bear finds a home in London /
  The Iron Giant: family: a boy hides a huge and gentle robot / Star Wars: adventure: a farm boy joins a fight among the stars /
  The Lord of the Rings: fantasy: small people carry a great burden
/ Harry Potter: fantasy: a boy finds out that he's a wizard / Gravity: thriller: an astronaut drifts alone in space / Apollo
  13: drama: a crew must get home in a damaged ship / Forrest Gump: drama: a simple man runs through history / The Shawshank
  Redemption: drama: hope survives in prison
/ 12 Angry Men: drama: one juror makes eleven others think again / Rocky: sports: an unknown boxer gets his chance / Singin'
  in the Rain: musical: it shows how films learned to talk / The Sound of Music: musical: a nanny brings song into a strict
  house / Modern Times: classic: Chaplin gets lost among machines
/ King Kong: classic: a giant ape climbs a tower / Shrek: comedy: a grumpy ogre saves a princess / Coco: animated: a boy
  visits the land of the dead with music / The Truman Show: drama: a man's whole life is a television show / Mary Poppins:
  musical: a nanny arrives with an umbrella and some magic
""")
BOOKS = _tips("""
The Hobbit: fantasy: a homebody goes on a great journey / Dracula: horror: it's told through letters and diaries /
  Frankenstein: horror: it asks what a maker owes to his creature / Emma: classic: a clever young woman misjudges everyone /
  Pride and Prejudice: romance: two proud people learn to see each other
/ Treasure Island: adventure: it has pirates, a map and a brave boy / Moby Dick: classic: a captain hunts a white whale /
  Charlotte's Web: children's: a spider saves a pig with words / The Little Prince: children's: a small visitor asks big
  questions / Alice in Wonderland: children's: nothing there follows the rules
/ Matilda: children's: a clever girl stands up to cruel grown-ups / Winnie-the-Pooh: children's: it's gentle and funny at any
  age / Dune: science fiction: it builds a whole desert world / 1984: science fiction: it shows a country that watches
  everyone / Brave New World: science fiction: comfort takes the place of freedom
/ The Time Machine: science fiction: a traveller sees the far future / The War of the Worlds: science fiction: tiny germs
  decide the war / Animal Farm: classic: the animals take over a farm and lose it again / Murder on the Orient Express:
  mystery: a train is stuck in snow with a killer aboard
/ The Hound of the Baskervilles: mystery: Sherlock Holmes meets a ghostly dog / And Then There Were None: mystery: ten guests
  are alone on an island / Robinson Crusoe: adventure: a man builds a life on an island / Around the World in Eighty Days:
  adventure: it's one bet and a race around the globe
/ The Three Musketeers: adventure: it has friendship and plenty of sword fights / Jane Eyre: romance: a quiet woman keeps her
  own will / Wuthering Heights: romance: the love in it is wild and dark / Little Women: classic: four sisters grow up in hard
  times / Great Expectations: classic: a poor boy gets a secret helper
/ Anne of Green Gables: children's: an orphan talks her way into every heart / The Secret Garden: children's: a locked garden
  heals two lonely children / Peter Pan: children's: it's about a boy who won't grow up / The Jungle Book: children's: a boy
  grows up among wolves / Heidi: children's: a girl finds a home in the mountains
/ Don Quixote: classic: a man fights windmills and dreams / The Old Man and the Sea: classic: it's short and is about not
  giving up / The Call of the Wild: adventure: a house dog learns to live in the wild / The Odyssey: classic: a hero needs ten
  years to get home / Pippi Longstocking: children's: the strongest girl lives by her own rules
""")
GAMES = _tips("""
chess: two people: every game is new / checkers: two people: you learn it in five minutes / charades: a party: it makes
  everyone laugh / Scrabble: word lovers: it turns letters into points / hide and seek: children: it needs nothing but a place
  to hide / Uno: a family: the rules are simple and the turns are fast
/ dominoes: two people: it's calm and quick / Monopoly: a long evening: everyone remembers the rules / Jenga: a party: the
  tower falls in the end / Twenty Questions: a car trip: you need nothing but your head / I Spy: a car trip: even small
  children can play it / Go: two people: its few rules are deep
/ solitaire: one person: a deck of cards is all you need / sudoku: one person: it trains your logic / Tetris: a short break:
  one round takes minutes / Minecraft: builders: you can make whole worlds / Memory: children: small children often win /
  rummy: a family: you can talk while you play
/ backgammon: two people: luck and skill both count / Pictionary: a party: bad drawings are the best ones / tag: children: it
  gets everyone moving / table tennis: two people: it's fast and needs little space
""")
MEALS = _tips("""
spaghetti with tomato sauce: dinner: it's ready in twenty minutes / an omelette: dinner: you need only eggs and a pan /
  vegetable soup: lunch: it uses up what is left in the fridge / pancakes: breakfast: flour, milk and eggs are enough /
  porridge with fruit: breakfast: it keeps you full for hours
/ fried rice: dinner: it's a fine use for yesterday's rice / a baked potato: lunch: the oven does the work / lentil stew:
  dinner: it's cheap and filling / a Greek salad: lunch: nothing has to be cooked / toast with egg: breakfast: it takes five
  minutes / chicken with vegetables: dinner: one tray in the oven is enough
/ tacos: dinner: everyone fills their own / yogurt with nuts: breakfast: it needs no cooking / a grilled cheese sandwich:
  lunch: it's crisp and quick / a bean chilli: dinner: it tastes even better the next day / couscous with vegetables: lunch:
  it only needs hot water / homemade pizza: dinner: you choose what goes on it
/ apple crumble: dessert: it's hard to get wrong / fruit salad: dessert: it's fresh and sweet / rice pudding: dessert: it
  needs milk, rice and patience / banana bread: dessert: old bananas make it best / a smoothie: breakfast: you can drink it on
  the way / curry with rice: dinner: the spices do the work
/ popcorn: a snack: it's ready in three minutes / apple slices with peanut butter: a snack: it's sweet and filling / carrots
  with a dip: a snack: it's crunchy and light
""")
ACTIVITIES = _tips("""
a walk in the park: outdoors: fresh air clears the head / baking bread: at home: the smell alone is worth it / a picnic:
  outdoors: food tastes better on a blanket / drawing: at home: paper and a pencil are enough / cycling: outdoors: you see a
  lot in an hour / a museum: on a rainy day: it's dry and full of stories
/ watching birds: outdoors: you only need patience / a puzzle: at home: it quiets the mind / swimming: with children: everyone
  sleeps well afterwards / a board game night: with friends: it brings people together / gardening: outdoors: you see what
  you've done / stargazing: in the evening: it costs nothing
/ cooking together: with friends: half of the fun is the mess / a library: on a rainy day: it's quiet, warm and free /
  building a blanket fort: with children: it only takes chairs and blankets / flying a kite: with children: the wind does the
  work / yoga: at home: it loosens the back / a flea market: with friends: you never know what you'll find
/ a bonfire: in the evening: people talk well around a fire / writing letters: at home: somebody will be happy about it / a
  treasure hunt: with children: a few notes and a small prize are enough / bowling: with friends: nobody has to be good at it
  / a concert: in the evening: live music stays with you / sorting old photos: on a rainy day: it brings back good days
""")
PLACES = _tips("""
Paris: a city trip: it's made for walking / Rome: a city trip: old ruins stand beside cafes / Lisbon: a city trip: it has
  hills, trams and sunlight / Kyoto: culture: its temples and gardens are quiet / Iceland: nature: it has waterfalls, ice and
  hot springs / New Zealand: nature: mountains and sea are close together
/ Norway: nature: its fjords are deep and still / Venice: a city trip: there are boats where others have streets / Greece: a
  beach holiday: the sea there is clear and blue / Costa Rica: nature: its forests are full of animals / Scotland: nature: the
  hills are wide and wild / Vienna: culture: there is music in every street
/ Barcelona: a city trip: it has a beach and bold buildings / Egypt: culture: the pyramids are thousands of years old / Bali:
  a beach holiday: it has beaches and rice fields / the Alps: hiking: the paths are good and the views are great / Prague: a
  city trip: its old town looks like a fairy tale / Peru: hiking: old stone cities lie in its mountains
/ Kenya: nature: you can see lions and elephants / Amsterdam: a city trip: you can see it by bicycle / Croatia: a beach
  holiday: it has a thousand islands / Canada: nature: its lakes and forests seem endless / Ireland: hiking: everything there
  is green / Istanbul: culture: it lies on two continents
""")
MUSIC = _tips("""
The Four Seasons by Vivaldi: classical: you can hear birds and storms in it / the Moonlight Sonata by Beethoven: classical:
  it's slow and calm at the beginning / Bolero by Ravel: classical: it grows from a whisper to a roar / Here Comes the Sun by
  the Beatles: cheerful: it's about winter ending
/ Imagine by John Lennon: quiet: it needs little more than a piano and a voice / Bohemian Rhapsody by Queen: rock: it's
  several songs in one / Kind of Blue by Miles Davis: jazz: it's relaxed and clear / What a Wonderful World by Louis
  Armstrong: cheerful: his voice is warm and rough / Thriller by Michael Jackson: pop: it makes people dance
/ Dancing Queen by ABBA: pop: almost everyone can sing along / No Woman, No Cry by Bob Marley: quiet: it comforts people /
  Clair de Lune by Debussy: classical: it sounds like moonlight
""")
