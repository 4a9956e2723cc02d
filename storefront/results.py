"""What the results page shows of a search: facets, chips and page links, each with its URL."""

import dataclasses
import zlib
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.core.paginator import Paginator

from foundation.templatetags.money import money
from products.attribute_values import AttributeType, number_text, value_key
from products.models import PATH_SEPARATOR
from products.paths import own_name
from products.specifications import NO, value_text, with_unit
from search_api import selectors as search_selectors
from search_api.contracts import (
    AttributeFacet,
    FacetValue,
    Interpretation,
    PriceRange,
    SearchResponse,
    Sort,
    StoreValue,
)
from storefront import attribute_filters
from storefront.search_state import ALL_STORES, LAST_PAGE, PAGE_SIZE, SearchState, is_within, price_text, toggled
from stores.models import Store

SHOWN_OPTIONS = 8
SHOWN_STORES = 5
OPEN_ATTRIBUTES = 5  # facets; the others are folded behind their titles
SORTS = {
    Sort.RELEVANCE: "Best match",
    Sort.POPULARITY: "Most popular",
    Sort.CHEAPEST: "Price, low to high",
    Sort.DEAREST: "Price, high to low",
    Sort.NEWEST: "Newest",
    Sort.NAME: "Name",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet. Its URL selects it, or deselects it when it is selected."""

    facet: str
    label: str
    count: int | None
    selected: bool
    url: str
    depth: int = 0

    @property
    def id(self) -> str:
        """The same on every page, so that the focus stays on the option that was clicked."""
        return f"{self.facet}-{zlib.crc32(f'{self.facet}{self.depth}{self.label}'.encode()):x}"


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """A form for a number of one's own: the names and values of its two fields."""

    names: tuple[str, str]
    values: tuple[str, str]
    unit: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Facet:
    title: str
    shown: Sequence[Option]  # the first ones, and all that are selected
    more: Sequence[Option] = ()  # behind a button
    bounds: Bounds | None = None
    is_folded: bool = False  # behind its title

    @property
    def id(self) -> str:
        """The same on every page, so that it stays open or folded."""
        return f"facet-{zlib.crc32(self.title.encode()):x}"


def _facet(title: str, options: Sequence[Option], bounds: Bounds | None = None, *, is_folded: bool = False) -> Facet:
    shown = [option for index, option in enumerate(options) if index < SHOWN_OPTIONS or option.selected]
    more = [option for option in options if option not in shown]
    folded = is_folded and not any(option.selected for option in options)
    return Facet(title, shown, more, bounds, folded)


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    text: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


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
        _facet("Availability", [in_stock, *([on_sale] if on_sale.count or on_sale.selected else [])]),
        _facet("Category", _category_options(state, values["category"])),
        _facet("Brand", brands),
        _facet("Price", _price_options(state, values["price"]["ranges"]), Bounds(("price_min", "price_max"), typed)),
        *_attribute_facets(state, values["attributes"]),
        _facet("Store", _store_options(state, values["store"], store)),
    ]
    return [facet for facet in found if facet.shown]


def _attribute_facets(state: SearchState, values: Sequence[AttributeFacet]) -> list[Facet]:
    """A facet for each attribute; the switches share one. The first ones are open, and those with a selection."""
    found: list[Facet] = []
    switches: list[Option] = []
    for each in values:
        if each["type"] == AttributeType.BOOLEAN:
            switches += _value_options(state, each)
            continue
        asked = each["code"] in state.request.attribute_facets
        is_folded = len(found) >= OPEN_ATTRIBUTES and not asked
        if each["type"] == AttributeType.NUMBER:
            chosen, name = attribute_filters.chosen(state.request.attributes, each["code"]), f"attr.{each['code']}"
            typed = (attribute_filters.bound_text(chosen.minimum), attribute_filters.bound_text(chosen.maximum))
            bounds = Bounds((f"{name}_min", f"{name}_max"), typed, each["unit"])
            options, is_bounded = _number_options(state, each), any(typed)
            found.append(_facet(each["label"], options, bounds, is_folded=is_folded and not is_bounded))
        else:
            found.append(_facet(each["label"], _value_options(state, each), is_folded=is_folded))
    return [*found, *([_facet("Features", switches)] if switches else [])]


def _value_options(state: SearchState, facet: AttributeFacet) -> list[Option]:
    """Each value of an attribute; a switch is named after the attribute."""
    kind, chosen = AttributeType(facet["type"]), state.request.attributes
    options = []
    for value in facet["values"]:
        if kind is AttributeType.BOOLEAN:
            label = facet["label"] if value["value"] == "true" else f"{facet['label']}: {NO}"
        else:
            label = value_text(value["value"], kind, facet["unit"])
        others = attribute_filters.toggled(chosen, facet["code"], kind, value["value"])
        url = state.changed(attributes=others).url
        options.append(Option(f"attr-{facet['code']}", label, value["count"], value["selected"], url))
    return options


