"""Countries with their capitals, continents and languages; those whose capital or continent is disputed are left out."""

from __future__ import annotations

from typing import NamedTuple

from lab.train.material.tables import pairs, rows


class Country(NamedTuple):
    """`name` has its article where it takes one: the Netherlands."""

    name: str
    capital: str
    continent: str
    language: str


TABLE = """
France|Paris|Europe|French
Germany|Berlin|Europe|German
Spain|Madrid|Europe|Spanish
Italy|Rome|Europe|Italian
Portugal|Lisbon|Europe|Portuguese
the United Kingdom|London|Europe|English
England|London|Europe|English
Scotland|Edinburgh|Europe|English
Wales|Cardiff|Europe|English and Welsh
Ireland|Dublin|Europe|English and Irish
the Netherlands|Amsterdam|Europe|Dutch
Belgium|Brussels|Europe|Dutch, French and German
Luxembourg|Luxembourg City|Europe|Luxembourgish, French and German
Switzerland|Bern|Europe|German, French, Italian and Romansh
Austria|Vienna|Europe|German
Denmark|Copenhagen|Europe|Danish
Norway|Oslo|Europe|Norwegian
Sweden|Stockholm|Europe|Swedish
Finland|Helsinki|Europe|Finnish and Swedish
Iceland|Reykjavik|Europe|Icelandic
Poland|Warsaw|Europe|Polish
the Czech Republic|Prague|Europe|Czech
Slovakia|Bratislava|Europe|Slovak
Slovenia|Ljubljana|Europe|Slovene
Hungary|Budapest|Europe|Hungarian
Romania|Bucharest|Europe|Romanian
Bulgaria|Sofia|Europe|Bulgarian
Greece|Athens|Europe|Greek
Croatia|Zagreb|Europe|Croatian
Serbia|Belgrade|Europe|Serbian
Bosnia and Herzegovina|Sarajevo|Europe|Bosnian, Serbian and Croatian
Montenegro|Podgorica|Europe|Montenegrin
Albania|Tirana|Europe|Albanian
North Macedonia|Skopje|Europe|Macedonian and Albanian
Malta|Valletta|Europe|Maltese and English
Estonia|Tallinn|Europe|Estonian
Latvia|Riga|Europe|Latvian
Lithuania|Vilnius|Europe|Lithuanian
Ukraine|Kyiv|Europe|Ukrainian
Belarus|Minsk|Europe|Belarusian and Russian
Moldova|Chisinau|Europe|Romanian
Monaco|Monaco|Europe|French
Liechtenstein|Vaduz|Europe|German
Andorra|Andorra la Vella|Europe|Catalan
Russia|Moscow||Russian
Turkey|Ankara||Turkish
China|Beijing|Asia|Chinese
Japan|Tokyo|Asia|Japanese
South Korea|Seoul|Asia|Korean
North Korea|Pyongyang|Asia|Korean
Mongolia|Ulaanbaatar|Asia|Mongolian
India|New Delhi|Asia|Hindi and English
Pakistan|Islamabad|Asia|Urdu and English
Bangladesh|Dhaka|Asia|Bengali
Nepal|Kathmandu|Asia|Nepali
Bhutan|Thimphu|Asia|Dzongkha
Afghanistan|Kabul|Asia|Pashto and Dari
Iran|Tehran|Asia|Persian
Iraq|Baghdad|Asia|Arabic and Kurdish
Syria|Damascus|Asia|Arabic
Lebanon|Beirut|Asia|Arabic
Jordan|Amman|Asia|Arabic
Saudi Arabia|Riyadh|Asia|Arabic
Kuwait|Kuwait City|Asia|Arabic
Qatar|Doha|Asia|Arabic
Bahrain|Manama|Asia|Arabic
Oman|Muscat|Asia|Arabic
the United Arab Emirates|Abu Dhabi|Asia|Arabic
Thailand|Bangkok|Asia|Thai
Vietnam|Hanoi|Asia|Vietnamese
Laos|Vientiane|Asia|Lao
Cambodia|Phnom Penh|Asia|Khmer
Malaysia|Kuala Lumpur|Asia|Malay
Singapore|Singapore|Asia|English, Malay, Chinese and Tamil
the Philippines|Manila|Asia|Filipino and English
Uzbekistan|Tashkent|Asia|Uzbek
Turkmenistan|Ashgabat|Asia|Turkmen
Kyrgyzstan|Bishkek|Asia|Kyrgyz and Russian
Tajikistan|Dushanbe|Asia|Tajik
the Maldives|Malé|Asia|Dhivehi
Egypt|Cairo|Africa|Arabic
Libya|Tripoli|Africa|Arabic
Tunisia|Tunis|Africa|Arabic
Algeria|Algiers|Africa|Arabic and Berber
Morocco|Rabat|Africa|Arabic and Berber
Sudan|Khartoum|Africa|Arabic and English
Ethiopia|Addis Ababa|Africa|Amharic
Somalia|Mogadishu|Africa|Somali and Arabic
Kenya|Nairobi|Africa|Swahili and English
Uganda|Kampala|Africa|English and Swahili
Rwanda|Kigali|Africa|Kinyarwanda, English and French
Tanzania|Dodoma|Africa|Swahili and English
Zambia|Lusaka|Africa|English
Zimbabwe|Harare|Africa|English, Shona and Ndebele
Malawi|Lilongwe|Africa|English and Chichewa
Mozambique|Maputo|Africa|Portuguese
Madagascar|Antananarivo|Africa|Malagasy and French
Namibia|Windhoek|Africa|English
Botswana|Gaborone|Africa|English and Tswana
Angola|Luanda|Africa|Portuguese
Cameroon|Yaoundé|Africa|French and English
Gabon|Libreville|Africa|French
Nigeria|Abuja|Africa|English
Ghana|Accra|Africa|English
Togo|Lomé|Africa|French
Liberia|Monrovia|Africa|English
Sierra Leone|Freetown|Africa|English
Senegal|Dakar|Africa|French
the Gambia|Banjul|Africa|English
Mali|Bamako|Africa|Bambara
Chad|N'Djamena|Africa|French and Arabic
Canada|Ottawa|North America|English and French
the United States|Washington|North America|English
Mexico|Mexico City|North America|Spanish
Guatemala|Guatemala City|North America|Spanish
Honduras|Tegucigalpa|North America|Spanish
El Salvador|San Salvador|North America|Spanish
Nicaragua|Managua|North America|Spanish
Costa Rica|San José|North America|Spanish
Panama|Panama City|North America|Spanish
Cuba|Havana|North America|Spanish
Haiti|Port-au-Prince|North America|French and Haitian Creole
the Dominican Republic|Santo Domingo|North America|Spanish
Jamaica|Kingston|North America|English
the Bahamas|Nassau|North America|English
Barbados|Bridgetown|North America|English
Colombia|Bogotá|South America|Spanish
Venezuela|Caracas|South America|Spanish
Ecuador|Quito|South America|Spanish
Peru|Lima|South America|Spanish and Quechua
Chile|Santiago|South America|Spanish
Argentina|Buenos Aires|South America|Spanish
Uruguay|Montevideo|South America|Spanish
Paraguay|Asunción|South America|Spanish and Guarani
Brazil|Brasília|South America|Portuguese
Guyana|Georgetown|South America|English
Suriname|Paramaribo|South America|Dutch
Australia|Canberra|Oceania|English
New Zealand|Wellington|Oceania|English and Maori
Fiji|Suva|Oceania|English, Fijian and Hindi
Papua New Guinea|Port Moresby|Oceania|English and Tok Pisin
Samoa|Apia|Oceania|Samoan and English
"""

