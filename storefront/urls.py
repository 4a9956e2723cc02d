from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from storefront.forms import SignInForm
from storefront.views import basket, checkout, comparison, icon, orders, products, search, staff, stores

app_name = "storefront"
# The session continues after signing in, and with it the basket.
sign_in = LoginView.as_view(
    template_name="storefront/sign_in.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
    extra_context={"registration_is_open": lambda: settings.REGISTRATION},
)

urlpatterns = [
    path("favicon.ico", icon.favicon, name="favicon"),
    path("", search.home, name="home"),
    path("search/", search.results_page, name="search"),
    path("product/<int:product_id>/", products.product, name="product"),
    path("compare/", comparison.comparison, name="compare"),
    path("store/", stores.stores, name="stores"),
    path("store/choose/", stores.choose_store, name="choose-store"),
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add, name="basket-add"),
    path("basket/update/", basket.update, name="basket-update"),
    path("basket/fit/", basket.fit, name="basket-fit"),
    path("checkout/", checkout.place, name="checkout"),
    path("order/<uuid:order_id>/", orders.order, name="order"),
    path("order/<uuid:order_id>/cancel/", orders.cancel, name="order-cancel"),
    path("order/<uuid:order_id>/take-available/", orders.take_available, name="order-take-available"),
    path("account/", orders.account, name="account"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("staff/", staff.staff_stores, name="staff"),
    path("staff/<int:store_id>/orders/", staff.staff_orders, name="staff-orders"),
    path("staff/<int:store_id>/inventory/", staff.staff_inventory, name="staff-inventory"),
    path("staff/<int:store_id>/inventory/<int:product_id>/", staff.change_stock, name="staff-change-stock"),
]
