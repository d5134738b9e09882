"""What people tell about themselves: hobbies, pets, jobs and more, each with something to say about it, and names."""
# ruff: noqa: E501  (a row is a line)

import re

from lab.train.material.voice import options

NAMES = options("""
Anna / Ben / Clara / David / Emma / Felix / Grace / Henry / Ida / Jack / Kate / Leo / Maria / Noah / Olivia / Paul / Rosa /
Sam / Tom / Vera / Will / Zoe / Adam / Alice / Amir / Bella / Carlos / Daniel / Elena / Eric / Fatima / George / Hannah /
Ivan / James / Julia / Kevin / Laura / Lucas / Mia / Nina / Oscar / Peter / Priya / Rachel / Robert / Sara / Simon / Sofia /
Theo / Victor / Yuki / Ali / Amy / Chris / Dana / Eva / Frank / Greta / Hugo / Iris / Jonas / Karen / Liam / Mark / Nora /
Omar / Pia / Quinn / Ruth / Sean / Tina / Uma / Walter / Alex / Max / Mina / Diego / Lena / Marco / Nadia / Raj / Mei / John
/ Mary / Lucy / Linda / Susan / Michael / Jane / Steve / Brian / Nick
""")
PET_NAMES = options("""
Max / Bella / Luna / Charlie / Rocky / Milo / Coco / Daisy / Oscar / Ruby / Simba / Nala / Toby / Rex / Buddy / Molly /
Lucky / Ginger / Pepper / Bruno / Misty / Biscuit / Shadow / Tiger / Snowy / Felix / Waffles / Mango / Cookie / Teddy /
Pickles / Nemo / Bubbles / Honey / Olive / Peanut / Sunny / Ziggy / Mochi / Archie
""")
PETS = options(
    "dog / cat / rabbit / hamster / parrot / goldfish / pony / turtle / guinea pig / kitten / puppy / budgie / snake / horse / lizard"
)
COLORS = options("""
blue / green / red / yellow / purple / orange / pink / black / white / turquoise / brown / grey / gold / silver
""")
FOODS = options("""
pizza / pasta / sushi / chocolate / ice cream / soup / rice / salad / bread / cheese / curry / cake / fish / chicken / lasagne / ramen / apple pie / risotto / spaghetti
/ cherries / pancakes / tacos / noodles / dumplings / strawberries / waffles / mangoes / burgers / fries / mushrooms / olives / cookies / bananas / grapes
""")
CITIES = options("""
London / Paris / Berlin / Madrid / Rome / Vienna / Oslo / Lisbon / Dublin / Tokyo / Cairo / Sydney / Boston / Chicago / Toronto / Mumbai / Lima / Athens / Prague / Warsaw / Helsinki / Nairobi / Seoul / Delhi
/ Hamburg / Lyon / Porto / Seattle / Denver / Leeds / Glasgow / Naples / Krakow / Geneva / a small village / the countryside / a big city
""")
# what the user likes, with "is" or "are"; a remark; a question back; what the user may then answer; a reply to any such answer
BAR = re.compile(r"\|(?![^\[]*\])")  # between fields, not inside a choice


def _rows(text: str) -> list[list[str]]:
    return [[part.strip() for part in BAR.split(line)] for line in text.strip().splitlines()]


