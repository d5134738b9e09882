"""Names and nouns for made-up passages and messages: many, so that what a reply says must be copied from what was asked."""

from __future__ import annotations

from lab.train.material.tables import pairs, words

WOMEN = words("""
    Anna, Lucy, Mia, Emma, Nora, Lily, Ella, Ruth, Ivy, Rosa, Zoe, Lena, Maya, Clara, Alice, Sara, Julia, Mei, Priya,
    Fatima, Olga, Ingrid, Carmen, Helen, Martha, Grace, Nina, Paula, Vera, Elena, Yuki, Amina, Hannah, Sofia, Laura,
    Tina, Greta, Dora, Leila, Naomi, Bella, Irene
""")
MEN = words("""
    Tom, Ben, Sam, Jack, Leo, Max, Oscar, Adam, Paul, Carl, Omar, Finn, Hugo, Peter, David, Noah, Erik, Ravi, George,
    Henry, Ivan, Kenji, Luis, Martin, Nils, Otto, Pedro, Simon, Victor, Walter, Ali, Daniel, Felix, Jonas, Karim,
    Marco, Philip, Robert, Stefan, Theo, Arthur, Frank
""")
FAMILIES = words("""
    Miller, Baker, Fisher, Brook, Hill, Stone, Parker, Wood, Carter, Green, Field, Harper, Marsh, Lane, Berg, Novak,
    Silva, Khan, Tanaka, Rossi, Weber, Larsen, Costa, Murphy, Wells, Turner, Bell, Frost, Grant, Young, Cole, Page,
    Reed, Shaw, Webb
""")
TOWNS = words("""
    Milford, Ashton, Oakdale, Riverton, Greenfield, Westbrook, Lakewood, Eastport, Hillside, Northgate, Stonebridge,
    Maple Town, Sandhill, Fairview, Kingsley, Brookside, Redwood, Silverton, Harbour Bay, Willow Creek, Pine Valley,
    Cold Springs, Marlow, Denby, Elmstead, Larkfield, Thornton, Whitby Cross, Mill Haven, Rosewood, Summerfield,
    Winterton, Clearwater, Foxley, Hazelwood, Newport, Oldbury, Penfield
""")
PLACES = words("""
    the park, the library, the market, the station, the town hall, the school, the beach, the museum, the church, the
    sports hall, the river, the old mill, the harbour, the main square, the cinema, the swimming pool, the forest, the
    bakery
""")  # fmt: skip
DAYS = words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
MONTHS = words("January, February, March, April, May, June, July, August, September, October, November, December")
TIMES = words(
    "at noon, in the morning, in the evening, at six o'clock, in the afternoon, at half past three, at nine o'clock, at dawn"
)
PETS = words("dog, cat, rabbit, parrot, hamster, goat, pony, turtle, duck, ferret, canary, guinea pig")
PET_NAMES = words("""
    Bruno, Luna, Rocky, Daisy, Coco, Fluffy, Rex, Misty, Pepper, Biscuit, Shadow, Ginger, Nugget, Pearl, Rusty,
    Snowball, Tiger, Waffles, Ziggy, Olive
""")
HOBBIES = words("""
    chess, painting, knitting, singing, gardening, cooking, photography, hiking, reading, dancing, rowing, climbing,
    pottery, cycling, swimming, tennis
""")
FOODS = words("""
    apple cake, tomato soup, fresh bread, vegetable stew, lemon pie, pancakes, fish curry, potato salad, onion soup,
    carrot cake, noodles, plum jam, rice and beans, mushroom pie
""")
GIFTS = words("""
    a red bicycle, a silver watch, a wooden boat, a blue scarf, a telescope, a guitar, a cookbook, a pair of boots, a
    camera, a puzzle, a warm coat, a music box, a chess set, a small tent
""")
LOST = words("""
    a black umbrella, a leather bag, a gold ring, a green wallet, a bunch of keys, a brown hat, a small camera, a grey
    coat, a purse, a phone, a yellow rucksack, a notebook
""")
PRODUCTS = pairs("""
a lamp: gives warm light; a kettle: boils water in one minute; a backpack: keeps everything dry; a chair: folds flat; a
bottle: keeps drinks cold; an alarm clock: wakes people with birdsong; a bicycle: fits into a small bag; an umbrella:
survives strong wind; a pen: can be erased; a phone: runs for a week; a suitcase: follows its owner; a coat: changes its
colour; a toaster: never burns the bread; a vacuum cleaner: makes no noise; a pillow: stays cool all night; a watch:
counts every step; a robot: waters the plants; a notebook: can be used again and again
""")
JOBS = words("""
    baker, teacher, nurse, carpenter, gardener, pilot, librarian, cook, mechanic, tailor, vet, painter, farmer,
    postman, bus driver, dentist, singer, firefighter
""")
ANIMALS = words("owl, fox, hedgehog, deer, swan, otter, seal, squirrel, goose, badger, eagle, hare, stork, beaver")
