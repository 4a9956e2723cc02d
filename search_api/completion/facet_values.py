"""The brands, categories and attribute values of all products, cached in the process.

Text is completed from them, words of queries name them, and facets show their spellings.

The engine counts them once in MAX_AGE seconds: a search for those with a prefix took half of a
completion's time.
"""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping

from foundation.expiring_cache import ExpiringValue
from indexing import generation
from indexing.attributes import SEPARATOR, number_of_key
from indexing.errors import EngineUnavailableError
from language import languages
from language.kind import head
from language.prefix_match import NameIndex
from language.terms import analyse
from products.attribute_values import AttributeType, number_text, value_key
from products.paths import own_name
from search_api import selectors
from search_api.contracts import ATTRIBUTE_NAME
from search_api.engine import client, spellings
from search_api.query.named_values import Kind, Value, ValueTable

MAX_AGE = 10.0  # s; a new brand is completed after this
MAX_VALUES = 10_000  # brands, and categories: those with most products
MAX_ATTRIBUTE_VALUES = 5_000  # that words of a query may name; for most catalogues all but the rare ones
LEAST_ALONE = 1_000  # smaller numbers count something, which is a word beside them
LONGEST_SCALE = 3  # letters of 'EU' or 'US'
REQUEST = {
    "size": 0,
    "aggs": {
        "brand": {"terms": {"field": "brand_name", "size": MAX_VALUES}},
        "category": {"terms": {"field": "category_paths", "size": MAX_VALUES}},
        "attribute": {"terms": {"field": "attribute_facets", "size": MAX_ATTRIBUTE_VALUES}},
        "spelling": {"terms": {"field": "attribute_spellings", "size": MAX_ATTRIBUTE_VALUES}},
    },
}


@dataclasses.dataclass(frozen=True, slots=True)
class KnownValues:
    """Brands, and category paths by their own names, in the order in which they are offered."""

    brands: NameIndex
    categories: NameIndex
    named: ValueTable  # both, and values of attributes, by their stems
    generation: str | None  # of the index, from before the values were read: they are at least as new


