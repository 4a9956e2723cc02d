"""Input of the order endpoints, and the schema of their output.

The renderer writes the values of `receipts` without a serializer; those here describe them in the
schema.
"""

from collections import defaultdict
from typing import Any

from rest_framework import serializers

from foundation.fields import CurrencyField, IdField, MoneyField, StrictIntegerField
from foundation.parameters import Parameters
from foundation.problems import ProblemDetailsSerializer
from orders.models import TOTAL_DIGITS, Order
from products.models import PRICE_DIGITS

MAX_LINES = 100
MAX_QUANTITY = 10_000  # units of a product in an order


class LineInput(serializers.Serializer[Any]):
    product_id = IdField()
    quantity = StrictIntegerField(min_value=1, max_value=MAX_QUANTITY)


class OrderInput(serializers.Serializer[Any]):
    """An order to place. Lines of the same product are added up."""

    store_id = IdField()
    items = serializers.ListField(child=LineInput(), allow_empty=False, max_length=MAX_LINES)
    email = serializers.EmailField(
        required=False,
        max_length=Order.email.field.max_length,
        help_text="Where the confirmation goes, if not to the customer's own address.",
    )

    expected_total = MoneyField(
        TOTAL_DIGITS,
        required=False,
        allow_null=True,
        min_value=0,
        help_text="The total that the shopper has seen. If the order would cost more, nothing is done.",
    )

    def validate_items(self, lines: list[dict[str, int]]) -> list[dict[str, int]]:
        """Refuse lines of one product whose sum is too large."""
        units_of: defaultdict[int, int] = defaultdict(int)
        for line in lines:
            units_of[line["product_id"]] += line["quantity"]
        too_many = {product_id for product_id, units in units_of.items() if units > MAX_QUANTITY}
        if too_many:
            message = f"Lines of this product ask for more than {MAX_QUANTITY:,} together."
            raise serializers.ValidationError(
                [{"quantity": [message]} if line["product_id"] in too_many else {} for line in lines]
            )
        return lines


class ItemSerializer(serializers.Serializer[Any]):
    product_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = MoneyField(PRICE_DIGITS)
    line_total = MoneyField(TOTAL_DIGITS)


class OrderSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    store_id = serializers.IntegerField()
    items = ItemSerializer(many=True)
    total = MoneyField(TOTAL_DIGITS)
    currency = CurrencyField()
    created_at = serializers.DateTimeField()


class PlacedOrderSerializer(OrderSerializer):
    access_token = serializers.CharField(
        required=False,
        help_text="Only for a guest's order: it opens the order, in the header Order-Token. It is shown only once.",
    )


class ShortageSerializer(serializers.Serializer[Any]):
    product_id = serializers.IntegerField()
    requested = serializers.IntegerField()
    available = serializers.IntegerField()


class RejectedOrderSerializer(OrderSerializer):
    shortages = ShortageSerializer(many=True)


class StoreOrderSerializer(serializers.ModelSerializer[Order]):
    """An order in its store's list."""

    total_items = serializers.IntegerField(help_text="Units over all lines.")
    currency = CurrencyField()

    class Meta:
        model = Order
        fields = ("id", "status", "customer_id", "total_items", "total", "currency", "created_at", "cancelled_at")


class CustomerOrderSerializer(serializers.ModelSerializer[Order]):
    """An order in its customer's list."""

    total_items = serializers.IntegerField(help_text="Units over all lines.")
    currency = CurrencyField()

    class Meta:
        model = Order
        fields = ("id", "status", "store_id", "total_items", "total", "currency", "created_at", "cancelled_at")


class OrdersQuery(Parameters):
    """Filters of a store's or a customer's orders."""

    status = serializers.ChoiceField(choices=Order.Status.choices, required=False)
    created_from = serializers.DateTimeField(required=False, help_text="At or after this time.")
    created_before = serializers.DateTimeField(required=False, help_text="Before this time.")


class OrderRejectedSerializer(ProblemDetailsSerializer):
    """A problem with the order as it was saved."""

    order = RejectedOrderSerializer(required=False)
    shortages = ShortageSerializer(many=True, required=False)
    access_token = serializers.CharField(required=False, help_text="Of a guest's rejected order.")
    items = ItemSerializer(many=True, required=False, help_text="When prices have risen: the lines at today's prices.")
    total = MoneyField(TOTAL_DIGITS, required=False, help_text="When prices have risen: what the order would cost.")
    currency = serializers.CharField(required=False)
