"""The store that a visitor shops at, remembered in a cookie: it outlives the session and is no secret."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from stores.models import Store

COOKIE = "store"
REMEMBERED_FOR = 365 * 24 * 3600  # s
LONGEST_ID = 18  # digits, of which every number is a bigint


def by_id(text: str) -> Store | None:
    """The store with the id that a URL or a cookie names; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        return None
    return Store.objects.filter(pk=int(text)).first()


def of(request: HttpRequest) -> Store | None:
    """The visitor's store, read once per request."""
    if not hasattr(request, "_chosen_store"):
        request._chosen_store = by_id(request.COOKIES.get(COOKIE, ""))  # type: ignore[attr-defined]  # noqa: SLF001
    chosen: Store | None = request._chosen_store  # type: ignore[attr-defined]  # noqa: SLF001
    return chosen


def remember(response: HttpResponse, store: Store | None) -> None:
    """Choose a store, or none."""
    if store is None:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        str(store.pk),
        max_age=REMEMBERED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
