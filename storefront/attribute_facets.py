"""Attributes on the results page: their facets, and the filters that are chosen."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from products.attribute_values import AttributeType, number_text, value_key
from products.specifications import NO, value_text, with_unit
from search_api import selectors as search_selectors
from search_api.contracts import AttributeFacet, SearchResponse
from storefront import attribute_filters
from storefront.page_parts import SHOWN_OPTIONS, Bounds, Facet, Link, Option, facet_of
from storefront.search_state import SearchState

OPEN_ATTRIBUTES = 5  # facets; the others are folded behind their titles


def attribute_facets(state: SearchState, values: Sequence[AttributeFacet]) -> list[Facet]:
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
            found.append(facet_of(each["label"], options, bounds, is_folded=is_folded and not is_bounded))
        else:
            found.append(facet_of(each["label"], _value_options(state, each), is_folded=is_folded))
    return [*found, *([facet_of("Features", switches)] if switches else [])]


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
        label = _range_label(low, high, facet["unit"])
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


def _range_label(low: float | None, high: float | None, unit: str) -> str:
    low_text, high_text = ("" if bound is None else number_text(bound) for bound in (low, high))
    if low is None:
        return f"Up to {with_unit(high_text, unit)}"
    if high is None:
        return f"{with_unit(low_text, unit)} and more"
    return with_unit(low_text, unit) if low == high else f"{low_text} to {with_unit(high_text, unit)}"


def attribute_chips(state: SearchState, response: SearchResponse) -> list[Link]:
    """The filters by attributes, named as in the facets, each with the URL of the page without it."""
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
            found.append(Link(f"{label}: {ranges.get((low, high)) or _range_label(low, high, unit)}", url))
    return found