LIKES: list[tuple[str, str, str, str, list[str], str]] = []
for _line in """
painting|is|a calm way to spend an afternoon|What do you like to paint?|Mostly landscapes.;Flowers, usually.;I paint portraits.|That takes a good eye and patience.
drawing|is|a good way to look closely at things|What do you draw most?|Animals, mostly.;I draw people.;Comics.|With a pencil in hand you see much more.
photography|is|a fine reason to look twice at the world|What do you like to photograph?|Birds, mostly.;Streets and people.;Sunsets.|The right moment makes the picture.
cooking|is|useful and tasty at once|What do you cook most often?|Pasta, usually.;Mostly soups.;I like to cook Indian food.|Home cooking is hard to beat.
baking|is|a sweet kind of science|What do you bake best?|Bread.;Chocolate cake.;Cookies, I think.|I can imagine how good the kitchen smells.
reading|is|a cheap ticket to anywhere|What are you reading now?|A crime novel.;A book about space.;An old fantasy story.|A good book is fine company.
writing|is|a good way to find out what you think|What do you write?|Short stories.;A diary.;Poems, mostly.|A few lines a day add up quickly.
gardening|is|good for the back of the mind|What do you grow?|Tomatoes and herbs.;Roses, mostly.;A bit of everything.|It's nice to watch things grow under your hands.
hiking|is|a good way to clear the head|Where do you like to hike?|In the mountains.;In the woods near my home.;Along the coast.|That sounds like good air and good views.
camping|is|simple living with a big sky|Do you use a tent?|Yes, a small one.;No, we have a van.;Yes, always a tent.|A night outdoors makes you sleep deeply.
fishing|is|a quiet sport for patient people|Where do you go fishing?|At the lake.;In a river nearby.;On the sea.|The quiet may be the best part of it.
swimming|is|kind to the joints and good for the heart|Do you swim in a pool or outdoors?|In a pool.;In the lake, in summer.;In the sea, if I can.|Water makes the whole body feel light.
running|is|hard at first and then it feels free|How far do you run?|About five kilometres.;Ten, on a good day.;Not far yet.|Coming back every week matters more than the distance.
cycling|is|fast, quiet and good for you|Do you ride for fun or to work?|Just for fun.;To work, every day.;Both.|You see more from a bike than from a car.
yoga|is|good for the back and the mind|How long have you done it?|Two years now.;I just started.;Since I was young.|A few calm minutes a day can change a lot.
dancing|is|the happiest kind of exercise|What kind of dance?|Salsa.;Tango.;Just in my kitchen.|Moving to music is good for anyone.
singing|is|good for the lungs and the mood|Where do you sing?|In a choir.;In the shower.;With my band.|Singing lifts the heart, people say.
football|is|the game that the whole world plays|Do you play or watch?|I play every Sunday.;I only watch.;Both.|A good match can save a week.
basketball|is|fast and full of points|Do you play in a team?|Yes, at school.;No, just with friends.;I only watch it.|It takes quick feet and a good eye.
tennis|is|as much about the head as the arm|How often do you play?|Once a week.;Only in summer.;Not often enough.|Even one hour keeps you fit.
volleyball|is|a game where everyone counts|Do you play indoors or on the beach?|On the beach.;Indoors.;Both.|It's great fun with a good team.
skiing|is|speed and fresh air in one|Where do you ski?|In the Alps.;Near my home.;In Norway.|Snow and sun make a perfect day.
surfing|is|a lesson in patience and balance|Is the water cold where you surf?|Yes, very.;No, it's warm.;I wear a wetsuit.|Catching a good wave must be worth it.
chess|is|simple to learn and endless to play|Who do you play against?|My brother.;People online.;The computer.|Every game teaches something.
video games|are|whole worlds that you can walk into|What do you play?|Minecraft.;Racing games.;Mostly puzzles.|A good game makes time fly.
board games|are|a fine reason to sit together|Which one do you like best?|Chess.;Scrabble.;Anything with dice.|It's the talk around the table that counts.
puzzles|are|slow and satisfying|How big are your puzzles?|A thousand pieces.;Small ones.;The bigger, the better.|The last piece must feel wonderful.
music|is|able to change a whole day|What do you listen to?|Mostly rock.;Jazz.;A bit of everything.|The right song at the right time is a gift.
jazz|is|free and full of surprises|Do you play an instrument?|Yes, the piano.;No, I just listen.;A bit of guitar.|Good ears are an instrument too.
classical music|is|calm and huge at the same time|Do you have a favourite composer?|Bach.;Mozart, of course.;I like Chopin.|That music has lasted for good reasons.
rock music|is|loud and honest|Do you go to concerts?|Yes, often.;Not anymore.;Once a year.|Live and loud it must be best.
playing the guitar|is|company for life|How long have you played?|Five years.;I just started.;Since school.|A little practice every day goes a long way.
playing the piano|is|hard work that sounds like play|What do you play?|Mostly Chopin.;Pop songs.;Easy pieces.|Your hands remember what you practise.
films|are|a good way to live other lives|What kind do you like?|Comedies.;Science fiction.;Old classics.|A good film stays with you for days.
horror movies|are|a safe way to be scared|Do you watch them alone?|Never!;Yes, at night.;With my friends.|It takes some nerve to sit through them.
science fiction|is|a way to try out the future|Do you prefer books or films?|Books.;Films.;Both.|It makes you think about what could be.
travelling|is|a good teacher|Where did you go last?|To Italy.;To Japan.;Just to the seaside.|Even a short trip makes home look new.
the sea|is|calm and wild by turns|How often are you there?|Every summer.;Not often enough.;I live near it.|The sound of waves is good for the mind.
the mountains|are|quiet and grand|Do you go up there to hike?|Yes, often.;To ski, mostly.;Just to look.|Up there everything small feels far away.
nature|is|the best place to breathe|Do you have a forest nearby?|Yes, a big one.;Just a park.;No, sadly.|Even one tree can be a good neighbour.
birds|are|a small wonder at every window|Which bird do you like best?|The robin.;Owls!;The little wren.|You only notice them once you look up.
cats|are|soft, proud and funny|Do you have one?|Yes, two.;No, I'm allergic.;Not yet.|A cat decides on its own whom it likes.
dogs|are|loyal and always glad to see you|Do you have one?|Yes, a big one.;No, but my neighbour does.;Not anymore.|Nobody greets you like a dog does.
horses|are|strong and gentle|Do you ride?|Yes, every week.;No, I just like them.;I used to.|They seem to sense how people feel.
coffee|is|a small ceremony in the morning|How do you drink it?|Black.;With milk.;With lots of sugar.|The first cup is often the best.
tea|is|a quiet moment in a cup|Which kind do you like?|Green tea.;Black tea with milk.;Peppermint.|A warm cup slows everything down.
chocolate|is|hard to say no to|Dark or milk?|Dark.;Milk, of course.;Both!|A small piece is good for the mood.
pizza|is|a meal that everyone agrees on|What do you put on it?|Mushrooms.;Just cheese.;Everything!|Hot from the oven it's at its best.
ice cream|is|summer in a bowl|Which flavour do you like?|Vanilla.;Chocolate.;Lemon.|One more scoop never hurt a good day.
sushi|is|small, fresh and pretty|Do you make it yourself?|No, I go out for it.;Yes, sometimes.;I'd like to learn.|It takes skill to make it look so simple.
history|is|full of stories that really happened|Which time do you like most?|The Romans.;The Middle Ages.;The last century.|We understand today better when we know yesterday.
maths|is|clean and clear when it clicks|What do you like about it?|There is one right answer.;The puzzles.;It's beautiful.|Many people fear it, so it's good to hear that.
science|is|curiosity with rules|Which part do you like?|Space.;Biology.;Chemistry.|Asking why is the start of it all.
space|is|so big that it makes us humble|Do you look at the stars?|Yes, with a telescope.;Sometimes.;The city is too bright.|On a clear night the sky is the best show there is.
languages|are|keys to other people|Which one are you learning?|Spanish.;Japanese.;French.|A few words every day will carry you far.
computers|are|patient but very literal|What do you do with them?|I write programs.;I play games.;I fix them.|They do just what you say, for better or worse.
programming|is|a bit like solving puzzles all day|Which language do you use?|Python.;JavaScript.;I'm still learning.|A small program that works is a great feeling.
knitting|is|calm work for busy hands|What are you knitting?|A scarf.;Socks.;A blanket for my niece.|Something made by hand is warm in two ways.
sewing|is|a skill that saves clothes and money|What do you sew?|Dresses.;I mend things.;Bags.|It's good to wear what you made.
collecting stamps|is|a quiet trip around the world|Which stamp do you like best?|An old red one.;One from Japan.;One with a bird.|Small things can tell long stories.
magic tricks|are|a fine way to surprise people|What is your best trick?|One with cards.;A coin trick.;I won't tell!|A good trick needs a lot of practice.
autumn|is|the season of colours|What do you like about it?|The leaves.;The cool air.;The soup!|It's a good time for walks and warm socks.
winter|is|a good season for warm rooms|What do you like about it?|The snow.;Christmas.;The quiet.|Cold outside makes inside feel better.
summer|is|the season of long evenings|What do you do in summer?|I swim a lot.;We go to the sea.;I sit in the garden.|Long light evenings are a gift.
""".strip().splitlines():  # fmt: skip
    _thing, _verb, _trait, _question, _answers, _reply = _line.split("|")
    LIKES.append((_thing, _verb, _trait, _question, _answers.split(";"), _reply))
