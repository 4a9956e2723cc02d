"""What the pages promise to a visitor whose requests overlap, or who has two tabs."""

from tests.mutations.mutation import Edit, Mutation

TEMPLATES = "storefront/templates/storefront"
BASKET = "tests/storefront/test_basket.py"

MUTATIONS = [
    Mutation(
        "basket-of-another-tab-is-shown-whole",
        Edit("storefront/views/basket.py", "and left <= shown", "and shown is not None"),
        tests=[BASKET],
    ),
    Mutation(
        "removed-line-goes",
        Edit(f"{TEMPLATES}/_basket_changes.html", 'hx-swap-oob="delete"', 'hx-swap-oob="true"'),
        tests=[BASKET],
    ),
    Mutation(
        "header-leads-back-to-the-page-as-it-is",
        Edit(f"{TEMPLATES}/_stores.html", "{% if oob %}", "{% if near == None %}"),
        tests=["tests/storefront/test_store_picker.py"],
    ),
    Mutation(
        "page-and-fragment-are-told-apart-by-caches",
        Edit("storefront/views/stores.py", '@vary_on_headers("HX-Request")\n', ""),
        tests=["tests/storefront/test_store_picker.py"],
    ),
]
