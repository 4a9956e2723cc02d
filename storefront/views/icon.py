from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon for pages that name none: the admin's, the API's documentation."""
    del request
    return redirect(static("storefront/favicon.ico"))


favicon.throttle_scope = None  # type: ignore[attr-defined] # read by `backend.middleware.PageThrottle`
