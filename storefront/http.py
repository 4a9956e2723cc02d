"""Reading requests of pages, and redirects back to them."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

MAX_DIGITS = 18  # every number of so many digits fits a bigint


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx requests a part of the page. Going back in history it needs the whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def parse_number(text: str) -> int | None:
    """A whole number that fits a bigint; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def back_to(request: HttpRequest, default: str) -> HttpResponse:
    """A redirect to the form's `next` if that is a page of this site, else to a named page or an address."""
    target = request.POST.get("next", "") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else resolve_url(default))
