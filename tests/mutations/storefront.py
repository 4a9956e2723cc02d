"""What the pages promise: to a visitor whose requests overlap, or who has two tabs, to the keyboard, to staff."""

from tests.mutations.mutation import Edit, Mutation

TEMPLATES = "storefront/templates/storefront"
BASKET = "tests/storefront/test_basket.py"
FOCUS = "tests/browser/test_focus.py"
STAFF = "tests/storefront/test_staff_pages.py"

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
    Mutation(
        "focus-stays-near-a-removed-control",
        Edit("storefront/static/storefront/shop.js", "region?.focus({ preventScroll: true });", ";"),
        tests=[FOCUS],
    ),
    Mutation(
        "changes-of-the-basket-are-announced",
        Edit(f"{TEMPLATES}/_basket_changes.html", '{% include "storefront/_basket_announced.html" %}\n', ""),
        tests=[FOCUS],
    ),
    Mutation(
        "home-page-needs-no-search",
        Edit("storefront/views/search.py", "except OperationalError:", "except LookupError:"),
        tests=["tests/storefront/test_slow_database.py"],
    ),
    Mutation(
        "staff-find-orders-of-their-store-only",
        Edit("storefront/views/staff.py", "found_by(orders, q)", "found_by(Order.objects.all(), q)"),
        tests=[STAFF],
    ),
    Mutation(
        "changed-stock-leads-back-to-the-filtered-page",
        Edit(f"{TEMPLATES}/staff/_inventory_row.html", 'value="{{ here }}"', 'value=""'),
        tests=[STAFF],
    ),
]
