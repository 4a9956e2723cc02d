from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from storefront import basket, chosen_store


def shop(request: HttpRequest) -> dict[str, Any]:
    """What every page's header shows. Store and basket are read only when a template uses them."""
    return {
        "shop_name": settings.SHOP_NAME,
        "low_stock": settings.LOW_STOCK,
        "my_store": partial(chosen_store.of, request),
        "basket_units": lambda: sum(basket.of(request).lines.values()),
    }
