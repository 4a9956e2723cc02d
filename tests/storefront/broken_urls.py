"""URLs with a view that raises an exception."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"secret detail of {request.path}")


handler500 = "backend.api.problems.server_error"
urlpatterns = [path("", broken)]
