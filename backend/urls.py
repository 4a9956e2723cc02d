"""Every route of the system."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from backend import health

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(), name="docs"),
    path("admin/", admin.site.urls),
    path("", include("stores.urls")),
    path("", include("orders.urls")),
    path("", include("search_api.urls")),
    path("", include("storefront.urls")),
]
