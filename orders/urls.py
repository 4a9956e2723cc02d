from django.urls import path

from orders import views

urlpatterns = [
    path("orders/", views.OrderList.as_view(), name="orders"),
    path("orders/<uuid:order_id>/", views.OrderDetail.as_view(), name="order"),
    path("orders/<uuid:order_id>/cancel/", views.OrderCancel.as_view(), name="order-cancel"),
    path("stores/<int:store_id>/orders/", views.StoreOrderList.as_view(), name="store-orders"),
]
