"""What shoppers of this catalogue would type: words taken from its products, the same ones in every run."""

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
    return [_search(rng, rng.choice(products)) for _ in range(count)]


def prefixes(count: int) -> list[str]:
    """The first letters of names, as somebody types them."""
    rng = random.Random(SEED)
    names = list(Product.objects.searchable().order_by("id").values_list("name", flat=True)[:SAMPLE])
    return [rng.choice(names)[: rng.randrange(3, 9)].strip().ljust(MIN_WORD, "a") for _ in range(count)]


def search_requests(texts: list[str], **filters: object) -> list[Request]:
    return [Request(f"/search/products/?{urlencode({'q': text, **filters}, doseq=True)}") for text in texts]


def suggest_requests(texts: list[str], **filters: object) -> list[Request]:
    return [Request(f"/search/suggest/?{urlencode({'q': text, **filters})}") for text in texts]


def _search(rng: random.Random, product: Product) -> str:
    words = [word for word in product.name.split() if len(word) >= MIN_WORD and word.isalpha()] or [product.name[:40]]
    kind = product.category.name if product.category else words[-1]
    start = rng.randrange(max(1, len(words) - 1))
    forms = (" ".join(words[start : start + 2]), f"{product.brand} {kind}".strip(), rng.choice(words), product.sku)
    return rng.choices(forms, weights=(5, 2, 2, 1))[0]
