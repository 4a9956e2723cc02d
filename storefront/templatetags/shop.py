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
from products.models import PATH_SEPARATOR
from products.paths import own_name
from storefront.glyphs import glyph_for
from storefront.search_state import price_text

register = template.Library()
register.filter(own_name)
register.filter(money)

TINTS = 6
_MARKED = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)
ICONS = "storefront/vendor/lucide/icons.svg"


@register.filter
def typed_price(price: Decimal | None) -> str:
    """A price as the price filter reads it."""
    return price_text(price)


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
def plate(category: Any, brand: str = "") -> dict[str, Any]:
    """A placeholder for a picture: the category's icon, on a tint of its root category."""
    path = str(category or "")
    root = path.split(PATH_SEPARATOR, maxsplit=1)[0]
    return {"tint": zlib.crc32(root.encode()) % TINTS + 1, "glyph": glyph_for(path), "brand": brand}


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
