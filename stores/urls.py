from django.urls import path

from stores import views

urlpatterns = [
    path("stores/", views.StoreList.as_view(), name="stores"),
    path("stores/<int:store_id>/inventory/", views.InventoryList.as_view(), name="inventory"),
    path("stores/<int:store_id>/inventory/<int:product_id>/", views.InventoryDetail.as_view(), name="stock"),
]
