from datetime import datetime
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty

from foundation.fields import BIGGEST_ID, CurrencyField, MoneyField, StrictIntegerField
from foundation.parameters import Parameters, Values
from products.models import PRICE_DIGITS
from products.serializers import MAX_NAMED, PublicProductSerializer
from stores import selectors
from stores.distances import parse_place
from stores.models import Inventory, Store
from stores.services import MAX_QUANTITY


class StoreSerializer(serializers.ModelSerializer[Store]):
    class Meta:
        model = Store
        fields = ("id", "code", "name", "address", "city", "state", "zip", "latitude", "longitude")


class PlaceField(serializers.CharField):
    """A place on earth, 'latitude,longitude' in degrees, as a pair of numbers."""

    default_error_messages: ClassVar = {"invalid": "It is a latitude and a longitude in degrees, such as 44.98,-93.27."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=50, **options)

    def run_validation(self, data: Any = empty) -> Any:
        text = super().run_validation(data)
        place = parse_place(text)
        if text and place is None:
            self.fail("invalid")
        return place


class StoresQuery(Parameters):
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Words in name, city, state or address; the start of a ZIP; a code.",
    )
    city = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="Its name, in any case.")
    near = PlaceField(
        required=False, allow_blank=True, help_text="latitude,longitude: the nearest first, with their distance."
    )


class DistanceField(serializers.FloatField):
    """The annotation `km` of a row, where it has one, to 100 m."""

    def __init__(self) -> None:
        help_text = "From `near`; null without it, or without a position."
        super().__init__(source="km", read_only=True, allow_null=True, default=None, help_text=help_text)

    def to_representation(self, value: Any) -> Any:
        return round(value, 1)


class FoundStoreSerializer(StoreSerializer):
    distance_km = DistanceField()

    class Meta(StoreSerializer.Meta):
        fields: Any = (*StoreSerializer.Meta.fields, "distance_km")


class StockQuery(Parameters):
    near = PlaceField(
        required=False, allow_blank=True, help_text="latitude,longitude: the nearest first, with their distance."
    )
    in_stock = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Only stores that have some, or only sold out ones."
    )
    city = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="Its name, in any case.")


class ProductStockSerializer(serializers.ModelSerializer[Inventory]):
    """A product's stock at a store."""

    store = StoreSerializer()
    in_stock = serializers.SerializerMethodField()
    distance_km = DistanceField()

    class Meta:
        model = Inventory
        fields = ("store", "quantity", "in_stock", "distance_km")

    @staticmethod
    def get_in_stock(row: Inventory) -> bool:
        return row.quantity > 0


class StoreQuery(Parameters):
    """The store that a product's `quantity` is of."""

    store_id = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)

    def validate_store_id(self, store_id: int) -> int:
        if not selectors.store_exists(store_id):
            raise serializers.ValidationError("There is no such store.", code="does_not_exist")
        return store_id


class ProductsAskedFor(StoreQuery):
    id = Values(child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), max_length=MAX_NAMED, required=False)
    sku = Values(child=serializers.CharField(max_length=64), max_length=MAX_NAMED, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not 0 < len(attrs.get("id", [])) + len(attrs.get("sku", [])) <= MAX_NAMED:
            message = f"Name 1 to {MAX_NAMED} products, by id or sku."
            raise serializers.ValidationError({"id": ErrorDetail(message, code="required")})
        return attrs


class StockSummarySerializer(serializers.Serializer[Any]):
    in_stock = serializers.BooleanField(help_text="In any store, or at the store of `store_id`.")
    stores = serializers.IntegerField(help_text="How many stores have it.")
    quantity = serializers.IntegerField(required=False, help_text="With `store_id`: units at that store.")


class ShopProductSerializer(PublicProductSerializer):
    stock = StockSummarySerializer()

    class Meta(PublicProductSerializer.Meta):
        fields = (*PublicProductSerializer.Meta.fields, "stock")


class ShopProductsSerializer(serializers.Serializer[Any]):
    products = ShopProductSerializer(many=True)


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
    counted_at = serializers.DateTimeField(
        required=False, help_text="When the stock was counted. Later sales and changes are applied again."
    )
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
