"""The project's routes and the benchmark's own."""

from django.urls import include, path

from tools.bench.nothing import Nothing

urlpatterns = [path("bench/nothing/", Nothing.as_view()), path("", include("backend.urls"))]
