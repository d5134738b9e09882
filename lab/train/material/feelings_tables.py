"""How people feel and why. A cause is `feeling | what the user says | a warm word about it | a gentle idea | a question`."""
# ruff: noqa: E501  (a row is a line)

import re

from lab.train.material.voice import topics

BAR = re.compile(r" *\|(?![^\[]*\]) *")
CAUSES = [BAR.split(line) for line in """
sad|my dog died [today|yesterday|last week|]|I'm so sorry about your dog, that's a real loss|Looking at photos together with someone can help a little|What was your dog like?
sad|my cat died [today|yesterday|last week|]|I'm very sorry about your cat, a pet is family|It's fine to cry and to take your time|What was your cat's name?
sad|my [grandmother|grandfather|grandma|grandpa] died [last week|recently|]|I'm so sorry, losing a grandparent hurts deeply|Let yourself grieve, and be near people who knew them too|Would you like to tell me about them?
sad|I lost my [father|mother|brother|sister|best friend] [last year|last month|]|I'm deeply sorry for your loss|There is no right way to grieve, and you don't have to do it alone|Do you have someone close to you right now?
sad|my [girlfriend|boyfriend|partner] [left me|broke up with me|ended it] [today|yesterday|last week|]|I'm sorry, a breakup hurts a lot|Give it time, and lean on a good friend|Do you have someone to be with tonight?
sad|my best friend [moved away|is moving away|moved to another city]|It's hard when a friend goes far away|A fixed hour for a call each week keeps you close|How long have you known each other?
sad|my friend [forgot my birthday|didn't come|ignores me|stopped talking to me]|I can see why that hurts|A calm word with your friend may clear it up|Have you told your friend how you feel?
sad|I had a fight with my [friend|brother|sister|mother|father|husband|wife]|Fights with people we love weigh heavily|When both are calm, a short honest talk can mend a lot|What was it about?
sad|I failed [my exam|the test|my driving test|a class]|I'm sorry, you surely hoped for more|One result doesn't say who you are, and you can try again|Will you get a second chance?
sad|I lost my job [today|last week|]|I'm sorry, that's a hard blow|Take a day to breathe, and then take it one step at a time|How are you holding up?
sad|nobody came to my party|I'm sorry, that must have hurt|It says nothing about your worth, and one good friend is enough for a new plan|Is there someone you'd like to see soon?
sad|my team lost [again|the game|the final|]|That's a pity, you must have hoped for a win|There will be another game|Was it close?
sad|it's raining all [day|week]|Grey days can pull the mood down|A warm drink and bright music help a bit|Is there something cosy you can do?
sad|I miss my [family|friends|home|mom|dad|grandma]|Missing them shows how much they mean to you|A call or a letter may bring them closer|When did you last see them?
sad|I wasn't invited to the [party|wedding|trip]|Being left out hurts|You could plan something nice with a person who values you|Do you know why?
lonely|I have no friends here|Being alone in a place is hard|A club or a course is an easy way to meet people a second time|How long have you been there?
lonely|I live alone|An empty flat can feel very quiet|One call or one walk among people each day helps|Is there someone you could call today?
lonely|nobody [calls me|writes to me|understands me]|That sounds lonely, and I'm sorry|Sometimes the other person is only waiting for you to begin|Who would you like to hear from?
lonely|I just moved to a new city|A new city feels cold at first|Say hello to a neighbour and find one place to go to every week|What do you like to do with others?
lonely|everyone is busy|It's hard when nobody has time|Ask one person for a fixed date, even if it's far off|Who do you miss most?
stressed|I have [an exam|a big exam|a test] [tomorrow|next week|soon]|Exams make most people tense|Go over the main points once and then sleep, because rest helps more than late study|Which subject is it?
stressed|I have too much [work|homework|to do]|That's a heavy load|Write it all down and do only the first thing|What is the most urgent part?
stressed|the deadline is [tomorrow|tonight|on Friday]|A deadline that close is a lot of pressure|Cut the task to what is really needed and start there|How much is left to do?
stressed|my boss [is never happy|yells at me|gives me too much work]|That must wear you down|Note what happened, and talk about it at a calm moment|Is there a colleague you trust?
stressed|I have no money [left|this month|]|Money worries are heavy|List what must be paid first, and ask early for help or more time|Is there someone who could advise you?
stressed|the baby [never sleeps|cries all night]|You must be worn out|Take turns if you can, and rest when the baby rests|Is there anyone who could help for an hour?
stressed|my parents [fight all the time|are getting divorced]|That's hard to live with, and it isn't your fault|Talk to a person you trust, perhaps a relative or a teacher|Is there someone you can talk to?
stressed|I'm moving [house|next week|to another country]|Moving is stressful even when it's good|Pack one room at a time and label every box|What still has to be done?
nervous|I have a [job interview|date|presentation|speech|concert|big game] [tomorrow|today|tonight|soon]|Being nervous shows that it matters to you|Breathe out slowly, and practise the first minute out loud|What worries you most about it?
nervous|I have to [give a talk|speak in front of people|sing on stage]|Many people feel just the same before a stage|Practise the first two sentences until they come by themselves|How long will it be?
nervous|I'm going to the [dentist|doctor] [tomorrow|today|]|Many people get nervous about that|Tell them that you are nervous, and they'll go slowly|What is it about?
nervous|it's my first day at [school|work|a new job|university] [tomorrow|today|]|First days are exciting and a bit scary|Nobody expects you to know everything on the first day|What are you looking forward to?
nervous|I'm flying for the first time [tomorrow|today|]|A first flight is a big thing|Chew gum at the start and bring something to read|Where are you going?
nervous|I'm waiting for my test results|Waiting is often the worst part|Keep your hands busy until then|When will you know?
nervous|I'm meeting [her|his|my girlfriend's|my boyfriend's] parents [tonight|tomorrow|]|That's a big evening|Ask them about themselves, and it'll go well|Do you know anything about them?
angry|my [brother|sister|roommate|friend|colleague] [took|broke|lost] my things|I understand that this makes you angry|Wait until you're calm and then say plainly what you expect|Did you talk about it?
angry|someone stole my [bike|phone|bag|wallet]|That's maddening, I'm sorry|Report it to the police and block what needs blocking|When did it happen?
angry|my [friend|boss|brother|sister] lied to me|A lie from someone close really stings|Tell them how it felt before you decide anything|Do you know why it happened?
angry|my neighbours are [so loud|too loud at night]|Noise at night is hard to bear|A friendly word by day often works better than a fight by night|Have you spoken with them?
angry|the [train|bus] was late again|Losing time like that is annoying|You can't change it now, so take a slow breath|Did you miss something important?
angry|nobody [listens to me|takes me seriously|helps me at home]|It's hard not to be heard|Pick a calm moment and ask for one clear thing|What would you like them to hear?
angry|[they cancelled my flight|my order never came|my computer crashed]|That would annoy anyone|Ask for help or a refund, and then do something pleasant|What will you do now?
tired|I [worked|studied|drove] all [day|night]|No wonder that you are worn out|Leave the rest for tomorrow and go to bed early|Can you rest now?
tired|I didn't sleep [well|last night|at all]|A night without sleep makes everything harder|A short nap before three o'clock can help|What kept you awake?
tired|[the kids kept me up|the baby woke me up five times]|Broken nights are exhausting|Let everything wait that isn't urgent, and rest when you can|Does anyone take turns with you?
tired|I had a long [day|week|shift|trip]|That sounds tiring|Put your feet up and let the day end|What took the most out of you?
tired|I ran ten kilometres|Ten kilometres is something to be proud of|Drink enough, eat well and sleep long|How did it feel?
sick|I have a [cold|headache|fever|cough|sore throat|stomach ache]|I'm sorry that you're not well|Rest and drink enough, and see a doctor if it gets worse|How long have you had it?
sick|I caught the flu|The flu is no fun, I'm sorry|Stay in bed, drink a lot, and call a doctor if it gets bad|Is somebody looking after you?
sick|I broke my [arm|leg|foot]|Ouch, that must have hurt|Let others help you, and give it time to heal|How did it happen?
sick|my [back|tooth|head] hurts|I'm sorry that you're in pain|If it lasts, a doctor should have a look|Since when does it hurt?
happy|I passed [my exam|the test|my driving test]|Congratulations, you've earned it|Enjoy the moment and treat yourself to something nice|How will you celebrate?
happy|I got [the job|a new job|a raise|promoted]|Congratulations, that's great news|Do something nice to mark the day|What happens next?
happy|I'm in love|That's a wonderful feeling|Enjoy every bit of it|How did you meet?
happy|my [sister|brother|best friend] is [visiting|coming to visit] [tomorrow|soon|]|How nice to have a visitor you love|A favourite meal would be a warm welcome|What will you do together?
happy|[the sun is shining|spring is here|it snowed]|A small thing like that can make a whole day|Go out and enjoy it while it lasts|What will you do outside?
happy|we won [the game|the match|the final]|Congratulations to the whole team|A win like that should be celebrated|What was the best moment?
happy|I [found my cat|found my keys|got my bike back]|What a relief|Things that come back feel twice as dear|Where was it?
happy|my [daughter|son|baby] [took the first steps|said the first word|was born today]|Congratulations, that's a moment to keep|Write it down, because you'll want to remember it|How did it feel?
happy|it's [Friday|my birthday|the last day of school|the first day of my holiday]|That's a fine reason to be happy|Do one thing today just for joy|What are your plans?
proud|I finished my [first book|first marathon|project|painting|degree|thesis]|Well done, that takes staying power|Take a moment to look at what you've done|What was the hardest part?
proud|I [learned to swim|learned to ride a bike|cooked dinner alone|fixed my bike] [by myself|]|Well done, you can be proud of that|Nobody can take that skill from you|What will you learn next?
proud|I [quit smoking|stopped smoking|ran every day this month]|That's a great achievement|Every day of it counts|How did you manage it?
proud|my [daughter|son|sister|brother] [won a prize|graduated|got top marks]|Congratulations to you both|Tell them how proud you are, it will mean a lot|What did they do to get there?
proud|I told [him|her|my boss|my friend] the truth|That took courage|Honest words are hard, and they're worth it|How did it go?
excited|I'm going [to Paris|to Japan|on holiday|camping|to the sea] [tomorrow|next week|soon]|How exciting, a trip is something to look forward to|Pack early, so that you can enjoy the last evening|What will you do first?
excited|we're getting a [puppy|kitten|dog|cat]|How exciting, your home is about to get lively|Prepare a quiet corner for the first days|Have you picked a name?
excited|my favourite band plays [tonight|tomorrow|in my city]|That's going to be a great night|Sing along as loudly as you like|Which song do you hope for?
excited|tomorrow is [Christmas|my birthday|the wedding|the big day]|No wonder that you can't wait|Try to sleep a little all the same|What are you looking forward to most?
excited|I'm having a baby|Congratulations, that's wonderful news|Enjoy the waiting time and let people help you|When is the baby due?
bored|there is nothing [on TV|to do here]|Empty hours can feel very long|Try something with your hands, like drawing or baking|What did you enjoy as a child?
bored|[my friends are away|everyone is on holiday]|A quiet week can drag|You could start a book or a small project|Is there something you always wanted to try?
""".strip().splitlines()]  # fmt: skip

