"""English plurals: one key for singular and plural, which need not be a word: 'batteries', 'battery'; 'shoes', 'sho'.

Only plurals: a stemmer that also removes -ing and -er makes one word of 'gaming' and 'games' and of 'printer' and
'print'. Where a plural can have two singulars ('caches': 'cach' or 'cache'), both of them get the same key.
"""

import re

from language.english_spellings import american
from language.word_lists import pairs, words

_SHORTEST = 3  # letters of a key: 'toes' does not become 'to'

# Words that end in -s in the singular. Those in -ss, -us and -is do as well, but for plurals of words in -u and -i.
_SINGULAR = words("alias atlas bias bolas canvas christmas fracas gas lens news pancreas summons thermos")
_OF_TWO_LETTERS = words("ads cds djs ids lps pcs pjs tvs yos")
_SINGULAR_ENDINGS = ("ss", "us", "is")
_FROM_U_OR_I = re.compile(
    r"(?:.*(?:eau|ieu)|bayou|caribou|emu|flu|gnu|guru|haiku|kudzu|marabou|menu|pilau|snafu|sudoku|tiramisu|tofu|tutu|zebu"
    r"|.+[aefhjkwz]i|.*(?:bikini|chilli|chili|mini)|alibi|anti|broccoli|cannoli|daiquiri|deli|graffiti|kohlrabi|macaroni"
    r"|martini|muesli|mufti|origami|panini|pastrami|pepperoni|potpourri|rabbi|ravioli|safari|salami|sari|scampi|semi"
    r"|spaghetti|tahini|taxi|teriyaki|tsunami|yeti|yogi|zombi|zucchini)s"
)
_IRREGULAR = pairs(
    """
    abaci abacus, alumni alumnus, cacti cactus, foci focus, fungi fungus, hippopotami hippopotamus, loci locus,
    nuclei nucleus, octopi octopus, radii radius, stimuli stimulus, syllabi syllabus, termini terminus,
    thesauri thesaurus,
    aquaria aquarium, bacteria bacterium, memoranda memorandum, terraria terrarium,
    criteria criterion, phenomena phenomenon, automata automaton, algae alga, antennae antenna, formulae formula,
    larvae larva,
    vertebrae vertebra, appendices appendix, indices index, matrices matrix, vertices vertex, vortices vortex,
    ax axe, elves elf, geese goose, lice louse, lives life, mice mouse, oxen ox, passersby passerby,
    busses bus, chilies chili, chillies chili, gasses gas, monies money
    """
)
# Compounds have them too: 'salesmen', 'bookshelves', 'penknives'.
_IRREGULAR_ENDINGS = pairs(
    """
    children child, feet foot, men man, people person, teeth tooth, dormice dormouse, knives knife, wives wife,
    calves calf, dwarves dwarf, halves half, hooves hoof, leaves leaf, loaves loaf, scarves scarf, selves self,
    sheaves sheaf, shelves shelf, thieves thief, wharves wharf, wolves wolf
    """
)
_IRREGULAR_ENDING = re.compile(f"(?:{'|'.join(_IRREGULAR_ENDINGS)})$")
_SINGULAR_MEN = words(
    """
    abdomen acumen albumen amen bitumen carmen cyclamen examen foramen hymen lumen omen ramen regimen rumen semen
    specimen stamen yemen
    """
)
# After these letters an e may belong to the word or to the plural: caches, axes, houses, prizes, shoes.
_E_OF_EITHER = re.compile(r"(?:ch|sh|[osxz])e$")
_GREEK = re.compile(r"..+(?<!s)sis$")  # oasis, oases; but chassis


def plural_key(word: str) -> str:
    """The same for the singular and the plural of a folded word."""
    singular = _irregular(word)
    if singular == word:
        singular = _irregular(_without_s(word))  # 'womens', without its apostrophe, is 'women' now
    singular = american(singular)
    if len(singular) <= _SHORTEST:
        return singular
    if singular.endswith("ie"):  # of movies and batteries; tie and ties are too short
        return f"{singular[:-2]}y"
    if _E_OF_EITHER.search(singular):
        singular = singular[:-1]
    elif _GREEK.match(singular):
        singular = singular[:-2]
    return singular[:-1] if singular.endswith("zz") else singular  # quiz, quizzes


def _irregular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    ending = _IRREGULAR_ENDING.search(word)
    return word[: ending.start()] + _IRREGULAR_ENDINGS[ending[0]] if ending and word not in _SINGULAR_MEN else word


def _without_s(word: str) -> str:
    if word.endswith("eaux"):  # gateaux
        return word[:-1]
    if not word.endswith("s") or word in _SINGULAR:
        return word
    if len(word) <= _SHORTEST:  # gas, ups, sms
        return word[:-1] if word in _OF_TWO_LETTERS else word
    if word.endswith(_SINGULAR_ENDINGS) and not _FROM_U_OR_I.fullmatch(word):
        return word
    return word[:-1]
