"""The basket: show it, change it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.serializers import MAX_LINES
from products.models import Product
from storefront import basket, chosen_store, selectors
from storefront.forms import LineForm, reasons
from storefront.http import back_to, is_fragment


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """What is in it, what it costs today, and what the visitor's store is short of."""
    return render(request, "storefront/basket.html", _context(request))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put some of a product in. With htmx: the basket's link and a word of confirmation, both out of band."""
    form = LineForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(reasons(form), content_type="text/plain; charset=utf-8")
    product = get_object_or_404(Product.objects.searchable(), pk=form.cleaned_data["product_id"])
    text = _add(request, product, form.cleaned_data["quantity"])
    if is_fragment(request):
        return render(request, "storefront/_added.html", {"text": text, "oob": True})
    messages.info(request, text)
    return back_to(request, "storefront:basket")


def _add(request: HttpRequest, product: Product, quantity: int) -> str:
    try:
        with basket.changing(request) as held:
            held.add(product.pk, quantity)
    except basket.BasketFullError:
        return f"The basket is full: an order has at most {MAX_LINES} different products."
    return f"{product.name} is in your basket."


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
    return {"content": _content(request), "basket": basket.of(request), "store": chosen_store.of(request)}