FEELINGS = topics("""
# sad 3
? [I'm|I am|I feel|I'm feeling] [so |very |really |a bit |]{sad} [today|right now|]{why} / [I feel like crying|I could cry|I can't stop crying|I'm crying|I'm feeling down|I feel awful|I'm heartbroken|I feel down|I'm unhappy]{why} / I had a [bad|terrible|horrible|rough] day{why}
- I'm sorry to hear that. / Oh no, I'm sorry. / I'm here to listen.
= I'm sorry that you feel this way. / I'm sorry to hear that, and I'm here to listen. / That sounds hard, and it's all right to feel sad. / I'm sorry, some days weigh a lot.
+ You don't have to be strong all the time. / A walk, a warm drink or a good friend may ease it a little. / Feelings like that come and go, even if it doesn't seem so now. / Be gentle with yourself today.
~ Do you want to talk about it? / What happened? / Is there someone you can talk to? / What's weighing on you?
# lonely 2
? [I'm|I am|I feel|I'm feeling] [so |very |really |a bit |]{lonely} [today|tonight|]{why} / I have nobody to talk to{why} / I'm all alone{why}
- I'm sorry you feel alone. / I'm here to talk. / That's a hard feeling.
= I'm sorry that you feel lonely, and I'm glad that you wrote. / Feeling alone is hard, and many people know it. / I'm only a program, but I'm here to talk.
+ A short message to an old friend can be a start. / Being among people helps, even in a cafe or a park. / You deserve good company.
~ Who would you like to see? / Do you want to tell me about your day? / Is there someone you could call?
# stressed 2
? [I'm|I am|I feel|I'm feeling] [so |very |really |totally |]{stressed} [today|right now|]{why} / [It's all too much|I can't do this anymore at work|I need a break|I'm under a lot of pressure|I can't relax]{why}
- That sounds like a lot. / One thing at a time. / Take a slow breath first.
= That sounds like a lot, so take one thing at a time. / I'm sorry that so much is on your shoulders. / Take a slow breath first, the rest can wait a minute.
+ Writing it all down makes it smaller. / A short walk clears the head. / You don't have to do everything today. / Ask for help where you can.
~ What is the most urgent thing? / What is on your list? / What could wait until tomorrow?
# nervous 2
? [I'm|I am|I feel|I'm feeling] [so |very |really |a bit |]{nervous} [today|right now|]{why} / [I have butterflies in my stomach|My hands are shaking|I can't calm down]{why}
- Take a slow breath. / You can do this. / That's quite normal.
= It's normal to be nervous when something matters. / Take a slow breath, you're better prepared than you think. / I understand, and you're not alone with that.
+ Breathe in for four counts and out for six. / Think of one time when it went well. / Nervous energy can also make you sharp.
~ What are you nervous about? / What worries you most? / What would help you feel ready?
# angry 2
? [I'm|I am|I feel] [so |very |really |a bit |]{angry} [today|right now|]{why} / [I could scream|I'm fed up|I've had enough]{why}
- I understand, that's frustrating. / That would annoy anyone. / Let it out.
= I understand that you are angry. / That sounds frustrating, and it's fine to be angry. / I hear you, something clearly went wrong there.
+ A fast walk takes the edge off. / It helps to wait a little before you answer anyone. / Anger often shows that something matters.
~ What happened? / Do you want to tell me about it? / What would make it better?
# tired 2
? [I'm|I am|I feel|I'm feeling] [so |very |really |a bit |]{tired} [today|right now|]{why} / [I can't keep my eyes open|I need sleep|I have no energy|I could sleep for a week]{why}
- Rest a little, if you can. / Time for a break. / Go easy on yourself.
= You've earned some rest. / Rest if you can, the world will wait. / That sounds like a day for an early night.
+ Even ten minutes with closed eyes help. / A glass of water and some fresh air give a little lift. / Tomorrow you'll see more clearly.
~ Did you sleep badly? / Can you go to bed early? / What made you so tired?
# sick 1.5
? [I'm|I am|I feel|I'm feeling] [so |really |a bit |]{sick} [today|]{why} / I don't feel well{why} / I'm in bed{why}
- Get well soon! / I hope you recover soon. / Rest well, please.
= I'm sorry, and I hope that you get well soon. / That's no fun, so rest as much as you can. / I hope that you feel better soon.
+ Drink plenty of water or tea. / If it gets worse, please see a doctor. / Let somebody spoil you a bit.
~ What are your symptoms? / Is somebody looking after you? / How long have you felt like this?
# happy 2 !
? [I'm|I am|I feel] [so |very |really |]{happy} [today|right now|]{why} / [This is the best day|Life is good|I can't stop smiling|Today was great|I had a great day|I had a good day]{why}
- That's great to hear! / How lovely! / I'm glad to hear it. / Wonderful!
= That's great to hear. / How lovely, enjoy it. / It's good to hear that you are happy.
+ Hold on to that feeling. / Share it with somebody, and it doubles. / Moments like that are worth remembering.
~ What made you so happy? / What happened? / Who will you share it with?
# proud 1.5 !
? [I'm|I am|I feel] [so |very |really |]proud [today|of myself|]{why} / [I did it|I made it|Guess what]{why}
- Well done! / You can be proud! / Great job!
= You can be proud of yourself. / Well done, that's worth a small party. / That's great, you've earned it.
+ Good work often stays unseen, so enjoy this. / Tell somebody who will be glad with you.
~ How did you do it? / What was the hardest part? / How will you celebrate?
# excited 1.5 !
? [I'm|I am] [so |very |really |]{excited} [today|]{why} / I can't wait{why} / [Guess what|Great news]{why}
- How exciting! / That sounds great! / I can imagine!
= How exciting, I hope that it'll be all you wish for. / That's something to look forward to. / I can see why you are excited.
+ Looking forward to a thing is half of the joy. / Enjoy the wait as well.
~ What are you looking forward to most? / When does it start? / What is it about?
# bored 1
? [I'm|I am] [so |very |really |]bored [today|right now|]{why} / Time doesn't pass{why}
- Let's find you something. / Try something new. / A short walk, perhaps?
= Boredom is often the start of a good idea. / You could try something small that you've never done. / Let's find you something to do.
+ Ten minutes of drawing or tidying can turn the day. / I can tell you a joke or a story.
~ What do you feel like doing? / Shall I tell you a joke? / Are you at home?
# serious 2
? I want to [die|kill myself|end my life|hurt myself|disappear forever|end it all][.|] / I don't want to [live|be alive|live anymore|wake up anymore][.|] / [I'm thinking about|I think about] [suicide|killing myself|hurting myself|ending my life][.|] / Life [has no point|isn't worth living][| anymore][.|] / I [cut myself|hurt myself] [again|sometimes|last night][.|] / Nobody would miss me[| if I were gone][.|] / Everyone would be better off without me[.|] / I can't go on[| anymore| like this][.|] / I feel suicidal[.|] / I have no reason to live[.|] / I wish I were dead[.|]
- Please call a crisis line or someone you trust now. / Please talk to someone right now, you matter. / You matter, please call someone you trust.
= I'm so sorry that you are in such pain, so please talk to someone you trust or call a crisis line now. / I'm glad that you told me, and please call your local emergency number or a crisis line right away. / You matter, so please reach out to someone you trust or a crisis line now. / I'm very sorry that it's so dark, and please don't stay alone with this but call a crisis line.
+ If you are in danger, call your local emergency number. / I'm only a program, and you deserve a person who can be with you. / Such feelings can pass, even if it doesn't seem so. / People are there at any hour, and they want to help you.
~ Is there someone near you whom you can call now? / Are you safe right now? / Can you call someone you trust?
# abuse 0.7
? My [husband|boyfriend|father|partner|stepfather|mother] [hits me|beats me|hurts me|threatens me][.|] / [Someone|A man|A boy at school] [keeps following me|hurts me|threatens me][.|] / I'm being [bullied|bullied at school|threatened|harassed][.|] / I'm afraid to go home[.|] / The others at school [bully|hit|laugh at] me[.|]
- I'm sorry, please tell someone you trust. / That's not your fault, get help. / Please get help, you deserve safety.
= I'm so sorry, and it isn't your fault. / Nobody has the right to do that to you, so please tell someone you trust. / You deserve to be safe, so please get help.
+ If you are in danger, call your local emergency number. / A doctor, a teacher or a helpline can help you with the next step. / Write down what happened and when.
~ Are you safe at the moment? / Is there someone you trust nearby? / Who could help you today?
""")
WORDS = {
    "sad": ["sad", "down", "unhappy", "blue", "miserable", "low", "depressed", "heartbroken", "terrible"],
    "lonely": ["lonely", "alone", "isolated"],
    "stressed": ["stressed", "stressed out", "overwhelmed", "under pressure", "worn out by it all", "burned out"],
    "nervous": ["nervous", "anxious", "worried", "scared", "afraid", "tense"],
    "angry": ["angry", "mad", "furious", "annoyed", "upset", "frustrated"],
    "tired": ["tired", "exhausted", "sleepy", "worn out", "drained"],
    "sick": ["sick", "ill", "unwell"],
    "happy": ["happy", "glad", "cheerful", "good"],
    "excited": ["excited", "thrilled"],
}
AFTER = topics("""
# heavy 1
? [Thanks|Thank you][|, that helps|, I feel a bit better| for listening][.|] / [That's|That is] [good advice|kind|true][.|] / You're [right|kind][.|] / I'll try[ that|][.|]
- I'm glad. / Any time. / Take good care.
= I'm glad if it helped a little. / You're welcome, and be kind to yourself. / Take good care of yourself.
+ You can always come back and talk. / One step at a time is enough.
~ What will you do now? / Is there anything else on your mind?
# talk 1
? I don't want to talk about it[.|] / I don't know[.|] / It's [complicated|hard to explain][.|] / Not really[.|] / Maybe later[.|]
- That's all right. / No need to. / Take your time.
= That's all right, you don't have to. / Take your time, I'm here when you like. / That's fine, we can talk about something else.
+ Some things need time before there are words. / A quiet evening may be best now.
~ Shall we talk about something else? / Would a bit of distraction help? / Would you like a story?
# bright 1 !
? [Thanks|Thank you|Thanks a lot][.|!] / [Yes|I will], thanks[.|!] / I'm still smiling[.|!]
- Enjoy it! / You're welcome! / Have fun!
= Enjoy every minute of it. / You're welcome, it's nice to share good news. / I hope the good mood lasts.
+ Days like this are worth keeping. / Tell somebody else about it too.
~ Who else will you tell? / What comes next?
""")
