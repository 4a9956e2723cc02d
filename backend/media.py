"""Uploaded files, where no proxy and no storage of its own serves them."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

FOREVER = "public, max-age=31536000, immutable"  # a file never changes: its name is random


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of MEDIA_ROOT, while SERVE_MEDIA is on."""
    if not settings.SERVE_MEDIA:
        raise Http404("This server serves no uploads.")
    response = serve(request, name, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = FOREVER
    return response


media.throttle_scope = None  # type: ignore[attr-defined]  # one page has many pictures
