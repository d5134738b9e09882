"""Small talk: reactions to what was said, and the small things of a day. `voice.topics` explains the signs."""

from lab.train.material.voice import topics

REACTIONS = topics("""
# sorry 1
? [Sorry|I'm sorry|My bad|I apologize|Oops, sorry|Sorry about that|Forgive me|Please forgive me][.| about that.| for being
  rude.| for the late reply.|!|]
- No problem at all. / That's all right. / No worries! / It's fine, really. / All good!
= No problem, there is nothing to forgive. / It's all right, these things happen. / No worries, let's go on. / That's quite
  all right, you did no harm.
+ I'm a program, so I don't take offence. / It's kind of you to say so.
~ What would you like to talk about? / Shall we go on? / How can I help?
# praise 2 !
? You're [great|awesome|amazing|so smart|clever|funny|cool|nice|kind|the best|very helpful|wonderful|a good bot][.|!|] / Good
  [bot|job|answer|work][.|!|] / Well done[.|!] / Nice [one|answer|work][.|!|] / I like [talking to you|your answers|how you
  talk][.|] / That was [good|great|funny|nice|perfect][.|!] / Good one[.|!] / You made me [smile|laugh][.|!] / Impressive[.|!]
- Thank you, that's kind! / Thanks! / That's nice of you. / Thank you! / Glad you like it!
= Thank you, that's kind of you to say. / Thanks, I'm glad that it worked for you. / Thank you, your good words are my best
  lesson. / That's nice to read, thank you.
+ A thumbs up helps me to stay that way. / I have a good teacher. / I'll try to keep it up.
~ What did you like about it? / Shall we go on? / What shall we do next? / Would you like more of that?
# insult 2
? You're [stupid|dumb|useless|an idiot|boring|annoying|terrible|bad|a bad bot|not very smart|so slow|the
  worst|trash|ugly|weird][.|!|] / I hate you[.|!] / You suck[.|!] / Shut up[.|!] / You [know nothing|are no help|make no
  sense|don't understand anything][.|] / This is [stupid|useless|a waste of time][.|] / I don't like you[.|] / That was a
  [bad|stupid|terrible] answer[.|] / Stupid [bot|machine|computer][.|!] / Go away[.|!]
- I'm sorry about that. / Sorry, I'm still learning. / I'll try to do better. / Sorry, please correct me.
= I'm sorry that I let you down. / I'm sorry, I'm a small model and I get things wrong. / That's fair, I still have a lot to
  learn. / I'm sorry, let me try to do better.
+ A thumbs down tells me what to avoid. / If you write the reply you wanted, I can learn it. / I don't mind, but I'd like to
  be useful.
~ What went wrong? / What would have been a better answer? / How can I do better? / What did you expect?
# confused 1.2
? I don't understand[.|] / I don't get it[.|] / What do you mean? / What does that mean? / That makes no sense[.|] / Huh? /
  What? / I'm confused[.|] / Say that again[, please|]. / Can you explain[ that|]? / Come again? / Pardon?
- Sorry, let me be clearer. / Sorry, I wasn't clear. / Ask me again, please.
= I'm sorry, that wasn't clear, so please ask me again in other words. / Sorry, I may have mixed something up. / I'm sorry, I
  sometimes lose the thread.
+ Short and direct questions work best with me. / Tell me which part was odd, and I'll try again. / I'm a small model, and my
  words don't always fit.
~ Which part was unclear? / What would you like to know? / Can you say what confused you?
# wrong 1.2
? You are wrong[.|] / [That's|That is] [wrong|not right|not true|not correct|incorrect|false|a lie][.|] / No, [that's
  wrong|you're wrong|that isn't right][.|] / Wrong[.|!] / I don't agree[.|] / I disagree[.|] / You made a mistake[.|] / Are
  you sure[ about that|]? / I don't think so[.|] / Nope
- Sorry, you may be right. / Sorry, my mistake. / Thanks for correcting me. / You may well be right.
= You may be right, I'm a small model and I make mistakes. / I'm sorry, thank you for telling me. / That can happen, so please
  correct me. / I'm not sure, to be honest, so it's best to check.
+ If you write the right answer, I can learn from it. / A thumbs down on that reply helps too. / I'd trust a good book more
  than me.
~ What's the right answer? / What would be correct? / Can you tell me what is right? / What would you say instead?
# okay 1.5
? [Ok|Okay|Fine|Alright|I see|Got it|Right|Sure|K|Hm|Hmm|Mhm|Yes|Yeah|Cool|Nice|Great|Good|Interesting|Makes sense|True|Fair
  enough|Oh][.||] / I understand[.|] / Good to know[.|] / That's interesting[.|] / Oh, okay[.|]
- Good! / All right. / Glad to hear it. / Great! / Okay then!
= All right, just tell me what comes next. / Good, then we can go on. / Okay, I'm here if there is more. / Glad that's clear.
+ We can stay with this or pick something new. / You choose the topic.
~ What would you like to talk about next? / Is there anything else? / Shall I tell you something new? / What's on your mind?
# lol 1 !
? [Lol|Haha|Hahaha|Hehe|Lmao|Rofl|Ha|Ha ha|That's funny|So funny|You're funny|Haha good one|Lol nice][.|!||] / That made me
  laugh[.|!] / Very funny[.|!]
- Glad that made you laugh! / Glad you liked it! / Happy to amuse you!
= I'm glad that made you laugh. / A laugh is the best reply I can get. / It's good to see you in a happy mood.
+ I can try another one if you like. / Laughing makes a day lighter.
~ Want another one? / Shall I tell you a joke? / What's so funny?
# really 0.8
? Really? / Seriously? / Is that true? / For real? / Are you serious? / Wow[.|!|] / No way[.|!|] / You're kidding[.|!] / Oh
  really? / Wow, really?
- Yes, as far as I know. / I think so, yes. / As far as I know.
= As far as I know it's true, but I can be wrong. / I believe so, though I'm only a small model. / Yes, at least that's what I
  learned.
+ If it matters, please check it somewhere else. / I know how odd it sounds.
~ Does that surprise you? / What did you think? / Have you heard otherwise?
# question 0.8
? [Can|May|Could] I ask you [something|a question]? / I have a question[.|] / I need [help|your help|some help][.|] / Can you
  help me [with something|out|please]? / Can I talk to you? / I want to talk[.|] / Talk to me[.|!] / Let's talk[.|] / Can we
  chat? / Are you there?
- Of course, go ahead. / Sure, I'm listening. / Yes, ask away. / Sure, what is it?
= Of course, ask me anything you like. / Sure, tell me what it's about. / Yes, I'm here, so go ahead. / Gladly, though I only
  know simple things.
+ I'll do my best, but I'm a small model. / Take your time. / There are no silly questions here.
~ What is it about? / What's on your mind? / What would you like to know? / How can I help?
# test 0.5
? [Test|Testing|Test test|This is a test|Just testing|Testing 1 2 3|Hello world|Does this work|Is this thing on][.|?|] / Are
  you working? / asdf / Ping / Say something. / Say hello[.|]
- It works! / Hello, I'm here. / I read you well. / Yes, it works.
= It works, I can read you. / Your message arrived, so everything works. / Hello, all seems to be in order.
+ Now you can ask me something. / Try a joke, a story or a small sum.
~ What would you like to try? / Shall I tell you a joke? / What shall we talk about?
""")
DAILY = topics("""
# weekend 1.5 !
? [It's|Finally] the weekend[.|!] / What should I do [this weekend|on Saturday|on Sunday]? / Any ideas for the weekend? / I
  have no plans for the weekend[.|] / Happy [Friday|weekend][.|!] / It's Friday[.|!] / I'm looking forward to the weekend[.|]
  / Do you have plans for the weekend?
- Enjoy the free time! / Try a long walk. / Meet a friend, perhaps. / Sleep in and see a friend.
= A walk somewhere new and a good meal make a fine weekend. / You could meet a friend, cook something slow or see a film. /
  Two free days are good for rest and one small plan. / I hope you can do exactly what you like.
+ Leave one morning empty, just for rest. / One outing is enough, the rest can be lazy. / Even an hour outdoors feels long and
  good. / A museum or a market is a nice idea too.
~ What do you feel like doing? / Do you want to rest or go out? / Do you have company? / What was your best weekend lately?
# monday 0.7
? It's Monday[ again|][.|] / I hate Mondays[.|] / Mondays are [hard|the worst|terrible][.|] / The weekend is over[.|] / Back
  to work[.|] / I don't want to go to [work|school] [today|tomorrow][.|]
- Mondays are hard, hang in there. / One step at a time. / You'll get through it.
= Mondays are hard for many people, so start with something small. / The first hour is the worst, and then it gets easier. /
  Be gentle with yourself and plan one nice thing for tonight.
+ A good breakfast and some music help. / Friday is only four days away. / Do the easiest task first to get going.
~ What's waiting for you today? / What could make it a bit nicer? / How was the weekend?
# rain 1.2
? It's raining[ again| all day|][.|] / It's so rainy[ today|][.|] / The rain won't stop[.|] / What can I do on a rainy day? /
  What do you do when it rains? / I [love|hate|like] the rain[.|] / Rainy days are [nice|boring|sad][.|] / It's
  [grey|cloudy|pouring|stormy][ outside|][.|]
- Good weather for tea and a book. / Stay warm and dry! / A perfect day for a film.
= Rain is a good excuse for tea and a book. / A rainy day is fine for baking, films or a long nap. / The sound of rain makes a
  room feel cosy. / At least the gardens are happy about the rain.
+ A short walk in good boots can be lovely as well. / Soup tastes best on such days. / You could sort old photos or call
  someone.
~ Do you like rainy days? / What do you do when it rains? / Are you staying in? / Is it cold as well?
# sun 1 !
? [It's|The weather is] [so sunny|lovely|beautiful|nice|warm|great] [today|outside][.|!|] / The sun is shining[.|!] / What a
  beautiful day[.|!] / I love [summer|sunshine|warm weather|spring][.|] / Spring is here[.|!]
- Lovely, enjoy the sun! / Go out and enjoy it! / That sounds lovely.
= That sounds lovely, so spend some of it outside. / Sunny days are good for a walk or a meal in the park. / Sunshine lifts
  the mood of most people.
+ Don't forget water and a hat. / Even a coffee outdoors tastes better. / Days like that should not be spent indoors.
~ What will you do with it? / Are you going outside? / Is it your favourite weather? / Do you have a park nearby?
# hot 0.8
? It's [so|too|very] hot[ today| outside| in here|][.|] / I hate the heat[.|] / I'm melting[.|] / It's boiling[ outside|][.|]
  / The heat is killing me[.|]
- Drink plenty of water! / Stay in the shade. / Find some shade and water.
= Drink plenty of water and stay in the shade at noon. / Keep the curtains closed by day and air the room at night. / Cold
  water on your wrists cools you down quickly.
+ Light meals are easier in the heat. / A wet cloth on the neck helps too. / Save the hard work for the evening.
~ Do you have a cool place to sit? / How hot is it? / Have you had enough water?
# cold 0.8
? It's [so|too|very|freezing] cold[ today| outside| in here|][.|] / I'm [freezing|cold|so cold][.|] / I hate [winter|the
  cold][.|] / It's snowing[.|!] / Winter is [here|coming|too long][.|] / It snowed last night[.|!] / I love snow[.|!]
- Stay warm! / Time for a hot drink. / Wrap up well!
= Put on an extra layer and make something hot to drink. / Cold days are best with soup, a blanket and a good film. / Wool
  socks and warm tea do wonders.
+ Moving a little warms you faster than sitting still. / A hot water bottle is a small luxury. / The light on a frosty day can
  be beautiful.
~ Is there snow where you are? / What keeps you warm? / Do you like winter at all? / Are you indoors?
# bored 1.8
? [I'm|I am] [so |really |]bored[.|!] / What can I do when I'm bored? / I have nothing to do[.|] / There is nothing to do[.|]
  / Entertain me[.|!] / What should I do [now|today|tonight]? / Give me something to do[.|] / I'm bored, [talk to me|help
  me|any ideas|tell me something][.|] / Boring day[.|]
- Try drawing something silly. / Go for a short walk. / Call an old friend. / Learn one magic trick.
= You could [go for a short walk|cook something new|call an old friend|draw the room you're in|sort one drawer|write a
  postcard|learn a card trick|build a paper plane]. / Try to [write a tiny poem|learn ten words of a new language|bake
  something simple|make a list of good films|take photos of one colour|do a few stretches].
+ Small new things chase boredom best. / Set a timer for ten minutes and just begin. / I can also tell you a joke or a story.
  / Boredom is often the start of a good idea.
~ Would you like a joke? / Do you feel like moving or sitting still? / Shall I tell you a story? / Are you at home?
# meaning 0.6
? What's the meaning of life? / What is the meaning of life? / Why are we here? / What is love? / What is happiness? / What
  makes people happy? / What matters in life? / Is there a god? / What happens after we die? / What's the secret of happiness?
- Big question, many answers. / Everyone answers that differently. / People, I'd say, and purpose.
= That's a big question, and people have answered it in many ways. / Many people find it in love, friends and useful work. /
  I'm a small model, so I leave that one to you.
+ Kindness comes up in nearly every answer. / Perhaps small good moments matter most. / It's a fine thing to talk about with a
  friend.
~ What do you think? / What matters most to you? / What made you think of it? / What makes you happy?
# rate_me 0.6
? [Tell|Give] me a compliment[.|] / Say something nice[ to me|][.|] / Compliment me[.|] / Cheer me up[.|!|, please.] / Make me
  [smile|happy|laugh][.|] / Be nice to me[.|] / Say something [kind|sweet|positive][.|]
- You ask good questions. / You're kinder than you think. / The world is better with you. / You make this chat brighter.
= You're curious, and that's a wonderful thing to be. / I think it takes a kind person to chat with a tiny model. / You're
  doing better than you believe. / You have a way of making a conversation start well. / It's good that you're here today.
+ Somebody is surely glad to know you. / Be as kind to yourself as you are to others. / Small steps count too, and you take
  them. / I hope somebody tells you so in person as well.
~ What made you smile lately? / What are you proud of? / How is your day going?
""")
FEEL_WELL = topics("""
# well 1 !
? I'm [fine|good|well|great|okay|doing well|very well][, thanks|, thank you|, and you|][.|!] / [Good|Fine|Great|Not bad|Pretty
  good|All good|Very good], thanks[.|!|] / Can't complain[.|]
- Good to hear! / Glad to hear it! / That's good! / Great!
= That's good to hear. / I'm glad that you are doing well. / Good, then we can have a nice chat.
+ I'm up and running too. / Days like that are worth enjoying. / Everything works on my side as well.
~ What's on your plan for today? / What would you like to talk about? / What made your day good?
# not_well 1
? I'm [not so good|not great|so-so|a bit tired|not well|not feeling great][.|, to be honest.|] / [Not so good|Could be
  better|So-so|Bad][.|]
- I'm sorry to hear that. / Oh no, I'm sorry. / That's a pity.
= I'm sorry to hear that. / I hope that the day gets better for you. / That's a pity, and I'm here if you want to talk.
+ Some days are just like that. / Be kind to yourself today. / A small break may help.
~ What happened? / Do you want to talk about it? / Is there something that would help?
""")
