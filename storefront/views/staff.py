"""What a store's staff see and change: its orders and its stock."""

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
from orders.selectors import orders_of_store
from storefront import selectors
from storefront.forms import StockForm, reasons
from storefront.http import is_fragment
from stores import services
from stores.errors import StockOutOfRangeError
from stores.models import Inventory, Store
from stores.selectors import inventory_of, works_at

ROWS_A_PAGE = 25
P = ParamSpec("P")


def for_staff(
    view: Callable[Concatenate[HttpRequest, Store, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Only for those who work at the store that the address names; it reaches the view in place of its id."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, store_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request, store_id)
        store = get_object_or_404(Store, pk=store_id)
        if not works_at(request.user, store_id):
            raise PermissionDenied
        return view(request, store, *args, **kwargs)

    return guarded


def _to_sign_in(request: HttpRequest, store_id: int) -> HttpResponse:
    """Signing in leads to the page asked for; a change is not made after it, but leads to the stock it was for."""
    stock = reverse("storefront:staff-inventory", args=[store_id])
    signing_in = redirect_to_login(stock if request.method == "POST" else request.get_full_path())
    if is_fragment(request):  # a redirect would put the page where the fragment belongs
        return HttpResponse(headers={"HX-Redirect": signing_in.url})
    return signing_in


@require_safe
@never_cache
@login_required
def staff_stores(request: HttpRequest) -> HttpResponse:
    """The stores that the visitor works at; with just one, its orders."""
    page = Paginator(selectors.staffed_stores(request.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("storefront:staff-orders", store_id=page.object_list[0].pk)
    return render(request, "storefront/staff/stores.html", {"page": page})


@require_safe
@for_staff
def staff_orders(request: HttpRequest, store: Store) -> HttpResponse:
    """A store's orders, newest first, of one status or all."""
    status = request.GET.get("status", "")
    status = status if status in Order.Status.values else ""
    orders = orders_of_store(store.pk, status=status).select_related("customer")
    context = {
        "store": store,
        "tab": "orders",
        "status": status,
        "statuses": Order.Status.choices,
        "page": Paginator(orders, ROWS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "storefront/staff/orders.html", context)


@require_safe
@for_staff
def staff_inventory(request: HttpRequest, store: Store) -> HttpResponse:
    """A store's stock by product name; `q` and `low_stock` narrow it."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    low_stock = request.GET.get("low_stock") == "true"
    rows = inventory_of(store.pk, q=q, low_stock=low_stock, hidden_too=True)
    context = {
        "store": store,
        "tab": "inventory",
        "q": q,
        "low_only": low_stock,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
    }
    template = "storefront/staff/_inventory.html" if is_fragment(request) else "storefront/staff/inventory.html"
    return render(request, template, context)


@require_POST
@for_staff
def change_stock(request: HttpRequest, store: Store, product_id: int) -> HttpResponse:
    """Set or adjust a product's stock. With htmx: its row anew, with what went wrong if something did."""
    row = get_object_or_404(Inventory.objects.select_related("product"), store=store, product=product_id)
    form = StockForm(request.POST)
    error = _change(form, store, product_id, request.user.pk) if form.is_valid() else reasons(form)
    row.refresh_from_db(fields=["quantity"])
    if is_fragment(request):
        context: dict[str, Any] = {"row": row, "store": store, "error": error, "changed": not error}
        return render(request, "storefront/staff/_inventory_row.html", context, status=422 if error else 200)
    if error:
        messages.error(request, f"{row.product.name}: {error}")
    else:
        messages.success(request, f"{row.product.name}: {row.quantity} in stock.")
    return redirect("storefront:staff-inventory", store_id=store.pk)


def _change(form: StockForm, store: Store, product_id: int, actor_id: int | None) -> str:
    """What went wrong; nothing when the stock was changed."""
    wanted = form.cleaned_data
    change = {"store_id": store.pk, "product_id": product_id, "actor_id": actor_id, "reason": wanted["reason"]}
    try:
        if wanted["kind"] == "set":
            services.set_stock(quantity=wanted["units"], **change)
        else:
            services.adjust_stock(delta=wanted["units"], **change)
    except StockOutOfRangeError as error:
        return f"Not changed: {error}."
    return ""
