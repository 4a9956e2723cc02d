"""Random products to evaluate search with: the same ones for the same seed and catalogue."""

import random

from products.models import Product


def random_products(size: int, seed: int) -> list[Product]:
    ids = list(Product.objects.searchable().order_by("pk").values_list("pk", flat=True))
    sample = random.Random(seed).sample(ids, min(size, len(ids)))  # noqa: S311 - a sample, not a secret
    return list(Product.objects.filter(pk__in=sample).order_by("pk"))
