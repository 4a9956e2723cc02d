"""What the results page shows of a search: facets, chips and page links, each with its URL."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator

from foundation.templatetags.money import money
from products.models import PATH_SEPARATOR
from products.paths import own_name
from search_api.contracts import FacetValue, PriceRange, SearchResponse, Sort, StoreValue
from storefront.attribute_facets import attribute_chips, attribute_facets
from storefront.page_parts import Bounds, Facet, Link, Option, facet_of
from storefront.search_state import ALL_STORES, LAST_PAGE, PAGE_SIZE, SearchState, is_within, price_text, toggled
from stores.models import Store

SHOWN_STORES = 5
SORTS = {
    Sort.RELEVANCE: "Best match",
    Sort.POPULARITY: "Most popular",
    Sort.CHEAPEST: "Price, low to high",
    Sort.DEAREST: "Price, high to low",
    Sort.NEWEST: "Newest",
    Sort.NAME: "Name",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    text: str
    label: str


def facets(state: SearchState, response: SearchResponse, store: Store | None) -> list[Facet]:
    request, values = state.request, response.facets
    in_stock = Option(
        "in-stock",
        label=f"In stock at {store.name}" if store else "In stock at any store",
        count=next((value["count"] for value in values["availability"] if value["value"]), None),
        selected=bool(request.in_stock),
        url=state.changed(in_stock=None if request.in_stock else True).url,
    )
    brands = [
        Option(
            "brand",
            label=brand["value"],
            count=brand["count"],
            selected=brand["selected"],
            url=state.changed(brands=toggled(request.brands, brand["value"])).url,
        )
        for brand in values["brand"]
    ]
    on_sale = Option(
        "on-sale",
        label="On sale",
        count=next((value["count"] for value in values["on_sale"] if value["value"]), None),
        selected=bool(request.on_sale),
        url=state.changed(on_sale=None if request.on_sale else True).url,
    )
    typed = (price_text(request.price_min), price_text(request.price_max))
    found = [
        facet_of("Availability", [in_stock, *([on_sale] if on_sale.count or on_sale.selected else [])]),
        facet_of("Category", _category_options(state, values["category"])),
        facet_of("Brand", brands),
        facet_of("Price", _price_options(state, values["price"]["ranges"]), Bounds(("price_min", "price_max"), typed)),
        *attribute_facets(state, values["attributes"]),
        facet_of("Store", _store_options(state, values["store"], store)),
    ]
    return [facet for facet in found if facet.shown]


def more_filters(state: SearchState, response: SearchResponse) -> list[Link]:
    """Further attributes of the hits, each with the URL of the page with its facet."""
    asked = state.request.attribute_facets
    return [
        Link(each["label"], state.changed(attribute_facets=(*asked, each["code"])).url)
        for each in response.facets["more_attributes"]
        if each["code"] not in asked
    ]


def _category_options(state: SearchState, values: Sequence[FacetValue]) -> list[Option]:
    """The root categories, and the children and siblings of the selected ones."""
    selected = state.request.categories
    options = []
    for value in values:
        path = value["value"]
        parent = path.rpartition(PATH_SEPARATOR)[0]
        if parent and not any(is_within(other, parent) for other in selected):
            continue
        others = toggled(selected, path)
        if len(others) > len(selected):  # selecting it replaces the categories around and within it
            related = [other for other in selected if is_within(other, path) or is_within(path, other)]
            others = tuple(other for other in others if other not in related)
        elif parent and not any(is_within(other, parent) for other in others):  # deselecting it selects its parent
            others = (*others, parent)
        url = state.changed(categories=others).url
        depth = path.count(PATH_SEPARATOR)
        options.append(Option("category", own_name(path), value["count"], value["selected"], url, depth))
    return options


def _price_options(state: SearchState, ranges: Sequence[PriceRange]) -> list[Option]:
    options = []
    for each in ranges:
        low, high = each["from"], each["to"]
        target = state.changed(price_min=None, price_max=None)
        if not each["selected"]:
            target = state.changed(price_min=low, price_max=high)
        if each["count"]:
            options.append(Option("price", _price_label(low, high), each["count"], each["selected"], target.url))
    return options


def _store_options(state: SearchState, values: Sequence[StoreValue], store: Store | None) -> list[Option]:
    """All stores, the store of this search, and the others with the most of its products."""
    options = [Option("store", "All stores", None, store is None, state.at_store(ALL_STORES).url)]
    if store:
        options.append(Option("store", store.name, None, selected=True, url=state.at_store("").url))
    others = [value for value in values if store is None or value["value"] != store.pk]
    for value in others[:SHOWN_STORES]:
        url = state.at_store(str(value["value"])).url
        options.append(Option("store", value["name"], value["count"], selected=False, url=url))
    return options


def _price_label(low: object, high: object) -> str:
    if low is None:
        return f"Up to {money(str(high))}"
    return f"{money(str(low))} to {money(str(high))}" if high is not None else f"{money(str(low))} and more"


def chips(state: SearchState, response: SearchResponse) -> list[Link]:
    """The active filters, and what words were read as, each with the URL of the page without it."""
    request = state.request
    found = [Link(path, state.changed(categories=toggled(request.categories, path)).url) for path in request.categories]
    found += [Link(brand, state.changed(brands=toggled(request.brands, brand)).url) for brand in request.brands]
    if request.price_min is not None or request.price_max is not None:
        label = _price_label(request.price_min, request.price_max)
        found.append(Link(label, state.changed(price_min=None, price_max=None).url))
    found += attribute_chips(state, response)
    if request.in_stock:
        found.append(Link("In stock", state.changed(in_stock=None).url))
    if request.on_sale:
        found.append(Link("On sale", state.changed(on_sale=None).url))
    for each in response.interpreted:
        if each["kind"] == "sort":
            found.append(Link(SORTS[request.sort], state.changed(sort=Sort.RELEVANCE).url))
        elif each["kind"] != "price":
            # Products come first whose brand, category or value the words name.
            found.append(Link(f"{own_name(each['label'])} first", state.changed(interpret=False).url))
    return found


def meanings(response: SearchResponse) -> list[Meaning]:
    """Which words were read as a filter or an order, and as which."""
    found = []
    for each in response.interpreted:
        values = {name: values[0] for name, values in each["parameters"].items()}
        match each["kind"]:
            case "sort":
                label = SORTS[Sort(values["sort"])]
            case "price":
                label = _price_label(values.get("price_min"), values.get("price_max"))
            case _:
                label = f"{own_name(each['label'])} first"
        found.append(Meaning(each["text"], label))
    return found


def parted(state: SearchState, response: SearchResponse) -> dict[str, Any]:
    """The hits of the page with every word, and those below the boundary."""
    place = max(response.count_every_word - state.request.offset, 0)
    first, others = response.results[:place], response.results[place:]
    return {
        "hits_with_every_word": first,
        "other_hits": others,
        "other_offset": state.request.offset + len(first),
        "other_count": response.count - response.count_every_word,
    }


def page_links(state: SearchState, count: int) -> list[Link]:
    """The first page, the last, and those around the current one; none when there is one page.

    An ellipsis between them has no URL.
    """
    paginator = Paginator(range(min(count, LAST_PAGE * PAGE_SIZE)), PAGE_SIZE)
    if paginator.num_pages == 1:
        return []
    current = min(state.request.page, paginator.num_pages)
    numbers = paginator.get_elided_page_range(current, on_each_side=1, on_ends=1)
    return [Link(str(each), state.changed(page=each).url if isinstance(each, int) else "") for each in numbers]
