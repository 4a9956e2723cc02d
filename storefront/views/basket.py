from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.permissions import may_order
from orders.serializers import MAX_LINES
from products.models import Product
from storefront import basket, chosen_store, selectors
from storefront.forms import LineForm, error_text
from storefront.http import back_to, is_fragment


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/basket.html", _context(request))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add a product. The store of the page becomes the visitor's if they have none yet.

    With htmx the response is a message and the header's links of basket and store, all out of band.
    """
    form = LineForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(error_text(form), content_type="text/plain; charset=utf-8")
    product = get_object_or_404(Product.objects.searchable(), pk=form.cleaned_data["product_id"])
    my_store, page_store = chosen_store.of(request), chosen_store.by_id(request.POST.get("store_id", ""))
    new_store = None if my_store else page_store
    try:
        with basket.changing(request) as current:
            current.add(product.pk, form.cleaned_data["quantity"])
    except basket.BasketFullError:
        new_store = None
        text = f"The basket is full: an order has at most {MAX_LINES} different products."
    else:
        text = f"{product.name} is in your basket."
        if new_store:
            text += f" You are shopping at {new_store.name}."
        elif my_store and page_store and page_store != my_store:
            text = f"{product.name} is in your basket, which is for {my_store.name} and not for {page_store.name}."
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
    """Change a line's quantity; 0 removes it.

    With htmx the response replaces what is shown, out of band, and none of the fields: the visitor may be typing in
    another one, or have changed it already. When the lines of the page are not those of the basket, as with a
    second tab, it is the basket's whole content.
    """
    form = LineForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"The quantity was not changed. {error_text(form)}")
    else:
        with basket.changing(request) as current:
            if form.cleaned_data["product_id"] in current.lines:
                current.set(form.cleaned_data["product_id"], form.cleaned_data["quantity"])
    if not is_fragment(request):
        return redirect("storefront:basket")
    context = _context(request)
    shown = set(request.POST.getlist("shown"))
    left = {str(line.product.pk) for line in context["content"].lines}
    if form.is_valid() and left and left <= shown:
        return render(request, "storefront/_basket_changes.html", context | {"oob": True, "gone": sorted(shown - left)})
    response = render(request, "storefront/_basket.html", context | {"oob": True})
    response["HX-Reswap"] = "innerHTML"
    return response


@require_POST
def fit(request: HttpRequest) -> HttpResponse:
    """Reduce every line to what the visitor's store has, or remove it."""
    content = selectors.basket_content(basket.of(request).lines, chosen_store.of(request))
    limits = {
        line.product.pk: line.available or 0 if line.product.active else 0 for line in content.lines if line.is_short
    }
    with basket.changing(request) as current:
        current.reduce_to(limits)
    messages.info(request, "The basket was reduced to what the store has in stock.")
    return redirect("storefront:basket")


def _context(request: HttpRequest) -> dict[str, Any]:
    store = chosen_store.of(request)
    return {
        "content": selectors.basket_content(basket.of(request).lines, store),
        "basket": basket.of(request),
        "store": store,
        "may_order": may_order(request.user),
    }
