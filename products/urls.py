from django.urls import path

from products import views

urlpatterns = [path("products/<int:pk>/", views.ProductDetail.as_view(), name="product")]
