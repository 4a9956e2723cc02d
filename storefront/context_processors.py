from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from storefront import basket, chosen_store


def shop(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows; read only when a template asks, so that the API and the admin pay nothing."""
    return {
        "shop_name": settings.SHOP_NAME,
        "low_stock": settings.LOW_STOCK,
        "my_store": partial(chosen_store.of, request),
        "basket_units": lambda: len(basket.of(request)),
    }
