"""Singular and plural of an English noun have one key, and different nouns have different ones."""

from collections import defaultdict

import pytest

from language.english_spellings import american
from language.languages import LANGUAGES
from language.word_lists import pairs
from tests.language.nouns import english_nouns

pytestmark = pytest.mark.unit

ENGLISH = LANGUAGES["en"]
stem = ENGLISH.stem


SINGULARS_AND_PLURALS = pairs(
    """
    shoe shoes, tree trees, tomato tomatoes, potato potatoes, hoodie hoodies, hoody hoodies, tie ties, necktie neckties,
    movie movies, headache headaches, knife knives, penknife penknives, battery batteries, watch watches, cache caches,
    axe axes, box boxes, house houses, prize prizes, quiz quizzes, glass glasses, lens lenses, lense lenses, bus buses,
    gas gases, canvas canvases, leaf leaves, shelf shelves, bookshelf bookshelves, glove gloves, mouse mice, foot feet,
    tooth teeth, man men, woman women, salesman salesmen, specimen specimens, child children, goose geese,
    person people, menu menus, taxi taxis, bikini bikinis, plateau plateaus, oasis oases, tv tvs, key keys, toe toes,
    series series, scissors scissors, chassis chassis, women womens, cactus cacti, index indices, gateau gateaux,
    octopus octopi, chilli chillies, chili chilies
    """
)
TWO_SPELLINGS = pairs(
    """
    colour color, colours color, multicoloured multicolored, flavour flavors, armoury armory, moisturising moisturizing,
    organiser organizers, analyse analyze, fibre fiber, fibreglass fiberglass, litres liter, theatre theater,
    travelling traveling, jewellery jewelry, labelled labeled, aluminium aluminum, tyres tire, grey gray,
    licence license,
    catalogues catalog, discs disk, mould mold, pyjamas pajamas, woollen woolen
    """
)
DIFFERENT_WORDS = pairs(
    """
    tap tape, cap cape, tub tube, can cane, pin pine, bath bathe, printer print, gaming games, bra brass, lap lapse,
    prince princess, pro prose, ten tense, par parse, scar scarce, slice lice, olives life, cleaves leaf, pumice mouse,
    ramen raman, gas ga, ups up, ms m, bus bu, wolf evolves, new news, four for, tour tor, contour contor, velour velor,
    ogre oger, acre acer, pollen polen, tallest talest, wise wize, raise race
    """
)


@pytest.mark.parametrize(("singular", "plural"), SINGULARS_AND_PLURALS.items())
def test_singular_and_plural_have_one_key(singular: str, plural: str) -> None:
    assert stem(singular) == stem(plural)


@pytest.mark.parametrize(("british", "american"), TWO_SPELLINGS.items())
def test_british_and_american_spelling_have_one_key(british: str, american: str) -> None:
    assert stem(british) == stem(american)


@pytest.mark.parametrize(("one", "other"), DIFFERENT_WORDS.items())
def test_different_words_have_different_keys(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_nearly_every_noun_has_the_key_of_its_plural() -> None:
    nouns = english_nouns()
    apart = [noun for noun, plurals in nouns.items() if stem(noun) not in map(stem, plurals)]
    assert len(nouns) > 18_000
    assert len(apart) <= 0.005 * len(nouns), apart


def test_nearly_no_nouns_share_a_key() -> None:
    nouns = english_nouns()
    by_key = defaultdict(set)
    for noun in nouns:
        by_key[stem(noun)].add(noun)
    # Some nouns of the list are plurals of others, such as 'glasses'.
    plurals = {plural for noun, forms in nouns.items() for plural in (*forms, f"{noun}s", f"{noun}es")}
    # And some have two spellings.
    shared = [same for same in by_key.values() if len({american(noun) for noun in same - plurals}) > 1]
    assert len(shared) <= 0.002 * len(nouns), shared


def test_no_word_but_a_stop_word_has_its_key() -> None:
    words = {word for noun, plurals in english_nouns().items() for word in (noun, *plurals)}
    words |= {f"{word}{ending}" for word in ENGLISH.stop_words for ending in ("s", "es", "e")}
    assert not [word for word in words - ENGLISH.stop_words if stem(word) in ENGLISH.stop_words]
    assert all(stem(word) == word for word in ENGLISH.stop_words)
