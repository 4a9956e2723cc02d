"""The words that say what a product may cost, of each language, and the signs of currencies.

All are folded. A new language is another row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from language.word_lists import words


@dataclass(frozen=True, slots=True)
class PriceWords:
    """Phrases, split by '|'.

    `below`, `above` and `between` speak of prices where no currency does; what `at_most`, `at_least`
    and `range` join is a price only with one: 'up to 50' may be pages. `below_after` and
    `above_after` follow a number with a currency.
    """

    below: str
    above: str
    at_most: str
    at_least: str
    between: str  # before the first number
    between_and: str  # between the two
    range_from: str
    range_to: str
    below_after: str
    above_after: str
    around: str  # before a number with a currency
    around_after: str
    negations: str  # 'not more than' is at most
    cheapest: str
    dearest: str
    # What may follow a number without a currency: after another word it counts that.
    links: frozenset[str]
    # Words of ages and sizes, after which a number without a currency is one.
    counted: frozenset[str] = frozenset()


PRICE_WORDS: Mapping[str, PriceWords] = {
    "en": PriceWords(
        below="under|below|less than|cheaper than|lower than|for less than|priced under|priced below|<",
        above="over|above|more than|higher than|priced over|priced above|>",
        at_most="up to|upto|max|max.|maximum|at most|within|not exceeding",
        at_least="from|at least|min|min.|minimum|starting at",
        between="between|priced between",
        between_and="and|&|to|-",
        range_from="from|for",
        range_to="to|-",
        below_after="or less|or under|or below|and under|max|maximum|and less",
        above_after="or more|or over|or above|and up|and more|and over|plus|+",
        around="around|about|roughly|approximately|approx|approx.|circa|ca.|~",
        around_after="or so|ish",
        negations="no|not|never|nothing",
        cheapest="cheap|cheapest|lowest price|lowest priced|low price|inexpensive",
        dearest="most expensive|highest price",
        links=words("but with without for in and or from by to on of that which including near"),
        counted=words(
            "age aged ages kid kids child children boy boys girl girls toddler toddlers baby babies adult adults "
            "people year years size sizes length width height weight turn goes go all moved crossed"
        ),
    ),
    "de": PriceWords(
        below="unter|weniger als|gunstiger als|billiger als|<",
        above="uber|ueber|mehr als|teurer als|>",
        at_most="bis|bis zu|max|max.|maximal|hochstens",
        at_least="ab|von|mindestens|min|min.",
        between="zwischen",
        between_and="und|bis|-",
        range_from="von|fur",
        range_to="bis|-",
        below_after="oder weniger|maximal|max",
        above_after="oder mehr|und mehr|aufwarts",
        around="etwa|ungefahr|circa|zirka|ca|ca.|rund|um|um die|gegen|~",
        around_after="",
        negations="nicht|kein|keine|nie",
        cheapest="billig|billige|billiger|billiges|billigen|billigste|billigster|billigstes|gunstig|gunstige|gunstiger"
        "|gunstiges|gunstigen|gunstigste|gunstigster|gunstigstes|preiswert|preiswerte",
        dearest="teuerste|teuerster|teuerstes",
        links=words("aber mit ohne fur in und oder von aus zum zur"),
        counted=words("alter kind kinder jungen madchen baby personen erwachsene jahre grosse lange breite hohe"),
    ),
    "fr": PriceWords(
        below="moins de|a moins de|en dessous de|au dessous de|sous|inferieur a|<",
        above="plus de|a plus de|au dessus de|superieur a|>",
        at_most="jusqu'a|jusqua|max|max.|maximum|au maximum",
        at_least="a partir de|des|au moins|minimum|min|min.",
        between="entre",
        between_and="et|-",
        range_from="de",
        range_to="a|-",
        below_after="ou moins|maximum|max",
        above_after="ou plus|et plus",
        around="environ|autour de|aux alentours de|a peu pres|~",
        around_after="environ",
        negations="pas|jamais",
        cheapest="pas cher|pas chere|pas chers|pas cheres|moins cher|moins chere|le moins cher|bon marche",
        dearest="le plus cher|la plus chere",
        links=words("mais avec sans pour en et ou de dans"),
        counted=words("age enfant enfants garcon fille bebe personnes adultes ans taille longueur largeur hauteur"),
    ),
    "es": PriceWords(
        below="menos de|por menos de|por debajo de|menor que|<",
        above="mas de|por mas de|por encima de|mayor que|>",
        at_most="hasta|max|max.|maximo|como maximo",
        at_least="desde|a partir de|al menos|minimo|min|min.",
        between="entre",
        between_and="y|-",
        range_from="de|desde",
        range_to="a|hasta|-",
        below_after="o menos|como maximo",
        above_after="o mas|en adelante",
        around="alrededor de|aproximadamente|unos|sobre|cerca de|~",
        around_after="aproximadamente",
        negations="no|nunca",
        cheapest="barato|barata|baratos|baratas|mas barato|mas barata|economico|economica|economicos|economicas",
        dearest="mas caro|mas cara",
        links=words("pero con sin para en y o de"),
        counted=words("edad nino ninos nina ninas bebe personas adultos anos talla largo ancho alto"),
    ),
    "it": PriceWords(
        below="meno di|a meno di|sotto|sotto i|sotto gli|inferiore a|<",
        above="piu di|sopra|sopra i|oltre|superiore a|>",
        at_most="fino a|max|max.|massimo|al massimo",
        at_least="da|a partire da|almeno|minimo|min|min.",
        between="tra|tra i|tra gli|fra|fra i|fra gli",
        between_and="e|e i|e gli|-",
        range_from="da",
        range_to="a|-",
        below_after="o meno|massimo",
        above_after="o piu|in su",
        around="circa|intorno a|intorno ai|attorno a|attorno ai|~",
        around_after="circa",
        negations="non|mai",
        cheapest="economico|economica|economici|economiche|piu economico|meno caro",
        dearest="piu caro|piu cara",
        links=words("ma con senza per in e o di da"),
        counted=words("eta bambino bambini bambina bambine neonato persone adulti anni taglia lunghezza larghezza"),
    ),
    "nl": PriceWords(
        below="onder|onder de|minder dan|goedkoper dan|<",
        above="boven|boven de|meer dan|duurder dan|>",
        at_most="tot|max|max.|maximaal|hoogstens",
        at_least="vanaf|van|minstens|min|min.",
        between="tussen|tussen de",
        between_and="en|-",
        range_from="van",
        range_to="tot|-",
        below_after="of minder|maximaal",
        above_after="of meer|en meer",
        around="ongeveer|circa|ca|ca.|rond|rond de|zo'n|~",
        around_after="ongeveer",
        negations="niet|geen|nooit",
        cheapest="goedkoop|goedkope|goedkoopste|voordelig|voordelige",
        dearest="duurste",
        links=words("maar met zonder voor in en of van"),
        counted=words(
            "leeftijd kind kinderen jongens meisjes baby personen volwassenen jaar maat lengte breedte hoogte"
        ),
    ),
    "pt": PriceWords(
        below="menos de|por menos de|abaixo de|menor que|<",
        above="mais de|por mais de|acima de|maior que|>",
        at_most="ate|max|max.|maximo|no maximo",
        at_least="a partir de|desde|pelo menos|minimo|min|min.",
        between="entre",
        between_and="e|-",
        range_from="de",
        range_to="a|ate|-",
        below_after="ou menos|no maximo",
        above_after="ou mais",
        around="cerca de|aproximadamente|por volta de|em torno de|~",
        around_after="aproximadamente",
        negations="nao|nunca",
        cheapest="barato|barata|baratos|baratas|mais barato|mais barata|economico|economica",
        dearest="mais caro|mais cara",
        links=words("mas com sem para em e ou de"),
        counted=words(
            "idade crianca criancas menino menina bebe pessoas adultos anos tamanho comprimento largura altura"
        ),
    ),
    "sv": PriceWords(
        below="under|mindre an|billigare an|lagre an|<",
        above="over|mer an|dyrare an|hogre an|>",
        at_most="upp till|hogst|max|max.|maximalt",
        at_least="fran|minst|min|min.",
        between="mellan",
        between_and="och|-",
        range_from="fran",
        range_to="till|-",
        below_after="eller mindre|max",
        above_after="eller mer|och uppat",
        around="ungefar|cirka|ca|ca.|runt|omkring|~",
        around_after="ungefar",
        negations="inte|ej|aldrig",
        cheapest="billig|billiga|billigt|billigast|billigaste|prisvard|prisvarda",
        dearest="dyrast|dyraste",
        links=words("men med utan for i och eller fran"),
        counted=words("alder barn pojkar flickor baby personer vuxna ar storlek langd bredd hojd"),
    ),
    # In these the words follow the number.
    "ja": PriceWords(
        below="",
        above="",
        at_most="",
        at_least="",
        between="",
        between_and="",
        range_from="",
        range_to="から|〜|~|-",
        below_after="以下|未満|以内|まで",
        above_after="以上",
        around="約",
        around_after="くらい|ぐらい|前後|程度",
        negations="",
        cheapest="安い|最安|最安値|格安",
        dearest="高級",
        links=frozenset(),
    ),
    "zh": PriceWords(
        below="低于|少于",
        above="高于|超过",
        at_most="最多",
        at_least="至少",
        between="",
        between_and="",
        range_from="",
        range_to="到|至|~|-",
        below_after="以下|以内|以內",
        above_after="以上",
        around="大约|约",
        around_after="左右|上下",
        negations="不|别",
        cheapest="便宜|最便宜|廉价",
        dearest="最贵",
        links=frozenset(),
    ),
}

# '$' and 'kr' are those of several countries: a shop reads them as its own. '£' is written, and
# not 'pounds', which are weights.
CURRENCY_SIGNS: Mapping[str, str] = {
    "AUD": "$|a$|au$|aud|dollar|dollars",
    "BRL": "r$|brl|real|reais",
    "CAD": "$|c$|ca$|cad|dollar|dollars",
    "CHF": "chf|fr.|franken|francs|franchi",
    "CNY": "¥|cny|rmb|元|块",
    "CZK": "kc|czk",
    "DKK": "kr|kr.|dkk|kroner",
    "EUR": "€|eur|euro|euros",
    "GBP": "£|gbp|quid",
    "INR": "₹|rs|rs.|inr|rupees",
    "JPY": "¥|jpy|yen|円",
    "MXN": "$|mx$|mxn|pesos",
    "NOK": "kr|kr.|nok|kroner",
    "NZD": "$|nz$|nzd|dollar|dollars",
    "PLN": "zl|pln|zloty|zlotych",
    "SEK": "kr|kr.|sek|kronor",
    "USD": "$|us$|usd|dollar|dollars|bucks",
}
