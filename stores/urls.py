from django.urls import path, register_converter

from products.converters import AnySku
from stores import views

register_converter(AnySku, "sku")

urlpatterns = [
    path("stores/", views.StoreList.as_view(), name="stores"),
    path("stores/<int:store_id>/", views.StoreDetail.as_view(), name="store"),
    path("products/batch/", views.ProductBatch.as_view(), name="products-batch"),
    path("products/<sku:sku>/stock/", views.ProductStock.as_view(), name="product-stock"),
    path("products/<sku:sku>/", views.ProductDetail.as_view(), name="product"),
    path("stores/<int:store_id>/inventory/", views.InventoryList.as_view(), name="inventory"),
    path("stores/<int:store_id>/inventory/<int:product_id>/", views.InventoryDetail.as_view(), name="stock"),
]
