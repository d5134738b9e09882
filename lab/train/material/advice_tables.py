"""Everyday advice. A row is `what the user wants to do | tip; tip; tip; tip | a question back`; tips are commands."""

import re

# ruff: noqa: E501  (a row is a line)

BAR = re.compile(r"\|(?![^\[]*\])")  # between fields, not inside a choice
TOPICS = [[part.strip() for part in BAR.split(line)] for line in """
sleep better|go to bed at the same time every night; put the phone away an hour before bed; keep the room dark and cool; skip coffee after lunch|What keeps you awake?
fall asleep faster|read something calm in bed; breathe out slowly and count your breaths; write down what worries you; take a warm shower before bed|When do you usually go to bed?
wake up early|put the alarm across the room; go to bed earlier; open the curtains at once; plan something nice for the morning|When do you want to get up?
study for an exam|start early and study a little every day; explain the topic to someone in your own words; try old exam questions; take a short break every half hour|Which subject is it?
concentrate better|put the phone in another room; work for twenty-five minutes and then rest for five; do one thing at a time; keep your desk clear|What distracts you most?
do my homework faster|start with the hardest task; turn off the television; set a timer; ask early when you are stuck|What subject is the hardest?
remember what I read|close the book and say the main points aloud; take short notes; come back to it the next day; ask yourself questions about it|What are you reading?
learn a language|learn ten words a day; listen to songs and simple shows; speak from the first week; repeat old words often|Which language is it?
learn to draw|draw a little every day; look longer than you draw; begin with simple shapes; keep your old drawings to see progress|What do you want to draw?
learn the guitar|practise ten minutes every day; begin with three easy chords; play slowly and cleanly; learn a song that you love|Do you have a guitar already?
learn to cook|begin with three simple dishes; read the whole recipe first; taste as you go; keep your knives sharp|What would you like to cook first?
learn to swim|take a course with a teacher; practise breathing out under water; stay where you can stand; go every week|Are you at ease in water?
learn to dance|start with a slow rhythm; watch your feet less and listen more; take a beginners' class; practise at home where nobody looks|Which dance do you like?
learn programming|write small programs from the first day; read error messages slowly; build something that you need; change examples and see what happens|What would you like to build?
save money|write down what you spend; put something aside on payday; cook at home more often; wait a day before you buy|What are you saving for?
spend less on food|plan the meals of the week; never shop when you are hungry; buy what is in season; use up leftovers|How many people do you cook for?
pay off my debts|list all debts with their interest; pay the most expensive one first; stop using the card; ask a free debt advice service|Do you have a list of them?
prepare for a job interview|read about the company; practise answers aloud; have two questions ready; arrive ten minutes early|What kind of job is it?
write a good application|read the advert twice; keep it to one page; name one thing that you did well; let a friend check it|Which job is it for?
ask for a raise|list what you have achieved; find out what others earn; choose a calm moment; name a clear number|How long have you worked there?
find a job|tell everyone that you are looking; apply for a few jobs every week; keep your CV short and clear; ask for feedback after a no|What kind of work do you want?
quit my job politely|tell your boss first and in person; give notice in time; say thank you for what you learned; hand over your work well|Do you have something new?
start a business|solve a problem that you know well; talk to customers before you build; begin small; keep enough money for half a year|What is your idea?
go on a first date|choose a quiet place where you can talk; ask questions and listen; be on time; be yourself|Where do you want to go?
ask someone out|keep it simple and kind; suggest a clear plan, such as a coffee; choose a quiet moment; take a no with grace|Do you know each other well?
make friends|join a club that you like; say hello first; ask questions and remember the answers; invite someone for a walk|What do you like to do?
start a conversation|ask about something that you both see; smile and say hello; ask an open question; listen more than you speak|Where do you want to talk to people?
be less shy|begin with one hello a day; prepare a question; look at people's eyes for a moment; remember that others are shy too|In which situations are you shy?
remember names|say the name aloud once; link it to a picture; use it again when you say goodbye; write it down later|Where do you meet so many people?
say no|say it short and kindly; don't explain too much; offer another way if you like; take time before you answer|What would you like to refuse?
apologize to a friend|say plainly what you did wrong; leave out every but; ask how to make it right; give your friend time|What happened?
make up with my friend|wait until both are calm; speak about your own part first; listen without cutting in; suggest doing something together|How long have you been apart?
be a good listener|put the phone away; let people finish; ask one more question; don't rush to give advice|Who do you want to listen to?
get over a breakup|let yourself be sad for a while; put the photos away; see friends often; do one new thing each week|How long ago was it?
deal with a bully|tell an adult or someone you trust; stay near friends; write down what happens; answer calmly or walk away|Is there someone you can tell?
deal with a difficult boss|stay calm and polite; note what was agreed; ask for clear goals; talk to someone you trust at work|What bothers you most?
deal with stress|write down everything and choose one task; take slow breaths; go for a short walk; ask for help|What stresses you at the moment?
calm down|breathe in for four counts and out for six; name five things that you can see; drink cold water slowly; walk around the block|What upset you?
stop worrying|write the worry down and the next step beside it; give worrying a fixed quarter of an hour; do something with your hands; talk to a friend|What worries you?
be happier|note three good things each evening; move a little every day; see people you like; help somebody|What made you smile lately?
be more confident|do one small brave thing a day; stand up straight; prepare well; note what went right|When do you feel unsure?
stop procrastinating|make the first step tiny; set a timer for ten minutes; put the phone away; reward yourself afterwards|What are you putting off?
build a good habit|start very small; tie it to something that you do anyway; mark every day on a calendar; don't miss twice|Which habit is it?
break a bad habit|find out when it happens; replace it with something harmless; make it harder to do; forgive a slip and go on|Which habit is it?
stop biting my nails|keep them short; notice when you do it; keep your hands busy; use a bitter polish|When do you do it most?
quit smoking|set a date and tell your friends; throw away what reminds you; chew gum when you crave one; ask a doctor for help|How long have you smoked?
use my phone less|turn off most notifications; leave it outside the bedroom; set fixed times for it; put a book where it used to lie|What do you use it for most?
start running|run slowly enough to talk; begin with one minute of running and one of walking; buy good shoes; go three times a week|Have you run before?
get fit|move for twenty minutes a day; take the stairs; do what you enjoy; sleep enough|What kind of sport do you like?
get stronger|do push-ups, squats and planks; train three times a week; add a little each week; eat enough protein|Do you train at home?
lose weight|eat more vegetables and fewer sweets; drink water instead of soda; walk every day; go slowly and ask a doctor first|Do you like to walk?
eat healthily|fill half of the plate with vegetables; drink water; eat slowly; keep sweets for special days|What do you usually eat?
eat less sugar|drink water or tea instead of soda; eat fruit when you want something sweet; read the labels; use a little less each week|What is the hardest to give up?
drink more water|keep a bottle on your desk; drink a glass with every meal; add lemon for taste; drink before you are thirsty|How much do you drink now?
cook rice|rinse it first; use two cups of water for one cup of rice; let it simmer with the lid on; let it rest for five minutes|What will you eat with it?
boil an egg|put it into boiling water; wait six minutes for soft and ten for hard; cool it in cold water; peel it under the tap|Do you like it soft or hard?
make good coffee|use fresh beans; take water just below boiling; use about two spoons a cup; keep the machine clean|How do you drink it?
make a good soup|fry onions first; add vegetables and water or broth; let it simmer; season at the end|Which vegetables do you have?
bake bread|use flour, water, yeast and salt; knead for ten minutes; let the dough rise for an hour; bake it hot until it sounds hollow|Have you baked before?
clean my room|start with the rubbish; put clothes away next; work from top to bottom; play music while you do it|How bad is it?
tidy up quickly|set a timer for fifteen minutes; take a basket for things in the wrong place; clear the surfaces first; make the bed|Which room is it?
get rid of things I don't need|take one drawer at a time; keep what you use and love; give good things away; don't buy new boxes first|Where will you start?
remove a stain|dab it at once and don't rub; use cold water for blood; put salt on red wine; test any cleaner on a hidden spot|What kind of stain is it?
wash my clothes properly|sort light and dark; read the label; don't fill the drum too full; hang them up at once|What do you want to wash?
iron a shirt|do it while it's slightly damp; start with the collar; do the sleeves next; hang it up right away|Is it cotton?
keep plants alive|feel the soil before you water; put them near a window; use pots with a hole; wipe the leaves now and then|Which plants do you have?
grow tomatoes|give them full sun; water the soil and not the leaves; tie them to a stick; pinch out the side shoots|Do you have a garden or a balcony?
train my dog|reward good behaviour at once; use one word for one thing; keep lessons short; stay calm and patient|How old is your dog?
take care of a cat|give fresh water every day; clean the litter box daily; play with it in the evening; visit the vet once a year|Does it live indoors?
choose a pet|think about your time and space; ask what it costs; check for allergies; visit a shelter|Which animal do you have in mind?
find a gift for my [mother|mom]|choose something that gives time together; think of what she once mentioned; frame a photo; cook her favourite meal|What does she like?
find a gift for my [father|dad]|think of his hobby; give him a day out together; choose one good thing over many; add a handwritten card|What does he like to do?
find a gift for my friend|recall what your friend talked about lately; make something yourself; give a shared evening; write a few honest words|What does your friend like?
plan a birthday party|choose date and guests first; keep the food simple; have one or two games ready; ask a friend to help|How many guests will come?
plan a trip|choose what you want to see most; book the bed early; leave one day free; pack less than you think|Where do you want to go?
pack a suitcase|make a list; roll your clothes; put heavy things at the bottom; leave some space for the way back|How long will you be away?
travel cheaply|travel outside the holidays; take buses and trains; cook some meals yourself; look for free museums|Where do you want to go?
feel better on a plane|choose a seat near the wings; drink water; stand up now and then; chew gum during the landing|Is it a long flight?
give a speech|know your first sentence by heart; speak slowly; tell one story; look at friendly faces|What is it about?
give a good presentation|use few words on each slide; put the main point at the start; practise with a clock; end with one clear sentence|How long should it be?
write a letter|begin with why you write; write as you speak; tell one small story; end with a wish|Who is it for?
write a good story|begin in the middle of something; give the hero a wish and a problem; read it aloud; cut what is boring|What is it about?
write a poem|begin with one picture; use simple words; read it aloud; cut half of it|What should it be about?
keep a diary|write three lines each evening; don't care about style; keep it beside the bed; note one good thing|Have you kept one before?
read more books|carry a book with you; read ten pages before bed; put away books that bore you; visit the library|What do you like to read?
move to a new flat|pack one room at a time; write on every box where it goes; change your address early; keep the kettle until the end|When do you move?
get along with my roommate|agree on a few clear rules; talk early and kindly; clean up at once; do something together now and then|What is the problem?
get along with my neighbours|say hello; tell them before a party; talk before you get angry; offer a hand|Is there a problem?
help a sad friend|listen before you give advice; ask what would help; bring food or go for a walk together; check in again tomorrow|What happened to your friend?
help my child sleep|keep the same steps every evening; dim the lights early; read a story; stay calm and brief at night|How old is your child?
help my child learn to read|read aloud every day; let the child choose the book; make it short and fun; praise the effort|How old is your child?
choose what to study|list what you do gladly; talk to people in the job; visit a lecture; remember that you can change later|Which subjects do you like?
make a decision|write down both sides; ask what you'd tell a friend; sleep on it once; decide and then stop looking back|What are you deciding?
manage my time|plan the day the evening before; do the most important thing first; say no more often; leave gaps between tasks|What takes up most of your time?
be on time|leave ten minutes earlier than needed; lay things out the evening before; set two alarms; check the way in advance|What makes you late?
work from home|get dressed as if you went out; keep fixed hours; take a real lunch break; close the door at the end of the day|Do you have a desk of your own?
survive a hot day|drink a lot of water; close the curtains by day; wear light clothes; move heavy work to the evening|Do you have a fan?
take good photos|look for soft light; go one step closer; keep the horizon straight; take several and keep the best|What do you like to photograph?
fix a flat bicycle tyre|take off the wheel and the tube; find the hole with water; roughen, glue and patch it; check the tyre for the nail|Do you have a repair kit?
choose a good password|use four random words; take a new one for each account; keep them in a password manager; turn on the second step|How many accounts do you have?
stay safe online|never share your password; think before you click a link; update your devices; ask someone if a message looks odd|Did something odd happen?
get over a cold|rest as much as you can; drink tea and water; keep the room a bit humid; see a doctor if it lasts|How long have you had it?
stop hiccups|hold your breath for ten seconds; drink a glass of cold water slowly; swallow a spoon of sugar; breathe out slowly|How long have you had them?
""".strip().splitlines()]  # fmt: skip