ABOUT = pairs("""
    Paris: It lies on the river Seine; London: It lies on the river Thames; Rome: It is more than two thousand years
    old; Berlin: It is also the largest city of the country; Madrid: It lies in the middle of the country; Vienna: It
    lies on the Danube; Budapest: It lies on both sides of the Danube; Lisbon: It lies near the Atlantic Ocean;
    Amsterdam: It is famous for its canals; Stockholm: It is built on islands; Prague: It is famous for its old
    bridge; Athens: It is famous for its old temples; Tokyo: It is one of the largest cities of the world; Beijing: It
    is very large and very old; Cairo: It lies on the Nile; Canberra: Many people think it is Sydney; Ottawa: Many
    people think it is Toronto; Brasília: Many people think it is Rio de Janeiro; Ankara: Many people think it is
    Istanbul; Wellington: Many people think it is Auckland; Bern: Many people think it is Zurich; Moscow: It lies on
    the river Moskva; Dublin: It lies on the river Liffey; Quito: It lies high in the mountains; Reykjavik: It is
    small and lies by the sea; Washington: It is named after the first president; Copenhagen: It lies by the
    sea; Oslo: It lies on a fjord; Warsaw: It lies on the river Vistula; Nairobi: It lies near a large park with wild
    animals; Havana: It lies by the sea; Lima: It lies by the Pacific Ocean; Buenos Aires: It is famous for the tango;
    Brussels: It is famous for its waffles; Bangkok: It is famous for its temples; Belgrade: It lies where the Sava
    meets the Danube; Bratislava: It lies on the Danube; Seoul: It lies on the river Han; Baghdad: It lies on the
    river Tigris; Helsinki: It lies by the Baltic Sea
""")

COUNTRIES = [Country(*fields) for fields in rows(TABLE)]
MORE = dict(ABOUT)
