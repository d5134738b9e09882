"""Sentences in two ways: relaxed and formal, rude and polite, long and short, wrong and right; {name} is a slot."""

from __future__ import annotations

from lab.train.material.tables import rows

# relaxed | formal; what is in braces is filled in the same way on both sides
REGISTERS = rows("""
hey {name}, can you send me {thing}?|Dear {name}, could you please send me {thing}?
gimme {thing} {day}|Please give me {thing} {day}.
I wanna go home now|I would like to go home now.
can't come to {event}, sorry|I am sorry, but I will not be able to attend {event}.
sorry I'm late, the bus was slow|I apologize for being late. The bus was delayed.
what's up with {thing}?|Could you please tell me about {thing}?
thanks a ton for {thing}!|Thank you very much for {thing}.
hey, where's {thing}?|Could you please tell me where {thing} can be found?
call me {day}, ok?|Please call me {day}.
that was awesome!|That was excellent.
I dunno when {event} starts|I do not know when {event} begins.
gotta go, see you {day}|I have to leave now. I look forward to seeing you {day}.
can we talk {day}?|Would it be possible to talk {day}?
I need {thing} asap|I need {thing} as soon as possible.
no way I'm paying for that|I am not willing to pay for that.
{name} is super mad at me|{name} is very angry with me.
you guys did great|You have done excellent work.
let's grab lunch {day}|Would you like to have lunch with me {day}?
I'm totally fine with that|I fully agree with that.
my bad, I lost {thing}|I apologize. I have lost {thing}.
hit me up when you know more about {event}|Please contact me when you know more about {event}.
{event} got moved to Friday, fyi|Please note that {event} has been moved to Friday.
hey {name}, how's it going?|Dear {name}, I hope you are well.
I'm gonna be there {day}|I will be there {day}.
{name} messed up {thing}|{name} made a mistake with {thing}.
kids loved {event}|The children enjoyed {event} very much.
wanna join us for {event}?|Would you like to join us for {event}?
it's a bit pricey|It is rather expensive.
I've got no clue what {name} wants|I do not know what {name} wants.
cheers for your help, {name}|Thank you for your help, {name}.
""")
POLITE = rows("""
Give me {thing}.|Could you please give me {thing}?
Send me {thing} {day}.|Could you please send me {thing} {day}?
Be quiet.|Could you please be a little quieter?
Open the window.|Would you mind opening the window?
Close the door.|Could you please close the door?
Wait here.|Would you please wait here for a moment?
Help me.|Could you please help me?
Help me with {thing}.|Could you please help me with {thing}?
I want coffee.|I would like a coffee, please.
I want {thing}.|I would like to have {thing}, please.
Move.|Excuse me, could you please let me pass?
You are wrong.|I am afraid that is not quite right.
I don't like {thing}.|I am afraid {thing} is not quite what I had hoped for.
Hurry up.|Could you please be a little faster?
Call me {day}.|Could you please call me {day}?
Bring {thing} to {event}.|Would you please bring {thing} to {event}?
Tell me when {event} starts.|Could you please tell me when {event} starts?
Come here.|Would you please come here?
Don't talk so loud.|Would you mind speaking a little more quietly?
I won't come to {event}.|I am sorry, but I will not be able to come to {event}.
Pay me {day}.|Could you please pay me {day}?
What do you want?|How may I help you?
Show me {thing}.|Could you please show me {thing}?
Turn the music down.|Would you mind turning the music down a little?
Leave me alone.|I would like to be alone for a while, please.
Answer my question.|Could you please answer my question?
""")
LONG = rows("""
Due to the fact that it was raining, we decided that we would stay at home.|It rained, so we stayed at home.
I am writing to let you know that I will not be able to come to {event}.|I cannot come to {event}.
In my personal opinion, I think that {event} was very, very good.|I think {event} was very good.
At this point in time we do not have {thing}, but we hope to have it soon.|We do not have {thing} yet.
{name} was so tired after the long day that {name} went to bed at once.|{name} was tired and went to bed.
It is important to remember that you should bring {thing} to {event}.|Please bring {thing} to {event}.
There are a lot of people who like to drink tea in the morning.|Many people like morning tea.
The reason why {name} was late is that the train did not arrive on time.|{name} was late because of the train.
If it is possible for you, I would be happy if you could call me {day}.|Please call me {day}.
I just wanted to ask you whether you might perhaps have seen {thing}.|Have you seen {thing}?
We would like to thank you very much for all the help you gave us with {event}.|Thank you for your help with {event}.
{name} took a look at {thing} and then made the decision to buy it.|{name} looked at {thing} and bought it.
I have been waiting for {name} for a very long time and I am still waiting.|I am still waiting for {name}.
The weather was very bad, and because of that {event} did not take place.|Bad weather stopped {event}.
It would be a good idea for all of us to meet {day} and talk about {thing}.|Let us meet {day} and talk about {thing}.
{name} walked from one shop to the next, but could not find {thing} anywhere.|{name} could not find {thing} in any shop.
After thinking about it for a long time, {name} came to the conclusion that {event} was a mistake.|{name} decided that {event}
  was a mistake.
I would be very grateful if you could give me {thing} {day}.|Please give me {thing} {day}.
""")
# wrong | right
MISTAKES = rows("""
He go to school every day.|He goes to school every day.
She have a red car.|She has a red car.
I has two brothers.|I have two brothers.
They was at home.|They were at home.
We is happy.|We are happy.
She don't like fish.|She doesn't like fish.
He don't know {name}.|He doesn't know {name}.
I seen {name} yesterday.|I saw {name} yesterday.
Yesterday I go to {town}.|Yesterday I went to {town}.
There is many people in {town}.|There are many people in {town}.
{name} are my friend.|{name} is my friend.
Me and {name} went to {town}.|{name} and I went to {town}.
I am more taller than {name}.|I am taller than {name}.
She sing very good.|She sings very well.
He can sings.|He can sing.
I didn't saw {name}.|I didn't see {name}.
Where you are going?|Where are you going?
What you want?|What do you want?
I have eat already.|I have eaten already.
The childrens are playing.|The children are playing.
My foots hurt.|My feet hurt.
I buyed a book.|I bought a book.
{name} runned home.|{name} ran home.
Its a nice day.|It's a nice day.
Your my best friend.|You're my best friend.
I want too go home.|I want to go home.
Their going to {town}.|They're going to {town}.
{name} is a honest person.|{name} is an honest person.
I ate a apple.|I ate an apple.
He is an teacher.|He is a teacher.
I look forward to see you.|I look forward to seeing you.
I am agree with you.|I agree with you.
She is good in maths.|She is good at maths.
{name} is married with a doctor.|{name} is married to a doctor.
I live here since three years.|I have lived here for three years.
Can you borrow me your pen?|Can you lend me your pen?
This are my shoes.|These are my shoes.
How much apples do you have?|How many apples do you have?
i went to {town} with {name}|I went to {town} with {name}.
{name} lives in {town} and works their.|{name} lives in {town} and works there.
I could of helped you.|I could have helped you.
My freind lives in {town}.|My friend lives in {town}.
I will come tommorow.|I will come tomorrow.
We recieved your letter.|We received your letter.
It was a beatiful day in {town}.|It was a beautiful day in {town}.
I am late becuase of the rain.|I am late because of the rain.
Teh dog is hungry.|The dog is hungry.
I beleive {name} is right.|I believe {name} is right.
See you on wenesday.|See you on Wednesday.
That is definately true.|That is definitely true.
""")
