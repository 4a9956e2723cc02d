from rest_framework import serializers

from products.models import Product


class ProductSerializer(serializers.ModelSerializer[Product]):
    category = serializers.CharField(
        source="category.path", default=None, allow_null=True, help_text="Names from the root down: 'A > B'."
    )
    attributes = serializers.DictField(help_text="Values by code: text, numbers, booleans, or lists of texts.")

    class Meta:
        model = Product
        fields = ("id", "sku", "name", "brand", "category", "price", "description", "attributes", "released")
