"""Queries for this catalogue: words of its products, the same ones in every run."""

import random
from urllib.parse import urlencode

from products.models import Product
from tools.bench.wire import Request

SEED = 7
SAMPLE = 4_000  # products that queries are taken from
MIN_WORD = 3  # characters


def searches(count: int) -> list[str]:
    """Mostly two words of a name, else a brand with a kind of product, one word, or a SKU."""
    rng = random.Random(SEED)
    products = list(Product.objects.searchable().select_related("category").order_by("id")[:SAMPLE])
    texts = []
    for _ in range(count):
        product = rng.choice(products)
        words = [word for word in product.name.split() if len(word) >= MIN_WORD and word.isalpha()]
        words = words or [product.name[:40]]
        kind = product.category.name if product.category else words[-1]
        start = rng.randrange(max(1, len(words) - 1))
        forms = (" ".join(words[start : start + 2]), f"{product.brand} {kind}".strip(), rng.choice(words), product.sku)
        texts += rng.choices(forms, weights=(5, 2, 2, 1))
    return texts


def prefixes(count: int) -> list[str]:
    """The first letters of names, as they are typed."""
    rng = random.Random(SEED)
    names = list(Product.objects.searchable().order_by("id").values_list("name", flat=True)[:SAMPLE])
    return [rng.choice(names)[: rng.randrange(3, 9)].strip().ljust(MIN_WORD, "a") for _ in range(count)]


def search_requests(texts: list[str], **filters: object) -> list[Request]:
    return [Request(f"/search/products/?{urlencode({'q': text, **filters}, doseq=True)}") for text in texts]


def suggest_requests(texts: list[str], **filters: object) -> list[Request]:
    return [Request(f"/search/suggest/?{urlencode({'q': text, **filters})}") for text in texts]
