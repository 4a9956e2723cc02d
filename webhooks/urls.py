from django.urls import path

from webhooks import views

ONE = "webhooks/<int:subscription_id>/"

urlpatterns = [
    path("webhooks/", views.SubscriptionList.as_view(), name="webhooks"),
    path(ONE, views.SubscriptionDetail.as_view(), name="webhook"),
    path(f"{ONE}rotate-secret/", views.SecretRotation.as_view(), name="webhook-rotate-secret"),
    path(f"{ONE}test/", views.TestEvent.as_view(), name="webhook-test"),
    path(f"{ONE}redeliver/", views.ParkedRedelivery.as_view(), name="webhook-redeliver"),
    path(f"{ONE}deliveries/", views.DeliveryList.as_view(), name="webhook-deliveries"),
    path(
        f"{ONE}deliveries/<int:delivery_id>/redeliver/", views.Redelivery.as_view(), name="webhook-delivery-redeliver"
    ),
]
