"""The store that a visitor shops at, in a cookie: it outlives the session and is not secret."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from storefront.http import parse_number
from stores.models import Store

COOKIE = "store"
MAX_AGE = 365 * 24 * 3600  # s


def by_id(text: str) -> Store | None:
    """The store with the id in a URL, form or cookie; None for any other text."""
    store_id = parse_number(text)
    return None if store_id is None else Store.objects.filter(pk=store_id).first()


def of(request: HttpRequest) -> Store | None:
    """The visitor's store, read once per request."""
    if not hasattr(request, "_chosen_store"):
        request._chosen_store = by_id(request.COOKIES.get(COOKIE, ""))  # type: ignore[attr-defined]  # noqa: SLF001
    store: Store | None = request._chosen_store  # type: ignore[attr-defined]  # noqa: SLF001
    return store


def remember(response: HttpResponse, store: Store | None) -> None:
    """Set the cookie to the store, or delete it."""
    if store is None:
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, str(store.pk), max_age=MAX_AGE, secure=secure, httponly=True, samesite="Lax")