# a job; what is good about it; a question
JOBS = _rows("""
teacher|you help people grow|What do you teach?
nurse|you are there when people need it most|How long are your shifts?
doctor|people trust you on their hardest days|What kind of doctor are you?
cook|you make people happy with food|What do you cook best?
farmer|we all eat from your work|What do you grow?
bus driver|you bring many people home safely|Which route do you drive?
truck driver|you see a lot of road|How long are your trips?
student|you get to learn new things|What do you study?
carpenter|you make things that last|What did you build last?
painter|you bring colour to places|What are you painting now?
musician|you give people good hours|What do you play?
writer|you make worlds out of words|What are you writing?
programmer|you solve puzzles for a living|What are you building?
engineer|you make things work|What kind of things do you build?
gardener|you make places green|Which plants do you like most?
baker|you are up before everyone else|What do you bake?
plumber|nobody can do without you|What is the oddest job you had?
electrician|you keep the lights on|Do you work alone?
lawyer|words matter in your work|Which field do you work in?
shop assistant|you meet all kinds of people|What do you sell?
waiter|you have a good memory and quick feet|Is it busy at the moment?
hairdresser|people leave you happier than they came|Do your customers talk a lot?
firefighter|you run where others run away|How did you become one?
police officer|you help people in trouble|Is it a hard job?
vet|animals are lucky to have you|Which animals do you see most?
pilot|your office has the best view|Where do you fly?
librarian|you live among stories|What do people borrow most?
mechanic|you make broken things run again|Cars or bikes?
accountant|numbers behave when you are around|Is this a busy season?
cleaner|everything works better after you were there|When does your day begin?
designer|you make useful things beautiful|What do you design?
scientist|you ask questions for a living|What do you study?
tailor|your work fits people perfectly|What do you like to sew?
postman|you bring news to every door|Do you walk or ride?
""")  # fmt: skip
# something that happened, as the user says it; a reply; a question
EVENTS = _rows("""
I went to the zoo [yesterday|today|last week]|A day among animals sounds lovely.|Which animal did you like best?
I went to the beach [yesterday|today|with my friends]|Sand, sun and waves make a good day.|Did you go for a swim?
I went to a concert [last night|yesterday]|Live music is something special.|Who was playing?
I went to the [cinema|movies] [yesterday|last night]|A film on a big screen is a treat.|Which film did you see?
I visited my [grandmother|grandparents|parents|aunt]|I'm sure that they were happy about your visit.|What did you do together?
I had pizza for dinner|Pizza is always a good idea.|What was on it?
I had a barbecue [with friends|with my family|yesterday]|Good food outdoors with good people is hard to beat.|What was on the grill?
I baked a cake [today|yesterday|for my mother]|A homemade cake makes everyone happy.|What kind of cake was it?
I bought a new [bike|bicycle]|A new bike is a ticket to small adventures.|Where will you ride it first?
I bought a new [phone|computer|laptop]|Setting up something new can be fun.|What do you like about it?
I bought a [house|flat]|That's a big step, congratulations.|When do you move in?
I'm moving to a new [city|house|flat]|Moving is a lot of work, but a fresh start too.|When do you move?
I [got|adopted] a new [dog|puppy]|How nice, a puppy turns a home upside down.|What's its name?
I [got|adopted] a [kitten|cat]|A kitten brings a lot of life into a home.|What's its name?
I [got|am getting] married [last month|this summer|soon]|Congratulations, that's wonderful news.|How will you celebrate?
[My sister|My wife|My friend] had a baby|Congratulations to the whole family.|What's the baby's name?
I'm learning [Spanish|French|German|Japanese]|A new language opens new doors.|What do you find hardest?
I'm learning to [drive|swim|cook|play the guitar]|It's great that you are learning something new.|How is it going?
I ran five kilometres [today|this morning]|Five kilometres is a fine distance.|Do you run often?
I finished [a book|a good book|my book]|The end of a book is happy and sad at once.|What was it about?
I watched [a film|a movie|a series] [last night|yesterday]|A good story makes an evening short.|What was it about?
I'm watching [TV|a film|a series]|That sounds like a relaxed time.|What are you watching?
I'm cooking [dinner|lunch|soup|pasta]|I'm sure that it smells good in your kitchen.|What are you making?
I'm drinking [tea|coffee|cocoa]|A warm cup is a good companion.|How do you like it best?
I'm on [the train|a bus|the way home]|Then you have a bit of time to chat.|Where are you going?
I'm at work|I hope that the day goes smoothly.|What do you do for work?
I'm at school|I hope that you learn something good today.|What's your favourite subject?
I have homework to do|Starting is the hardest part of homework.|What subject is it?
I have a day off [today|tomorrow]|A free day is a small gift.|How will you spend it?
I'm going on holiday [tomorrow|next week|soon]|A change of place is good for everyone.|Where are you going?
I'm going to a party [tonight|tomorrow]|I hope that you have a great time.|Whose party is it?
I'm going to the [gym|dentist|doctor|hairdresser|supermarket]|It's good to have that done.|Do you go there often?
It's my birthday[ today| tomorrow|]|Happy birthday, I wish you a wonderful year.|How will you celebrate?
It's my [mother's|father's|friend's|son's|daughter's] birthday|Happy birthday to them from me as well.|Is there going to be cake?
I [cleaned|tidied] my [room|flat|house]|A tidy place makes the mind lighter.|How does it look now?
I planted [tomatoes|flowers|a tree]|Growing things takes patience, and it's worth it.|Do you have a garden?
I [lost|can't find] my [keys|wallet|phone|glasses]|That's annoying, so try the place where you last used it.|When did you last have it?
I missed [the bus|my train]|That's a pity, but another one will come.|How long do you have to wait?
I [slept badly|didn't sleep well]|A bad night makes for a long day, so be gentle with yourself.|What kept you awake?
I slept [well|like a baby]|Good sleep is half of a good day.|What will you do with all that energy?
I won [a prize|the game|a race]|Congratulations, you must have worked for it.|How did you do it?
I got a new job|Congratulations on the new job.|What will you be doing?
I [had a long day|worked all day]|After such a day you deserve some rest.|What made it so long?
I'm [making|playing] music|Music is time well spent.|What are you playing?
I'm waiting for [a friend|the bus|my food]|Waiting is easier with a bit of talk.|Is it taking long?
""")  # fmt: skip
# everyday opinions: what is asked about; a fair word about it
OPINIONS = _rows("""
pineapple on pizza|some love the sweet taste and others think that it doesn't belong there
cats or dogs|cats are free spirits and dogs are loyal friends
coffee or tea|coffee wakes people up and tea calms them down
the beach or the mountains|the beach is for resting and the mountains are for walking
summer or winter|summer has long evenings and winter has cosy ones
books or films|books let you see the pictures in your head and films show them at once
city or countryside|the city has more to do and the countryside has more quiet
football|it's simple, and that may be why so many people love it
social media|it keeps people in touch, but it eats a lot of time
mobile phones|they're useful, but it's good to put them away at times
working from home|it saves the way to work, but some miss their colleagues
homework|a little of it helps, and too much of it takes the fun out of learning
getting up early|the morning is quiet, but only if you went to bed in time
fast food|it's quick and tasty, but not for every day
artificial intelligence|it can be useful, but it makes mistakes and people should check it
robots|they can take over dull work, but they don't replace people
money|it makes life easier, but it doesn't keep you company
electric cars|they're quiet and clean to drive, but charging takes time
bicycles|they're cheap, healthy and easy to park
modern art|some pieces are odd, and that gives people something to talk about
tattoos|they're a personal choice that should be thought over
video games|they're fun and train the mind, as long as there is time for other things
school uniforms|they make things simple, but some would rather choose for themselves
horror films|some enjoy being scared and others can't sleep afterwards
rap music|good rap is poetry with a beat
television|a good programme is fine, but not all evening
exams|they're stressful, but they show what you know
spiders|they look scary, but they catch flies and mostly do no harm
Christmas|many love the lights and the food, and some find it stressful
Mondays|nobody loves them, but they only come once a week
pets|they need time and care, and they give a lot back
cooking|it takes time, but it's cheaper and often better than eating out
flying|it's fast, but trains are kinder to the climate
""")  # fmt: skip
