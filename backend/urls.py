"""Every route of the system."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from backend import account_pages
from backend.api import accounts, schema, shop_config, sign_in
from backend.media import media
from backend.observability import dashboard, health, scrape

admin.site.site_header = f"{settings.SHOP_NAME}: administration"
admin.site.site_title = settings.SHOP_NAME
admin.site.index_template = "backend/admin_index.html"

urlpatterns = [
    path("", include("search_api.urls")),  # first, because they are requested most
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", scrape.metrics, name="metrics"),
    path("auth/token/", sign_in.TokenView.as_view(), name="auth-token"),
    path("auth/register/", accounts.RegisterView.as_view(), name="auth-register"),
    path("auth/password/reset/", accounts.ResetRequestView.as_view(), name="auth-password-reset"),
    path("auth/password/reset/confirm/", accounts.NewPasswordView.as_view(), name="auth-password-reset-confirm"),
    path("config/", shop_config.ShopConfigView.as_view(), name="config"),
    path("schema/", schema.SchemaView.as_view(), name="schema"),
    path("docs/", schema.SwaggerView.as_view(), name="docs"),
    path("media/<path:name>", media, name="media"),
    path("admin/dashboard/", admin.site.admin_view(dashboard.dashboard), name="admin-dashboard"),
    path("admin/", admin.site.urls),
    path("", include("products.urls")),  # before those of stores, which take any name below products/
    path("", include("stores.urls")),
    path("", include("orders.urls")),
    path("", include("webhooks.urls")),
    path("register/", account_pages.RegisterPage.as_view(), name="register"),
    path("forgotten-password/", account_pages.ForgottenPasswordPage.as_view(), name="forgotten-password"),
    path("new-password/", account_pages.NewPasswordPage.as_view(), name="new-password"),
    path("", include("storefront.urls")),
]

handler500 = "backend.api.problems.server_error"
