"""What the results page shows: an answer of search turned into options, chips and page links, each with its address."""

import dataclasses
import zlib
from collections.abc import Iterable, Sequence

from products.models import PATH_SEPARATOR
from products.paths import own_name
from search_api.contracts import MAX_WINDOW, FacetValue, PriceRange, SearchResponse, Sort
from storefront.search_state import ALL_STORES, PAGE_SIZE, SearchState, is_among, is_below, without
from storefront.templatetags.shop import money
from stores.models import Store

SHOWN_OPTIONS = 8
SHOWN_STORES = 5
SORTS = {
    Sort.RELEVANCE: "Best match",
    Sort.POPULARITY: "Most popular",
    Sort.CHEAPEST: "Price, low to high",
    Sort.DEAREST: "Price, high to low",
    Sort.NEWEST: "Newest",
    Sort.NAME: "Name",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a facet; its address is the page after choosing it, or after taking the choice back."""

    facet: str
    label: str
    count: int | None
    selected: bool
    url: str
    depth: int = 0

    @property
    def id(self) -> str:
        """Stable over pages, so that the focus stays on the option that was chosen."""
        return f"{self.facet}-{zlib.crc32(f'{self.facet}{self.depth}{self.label}'.encode()):x}"


@dataclasses.dataclass(frozen=True, slots=True)
class Facet:
    title: str
    options: Sequence[Option]

    @property
    def first(self) -> Sequence[Option]:
        """What is shown at once: the first options, and every chosen one."""
        return [o for place, o in enumerate(self.options) if place < SHOWN_OPTIONS or o.selected]

    @property
    def rest(self) -> Sequence[Option]:
        return [o for place, o in enumerate(self.options) if place >= SHOWN_OPTIONS and not o.selected]


@dataclasses.dataclass(frozen=True, slots=True)
class Chip:
    label: str
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class PageLink:
    """`number` None is a gap."""

    number: int | None
    url: str = ""
    current: bool = False


def facets(state: SearchState, answer: SearchResponse, store: Store | None) -> list[Facet]:
    """Every facet with something to choose."""
    found = answer.facets
    everything = [
        Facet("Availability", _availability_options(state, answer, store)),
        Facet("Category", _category_options(state, found["category"])),
        Facet("Brand", [_brand_option(state, value) for value in found["brand"]]),
        Facet("Price", [_price_option(state, each) for each in found["price"]["ranges"] if each["count"]]),
        Facet("Store", _store_options(state, answer, store)),
    ]
    return [facet for facet in everything if facet.options]


def _availability_options(state: SearchState, answer: SearchResponse, store: Store | None) -> list[Option]:
    in_stock = next((value for value in answer.facets["availability"] if value["value"]), None)
    return [
        Option(
            facet="in-stock",
            label=f"In stock at {store.name}" if store else "In stock somewhere",
            count=in_stock["count"] if in_stock else None,
            selected=bool(state.request.in_stock),
            url=state.changed(in_stock=None if state.request.in_stock else True).url,
        )
    ]


def _category_options(state: SearchState, values: Iterable[FacetValue]) -> list[Option]:
    """The roots, and what lies directly below the chosen path and beside it."""
    chosen = state.request.categories
    return [_category_option(state, value) for value in values if _is_open(value["value"], chosen)]


def _is_open(path: str, chosen: Sequence[str]) -> bool:
    above = path.rpartition(PATH_SEPARATOR)[0]
    return not above or any(is_among(one, (path, above)) or is_below(one, above) for one in chosen)


def _category_option(state: SearchState, value: FacetValue) -> Option:
    path = value["value"]
    return Option(
        facet="category",
        label=own_name(path),
        count=value["count"],
        selected=value["selected"],
        url=state.changed(categories=_with_category(state.request.categories, path)).url,
        depth=path.count(PATH_SEPARATOR),
    )


def _with_category(chosen: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Chosen again, a path goes, and what it lies in comes back; a new one replaces what lies in it or around it."""
    if is_among(path, chosen):
        above = path.rpartition(PATH_SEPARATOR)[0]
        others = without(chosen, path)
        return (*others, above) if above and not any(is_below(one, above) for one in others) else others
    return (*(one for one in chosen if not is_below(one, path) and not is_below(path, one)), path)


def _brand_option(state: SearchState, value: FacetValue) -> Option:
    brand = value["value"]
    return Option(
        facet="brand",
        label=brand,
        count=value["count"],
        selected=value["selected"],
        url=state.changed(brands=_toggled(state.request.brands, brand)).url,
    )


def _toggled(chosen: tuple[str, ...], value: str) -> tuple[str, ...]:
    return without(chosen, value) if is_among(value, chosen) else (*chosen, value)


def _price_option(state: SearchState, each: PriceRange) -> Option:
    low, high = each["from"], each["to"]
    target = state.changed(price_min=None, price_max=None)
    if not each["selected"]:
        target = state.changed(price_min=low, price_max=high)
    return Option(
        facet="price", label=_price_label(low, high), count=each["count"], selected=each["selected"], url=target.url
    )


def _price_label(low: object, high: object) -> str:
    if low is None:
        return f"Up to {money(str(high))}"
    return f"{money(str(low))} to {money(str(high))}" if high is not None else f"{money(str(low))} and more"


def _store_options(state: SearchState, answer: SearchResponse, store: Store | None) -> list[Option]:
    others = [each for each in answer.facets["store"] if store is None or each["value"] != store.pk]
    options = [
        Option(
            facet="store", label="All stores", count=None, selected=store is None, url=state.at_store(ALL_STORES).url
        )
    ]
    if store:
        options.append(Option(facet="store", label=store.name, count=None, selected=True, url=state.at_store("").url))
    return options + [
        Option(
            facet="store",
            label=each["name"],
            count=each["count"],
            selected=False,
            url=state.at_store(str(each["value"])).url,
        )
        for each in others[:SHOWN_STORES]
    ]


def chips(state: SearchState) -> list[Chip]:
    """The active filters, each with the address of the page without it."""
    asked = state.request
    found = [Chip(path, state.changed(categories=without(asked.categories, path)).url) for path in asked.categories]
    found += [Chip(brand, state.changed(brands=without(asked.brands, brand)).url) for brand in asked.brands]
    if asked.price_min is not None or asked.price_max is not None:
        label = _price_label(asked.price_min, asked.price_max)
        found.append(Chip(label, state.changed(price_min=None, price_max=None).url))
    if asked.in_stock:
        found.append(Chip("In stock", state.changed(in_stock=None).url))
    return found


def unfiltered(state: SearchState) -> SearchState:
    """The same words with no filter."""
    return state.changed(categories=(), brands=(), price_min=None, price_max=None, in_stock=None)


def better_spelling(state: SearchState, answer: SearchResponse) -> SearchState | None:
    """The same search spelt better, unless that is what is shown already."""
    corrected = any(change["kind"] == "spelling" for change in answer.relaxed)
    return state.changed(q=answer.did_you_mean) if answer.did_you_mean and not corrected else None


def pages(state: SearchState, count: int) -> list[PageLink]:
    """The first page, the last, and those around the current one; nothing when there is one page."""
    last = min(-(-count // PAGE_SIZE), MAX_WINDOW // PAGE_SIZE)
    if last <= 1:
        return []
    current = state.request.page
    numbers = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    links: list[PageLink] = []
    for number in numbers:
        if links and number - (links[-1].number or 0) > 1:
            links.append(PageLink(None))
        links.append(PageLink(number, state.changed(page=number).url, current=number == current))
    return links


def neighbour(state: SearchState, answer: SearchResponse, step: int) -> str:
    """Address of the page after (1) or before (-1) this one; empty when there is none."""
    page = answer.next_page if step > 0 else answer.previous_page
    return state.changed(page=page).url if page else ""