def known_values(
    brands: Iterable[str] = (),
    category_paths: Iterable[str] = (),
    attribute_counts: Mapping[str, int] | None = None,
    attribute_spellings: Iterable[str] = (),
    *,
    under_generation: str | None = None,
) -> KnownValues:
    """`attribute_counts`: products by the term of a value in the index; without it no words are named.

    `attribute_spellings`: the commonest first, as terms too.
    """
    brands, paths = _each_once(brands), _each_once(category_paths)
    named: list[tuple[tuple[str, ...], Value]] = []
    if attribute_counts is not None:
        named = [*_named(brands, paths), *_named_attributes(attribute_counts, attribute_spellings)]
    table = ValueTable(named, _as_words(attribute_counts or {}))
    return KnownValues(_index(brands, str), _index(paths, own_name), table, under_generation)


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    """The first, commonest spelling of each value, as facets have one value for all spellings."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(value_key(value), value)
    return tuple(found.values())


# To index 10,000 names takes 30 ms, and they rarely differ from those of the read before.
_index = functools.lru_cache(maxsize=4)(NameIndex)


def _named(brands: Iterable[str], paths: Iterable[str]) -> Iterator[tuple[tuple[str, ...], Value]]:
    language = languages.current().code
    for brand in brands:
        yield _stems(brand, language), Value(Kind.BRAND, "brand", brand, brand)
    for path in paths:
        yield _stems(own_name(path), language), Value(Kind.CATEGORY, "category", path, path)


def _named_attributes(
    counts: Mapping[str, int], spelling_terms: Iterable[str]
) -> Iterator[tuple[tuple[str, ...], Value]]:
    """Texts, and numbers: with their unit, and bare, which mean something beside a word of their attribute."""
    spelt: dict[str, str] = {}
    for spelling in spelling_terms:
        code, _, written = spelling.partition(SEPARATOR)
        spelt.setdefault(f"{code}{SEPARATOR}{value_key(written)}", written)
    language = languages.current().code
    codes = {term.partition(SEPARATOR)[0] for term in counts}
    known = selectors.attributes.get(codes) if codes else {}
    for term, products in counts.items():
        code, _, key = term.partition(SEPARATOR)
        attribute = known.get(code)
        if not attribute or attribute.type is AttributeType.BOOLEAN:
            continue
        value, text, shown = key, key, spelt.get(term, key)
        if attribute.type is AttributeType.NUMBER:
            number = number_of_key(key)
            if number is None:
                continue
            value = number_text(number)
            text = shown = f"{value} {attribute.unit}".rstrip()
        label = f"{attribute.label}: {shown}"
        stems, beside = _stems(attribute.label, language), _beside(attribute.label, attribute.unit, language)
        parameter = ATTRIBUTE_NAME.format(code)
        named = Value(Kind.ATTRIBUTE, parameter, value, label, term, products, stems, beside)
        yield _stems(text, language), named
        if attribute.unit and attribute.type is AttributeType.NUMBER:
            yield (value,), named


def _as_words(counts: Iterable[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What shoppers type for a value that no document has as a word: the label of a 'yes', a year, a number of a model.

    A number is typed so when all values of its attribute have at least four digits and no unit or decimals: a weight in
    grams is not, nor is the 3 of 'usb 3 cable'.
    """
    language = languages.current().code
    numbers: dict[str, dict[str, float]] = {}
    known = selectors.attributes.get({term.partition(SEPARATOR)[0] for term in counts}) if counts else {}
    for term in counts:
        code, _, key = term.partition(SEPARATOR)
        attribute = known.get(code)
        if attribute and attribute.type is AttributeType.BOOLEAN:
            yield _stems(attribute.label, language), term
        elif attribute and attribute.type is AttributeType.NUMBER and not attribute.unit:
            numbers.setdefault(code, {})[term] = number_of_key(key) or 0
    for values in numbers.values():
        if all(value >= LEAST_ALONE and value == int(value) for value in values.values()):
            yield from (((number_text(value),), term) for term, value in values.items())


@functools.lru_cache(MAX_VALUES)
def _beside(label: str, unit: str, language: str) -> tuple[str, ...]:
    """The stems of a label's word for the thing, of a scale behind it ('Size EU'), and of the unit."""
    terms = analyse(label)
    words = [head(label, terms), *_stems(unit, language)]
    if terms and len(terms[-1].written) <= LONGEST_SCALE and label.rstrip(" )]")[-2:].isupper():
        words += [terms[-1].stem, *(term.stem for term in terms[-2:-1])]
    return tuple(filter(None, words))


@functools.lru_cache(MAX_VALUES * 4)
def _stems(name: str, language: str) -> tuple[str, ...]:
    """Without stop words, which queries are parsed without."""
    del language  # a key of the cache
    stop_words = languages.current().stop_words
    return tuple(term.stem for term in analyse(name) if term.written not in stop_words)


def _read() -> KnownValues:
    current = generation.read()
    counts = client.search(REQUEST)["aggregations"]
    brands, paths = ([bucket["key"] for bucket in counts[kind]["buckets"]] for kind in ("brand", "category"))
    # Facets then need no request for these.
    spellings.put(spellings.BRANDS, _each_once(brands))
    spellings.put(spellings.CATEGORIES, _each_once(paths))
    attributes = {bucket["key"]: bucket["doc_count"] for bucket in counts["attribute"]["buckets"]}
    spelt = [bucket["key"] for bucket in counts["spelling"]["buckets"]]
    return known_values(brands, paths, attributes, spelt, under_generation=current)


cached = ExpiringValue("brands and categories", _read, max_age=MAX_AGE, outages=(EngineUnavailableError,))
