from datetime import datetime
from typing import Any

from rest_framework import serializers

from foundation.fields import CurrencyField, MoneyField, StrictIntegerField
from foundation.parameters import Parameters
from products.models import PRICE_DIGITS
from stores import selectors
from stores.models import Inventory, Store
from stores.services import MAX_QUANTITY


class StoreSerializer(serializers.ModelSerializer[Store]):
    class Meta:
        model = Store
        fields = ("id", "code", "name", "address", "city", "state", "zip", "latitude", "longitude")


class InventorySerializer(serializers.ModelSerializer[Inventory]):
    sku = serializers.CharField(source="product.sku")
    name = serializers.CharField(source="product.name")
    category = serializers.CharField(source="product.category.path", default=None, allow_null=True)
    price = MoneyField(PRICE_DIGITS, source="product.price")
    currency = CurrencyField()

    class Meta:
        model = Inventory
        fields = ("product_id", "sku", "name", "category", "price", "currency", "quantity")


class InventoryQuery(Parameters):
    q = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Words in the name, or a prefix of the SKU."
    )
    low_stock = serializers.BooleanField(
        required=False, default=False, help_text="Only products that are sold out or nearly so."
    )


class StockChangeSerializer(serializers.Serializer[Any]):
    """Either `set` or `adjust`. With `counted_at`, `set` is a count of that time."""

    set = StrictIntegerField(required=False, min_value=0, max_value=MAX_QUANTITY)
    adjust = StrictIntegerField(required=False, min_value=-MAX_QUANTITY, max_value=MAX_QUANTITY)
    counted_at = serializers.DateTimeField(required=False, help_text="Movements after it are applied on top.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")

    def validate_counted_at(self, value: datetime) -> datetime:
        if selectors.lies_ahead(value):
            raise serializers.ValidationError("Nothing can have been counted in the future.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("set" in attrs) == ("adjust" in attrs):
            raise serializers.ValidationError({"set": "Give either set or adjust."})
        if "counted_at" in attrs and "adjust" in attrs:
            raise serializers.ValidationError({"counted_at": "Goes with set only."})
        return attrs


class StockSerializer(serializers.Serializer[Any]):
    """A product's stock at a store after a change."""

    store_id = serializers.IntegerField()
    product_id = serializers.IntegerField()
    quantity = serializers.IntegerField()
