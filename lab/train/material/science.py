"""Short explanations: how and why things are as they are. Each has the wordings of its question, an answer, and some more.

A block is: questions between bars, then the short answer, the explanation, one more sentence, and a question to ask back.
"""

from __future__ import annotations

from lab.train.material.tables import unfolded

TEXT = """
Why is the sky blue?|What makes the sky blue?|How come the sky is blue?|Explain why the sky is blue.
Because air scatters blue light the most.
The sky is blue because the air scatters blue light from the sun more than red light.
In the evening the light takes a longer way, and the sky turns red.
Do you like to watch the sky?

Why is grass green?|Why are leaves green?|What makes plants green?|Why are plants green?
Because of chlorophyll.
Plants are green because of chlorophyll, a green substance that catches light.
In autumn it fades, and other colours appear.
Do you have plants at home?

What is photosynthesis?|Explain photosynthesis.|How does photosynthesis work?|How do plants make food?
It is how plants make food from light.
Photosynthesis is how plants use light, water and carbon dioxide to make sugar and oxygen.
It happens mostly in the leaves.
Are you learning about plants?

Why does it rain?|Where does rain come from?|How does rain form?|What makes it rain?
Because drops in clouds grow too heavy.
It rains when tiny drops in the clouds join and become too heavy to stay up.
The water came up from seas, lakes and rivers before.
Do you like rainy days?

Why is the sea salty?|Why is sea water salty?|Why does the ocean taste salty?|How did salt get into the sea?
Because rivers carry salt into it.
The sea is salty because rivers wash small amounts of salt from rocks into it.
The water evaporates, but the salt stays.
Do you like to swim in the sea?

Why do we have seasons?|What causes the seasons?|Why are there seasons?|Why is it cold in winter?
Because the Earth is tilted.
We have seasons because the Earth is tilted as it moves around the sun.
Our half gets more light in summer and less in winter.
Which season do you like most?

Why is there day and night?|What causes day and night?|Why does it get dark at night?|Why do we have night?
Because the Earth turns.
We have day and night because the Earth turns once around itself in about 24 hours.
It is day on the side that faces the sun.
Are you a morning person?

What causes a rainbow?|How does a rainbow form?|Why do we see rainbows?|What makes a rainbow?
Because raindrops split sunlight.
A rainbow forms when drops of rain split sunlight into its colours.
The sun must be behind you to see one.
When did you last see one?

Why do we sleep?|Why do people sleep?|Why do we need sleep?|What is sleep good for?
Because body and brain need rest.
We sleep so that the body can recover and the brain can sort what we learned.
Most adults need seven to nine hours.
Do you sleep well?

Why do we yawn?|What makes people yawn?|Why do people yawn?|What is a yawn for?
Nobody knows for sure.
Nobody knows exactly why we yawn, but it happens most when we are tired or bored.
Seeing a yawn can make you yawn too.
Are you tired?

Why do we sweat?|What is sweat for?|Why do people sweat?|Why does the body sweat?
To cool down.
We sweat because the body cools down when water dries on the skin.
That is why it is good to drink on hot days.
Is it hot where you are?

Why do we breathe?|Why do we need air?|Why do people need oxygen?|What do we breathe for?
Because the body needs oxygen.
We breathe because the cells of the body need oxygen to get energy from food.
We also breathe out carbon dioxide.
Are you learning about the body?

What does the heart do?|Why does the heart beat?|What is the heart for?|How does the heart work?
It pumps blood.
The heart pumps blood through the body, and the blood carries oxygen and food.
It beats about seventy times a minute at rest.
Do you know your pulse?

What do the lungs do?|What are lungs for?|How do the lungs work?|Why do we have lungs?
They take in oxygen.
The lungs bring oxygen from the air into the blood and let carbon dioxide out.
We have two of them.
Do you do a sport?

What does the brain do?|What is the brain for?|How does the brain help us?|Why do we have a brain?
It controls the body.
The brain controls the body, and it is what we think, feel and remember with.
It uses a lot of energy.
What would you like to know about it?

What do the kidneys do?|What are kidneys for?|Why do we have kidneys?
They clean the blood.
The kidneys clean the blood and make urine from what the body does not need.
Most people have two.
Are you learning about the body?

What does the stomach do?|What is the stomach for?|What happens in the stomach?
The stomach breaks down food.
The stomach mixes food with acid and breaks it down.
After that the food goes to the intestines.
Are you hungry?

Why do we have bones?|What are bones for?|What does the skeleton do?
They hold the body up.
Bones hold the body up and protect the soft parts inside.
An adult has about 206 of them.
Have you ever broken a bone?

Why does ice float?|Why does ice float on water?|How can ice float?
Because it is lighter than water.
Ice floats because water grows when it freezes, so ice is lighter than the same amount of water.
That is why lakes freeze from the top.
Do you like ice skating?

When does water boil?|At what temperature does water boil?|How hot is boiling water?
At 100 degrees Celsius.
Water boils at 100 degrees Celsius at sea level, when it turns into steam.
High up in the mountains it boils earlier.
Are you cooking?

When does water freeze?|At what temperature does water freeze?|How cold must it be for ice?|What is the freezing point of water?
At 0 degrees Celsius.
Water freezes at 0 degrees Celsius, which is 32 degrees Fahrenheit.
Salt water needs it a little colder.
Do you like the winter?

What is gravity?|Explain gravity.|What does gravity mean?
The force that pulls things together.
Gravity is the force that pulls things toward each other, and it makes things fall to the ground.
It also keeps the Moon near the Earth.
Do you like physics?

Why does the moon shine?|Where does moonlight come from?|How does the moon shine?
It reflects sunlight.
The Moon makes no light of its own; it reflects the light of the sun.
That is why it seems to change its shape.
Can you see the Moon tonight?

Why does the moon change shape?|Why do we see a half moon?|Why is the moon not always full?
Because we see different lit parts.
The Moon seems to change because we see more or less of the side that the sun lights.
From one full moon to the next it takes about 29 days.
Do you like full moon nights?

What causes the tides?|Why are there tides?|Why does the sea rise and fall?
Because of the pull of the Moon.
Tides come mostly from the gravity of the Moon, which pulls the water of the sea.
The sun helps a little.
Do you live near the sea?

What is a solar eclipse?|What happens in a solar eclipse?|Explain a solar eclipse.
The Moon covers the sun.
In a solar eclipse the Moon moves between the Earth and the sun and covers it.
You must never look at it without special glasses.
Have you ever seen one?

What is the sun made of?|What is inside the sun?|Do you know what the sun is made of?
Mostly hydrogen and helium.
The sun is a star of hydrogen and helium, and it makes heat by nuclear fusion.
Its light needs about eight minutes to reach us.
Do you like sunny days?

How far is the moon?|How far away is the moon?|What is the distance to the moon?
About 384,000 kilometres.
The Moon is about 384,000 kilometres away from the Earth.
A rocket needs about three days for the trip.
Would you like to go there?

How do planes fly?|Why do planes stay up?|How can a plane fly?|What keeps a plane in the air?
Their wings push air down.
Planes fly because their wings push air down, and the air pushes them up.
The engines give them the speed for it.
Do you like flying?

How do birds fly?|Why can birds fly?|How can birds fly?
They have wings and light bones.
Birds fly by beating their wings, and their light bones and feathers help them.
Some birds, such as penguins, cannot fly.
Do you like birds?

Why do birds migrate?|Why do birds fly south?|Why do some birds leave in winter?
To find food and warmth.
Birds fly south because there is little food for them in the cold winter.
In spring they come back.
Have you seen birds leave?

Why do bees make honey?|What do bees need honey for?|Why do bees store honey?
As food for the winter.
Bees make honey from nectar so that they have food in the winter.
They store it in small cells of wax.
Do you like honey?

Why do cats purr?|What does it mean when a cat purrs?|Why does my cat purr?
Because they feel good, mostly.
Cats often purr when they feel good, but also at times when they are hurt.
Purring may calm them.
Do you have a cat?

Why do dogs wag their tails?|What does it mean when a dog wags its tail?|Why does my dog wag its tail?
Because they are excited or happy.
Dogs wag their tails when they are excited, and often that means they are happy.
A stiff tail can mean that they are tense.
Do you have a dog?

How do fish breathe?|How can fish breathe under water?|Why can fish live in water?
They have gills.
Fish breathe with gills, which take oxygen out of the water.
Whales have lungs, so they must come up for air.
Do you have fish?

Why do leaves fall in autumn?|Why do trees lose their leaves?|Why do leaves fall?
To save water in winter.
Trees drop their leaves in autumn because they cannot get enough water from the cold ground.
In spring new leaves grow.
Do you like autumn?

Why do leaves change colour?|Why do leaves turn red?|Why do leaves turn yellow?
Because the green fades.
Leaves turn yellow or red because the green chlorophyll fades in autumn.
The other colours were there before, but hidden.
Do you like the colours of autumn?

What do plants need to grow?|What does a plant need?|What do flowers need?
Light, water, air and soil.
A plant needs light, water, air and food from the soil.
Most plants also like it warm.
Do you have a garden?

Why does iron rust?|How does rust form?|Why do things rust?
Because of water and air.
Iron rusts when it meets water and oxygen from the air.
Paint or oil can protect it.
Is something of yours rusty?

How does a magnet work?|Why does a magnet pull iron?|Why do magnets stick to iron?
It has a magnetic field.
A magnet has an invisible field around it that pulls iron and some other metals.
It has a north pole and a south pole.
Do you play with magnets?

What is electricity?|Explain electricity.|What is electric current?
Energy of moving charges.
Electricity is a form of energy, and in a wire it is the flow of tiny charged particles.
We use it for light, heat and machines.
What do you want to know about it?

Why do we see lightning before thunder?|Why does thunder come after lightning?|Why is lightning before thunder?
Because light is faster than sound.
We see lightning first because light travels much faster than sound.
Three seconds between them mean about one kilometre.
Do you like thunderstorms?

What causes lightning?|How does lightning form?|Where does lightning come from?
Electric charge in clouds.
Lightning is a huge spark between parts of a cloud, or between a cloud and the ground.
It is hotter than the surface of the sun.
Are you afraid of storms?

What causes wind?|Where does wind come from?|Why is there wind?
Because the air pressure differs.
Wind is air that moves from places with high pressure to places with low pressure.
The sun causes it by heating some places more than others.
Is it windy where you are?

What causes earthquakes?|Why are there earthquakes?|How do earthquakes happen?
Because plates of the Earth move.
Earthquakes happen when large plates of the Earth's crust move and slip suddenly.
Most of them are too small to feel.
Have you ever felt one?

How does a volcano work?|Why do volcanoes erupt?|How does a volcano erupt?
Melted rock comes up.
A volcano erupts when hot melted rock and gas press up through the ground.
On the surface the melted rock is called lava.
Have you seen a volcano?

What is the water cycle?|Explain the water cycle.|How does the water cycle work?
Water goes up and comes down again.
In the water cycle water evaporates, forms clouds, falls as rain and flows back to the sea.
The sun drives it.
Is that for school?

What is climate change?|Explain climate change.|What is global warming?
The warming of the Earth.
Climate change means that the Earth gets warmer, mostly because we burn coal, oil and gas.
It brings more heat, droughts and floods.
What would you like to know about it?

What is the greenhouse effect?|Explain the greenhouse effect.|How does the greenhouse effect work?
Gases keep heat in.
The greenhouse effect means that some gases in the air keep the heat of the Earth from leaving.
Without it the Earth would be very cold.
Is that for school?

What is DNA?|Explain DNA.|What does DNA mean?
The plan of a living thing.
DNA is a long molecule in our cells that carries the plan for how a body is built.
We get half of it from each parent.
Are you learning biology?

What is evolution?|Explain evolution.|What does evolution mean?
Slow change of living things.
Evolution is the slow change of living things over many generations.
Those that fit their world best have more young.
Are you interested in animals?

What is a virus?|What are viruses?|Explain what a virus is.
A tiny germ.
A virus is a tiny germ that needs the cells of a living thing to multiply.
A cold is caused by viruses.
Are you feeling well?

Why do we get a cold?|What causes a cold?|How do people catch a cold?
Because of viruses.
We catch a cold from viruses, mostly from other people in closed rooms.
Washing your hands helps against it.
Do you have a cold?

Why should we wash our hands?|Why is washing hands important?|Why do I have to wash my hands?
To remove germs.
We wash our hands to remove germs that can make us ill.
Soap and twenty seconds are enough.
What else would you like to know?

Why should we brush our teeth?|Why do I have to brush my teeth?|Why is brushing teeth important?
To keep them healthy.
We brush our teeth to remove the layer of bacteria that makes holes in them.
Twice a day is good.
Do you like going to the dentist?

Why do onions make us cry?|Why do I cry when I cut onions?|What is in onions that makes us cry?
Because of a gas.
A cut onion gives off a gas that stings the eyes, and tears wash it away.
A sharp knife and cold onions help.
Are you cooking?

Why does bread rise?|How does bread rise?|What makes dough rise?
Because of yeast.
Bread rises because yeast eats sugar and makes small bubbles of gas in the dough.
It likes warm places.
Do you bake?

How do computers work?|How does a computer work?|How can a computer work?
By following instructions.
A computer follows a list of simple instructions, one after the other and very fast.
Inside it everything is stored as zeros and ones.
Do you like computers?

What is the internet?|Explain the internet.|What does internet mean?
A network of computers.
The internet is a worldwide network through which computers send each other data.
Websites, mail and calls all travel through it.
What do you use it for?

What is artificial intelligence?|What is AI?|Explain AI.|What does AI mean?
Programs that learn to do tasks.
Artificial intelligence means computer programs that learn to do tasks for which people need to think.
I am a very small example of it.
What would you like to use it for?

What is a language model?|What is a chatbot?|Explain what a chatbot is.
A program that guesses the next word.
A chatbot is a program that learned from text which word is likely to come next.
I am one too, and that is why I make mistakes.
Does that surprise you?

What is sound?|Explain what sound is.|What is a sound?
Waves in the air.
Sound is a wave of tiny movements that travels through air, water or solid things.
There is no sound in empty space.
Do you make music?

How fast is light?|What is the speed of light?|How fast does light travel?
About 300,000 kilometres a second.
Light travels about 300,000 kilometres in one second.
Nothing known is faster.
Do you like physics?

Which planet is the biggest?|What is the largest planet?|What is the biggest planet in our solar system?
Jupiter.
Jupiter is the biggest planet of our solar system.
More than a thousand Earths would fit into it.
Do you like space?

How many planets are there?|How many planets are in our solar system?|How many planets does the sun have?
Eight.
There are eight planets in our solar system, from Mercury to Neptune.
Pluto is now called a dwarf planet.
Do you like space?

Which planet is closest to the sun?|What is the closest planet to the sun?|What is the first planet from the sun?
Mercury.
Mercury is the planet closest to the sun.
A year there takes only 88 days.
Do you like space?

What is the red planet?|Which planet is called the red planet?|Which planet is red?
Mars.
Mars is called the red planet because of rust in its soil.
It has two small moons.
Would you like to travel there?

Which planet has rings?|What planet is famous for its rings?|Which planet has big rings?
Saturn.
Saturn is famous for its rings, which are made of ice and rock.
Jupiter, Uranus and Neptune have thin rings too.
Have you seen it through a telescope?

What is the largest ocean?|Which ocean is the biggest?|What is the biggest ocean on Earth?
The Pacific Ocean.
The Pacific Ocean is the largest ocean on Earth.
It covers about a third of the Earth.
Do you like the sea?

What is the highest mountain?|Which mountain is the highest?|What is the tallest mountain in the world?
Mount Everest.
Mount Everest is the highest mountain above sea level, with almost 8,849 metres.
It stands between Nepal and China.
Do you like mountains?

What is the largest animal?|Which animal is the biggest?|What is the biggest animal in the world?
The blue whale.
The blue whale is the largest animal on Earth and can be 30 metres long.
It eats tiny animals called krill.
Do you like whales?

What is the fastest animal?|Which animal is the fastest?|What is the fastest land animal?
On land, the cheetah.
The cheetah is the fastest animal on land and runs about 100 kilometres an hour.
In the air the peregrine falcon is even faster.
Do you like big cats?

What is the tallest animal?|Which animal is the tallest?|Which animal has the longest neck?
The giraffe.
The giraffe is the tallest animal and has a very long neck.
With it the giraffe reaches leaves high in the trees.
Have you ever seen one?

What is the biggest country?|Which country is the largest?|What is the largest country in the world?
Russia.
Russia is the largest country of the world by area.
It reaches from Europe across all of northern Asia.
Do you like geography?

What are the continents?|Name the continents.|Which continents are there?
Africa, Antarctica, Asia, Australia, Europe and the two Americas.
There are seven continents: Africa, Antarctica, Asia, Australia, Europe, North America and South America.
Asia is the largest.
On which one do you live?

What are the seasons?|Name the seasons.|What are the four seasons?
Spring, summer, autumn and winter.
The four seasons are spring, summer, autumn and winter.
Each lasts about three months.
Which season do you like best?

What are the primary colours?|Name the primary colours.|Which colours are primary?
Red, yellow and blue.
In painting the primary colours are red, yellow and blue.
You can mix many other colours from them.
Do you like to paint?

How do you make green?|What do blue and yellow make?|Which colours make green?|What colour do you get from blue and yellow?
Blue and yellow.
Blue and yellow together make green.
With more yellow it gets lighter.
Are you painting?

How do you make orange?|What do red and yellow make?|Which colours make the colour orange?
Red and yellow.
Red and yellow together make orange.
With more red it gets darker.
Are you painting?

How do you make purple?|What do red and blue make?|Which colours make purple?
Red and blue.
Red and blue together make purple.
With some white it turns into lilac.
Are you painting?

What is H2O?|What is the formula of water?|What does H2O mean?
Water.
H2O is water: two atoms of hydrogen and one of oxygen.
It can be ice, liquid or steam.
Are you learning chemistry?

How many bones do we have?|How many bones does a person have?|How many bones are in the human body?
About 206.
An adult has about 206 bones, and a baby has more.
Some of them grow together later.
Is that for school?

How many teeth do we have?|How many teeth does a person have?|How many teeth does an adult have?
Up to 32.
An adult has up to 32 teeth, and a child has 20 milk teeth.
Four of them are wisdom teeth, which some people never get.
Do you like going to the dentist?

What are the five senses?|Name the five senses.|What senses do people have?
Sight, hearing, smell, taste and touch.
The five senses are sight, hearing, smell, taste and touch.
Balance is sometimes called the sixth one.
Which one is most important to you?

Why do things fall down?|Why do things fall?|What makes an apple fall?|Why does a ball fall down?
Because of gravity.
Things fall because gravity pulls them toward the Earth.
It pulls on you too, all the time.
Do you like physics?

Where does honey come from?|How do bees make honey?|What is honey made from?
From nectar.
Bees make honey from the nectar of flowers, which they carry home and dry.
They eat it in the winter.
Do you like honey?

How do chatbots work?|How does a language model work?|How does a chatbot know what to say?
By guessing the next word.
A chatbot like me guesses one word after another, as it learned from text.
That is why it can be wrong.
Does that surprise you?

Why is the sun hot?|How does the sun make heat?|Why does the sun shine?
Because of nuclear fusion.
The sun is hot because nuclear fusion turns hydrogen into helium deep inside it.
It has done so for more than four billion years.
Do you like sunny days?

How many continents are there?|How many continents does the Earth have?|Number of continents?
Seven.
There are seven continents.
Asia is the largest and Australia is the smallest.
On which one do you live?

What is the capital city of a country?|What is a capital city?|What does capital city mean?
The city of the government.
A capital city is the city in which the government of a country sits.
It is not always the largest city.
Which capital do you like?

How long does the Earth take around the sun?|How long is a year?|Why does a year have 365 days?
About 365 days.
The Earth needs about 365 days to go once around the sun, and that is a year.
Every fourth year gets an extra day.
When is your birthday?

What is the longest river?|Which river is the longest?|What is the longest river in the world?
Usually the Nile is named.
The Nile is usually called the longest river in the world.
The Amazon is nearly as long and carries far more water.
Do you live near a river?

What is the largest desert?|Which hot desert is the largest?|What is the biggest hot desert?
The Sahara, among hot deserts.
The Sahara in Africa is the largest hot desert of the world.
Antarctica is larger, but it is a cold desert.
Do you like the heat?

What is the smallest country?|Which country is the smallest?|What is the smallest country in the world?
Vatican City.
Vatican City is the smallest country of the world.
It lies inside the city of Rome.
Have you been to Rome?

What is exercise good for?|Why is sport healthy?|Why should I exercise?|Why is exercise good for you?
It keeps the body strong.
Exercise keeps the heart, the muscles and the mood in good shape.
A daily walk is a good start.
Do you do a sport?

Why should we recycle?|What is recycling good for?|Why is recycling important?
To save materials and energy.
We recycle so that less waste is made and fewer new materials are needed.
Glass and metal can be used again many times.
Do you recycle at home?

Why are vegetables healthy?|Why should I eat vegetables?|What are vegetables good for?
They are full of vitamins and fibre.
Vegetables are healthy because they are full of vitamins, minerals and fibre.
It is good to eat many colours of them.
Which vegetable do you like?

Why do people laugh?|Why do we laugh?|What is laughing good for?
Because something is funny or nice.
People laugh because something is funny, and because it brings them closer together.
Laughing can also make stress smaller.
What makes you laugh?

Why do people cry?|Why do we cry?|What are tears for?
To show strong feelings.
People cry when they have strong feelings, and tears also keep the eyes clean.
It often feels better afterwards.
Are you all right?

Why do we dream?|Why do people have dreams?|What are dreams for?
Nobody knows for sure.
Nobody knows exactly why we dream, but the brain may be sorting what we lived through.
Most dreams are forgotten in the morning.
Do you remember your dreams?
"""


def explanations() -> list[tuple[list[str], str, str, str, str]]:
    """(questions, short answer, explanation, one more sentence, question back) of every block."""
    blocks = []
    for block in TEXT.strip().split("\n\n"):
        questions, brief, full, more, back = unfolded(block)
        blocks.append((" ".join(questions.split()).split("|"), brief, full, more, back))
    return blocks
