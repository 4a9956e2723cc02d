from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny

from foundation.parameters import StrictParameters
from products.models import Product
from products.serializers import ProductSerializer


@extend_schema(
    summary="Show a product",
    description="A product, without its stock: see a store's inventory. A hidden product is not found.",
    examples=[
        OpenApiExample(
            "Product",
            value={
                "id": 24,
                "sku": "TES-LAP-00024",
                "name": "Tessarix Aero 14 inch Laptop, 8 GB RAM, 512 GB SSD, Silver",
                "brand": "Tessarix",
                "category": "Computers > Laptops",
                "price": "539.00",
                "description": "A fingerprint reader signs you in; a shutter covers the webcam.",
                "attributes": {"memory": "8 GB", "storage": "512 GB SSD", "screen": "14 inch", "colour": "Silver"},
                "released": "2021-05-04",
            },
            response_only=True,
        )
    ],
)
class ProductDetail(StrictParameters, generics.RetrieveAPIView[Product]):
    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer
    queryset = Product.objects.searchable().select_related("category")

    def get_object(self) -> Product:
        try:
            return super().get_object()
        except Http404:
            raise Http404("There is no such product.") from None