def _number_options(state: SearchState, facet: AttributeFacet) -> list[Option]:
    """The values when they are few, else the ranges; selected ones always."""
    options = _value_options(state, facet)
    if len(options) > SHOWN_OPTIONS:
        selected = [option for option in options if option.selected]
        return [*selected, *_range_options(state, facet)]
    return [*options, *(option for option in _range_options(state, facet) if option.selected or not options)]


def _range_options(state: SearchState, facet: AttributeFacet) -> list[Option]:
    options = []
    labels = _range_labels(facet)
    for each in facet["ranges"]:
        if not (each["count"] or each["selected"]):
            continue
        low, high = each["from"], each["to"]
        bounds = (None, None) if each["selected"] else (low, high)
        url = state.changed(attributes=attribute_filters.between(state.request.attributes, facet["code"], *bounds)).url
        label = labels[low, high]
        options.append(Option(f"attr-{facet['code']}", label, each["count"], each["selected"], url))
    return options


def _range_labels(facet: AttributeFacet) -> dict[tuple[float | None, float | None], str]:
    """Labels by the ends of the ranges: '1 to under 2' for what ends at 1.9999, where the next one begins at 2."""
    labels = {}
    for each, following in zip_longest(facet["ranges"], facet["ranges"][1:]):
        low, high = each["from"], each["to"]
        label = range_label(low, high, facet["unit"])
        below = following["from"] if following else None
        if high is not None and below is not None and _is_last_before(high, below):
            until = with_unit(number_text(below), facet["unit"])
            label = f"Under {until}" if low is None else f"{number_text(low)} to under {until}"
        labels[low, high] = label
    return labels


def _is_last_before(high: float, below: float) -> bool:
    """Whether no number with the decimals of `high` is between the two, and `below` is the shorter one to read."""
    last, following = Decimal(number_text(high)), Decimal(number_text(below))
    exponent = last.as_tuple().exponent
    return exponent < 0 and following - last == Decimal(1).scaleb(exponent) and len(str(following)) < len(str(last))  # type: ignore[operator, arg-type]


def range_label(low: float | None, high: float | None, unit: str) -> str:
    low_text, high_text = ("" if bound is None else number_text(bound) for bound in (low, high))
    if low is None:
        return f"Up to {with_unit(high_text, unit)}"
    if high is None:
        return f"{with_unit(low_text, unit)} and more"
    return with_unit(low_text, unit) if low == high else f"{low_text} to {with_unit(high_text, unit)}"


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
    found += _attribute_chips(state, response)
    if request.in_stock:
        found.append(Link("In stock", state.changed(in_stock=None).url))
    if request.on_sale:
        found.append(Link("On sale", state.changed(on_sale=None).url))
    for each in response.interpreted:
        if each["kind"] == "sort":
            found.append(Link(SORTS[request.sort], state.changed(sort=Sort.RELEVANCE).url))
        elif each["kind"] != "price":
            found.append(Link(_preferred(each), state.changed(interpret=False).url))
    return found


def _attribute_chips(state: SearchState, response: SearchResponse) -> list[Link]:
    """Named as in the facets, where those have the value or range."""
    chosen = state.request.attributes
    facets = {facet["code"]: facet for facet in response.facets.get("attributes", [])}
    definitions = search_selectors.attributes.get([each.code for each in chosen]) if chosen else {}
    found = []
    for each in chosen:
        known = definitions.get(each.code)
        label, unit = (known.label, known.unit) if known else (each.code, "")
        facet = facets.get(each.code)
        spellings = {value_key(value["value"]): value["value"] for value in facet["values"]} if facet else {}
        ranges = _range_labels(facet) if facet else {}
        for value in each.values:
            url = state.changed(attributes=attribute_filters.toggled(chosen, each.code, each.type, value)).url
            spelling = spellings.get(value_key(value), value)
            found.append(Link(f"{label}: {value_text(spelling, each.type, unit)}", url))
        if each.minimum is not None or each.maximum is not None:
            low, high = (None if bound is None else float(bound) for bound in (each.minimum, each.maximum))
            url = state.changed(attributes=attribute_filters.between(chosen, each.code)).url
            found.append(Link(f"{label}: {ranges.get((low, high)) or range_label(low, high, unit)}", url))
    return found


def _preferred(each: Interpretation) -> str:
    """The label for products that come first because words name their brand, category or value."""
    return f"{own_name(each['label'])} first"


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
                label = _preferred(each)
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
