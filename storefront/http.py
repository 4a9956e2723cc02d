"""Small decisions about requests and answers that several pages share."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in history it wants the whole one."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def back_to(request: HttpRequest, default: str) -> HttpResponse:
    """A redirect to the form's `next`, when that is a page of this site, else to a named page."""
    target = request.POST.get("next", "") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else reverse(default))
