"""The search API passes the middlewares of pages by, and loses none of what protects it."""

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import Resolver404, resolve

from backend.api.open_routes import PATHS

pytestmark = [pytest.mark.service, pytest.mark.django_db]
SUGGEST = "/search/suggest/?q=lap"
BEHIND = settings.MIDDLEWARE[settings.MIDDLEWARE.index("backend.api.open_routes.OpenRoutes") + 1 :]


def never(request: HttpRequest) -> HttpResponseBase:
    raise AssertionError(f"{request.path} came so far")


class Never:
    """A middleware that nothing may reach."""

    def __init__(self, get_response: object) -> None:
        del get_response

    __call__ = staticmethod(never)


@pytest.mark.parametrize("path", sorted(PATHS))
def test_open_path_is_a_route_whose_view_asks_nobody_who_they_are(path: str) -> None:
    try:
        view = resolve(path).func.cls  # type: ignore[attr-defined]  # of a class-based view
    except Resolver404:
        pytest.fail(f"{path} is no route any more")
    assert (view.authentication_classes, view.throttle_scope in settings.THROTTLE_RATES) == ((), True)


def test_open_path_does_not_reach_what_is_for_pages() -> None:
    before = settings.MIDDLEWARE[: -len(BEHIND)]
    with override_settings(MIDDLEWARE=[*before, f"{__name__}.Never"]):
        assert Client().get(SUGGEST).status_code == 200
        with pytest.raises(AssertionError, match="/search/ came so far"):
            Client().get("/search/")


def test_answer_has_the_headers_that_protect_and_describe_it() -> None:
    response = Client().get(SUGGEST)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(len(response.content))
    assert response["X-Request-ID"]
    assert "Set-Cookie" not in response


@pytest.mark.parametrize(("version", "status"), [("1", 200), ("9", 406)])
def test_version_that_there_is_not_is_refused(version: str, status: int) -> None:
    response = Client().get(SUGGEST, headers={"Accept": f"application/json; version={version}"})
    assert response.status_code == status


@pytest.mark.parametrize("form", ["json", "xml", ""])
@pytest.mark.parametrize("path", [SUGGEST, "/search/products/?q=lap", "/stores/?page=1"])
def test_form_is_no_parameter_where_there_is_only_one(path: str, form: str) -> None:
    response = Client().get(f"{path}&format={form}")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_foreign_host_is_refused() -> None:
    response = Client(raise_request_exception=False).get(SUGGEST, headers={"Host": "somebody.else"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_error_is_a_problem_all_the_same() -> None:
    response = Client().get("/search/suggest/?q=la")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "q")


def test_request_is_counted_under_its_route() -> None:
    Client().get(SUGGEST)
    assert 'route="search/suggest/"' in Client().get("/metrics").content.decode()
