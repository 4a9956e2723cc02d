"""Requests and responses of search, as the REST API and the storefront use them."""

import dataclasses
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, NotRequired, TypedDict

from django.conf import settings

from indexing.shown_fields import Shown
from products.attribute_values import AttributeType

MAX_QUERY_LENGTH = 200  # characters; longer is refused
MAX_PAGE_SIZE = 100
MAX_WINDOW = 10_000  # page x page_size; beyond, a cursor pages on
MIN_SUGGEST_LENGTH = 3
EVERY_WORD, SOME_WORDS = "every_word", "some_words"
MAX_SUGGESTIONS = 10
MAX_SEARCHES = 20  # of a multi-search
EVERYTHING = "*"  # in `attributes_to_retrieve`
ATTRIBUTES = "attributes"  # the facets of attributes that help most
ATTRIBUTE_NAME = "attr.{}"  # the facet of an attribute, and the parameter that filters by it


class Sort(StrEnum):
    RELEVANCE = "relevance"
    CHEAPEST = "price"
    DEAREST = "-price"
    NAME = "name"
    NEWEST = "-created"
    POPULARITY = "popularity"


class Relax(StrEnum):
    """What may be changed when nothing has every word and fits every filter."""

    NONE = "none"
    WORDS = "words"  # words may be missing
    ALL = "all"  # words or filters


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AttributeFilter:
    """Products with one of the values, or with a number between the bounds, both inclusive.

    With values and bounds, either is enough. The parameters are `attr.<code>`, which repeats,
    `attr.<code>_min` and `attr.<code>_max`; `attribute_parameters.parse` reads them.
    """

    code: str
    type: AttributeType = AttributeType.TEXT
    values: tuple[str, ...] = ()  # texts in any spelling, plain numbers, 'true' or 'false'
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A valid search.

    `store_id` makes availability, ranking and quantities that store's; it filters nothing.
    `cursor`: None for a page by number; "" starts deep paging; otherwise `next_cursor` of the
    response before.
    """

    q: str = ""
    categories: tuple[str, ...] = ()  # paths, 'Computers > Laptops', with all below them
    brands: tuple[str, ...] = ()
    attributes: tuple[AttributeFilter, ...] = ()  # ordered by code, each code once; all must be fulfilled
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    in_stock: bool | None = None
    on_sale: bool | None = None  # below its list price
    store_id: int | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 20
    cursor: str | None = None
    interpret: bool = True  # words that mean a filter or an order are one
    relax: Relax = Relax.ALL
    spelling: bool = True  # misspelt words are corrected
    # Only values with words that start with these texts are in the facet.
    category_search: str = ""
    brand_search: str = ""
    store_search: str = ""
    attribute_searches: tuple[tuple[str, str], ...] = ()  # code and text: `attr.<code>_search`
    # Facets of these attributes are added to those that help most: `attribute_facet=<code>`.
    attribute_facets: tuple[str, ...] = ()
    facet_limit: int | None = None  # values of one facet; by default each facet has its own limit
    # Names of facets, as in the answer, ATTRIBUTES, or ATTRIBUTE_NAME of one; None for all that there are.
    facets: tuple[str, ...] | None = None
    attributes_to_retrieve: tuple[str, ...] = ()  # codes, or EVERYTHING: hits have their values
    highlight: bool = True

    def shows(self, facet: str) -> bool:
        return self.facets is None or facet in self.facets

    @property
    def named_attributes(self) -> tuple[str, ...]:
        """Codes of the attributes whose facets the request names."""
        if not (self.attribute_facets or self.facets or self.attribute_searches):
            return ()
        searched = (code for code, _ in self.attribute_searches)
        prefix = ATTRIBUTE_NAME.format("")
        chosen = (name.removeprefix(prefix) for name in self.facets or () if name.startswith(prefix))
        return tuple(dict.fromkeys((*self.attribute_facets, *chosen, *searched)))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size

    def neighbours(self, count: int) -> tuple[int | None, int | None]:
        """The numbers of the previous and the next page of `count` hits; None where there is none."""
        end = self.offset + self.page_size
        has_next = self.page_size and end < count and end + self.page_size <= MAX_WINDOW
        return self.page - 1 or None, self.page + 1 if has_next else None


class Hit(Shown):
    """What the product shows, its `image` with an address for a browser. `list_price` is above the price on sale."""

    quantity: NotRequired[int]  # with a store only: from PostgreSQL
    attributes: NotRequired[dict[str, Any]]  # by code, with `attributes_to_retrieve` only
    highlight: dict[str, str]  # field -> HTML: the text escaped, matched words in <mark>
    missing_words: list[str]  # words of the query that the product lacks


class FacetValue(TypedDict):
    value: str
    count: int
    selected: bool


class StoreValue(TypedDict):
    value: int
    name: str
    count: int  # hits that this store has in stock
    selected: bool


class AvailabilityValue(TypedDict):
    value: bool  # True: in stock (at the store, when one is selected)
    count: int
    selected: bool


class OnSaleValue(TypedDict):
    value: bool
    count: int
    selected: bool


PriceRange = TypedDict("PriceRange", {"from": str | None, "to": str | None, "count": int, "selected": bool})


class PriceFacet(TypedDict):
    min: str | None
    max: str | None
    ranges: list[PriceRange]


# None for no bound.
NumberRange = TypedDict("NumberRange", {"from": float | None, "to": float | None, "count": int, "selected": bool})


class AttributeFacet(TypedDict):
    """A text has `values`. A boolean has the value 'true' alone, as one switch.

    A number has `ranges`, `min` and `max`, and when the hits have few different ones also `values`.
    Both ends belong to a range, which is selected by sending them as `attr.<code>_min` and `_max`.
    """

    code: str
    label: str
    type: str  # text, number or boolean
    unit: str
    values: list[FacetValue]
    ranges: list[NumberRange]
    min: float | None
    max: float | None


class AttributeName(TypedDict):
    code: str
    label: str


class Facets(TypedDict, total=False):
    """Counts of what can be selected next; a facet ignores its own filter and obeys all others.

    All of them, unless the request names some.
    """

    category: list[FacetValue]  # one value for every level; parents come before their children
    brand: list[FacetValue]
    price: PriceFacet
    availability: list[AvailabilityValue]
    on_sale: list[OnSaleValue]
    store: list[StoreValue]
    attributes: list[AttributeFacet]  # those that help most to choose between the hits come first
    more_attributes: list[AttributeName]  # others that the hits have: ask for them by `attribute_facet`


class Relaxation(TypedDict):
    """One change that was made to find more. `kind`: spelling, meaning, unknown, words, filter or stores."""

    kind: str
    message: str  # a sentence for the shopper
    dropped: list[str]  # words or filters that no longer had to match


class Interpretation(TypedDict):
    """Words of `q`, from `start` to `end`, that were read as parameters.

    Those of `kind` price and sort were applied. Products with what a brand, category or attribute
    names come first, and others are hits too; `parameters` would limit the hits to them.
    """

    kind: str  # price, sort, brand, category or attribute
    text: str
    start: int
    end: int
    parameters: dict[str, list[str]]
    label: str  # of the brand, category or attribute's value, to be shown


class Freshness(NamedTuple):
    """An answer is valid while the index has this generation. Corrections and names may change without a new one.

    An answer has none when no generation describes it: degraded, unfinished, by cursor, for words
    that are private, with quantities, or made without Redis.
    """

    generation: str
    made_at: float  # time.time()


@dataclasses.dataclass(slots=True, kw_only=True)
class SearchResponse:
    """Hits with every word come first, then those that lack some.

    `relaxed` is empty when some product has every word and nothing was changed to find it.
    """

    count: int  # of all pages
    results: list[Hit]
    facets: Facets
    count_every_word: int = 0  # how many of them have every word
    facets_describe: str = EVERY_WORD  # the hits that the facets count: those with every word; if none has, all
    did_you_mean: str | None = None  # q corrected, whether or not the hits are for it
    relaxed: list[Relaxation] = dataclasses.field(default_factory=list)
    interpreted: list[Interpretation] = dataclasses.field(default_factory=list)
    degraded: bool = False  # from PostgreSQL, because OpenSearch is unavailable
    unfinished: bool = False  # there was no time to count the facets: not cached, not rendered
    took_ms: float = 0.0
    next_page: int | None = None
    previous_page: int | None = None
    next_cursor: str | None = None
    freshness: Freshness | None = None

    def body(self, *, next_url: str | None, previous_url: str | None) -> dict[str, Any]:
        return {
            "count": self.count,
            "currency": settings.CURRENCY,
            "count_every_word": self.count_every_word,
            "next": next_url,
            "previous": previous_url,
            "next_page": self.next_page,
            "next_cursor": self.next_cursor,
            "results": self.results,
            "facets": self.facets,
            "facets_describe": self.facets_describe,
            "did_you_mean": self.did_you_mean,
            "relaxed": self.relaxed,
            "interpreted": self.interpreted,
            "degraded": self.degraded,
            "took_ms": self.took_ms,
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SuggestRequest:
    """A valid completion: at least MIN_SUGGEST_LENGTH characters."""

    q: str
    store_id: int | None = None
    limit: int = MAX_SUGGESTIONS


class SuggestionType(StrEnum):
    PRODUCT = "product"
    CATEGORY = "category"
    BRAND = "brand"
    QUERY = "query"  # a popular query


class Suggestion(TypedDict):
    text: str
    type: str
    id: int | str | None  # a product's id; a category's path; a brand's name; None for a query
    highlight: str  # HTML: the text escaped, matched starts of words in <mark>


@dataclasses.dataclass(slots=True, kw_only=True)
class SuggestResponse:
    query: str
    suggestions: list[Suggestion]
    degraded: bool = False
    freshness: Freshness | None = None
