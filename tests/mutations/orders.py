"""Safeguards of stock and orders."""

from tests.mutations.mutation import Edit, Mutation

MUTATIONS = [
    Mutation(
        "cancelled-order-has-sent-its-confirmation",
        Edit("orders/guests.py", ".exclude(status=Order.Status.REJECTED)", ".filter(status=Order.Status.CONFIRMED)"),
        tests=["tests/orders/test_guests.py"],
    ),
    Mutation(
        "orders-to-one-address-wait-for-each-other",
        Edit("orders/guests.py", '    lock_until_commit(number_of("orders.guests", address))\n', ""),
        tests=["tests/orders/test_guests.py"],
    ),
    Mutation(
        "order-stock-lock",
        Edit("stores/locks.py", "    ORDER BY product_id\n    FOR UPDATE\n", "    ORDER BY product_id\n"),
        tests=["tests/orders/test_lock_order.py", "tests/orders/test_races.py"],
    ),
    Mutation(
        "order-lock-order",
        Edit("stores/locks.py", "    ORDER BY product_id\n    FOR UPDATE\n", "    FOR UPDATE\n"),
        tests=["tests/orders/test_lock_order.py"],
    ),
    Mutation(
        "deduct-from-what-was-locked",
        Edit("orders/placing.py", "= judged.available - judged.quantity", "= stock.quantity - judged.quantity"),
        tests=["tests/orders/test_lock_order.py"],
    ),
    Mutation(
        "popularity-lock-order",
        Edit("orders/popularity.py", "        ORDER BY id\n        FOR NO KEY UPDATE OF products_product\n", ""),
        tests=["tests/orders/test_lock_order.py"],
    ),
    Mutation(
        "hiding-without-key",
        Edit("products/services.py", ", no_key=True", ""),
        tests=["tests/orders/test_lock_order.py"],
    ),
    Mutation(
        "quantity-check",
        Edit("stores/migrations/0001_initial.py", "models.Q(quantity__gte=0)", "models.Q(quantity__gte=-1000000)"),
        tests=["tests/stores/test_stock_rules.py"],
    ),
    Mutation(
        "idempotency-record",
        Edit(
            "orders/services.py",
            '    idempotency.remember(SCOPE, key, {"order_id": str(placed.id), "status": placed.status})\n',
            "",
        ),
        tests=["tests/orders/test_idempotency.py"],
    ),
    Mutation(
        "sum-of-equal-lines",
        Edit(
            "orders/services.py",
            "units[line.product_id] = units.get(line.product_id, 0) + line.quantity",
            "units[line.product_id] = line.quantity",
        ),
        tests=["tests/orders/test_place_order.py"],
    ),
    Mutation(
        "basket-key-belongs-to-its-content",
        Edit("storefront/services.py", 'content = {"store_id"', 'content = {"email": email, "store_id"'),
        tests=["tests/storefront/test_checkout.py"],
    ),
    Mutation(
        "account-with-orders-stays",
        Edit(
            "orders/models.py", "settings.AUTH_USER_MODEL, models.PROTECT", "settings.AUTH_USER_MODEL, models.SET_NULL"
        ),
        tests=["tests/orders/test_order_access.py"],
    ),
    Mutation(
        "idempotency-unique",
        Edit(
            "foundation/migrations/0001_initial.py",
            'fields=("scope", "caller", "key"), name="foundation_idempotency_once"',
            'fields=("scope", "caller", "key", "id"), name="foundation_idempotency_once"',
        ),
        tests=["tests/orders/test_idempotency.py"],
    ),
    Mutation(
        "cancel-once",
        Edit(
            "orders/services.py",
            "Order.objects.filter(pk=order_id, status=Order.Status.CONFIRMED).update(",
            "Order.objects.filter(pk=order_id).update(",
        ),
        tests=["tests/orders/test_cancel_order.py"],
    ),
    Mutation(
        "two-workers-send-one-confirmation",
        Edit("orders/confirmations.py", "Q(confirmation_due_at=None) | Q(confirmation_due_at__lte=Now()), ", ""),
        tests=["tests/orders/test_confirmation.py::test_of_two_workers_at_the_same_time_one_sends_the_mail"],
    ),
    Mutation(
        "stock-is-announced-after-the-commit",
        Edit("stores/signals.py", "transaction.on_commit(send)", "send()"),
        Edit("stores/signals.py", "from django.db import transaction\n", ""),
        tests=["tests/orders/test_stock_signal.py::test_change_is_announced_when_other_sessions_see_it"],
    ),
    Mutation(
        "order-is-announced-after-the-commit",
        Edit(
            "orders/services.py",
            "transaction.on_commit(partial(order_confirmed.send_robust, sender=None, order_id=order.id))",
            "order_confirmed.send_robust(sender=None, order_id=order.id)",
        ),
        tests=["tests/orders/test_stock_signal.py::test_change_is_announced_when_other_sessions_see_it"],
    ),
    Mutation(
        "cancelling-locks-the-stock",
        Edit("orders/services.py", "    locks.lock_stock(order.store_id, units)\n", ""),
        tests=["tests/stores/test_locks_held.py"],
    ),
    Mutation(
        "repair-of-the-books-locks-the-stock",
        Edit("stores/services.py", "    locks.lock_stock(store_id, suspects)\n", ""),
        tests=["tests/stores/test_locks_held.py"],
    ),
    Mutation(
        "repair-of-the-books-is-one-transaction",
        Edit("stores/services.py", "@in_one_transaction\ndef repair_books", "def repair_books"),
        tests=["tests/stores/test_locks_held.py"],
    ),
    Mutation(
        "delivery-is-one-transaction",
        Edit("stores/services.py", "@in_one_transaction\ndef receive_rows", "def receive_rows"),
        tests=["tests/stores/test_locks_held.py"],
    ),
    Mutation(
        "generation-read-first",
        Edit(
            "stores/selectors.py",
            "inventory_cache.write(store_id, fresh, under=generation)",
            "inventory_cache.write(store_id, fresh, under=inventory_cache.generation(store_id))",
        ),
        tests=["tests/stores/test_quantities.py"],
    ),
]
