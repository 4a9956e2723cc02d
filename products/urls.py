from django.urls import path

from products import views

urlpatterns = [
    path("products/", views.ProductList.as_view(), name="products"),
    path("products/bulk/", views.ProductBulk.as_view(), name="products-bulk"),
    path("products/sku/<path:sku>/", views.ProductBySku.as_view(), name="product-by-sku"),
    path("categories/", views.CategoryTree.as_view(), name="categories"),
]
