from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.models import Order
from orders.selectors import found_by, orders_of_store
from storefront import selectors
from storefront.forms import StockForm, error_text
from storefront.http import back_to, is_fragment
from stores import services
from stores.errors import StockOutOfRangeError
from stores.models import Inventory, Store
from stores.selectors import inventory_of, works_at

ROWS_PER_PAGE = 25
MAX_QUERY_LENGTH = 200  # characters
P = ParamSpec("P")


def for_staff(
    view: Callable[Concatenate[HttpRequest, Store, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Restrict a view to the staff of the URL's store. The view gets the store in place of its id."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, store_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            # Signing in leads to the requested page; a change is not made, but leads to the inventory.
            inventory = reverse("storefront:staff-inventory", args=[store_id])
            to_sign_in = redirect_to_login(inventory if request.method == "POST" else request.get_full_path())
            # htmx would follow a redirect and put the page where the fragment belongs.
            return HttpResponse(headers={"HX-Redirect": to_sign_in.url}) if is_fragment(request) else to_sign_in
        store = get_object_or_404(Store, pk=store_id)
        if not works_at(request.user, store_id):
            raise PermissionDenied
        return view(request, store, *args, **kwargs)

    return guarded


@require_safe
@never_cache
@login_required
def staff_stores(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.staffed_stores(request.user), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("storefront:staff-orders", store_id=page.object_list[0].pk)
    return render(request, "storefront/staff/stores.html", {"page": page})


@require_safe
@for_staff
def staff_orders(request: HttpRequest, store: Store) -> HttpResponse:
    status = request.GET.get("status", "")
    status = status if status in Order.Status.values else ""
    q = _typed(request)
    orders = orders_of_store(store.pk, status=status).select_related("customer")
    orders = found_by(orders, q) if q else orders
    context = {
        "store": store,
        "tab": "orders",
        "q": q,
        "status": status,
        "statuses": Order.Status.choices,
        "page": Paginator(orders, ROWS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "storefront/staff/orders.html", context)


@require_safe
@for_staff
def staff_inventory(request: HttpRequest, store: Store) -> HttpResponse:
    q = _typed(request)
    low_stock = request.GET.get("low_stock") == "true"
    rows = inventory_of(store.pk, q=q, low_stock=low_stock, hidden_too=True)
    context = {
        "store": store,
        "tab": "inventory",
        "q": q,
        "low_stock_only": low_stock,
        "here": request.get_full_path(),
        "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
    }
    template = "storefront/staff/_inventory.html" if is_fragment(request) else "storefront/staff/inventory.html"
    return render(request, template, context)


@require_POST
@for_staff
def change_stock(request: HttpRequest, store: Store, product_id: int) -> HttpResponse:
    """Set or adjust a product's stock. With htmx the response is the product's row, or its error.

    Without it the response leads back to the list, at the same page and with the same filter.
    """
    row = get_object_or_404(Inventory.objects.select_related("product"), store=store, product=product_id)
    form = StockForm(request.POST)
    error = ""
    if not form.is_valid():
        error = error_text(form)
    else:
        units, reason = form.cleaned_data["units"], form.cleaned_data["reason"]
        change = {"store_id": store.pk, "product_id": product_id, "actor_id": request.user.pk, "reason": reason}
        try:
            if form.cleaned_data["kind"] == "set":
                services.set_stock(quantity=units, **change)
            else:
                services.adjust_stock(delta=units, **change)
        except StockOutOfRangeError as out_of_range:
            error = f"Not changed: {out_of_range}."
    row.refresh_from_db(fields=["quantity"])
    if is_fragment(request):
        context: dict[str, Any] = {"row": row, "store": store, "error": error, "changed": not error}
        context["here"] = request.POST.get("next", "")
        return render(request, "storefront/staff/_inventory_row.html", context, status=422 if error else 200)
    if error:
        messages.error(request, f"{row.product.name}: {error}")
    else:
        messages.success(request, f"{row.product.name}: {row.quantity} in stock.")
    return back_to(request, reverse("storefront:staff-inventory", args=[store.pk]))


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:MAX_QUERY_LENGTH]
