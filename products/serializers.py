"""Input of the product endpoints, and the schema of their output.

`product_data` validates what is written, as for files; its serializer here only describes it in the schema.
"""

from typing import Any

from rest_framework import serializers

from foundation.fields import BIGGEST_ID, CurrencyField, MoneyField
from foundation.parameters import Parameters
from foundation.problems import FieldErrorSerializer
from products.models import PRICE_DIGITS, Product
from products.operations import Method, Operation, Result
from products.representation import CONTENT, RECORDED

MAX_NAMED = 100  # products of a list that are named by id or SKU
MAX_OPERATIONS = 1000


class ImageSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="An http(s) address, or the name of a stored file.")
    alt = serializers.CharField(allow_blank=True)


class ProductSerializer(serializers.ModelSerializer[Product]):
    category = serializers.CharField(
        source="category.path", default=None, allow_null=True, help_text="Names from the root down: 'A > B'."
    )
    currency = CurrencyField()
    attributes = serializers.DictField(help_text="Values by code: text, numbers, booleans, or lists of texts.")
    gtins = serializers.ListField(child=serializers.CharField(), help_text="GTINs with 14 digits.")
    images = ImageSerializer(many=True)

    class Meta:
        model = Product
        fields: Any = ("id", "currency", *(name for name in CONTENT if name != "active"))


class StaffProductSerializer(ProductSerializer):
    """A product, with what only staff see."""

    class Meta(ProductSerializer.Meta):
        fields = (*ProductSerializer.Meta.fields, "active", *RECORDED)


class SpecificationSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not the property
    text = serializers.CharField(help_text="The value in words, with its unit.")


class PublicProductSerializer(ProductSerializer):
    """What anybody may read of a product."""

    specifications = SpecificationSerializer(many=True)

    class Meta(ProductSerializer.Meta):
        fields = (*ProductSerializer.Meta.fields, "specifications")


class CategorySerializer(serializers.Serializer[Any]):
    """A category with those below it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    path = serializers.CharField(help_text="Names from the root down: 'A > B'.")
    count = serializers.IntegerField(help_text="Products, with those of the categories below.")
    children = serializers.ListField(
        child=serializers.DictField(), help_text="The categories below it, in the same form."
    )


class CategoryTreeSerializer(serializers.Serializer[Any]):
    categories = CategorySerializer(many=True)


class ProductInput(serializers.Serializer[Any]):
    """The values of a product. `PUT` needs name and price; a value that is left out has its default."""

    sku = serializers.CharField(max_length=64, required=False, help_text="If given, the SKU of the address.")
    name = serializers.CharField(max_length=300)
    brand = serializers.CharField(max_length=100, required=False, allow_blank=True)
    category = serializers.CharField(
        max_length=500, required=False, allow_null=True, help_text="'A > B'; missing categories are created."
    )
    price = MoneyField(PRICE_DIGITS)
    list_price = MoneyField(PRICE_DIGITS, required=False, allow_null=True)
    description = serializers.CharField(required=False, allow_blank=True)
    attributes = serializers.DictField(
        required=False, help_text="Values by code. A code that is new is created, with a type that fits its values."
    )
    gtins = serializers.ListField(child=serializers.CharField(), required=False)
    images = ImageSerializer(many=True, required=False)
    released = serializers.DateField(required=False, allow_null=True)
    active = serializers.BooleanField(required=False, default=True)


def _values(
    child: "serializers.Field[Any, Any, Any, Any]", argument: str, help_text: str = ""
) -> serializers.ListField:
    """Values of a filter, for an argument of `find_products`."""
    return serializers.ListField(
        child=child, max_length=MAX_NAMED, required=False, source=argument, help_text=help_text
    )


class ProductsQuery(Parameters):
    """Filters of the list. Repeated values of one filter are alternatives."""

    id = _values(serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), "ids")
    sku = _values(serializers.CharField(max_length=64), "skus")
    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    brand = _values(serializers.CharField(max_length=100, allow_blank=True), "brands")
    category = _values(serializers.CharField(max_length=500), "categories", "A path 'A > B', with those below it.")
    updated_since = serializers.DateTimeField(required=False, help_text="Changed at or after this time.")
    q = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="The SKU, or starts of words in the product."
    )


class OneSku(Parameters):
    sku = serializers.CharField(help_text="Of the product to write.")


class OperationInput(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=[method.value for method in Method])
    sku = serializers.CharField(allow_blank=True)
    product = serializers.DictField(required=False, help_text="The values, for PUT and PATCH.")
    if_match = serializers.CharField(required=False, help_text="The ETag that the product must have.")


class BulkInput(serializers.Serializer[Any]):
    operations = serializers.ListField(child=OperationInput(), allow_empty=False, max_length=MAX_OPERATIONS)

    def operations_to_apply(self) -> list[Operation]:
        return [
            Operation(
                Method(given["method"]),
                given["sku"],
                given.get("product", {}),
                if_match=[given["if_match"]] if "if_match" in given else (),
            )
            for given in self.validated_data["operations"]
        ]


class OperationResult(serializers.Serializer[Any]):
    """The result of an operation, in the order of the request."""

    sku = serializers.CharField(allow_blank=True)
    result = serializers.ChoiceField(
        choices=[*(result.value for result in Result), "invalid", "missing", "changed", "forbidden"],
        help_text="The last four wrote nothing: bad values, no such product, another ETag, no permission to create.",
    )
    id = serializers.IntegerField(required=False)
    etag = serializers.CharField(required=False, allow_null=True, help_text="Of the product as it is now.")
    detail = serializers.CharField(required=False, help_text="Why nothing was written.")
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # the field, not the property


class BulkResult(serializers.Serializer[Any]):
    results = OperationResult(many=True)
