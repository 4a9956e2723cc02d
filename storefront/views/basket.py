"""The basket: show it, change it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.permissions import may_order
from orders.serializers import MAX_LINES
from products.models import Product
from storefront import basket, chosen_store, selectors
from storefront.forms import LineForm, reasons
from storefront.http import back_to, is_fragment
from stores.models import Store


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """What is in it, what it costs today, and what the visitor's store is short of."""
    return render(request, "storefront/basket.html", _context(request))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put some of a product in, at the page's store when the visitor has none yet.

    With htmx: the links of basket and new store and a word of confirmation, all out of band.
    """
    form = LineForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(reasons(form), content_type="text/plain; charset=utf-8")
    product = get_object_or_404(Product.objects.searchable(), pk=form.cleaned_data["product_id"])
    try:
        with basket.changing(request) as held:
            held.add(product.pk, form.cleaned_data["quantity"])
    except basket.BasketFullError:
        return _added(request, f"The basket is full: an order has at most {MAX_LINES} different products.", None)
    mine, shown = chosen_store.of(request), chosen_store.by_id(request.POST.get("store_id", ""))
    return _added(request, _confirmation(product, mine, shown), None if mine else shown)


def _confirmation(product: Product, mine: Store | None, shown: Store | None) -> str:
    if shown is None or shown == mine:
        return f"{product.name} is in your basket."
    if mine is None:
        return f"{product.name} is in your basket. You are shopping at {shown.name}."
    return f"{product.name} is in your basket, which is for {mine.name} and not for {shown.name}."


def _added(request: HttpRequest, text: str, new_store: Store | None) -> HttpResponse:
    if is_fragment(request):
        context: dict[str, object] = {"text": text, "oob": True}
        if new_store:
            context |= {"my_store": new_store, "here": request.POST.get("next", "")}
        response = render(request, "storefront/_added.html", context)
    else:
        messages.info(request, text)
        response = back_to(request, "storefront:basket")
    if new_store:
        chosen_store.remember(response, new_store)
    return response


@require_POST
def update(request: HttpRequest) -> HttpResponse:
    """Change the quantity of a line; none takes it out. With htmx: the basket's content."""
    form = LineForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"The quantity was not changed. {reasons(form)}")
    else:
        with basket.changing(request) as held:
            if form.cleaned_data["product_id"] in held.lines:
                held.set(form.cleaned_data["product_id"], form.cleaned_data["quantity"])
    if is_fragment(request):
        return render(request, "storefront/_basket.html", _context(request) | {"oob": True})
    return redirect("storefront:basket")


@require_POST
def fit(request: HttpRequest) -> HttpResponse:
    """Reduce every line to what the visitor's store has; what it has none of goes out."""
    there = {line.product.pk: line.available or 0 if line.product.active else 0 for line in _content(request).short}
    with basket.changing(request) as held:
        held.reduce_to(there)
    messages.info(request, "The basket now has what the store has in stock.")
    return redirect("storefront:basket")


def _content(request: HttpRequest) -> selectors.BasketContent:
    return selectors.basket_content(basket.of(request).lines, chosen_store.of(request))


def _context(request: HttpRequest) -> dict[str, object]:
    return {
        "content": _content(request),
        "basket": basket.of(request),
        "store": chosen_store.of(request),
        "may_order": may_order(request.user),
    }
