import html
import itertools
import re
import zlib
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foundation.templatetags.money import money
from products import pictures
from products.models import PATH_SEPARATOR
from products.paths import own_name
from storefront.glyphs import glyph_for
from storefront.search_state import SearchState

register = template.Library()
register.filter(own_name)
register.filter(money)

TINTS = 6
_MARKED = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)
ICONS = "storefront/vendor/lucide/icons.svg"


@register.simple_tag
def icon(name: str, css_class: str = "icon") -> SafeString:
    """An icon of the sprite, hidden from assistive technology because it is decoration."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        static(ICONS),
        name,
    )


@register.inclusion_tag("storefront/_plate.html")
def plate(category: Any, brand: str = "", image: Any = None, *, lazy: bool = True) -> dict[str, Any]:
    """The picture in front of its placeholder: the category's icon, on a tint of its root category.

    The placeholder stays when there is no picture, when it is of a site that the page may not load
    from, and when it cannot be loaded.
    """
    path = str(category or "")
    root = path.split(PATH_SEPARATOR, maxsplit=1)[0]
    src = pictures.address(image["url"]) if image else ""
    picture = {"src": src, "alt": image["alt"]} if src else None
    tint = zlib.crc32(root.encode()) % TINTS + 1
    return {"tint": tint, "glyph": glyph_for(path), "brand": brand, "picture": picture, "lazy": lazy}


@register.simple_tag
def price_before(price: Decimal | str, list_price: Decimal | str | None) -> Decimal | None:
    """The list price of a product that is on sale; None for others."""
    before = Decimal(list_price) if list_price not in (None, "") else None
    return before if before is not None and before > Decimal(price) else None


@register.simple_tag
def compare_link(state: SearchState, product_id: int) -> dict[str, Any] | None:
    """The page after marking a product for comparison, or unmarking it; None when no more can be marked."""
    selected = product_id in state.compared.ids
    if state.compared.is_full and not selected:
        return None
    return {"url": state.comparing(state.compared.toggled(product_id)).url, "selected": selected}


@register.simple_tag
def comma_separated(*parts: str) -> str:
    """The parts that are not empty, as in an address."""
    return ", ".join(filter(None, parts))


@register.filter
def highlighted(hit: dict[str, Any], field: str) -> SafeString:
    """A hit's field with the match in <mark>.

    Only these two tags are trusted; everything else is escaped again.
    """
    text = hit["highlight"].get(field)
    if text is None:
        return format_html("{}", hit[field])
    pieces = zip(_MARKED.split(text), itertools.cycle(("{}", "<mark>{}</mark>")), strict=False)
    return SafeString("".join(format_html(tag, html.unescape(piece)) for piece, tag in pieces))


@register.filter
def short_id(identifier: object) -> str:
    """The last group of a UUID, short enough to read out and random."""
    return str(identifier).rsplit("-", 1)[-1].upper()
