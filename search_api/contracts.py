"""What search is asked and what it answers. The REST API and the storefront both speak in these."""

import dataclasses
from decimal import Decimal
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

MAX_QUERY_LENGTH = 200  # characters; longer is refused
MAX_PAGE_SIZE = 100
MAX_WINDOW = 10_000  # page x page_size; beyond, a cursor pages on
MIN_SUGGEST_LENGTH = 3
MAX_SUGGESTIONS = 10


class Sort(StrEnum):
    RELEVANCE = "relevance"
    CHEAPEST = "price"
    DEAREST = "-price"
    NAME = "name"
    NEWEST = "-created"
    POPULARITY = "popularity"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A valid question. `store_id` makes availability, ranking and quantities that store's; it hides nothing.

    `cursor`: None pages by number; "" starts deep paging; anything else came as `next_cursor` of the answer before.
    """

    q: str = ""
    categories: tuple[str, ...] = ()  # paths, 'Computers > Laptops'; a path stands for what is below it too
    brands: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    in_stock: bool | None = None
    store_id: int | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 20
    cursor: str | None = None
    # Only values with words that start so are in the facet.
    category_search: str = ""
    brand_search: str = ""
    store_search: str = ""

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


class Hit(TypedDict):
    id: int
    sku: str
    name: str
    brand: str
    category: str
    price: str
    in_stock: bool
    quantity: NotRequired[int]  # with a store only: exact, from PostgreSQL
    highlight: dict[str, str]  # field -> HTML: the text escaped, what matched in <mark>


class FacetValue(TypedDict):
    value: str
    count: int
    selected: bool


class StoreValue(TypedDict):
    value: int
    name: str
    count: int  # products found that this store has
    selected: bool


class AvailabilityValue(TypedDict):
    value: bool  # True: in stock (at the store, when one is chosen)
    count: int
    selected: bool


PriceRange = TypedDict("PriceRange", {"from": str | None, "to": str | None, "count": int, "selected": bool})


class PriceFacet(TypedDict):
    min: str | None
    max: str | None
    ranges: list[PriceRange]


class Facets(TypedDict):
    """Counts for what could be chosen next; each ignores its own filter and obeys all others."""

    category: list[FacetValue]  # every level has a value of its own; parents come before their children
    brand: list[FacetValue]
    price: PriceFacet
    availability: list[AvailabilityValue]
    store: list[StoreValue]


class Relaxation(TypedDict):
    """One thing that was changed to find something. `kind`: spelling, words, filter or stores."""

    kind: str
    message: str  # a sentence for the shopper
    dropped: list[str]  # the words or filters that no longer had to match


@dataclasses.dataclass(slots=True, kw_only=True)
class SearchResponse:
    """An answer. `relaxed` is empty when exactly what was asked is shown."""

    count: int
    results: list[Hit]
    facets: Facets
    did_you_mean: str | None = None  # a better spelling of q, whether or not it was used
    relaxed: list[Relaxation] = dataclasses.field(default_factory=list)
    degraded: bool = False  # from PostgreSQL, because OpenSearch is away
    unfinished: bool = False  # few hits, and no time to look for more: not to be given to others, and told to nobody
    took_ms: float = 0.0
    next_page: int | None = None
    previous_page: int | None = None
    next_cursor: str | None = None

    def body(self, *, next_url: str | None, previous_url: str | None) -> dict[str, Any]:
        """The answer as the REST API gives it."""
        return {
            "count": self.count,
            "next": next_url,
            "previous": previous_url,
            "results": self.results,
            "facets": self.facets,
            "did_you_mean": self.did_you_mean,
            "relaxed": self.relaxed,
            "degraded": self.degraded,
            "took_ms": self.took_ms,
        }


class SuggestionType(StrEnum):
    PRODUCT = "product"
    CATEGORY = "category"
    BRAND = "brand"
    QUERY = "query"  # what others searched for


class Suggestion(TypedDict):
    text: str
    type: str
    id: int | str | None  # a product's id; a category's path; a brand's name; None for a query
    highlight: str  # HTML: the text escaped, what matched in <mark>


@dataclasses.dataclass(slots=True, kw_only=True)
class SuggestResponse:
    query: str
    suggestions: list[Suggestion]
    degraded: bool = False
